"""Child processes that cannot outlive the demo, however it ends."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a child gets when its parent is gone. It survives exec, so no orphan is left even by
`kill -9`."""


class DemoError(Exception):
    """Why the demo cannot go on, in a sentence for whoever started it."""


def spawn(
    command: Sequence[str | Path],
    *,
    orphaned: signal.Signals,
    environment: Mapping[str, str] | None = None,
    own_group: bool = False,
    output: IO[str] | None = None,
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program that gets the signal `orphaned` when we die. Its output goes to `output`, else to our
    stderr.

    `own_group` keeps Ctrl-C and a signal to our group away from it; the file descriptors `keep` stay open in
    it.
    """
    return subprocess.Popen(  # noqa: S603 - our own server and a Redis binary found by us, no shell
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output or sys.stderr,
        stderr=output or sys.stderr,
        env=environment,
        start_new_session=own_group,
        pass_fds=tuple(keep),
        # Only a system call between fork and exec, and this process has no other thread that could hold a
        # lock there.
        preexec_fn=_die_with_parent(orphaned),  # noqa: PLW1509 - as above
    )


def _die_with_parent(orphaned: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None  # There the child's lock on its data is noticed at the next start, which then says so.
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def before_exec() -> None:
        prctl(_PR_SET_PDEATHSIG, int(orphaned))
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return before_exec


def end(child: subprocess.Popen[bytes] | None, seconds: float) -> None:
    """Ask a child to end, wait at most `seconds`, then make it."""
    if child is None or child.poll() is not None:
        return
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
        return
    child.kill()
    child.wait()


def wait_until(ready: Callable[[], bool], child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether `ready` came true within `seconds` while the child was running."""
    deadline = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(0.02)
    return False
