"""A server of the tests in a process of its own, with two files between us: what to do, and what came."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from signalling.demo.children import end, spawn, wait_until
from tests.support.server import free_port
from tests.support.spool import Spool

STARTED = 45.0
"""Seconds for a small server to listen, on a machine that is busy with browsers."""


class Beside:
    """`python -m <module> <JSON of its options>`. Its subclasses say which module and what to order."""

    module: str

    def __init__(self, **options: Any) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="beside-"))
        self.port = free_port()
        self._options = options
        self._orders, self._came = Spool(self.folder / "orders"), Spool(self.folder / "came")
        self._log = self.folder / "log"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it, also again on the same port, and wait until it listens. Orders not yet carried out are
        forgotten."""
        self._orders.clear()
        told = json.dumps({"folder": str(self.folder), "port": self.port} | self._options)
        with self._log.open("a") as log:
            self._child = spawn(
                [sys.executable, "-m", self.module, told], orphaned=signal.SIGKILL, own_group=True, output=log
            )
        assert wait_until(self._listens, self._child, STARTED), self._log.read_text()
        return self

    def stop(self) -> None:
        """End the process, as an outage; what came is still there."""
        end(self._child, 3.0)

    def end(self) -> None:
        """End it and leave nothing."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self) -> None:
        """What came so far."""
        self._came.clear()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.end()
            raise

    def __exit__(self, *_: object) -> None:
        self.end()

    def _order(self, times: int, **what: Any) -> None:
        self._orders.add(*[what] * times)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
