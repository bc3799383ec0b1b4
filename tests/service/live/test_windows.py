"""Several appointments in one room, and who returns to a call after the close (D2)."""

import pytest

from rooms.times import SECOND
from tests.service.live.scene import (
    alive,
    change,
    code,
    drop,
    in_call,
    present,
    refusal,
    seat,
)
from tests.support.builders import at
from tests.support.desk import Desk


@pytest.fixture
async def full_day(open_desk: Desk) -> Desk:
    """Ada is here at 10:00 with her carer, and again at 15:00 without."""
    await open_desk.book("b", "15:00")
    return open_desk


@pytest.mark.parametrize("person", ["patient", "practitioner"])
@pytest.mark.parametrize(("id", "clock"), [("a", "15:00"), ("b", "10:00")])
async def test_either_link_opens_the_days_room(full_day: Desk, person: str, id: str, clock: str) -> None:
    link = await full_day.link(id, person)
    full_day.now = at(clock)
    entered = await full_day.come(link)
    assert (await seat(full_day, entered)).link == (await full_day.get(id)).no
    if person == "patient":
        assert {each.id for each in entered.siblings} == {"a", "b"}


async def test_a_guest_comes_in_their_own_window_only(full_day: Desk) -> None:
    link = await full_day.link("a", "guest:carer")
    full_day.now = at("15:00")
    told = await refusal(full_day.come(link))
    assert (told.code, told.facts["closes_at"]) == ("window_closed", "2026-11-21T11:30:00Z")
    full_day.now = at("10:00")
    await full_day.come(link)


@pytest.mark.parametrize("id", ["a", "b"])
async def test_gaps_stay_closed_and_the_next_opening_is_told(full_day: Desk, id: str) -> None:
    """Of one appointment: a page that shows the opening shows the start that belongs to it."""
    link = await full_day.link(id)
    full_day.now = at("12:00")
    told = await refusal(full_day.come(link))
    assert (told.code, told.facts["opens_at"], told.facts["starts_at"]) == (
        "too_early",
        "2026-11-21T14:50:00Z",
        "2026-11-21T15:00:00Z",
    )


async def test_after_the_last_it_is_closed(full_day: Desk) -> None:
    link = await full_day.link("a")
    full_day.now = at("16:30")
    told = await refusal(full_day.come(link))
    assert (told.code, told.facts["closes_at"]) == ("window_closed", "2026-11-21T16:30:00Z")


async def test_a_cancelled_one_opens_nothing_for_the_others(full_day: Desk) -> None:
    link = await full_day.link("b")
    await full_day.cancel("a")
    assert await code(full_day.come(link)) == "too_early"


@pytest.mark.parametrize("status", ["expired", "completed", "no_show"])
async def test_what_is_over_opens_nothing_for_the_others(full_day: Desk, status: str) -> None:
    link = await full_day.link("b")
    await change(full_day, "a", status=status)
    assert await code(full_day.come(link)) == "too_early"


# After the close (D2)


@pytest.mark.parametrize(("away", "answer"), [(29.999, ""), (30, "window_closed")])
async def test_who_was_in_the_call_less_than_the_grace_ago_returns(
    open_desk: Desk, away: float, answer: str
) -> None:
    link = await open_desk.link("a")
    _, patient = await in_call(open_desk)
    open_desk.now = at("11:35")
    await drop(open_desk, patient)
    open_desk.now += round(away * SECOND)
    if answer:
        assert await code(open_desk.come(link)) == answer
    else:
        await open_desk.come(link)
        assert (await present(open_desk))["patient"] == "in_room"


async def test_another_device_joins_a_call_that_goes_on(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    _, patient = await in_call(open_desk)
    open_desk.now = at("11:35")
    await alive(open_desk, patient)
    await open_desk.visits.hello(link, move=True, device="Phone", now=open_desk.now)
    assert (await present(open_desk))["patient"] == "in_room"


async def test_who_only_waited_does_not_return(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    patient = await open_desk.come(link)
    open_desk.now = at("11:30")
    await drop(open_desk, patient)
    assert await code(open_desk.come(link)) == "window_closed"


async def test_nobody_else_comes_into_a_call_that_goes_on(open_desk: Desk) -> None:
    link = await open_desk.link("a", "guest:carer")
    await in_call(open_desk)
    open_desk.now = at("11:35")
    assert await code(open_desk.come(link)) == "window_closed"


async def test_a_practitioner_with_somebody_in_another_room_is_no_newcomer_here(open_desk: Desk) -> None:
    """Being in a call returns to that call, not to whatever else has closed."""
    await open_desk.book("b", "11:20", patient="bob")
    link = await open_desk.link("a", "practitioner")
    open_desk.now = at("11:25")
    await in_call(open_desk, "b")
    open_desk.now = at("11:35")
    assert await code(open_desk.come(link)) == "window_closed"


async def test_who_was_in_the_call_returns_though_the_room_opens_again_that_day(open_desk: Desk) -> None:
    await open_desk.book("b", "15:00")
    link = await open_desk.link("a")
    _, patient = await in_call(open_desk)
    open_desk.now = at("11:35")
    await drop(open_desk, patient)
    open_desk.now += 10 * SECOND
    await open_desk.come(link)
    assert (await present(open_desk))["patient"] == "in_room"
