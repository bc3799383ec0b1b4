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
        command = [
            program, "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={self.port}",
            "--use-auth-secret", f"--static-auth-secret={self.secret}", "--realm=consultroom.test",
            "--allow-loopback-peers", "--no-cli", "--no-tls", "--no-dtls", "--min-port=50000",
            "--max-port=50999", f"--pidfile={self.folder / 'turn.pid'}", f"--userdb={self.folder / 'turndb'}",
            "--log-file=stdout", "--simple-log",
        ]  # fmt: skip
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
