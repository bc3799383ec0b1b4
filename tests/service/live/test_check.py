"""A device check by the same link: at any time until the window closes, and never presence (E4)."""

import pytest

from rooms.times import DAY
from tests.service.live.scene import change, code, floor, present, tries
from tests.support.builders import at
from tests.support.desk import Desk


@pytest.mark.parametrize("person", ["patient", "guest:carer", "practitioner"])
async def test_days_before(open_desk: Desk, person: str) -> None:
    link = await open_desk.link("a", person)
    open_desk.now -= 3 * DAY
    guest = await open_desk.visits.check_link(link, open_desk.now)
    assert (guest.person, guest.role) == (person, person.partition(":")[0])
    assert (guest.appointment, guest.room) == (await open_desk.get("a"), (await open_desk.get("a")).room)
    assert await floor(open_desk) == guest.floor
    assert await present(open_desk) == {}


async def test_not_after_the_close(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    open_desk.now = at("11:30") - 1
    await open_desk.visits.check_link(link, open_desk.now)
    open_desk.now += 1
    assert await code(open_desk.visits.check_link(link, open_desk.now)) == "window_closed"
    assert await tries(open_desk, await open_desk.get("a")) == []


async def test_between_two_windows(open_desk: Desk) -> None:
    await open_desk.book("b", "15:00")
    patient, carer = await open_desk.link("a"), await open_desk.link("a", "guest:carer")
    open_desk.now = at("12:00")
    await open_desk.visits.check_link(patient, open_desk.now)
    assert await code(open_desk.visits.check_link(carer, open_desk.now)) == "window_closed"


async def test_what_opens_nothing_is_checked_for_nothing(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await change(open_desk, "a", status="held")
    assert await code(open_desk.visits.check_link(link, open_desk.now)) == "not_confirmed"
    await change(open_desk, "a", status="confirmed", revoked=(1,))
    assert await code(open_desk.visits.check_link(link, open_desk.now)) == "token_revoked"


async def test_one_that_failed_shows_that_they_tried(open_desk: Desk) -> None:
    """F3 f."""
    guest = await open_desk.visits.check_link(await open_desk.link("a"), open_desk.now)
    await open_desk.visits.tries.failed(guest, "device_check_failed", open_desk.now)
    (entry,) = await tries(open_desk, await open_desk.get("a"))
    assert (entry.person, entry.why, entry.at) == ("patient", "device_check_failed", open_desk.now)


@pytest.mark.parametrize(("ok", "shown"), [(True, "ok"), (False, "failed")])
async def test_one_from_the_waiting_room_is_shown_in_the_queue(open_desk: Desk, ok: bool, shown: str) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    await open_desk.visits.checked(patient.here, open_desk.now, ok=ok)
    (seat,) = (await floor(open_desk)).seats
    assert seat.check == shown
    assert len(await tries(open_desk, await open_desk.get("a"))) == (not ok)
