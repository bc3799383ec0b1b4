"""`python -m tests.bench.booking`: what a hold costs with more and more appointments stored, beside a bare
handler with one Redis round trip; what an appointment takes of Redis' memory; what a month of slots takes (C1
to C4).
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import msgspec
from redis.asyncio import Redis

from rooms.booking import slots
from rooms.booking.rooms import PairDay, entered, opened
from rooms.calendar import Hours, WeeklyHours
from rooms.changes import Change
from rooms.ids import AppointmentNo, ClinicId, PatientNo, PractitionerNo, new_number, new_room
from rooms.ports import Book, DiaryEntry, DiaryView, Due, Log, Put
from rooms.records import Appointment, Practitioner, Step
from rooms.store import connect
from rooms.times import DAY, HOUR, MINUTE, Instant, local_day
from tests.bench.links import AT_ONCE, Client, Running, beside_bare, run
from tests.bench.measure import Meter
from tests.bench.processes import Process
from tests.bench.wire import BenchError

CLINIC = ClinicId("bench")
ZONE = "Europe/London"
PEOPLE = 40
"""Practitioners whose diaries the stored appointments are in, each with this year's and the next's."""


OURS, BARE = "POST /v1/holds", "PUT /v1/appointments/x"


class Options(msgspec.Struct, frozen=True):
    """`calls` holds in each of `runs` with each number of appointments in `stored`."""

    calls: int = 1000
    runs: int = 5
    stored: tuple[int, ...] = (0, 1_000, 100_000)


class Holds(msgspec.Struct, frozen=True):
    """Medians of the runs with so many stored: a second, p99 in ms, CPU of server and Redis in µs a hold."""

    stored: int
    per_second: float
    p99: float
    cpu: float


class Report(msgspec.Struct, frozen=True):
    holds: tuple[Holds, ...]
    bare: Holds
    bytes_each: float
    month: float
    """ms of CPU for a month of slots of one practitioner, with a diary half full."""
    month_call: float
    """ms of CPU of the server for the same over HTTP."""


async def store_many(url: str, first: int, count: int) -> None:
    """Confirmed appointments of `PEOPLE` practitioners as a PUT leaves them, written 50 at a time."""
    store = connect(url)
    people = [await _person(store, number) for number in range(PEOPLE)]
    patients = [PatientNo(new_number()) for _ in range(4999)]
    for begin in range(first, first + count, 50):
        changes: list[Change] = []
        for number in range(begin, min(begin + 50, first + count)):
            changes += _stored(number, people[number % PEOPLE], patients[number % 4999])
        await store.commit(CLINIC, changes)
    await store.close()


async def _person(store: Any, number: int) -> Practitioner:
    id = f"other-{number}"
    known: Practitioner | None = await store.practitioner(CLINIC, id)
    if known is None:
        known = Practitioner(id=id, no=PractitionerNo(new_number()), name="Dr Other")
        await store.commit(CLINIC, [Put(known)])
    return known


def _stored(number: int, person: Practitioner, patient: PatientNo) -> list[Change]:
    starts_at = _epoch() + (number // PEOPLE) * 10 * MINUTE
    no = AppointmentNo(new_number())
    place = PairDay(person.no, patient, local_day(starts_at, ZONE))
    entry = entered(opened(place, new_room()), no)
    made = Appointment(
        no=no,
        id=f"stored-{number}",
        practitioner=person.id,
        practitioner_no=person.no,
        patient=f"p{number % 500}",
        patient_no=patient,
        starts_at=starts_at,
        ends_at=starts_at + 10 * MINUTE,
        room=entry.room,
        day=place.day,
        type="video",
        stored_at=starts_at - DAY,
        issued_at=starts_at - DAY,
        told=(0, 1),
    )
    seen = DiaryView(since=starts_at, until=made.ends_at, entries=())
    step = Step(at=made.stored_at, what="created", by="staff", facts={"status": "confirmed"})
    return [
        Put(made),
        Put(entry),
        Book(person.no, no, starts_at, made.ends_at, seen),
        Log(no, step),
        Due(no, made.ends_at + HOUR),
    ]


def _epoch() -> Instant:
    return int(datetime(2031, 1, 1, tzinfo=UTC).timestamp() * 1000)


async def holds(client: Client, numbers: Sequence[int], server: Process, redis: Process, call: str) -> Holds:
    """So many of free times, `AT_ONCE` at a time."""
    gate, spent = asyncio.Semaphore(AT_ONCE), list[float]()
    first = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=2)

    async def one(number: int) -> None:
        start = first + timedelta(minutes=5) * number
        asked = {"practitioner": "dr", "type": "video", "starts_at": start.isoformat(), "patient": "p1"}
        async with gate:
            began = time.perf_counter()
            method, path = call.split()
            await client.call(method, path, asked)
            spent.append((time.perf_counter() - began) * 1000)

    meter, began = Meter(server, redis), time.perf_counter()
    await asyncio.gather(*(one(number) for number in numbers))
    seconds = time.perf_counter() - began
    cpu = sum(meter.read()) / len(numbers)
    return Holds(0, len(numbers) / seconds, sorted(spent)[int(len(spent) * 0.99)], cpu)


def _median(runs: Sequence[Holds], stored: int) -> Holds:
    return Holds(
        stored,
        median(each.per_second for each in runs),
        median(each.p99 for each in runs),
        median(each.cpu for each in runs),
    )


def month() -> float:
    """CPU of a month of slots by 15 minutes, every second one taken; ms, the median of 50."""
    person = PractitionerNo(new_number())
    every_day = range(7)
    windows = [
        WeeklyHours(
            id=f"{day}-{start}",
            weekday=day,
            start_minute=start,
            end_minute=start + 240,
            slot_minutes=15,
            buffer_minutes=5,
        )
        for day in every_day
        for start in (540, 800)
    ]
    hours = Hours(practitioner_no=person, windows=tuple(windows))
    start, end = _epoch(), _epoch() + 31 * DAY
    found = slots.free(hours, ZONE, 15, [], start, end)
    taken = [
        DiaryEntry(each.starts_at, each.ends_at, AppointmentNo(str(n))) for n, each in enumerate(found[::2])
    ]
    spent = list[float]()
    for _ in range(50):
        began = time.process_time()
        rest = slots.free(hours, ZONE, 15, taken, start, end)
        spent.append((time.process_time() - began) * 1000)
    if len(rest) != len(found) // 2:
        raise BenchError(f"{len(rest)} of {len(found)} are free")
    return median(spent)


async def month_call(client: Client, server: Process, redis: Process) -> float:
    """CPU of server and Redis for a month of one practitioner over HTTP; ms."""
    for day in range(7):
        window = {"weekday": day, "start_minute": 540, "end_minute": 1020, "slot_minutes": 15}
        await client.call("POST", "/v1/practitioners/other-0/availability", window)
    path = "/v1/slots?type=video&practitioner=other-0&from=2031-01-01&to=2031-02-01"
    await client.call("GET", path)
    meter = Meter(server, redis)
    for _ in range(50):
        await client.call("GET", path)
    return sum(meter.read()) / 50 / 1000


async def used(url: str) -> int:
    """Bytes of Redis' memory."""
    async with Redis.from_url(url) as redis:
        return int((await redis.info("memory"))["used_memory"])


async def settled(url: str) -> None:
    """Until Redis rewrites its log no more, which a child of it does on the other core."""
    async with Redis.from_url(url) as redis:
        while True:
            await asyncio.sleep(1)
            told = await redis.info("persistence")
            if not told["aof_rewrite_in_progress"] and not told["aof_rewrite_scheduled"]:
                return


async def bench(options: Options) -> Report:
    """Holds with more and more stored; then the rest."""
    async with beside_bare() as running:
        return await _turns(options, running)


async def _turns(options: Options, running: Running) -> Report:
    ours, server, redis, url = running.ours, running.server, running.redis, running.url
    numbers = iter(range(10**9))

    def some(count: int) -> list[int]:
        return [next(numbers) for _ in range(count)]

    await holds(ours, some(100), server, redis, OURS)  # not counted: warm
    found, first, each = list[Holds](), list[Holds](), list[float]()
    there = 0
    for stored in options.stored:
        before = await used(url)
        await store_many(url, there, stored - there)
        if stored - there >= 10_000:
            each.append((await used(url) - before) / (stored - there))
        there = stored
        await settled(url)
        runs = list[Holds]()
        for _ in range(options.runs):
            runs.append(await holds(ours, some(options.calls), server, redis, OURS))
            first.append(await holds(running.bare, some(options.calls), running.floor, redis, BARE))
        found.append(_median(runs, stored))
    call = await month_call(ours, server, redis)
    return Report(tuple(found), _median(first, 0), each[0] if each else 0.0, month(), call)


def text(report: Report) -> str:
    """A table for a terminal."""
    lines = [f"{'stored':>10}{'holds a second':>16}{'p99, ms':>10}{'CPU a hold, µs':>16}{'x bare':>8}"]
    bare = report.bare
    for each in (*report.holds, bare):
        name = "bare" if each is bare else f"{each.stored:,}"
        ratio = each.cpu / bare.cpu
        lines.append(f"{name:>10}{each.per_second:>16,.0f}{each.p99:>10.1f}{each.cpu:>16.0f}{ratio:>8.1f}")
    if report.bytes_each:
        lines.append(f"a stored appointment takes {report.bytes_each:,.0f} bytes of Redis, indexes included")
    lines.append(
        f"a month of slots: {report.month:.2f} ms of CPU; over HTTP {report.month_call:.2f} ms with Redis"
    )
    return "\n".join(lines)


def main() -> int:
    """The command."""
    options = {True: Options(calls=20, runs=1, stored=(0, 100)), False: Options()}
    return run("booking", __doc__, lambda quick: bench(options[quick]), lambda found: text(found) + "\n")


if __name__ == "__main__":
    sys.exit(main())
