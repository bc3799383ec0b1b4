"""Letting somebody in: exactly one, for a live appointment of this practitioner (D4)."""

import pytest

from rooms.store import RedisStore
from tests.service.live.scene import (
    change,
    code,
    floor,
    host,
    in_call,
    present,
    refusal,
    room_of,
    seat,
)
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk


async def test_admit_takes_exactly_one_and_the_practitioner_in(open_desk: Desk) -> None:
    doctor = await host(open_desk)
    for person in ("patient", "guest:carer"):
        await open_desk.come(await open_desk.link("a", person))
    await open_desk.visits.admit(doctor.here, "patient", "a", open_desk.now)
    assert await present(open_desk) == {
        "practitioner": "in_room",
        "patient": "in_room",
        "guest:carer": "waiting",
    }
    assert open_desk.bus.floors == [await floor(open_desk)]


async def test_by_either_appointment_of_the_day_the_admitted_one_counts(open_desk: Desk) -> None:
    """F3: time together belongs to the appointment that was admitted, not to the link used."""
    await open_desk.book("b", "10:30")
    doctor, patient = await host(open_desk), await open_desk.come(await open_desk.link("a"))
    await open_desk.visits.admit(doctor.here, "patient", "b", open_desk.now)
    taken = await seat(open_desk, patient)
    assert (taken.appointment, taken.link) == ((await open_desk.get("b")).no, (await open_desk.get("a")).no)


@pytest.mark.parametrize("case", ["unknown", "another's", "cancelled", "not waiting", "another clinic's"])
async def test_nobody_is_admitted_for(open_desk: Desk, case: str) -> None:
    open_desk.now = at("10:25")
    doctor = await host(open_desk)
    if case in ("cancelled", "another's"):
        await open_desk.book("b", "10:30", practitioner="dr-kim" if case == "another's" else "dr-lee")
        await open_desk.come(await open_desk.link("b"))
    if case == "cancelled":
        await change(open_desk, "b", status="cancelled")
    if case == "another clinic's":
        other = await Desk(open_desk.store).open()
        await other.book("b")
    id = "a" if case == "not waiting" else "b"
    assert await code(open_desk.visits.admit(doctor.here, "patient", id, open_desk.now)) == "not_waiting"
    assert (await present(open_desk))["practitioner"] == "lobby"


async def test_not_while_with_somebody_else(open_desk: Desk) -> None:
    await open_desk.book("b", "10:30", patient="bob")
    open_desk.now = at("10:25")
    doctor, _ = await in_call(open_desk)
    await open_desk.come(await open_desk.link("b"))
    told = await refusal(open_desk.visits.admit(doctor.here, "patient", "b", open_desk.now))
    assert (told.code, told.facts) == ("visit_open", {"room": await room_of(open_desk)})


async def test_not_into_a_locked_room(open_desk: Desk) -> None:
    doctor, _ = await in_call(open_desk)
    await open_desk.come(await open_desk.link("a", "guest:carer"))
    await open_desk.visits.lock(doctor.here, on=True)
    assert await code(open_desk.visits.admit(doctor.here, "guest:carer", "a", open_desk.now)) == "room_locked"
    await open_desk.visits.lock(doctor.here, on=False)
    await open_desk.visits.admit(doctor.here, "guest:carer", "a", open_desk.now)
    assert (await present(open_desk))["guest:carer"] == "in_room"


async def test_who_leaves_while_being_admitted_is_not(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor, patient = await host(open_desk), await open_desk.come(await open_desk.link("a"))
    at_commit(monkeypatch, store, before=lambda: open_desk.visits.leave(patient.here, open_desk.now))
    assert await code(open_desk.visits.admit(doctor.here, "patient", "a", open_desk.now)) == "not_waiting"
    assert await present(open_desk) == {"practitioner": "lobby"}


async def test_a_cancel_while_being_admitted_comes_first(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = await host(open_desk)
    await open_desk.come(await open_desk.link("a"))
    at_commit(monkeypatch, store, before=lambda: open_desk.cancel("a"))
    assert await code(open_desk.visits.admit(doctor.here, "patient", "a", open_desk.now)) == "not_waiting"
    assert await present(open_desk) == {"practitioner": "lobby"}
