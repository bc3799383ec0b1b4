"""A real coturn on loopback, from the configuration we ship: only where it listens and what it may reach
differ.
"""

import base64
import hashlib
import hmac
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.support.running import Running
from tests.support.server import free_port

SHIPPED = Path(__file__).parents[2] / "deploy" / "coturn" / "turnserver.conf"

STARTED = 45.0
"""Seconds to listen, on a machine that is busy with browsers; alone it needs 60 ms."""

_OURS = frozenset({"realm", "static-auth-secret", "listening-port", "min-port", "max-port"})
"""What an operator fills in, and the ports, which several at once must not share."""


class Coturn(Running):
    """Listens and relays at `address`. Peers on loopback may be reached (`peers`), which in production nobody
    may: with `peers=()` exactly the shipped denials hold.
    """

    def __init__(
        self,
        *,
        address: str = "127.0.0.1",
        peers: tuple[str, ...] = ("127.0.0.1",),
        extra: tuple[str, ...] = (),
    ) -> None:
        self.address, self.peers, self.extra = address, peers, extra
        self.port = free_port()
        self.secret = secrets.token_urlsafe(24)
        self._folder = Path(tempfile.mkdtemp(prefix="coturn-"))
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def urls(self) -> str:
        """For `CONSULTROOM_TURN_URLS`."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"turn:{host}:{self.port}?transport=udp"

    @property
    def settings(self) -> dict[str, str]:
        """For a server whose browsers are to use it."""
        return {"CONSULTROOM_TURN_URLS": self.urls, "CONSULTROOM_TURN_SECRET": self.secret}

    @property
    def log(self) -> str:
        """All it has written so far."""
        return (self._folder / "log").read_text()

    def credential(self, seconds: int = 600, secret: str | None = None) -> tuple[str, str]:
        """User name and password by the TURN REST API convention, which run out in `seconds`."""
        user = f"{int(time.time()) + seconds}:somebody"
        mac = hmac.new((secret or self.secret).encode(), user.encode(), hashlib.sha1).digest()
        return user, base64.b64encode(mac).decode()

    def start(self) -> None:
        """Start it and wait until it listens."""
        file = self._folder / "turnserver.conf"
        file.write_text(self.configuration())
        with (self._folder / "log").open("ab") as log:
            self._child = subprocess.Popen(
                ["turnserver", "-c", str(file)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + STARTED
        while not self._listens():
            runs = self._child.poll() is None and time.monotonic() < deadline
            assert runs, f"coturn did not start:\n{self.log}"
            time.sleep(0.02)

    def configuration(self) -> str:
        """The shipped file with this one's places and secret."""
        kept = [line for line in SHIPPED.read_text().splitlines() if line.partition("=")[0] not in _OURS]
        folder, low = self._folder, 20_000 + secrets.randbelow(100) * 100
        ours = [
            f"listening-ip={self.address}",
            f"relay-ip={self.address}",
            f"listening-port={self.port}",
            f"min-port={low}",
            f"max-port={low + 99}",
            "realm=test.example",
            f"static-auth-secret={self.secret}",
            f"userdb={folder / 'turndb'}",
            f"pidfile={folder / 'pid'}",
            "no-tls",
            "verbose",
            *(["allow-loopback-peers"] if self.peers else []),
            *(f"allowed-peer-ip={peer}" for peer in self.peers),
            *self.extra,
        ]
        return "\n".join([*kept, *ours, ""])

    def freeze(self) -> None:
        """SIGSTOP: as behind a cut cable."""
        self._running.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._running.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Stop it, frozen or not; it can be started again."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def end(self) -> None:
        """Stop it, and remove what it wrote."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._child is not None, "start it first"
        return self._child

    def _listens(self) -> bool:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        with socket.socket(family) as probe:
            probe.settimeout(0.5)
            return probe.connect_ex((self.address, self.port)) == 0


def denied() -> list[tuple[str, str]]:
    """First and last address of every range the shipped file denies."""
    return re.findall(r"^denied-peer-ip=([^-\n]+)-(\S+)$", SHIPPED.read_text(), re.MULTILINE)
