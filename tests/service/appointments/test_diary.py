"""C3 on a real Redis: no two live appointments of a practitioner overlap, however many ask at once."""

import asyncio
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rooms.errors import Contradiction, NotFound
from rooms.records import Appointment
from rooms.store import connect
from rooms.times import HOUR, MINUTE
from tests.support.builders import at
from tests.support.desk import Desk, asking
from tests.support.redis_server import RedisServer


def overlapping(appointments: list[Appointment]) -> list[tuple[str, str]]:
    """Pairs of one practitioner's live appointments that share an instant."""
    live = [each for each in appointments if each.status in {"held", "confirmed"}]
    return [
        (one.id, other.id)
        for one, other in combinations(live, 2)
        if one.practitioner == other.practitioner
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
    ]


async def everything(desk: Desk) -> list[Appointment]:
    items, cursor = await desk.appointments.listing(desk.id, start=at("00:00"), limit=500, now=desk.now)
    assert cursor is None
    return [each.appointment for each in items]


async def test_a_hundred_at_once_for_one_slot(desk: Desk, redis: RedisServer) -> None:
    """Exactly one gets it; the others are told which, and leave nothing. As from four processes."""
    stores = [connect(redis.url) for _ in range(4)]
    desks = [replace_store(desk, store) for store in stores]

    async def one(number: int) -> str:
        try:
            await desks[number % 4].book(f"a{number}", patient=("ada", "bob")[number % 2])
        except Contradiction as refused:
            return f"{refused.code} by {refused.facts['other']}"
        return "booked"

    answers = await asyncio.gather(*(one(number) for number in range(100)))
    for store in stores:
        await store.close()
    (winner,) = await everything(desk)
    assert answers.count("booked") == 1
    assert set(answers) == {"booked", f"slot_taken by {winner.id}"}


def replace_store(desk: Desk, store: object) -> Desk:
    """The same clinic through another process's store."""
    other = Desk(store)  # type: ignore[arg-type]  # a RedisStore, as `connect` makes them
    other.id = desk.id
    return other


async def test_a_whole_morning_at_once_back_to_back(desk: Desk) -> None:
    """All fit, and all are told so: colliding with oneself is not refused."""
    starts = [f"{9 + n // 12:02}:{n % 12 * 5:02}" for n in range(36)]
    await asyncio.gather(*(desk.book(f"a{n}", start, minutes=5) for n, start in enumerate(starts)))
    assert len(await everything(desk)) == 36


async def test_one_id_at_once_is_one_appointment(desk: Desk) -> None:
    made = await asyncio.gather(*(desk.put("a", asking()) for _ in range(20)))
    assert [created for _, created in made].count(True) == 1
    assert len({shown.appointment.no for shown, _ in made}) == 1
    assert len(await desk.appointments.history(desk.id, "a")) == 1


commands = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(("book", "book", "book", "hold", "cancel")),
        st.sampled_from(("dr-lee", "dr-kim")),
        st.integers(0, 24),
        st.sampled_from((1, 15, 30, 31, 480)),
    ),
    min_size=2,
    max_size=12,
)


@given(commands)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_asked_at_once(desk: Desk, commands: list[tuple[str, str, str, int, int]]) -> None:
    there = await Desk(desk.store).open()

    async def carry_out(id: str, what: str, practitioner: str, slot: int, minutes: int) -> None:
        asked = asking(practitioner=practitioner, status="held" if what == "hold" else "confirmed")
        start = at("09:00") + slot * 15 * MINUTE
        try:
            if what == "cancel":
                await there.cancel(id)
            else:
                await there.put(id, replace(asked, starts_at=start, ends_at=start + minutes * MINUTE))
        except (Contradiction, NotFound) as refused:
            if refused.code not in {"slot_taken", "state_conflict", "not_found"}:
                raise

    await asyncio.gather(*(carry_out(*command) for command in commands))
    stored = await everything(there)
    assert overlapping(stored) == []
    for practitioner in ("dr-lee", "dr-kim"):
        await check_diary(there, practitioner, stored)


async def check_diary(desk: Desk, practitioner: str, stored: list[Appointment]) -> None:
    """It holds what is live and nothing else."""
    number = (await desk.practitioners.get(desk.id, practitioner)).no
    taken: set[tuple[int, int, str]] = set()
    for hour in range(30):
        since = at("00:00") + hour * HOUR
        view = await desk.store.diary(desk.id, number, since, since + HOUR)
        taken |= {(each.starts_at, each.ends_at, each.appointment) for each in view.entries}
    live = [each for each in stored if each.practitioner == practitioner and each.status != "cancelled"]
    assert taken == {(each.starts_at, each.ends_at, each.no) for each in live}
