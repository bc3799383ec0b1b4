"""Pings go by the clock whatever else is slow, and nobody is ended who answers (PROTOCOL, Proof of life)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
import pytest_asyncio

from rooms.errors import Unavailable
from rooms.ids import ClinicId, PractitionerNo, SessionId
from rooms.records import Clinic, Floor
from rooms.service.live.expiry import Expiry
from rooms.service.live.hello import Entered
from rooms.service.live.names import FloorNames
from rooms.service.transaction import Here
from rooms.store import RedisStore, connect, connect_pubsub
from rooms.times import SECOND
from signalling.ice.servers import IceServers
from signalling.jobs.expiry import LeaseExpiry
from signalling.jobs.health import Health
from signalling.metrics import Metrics
from signalling.ws.heartbeat import PING_EVERY, PINGS_CHECKED_EVERY, SILENT, Heartbeat
from signalling.ws.node_bus import NodeBus
from signalling.ws.send_queue import Flusher, SendQueue
from signalling.ws.session import Session, Socket
from signalling.ws.session_registry import SessionRegistry, ShownFloor
from signalling.ws.upkeep import FLOORS_AT_ONCE, REREAD_EVERY, Upkeep
from tests.support.builders import at
from tests.support.clock import GivenClock
from tests.support.desk import Desk
from tests.support.redis_server import RedisServer, redis_server
from tests.ws.test_send_queue import Wire

LEASE = 15 * SECOND
PINGED = b"\x89\x00"
MANY = 1_000


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


class Process:
    """What one process has of sockets, on time that is told: `run` lets its loop run freely, `stall` not."""

    def __init__(self, store: RedisStore, bus: NodeBus) -> None:
        self.store, self.now = store, 100.0
        self.metrics = Metrics()
        ice = IceServers((), None, 600)
        self.registry = SessionRegistry(FloorNames(store), ice, bus, self.clock)
        self.lost: asyncio.Queue[ShownFloor] = asyncio.Queue()
        self.heartbeat = Heartbeat(self.registry, self.metrics, LEASE, self.clock, lambda: self.now)
        self.upkeep = Upkeep(
            self.registry,
            store,
            self.metrics,
            LEASE,
            self.clock,
            self.heartbeat,
            self.lost.put,
            lambda: self.now,
        )
        self.wires: dict[Session, Wire] = {}
        self.pings: dict[Session, list[float]] = {}
        self.answering = True

    def clock(self) -> int:
        return at("10:00") + round(self.now * SECOND)

    def come(self, here: Here) -> Session:
        """Somebody's socket, followed."""
        session, wire = Session(here, "patient", "patient"), Wire()
        session.take(Socket(SendQueue(wire, Flusher()), "", self.clock()))
        self.registry.sessions[here.sid] = session
        self.wires[session], self.pings[session] = wire, []
        self.heartbeat.follow(session)
        return session

    def crowd(self) -> list[Session]:
        """`MANY` of them, each on a floor of their own."""
        clinic = ClinicId("c")
        return [self.come(Here(clinic, PractitionerNo(f"p{n}"), SessionId(f"s{n}"), 1)) for n in range(MANY)]

    async def look(self) -> None:
        """One run of the job, and what clients make of it."""
        await self.upkeep.send_pings()
        await asyncio.sleep(0)  # the writers'
        for session, wire in self.wires.items():
            if PINGED in wire.writes:
                self.pings[session].append(self.now)
                if self.answering:
                    self.heartbeat.heard(session)
            wire.writes.clear()
        self.heartbeat.to_renew()

    async def run(self, seconds: float) -> None:
        for _ in range(round(seconds / PINGS_CHECKED_EVERY)):
            self.now += PINGS_CHECKED_EVERY
            await self.look()

    def gap(self) -> float:
        """The longest of any socket between two pings."""
        return max(b - a for pings in self.pings.values() for a, b in pairwise(pings))


@asynccontextmanager
async def on(store: RedisStore, url: str) -> AsyncIterator[Process]:
    post = connect_pubsub(url)
    try:
        yield Process(store, NodeBus(post, "node", Metrics()))
    finally:
        await post.close()
        await store.close()


@pytest_asyncio.fixture
async def process(redis: RedisServer) -> AsyncIterator[Process]:
    async with on(connect(redis.url), redis.url) as made:
        yield made


async def test_every_socket_is_pinged_by_the_clock_and_never_all_at_once(process: Process) -> None:
    process.crowd()
    await process.run(3 * PING_EVERY)
    assert all(len(pings) >= 2 for pings in process.pings.values())
    assert process.gap() <= PING_EVERY + 2 * PINGS_CHECKED_EVERY
    at_once: dict[float, int] = {}
    for pings in process.pings.values():
        for when in pings:
            at_once[when] = at_once.get(when, 0) + 1
    assert max(at_once.values()) < MANY / 20


async def test_after_a_pause_of_ours_everybody_is_pinged_at_once_and_then_spread_again(
    process: Process,
) -> None:
    process.crowd()
    await process.run(PING_EVERY)
    process.now += 60
    await process.look()
    assert all(pings[-1] == process.now for pings in process.pings.values())
    back = process.now
    await process.run(2 * PING_EVERY)
    later = [when for pings in process.pings.values() for when in pings if when > back]
    assert max(later.count(when) for when in set(later)) < MANY / 10


async def test_who_never_answers_is_silent_after_25_s_and_who_could_not_be_heard_is_not(
    process: Process,
) -> None:
    process.answering = False
    sessions = process.crowd()
    await process.run(SILENT - 1)
    assert all(process.heartbeat.answers(session) for session in sessions)
    process.now += 600  # this process stood still
    await process.look()
    assert all(process.heartbeat.answers(session) for session in sessions)
    await process.run(PING_EVERY + 1)
    assert not any(process.heartbeat.answers(session) for session in sessions)
    assert not process.heartbeat.keeps(sessions[0].here.sid)


async def test_a_late_ping_leaves_its_client_the_time_to_answer(process: Process) -> None:
    process.answering = False
    session = process.come(Here(ClinicId("c"), PractitionerNo("p"), SessionId("s"), 1))
    # Nothing but the looks of a loop that runs, which pings nobody: ten times as long as silence.
    for _ in range(round(10 * SILENT)):
        process.now += 1
        process.heartbeat._attended += 1
    assert process.heartbeat.answers(session), "it was never asked"
    await process.run(SILENT - PING_EVERY - 1)
    assert process.heartbeat.answers(session)
    await process.run(2)
    assert not process.heartbeat.answers(session)


async def test_a_socket_that_closed_or_was_followed_by_another_is_not_pinged(process: Process) -> None:
    session = process.come(Here(ClinicId("c"), PractitionerNo("p"), SessionId("s"), 1))
    newer = Wire()
    session.take(Socket(SendQueue(newer, Flusher()), "", process.clock()))
    process.wires[session].writes.clear()
    process.heartbeat.follow(session)
    await process.run(2 * PING_EVERY)
    assert process.pings[session] == []
    assert newer.writes.count(PINGED) == 2
    assert session.socket is not None
    session.socket.closing = True
    newer.writes.clear()
    await process.run(2 * PING_EVERY)
    assert newer.writes == []


async def _reaping(process: Process) -> LeaseExpiry:
    """The job of a process that has been well for a while."""
    health = Health(process.store, process.metrics, GivenClock(process.clock))
    for _ in range(8):
        await health.beat()
        process.now += 3
    endings = Expiry(process.store, process.registry, LEASE)
    return LeaseExpiry(process.store, endings, health, LEASE, process.clock, process.heartbeat.keeps)


async def _away(process: Process, person: Entered) -> bool:
    [seat] = (await process.store.floor(person.here.clinic, person.here.practitioner)).seats
    return seat.gone_at > 0


class SlowFloors(RedisStore):
    """Its floors take as long as somebody likes."""

    asked = 0
    answered: asyncio.Event

    async def floor(self, clinic: ClinicId, practitioner: PractitionerNo) -> Floor:
        self.asked += 1
        await self.answered.wait()
        return await super().floor(clinic, practitioner)


async def test_floors_that_take_seconds_delay_no_ping_and_are_read_beside_each_other(
    redis: RedisServer,
) -> None:
    made = connect(redis.url)
    store = SlowFloors(made._pipeline)
    store.answered = asyncio.Event()
    async with on(store, redis.url) as process:
        desk = await Desk(store).open()
        clinic = await desk.clinics.get(desk.id)
        for session in process.crowd():
            floor = Floor(practitioner_no=session.here.practitioner)
            key = (desk.id, session.here.practitioner)
            shown = process.registry.floors.setdefault(key, ShownFloor(clinic, floor))
            shown.sessions[session.here.sid] = session
            shown.read_at = shown.shown_at = process.now - REREAD_EVERY
        reading = asyncio.create_task(process.upkeep.refresh_floors())
        await process.run(2 * PING_EVERY)
        assert process.gap() <= PING_EVERY + 2 * PINGS_CHECKED_EVERY
        assert (store.asked, reading.done()) == (FLOORS_AT_ONCE, False)
        store.answered.set()
        await reading
        assert store.asked == MANY


async def test_floors_that_cannot_be_read_say_so_and_are_read_next_time(redis: RedisServer) -> None:
    with redis_server() as gone:
        store = connect(gone.url)
        async with on(store, redis.url) as process:
            desk = await Desk(store).open()
            clinic: Clinic = await desk.clinics.get(desk.id)
            shown = ShownFloor(clinic, Floor(practitioner_no=PractitionerNo("p")))
            process.registry.floors[clinic.id, PractitionerNo("p")] = shown
            await process.upkeep.refresh_floors()
            process.now += REREAD_EVERY
            gone.kill()
            with pytest.raises(Unavailable):
                await process.upkeep.refresh_floors()


async def test_a_process_that_renews_late_reaps_nobody_who_answers(redis: RedisServer) -> None:
    async with on(connect(redis.url), redis.url) as process:
        desk = await Desk(process.store).open()
        await desk.book("a")
        desk.now = process.clock()
        patient = await desk.come(await desk.link("a"))
        session = process.come(patient.here)
        reaping = await _reaping(process)
        process.now += 2 * LEASE / SECOND  # it stood still, and its lease ran out
        await reaping.run()
        assert await _away(process, patient) is False
        await process.upkeep.renew_leases()
        lease = await process.store.lease(desk.id, patient.here.practitioner, patient.here.sid)
        assert lease is not None
        assert lease.until == process.clock() + LEASE
        # And who hung up meanwhile is reaped as ever.
        session.socket = None
        process.now += 2 * LEASE / SECOND
        await reaping.run()
        assert await _away(process, patient) is True
