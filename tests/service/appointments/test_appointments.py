"""Making and changing appointments (CONTRACT, `PUT /v1/appointments/{id}`)."""

from typing import Any

import pytest
from msgspec.structs import replace

from rooms.calendar import GuestRequest
from rooms.errors import Contradiction, Invalid, NotFound, Refusal
from rooms.ids import AppointmentNo, ClinicId, new_number
from rooms.ports import Put
from rooms.records import Outcome, Status
from rooms.service.idempotency import Act, Actor
from tests.support.builders import at
from tests.support.desk import Desk, asking
from tests.support.redis_server import RedisServer

CARER = GuestRequest(id="carer", name="Cy")
CHILD = GuestRequest(id="child", name="Chi", counts=True)


async def refusal(desk: Desk, id: str = "a", **asked: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await desk.book(id, **asked)
    return caught.value


async def test_made_as_asked(desk: Desk) -> None:
    shown, created = await desk.put("a", asking(guests=(CARER,)))
    made = shown.appointment
    assert created
    assert (made.id, made.practitioner, made.patient, made.type, made.status) == (
        "a",
        "dr-lee",
        "ada",
        "consult",
        "confirmed",
    )
    assert (made.starts_at, made.ends_at, made.stored_at) == (at("10:00"), at("10:30"), desk.now)
    assert shown == replace(await desk.appointments.get(desk.id, "a"), busy=())
    assert shown.practitioner is not None
    assert shown.practitioner.name == "Dr Lee"
    assert shown.type is not None
    assert shown.type.name == "Consultation"


async def test_the_link_is_there_with_the_same_commit(desk: Desk) -> None:
    """B1."""
    await desk.book("a")
    assert (await desk.links.bearer(await desk.link("a"), desk.now)).role == "patient"


async def test_asked_again_nothing_is_written(desk: Desk) -> None:
    first, _ = await desk.put("a", asking(guests=(CARER, CHILD)))
    desk.now += 1
    again, created = await desk.put("a", asking(guests=(CARER, CHILD)))
    assert (again, created) == (first, False)
    assert len(await desk.appointments.history(desk.id, "a")) == 1
    assert desk.bus.floors == []


async def test_a_start_in_the_past_is_allowed(desk: Desk) -> None:
    """B2: walk-ins."""
    await desk.book("a", "07:45")
    assert (await desk.links.token(Act(desk.id, desk.now), "a", "patient")).status == "confirmed"


async def test_a_reschedule_keeps_number_links_and_history(desk: Desk) -> None:
    """C7."""
    before = await desk.book("a", guests=(CARER,))
    tokens = [await desk.link("a", person) for person in ("patient", "practitioner", "guest:carer")]
    after = await desk.book("a", "14:00", guests=(CARER,))
    assert (after.no, after.starts_at) == (before.no, at("14:00"))
    assert [await desk.link("a", person) for person in ("patient", "practitioner", "guest:carer")] == tokens
    assert [step.what for step in await desk.appointments.history(desk.id, "a")] == ["created", "changed"]


async def test_history_says_who_and_what(desk: Desk) -> None:
    await desk.book("a")
    desk.now = at("08:05")
    await desk.put("a", asking("11:00"), by="practitioner")
    created, changed = await desk.appointments.history(desk.id, "a")
    assert (created.at, created.by, created.facts["starts_at"]) == (
        at("08:00"),
        "staff",
        "2026-11-21T10:00:00Z",
    )
    assert (changed.at, changed.by) == (at("08:05"), "practitioner")
    assert changed.facts == {
        "starts_at": {"from": "2026-11-21T10:00:00Z", "to": "2026-11-21T11:00:00Z"},
        "ends_at": {"from": "2026-11-21T10:30:00Z", "to": "2026-11-21T11:30:00Z"},
    }


@pytest.mark.parametrize("field", ["practitioner", "patient", "type"])
async def test_what_it_refers_to_must_be_known(desk: Desk, field: str) -> None:
    refused = await refusal(desk, **{field: "nobody"})
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("reference_unknown", field)


async def test_an_erased_patient_is_unknown(desk: Desk) -> None:
    await desk.erase("bob")
    assert (await refusal(desk, patient="bob")).code == "reference_unknown"


async def test_no_interval(desk: Desk) -> None:
    for minutes in (0, -30, 8 * 60 + 1):
        assert (await refusal(desk, minutes=minutes)).code == "interval_invalid"


async def test_the_request_is_checked(desk: Desk) -> None:
    assert (await refusal(desk, type=None)).code == "field_required"


async def test_an_unknown_external_type_is_kept_and_heals(desk: Desk) -> None:
    """B6, B4: same appointment, nothing made again."""
    await desk.book("a", type=None, external_type="HD-17")
    kept = await desk.appointments.get(desk.id, "a")
    assert (kept.appointment.external_type, kept.type) == ("HD-17", None)
    with pytest.raises(Contradiction, match="type_not_linked"):
        await desk.link("a")
    await desk.types.put(
        desk.id, "tele", name="Tele", video=True, minutes=30, external_ids=("HD-16", "HD-17"), now=desk.now
    )
    assert await desk.link("a")
    assert (await desk.appointments.get(desk.id, "a")).appointment == kept.appointment


async def test_overlapping_by_a_second(desk: Desk) -> None:
    await desk.book("a", "10:00")
    for starts, minutes in (("09:30:01", 30), ("10:29:59", 30), ("10:10", 5), ("09:00", 120)):
        refused = await refusal(desk, "b", starts=starts, minutes=minutes, patient="bob")
        assert isinstance(refused, Contradiction)
        assert (refused.code, refused.facts) == ("slot_taken", {"other": "a"})


async def test_back_to_back_is_fine(desk: Desk) -> None:
    await desk.book("a", "10:00")
    await desk.book("b", "10:30", patient="bob")
    await desk.book("c", "09:30", patient="bob")


async def test_a_held_one_takes_the_slot_too(desk: Desk) -> None:
    await desk.book("a", status="held")
    assert (await refusal(desk, "b")).code == "slot_taken"


async def test_another_practitioners_and_a_cancelled_one_do_not(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("b", practitioner="dr-kim", patient="bob")
    await desk.cancel("a")
    await desk.book("c", patient="bob")


async def test_a_moved_one_leaves_its_slot_and_takes_the_other(desk: Desk) -> None:
    await desk.book("a", "10:00")
    await desk.book("a", "10:15")
    await desk.book("b", "09:45", patient="bob")
    assert (await refusal(desk, "c", starts="10:30")).facts == {"other": "a"}
    assert (await refusal(desk, "a", starts="10:00")).facts == {"other": "b"}
    assert (await desk.get("a")).starts_at == at("10:15")


async def test_switched_to_a_colleague(desk: Desk) -> None:
    before = await desk.book("a")
    link, old = await desk.link("a"), await desk.link("a", "practitioner")
    after = await desk.book("a", practitioner="dr-kim")
    assert (after.no, after.practitioner) == (before.no, "dr-kim")
    assert after.room != before.room
    await desk.book("b", patient="bob")
    assert (await refusal(desk, "c", practitioner="dr-kim")).facts == {"other": "a"}
    desk.now = at("10:00")
    entered = await desk.come(link)
    assert entered.floor.practitioner_no == after.practitioner_no
    with pytest.raises(Refusal, match="moved"):
        await desk.come(old)
    assert (await desk.come(await desk.link("a", "practitioner"))).floor.seats[-1].state == "lobby"


async def test_another_patient_is_never_let_in_by_the_first_ones_link(desk: Desk) -> None:
    """D1: patient A can never reach B's room."""
    before = await desk.book("a", guests=(CARER,))
    links = [await desk.link("a"), await desk.link("a", "guest:carer")]
    after = await desk.book("a", patient="bob", guests=(CARER,))
    assert after.room != before.room
    desk.now = at("10:00")
    for link in links:
        with pytest.raises(Refusal, match="token_revoked"):
            await desk.come(link)
    assert (await desk.come(await desk.link("a"))).link == after


async def test_a_removed_guests_link_is_dead_even_when_they_are_named_again(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    link = await desk.link("a", "guest:carer")
    await desk.book("a")
    await desk.book("a", guests=(CARER,))
    desk.now = at("10:00")
    with pytest.raises(Refusal, match="token_revoked"):
        await desk.come(link)
    assert await desk.link("a", "guest:carer") != link


@pytest.mark.parametrize("status", ["cancelled", "expired", "completed", "no_show"])
async def test_what_is_over_does_not_change(desk: Desk, status: Status) -> None:
    made = await desk.book("a")
    await desk.store.commit(desk.id, [Put(replace(made, status=status))])
    for starts in ("10:00", "11:00"):
        refused = await refusal(desk, starts=starts)
        assert (refused.code, refused.facts) == ("state_conflict", {"status": status})


async def test_what_is_decided_can_be_put_again_and_not_changed(desk: Desk) -> None:
    made = await desk.book("a")
    outcome = Outcome(name="left_unseen", at=at("11:30"), evidence={}, review=True)
    await desk.store.commit(desk.id, [Put(replace(made, outcome=outcome))])
    assert (await desk.book("a")).outcome == outcome
    assert (await refusal(desk, starts="11:00")).facts == {"outcome": "left_unseen"}


async def test_its_outcome_is_due_when_its_window_closes(desk: Desk) -> None:
    made = await desk.book("a")
    assert await desk.due_at(made) == at("11:30")
    assert await desk.due_at(await desk.book("a", "12:00")) == at("13:30")


async def test_nothing_is_due_of_a_held_one_and_of_one_that_is_stored_too_late(desk: Desk) -> None:
    assert await desk.due_at(await desk.book("a", status="held")) is None
    assert await desk.due_at(await desk.book("b", "06:00", patient="bob")) is None
    assert await desk.due_at(await desk.book("a")) == at("11:30")
    assert await desk.due_at(await desk.book("a", status="held")) is None


async def test_moved_to_hours_that_have_passed_asks_nobody_to_have_come(desk: Desk) -> None:
    await desk.book("a")
    desk.now = at("09:00")
    moved = await desk.book("a", "06:00")
    assert moved.stored_at == at("09:00")
    assert await desk.due_at(moved) is None


async def test_changed_while_it_is_open_it_stands_since_it_was_stored(desk: Desk) -> None:
    await desk.book("a")
    desk.now = at("10:05")
    assert (await desk.book("a", minutes=45)).stored_at == at("08:00")
    assert (await desk.book("a", minutes=45, guests=(CARER,))).stored_at == at("08:00")
    assert (await desk.book("a", "15:00")).stored_at == at("08:00")
    assert (await desk.book("a", "16:00")).stored_at == at("10:05")


async def test_confirmed_it_stands_since_then(desk: Desk) -> None:
    await desk.book("a", status="held")
    desk.now += 5 * 60_000
    assert (await desk.book("a")).stored_at == desk.now


async def test_everything_is_its_clinics_own(desk: Desk) -> None:
    """Another clinic's things answer as those that do not exist."""
    await desk.book("a")
    elsewhere = await Desk(desk.store).open()
    with pytest.raises(NotFound):
        await elsewhere.get("a")
    await elsewhere.book("a", "10:00")
    with pytest.raises(NotFound):
        await desk.appointments.get(ClinicId("nowhere"), "a")
    with pytest.raises(NotFound):
        await desk.appointments.put(Act(ClinicId("nowhere"), desk.now, Actor("staff")), "a", asking())


async def test_by_our_own_number(desk: Desk) -> None:
    made = await desk.book("a")
    assert (await desk.appointments.by_number(desk.id, made.no)).appointment == made
    with pytest.raises(NotFound):
        await desk.appointments.by_number(desk.id, AppointmentNo(new_number()))


async def test_diagnosis_is_of_the_patients_link(desk: Desk) -> None:
    await desk.book("a", patient="bob")
    checks = await desk.diagnosis.of(desk.id, "a", desk.now)
    assert [check.code for check in checks if not check.passed] == ["contact_missing"]
    await desk.patients.put(desk.id, "bob", name="Bob", phone="+1 555 0100", now=desk.now)
    assert all(check.passed for check in await desk.diagnosis.of(desk.id, "a", desk.now))


async def test_a_diary_that_names_what_is_not_there_keeps_its_slot(desk: Desk, redis: RedisServer) -> None:
    """Nobody is told an id that does not exist, and nothing is booked over it."""
    made = await desk.book("a")
    redis.ask("DEL", f"{{c:{desk.id}}}:a:{made.no}")
    assert (await refusal(desk, "b", patient="bob")).code == "backend_unavailable"
