"""What staff do with links: send again, take back, keep open for longer (A2, A9, D2)."""

from functools import partial
from typing import Any

import pytest

from rooms.access.tokens import TokenKind, affinity, issue
from rooms.calendar import GuestRequest
from rooms.changes import Remember
from rooms.errors import Contradiction, Invalid, LinkRefused, NotFound
from rooms.events import AuditLine
from rooms.ids import GrantNo, new_number
from rooms.ports import Put
from rooms.records import Grant, Outcome
from rooms.service.idempotency import Act, Actor
from rooms.service.load import LoadedAppointment
from rooms.store import RedisStore
from rooms.times import HOUR, MINUTE, SECOND
from tests.service.emitted import events, heal, kinds, told
from tests.service.live.scene import change, code, departure, host, in_call, present, refusal
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk

EVE = Actor("staff", "Eve")
CARER = GuestRequest(id="carer", name="Cyrus Carer")


async def resend(
    desk: Desk, person: str = "patient", id: str = "a", reason: str | None = None
) -> LoadedAppointment:
    return await desk.staff_acts.resend(Act(desk.id, desk.now, EVE, reason=reason), id, person)


async def revoke(
    desk: Desk, person: str = "patient", id: str = "a", reason: str = "wrong one"
) -> LoadedAppointment:
    return await desk.staff_acts.revoke(Act(desk.id, desk.now, EVE, reason=reason), id, person)


async def extend(desk: Desk, minutes: float, id: str = "a") -> LoadedAppointment:
    return await desk.staff_acts.extend(Act(desk.id, desk.now, EVE, reason="runs late"), id, minutes)


async def audit(desk: Desk) -> list[AuditLine]:
    return [each for _, each in await desk.store.audit(desk.id, None, 100)]


def line(desk: Desk, what: str, **more: Any) -> AuditLine:
    return AuditLine(at=desk.now, by="staff", who="Eve", what=what, **more)


async def test_sent_again_it_is_the_same(desk: Desk) -> None:
    await desk.book("a")
    before = await desk.link("a")
    await resend(desk)
    assert await desk.link("a") == before
    [asked] = await events(desk, "link.requested")
    assert (asked.person, asked.appointment) == ("patient", "a")
    assert asked.link is not None
    assert (asked.link.number, asked.link.generation) == (1, 1)
    assert await audit(desk) == [line(desk, "link_resent", appointment="a", person="patient")]
    step = (await desk.appointments.history(desk.id, "a"))[-1]
    assert (step.what, step.by, step.facts) == ("link_resent", "staff", {"person": 1})


async def test_why_it_was_sent_again(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    await resend(desk, "guest:carer", reason="deleted the mail")
    assert await audit(desk) == [
        line(desk, "link_resent", appointment="a", person="guest:carer", reason="deleted the mail")
    ]
    step = (await desk.appointments.history(desk.id, "a"))[-1]
    assert step.facts == {"person": 2, "reason": "deleted the mail"}


async def test_taken_back_and_sent_again_is_another(desk: Desk) -> None:
    """The old one stays dead and leads on to the new one; nobody is told of it twice."""
    await desk.book("a")
    old = await desk.link("a")
    await revoke(desk)
    gone = await refusal(desk.come(old))
    assert (gone.code, gone.facts["can_resend"]) == ("token_revoked", False)
    shown = await resend(desk)
    assert (shown.appointment.revoked, shown.appointment.generations) == ((), {1: 2})
    gone = await refusal(desk.come(old))
    assert (gone.code, gone.facts["can_resend"]) == ("token_revoked", True)
    desk.now = at("10:00")
    new = await desk.link("a")
    assert new != old
    assert (await desk.come(new)).floor.seats
    [asked] = await events(desk, "link.requested")
    assert asked.link is not None
    assert asked.link.generation == 2
    await revoke(desk)
    shown = await resend(desk)
    assert shown.appointment.generations == {1: 3}
    assert await told(desk) == [("a", "patient"), ("a", "practitioner")]
    assert [each.what for each in await audit(desk)] == [
        "link_resent", "link_revoked", "link_resent", "link_revoked",
    ]  # fmt: skip


async def test_one_persons_link_is_nobody_elses(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    shown = await revoke(desk, "guest:carer")
    await revoke(desk, "practitioner")
    assert shown.appointment.revoked == (2,)
    assert (await desk.get("a")).revoked == (0, 2)
    assert await desk.link("a")
    await resend(desk, "guest:carer")
    after = await desk.get("a")
    assert (after.revoked, after.generations) == ((0,), {2: 2})


async def test_whoever_was_not_told_counts_as_told_from_then_on(desk: Desk) -> None:
    await desk.book("a", status="held", guests=(CARER,))
    await change(desk, "a", revoked=(2,))
    assert list((await desk.book("a", guests=(CARER,))).told) == [0, 1]
    shown = await resend(desk, "guest:carer")
    assert list(shown.appointment.told) == [0, 1, 2]


async def test_revoked_is_told_once(desk: Desk) -> None:
    await desk.book("a")
    await revoke(desk)
    await revoke(desk)
    [gone] = await events(desk, "link.revoked")
    assert (gone.person, gone.link) == ("patient", None)
    assert (
        await audit(desk)
        == [line(desk, "link_revoked", appointment="a", person="patient", reason="wrong one")] * 2
    )
    step = (await desk.appointments.history(desk.id, "a"))[-1]
    assert (step.what, step.by, step.facts) == ("link_revoked", "staff", {"person": 1, "reason": "wrong one"})


async def test_nothing_is_sent_that_opens_nothing(desk: Desk) -> None:
    await desk.types.put(desk.id, "visit", name="At the clinic", video=False, minutes=30, now=desk.now)
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    await desk.book("a", type="visit")
    with pytest.raises(Contradiction) as refused:
        await resend(desk)
    assert refused.value.code == "practitioner_not_video_enabled"
    assert refused.value.facts == {"failed": ["practitioner_not_video_enabled", "type_not_video"]}
    assert await events(desk, "link.requested") == []
    assert await audit(desk) == []


async def test_another_person_who_is_revoked_keeps_nobody_back(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    await revoke(desk, "patient")
    await resend(desk, "guest:carer")
    assert await told(desk, "link.requested") == [("a", "guest:carer")]


@pytest.mark.parametrize("act", [resend, revoke])
async def test_nobody_of_that_name(desk: Desk, act: Any) -> None:
    await desk.book("a")
    with pytest.raises(NotFound) as refused:
        await act(desk, "guest:nobody")
    assert (refused.value.code, refused.value.facts) == ("person_unknown", {"field": "person"})
    with pytest.raises(NotFound, match="not_found"):
        await act(desk, id="b")


async def test_what_is_over_is_not_sent_again(desk: Desk) -> None:
    await desk.book("a")
    await desk.cancel("a")
    with pytest.raises(Contradiction, match="state_conflict"):
        await resend(desk)


async def test_what_is_over_can_be_taken_back(desk: Desk) -> None:
    """The link still says whom the visit was with, and leads on."""
    await desk.book("a")
    old = await desk.link("a")
    await desk.cancel("a", reason="Ill")
    shown = await revoke(desk)
    assert (shown.appointment.status, shown.appointment.revoked) == ("cancelled", (1,))
    assert (await refusal(desk.links.bearer(old, desk.now))).code == "token_revoked"
    [gone] = await events(desk, "link.revoked")
    assert gone.person == "patient"


async def test_a_call_beyond_its_outcome_ends_for_whom_it_was_revoked(desk: Desk) -> None:
    """Completed by hand while they still talk: nobody else is put out."""
    await desk.book("a", guests=(CARER,))
    desk.now = at("10:00")
    lee, ada = await in_call(desk)
    cy = await desk.come(await desk.link("a", "guest:carer"))
    await desk.visits.admit(lee.here, "guest:carer", "a", desk.now)
    await change(desk, "a", status="completed")
    await revoke(desk)
    assert await present(desk) == {"practitioner": "in_room", "guest:carer": "in_room"}
    assert (await departure(desk, ada)).why == "revoked"
    await revoke(desk, "guest:carer")
    assert (await departure(desk, cy)).why == "revoked"


async def test_switched_off_just_as_it_is_sent(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    await desk.book("a")
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", now=desk.now)

    async def off() -> None:
        await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)

    seen = at_commit(monkeypatch, store, before=off)
    with pytest.raises(Contradiction, match="practitioner_not_video_enabled"):
        await resend(desk)
    assert seen
    assert await events(desk, "link.requested") == []


async def test_their_answers_are_kept(desk: Desk) -> None:
    await desk.book("a")

    def keep(digit: str, shown: LoadedAppointment) -> Remember:
        return Remember(digit * 64, "b" * 64, 200, str(shown.appointment.version).encode())

    for digit, act in (
        (
            "1",
            desk.staff_acts.resend(Act(desk.id, desk.now, EVE, "why", partial(keep, "1")), "a", "patient"),
        ),
        (
            "2",
            desk.staff_acts.revoke(Act(desk.id, desk.now, EVE, "why", partial(keep, "2")), "a", "patient"),
        ),
        ("3", desk.staff_acts.extend(Act(desk.id, desk.now, EVE, "why", partial(keep, "3")), "a", 5)),
    ):
        shown = await act
        kept = await desk.store.remembered(desk.id, digit * 64)
        assert kept is not None
        assert kept.body == str(shown.appointment.version).encode()
        assert shown.appointment.version == (await desk.get("a")).version


# Whoever is here


async def test_revoked_ends_a_wait(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    desk.now = at("10:00")
    ada, cy = await desk.come(await desk.link("a")), await desk.come(await desk.link("a", "guest:carer"))
    await revoke(desk)
    assert (await departure(desk, ada)).why == "revoked"
    assert await present(desk) == {"guest:carer": "waiting"}
    assert desk.bus.floors[-1].seats == (await desk.store.floor(desk.id, cy.here.practitioner)).seats


@pytest.mark.parametrize("person", ["patient", "guest:carer", "practitioner"])
async def test_revoked_ends_a_call(desk: Desk, person: str) -> None:
    """A2: whoever's link it is, a practitioner busy in the room too; the others stay."""
    await desk.book("a", guests=(CARER,))
    desk.now = at("10:00")
    lee = await desk.come(await desk.link("a", "practitioner"))
    here = {"practitioner": lee}
    for who in ("patient", "guest:carer"):
        here[who] = await desk.come(await desk.link("a", who))
        await desk.visits.admit(lee.here, who, "a", desk.now)
    assert await present(desk) == dict.fromkeys(here, "in_room")
    await revoke(desk, person)
    assert (await departure(desk, here[person])).why == "revoked"
    assert person not in await present(desk)
    others = set(here) - {person}
    assert others <= set(await present(desk))
    assert await code(desk.come(await desk.link("a", next(iter(others))))) == "elsewhere"


async def test_revoked_of_one_appointment_moves_nobody_of_another(desk: Desk) -> None:
    """The practitioner came by another link; the patient of the next appointment waits on."""
    await desk.book("a")
    await desk.book("b", "10:30", patient="bob")
    desk.now = at("10:25")
    await in_call(desk, "a")
    bob = await desk.come(await desk.link("b"))
    await revoke(desk, "patient", "b")
    assert (await departure(desk, bob)).why == "revoked"
    assert await present(desk) == {"practitioner": "in_room", "patient": "in_room"}
    await revoke(desk, "practitioner", "a")
    assert await present(desk) == {"practitioner": "in_room", "patient": "in_room"}


async def test_neither_moves_anybody_else_also_after_the_close(desk: Desk) -> None:
    """D2: a call goes on after the close; what staff do with a guest's link or the window leaves it alone."""
    await desk.book("a", guests=(CARER,))
    desk.now = at("11:29")
    await in_call(desk)
    desk.now = at("11:31")
    before = await present(desk)
    assert before == {"practitioner": "in_room", "patient": "in_room"}
    await revoke(desk, "guest:carer")
    assert await present(desk) == before
    await extend(desk, 10)
    assert await present(desk) == before
    await resend(desk, "guest:carer")
    assert await present(desk) == before
    assert (await desk.store.floor(desk.id, (await desk.get("a")).practitioner_no)).departures == ()


# The window


async def test_extended_it_opens_again(desk: Desk) -> None:
    await desk.book("a")
    link = await desk.link("a")
    desk.now = at("11:31")
    assert await code(desk.come(link)) == "window_closed"
    shown = await extend(desk, 30)
    assert shown.appointment.extended == 30 * MINUTE
    assert (await desk.come(link)).floor.seats[0].state == "waiting"
    assert await desk.due_at(shown.appointment) == at("12:00")
    desk.now = at("12:00")
    assert await code(desk.visits.hello(link, move=True, device="", now=desk.now)) == "window_closed"
    desk.now = at("11:31")
    assert await audit(desk) == [line(desk, "window_extended", appointment="a", reason="runs late")]
    step = (await desk.appointments.history(desk.id, "a"))[-1]
    assert (step.what, step.facts) == ("window_extended", {"minutes": 30, "reason": "runs late"})


async def test_again_it_adds_up_to_a_day_at_most(desk: Desk) -> None:
    await desk.book("a")
    await extend(desk, 1000)
    assert (await extend(desk, 440)).appointment.extended == 24 * HOUR
    with pytest.raises(Invalid) as refused:
        await extend(desk, 0.001)
    assert (refused.value.code, refused.value.field) == ("number_out_of_range", "minutes")
    assert (await desk.get("a")).extended == 24 * HOUR
    assert len(await audit(desk)) == 2


async def test_extended_it_tells_nobody_who_knows(desk: Desk) -> None:
    await desk.book("a")
    await extend(desk, 10)
    assert await kinds(desk) == ["appointment.confirmed", "link.issued", "link.issued"]


async def test_stored_too_late_and_extended_it_has_its_link(desk: Desk) -> None:
    desk.now = at("12:00")
    assert (await desk.book("a")).issued_at == 0
    shown = await extend(desk, 60)
    assert shown.appointment.issued_at == desk.now
    assert await told(desk) == [("a", "patient"), ("a", "practitioner")]
    assert (await desk.come(await desk.link("a"))).floor.seats


async def test_what_is_over_or_decided_stays_shut(desk: Desk) -> None:
    await desk.book("a")
    outcome = Outcome(name="left_unseen", at=at("11:30"), evidence={}, review=True)
    await change(desk, "a", outcome=outcome)
    with pytest.raises(Contradiction) as refused:
        await extend(desk, 5)
    assert refused.value.facts == {"outcome": "left_unseen"}
    await desk.book("b", "13:00")
    await desk.cancel("b")
    with pytest.raises(Contradiction) as refused:
        await extend(desk, 5, "b")
    assert refused.value.facts == {"status": "cancelled"}


# Room links and staff links


async def test_a_room_link_taken_back_puts_the_host_out(desk: Desk) -> None:
    """Out of a call too; the patient stays, and whoever came by another link."""
    await desk.book("a")
    desk.now = at("10:00")
    issued = await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 12)
    lee = await desk.come(issued.token)
    ada = await desk.come(await desk.link("a"))
    await desk.visits.admit(lee.here, "patient", "a", desk.now)
    other = await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 12)
    heard = len(desk.bus.floors)
    await desk.staff_acts.revoke_grant(Act(desk.id, desk.now, EVE), other.id)
    assert await present(desk) == {"practitioner": "in_room", "patient": "in_room"}
    assert len(desk.bus.floors) == heard
    await desk.staff_acts.revoke_grant(Act(desk.id, desk.now, EVE), issued.id)
    assert (await departure(desk, lee)).why == "revoked"
    assert set(await present(desk)) == {"patient"}
    assert len(desk.bus.floors) == heard + 1
    assert {seat.sid for seat in desk.bus.floors[-1].seats} == {ada.here.sid}
    with pytest.raises(LinkRefused, match="token_revoked"):
        await desk.come(issued.token)


async def test_taken_back_twice_is_written_down_once(desk: Desk) -> None:
    issued = await desk.links.staff_link(Act(desk.id, desk.now), "Mallory", 1)
    for _ in range(2):
        await desk.staff_acts.revoke_grant(Act(desk.id, desk.now, EVE), issued.id)
    assert await audit(desk) == [line(desk, "grant_revoked", person="Mallory")]
    with pytest.raises(LinkRefused, match="token_revoked"):
        await desk.links.bearer(issued.token, desk.now)


async def test_taken_back_while_they_come(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hello that read a good link is judged again."""
    issued = await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 12)
    seen = at_commit(
        monkeypatch,
        store,
        before=lambda: desk.staff_acts.revoke_grant(Act(desk.id, desk.now, EVE), issued.id),
    )
    assert await code(desk.come(issued.token)) == "token_revoked"
    assert seen
    assert await present(desk) == {}


async def test_of_a_practitioner_who_is_gone(desk: Desk) -> None:
    issued = await desk.links.room_link(Act(desk.id, desk.now), "dr-kim", 12)
    await desk.practitioners.delete(desk.id, "dr-kim", now=desk.now)
    await desk.staff_acts.revoke_grant(Act(desk.id, desk.now, EVE), issued.id)
    grant = await desk.store.grant(desk.id, issued.id)
    assert grant is not None
    assert grant.revoked


async def test_which_link_a_token_is(desk: Desk) -> None:
    """For the audit: who used a staff link, and which; whose seat a room link is."""
    staff = await desk.links.staff_link(Act(desk.id, desk.now), "Eve", 1)
    bearer = await desk.links.bearer(staff.token, desk.now)
    assert (bearer.grant, bearer.name, bearer.number) == (staff.id, "Eve", None)
    room = await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 1)
    bearer = await desk.links.bearer(room.token, desk.now)
    assert (bearer.grant, bearer.appointment, bearer.number) == (room.id, None, None)
    entered = await desk.come(room.token)
    assert entered.floor.seats[0].grant == room.id
    await desk.book("a", guests=(CARER,))
    bearer = await desk.links.bearer(await desk.link("a", "guest:carer"), desk.now)
    assert (bearer.number, bearer.grant) == (2, None)


async def test_a_grant_of_a_clinic_is_no_other_clinics(desk: Desk, store: RedisStore) -> None:
    other = await Desk(store).open()
    grant = Grant(no=GrantNo(new_number()), kind="staff", name="Eve", expires_at=desk.now + SECOND)
    await store.commit(other.id, [Put(grant)])
    with pytest.raises(NotFound):
        await desk.staff_acts.revoke_grant(Act(desk.id, desk.now, EVE), grant.no)
    clinic = await desk.clinics.get(desk.id)
    await store.know_affinity(affinity(clinic.salt, None), desk.id, None)
    token = issue(desk.links.keyring, TokenKind.STAFF, affinity(clinic.salt, None), grant.no)
    with pytest.raises(LinkRefused, match="token_invalid"):
        await desk.links.bearer(token, desk.now)


async def test_the_address_beside_a_link(desk: Desk) -> None:
    """A8: a patient's with this practitioner, the practitioner's own, none for a guest."""
    made = await desk.book("a", guests=(CARER,))
    found = [
        (await desk.links.token(Act(desk.id, desk.now), "a", who)).address
        for who in ("patient", "practitioner", "guest:carer")
    ]
    place = (await desk.link("a")).partition(".")[0]
    assert found == [
        f"https://video.example.org/a#{place}.{made.patient_no}",
        f"https://video.example.org/a#{place}.p",
        None,
    ]


async def test_a_host_by_a_room_link_is_not_the_appointments(desk: Desk) -> None:
    """Revoking the practitioner's link of an appointment leaves whoever came by a room link."""
    await desk.book("a")
    desk.now = at("10:00")
    await host(desk)
    await revoke(desk, "practitioner")
    assert await present(desk) == {"practitioner": "lobby"}


async def test_sent_before_a_healing_run_has_come_to_it(desk: Desk) -> None:
    """The run issues it and tells only those who do not know yet."""
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    await desk.book("a")
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", now=desk.now)
    await resend(desk)
    await heal(desk)
    assert await told(desk, "link.requested") == [("a", "patient")]
    assert await told(desk) == [("a", "practitioner")]
    assert (await desk.get("a")).issued_at == desk.now
