"""D1: one room for a pair and a clinic-local day, however it was booked; whoever shares it knows it."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rooms.errors import Contradiction, Unavailable
from rooms.ids import RoomId
from rooms.records import Appointment, RoomEntry
from rooms.store import RedisStore
from rooms.times import HOUR, MINUTE, local_day, parse
from tests.support.desk import Desk, asking
from tests.support.redis_server import RedisServer


async def check_consistent(desk: Desk, ids: list[str]) -> None:
    """Rooms by pair and day; `others` and room entries exactly of who is live in each."""
    clinic = await desk.clinics.get(desk.id)
    live = [each for each in [await desk.get(id) for id in ids] if each.status != "cancelled"]
    for each in live:
        assert each.day == local_day(each.starts_at, clinic.time_zone)
        mates = {other.no for other in live if _key(other) == _key(each) and other is not each}
        assert set(each.others) == mates
        assert len(each.others) == len(mates)
        entry = await desk.store.room(desk.id, each.practitioner_no, each.patient_no, each.day)
        assert entry is not None
        assert (entry.room, set(entry.appointments)) == (each.room, {each.no} | mates)
    for one, other in combinations(live, 2):
        assert (one.room == other.room) == (_key(one) == _key(other))


def _key(appointment: Appointment) -> tuple[str, str, str]:
    return appointment.practitioner, appointment.patient, appointment.day


async def test_two_appointments_of_a_pair_on_one_day_share_a_room(desk: Desk) -> None:
    one, other = await desk.book("a", "10:00"), await desk.book("b", "16:00")
    assert one.room == other.room
    assert other.others == (one.no,)
    assert (await desk.get("a")).others == (other.no,)


async def test_another_day_practitioner_or_patient_is_another_room(desk: Desk) -> None:
    rooms = [
        (await desk.book("a")).room,
        (await desk.book("b", day="2026-11-22")).room,
        (await desk.book("c", practitioner="dr-kim")).room,
        (await desk.book("d", "11:00", patient="bob")).room,
    ]
    assert len(set(rooms)) == 4
    await check_consistent(desk, ["a", "b", "c", "d"])


@pytest.mark.parametrize(
    ("zone", "one", "other", "same"),
    [
        pytest.param("UTC", "2026-11-21T23:30:00Z", "2026-11-22T00:00:00Z", False, id="midnight"),
        pytest.param(
            "Australia/Sydney",
            "2026-11-21T13:30:00Z",
            "2026-11-20T13:00:00Z",
            False,
            id="Sydney, midnight and a day",
        ),
        pytest.param(
            "Australia/Sydney", "2026-11-20T13:00:00Z", "2026-11-21T12:59:00Z", True, id="Sydney, one day"
        ),
        pytest.param(
            "Australia/Sydney", "2026-11-21T12:30:00Z", "2026-11-21T13:00:00Z", False, id="Sydney, midnight"
        ),
        pytest.param(
            "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T22:30:00Z", True, id="a day of 25 hours"
        ),
        pytest.param(
            "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", True, id="half past two twice"
        ),
        pytest.param(
            "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T21:59:00Z", True, id="a day of 23 hours"
        ),
        pytest.param(
            "Europe/Berlin", "2026-03-29T21:30:00Z", "2026-03-29T22:00:00Z", False, id="its midnight"
        ),
        pytest.param(
            "America/Santiago", "2026-09-06T03:30:00Z", "2026-09-06T04:00:00Z", False, id="no midnight at all"
        ),
    ],
)
async def test_days_are_the_clinics(desk: Desk, zone: str, one: str, other: str, same: bool) -> None:
    there = await Desk(desk.store).open(zone=zone)
    there.now = parse("2026-01-01T00:00:00Z")
    rooms = []
    for id, starts in (("a", one), ("b", other)):
        start = parse(starts)
        shown, _ = await there.put(id, replace(asking(), starts_at=start, ends_at=start + 20 * MINUTE))
        rooms.append(shown.appointment.room)
    assert (rooms[0] == rooms[1]) is same


async def test_a_visit_over_midnight_is_of_the_day_it_starts(desk: Desk) -> None:
    one, other = await desk.book("a", "10:00"), await desk.book("b", "23:45")
    assert one.room == other.room


async def test_moved_to_another_day_it_has_that_days_room_and_the_same_links(desk: Desk) -> None:
    await desk.book("a", "10:00")
    before = await desk.book("b", "12:00")
    await desk.book("c", "10:00", day="2026-11-22")
    link = await desk.link("b")
    after = await desk.book("b", "12:00", day="2026-11-22")
    assert after.no == before.no
    assert after.room == (await desk.get("c")).room != before.room
    assert await desk.link("b") == link
    await check_consistent(desk, ["a", "b", "c"])
    assert "room" in (await desk.appointments.history(desk.id, "b"))[-1].facts


async def test_moved_within_its_day_it_keeps_its_room(desk: Desk) -> None:
    before = await desk.book("a", "10:00")
    assert (await desk.book("a", "17:00")).room == before.room


async def test_cancelled_it_is_nobodys_sibling(desk: Desk) -> None:
    for id, starts in (("a", "10:00"), ("b", "11:00"), ("c", "12:00")):
        await desk.book(id, starts)
    await desk.cancel("b")
    assert (await desk.get("b")).others == ()
    await check_consistent(desk, ["a", "b", "c"])


async def test_booked_again_that_day_the_pair_has_its_room_again(desk: Desk) -> None:
    before = await desk.book("a")
    await desk.cancel("a")
    assert (await desk.book("b")).room == before.room


steps = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(("book", "book", "book", "cancel")),
        st.sampled_from(("dr-lee", "dr-kim")),
        st.sampled_from(("ada", "bob")),
        st.integers(0, 60),
    ),
    max_size=12,
)


@given(
    steps=steps,
    zone=st.sampled_from(("UTC", "Australia/Sydney", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia")),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_booked_moved_and_cancelled(
    desk: Desk, steps: list[tuple[str, str, str, str, int]], zone: str
) -> None:
    """Any order of commands leaves every room, entry and sibling in step."""
    there = await Desk(desk.store).open(zone=zone)
    there.now = parse("2026-09-01T00:00:00Z")
    ids: set[str] = set()
    for id, what, practitioner, patient, hour in steps:
        start = parse("2026-09-05T00:00:00Z") + hour * HOUR
        asked = asking(practitioner=practitioner, patient=patient)
        try:
            if what == "book":
                await there.put(id, replace(asked, starts_at=start, ends_at=start + HOUR))
                ids.add(id)
            elif id in ids:
                await there.cancel(id)
        except Contradiction as refused:
            if refused.code not in {"slot_taken", "state_conflict"}:
                raise
    await check_consistent(there, sorted(ids))


async def test_room_ids_are_long_and_random(desk: Desk) -> None:
    rooms: set[RoomId] = {(await desk.book(f"a{n}", day=f"2026-12-{n:02}")).room for n in range(1, 10)}
    assert len(rooms) == 9
    assert all(len(room) == 22 for room in rooms)


async def test_records_that_do_not_fit_each_other_are_not_guessed_at(desk: Desk, redis: RedisServer) -> None:
    """A room's entry is written with its appointments and never removed; without it nothing is moved."""
    await desk.book("a")
    redis.ask("DEL", f"{{c:{desk.id}}}:rooms")
    with pytest.raises(Unavailable):
        await desk.cancel("a")
    assert (await desk.get("a")).status == "confirmed"


async def test_one_that_goes_to_the_other_room_while_both_are_read(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in both as they were read, and is in one."""
    await desk.book("a", "10:00")
    await desk.book("c", "11:00", practitioner="dr-kim")
    room, seen = store.room, list[object]()

    async def read(*where: Any) -> RoomEntry | None:
        found = await room(*where)
        seen.append(found)
        if len(seen) == 1:
            await desk.book("c", "11:00", practitioner="dr-lee")
        return found

    monkeypatch.setattr(store, "room", read)
    await desk.book("a", "10:00", practitioner="dr-kim")
    await check_consistent(desk, ["a", "c"])
    assert [(await desk.get(id)).practitioner for id in "ac"] == ["dr-kim", "dr-lee"]
