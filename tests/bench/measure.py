"""What is measured, phase by phase, so that a join's cost is never in a message's."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from tests.bench.call import Call
from tests.bench.drivers import Driver, Joined
from tests.bench.play import flat_out, paced
from tests.bench.processes import Process
from tests.bench.wire import Socket

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 8
"""Joins, admissions and leaves under way at a time: a busy server, not a stampede."""
WARM = 16
"""Sockets a fresh process has before its memory is read: what is made once is no connection's."""
SETTLE_SECONDS = 1.0
"""For what a server does after it has answered, before its memory is read."""


class Options(msgspec.Struct, frozen=True):
    """How much of everything; `rate` in messages a second for `seconds`, idle sockets kept `hold` seconds."""

    calls: int = 100
    idle: int = 2000
    runs: int = 5
    rounds: int = 20
    rate: float = 2000.0
    seconds: float = 3.0
    hold: float = 12.0


class Percentiles(msgspec.Struct, frozen=True):
    """Of latencies, in ms."""

    p50: float
    p99: float


class Run(msgspec.Struct, frozen=True):
    """One run of one server; CPU in µs, Redis's own apart (0 where there is none)."""

    message: float
    burst_message: float
    paced_message: float
    join: float
    join_redis: float
    admit: float
    admit_redis: float
    throughput: float
    saturated: Percentiles
    paced: Percentiles


class Idle(msgspec.Struct, frozen=True):
    """Of one waiting connection: KB, and µs of CPU a second, Redis's included."""

    kb: float
    cpu: float


class Meter:
    """CPU of a server, and of its Redis, since the last reading."""

    def __init__(self, server: Process, redis: Process | None) -> None:
        self._clocks = [process.cpu_us for process in (server, redis) if process]
        self._before = [clock() for clock in self._clocks]

    def read(self) -> tuple[float, float]:
        """µs of server and Redis, and from zero again."""
        now = [clock() for clock in self._clocks]
        spent = [after - before for after, before in zip(now, self._before, strict=True)]
        self._before = now
        return spent[0], sum(spent[1:])


async def each(doing: Callable[[T], Awaitable[R]], items: Iterable[T]) -> list[R]:
    """`doing` for every item, `AT_ONCE` at a time, answers in order."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> R:
        async with gate:
            return await doing(item)

    tasks = [asyncio.create_task(one(item)) for item in items]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run(driver: Driver, redis: Process | None, options: Options) -> Run:
    """Join, admit, signal flat out in turn and in bursts, signal at the stated rate, leave."""
    gc.collect()
    meter = Meter(driver.process, redis)
    pairs: Sequence[Joined] = await each(driver.join, range(options.calls))
    join, join_redis = meter.read()
    calls: Sequence[Call] = await each(driver.admit, pairs)
    admit, admit_redis = meter.read()
    await flat_out(calls, 1, bursts=False)
    meter.read()
    latencies, took = await flat_out(calls, options.rounds, bursts=False)
    message, _ = meter.read()
    bursts, _ = await flat_out(calls, options.rounds, bursts=True)
    burst_message, _ = meter.read()
    slow = await paced(calls, options.rate, options.seconds)
    paced_message, _ = meter.read()
    await each(driver.leave, pairs)
    return Run(
        message=message / len(latencies),
        burst_message=burst_message / len(bursts),
        paced_message=paced_message / len(slow),
        join=join / (2 * options.calls),
        join_redis=join_redis / (2 * options.calls),
        admit=admit / options.calls,
        admit_redis=admit_redis / options.calls,
        throughput=len(latencies) / took,
        saturated=percentiles(latencies),
        paced=percentiles(slow),
    )


def percentiles(latencies: Sequence[int]) -> Percentiles:
    """Of latencies in ns."""
    ordered = sorted(latencies)
    return Percentiles(ordered[len(ordered) // 2] / 1e6, ordered[len(ordered) * 99 // 100] / 1e6)


async def idle(driver: Driver, redis: Process | None, options: Options) -> Idle:
    """What `options.idle` waiting sockets cost in a fresh process, beside the `WARM` it has before."""
    warm: Sequence[Socket] = await each(driver.wait, range(WARM))
    await asyncio.sleep(SETTLE_SECONDS)
    before = driver.process.resident_kb()
    waiting = await each(driver.wait, range(WARM, WARM + options.idle))
    await asyncio.sleep(SETTLE_SECONDS)
    grown = driver.process.resident_kb() - before
    meter = Meter(driver.process, redis)
    await asyncio.sleep(options.hold)
    spent = sum(meter.read()) / options.hold / (WARM + options.idle)
    for socket in (*warm, *waiting):
        socket.close()
    return Idle(grown / options.idle, spent)
