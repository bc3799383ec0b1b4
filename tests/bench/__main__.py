"""`python -m tests.bench`: our server and a bare relay play the same calls in turn; one table is printed."""

import argparse
import gc
import resource
import secrets
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import uvloop

from tests.bench import processes
from tests.bench.drivers import Bare, Driver, Ours
from tests.bench.measure import WARM, Idle, Options, Run, idle, run
from tests.bench.processes import Process
from tests.bench.provision import Account, Api
from tests.bench.table import Report, report, text
from tests.bench.wire import BenchError

QUICK = Options(calls=4, idle=20, runs=1, rounds=3, rate=500, seconds=0.5, hold=1.5)


class Ground:
    """Where a run takes place: a directory, a Redis, one signing key, and the links of the calls."""

    def __init__(self, directory: Path, redis: Process, redis_url: str) -> None:
        self.directory, self.redis, self.redis_url = directory, redis, redis_url
        self.key = secrets.token_urlsafe(32)
        self.accounts: Sequence[Account] = ()

    async def provision(self, count: int) -> None:
        """The clinic and `count` appointments, through a server that is ended afterwards."""
        with processes.consultroom(self.directory, self.redis_url, self.key) as (process, port):
            await processes.ready(process, f"http://127.0.0.1:{port}/readyz", 200)
            api = Api(port)
            try:
                await api.clinic()
                self.accounts = await api.accounts(count)
            finally:
                await api.close()

    async def ours(self, process: Process, port: int) -> Ours:
        """Our server, when it is ready."""
        await processes.ready(process, f"http://127.0.0.1:{port}/readyz", 200)
        return Ours(process, port, self.accounts)


async def bare_ready(process: Process, port: int) -> Bare:
    """The bare relay, when it is ready."""
    await processes.ready(process, f"http://127.0.0.1:{port}/", 404)
    return Bare(process, port)


async def held(ground: Ground, options: Options) -> tuple[Idle, Idle]:
    """What idle connections cost, ours and bare, each in a fresh process."""
    with processes.consultroom(ground.directory, ground.redis_url, ground.key) as (process, port):
        ours = await idle(await ground.ours(process, port), ground.redis, options)
    with processes.bare(ground.directory) as (process, port):
        bare = await idle(await bare_ready(process, port), None, options)
    return ours, bare


async def turns(ground: Ground, options: Options) -> tuple[list[Run], list[Run]]:
    """The runs, ours and bare in turn, so that the machine's moods fall on both."""
    ours: list[Run] = []
    bare: list[Run] = []
    with (
        processes.consultroom(ground.directory, ground.redis_url, ground.key) as (server, server_port),
        processes.bare(ground.directory) as (relay, relay_port),
    ):
        first: Driver = await ground.ours(server, server_port)
        second: Driver = await bare_ready(relay, relay_port)
        for _ in range(options.runs):
            ours.append(await run(first, ground.redis, options))
            bare.append(await run(second, None, options))
    return ours, bare


async def bench(options: Options) -> Report:
    """The whole of it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        with processes.redis(directory) as (redis, url):
            ground = Ground(directory, redis, url)
            await ground.provision(max(options.calls, options.idle + WARM))
            idles = await held(ground, options)
            ours, bare = await turns(ground, options)
    return report(options, ours, bare, idles)


def arguments() -> tuple[Options, bool]:
    """The options of the command line, and whether JSON is wanted."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of everything: only that it works")
    parser.add_argument("--calls", type=int, help="two-party calls at once (100)")
    parser.add_argument("--idle", type=int, help="waiting connections for the memory figure (2000)")
    parser.add_argument("--runs", type=int, help="runs of each server (5)")
    parser.add_argument("--json", action="store_true", help="the rows as JSON")
    given = parser.parse_args()
    asked = {name: value for name in ("calls", "idle", "runs") if (value := getattr(given, name))}
    return msgspec.structs.replace(QUICK if given.quick else Options(), **asked), given.json


def main() -> int:
    """0 and the table on stdout, or 1 and a sentence on stderr."""
    options, as_json = arguments()
    prepare()
    try:
        found = uvloop.run(bench(options))
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n" if as_json else text(found))
    return 0


def prepare() -> None:
    """The generator: off the servers' core, with sockets enough, and never pausing to collect garbage."""
    processes.pin(0, processes.LOAD)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    gc.disable()


if __name__ == "__main__":
    sys.exit(main())
