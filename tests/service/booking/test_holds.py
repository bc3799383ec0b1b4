"""C2, C3, B6: a time is held in one commit; who may, what, and what they are told who may not."""

import asyncio

import pytest
from msgspec.structs import replace

from rooms.booking.holds import clinic_of
from rooms.errors import Contradiction, Invalid, Refusal, TooManyHolds
from rooms.ids import ClinicId, secret_digest
from rooms.policy import Policy
from rooms.ports import Put
from rooms.records import Hold
from rooms.service.booking.holds import HoldRequest
from rooms.service.idempotency import Act, Actor
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.service.emitted import kinds
from tests.service.front import Front, clock, closed, code, keep, refusal
from tests.service.meanwhile import at_commit
from tests.support.builders import DAY, at
from tests.support.desk import Desk


async def test_held_for_as_long_as_the_clinic_says(front: Front) -> None:
    await front.opens()
    held = await front.hold("10:00")
    there = await front.stored(held)
    assert there == held.seen.appointment
    assert (there.status, there.starts_at, there.ends_at) == ("held", at("10:00"), at("10:30"))
    assert (there.room, there.day, there.others) == ("", "", ())
    assert held.secret is not None
    assert clinic_of(held.secret) == front.desk.id
    assert there.hold == held.hold
    assert (held.hold.until, held.hold.secret) == (at("08:15"), secret_digest(held.secret))
    assert await front.what(there.id) == ["held"]
    assert await kinds(front.desk) == ["appointment.held"]
    assert front.desk.bus.floors == []


async def test_nobody_is_named_by_what_is_kept_of_a_visitor(front: Front) -> None:
    """RELIABILITY 7: an address on the network is nobody's to read."""
    await front.opens()
    held = await front.hold(client="203.0.113.7")
    assert "203" not in held.hold.client
    assert len(held.hold.client) == 32
    elsewhere = Front(await Desk(front.store).open())
    await elsewhere.opens()
    assert (await elsewhere.hold(client="203.0.113.7")).hold.client != held.hold.client
    assert (await elsewhere.hold("11:00", client=None)).hold.client == ""


async def test_for_a_patient_who_is_known(front: Front) -> None:
    held = await front.hold(client=None, by="staff", patient="ada")
    ada = await front.desk.patients.get(front.desk.id, "ada")
    assert (held.seen.appointment.patient, held.seen.appointment.patient_no) == ("ada", ada.no)


@pytest.mark.parametrize("field", ["practitioner", "type", "patient"])
async def test_what_it_refers_to_must_be_known(front: Front, field: str) -> None:
    refused = await refusal(front.hold(client=None, **{field: "nobody"}))  # type: ignore[arg-type]  # all are str
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("reference_unknown", field)


async def test_an_erased_patient_is_unknown(front: Front) -> None:
    await front.desk.erase("bob")
    assert await code(front.hold(client=None, patient="bob")) == "reference_unknown"
    asked = HoldRequest(practitioner="dr-lee", type="consult", starts_at=at("10:00"))
    nowhere = front.holds.hold(Act(ClinicId("nowhere"), front.desk.now, Actor("staff")), asked)
    assert await code(nowhere) == "not_found"


async def test_a_start_that_has_passed(front: Front) -> None:
    await front.hold("08:00", client=None)
    front.desk.now += 1
    refused = await refusal(front.hold("08:00", client=None))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("slot_in_past", "starts_at")


async def test_what_could_get_no_link_is_refused_at_once(front: Front) -> None:
    """B6."""
    desk = front.desk
    await front.opens()
    await desk.types.put(desk.id, "phone", name="Call", video=False, minutes=30, now=desk.now)
    assert await code(front.hold(client=None, type="phone")) == "type_not_video"
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    refused = await refusal(front.hold())
    assert (refused.code, refused.facts) == (
        "practitioner_not_video_enabled",
        {"failed": ["practitioner_not_video_enabled"]},
    )


async def test_where_people_do_not_book_themselves_the_clinic_still_does(desk: Desk) -> None:
    shut = Front(await Desk(desk.store).open(policy=Policy(self_booking=False)))
    await shut.opens()
    assert await code(shut.hold()) == "self_booking_off"
    assert (await shut.hold(client=None)).seen.appointment.status == "held"


def nearest(refused: Refusal) -> list[str]:
    near = refused.facts["nearest"]
    assert isinstance(near, list)
    return [each["starts_at"][11:16] for each in near]


async def test_visitors_hold_what_is_offered(front: Front) -> None:
    await front.opens()
    refused = await refusal(front.hold("10:10"))
    assert isinstance(refused, Contradiction)
    assert (refused.code, nearest(refused)) == ("slot_not_offered", ["09:30", "10:00", "10:30"])
    await front.except_for(closed(9, 11))
    assert await code(front.hold("10:00")) == "slot_not_offered"
    assert (await front.hold("10:10", client=None)).seen.appointment.starts_at == at("10:10")


async def test_what_is_taken_is_only_that_to_a_visitor_and_somebodys_to_the_clinic(front: Front) -> None:
    await front.opens()
    await front.desk.book("a", "10:00")
    refused = await refusal(front.hold("10:00"))
    assert (refused.code, nearest(refused)) == ("slot_taken", ["09:00", "09:30", "10:30"])
    assert "other" not in refused.facts
    own = await refusal(front.hold("10:15", client=None))
    assert (own.code, own.facts) == ("slot_taken", {"other": "a"})


async def test_what_lies_within_a_buffer_is_taken(front: Front) -> None:
    await front.opens(buffer_minutes=10, slot_minutes=20)
    await front.desk.book("a", "10:05", minutes=5)
    assert await code(front.hold("10:00")) == "slot_taken"
    assert await code(front.hold("09:30")) == "slot_taken"
    await front.hold("10:30")


async def test_a_visit_that_takes_many_cells_is_seen_from_afar(front: Front) -> None:
    """Two hours of cells and buffers for a visit of one: what the page does not offer is not to be held."""
    desk = front.desk
    await front.opens(9, 17, slot_minutes=10, buffer_minutes=10)
    await desk.types.put(desk.id, "long", name="Long", video=True, minutes=60, now=desk.now)
    await desk.book("a", "10:55", minutes=5)
    assert "09:00" not in await front.times(type="long")
    assert await code(front.hold("09:00", type="long")) == "slot_taken"


async def test_of_many_at_once_one_has_it(front: Front) -> None:
    """C3."""
    await front.opens()
    answers = await asyncio.gather(
        *(front.hold("10:00", client=f"visitor {n}") for n in range(30)), return_exceptions=True
    )
    refused = [each.code for each in answers if isinstance(each, Contradiction)]
    assert refused == ["slot_taken"] * 29


async def test_a_visitor_keeps_so_many_at_once(front: Front) -> None:
    await front.opens()
    for starts in ("09:00", "10:00", "11:00"):
        await front.hold(starts)
        front.desk.now += MINUTE
    refused = await refusal(front.hold("12:00"))
    assert isinstance(refused, TooManyHolds)
    assert refused.facts == {"retry_after": 12 * 60}
    await front.hold("12:00", client="elsewhere")
    await front.hold("13:00", client=None)
    front.desk.now = at("08:15")
    await front.hold("14:00")
    assert await code(front.hold("15:00")) == "too_many_holds"


async def test_two_at_once_do_not_pass_the_cap_together(desk: Desk) -> None:
    one = Front(await Desk(desk.store).open(policy=Policy(holds_per_visitor=1)))
    await one.opens()
    answers = await asyncio.gather(*(one.hold(f"1{n}:00") for n in range(5)), return_exceptions=True)
    assert [each.code for each in answers if isinstance(each, Refusal)] == ["too_many_holds"] * 4


async def test_hours_that_change_meanwhile_are_looked_at_again(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await front.opens()
    at_commit(
        monkeypatch,
        store,
        when=lambda changes: any(isinstance(each, Put) for each in changes),
        before=lambda: front.except_for(closed()),
    )
    assert await code(front.hold("10:00")) == "slot_not_offered"


async def test_a_policy_that_changes_meanwhile_is_looked_at_again(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await front.opens()
    clinic = await front.desk.clinics.get(front.desk.id)
    shut = replace(clinic, policy=Policy(self_booking=False))
    at_commit(monkeypatch, store, before=lambda: store.commit(clinic.id, [Put(shut)]))
    assert await code(front.hold("10:00")) == "self_booking_off"


async def test_what_expired_there_is_written_down_first(front: Front) -> None:
    """C4: free at the deadline, and the history says so."""
    await front.opens()
    first = await front.hold("10:00")
    front.desk.now = first.hold.until - 1
    assert await code(front.hold("10:00")) == "slot_taken"
    front.desk.now = first.hold.until
    second = await front.hold("10:00")
    assert (await front.stored(first)).status == "expired"
    steps = await front.history(first.seen.appointment.id)
    assert [(step.what, step.by, step.at) for step in steps] == [
        ("held", "patient", at("08:00")),
        ("expired", "system", at("08:15")),
    ]
    assert (await front.stored(second)).status == "held"
    assert await kinds(front.desk, first.seen.appointment.id) == ["appointment.held", "appointment.expired"]


async def test_a_booking_takes_what_has_expired(front: Front) -> None:
    held = await front.hold("10:00", client=None)
    front.desk.now = held.hold.until
    await front.desk.book("a", "09:45")
    assert await front.what(held.seen.appointment.id) == ["held", "expired"]


async def test_a_put_that_is_held_has_a_deadline(front: Front) -> None:
    """C4: whatever flow made it."""
    made = await front.desk.book("a", status="held")
    assert made.hold == Hold(until=at("08:15"))
    assert (await front.desk.book("a", "11:00", status="held")).hold == made.hold
    front.desk.now = at("08:15")
    assert await front.times("11:00") == []
    await front.desk.book("b", "11:00", patient="bob")
    assert (await front.desk.get("a")).status == "expired"
    refused = await refusal(front.desk.book("a"))
    assert (refused.code, refused.facts) == ("state_conflict", {"status": "expired"})


async def test_held_again_it_has_a_new_deadline(front: Front) -> None:
    await front.desk.book("a")
    front.desk.now = at("09:00")
    assert (await front.desk.book("a", status="held")).hold == Hold(until=at("09:15"))


async def test_its_answer_is_kept_in_the_same_commit(front: Front) -> None:
    await front.hold(client=None, keep=keep)
    assert await front.is_kept()


async def test_a_slot_of_the_day_it_is_asked_on(front: Front) -> None:
    await front.opens()
    front.desk.now = at("10:10")
    assert await code(front.hold("10:00")) == "slot_in_past"
    held = await front.hold("10:30")
    assert clock(held.seen.appointment.starts_at) == "10:30"
    assert (await front.stored(held)).stored_at == at("10:10", DAY)


async def test_no_sooner_than_the_lead_but_by_the_clinic(desk: Desk) -> None:
    """C10: neither seen, nor held, nor named instead; what was held in time is confirmed all the same."""
    late = Front(await Desk(desk.store).open(policy=Policy(lead_minutes=60)))
    await late.opens()
    late.desk.now = at("09:01")
    assert (await late.times())[0] == "10:30"
    assert (await late.times(public=False))[0] == "09:30"
    refused = await refusal(late.hold("10:00"))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("too_late_to_book", "starts_at")
    assert refused.facts["bookable_from"] == "2026-11-21T10:01:00Z"
    await late.desk.book("a", "10:30")
    near = (await refusal(late.hold("10:30"))).facts["nearest"]
    assert isinstance(near, list)
    assert [each["starts_at"][11:16] for each in near] == ["11:00", "11:30", "12:00"]
    late.desk.now = at("09:55")
    held = await late.hold("11:00")
    late.desk.now = at("10:05")
    assert "11:00" not in await late.times()
    assert (await late.confirm(held)).appointment.status == "confirmed"
    await late.desk.cancel("a")
    assert (await late.hold("10:30", client=None, by="staff")).seen.appointment.status == "held"


async def test_after_its_deadline_a_time_too_soon_is_not_free_for_whoever_held_it(desk: Desk) -> None:
    late = Front(await Desk(desk.store).open(policy=Policy(lead_minutes=60)))
    await late.opens()
    late.desk.now = at("08:55")
    held = await late.hold("10:00")
    late.desk.now = held.hold.until
    gone = await refusal(late.confirm(held))
    assert (gone.code, gone.facts["still_free"]) == ("hold_expired", False)
