"""A real, private Redis to kill, freeze and start again; optionally one Cluster node that has every slot."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from signalling.demo.children import end, spawn, wait_until
from signalling.demo.redis import find_server
from tests.support.server import free_port

STARTED = 45.0
"""Seconds for a server with little to load to answer, on a machine that is busy with browsers."""


@contextmanager
def went_back(
    folder: Path, kill: Callable[[], None], start: Callable[[], None], files: str = "appendonlydir"
) -> Iterator[None]:
    """The server on `folder` is killed after the block and started on a copy of its files of before it."""
    with tempfile.TemporaryDirectory() as kept:
        shutil.copytree(folder / files, Path(kept) / files)
        yield
        kill()
        shutil.rmtree(folder / files)
        shutil.copytree(Path(kept) / files, folder / files)
    start()


class RedisServer:
    """Reached by a unix socket of its own. With `append`, what it acknowledged outlives `kill`."""

    def __init__(self, *, cluster: bool = False, append: bool = False) -> None:
        # Not pytest's tmp_path: a socket's path holds 108 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="redis-"))
        self._cluster, self._append = cluster, append
        self._port = free_port()
        self._child: subprocess.Popen[bytes] | None = None
        self._log = self._folder / "redis.log"

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self._folder / "redis.sock"

    @property
    def url(self) -> str:
        """For `rooms.store.connect`."""
        return f"unix://{self.socket}"

    @property
    def tcp_url(self) -> str:
        """The same, over TCP on loopback, as production has it."""
        return f"redis://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it serves."""
        with self._log.open("a") as log:
            # With SIGKILL, because nothing in it is worth a slow end when the tests are gone.
            self._child = spawn(self._command(), orphaned=signal.SIGKILL, own_group=True, output=log)
        if not wait_until(self._serves, self._child, STARTED):
            raise AssertionError(f"Redis did not start:\n{self._log.read_text()}")
        if self._cluster:
            self._take_every_slot()

    def ask(self, *command: str | int) -> Any:
        """One command on a connection of its own: for the test's own questions, which may block a little."""
        # No retries: redis-py's would send again what may have been done.
        once = Retry(NoBackoff(), 0)
        with redis.Redis(port=self._port, protocol=2, decode_responses=True, retry=once) as client:
            client.response_callbacks.clear()  # the answer as it came
            return client.execute_command(*command)

    def kill(self) -> None:
        """SIGKILL, as a crash is."""
        self._running.kill()
        self._running.wait()

    @contextmanager
    def older_copy(self) -> Iterator[None]:
        """It is killed after the block, and comes back with the files of before it (RELIABILITY 1: a kill
        alone loses nothing).
        """
        with went_back(self._folder, self.kill, self.start):
            yield

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and answers nothing, as behind a cut cable."""
        self._running.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._running.send_signal(signal.SIGCONT)

    def lose_its_disk(self) -> None:
        """Take its folder away and wait until a save has failed."""
        shutil.rmtree(self._folder)
        self.ask("BGSAVE")
        self.wait_for("rdb_last_bgsave_status:err", "INFO", "persistence")

    def end(self) -> None:
        """Stop it, frozen or not, and remove what it wrote."""
        if self._child is not None:
            self.thaw()
            end(self._child, 3.0)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._child is not None, "start it first"
        return self._child

    def _command(self) -> list[str]:
        files = ["--dir", str(self._folder), "--save", "", "--appendonly", "yes" if self._append else "no"]
        # By `everysec` a write is held back, and answered, while a sync of the log goes on.
        files += ["--appendfsync", "always"]
        where = ["--unixsocket", str(self.socket), "--bind", "127.0.0.1", "--port", str(self._port)]
        node = ["--cluster-enabled", "yes", "--cluster-port", str(free_port())] if self._cluster else []
        return [str(find_server()), "--daemonize", "no", *where, *files, *node]

    def _serves(self) -> bool:
        try:
            return bool(self.ask("PING"))
        except redis.ConnectionError:  # not yet listening, or still loading
            return False

    def _take_every_slot(self) -> None:
        if "cluster_slots_assigned:16384" not in self.ask("CLUSTER", "INFO"):
            self.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        self.wait_for("cluster_state:ok", "CLUSTER", "INFO")

    def wait_for(self, line: str, *question: str) -> None:
        """Until what it answers has this line."""
        deadline = time.monotonic() + STARTED
        while line not in self.ask(*question):
            assert time.monotonic() < deadline, f"Redis never came to {line}"
            time.sleep(0.02)


@contextmanager
def redis_server(*, cluster: bool = False, append: bool = False) -> Iterator[RedisServer]:
    """A running one, ended on leaving, whatever happens inside."""
    server = RedisServer(cluster=cluster, append=append)
    try:
        server.start()
        yield server
    finally:
        server.end()
