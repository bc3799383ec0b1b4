"""Going into a room by oneself: in its window, or back into a call that goes on after it (D2, D6)."""

import pytest

from rooms.times import DAY, SECOND
from tests.service.live.scene import (
    alive,
    code,
    drop,
    host,
    in_call,
    present,
    refusal,
    room_of,
)
from tests.support.builders import at
from tests.support.desk import Desk


@pytest.mark.parametrize(
    ("clock", "answer"),
    [("09:49:59.999", "too_early"), ("09:50", ""), ("11:29:59.999", ""), ("11:30", "window_closed")],
)
async def test_enter_within_the_rooms_window(open_desk: Desk, clock: str, answer: str) -> None:
    doctor, room = await host(open_desk), await room_of(open_desk)
    entering = open_desk.visits.enter(doctor.here, room, at(clock))
    if answer:
        told = await refusal(entering)
        assert told.code == answer
        assert told.facts == {"opens_at": "2026-11-21T09:50:00Z", "closes_at": "2026-11-21T11:30:00Z"}
    else:
        await entering
    assert await present(open_desk) == {"practitioner": "lobby" if answer else "in_room"}


@pytest.mark.parametrize("case", ["no room", "a colleague's", "a cancelled one's", "another week's"])
async def test_a_room_that_is_not_theirs_today(open_desk: Desk, case: str) -> None:
    doctor, room = await host(open_desk), "nowhere"
    if case == "a colleague's":
        room = (await open_desk.book("b", practitioner="dr-kim")).room
    if case == "a cancelled one's":
        room = await room_of(open_desk)
        await open_desk.cancel("a")
    if case == "another week's":
        room = await room_of(open_desk)
        open_desk.now += 7 * DAY
    assert await code(open_desk.visits.enter(doctor.here, room, open_desk.now)) == "room_unknown"


async def test_enter_while_any_of_the_rooms_appointments_is_open(open_desk: Desk) -> None:
    await open_desk.book("b", "15:00")
    doctor, room = await host(open_desk), await room_of(open_desk)
    open_desk.now = at("12:00")
    told = await refusal(open_desk.visits.enter(doctor.here, room, open_desk.now))
    assert (told.code, told.facts["opens_at"]) == ("too_early", "2026-11-21T14:50:00Z")
    open_desk.now = at("15:00")
    await open_desk.visits.enter(doctor.here, room, open_desk.now)
    assert await present(open_desk) == {"practitioner": "in_room"}


async def test_a_day_with_more_appointments_than_one_page(open_desk: Desk) -> None:
    for number in range(100):
        minutes = f"{number // 60:02}:{number % 60:02}"
        await open_desk.book(f"b{number}", minutes, minutes=1, day="2026-11-20", patient="bob")
    doctor = await host(open_desk)
    await open_desk.visits.enter(doctor.here, await room_of(open_desk), open_desk.now)
    assert await present(open_desk) == {"practitioner": "in_room"}


async def test_not_out_of_a_visit_that_goes_on(open_desk: Desk) -> None:
    other = await open_desk.book("b", "10:30", patient="bob")
    open_desk.now = at("10:25")
    doctor, _ = await in_call(open_desk)
    assert await code(open_desk.visits.enter(doctor.here, other.room, open_desk.now)) == "visit_open"


async def dropped_host(desk: Desk, away: int = 0) -> None:
    """The window is closed, the call goes on, and the practitioner dropped out `away` milliseconds ago."""
    doctor, patient = await in_call(desk)
    desk.now = at("11:35")
    for each in (doctor, patient):
        await alive(desk, each)
    await drop(desk, doctor)
    desk.now += away


async def test_a_practitioner_returns_to_a_call_after_the_close(open_desk: Desk) -> None:
    """A hello lands in the lobby (CONTRACT); the call is not cut for that."""
    await dropped_host(open_desk, 10 * SECOND)
    back = await host(open_desk)
    assert (await present(open_desk))["practitioner"] == "lobby"
    await open_desk.visits.enter(back.here, await room_of(open_desk), open_desk.now)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}


async def test_not_after_the_grace(open_desk: Desk) -> None:
    await dropped_host(open_desk)
    back = await host(open_desk)
    open_desk.now += 30 * SECOND
    entering = open_desk.visits.enter(back.here, await room_of(open_desk), open_desk.now)
    assert await code(entering) == "window_closed"


async def test_not_into_a_room_everybody_has_left(open_desk: Desk) -> None:
    doctor, _ = await in_call(open_desk)
    open_desk.now = at("11:35")
    await open_desk.visits.end(doctor.here, open_desk.now, done=False)
    entering = open_desk.visits.enter(doctor.here, await room_of(open_desk), open_desk.now)
    assert await code(entering) == "window_closed"


async def test_who_is_in_the_room_already_may_say_so_after_the_close(open_desk: Desk) -> None:
    doctor, _ = await in_call(open_desk)
    open_desk.now = at("11:35")
    await open_desk.visits.enter(doctor.here, await room_of(open_desk), open_desk.now)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}
