"""C2, C4: what becomes of a hold, to the millisecond: kept longer, confirmed, given back."""

import asyncio

import pytest

from rooms.errors import Contradiction, Forbidden, Gone, Invalid
from rooms.outgoing import expiry_task
from rooms.ports import Drop, KeepUntil
from rooms.service.administration.people import PatientDetails
from rooms.service.idempotency import Act, Actor
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.service.emitted import kinds
from tests.service.front import KIM, Front, code, keep, refusal
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk


async def test_confirmed_it_has_room_link_and_patient(front: Front) -> None:
    held = await front.hold(client=None)
    front.desk.now = at("08:05")
    shown = await front.confirm(held)
    made = shown.appointment
    assert made == await front.stored(held)
    assert (made.status, made.no, made.stored_at, made.day) == (
        "confirmed",
        held.seen.appointment.no,
        at("08:05"),
        "2026-11-21",
    )
    assert made.room
    link = await front.desk.link(made.id)
    assert await front.desk.due_at(made) == at("11:30")
    patient = await front.desk.patients.get(front.desk.id, made.patient)
    assert (patient.no, patient.name, patient.email) == (made.patient_no, KIM.name, KIM.email)
    assert await front.what(made.id) == ["held", "confirmed"]
    assert (await kinds(front.desk, made.id))[1] == "appointment.confirmed"
    front.desk.now = at("10:00")
    assert (await front.desk.come(link)).link == made


async def test_confirmed_again_it_is_the_same(front: Front) -> None:
    held = await front.hold(client=None)
    first = await front.confirm(held)
    front.desk.now = held.hold.until + MINUTE
    assert await front.confirm(held, None) == first
    assert await front.confirm(held, keep=keep) == first
    assert await front.is_kept()
    assert await front.what(first.appointment.id) == ["held", "confirmed"]


async def test_in_the_last_millisecond_it_is_confirmed(front: Front) -> None:
    await front.opens()
    held = await front.hold("10:00")
    front.desk.now = held.hold.until - 1
    await front.confirm(held)
    front.desk.now += 1
    assert "10:00" not in await front.times()
    assert (await front.stored(held)).status == "confirmed"


async def test_at_the_deadline_it_is_gone_and_told_whether_it_is_free(front: Front) -> None:
    await front.opens()
    held = await front.hold("10:00")
    front.desk.now = held.hold.until
    assert "10:00" in await front.times()
    refused = await refusal(front.confirm(held))
    assert isinstance(refused, Gone)
    near = [{"starts_at": f"2026-11-21T{t}:00Z", "ends_at": f"2026-11-21T{e}:00Z", "practitioner": "dr-lee"}
            for t, e in (("09:30", "10:00"), ("10:00", "10:30"), ("10:30", "11:00"))]  # fmt: skip
    assert (refused.code, refused.facts) == ("hold_expired", {"still_free": True, "nearest": near})
    await front.desk.book("a", "10:15")
    assert (await refusal(front.confirm(held))).facts["still_free"] is False
    assert (await refusal(front.extend(held))).code == "hold_expired"


async def test_what_has_begun_is_not_still_free(front: Front) -> None:
    held = await front.hold("08:15", client=None)
    front.desk.now = held.hold.until
    assert (await refusal(front.confirm(held, by="staff"))).facts == {"still_free": True, "nearest": []}
    # To the public only what is on offer can be had again.
    assert (await refusal(front.confirm(held))).facts == {"still_free": False, "nearest": []}
    front.desk.now += 1
    assert (await refusal(front.confirm(held, by="staff"))).facts == {"still_free": False, "nearest": []}


async def test_of_a_practitioner_who_is_gone_nothing_else_is_offered(front: Front) -> None:
    held = await front.hold(client=None, practitioner="dr-kim")
    front.desk.now = held.hold.until
    kim = await front.desk.practitioners.get(front.desk.id, "dr-kim")
    await front.store.commit(front.desk.id, [Drop(kim)])
    assert (await refusal(front.confirm(held))).facts == {"still_free": True, "nearest": []}
    held = await front.hold(client=None)
    front.desk.now = held.hold.until
    await front.desk.types.delete(front.desk.id, "consult", now=front.desk.now)
    assert (await refusal(front.confirm(held))).facts == {"still_free": True, "nearest": []}


async def test_it_is_kept_longer_once(front: Front) -> None:
    await front.opens()
    held = await front.hold("10:00")
    front.desk.now = held.hold.until - 1
    longer = await front.extend(held, keep=keep)
    assert await front.is_kept()
    assert (longer.hold.until, longer.hold.extended, longer.secret) == (at("08:30"), True, None)
    assert await code(front.extend(held)) == "already_extended"
    front.desk.now = at("08:30") - 1
    assert await code(front.hold("10:00", client="other")) == "slot_taken"
    shown = await front.hold_acts.get(front.desk.id, held.seen.appointment.id, held.secret)
    assert shown.hold == longer.hold
    front.desk.now += 1
    assert await code(front.confirm(held)) == "hold_expired"
    assert await front.what(held.seen.appointment.id) == ["held", "hold_extended"]


async def test_kept_longer_it_counts_for_longer(front: Front) -> None:
    await front.opens()
    held = [await front.hold(f"1{n}:00") for n in range(3)]
    await front.extend(held[0])
    front.desk.now = held[0].hold.until
    assert held[0].hold.client
    there = await front.store.visitor_holds(front.desk.id, held[0].hold.client)
    assert [(each.appointment, each.until) for each in there.holds if each.until > front.desk.now] == [
        (held[0].seen.appointment.no, at("08:30"))
    ]


async def test_confirmed_or_given_back_it_counts_no_more(front: Front) -> None:
    await front.opens()
    one, two, _ = [await front.hold(f"1{n}:00") for n in range(3)]
    assert await code(front.hold("14:00")) == "too_many_holds"
    await front.confirm(one)
    await front.hold("14:00")
    await front.release(two)
    await front.hold("15:00")
    assert await code(front.hold("16:00")) == "too_many_holds"


async def test_given_back_it_is_anybodys_and_told_so(front: Front) -> None:
    await front.opens()
    held = await front.hold("10:00")
    for _ in range(2):
        await front.release(held)
    there = await front.stored(held)
    assert there.cancelled is not None
    assert (there.status, there.cancelled.by) == ("cancelled", "patient")
    assert "10:00" in await front.times()
    assert await front.what(there.id) == ["held", "cancelled"]
    assert await code(front.confirm(held)) == "state_conflict"
    assert await front.store.task(front.desk.id, expiry_task(there.no)) is None


async def test_what_expired_is_given_back_already_and_what_is_confirmed_is_not(front: Front) -> None:
    expired, confirmed = await front.hold(client=None), await front.hold("11:00", client=None)
    await front.confirm(confirmed)
    front.desk.now = expired.hold.until
    await front.release(expired)
    assert await front.what(expired.seen.appointment.id) == ["held"]
    await front.hold(client=None)
    await front.release(expired)
    assert await front.what(expired.seen.appointment.id) == ["held", "expired"]
    assert await code(front.release(confirmed)) == "state_conflict"


async def test_only_its_holder_and_the_clinic_know_it(front: Front) -> None:
    held, other = await front.hold(client=None), await front.hold("11:00", client=None)
    for id, secret in ((held.seen.appointment.id, other.secret), ("nothing", held.secret), ("nothing", None)):
        assert await code(front.hold_acts.get(front.desk.id, id, secret)) == "hold_not_found"
    made = await front.desk.book("a", "14:00")
    assert await code(front.hold_acts.get(front.desk.id, made.id, None)) == "hold_not_found"
    assert (await front.hold_acts.get(front.desk.id, held.seen.appointment.id, None)).hold == held.hold


async def test_somebody_has_to_say_who_it_is_for(front: Front) -> None:
    """C4: confirm can fail on its own body, and loses nothing."""
    held = await front.hold(client=None)
    refused = await refusal(front.confirm(held, None))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("field_required", "patient")
    await front.confirm(held)


async def test_who_is_known_need_not_be_named_and_is_not_renamed(front: Front) -> None:
    desk = front.desk
    held = await front.hold(client=None, patient="ada")
    refused = await refusal(front.confirm(held, PatientDetails(name="Somebody Else")))
    assert isinstance(refused, Forbidden)
    assert (await front.confirm(held, None)).appointment.patient == "ada"
    assert (await desk.patients.get(desk.id, "ada")).name == "Ada"
    other = await front.hold("11:00", client=None, patient="ada")
    await front.confirm(other, PatientDetails(name="Ada L"), by="staff")
    assert (await desk.patients.get(desk.id, "ada")).name == "Ada L"


async def test_a_contact_that_could_not_be_used_stays_so_until_it_is_said_anew(front: Front) -> None:
    desk = front.desk
    await desk.patients.put(desk.id, "ada", name="Ada", unusable=("email", "phone"), now=desk.now)
    first = await front.hold(client=None, patient="ada")
    await front.confirm(first, PatientDetails(name="Ada", phone="+1 555 0100"), by="staff")
    assert (await desk.patients.get(desk.id, "ada")).unusable == ("email",)
    second = await front.hold("11:00", client=None, patient="ada")
    await front.confirm(second, PatientDetails(name="Ada", email="ada@mail.example"), by="staff")
    assert (await desk.patients.get(desk.id, "ada")).unusable == ()


async def test_who_was_erased_meanwhile_has_to_be_named(front: Front) -> None:
    held = await front.hold(client=None, patient="bob")
    await front.desk.nameless("bob")
    assert await code(front.confirm(held, None)) == "field_required"
    await front.confirm(held, PatientDetails(name="Bob again"), by="staff")
    assert (await front.desk.patients.get(front.desk.id, "bob")).name == "Bob again"


async def test_who_is_erased_while_it_is_confirmed_has_to_be_named(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await front.hold(client=None, patient="bob")
    at_commit(monkeypatch, store, before=lambda: front.desk.nameless("bob"))
    assert await code(front.confirm(held, None)) == "field_required"


async def test_confirm_and_give_back_at_once_is_one_of_them(front: Front) -> None:
    held = await front.hold(client=None)
    await asyncio.gather(front.confirm(held), front.release(held), return_exceptions=True)
    what = await front.what(held.seen.appointment.id)
    assert what in (["held", "confirmed"], ["held", "cancelled"])


async def test_a_put_that_is_held_is_confirmed_by_the_clinic_in_its_room(front: Front) -> None:
    made = await front.desk.book("a", status="held")
    confirm = front.hold_acts.confirm(Act(front.desk.id, front.desk.now, Actor("staff")), "a", None, None)
    after = (await confirm).appointment
    assert (after.status, after.room, after.patient) == ("confirmed", made.room, "ada")


async def test_confirmed_while_it_was_kept_longer(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The diary names it with its deadline: whoever has it changed decides again."""
    await front.opens()
    held = await front.hold("10:00")
    at_commit(monkeypatch, store, before=lambda: front.extend(held))
    await front.confirm(held)
    number = held.seen.appointment.practitioner_no
    view = await store.diary(front.desk.id, number, at("10:00"), at("10:30"))
    assert [each.until for each in view.entries] == [0]
    assert await front.what(held.seen.appointment.id) == ["held", "hold_extended", "confirmed"]


async def test_every_change_a_calendar_sees_has_the_next_number(front: Front) -> None:
    """C9, RFC 5545 section 3.8.7.4."""
    held = await front.hold(client=None, patient="ada")
    assert held.seen.appointment.sequence == 0
    assert (await front.extend(held)).seen.appointment.sequence == 0
    made = (await front.confirm(held, None)).appointment
    moved = await front.desk.book(made.id, "11:00")
    renamed = await front.desk.book(made.id, "11:00", type=None, external_type="17")
    given = await front.desk.book(made.id, "11:00", practitioner="dr-kim")
    gone = (await front.desk.cancel(made.id)).appointment
    assert [each.sequence for each in (made, moved, renamed, given, gone)] == [1, 2, 2, 3, 4]


async def test_the_same_time_for_as_long_writes_nothing_in_the_diary(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await front.desk.book("a", status="held")
    seen = at_commit(monkeypatch, store)
    await front.desk.book("a", status="held", type=None, external_type="17")
    assert not [each for each in seen[0] if isinstance(each, KeepUntil)]


async def test_a_hold_elsewhere_is_unknown(front: Front) -> None:
    """Another clinic's hold answers as one that does not exist."""
    held = await front.hold(client=None)
    elsewhere = Front(await Desk(front.store).open())
    with pytest.raises(Exception, match="hold_not_found"):
        await elsewhere.confirm(held)
    assert not isinstance(await refusal(elsewhere.release(held)), Contradiction)


async def test_what_staff_cancel_counts_for_the_visitor_no_more(front: Front) -> None:
    await front.opens()
    held = [await front.hold(starts) for starts in ("09:00", "10:00", "11:00")]
    assert await code(front.hold("12:00")) == "too_many_holds"
    await front.desk.cancel(held[1].seen.appointment.id)
    await front.hold("12:00")
