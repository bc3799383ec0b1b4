"""A window closes: the waiting are told what a new hello would be answered, a call goes on (D2)."""

import pytest

from rooms.errors import Facts
from rooms.service.live.hello import Entered
from rooms.store import RedisStore
from tests.service.live.scene import (
    change,
    departure,
    endings,
    floor,
    host,
    in_call,
    lines,
    present,
)
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk

CLOSED: Facts = {
    "code": "window_closed",
    "opens_at": "2026-11-21T09:50:00Z",
    "closes_at": "2026-11-21T11:30:00Z",
    "starts_at": "2026-11-21T10:00:00Z",
    "server_time": "2026-11-21T11:30:00Z",
    "time_zone": "UTC",
}


async def close(desk: Desk, id: str = "a") -> None:
    """As the job does when an appointment is due."""
    clinic = await desk.clinics.get(desk.id)
    await endings(desk).close_windows(clinic, await desk.get(id), desk.now)


async def waiting(desk: Desk, *people: tuple[str, str]) -> list[Entered]:
    return [await desk.come(await desk.link(id, person)) for id, person in people]


async def test_the_waiting_are_told_with_the_facts(open_desk: Desk) -> None:
    people = await waiting(open_desk, ("a", "patient"), ("a", "guest:carer"))
    open_desk.now = at("11:30")
    await close(open_desk)
    for each in people:
        gone = await departure(open_desk, each)
        assert (gone.why, gone.facts) == ("window_closed", CLOSED)
    assert await present(open_desk) == {}
    assert open_desk.bus.floors == [await floor(open_desk)]
    told = await lines(open_desk, (await open_desk.get("a")).room)
    assert told[-1] == ("close waiting window_closed", at("11:30"))


async def test_a_call_goes_on_and_the_lobby_stays(open_desk: Desk) -> None:
    doctor, _ = await in_call(open_desk)
    (carer,) = await waiting(open_desk, ("a", "guest:carer"))
    open_desk.now = at("11:30")
    await close(open_desk)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}
    assert (await departure(open_desk, carer)).why == "window_closed"
    await open_desk.visits.end(doctor.here, open_desk.now, done=False)
    await close(open_desk)
    assert await present(open_desk) == {"practitioner": "lobby"}


async def test_where_nobody_waits_nothing_is_written(open_desk: Desk) -> None:
    await in_call(open_desk)
    before, told = await floor(open_desk), len(open_desk.bus.floors)
    open_desk.now = at("11:30")
    await close(open_desk)
    assert (await floor(open_desk), len(open_desk.bus.floors)) == (before, told)


async def test_before_the_close_everybody_waits_on(open_desk: Desk) -> None:
    """It was due by an older policy."""
    await waiting(open_desk, ("a", "patient"), ("a", "guest:carer"))
    open_desk.now = at("11:30") - 1
    await close(open_desk)
    assert len(await present(open_desk)) == 2


async def test_another_patients_wait_is_not_touched(open_desk: Desk) -> None:
    await open_desk.book("b", "11:00", patient="bob")
    open_desk.now = at("11:00")
    await waiting(open_desk, ("a", "patient"))
    (bob,) = await waiting(open_desk, ("b", "patient"))
    open_desk.now = at("11:30")
    await close(open_desk)
    assert [each.sid for each in (await floor(open_desk)).seats] == [bob.here.sid]


async def test_with_another_open_in_the_room_the_patient_waits_on_and_a_guest_of_the_closed_one_does_not(
    open_desk: Desk,
) -> None:
    await open_desk.book("b", "11:00")
    open_desk.now = at("11:00")
    _, carer = await waiting(open_desk, ("a", "patient"), ("a", "guest:carer"))
    open_desk.now = at("11:30")
    await close(open_desk)
    assert await present(open_desk) == {"patient": "waiting"}
    assert (await departure(open_desk, carer)).facts == CLOSED


@pytest.mark.parametrize("id", ["a", "b"])
async def test_where_the_room_opens_again_that_day_the_patient_is_told_when(open_desk: Desk, id: str) -> None:
    """Gaps stay closed; what they are told is what a new hello would be answered, whichever link it was."""
    await open_desk.book("b", "15:00")
    patient, carer = await waiting(open_desk, (id, "patient"), ("a", "guest:carer"))
    open_desk.now = at("11:30")
    await close(open_desk)
    gone = await departure(open_desk, patient)
    assert gone.why == "window_closed"
    assert (gone.facts["code"], gone.facts["opens_at"], gone.facts["starts_at"]) == (
        "too_early",
        "2026-11-21T14:50:00Z",
        "2026-11-21T15:00:00Z",
    )
    assert (await departure(open_desk, carer)).facts == CLOSED


async def test_a_cancelled_one_keeps_nobody_waiting(open_desk: Desk) -> None:
    await open_desk.book("b", "11:00")
    (patient,) = await waiting(open_desk, ("a", "patient"))
    await change(open_desk, "b", status="cancelled")
    open_desk.now = at("11:30")
    await close(open_desk)
    assert (await departure(open_desk, patient)).facts == CLOSED


async def test_who_is_admitted_at_the_last_moment_is_not_put_out(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = await host(open_desk)
    await waiting(open_desk, ("a", "patient"))
    open_desk.now = at("11:30")
    at_commit(
        monkeypatch,
        store,
        before=lambda: open_desk.visits.admit(doctor.here, "patient", "a", open_desk.now - 1),
    )
    await close(open_desk)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}
