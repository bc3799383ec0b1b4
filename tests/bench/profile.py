"""`python -m tests.bench.profile`: where a server's time goes, phase by phase, by cProfile.

cProfile adds to every Python call and nothing to what runs in C, so its times say in what order things cost,
not how much: the sums are those of `python -m tests.bench`.
"""

import argparse
import asyncio
import pstats
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import uvloop

from tests.bench import processes
from tests.bench.__main__ import Ground, bare_ready, prepare
from tests.bench.call import Call
from tests.bench.drivers import Driver
from tests.bench.measure import each
from tests.bench.play import flat_out
from tests.bench.processes import Process
from tests.bench.wire import BenchError

Functions = dict[tuple[str, int, str], tuple[int, int, float, float, object]]
"""What pstats holds: `(file, line, name)` to primitive calls, calls, own seconds, all seconds, callers."""

ROUNDS = 10
WRITE_SECONDS = 10.0


class Profile:
    """Profiles what a server does while something is done to it."""

    def __init__(self, process: Process, file: Path, top: int, order: str) -> None:
        self._process, self._file, self._top, self._order = process, file, top, order

    async def during(self, phase: str, doing: Callable[[], Awaitable[Sequence[object]]], unit: str) -> None:
        """Do it; then print what the server did, and how many calls for each of the answers."""
        self._process.tell(signal.SIGUSR1)
        await asyncio.sleep(0.1)
        done = await doing()
        self._process.tell(signal.SIGUSR2)
        for _ in range(int(WRITE_SECONDS / 0.05)):
            if self._file.exists():
                break
            await asyncio.sleep(0.05)
        else:
            raise BenchError("no profile was written")
        sys.stdout.write(f"\n{phase}: {len(done)} {unit}; for each of them\n{self._text(len(done))}")
        self._file.unlink()

    def _text(self, count: int) -> str:
        functions: Functions = pstats.Stats(str(self._file)).stats  # type: ignore[attr-defined]  # typeshed lacks it
        by_own = self._order == "own"
        ordered = sorted(functions.items(), key=lambda one: one[1][2] if by_own else one[1][3], reverse=True)
        lines = [f"{'calls':>8}{'own µs':>10}{'all µs':>10}"]
        for (file, number, name), (_, calls, own, whole, _) in ordered[: self._top]:
            spent = f"{calls / count:8.2f}{own / count * 1e6:10.2f}{whole / count * 1e6:10.2f}"
            lines.append(f"{spent}  {short(file)}:{number} {name}")
        return "\n".join(lines) + "\n"


def short(file: str) -> str:
    """A path without what comes before the package or the checkout."""
    return file.rpartition("site-packages/")[2].removeprefix(f"{Path.cwd()}/")


async def phases(driver: Driver, profile: Profile, calls: int) -> None:
    """Join, admit, signal in turn, leave."""
    pairs = await each(driver.join, range(1))
    await each(driver.leave, pairs)
    found: list[Call] = []

    async def join() -> Sequence[object]:
        pairs[:] = await each(driver.join, range(calls))
        return [socket for pair in pairs for socket in (pair.caller, pair.callee)]

    async def admit() -> Sequence[object]:
        found[:] = await each(driver.admit, pairs)
        return found

    async def signal_in_turn() -> Sequence[object]:
        return (await flat_out(found, ROUNDS, bursts=False))[0]

    async def signal_in_bursts() -> Sequence[object]:
        return (await flat_out(found, ROUNDS, bursts=True))[0]

    await profile.during("join", join, "joins")
    await profile.during("admit", admit, "admissions")
    await profile.during("relay in turn", signal_in_turn, "messages")
    await profile.during("relay in bursts", signal_in_bursts, "messages")
    await each(driver.leave, pairs)


async def profiled(server: str, calls: int, top: int, order: str) -> None:
    """Everything for one server."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        file = directory / "profile"
        command = [sys.executable, "-m", "tests.bench.profiled", str(file), server]
        if server == "bare":
            with processes.bare(directory, command) as (process, port):
                await phases(await bare_ready(process, port), Profile(process, file, top, order), calls)
            return
        with processes.redis(directory) as (redis, url):
            ground = Ground(directory, redis, url)
            await ground.provision(calls)
            with processes.consultroom(directory, url, ground.key, [*command, "serve"]) as (process, port):
                await phases(await ground.ours(process, port), Profile(process, file, top, order), calls)


def main() -> int:
    """0 and the tables on stdout, or 1 and a sentence on stderr."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__)
    parser.add_argument("--server", choices=("ours", "bare"), default="ours")
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--top", type=int, default=30, help="functions for each phase")
    parser.add_argument("--sort", choices=("own", "all"), default="own")
    given = parser.parse_args()
    prepare()
    try:
        uvloop.run(profiled(given.server, given.calls, given.top, given.sort))
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
