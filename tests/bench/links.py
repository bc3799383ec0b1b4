"""`python -m tests.bench.links`: how long the call takes that confirms an appointment with its link, under
load and beside a bare handler with one Redis round trip; and how fast what was kept back heals (B1, B4).
"""

import argparse
import asyncio
import contextlib
import gc
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import aiohttp
import msgspec
import uvloop

from tests.bench import processes
from tests.bench.__main__ import prepare
from tests.bench.measure import Meter
from tests.bench.processes import ADMIN_KEY, SERVER, Process
from tests.bench.wire import BenchError

R = TypeVar("R")

AT_ONCE = 8
"""Calls under way at one time: a busy booking service, not a stampede."""

SLOT = timedelta(minutes=5)


class Options(msgspec.Struct, frozen=True):
    """`calls` in each of `runs` of each server; `heal` appointments that one change heals."""

    calls: int = 1000
    runs: int = 5
    heal: int = 10_000


class Calls(msgspec.Struct, frozen=True):
    """One run's calls: latency in ms, CPU of server and Redis in µs a call."""

    p50: float
    p99: float
    cpu: float


class Healed(msgspec.Struct, frozen=True):
    """One backfill run. `seconds` from the call that put it right until every link is usable; `cpu` in µs of
    server and Redis for each appointment.
    """

    count: int
    seconds: float
    per_second: float
    cpu: float


class Report(msgspec.Struct, frozen=True):
    """The best and the median of runs; ratios of medians."""

    ours: tuple[Calls, ...]
    bare: tuple[Calls, ...]
    healed: Healed


class Client:
    """PUTs with one key."""

    def __init__(self, port: int, key: str = "") -> None:
        self.root, self.key = f"http://127.0.0.1:{port}", key
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE))

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """A 2xx body."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = None if body is None else msgspec.json.encode(body)
        async with self.http.request(method, self.root + path, data=data, headers=headers) as answer:
            content = await answer.read()
            if answer.status >= 300:
                raise BenchError(f"{method} {path}: {answer.status} {content[:300]!r}")
            return msgspec.json.decode(content)

    async def book(self, number: int, practitioner: str = "dr") -> Any:
        """The appointment of that number, five minutes long, in a time of its own."""
        start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=2) + number * SLOT
        body = {
            "practitioner": practitioner,
            "patient": f"p{number % 500}",
            "type": "video",
            "starts_at": start.isoformat(),
            "ends_at": (start + SLOT).isoformat(),
        }
        return await self.call("PUT", f"/v1/appointments/{practitioner}-{number}", body)


async def calls(
    client: Client, numbers: Sequence[int], server: Process, redis: Process, *, usable: bool
) -> Calls:
    """Book them, `AT_ONCE` at a time. `usable`: each answer must say that its link is."""
    gate, spent = asyncio.Semaphore(AT_ONCE), list[float]()

    async def one(number: int) -> None:
        async with gate:
            began = time.perf_counter()
            made = await client.book(number)
            spent.append((time.perf_counter() - began) * 1000)
            if usable and not made["link"]["usable"]:
                raise BenchError("confirmed, and without a usable link")

    meter = Meter(server, redis)
    await asyncio.gather(*(one(number) for number in numbers))
    cpu = sum(meter.read()) / len(numbers)
    ordered = sorted(spent)
    return Calls(ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], cpu)


async def heal(client: Client, count: int, server: Process, redis: Process) -> Healed:
    """Appointments of a practitioner without video, then video is switched on."""
    await client.call("PUT", "/v1/practitioners/late", {"name": "Dr Late", "video_enabled": False})
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            await client.book(number, "late")

    await asyncio.gather(*(one(number) for number in range(count)))
    await asyncio.sleep(3)  # until what booking them left to do is done
    meter, began = Meter(server, redis), time.perf_counter()
    await client.call("PUT", "/v1/practitioners/late", {"name": "Dr Late", "video_enabled": True})
    while True:
        run = (await client.call("GET", "/v1/links?usable=false&limit=1"))["healing"]
        if run is not None and run["finished_at"] is not None and run["healed"] == count:
            break
        if time.perf_counter() - began > 300:
            raise BenchError(f"not healed: {run}")
        await asyncio.sleep(0.2)
    seconds = time.perf_counter() - began
    return Healed(count, seconds, count / seconds, sum(meter.read()) / count)


async def furnish(port: int) -> Client:
    """A clinic with everything appointments refer to."""
    client = Client(port, ADMIN_KEY)
    clinic = {"id": "bench", "name": "Bench", "time_zone": "Europe/London"}
    client.key = (await client.call("POST", "/v1/clinics", clinic))["api_key"]
    await client.call("PUT", "/v1/appointment-types/video", {"name": "Video", "video": True, "minutes": 5})
    await client.call("PUT", "/v1/practitioners/dr", {"name": "Dr", "video_enabled": True})
    for number in range(500):
        await client.call("PUT", f"/v1/patients/p{number}", {"name": f"Patient {number}"})
    return client


class Running(msgspec.Struct, frozen=True):
    """Ours and a bare handler on one Redis, each with a client of its own."""

    ours: Client
    bare: Client
    server: Process
    floor: Process
    redis: Process
    url: str


@contextlib.asynccontextmanager
async def beside_bare() -> AsyncIterator[Running]:
    """Both, furnished and ready."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        with processes.redis(directory) as (redis, url):
            port = processes.free_port()
            command = [sys.executable, "-m", "tests.bench.bare_http", "--port", str(port), "--redis", url]
            with (
                processes.consultroom(directory, url, secrets.token_urlsafe(32)) as (server, server_port),
                processes.spawned("bare", command, directory, SERVER) as floor,
            ):
                await processes.ready(server, f"http://127.0.0.1:{server_port}/readyz", 200)
                await processes.ready(floor, f"http://127.0.0.1:{port}/", 404)
                ours, bare = await furnish(server_port), Client(port)
                try:
                    yield Running(ours, bare, server, floor, redis, url)
                finally:
                    await ours.http.close()
                    await bare.http.close()


async def bench(options: Options) -> Report:
    """Ours and bare in turn, so that the machine's moods fall on both; then one backfill run."""
    async with beside_bare() as running:
        ours, server, redis = running.ours, running.server, running.redis
        first, second = list[Calls](), list[Calls]()
        await calls(ours, range(50), server, redis, usable=True)  # not counted: warm
        for run in range(options.runs):
            numbers = range(50 + run * options.calls, 50 + (run + 1) * options.calls)
            first.append(await calls(ours, numbers, server, redis, usable=True))
            second.append(await calls(running.bare, numbers, running.floor, redis, usable=False))
        healed = await heal(ours, options.heal, server, redis)
        return Report(tuple(first), tuple(second), healed)


def text(report: Report) -> str:
    """A table for a terminal."""
    lines = [f"{'confirm, link usable in the answer':40}{'ours':>10}{'bare':>10}{'ratio':>8}"]
    for member, label in (("p50", "p50, ms"), ("p99", "p99, ms"), ("cpu", "CPU a call with Redis, µs")):
        ours, bare = _median(report.ours, member), _median(report.bare, member)
        lines.append(f"{label:40}{ours:>10.2f}{bare:>10.2f}{ours / bare:>8.2f}")
    healed = report.healed
    lines.append(
        f"healed {healed.count:,} appointments in {healed.seconds:.1f} s: {healed.per_second:,.0f} a second, "
        f"{healed.cpu:.0f} µs CPU each, Redis included"
    )
    return "\n".join(lines) + "\n"


def _median(runs: Sequence[Calls], member: str) -> float:
    return median(float(getattr(each, member)) for each in runs)


def run(prog: str, told: str | None, bench: Callable[[bool], Awaitable[R]], text: Callable[[R], str]) -> int:
    """A bench's command: 0 and the table on stdout, or 1 and a sentence on stderr."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.bench.{prog}", description=told)
    parser.add_argument("--quick", action="store_true", help="a few of everything: only that it works")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    given = parser.parse_args()
    prepare()
    gc.enable()

    async def measure() -> R:
        return await bench(given.quick)

    try:
        found = uvloop.run(measure())
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n" if given.json else text(found))
    return 0


def main() -> int:
    """The command."""
    options = {True: Options(calls=20, runs=1, heal=60), False: Options()}
    return run("links", __doc__, lambda quick: bench(options[quick]), text)


if __name__ == "__main__":
    sys.exit(main())
