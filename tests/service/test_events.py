"""The link is there with the commit that confirms, and each person is told of it once (B1, B4, B6)."""

import pytest

from rooms.calendar import GuestRequest
from rooms.errors import Contradiction
from rooms.records import Appointment
from rooms.service import events as module
from rooms.service.idempotency import Act
from rooms.times import SECOND
from tests.service.emitted import events, kinds, told
from tests.service.live.scene import change
from tests.support.builders import at
from tests.support.desk import DESK, Desk

CARER = GuestRequest(id="carer", name="Cyrus Carer")
PARTNER = GuestRequest(id="partner", name="Pat")
TO_BOTH = [("a", "patient"), ("a", "practitioner")]


async def no_video(desk: Desk, practitioner: str = "dr-lee") -> None:
    await desk.practitioners.put(desk.id, practitioner, name="Dr Lee", video_enabled=False, now=desk.now)


async def test_with_the_commit_that_confirms(desk: Desk) -> None:
    """B1: the record, the link and the news of it are one."""
    made = await desk.book("a", guests=(CARER,))
    assert (made.issued_at, made.told) == (desk.now, (0, 1, 2))
    assert await kinds(desk) == ["appointment.confirmed", *["link.issued"] * 3]
    assert await told(desk) == [("a", "guest:carer"), *TO_BOTH]
    numbered = await desk.store.outbox(desk.id, 10)
    assert [each.seq for each in numbered] == [1, 2, 3, 4]
    assert len({each.event.id for each in numbered}) == 4


async def test_what_an_event_says(desk: Desk) -> None:
    """Numbers and facts: no name, no contact, no token."""
    made = await desk.book("a", guests=(CARER,))
    confirmed, *issued = await events(desk)
    times = {"starts_at": "2026-11-21T10:00:00Z", "ends_at": "2026-11-21T10:30:00Z"}
    assert (confirmed.subject, confirmed.appointment, confirmed.person) == (made.no, "a", None)
    assert (confirmed.facts, confirmed.at, confirmed.link) == (times, desk.now, None)
    assert all(each.facts == times and each.subject == made.no for each in issued)
    links = {each.person: each.link for each in issued}
    assert {who: link.number for who, link in links.items() if link} == {
        "patient": 1, "practitioner": 0, "guest:carer": 2,
    }  # fmt: skip
    token = await desk.link("a")
    assert {link.affinity for link in links.values() if link} == {token.partition(".")[0]}
    assert "Ada" not in str(await events(desk))
    assert "Cyrus" not in str(await events(desk))


async def test_each_message_is_on_its_way_until_it_arrives(desk: Desk) -> None:
    made = await desk.book("a")
    people = [(made.no, who) for who in ("patient", "practitioner", "guest:carer")]
    patient, practitioner, carer = await desk.store.undelivered(desk.id, people)
    assert carer is None
    for each in (patient, practitioner):
        assert each is not None
        assert (each.why, each.at, each.has_failed) == ("pending", desk.now, False)


async def test_each_person_once_whatever_is_edited(desk: Desk) -> None:
    await desk.book("a")
    for asked in (
        {"minutes": 45},
        {"starts": "11:00"},
        {"starts": "12:00", "practitioner": "dr-kim"},
        {"starts": "12:00", "practitioner": "dr-lee"},
    ):
        desk.now += SECOND
        await desk.book("a", **asked)
    assert await told(desk) == TO_BOTH
    assert await kinds(desk) == [
        "appointment.confirmed", "link.issued", "link.issued", "appointment.rescheduled",
        "appointment.rescheduled", "appointment.reallocated", "appointment.rescheduled",
        "appointment.reallocated",
    ]  # fmt: skip


async def test_what_changes_nothing_tells_nobody(desk: Desk) -> None:
    await desk.book("a")
    before = await events(desk)
    await desk.book("a")
    assert await events(desk) == before


async def test_a_move_says_what_it_was(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("a", "11:00", minutes=45)
    [moved] = await events(desk, "appointment.rescheduled")
    assert moved.facts == {
        "starts_at": "2026-11-21T11:00:00Z",
        "ends_at": "2026-11-21T11:45:00Z",
        "previous_starts_at": "2026-11-21T10:00:00Z",
    }


async def test_guests_that_come_later_are_told_and_nobody_else(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("a", guests=(CARER, PARTNER))
    assert await told(desk) == [("a", "guest:carer"), ("a", "guest:partner"), *TO_BOTH]
    await desk.book("a", guests=(PARTNER,))
    made = await desk.book("a", guests=(CARER, PARTNER))
    # Who was taken off and is back is another person number, with another link.
    assert [each for each in await told(desk) if each[1] == "guest:carer"] == [("a", "guest:carer")] * 2
    assert made.told == (0, 1, 3, 4)


async def test_another_patient_is_told_and_the_practitioner_is_not_again(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    made = await desk.book("a", patient="bob", guests=(CARER,))
    assert made.generations == {1: 2, 2: 2}
    assert await told(desk) == [("a", "guest:carer")] * 2 + [
        ("a", "patient"), ("a", "patient"), ("a", "practitioner"),
    ]  # fmt: skip
    to_patients = [
        each.link.generation for each in await events(desk, "link.issued") if each.person == "patient"
        if each.link
    ]  # fmt: skip
    assert to_patients == [1, 2]


async def test_held_has_none_until_it_is_confirmed(desk: Desk) -> None:
    made = await desk.book("a", status="held")
    assert (made.issued_at, made.told, await kinds(desk)) == (0, (), ["appointment.held"])
    with pytest.raises(Contradiction, match="not_confirmed"):
        await desk.link("a")
    desk.now += SECOND
    assert (await desk.book("a")).issued_at == desk.now
    assert await told(desk) == TO_BOTH
    assert await desk.link("a")


async def test_back_to_held_and_confirmed_again_tells_nobody_twice(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("a", status="held")
    await desk.book("a")
    assert await told(desk) == TO_BOTH
    assert await kinds(desk) == [
        "appointment.confirmed", "link.issued", "link.issued", "appointment.held", "appointment.confirmed",
    ]  # fmt: skip


async def test_unusable_is_raised_once(desk: Desk) -> None:
    """B6: it is kept, and somebody is told why nobody can be let in."""
    await no_video(desk)
    made = await desk.book("a", type=None, external_type="long")
    assert (made.issued_at, made.told) == (0, ())
    [unusable] = await events(desk, "link.unusable")
    assert unusable.facts["failed"] == ["practitioner_not_video_enabled", "type_not_linked"]
    assert (unusable.person, unusable.link) == (None, None)
    await desk.book("a", "11:00", type=None, external_type="long")
    assert len(await events(desk, "link.unusable")) == 1
    # Another set-up is judged, and told of, anew.
    await desk.book("a", "11:00", type=None, external_type="longer")
    assert len(await events(desk, "link.unusable")) == 2


async def test_held_and_unusable_is_raised_when_it_is_confirmed(desk: Desk) -> None:
    await no_video(desk)
    await desk.book("a", status="held")
    assert await kinds(desk) == ["appointment.held"]
    await desk.book("a")
    assert await kinds(desk) == ["appointment.held", "appointment.confirmed", "link.unusable"]


async def test_an_appointment_in_person_is_nothing_to_be_told_of(desk: Desk) -> None:
    await desk.types.put(desk.id, "visit", name="At the clinic", video=False, minutes=30, now=desk.now)
    await desk.book("a", type="visit")
    assert await kinds(desk) == ["appointment.confirmed"]


async def test_one_that_arrives_when_its_time_has_passed_has_none(desk: Desk) -> None:
    """To the millisecond: the window closes an hour after the end (B2)."""
    await desk.book("early", "09:00")
    desk.now = at("11:30") - 1
    assert (await desk.book("a")).issued_at == desk.now
    desk.now = at("11:30")
    made = await desk.book("b", patient="bob", practitioner="dr-kim")
    assert (made.issued_at, made.told) == (0, ())
    assert await kinds(desk, "b") == ["appointment.confirmed"]


async def test_issued_links_go_on_working(desk: Desk) -> None:
    """B4: after each switch; and a guest who comes afterwards is let in as well."""
    await desk.book("a")
    await no_video(desk)
    assert await desk.link("a")
    await desk.types.put(desk.id, "consult", name="Consultation", video=False, minutes=30, now=desk.now)
    assert await desk.link("a")
    await desk.types.delete(desk.id, "consult", now=desk.now)
    assert await desk.link("a")
    await desk.types.put(desk.id, "consult", name="Consultation", video=False, minutes=30, now=desk.now)
    await desk.book("a", "11:00", guests=(CARER,))
    assert (await desk.get("a")).issued_at == desk.now
    assert await desk.link("a", "guest:carer")
    assert ("a", "guest:carer") in await told(desk)
    assert await events(desk, "link.unusable") == []


async def to_another_practitioner(desk: Desk) -> Appointment:
    await no_video(desk, "dr-kim")
    return await desk.book("a", practitioner="dr-kim")


async def to_another_type(desk: Desk) -> Appointment:
    await desk.types.put(desk.id, "short", name="Short", video=True, minutes=10, now=desk.now)
    await no_video(desk)
    return await desk.book("a", type="short")


async def to_an_external_type(desk: Desk) -> Appointment:
    return await desk.book("a", type=None, external_type="long")


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (to_another_practitioner, "practitioner_not_video_enabled"),
        (to_another_type, "practitioner_not_video_enabled"),
        (to_an_external_type, "type_not_linked"),
    ],
)
async def test_judged_anew_where_its_set_up_changes(desk: Desk, edit: object, code: str) -> None:
    assert callable(edit)
    await desk.book("a")
    made = await edit(desk)
    assert made.issued_at == 0
    with pytest.raises(Contradiction, match=code):
        await desk.link("a")
    [unusable] = await events(desk, "link.unusable")
    assert unusable.facts["failed"] == [code]
    # Back, it is good again, and they know already.
    desk.now += SECOND
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", now=desk.now)
    assert (await desk.book("a")).issued_at == desk.now
    assert await told(desk) == TO_BOTH


async def test_since_when_it_is_out_stays(desk: Desk) -> None:
    first = desk.now
    await desk.book("a")
    desk.now += SECOND
    assert (await desk.book("a", "11:00", guests=(CARER,))).issued_at == first


async def test_whose_link_was_taken_back_is_not_told_by_an_edit(desk: Desk) -> None:
    """Nor does that keep the others' back (settle leaves `revoked` to staff)."""
    await desk.book("a", status="held", guests=(CARER,))
    await change(desk, "a", revoked=(1,))
    made = await desk.book("a", guests=(CARER,))
    assert made.issued_at == desk.now
    assert await told(desk) == [("a", "guest:carer"), ("a", "practitioner")]
    await desk.staff_acts.resend(Act(desk.id, desk.now, DESK, reason=None), "a", "patient")
    await desk.book("a", "11:00", guests=(CARER,))
    assert ("a", "patient") not in await told(desk)
    assert await told(desk, "link.requested") == [("a", "patient")]


async def test_of_what_concerns_everybody_nobody_is_kept_waiting(desk: Desk) -> None:
    """Only what is for a person to read is on its way to them."""
    made = await desk.book("a")
    gone = module.happened("link.revoked", made, desk.now, number=1)
    assert len(module.emits([gone])) == 1
    assert len(module.emits([module.happened("link.issued", made, desk.now, number=1)])) == 2
