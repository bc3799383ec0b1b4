"""A real coturn on loopback, with the REST convention's credentials (E2)."""

import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.support.server import free_port

READY = 10.0
"""Seconds."""


class Turn:
    """A TURN server by UDP and TCP. `settings` are what our server needs to send browsers there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.secret = folder, free_port(), secrets.token_urlsafe(24)
        self.log = folder / "turn.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> dict[str, str]:
        return {
            "CONSULTROOM_TURN_URLS": f"turn:127.0.0.1:{self.port}?transport=udp",
            "CONSULTROOM_TURN_SECRET": self.secret,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """Until it takes connections."""
        program = shutil.which("turnserver")
        assert program is not None, "coturn is not installed"
        options = {
            "listening-ip": "127.0.0.1",
            "relay-ip": "127.0.0.1",
            "listening-port": self.port,
            "static-auth-secret": self.secret,
            "realm": "consultroom.test",
            "min-port": 50_000,
            "max-port": 50_999,
            "pidfile": self.folder / "turn.pid",
            "userdb": self.folder / "turndb",
            "log-file": "stdout",
        }
        switches = ("use-auth-secret", "allow-loopback-peers", "no-cli", "no-tls", "no-dtls", "simple-log")
        command = [program, "-n", *(f"--{name}={value}" for name, value in options.items())]
        command += [f"--{name}" for name in switches]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"coturn is not ready:\n{self.log.read_text()[-2000:]}")

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None
