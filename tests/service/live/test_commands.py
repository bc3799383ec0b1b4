"""What people on the floor may do, and what it is refused for (D3, D4; PROTOCOL)."""

from typing import Literal

import pytest

from rooms.records import SeatState
from rooms.service.live.device_check import DeviceChecks
from rooms.times import MINUTE
from tests.service.live.scene import (
    code,
    departure,
    floor,
    host,
    in_call,
    lines,
    present,
    room_of,
    seat,
)
from tests.support.builders import at
from tests.support.desk import Desk


async def test_leave_gives_up_place_and_admission(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    _, patient = await in_call(open_desk)
    await open_desk.visits.leave(patient.here, open_desk.now)
    assert (await departure(open_desk, patient)).why == "left"
    again = await open_desk.come(link)
    assert (await seat(open_desk, again)).state == "waiting"


async def test_send_back_and_remove(open_desk: Desk) -> None:
    doctor, patient = await in_call(open_desk)
    open_desk.now += MINUTE
    await open_desk.visits.send_back(doctor.here, patient.here.sid, open_desk.now)
    sent = await seat(open_desk, patient)
    assert (sent.state, sent.arrived_at) == ("waiting", at("10:00"))
    await open_desk.visits.remove(doctor.here, patient.here.sid, open_desk.now)
    assert (await departure(open_desk, patient)).why == "removed"


async def test_running_late_is_told_until_when(open_desk: Desk) -> None:
    doctor = await host(open_desk)
    await open_desk.visits.running_late(doctor.here, 7.5, open_desk.now)
    assert (await floor(open_desk)).late_until == at("10:07:30")
    await open_desk.visits.running_late(doctor.here, 0, open_desk.now)
    assert (await floor(open_desk)).late_until == 0


@pytest.mark.parametrize(("done", "why"), [(True, "done"), (False, "ended")])
async def test_end_empties_the_room(open_desk: Desk, done: bool, why: str) -> None:
    doctor, patient = await in_call(open_desk)
    open_desk.now += MINUTE
    await open_desk.visits.end(doctor.here, open_desk.now, done=done)
    assert await present(open_desk) == {"practitioner": "lobby"}
    gone = await departure(open_desk, patient)
    assert (gone.why, gone.facts) == ("ended", {"why": why})
    told = await lines(open_desk, await room_of(open_desk), "practitioner")
    assert (("done", open_desk.now) in told) is done


async def test_media_is_written_down_once(open_desk: Desk) -> None:
    _, patient = await in_call(open_desk)
    values: tuple[Literal["connected", "failed"], ...] = ("connected", "connected", "failed")
    for value in values:
        await open_desk.visits.media(patient.here, value, open_desk.now)
    told = [line for line, _ in await lines(open_desk, await room_of(open_desk))]
    assert told[-3:] == ["open media", "close media failed", "failed"]
    assert len(told) == 6


@pytest.mark.parametrize("state", ["lobby", "in_room"])
async def test_a_newer_socket_speaks_alone(open_desk: Desk, state: SeatState) -> None:
    """Everything is fenced: the older epoch can do nothing any more (CONTRACT)."""
    doctor, patient = await in_call(open_desk) if state == "in_room" else (await host(open_desk), None)
    await open_desk.visits.resume(doctor.here.sid, doctor.key, open_desk.now)
    before, told = await floor(open_desk), len(open_desk.bus.floors)
    visits, here, now = open_desk.visits, doctor.here, open_desk.now
    sid = patient.here.sid if patient else "x"
    for doing in (
        visits.leave(here, now),
        visits.admit(here, "patient", "a", now),
        visits.enter(here, await room_of(open_desk), now),
        visits.send_back(here, sid, now),
        visits.remove(here, sid, now),
        visits.lock(here, on=True),
        visits.running_late(here, 5, now),
        visits.end(here, now, done=True),
        visits.media(here, "failed", now),
        DeviceChecks(open_desk.store, open_desk.bus, visits.attempts).waiting(here, {"camera": False}, now),
    ):
        assert await code(doing) == "replaced"
    assert (await floor(open_desk), len(open_desk.bus.floors)) == (before, told)
