"""Start, watch, print and end the demo's two processes: Redis first and last, the server between."""

import asyncio
import contextlib
import datetime as dt
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from signalling.demo import state as demo_state
from signalling.demo import visit
from signalling.demo.children import DemoError, end, spawn
from signalling.demo.ready_message import ReadyMessage, as_json, as_text
from signalling.demo.redis import EmbeddedRedis

HOST = "127.0.0.1"
"""Browsers give cameras to http pages on loopback only; anything else would need a certificate."""

FIRST_PORT, PORTS = 8080, 20
"""Where a free port is looked for when none is asked for."""

_LET_GO = 1.0
"""Seconds in which a port that was just ours may still be held by a process about to be gone."""

_READY = 30.0
"""Seconds for the server to answer its readiness probe on a slow machine."""

_STOPPING = 6.0
"""Seconds for the server to say goodbye; with Redis' three it stays below the ten that are promised
(CONTRACT)."""

_RESTARTS = 5
"""Restarts within a minute after which something is wrong that restarting does not mend."""


class Demo:
    """Everything the demo owns: a folder, two child processes and their watch."""

    def __init__(self, folder: Path, port: int, state: demo_state.DemoState, *, json: bool) -> None:
        self.base_url = f"http://{HOST}:{port}"
        self._port, self._state, self._json = port, state, json
        self._log = folder / "server.log"
        self._redis = EmbeddedRedis(folder / "redis")
        self._server: subprocess.Popen[bytes] | None = None
        self._restarts: list[float] = []
        self._stop = asyncio.Event()

    async def run(self, file: Path) -> None:
        """Start, print, and watch until a signal comes. Raises `DemoError`; leaves nothing running."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop.set)
        try:
            self._redis.start()
            self._start_server()
            shown = await self._prepare(file)
            if shown:
                print(as_json(shown) if self._json else as_text(shown, self._log), flush=True)
                await self._watch()
        finally:
            end(self._server, _STOPPING)
            self._redis.stop()

    def _start_server(self) -> None:
        # In our group: what is sent to the group reaches it too, and `kill -9` of the group is a power cut of
        # both.
        command = [sys.executable, "-m", "signalling", "serve"]
        # A program wants the log on stderr (CONTRACT); a person wants to see the links.
        with contextlib.nullcontext() if self._json else self._log.open("a") as output:
            self._server = spawn(
                command, orphaned=signal.SIGKILL, environment=self._environment(), output=output
            )

    def _environment(self) -> dict[str, str]:
        ours = {
            "CONSULTROOM_REDIS_URL": self._redis.url,
            "CONSULTROOM_KEYS": self._state.keys,
            "CONSULTROOM_KEYS_FILE": "",
            "CONSULTROOM_ADMIN_KEY": self._state.admin_key,
            "CONSULTROOM_PUBLIC_URL": self.base_url,
            "CONSULTROOM_HOST": HOST,
            "CONSULTROOM_PORT": str(self._port),
            # Browsers are on this machine, too.
            "CONSULTROOM_ECHO_ADDRESSES": HOST,
            # Receivers to try out run on this machine (CONTRACT). A mail relay is taken from our own
            # environment, if there is one.
            "CONSULTROOM_WEBHOOK_ALLOW": "127.0.0.1,::1,localhost",
        }
        return {**os.environ, **ours}

    async def _prepare(self, file: Path) -> ReadyMessage | None:
        """The clinic, its visit and the links to print; None when a signal came first."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
            if not await self._until_ready(http):
                return None
            keep = self._state
            keep.base_url = self.base_url
            await visit.ensure_clinic(visit.ApiClient(http, self.base_url, keep.admin_key), keep)
            demo_state.save(file, keep)
            clinic = visit.ApiClient(http, self.base_url, keep.api_key or "")
            await visit.ensure_practitioners(clinic)
            await visit.ensure_visit(clinic, keep, dt.datetime.now(dt.UTC))
            demo_state.save(file, keep)
            return ReadyMessage.of(self.base_url, keep, await visit.links(clinic, keep, self.base_url))

    async def _until_ready(self, http: aiohttp.ClientSession) -> bool:
        deadline = time.monotonic() + _READY
        while not self._stop.is_set():
            if self._server is None or self._server.poll() is not None:
                where = "the lines above say why" if self._json else f"{self._log} says why"
                raise DemoError(f"The server ended at once; {where}.")
            if time.monotonic() > deadline:
                raise DemoError(f"The server was not ready within {_READY:.0f} seconds.")
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(f"{self.base_url}/readyz") as response:
                    if response.status == 200:
                        return True
            await asyncio.sleep(0.05)
        return False

    async def _watch(self) -> None:
        """Bring back whatever dies, on the same data, until a signal comes."""
        while not self._stop.is_set():
            if not self._redis.running:
                self._count_restart("Redis")
                self._redis.start()
            if self._server is None or self._server.poll() is not None:
                self._count_restart("The server")
                self._start_server()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.2)

    def _count_restart(self, what: str) -> None:
        now = time.monotonic()
        self._restarts = [*(then for then in self._restarts if then > now - 60), now]
        if len(self._restarts) > _RESTARTS:
            raise DemoError(f"{what} keeps ending; giving up.")
        print(f"{what} ended; starting it again on the same data.", file=sys.stderr, flush=True)


def run(folder: Path, port: int | None, *, json: bool) -> int:
    """The demo from start to end: exit code 0 after a signal, 2 with a sentence when it cannot start."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            file = folder / "secrets.json"
            state = demo_state.load(file)
            demo_state.save(file, state)
            asyncio.run(Demo(folder, _free_port(port), state, json=json).run(file))
    except (DemoError, OSError) as error:
        print(f"consultroom demo: {error}", file=sys.stderr, flush=True)
        return 2
    return 0


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(
                f"A demo is already running on {folder}; stop it or give another --data."
            ) from None
        yield


def _free_port(asked: int | None) -> int:
    """The port asked for, or a free one near 8080. Raises `DemoError`."""
    if asked is None:
        for port in range(FIRST_PORT, FIRST_PORT + PORTS):
            if _is_free(port):
                return port
        raise DemoError(
            f"Ports {FIRST_PORT} to {FIRST_PORT + PORTS - 1} are all taken; give one with --port."
        )
    deadline = time.monotonic() + _LET_GO
    while not _is_free(asked):
        if time.monotonic() > deadline:
            raise DemoError(f"Port {asked} is taken; stop what uses it or give another --port.")
        time.sleep(0.05)
    return asked


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise DemoError(
                    f"Port {port} needs more rights than this user has; give one above 1023."
                ) from None
            return False
    return True
