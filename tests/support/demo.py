"""`consultroom demo --json` as a program starts it: in a process group of its own, stdout read, stderr kept
in a file."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.server import free_port

MEMBERS = (
    "base_url",
    "api_key",
    "admin_key",
    "clinic",
    "practitioner",
    "appointment",
    "patient_link",
    "practitioner_link",
    "staff_link",
    "booking_link",
)
"""CONTRACT, "Starting it"."""

ENDS = 10.0
"""Seconds from SIGTERM to the end (CONTRACT)."""


class Answer(NamedTuple):
    """Status and body of a call."""

    status: int
    body: dict[str, Any]


class RunningDemo:
    """One demo. `said` is its JSON line, once `started`."""

    def __init__(self, data: Path, *, port: int | None = None, path: str | None = None) -> None:
        self.port = port or free_port()
        data.parent.mkdir(parents=True, exist_ok=True)
        self.errors = data.with_name(f"{data.name}.stderr")
        command = [sys.executable, "-m", "signalling", "demo"]
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [*command, "--json", "--port", str(self.port), "--data", str(data)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | ({} if path is None else {"PATH": path}),
                start_new_session=True,
            )
        self.said: dict[str, str] = {}

    def started(self) -> "RunningDemo":
        """Wait for the JSON line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.errors.read_text()[-4000:]
        self.said = json.loads(line)
        return self

    def children(self) -> list[int]:
        """Process ids of its Redis and its server."""
        return [
            int(pid)
            for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def child(self, word: str) -> int:
        """The child whose command line holds `word`."""
        [pid] = [pid for pid in self.children() if word in command_line(pid)]
        return pid

    def signal_group(self, number: signal.Signals) -> None:
        """What Ctrl-C, a supervisor or a power cut does."""
        os.killpg(self.process.pid, number)

    def stop(self) -> int:
        """SIGTERM to the group; its exit code."""
        self.signal_group(signal.SIGTERM)
        return self.process.wait(ENDS)

    def rest_of_stdout(self) -> str:
        """Whatever followed the line, once it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.read().decode()

    def call(self, method: str, path: str, body: object = None, *, key: str | None = None) -> Answer:
        """One API call with the demo's API key, or another."""
        request = urllib.request.Request(
            self.said["base_url"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {key or self.said['api_key']}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return Answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, json.load(error))

    def leave_nothing(self) -> None:
        """After a test, however it went."""
        with contextlib.suppress(ProcessLookupError):
            self.signal_group(signal.SIGTERM)
        try:
            self.process.wait(ENDS)
        except subprocess.TimeoutExpired:
            self.signal_group(signal.SIGKILL)
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def command_line(pid: int) -> str:
    """Of a process; empty where it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def gone(pids: list[int], seconds: float) -> bool:
    """Whether all of them end within `seconds`. A zombie has ended."""
    deadline = time.monotonic() + seconds
    while any(command_line(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
