"""The same person again: another device, a drop, a process that died (D6, D7, F2)."""

from rooms.records import Floor
from rooms.times import MINUTE, SECOND
from tests.service.live.scene import (
    alive,
    code,
    departure,
    drop,
    floor,
    in_call,
    lines,
    present,
    seat,
)
from tests.support.builders import at
from tests.support.desk import Desk


async def test_the_same_person_on_another_device_is_asked_and_changes_nothing(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await open_desk.come(link)
    before = await floor(open_desk)
    assert await code(open_desk.come(link)) == "elsewhere"
    assert await floor(open_desk) == before


async def test_after_yes_the_newest_has_the_same_place(open_desk: Desk) -> None:
    _, patient = await in_call(open_desk)
    open_desk.now += MINUTE
    await alive(open_desk, patient)
    link = await open_desk.link("a")
    moved = await open_desk.visits.hello(link, move=True, device="Phone", now=open_desk.now)
    taken = await seat(open_desk, moved)
    assert (taken.state, taken.arrived_at, taken.device) == ("in_room", at("10:00"), "Phone")
    assert (await departure(open_desk, patient)).why == "replaced"


async def test_a_guest_is_no_second_device_of_the_patient(open_desk: Desk) -> None:
    """A1."""
    for person in ("patient", "guest:carer", "practitioner"):
        await open_desk.come(await open_desk.link("a", person))
    assert set(await present(open_desk)) == {"patient", "guest:carer", "practitioner"}


async def test_who_dropped_off_says_hello_again_without_being_asked(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    first = await open_desk.come(link)
    open_desk.now += MINUTE
    await drop(open_desk, first)
    open_desk.now += MINUTE
    again = await open_desk.come(link)
    assert (await seat(open_desk, again)).arrived_at == at("10:00")


async def crashed(desk: Desk, seconds: float) -> Floor:
    """The process that held everybody died, and `seconds` later nobody has written that down."""
    desk.now += round(seconds * SECOND)
    return await floor(desk)


async def test_after_a_crash_a_hello_takes_the_place_that_is_still_kept(open_desk: Desk) -> None:
    """F2: what was open ends at the last sign of life; nobody is asked whether to move."""
    link, room = await open_desk.link("a"), (await open_desk.get("a")).room
    await open_desk.come(link)
    await crashed(open_desk, 15)
    again = await open_desk.come(link)
    assert (await seat(open_desk, again)).arrived_at == at("10:00")
    assert await lines(open_desk, room) == [
        ("open waiting", at("10:00")),
        ("close waiting lapsed", at("10:00")),
        ("open waiting", at("10:00:15")),
    ]


async def test_a_process_that_may_be_alive_is_not_taken_for_dead(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await open_desk.come(link)
    await crashed(open_desk, 14.999)
    assert await code(open_desk.come(link)) == "elsewhere"


async def test_after_a_crash_and_the_grace_it_is_a_new_arrival(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await open_desk.come(link)
    await crashed(open_desk, 120)
    again = await open_desk.come(link)
    assert (await seat(open_desk, again)).arrived_at == at("10:02")
