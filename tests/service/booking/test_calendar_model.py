"""Any sequence of holds, confirms, puts, cancels, moves, seats, expiries and outcomes by hand, several at
once, on a real Redis (Hypothesis, which shortens what fails): no two live appointments of a practitioner
overlap, and the diary holds exactly what occupies it (C3, C4).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import pairwise

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.booking.holds import is_live
from rooms.errors import Contradiction, Forbidden, Gone, Invalid, NotFound, TooManyHolds
from rooms.ports import Conflict
from rooms.records import Appointment
from rooms.service.administration.people import PatientDetails
from rooms.service.appointments.diary import current, expire
from rooms.service.appointments.reschedule import Reschedules
from rooms.service.booking.confirm_hold import HoldActs
from rooms.service.booking.holds import HoldRequest, Holds
from rooms.service.idempotency import Act, Actor
from rooms.service.outcomes.by_hand import OutcomeByHand
from rooms.store import RedisStore, connect
from rooms.times import HOUR, MINUTE
from tests.support.builders import at
from tests.support.desk import Desk
from tests.support.redis_server import redis_server

IDS, DOCTORS, PATIENTS = "abc", ("dr-lee", "dr-kim"), ("ada", "bob")
STARTS = tuple(range(0, 120, 15))
"""Minutes after nine: half-hour visits that overlap one another in every way."""


class World:
    """A desk, and what was held so far: holds are named by their place."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.holds, self.hold_acts = Holds(desk.store, desk.bus), HoldActs(desk.store, desk.bus)
        self.reschedules, self.by_hand = (
            Reschedules(desk.store, desk.bus, desk.appointments),
            OutcomeByHand(desk.store),
        )
        self.held: list[tuple[str, str]] = []

    def hold(self, place: int) -> tuple[str, str]:
        return self.held[place % len(self.held)] if self.held else ("nothing", "hold_x.y")

    def any(self, place: int) -> str:
        """The id of something there is, put or held."""
        known: list[str] = [*IDS, *(id for id, _ in self.held)]
        return known[place % len(known)]


Step = Callable[[World], Awaitable[object]]


def _put(id: str, start: int, doctor: str, patient: str, held: bool) -> Step:
    status = "held" if held else "confirmed"
    clock = f"{9 + start // 60:02}:{start % 60:02}"
    return lambda world: world.desk.book(id, clock, practitioner=doctor, patient=patient, status=status)


def _hold(start: int, doctor: str, client: str | None) -> Step:
    async def step(world: World) -> None:
        starts_at = at("09:00") + start * MINUTE
        asked = HoldRequest(practitioner=doctor, type="consult", starts_at=starts_at, client=client)
        made = await world.holds.hold(Act(world.desk.id, world.desk.now, Actor("patient")), asked)
        world.held.append((made.seen.appointment.id, made.secret or ""))

    return step


def _confirm(place: int) -> Step:
    async def step(world: World) -> None:
        id, secret = world.hold(place)
        who = PatientDetails(name="Kim")
        await world.hold_acts.confirm(Act(world.desk.id, world.desk.now, Actor("patient")), id, secret, who)

    return step


def _extend(place: int) -> Step:
    async def step(world: World) -> None:
        id, secret = world.hold(place)
        await world.hold_acts.extend(Act(world.desk.id, world.desk.now, Actor("patient")), id, secret)

    return step


def _release(place: int) -> Step:
    async def step(world: World) -> None:
        id, secret = world.hold(place)
        await world.hold_acts.release(Act(world.desk.id, world.desk.now, Actor("patient")), id, secret)

    return step


def _cancel(place: int) -> Step:
    return lambda world: world.desk.cancel(world.any(place))


def _reschedule(place: int, start: int) -> Step:
    starts_at = at("09:00") + start * MINUTE
    return lambda world: world.reschedules.reschedule(
        Act(world.desk.id, world.desk.now, Actor("staff")),
        world.any(place),
        starts_at=starts_at,
        ends_at=starts_at + 30 * MINUTE,
    )


def _reallocate(place: int, doctor: str, start: int, seat: str | None) -> Step:
    return lambda world: world.reschedules.reallocate(
        Act(world.desk.id, world.desk.now, Actor("staff"), reason="x"),
        world.any(place),
        practitioner=doctor,
        starts_at=at("09:00") + start * MINUTE,
        ends_at=None,
        seat=seat,
    )


def _seat(id: str, doctor: str) -> Step:
    return lambda world: world.reschedules.seat(
        Act(world.desk.id, world.desk.now, Actor("staff"), reason="x"),
        id,
        practitioner=doctor,
        starts_at=None,
        ends_at=None,
    )


def _complete(place: int) -> Step:
    return lambda world: world.by_hand.complete(
        Act(world.desk.id, world.desk.now, Actor("staff"), reason=None), world.any(place)
    )


def _undo(place: int) -> Step:
    return lambda world: world.by_hand.undo(
        Act(world.desk.id, world.desk.now, Actor("staff"), reason="x"), world.any(place)
    )


def _later(minutes: int) -> Step:
    async def step(world: World) -> None:
        world.desk.now += minutes * MINUTE

    return step


async def _write_down(world: World) -> None:
    """What the job does with every hold past its deadline."""
    for each in await _everything(world):
        await expire(world.desk.store, world.desk.id, each.no, world.desk.now)


places, doctors = st.integers(0, 9), st.sampled_from(DOCTORS)
starts = st.sampled_from(STARTS)
steps = st.one_of(
    st.builds(_put, st.sampled_from(IDS), starts, doctors, st.sampled_from(PATIENTS), st.booleans()),
    st.builds(_hold, starts, doctors, st.sampled_from((None, "home"))),
    st.builds(_confirm, places),
    st.builds(_extend, places),
    st.builds(_release, places),
    st.builds(_cancel, places),
    st.builds(_reschedule, places, starts),
    st.builds(_reallocate, places, doctors, starts, st.sampled_from((None, *IDS))),
    st.builds(_seat, st.sampled_from(IDS), doctors),
    st.builds(_complete, places),
    st.builds(_undo, places),
    st.builds(_later, st.sampled_from((1, 14, 15, 16))),
    st.just(_write_down),
)
groups = st.lists(st.lists(steps, min_size=1, max_size=4), min_size=2, max_size=16)


async def _everything(world: World) -> list[Appointment]:
    desk = world.desk
    found, cursor = await desk.appointments.listing(desk.id, start=at("00:00"), limit=500, now=desk.now)
    assert cursor is None
    return [each.appointment for each in found]


async def _tried(world: World, step: Step) -> None:
    # A refusal is an answer; `Unavailable` is none. The job's commit may come second.
    with suppress(Contradiction, Invalid, NotFound, Gone, TooManyHolds, Forbidden, Conflict):
        await step(world)


async def _check(world: World) -> None:
    desk, known = world.desk, await _everything(world)
    for doctor in DOCTORS:
        practitioner = await desk.practitioners.get(desk.id, doctor)
        own = [each for each in known if each.practitioner_no == practitioner.no]
        live = sorted((each for each in own if is_live(each, desk.now)), key=lambda each: each.starts_at)
        for one, other in pairwise(live):
            assert one.ends_at <= other.starts_at, (one.id, other.id)
        seen = await desk.store.diary(desk.id, practitioner.no, at("09:00"), at("09:00") + 6 * HOUR)
        there = [(each.starts_at, each.ends_at, each.appointment) for each in current(seen.entries, desk.now)]
        holds_it = [*live, *(each for each in own if each.status in {"completed", "no_show"})]
        assert sorted(there) == sorted((each.starts_at, each.ends_at, each.no) for each in holds_it)


@pytest_asyncio.fixture
async def apart() -> AsyncIterator[RedisStore]:
    """A Redis of its own: the clinics of hundreds of examples, with much that is due, are nobody else's."""
    with redis_server() as server:
        store = connect(server.url)
        yield store
        await store.close()


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(groups)
async def test_no_two_live_appointments_overlap(apart: RedisStore, groups: Sequence[Sequence[Step]]) -> None:
    world = World(await Desk(apart).open())
    for group in groups:
        await asyncio.gather(*(_tried(world, step) for step in group))
        await _check(world)
