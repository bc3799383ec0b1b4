"""A real server process on a real Redis, for tests to talk to, kill and start again."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from signalling.demo.redis import EmbeddedRedis
from tests.support.running import Running

READY = 60.0
"""Seconds for a process to answer its readiness probe while the machine is busy with browsers."""

STOPPED = 10.0
"""Seconds for a process to end after SIGTERM (CONTRACT)."""


class RunningServer(Running):
    """`consultroom serve` with its own keys, on its own port and Redis. What it prints goes to
    `folder/server.log`."""

    program: Sequence[str] = ("-m", "signalling", "serve")
    """What Python is told to run, with its arguments."""

    wrapped: Sequence[str] = ()
    """What runs it, if anything does."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        *,
        sync: Literal["everysec", "always"] = "everysec",
    ) -> None:
        self.log = folder / "server.log"
        self.redis = EmbeddedRedis(folder / "redis", sync)
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.admin_key = secrets.token_urlsafe(32)
        self.keys = f"1:{secrets.token_urlsafe(32)}"
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Its whole environment, also for a second process on the same Redis (with another port)."""
        ours = {
            "CONSULTROOM_REDIS_URL": self.redis.url,
            "CONSULTROOM_KEYS": self.keys,
            "CONSULTROOM_ADMIN_KEY": self.admin_key,
            "CONSULTROOM_PUBLIC_URL": self.base_url,
            "CONSULTROOM_PORT": str(self.port),
        }
        return {**os.environ, **ours, **self._settings}

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running process."""
        assert self._process is not None, "start it first"
        return self._process

    def start(self) -> None:
        """Start Redis where it is not running, then the server, and wait until it is ready."""
        if not self.redis.running:
            self.redis.start()
        with self.log.open("ab") as log:
            command = [*self.wrapped, sys.executable, *self.program]
            self._process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._wait_until_ready()

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        self.process.terminate()
        return self.process.wait(STOPPED)

    def kill(self) -> None:
        """`kill -9`: nothing is said goodbye to."""
        self.process.kill()
        self.process.wait()

    def kill_redis(self) -> None:
        """`kill -9` of its Redis, which stays away until `redis.start`."""
        pid = self.redis.pid
        assert pid is not None, "Redis is not running"
        os.kill(pid, signal.SIGKILL)
        while self.redis.running:
            time.sleep(0.01)

    def end(self) -> None:
        """Leave nothing running."""
        try:
            if self._process and self._process.poll() is None:
                self.stop()
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self.redis.stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline and self.process.poll() is None:
            with (
                contextlib.suppress(urllib.error.URLError, OSError),
                urllib.request.urlopen(f"{self.base_url}/readyz", timeout=2),
            ):
                return
            time.sleep(0.03)
        raise AssertionError(f"the server is not ready; its log ends with:\n{self.log.read_text()[-4000:]}")


def free_port() -> int:
    """A TCP port of loopback that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
