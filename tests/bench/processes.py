"""The processes of a run: Redis, our server, the bare relay; what they cost, read from the kernel."""

import asyncio
import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import aiohttp

from tests.bench.wire import BenchError

START_SECONDS = 20.0
STOP_SECONDS = 10.0
ADMIN_KEY = secrets.token_urlsafe(32)
_CORES = sorted(os.sched_getaffinity(0))
SERVER = _CORES[0]
"""The core of the server under test."""
LOAD = _CORES[-1]
"""The core of the generator and of Redis; the same one where there is only one."""

LIFTED = {
    "CONSULTROOM_MESSAGES_PER_SECOND": "100000",
    "CONSULTROOM_MESSAGES_BURST": "100000",
    "CONSULTROOM_API_CALLS_PER_MINUTE": "10000000",
    "CONSULTROOM_CONNECTIONS_PER_ADDRESS": "100000",
}

_LIBC = ctypes.CDLL(None, use_errno=True)


class Process:
    """A child and its bills."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name, self.pid = name, process.pid
        self._process, self._log = process, log
        clock = ctypes.c_int()
        if _LIBC.clock_getcpuclockid(self.pid, ctypes.byref(clock)):
            raise BenchError(f"no CPU clock for {name}")
        self._clock = clock.value

    def cpu_us(self) -> float:
        """CPU used so far by all its threads, user and system, in µs.

        By clock_getcpuclockid(3), since /proc/<pid>/stat counts in ticks of 10 ms.
        """
        return time.clock_gettime_ns(self._clock) / 1000

    def resident_kb(self) -> float:
        """Resident memory now, in KB of 1024 bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024

    def running(self) -> None:
        """Raises with the end of its log when it has ended."""
        if self._process.poll() is not None:
            end = self._log.read_text()[-2000:]
            raise BenchError(f"{self.name} ended with {self._process.returncode}:\n{end}")

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that does not end."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def spawned(
    name: str, command: Sequence[str], directory: Path, core: int, env: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A child on `core`, its output in `directory`; ended on leaving."""
    log = directory / f"{name}.log"
    with log.open("ab") as output:
        child = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **(env or {})})
    process = Process(name, child, log)
    pin(child.pid, core)
    try:
        yield process
    finally:
        process.stop()


def pin(pid: int, core: int) -> None:
    """Keep a process on one core, so that load and server do not push each other off it."""
    os.sched_setaffinity(pid, {core})


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def redis(directory: Path) -> Iterator[tuple[Process, str]]:
    """A private Redis on a unix socket, append-only as in production, and its URL."""
    path = directory / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(path), "--dir", str(directory)]
    command += ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    with spawned("redis", command, directory, LOAD) as process:
        deadline = time.monotonic() + START_SECONDS
        while not path.exists():
            process.running()
            if time.monotonic() > deadline:
                raise BenchError("redis-server does not come up")
            time.sleep(0.02)
        yield process, f"unix://{path}"


def consultroom_command() -> list[str]:
    """The production command."""
    return [str(Path(sysconfig.get_path("scripts")) / "consultroom"), "serve"]


def bare_command() -> list[str]:
    """The floor's."""
    return [sys.executable, "-m", "tests.bench.bare"]


@contextlib.contextmanager
def consultroom(
    directory: Path, redis_url: str, key: str, command: Sequence[str] = (), *, lifted: bool = True
) -> Iterator[tuple[Process, int]]:
    """`consultroom serve` and its port. Limits per socket and key are `lifted`, not their counting."""
    port = free_port()
    env = {
        "CONSULTROOM_REDIS_URL": redis_url,
        "CONSULTROOM_KEYS": f"1:{key}",
        "CONSULTROOM_ADMIN_KEY": ADMIN_KEY,
        "CONSULTROOM_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CONSULTROOM_HOST": "127.0.0.1",
        "CONSULTROOM_PORT": str(port),
    }
    env |= LIFTED if lifted else {}
    with spawned("consultroom", command or consultroom_command(), directory, SERVER, env) as process:
        yield process, port


@contextlib.contextmanager
def bare(directory: Path, command: Sequence[str] = ()) -> Iterator[tuple[Process, int]]:
    """The bare relay and its port."""
    port = free_port()
    with spawned("bare", [*(command or bare_command()), "--port", str(port)], directory, SERVER) as process:
        yield process, port


async def ready(process: Process, url: str, status: int) -> None:
    """Returns when `url` answers with `status`."""
    deadline = time.monotonic() + START_SECONDS
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < deadline:
            process.running()
            with contextlib.suppress(aiohttp.ClientConnectionError):  # not listening yet
                async with session.get(url) as answer:
                    if answer.status == status:
                        return
            await asyncio.sleep(0.05)
    raise BenchError(f"{process.name} does not become ready")
