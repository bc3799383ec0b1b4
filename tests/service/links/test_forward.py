"""Any genuine old link leads its holder on, to the contact on file and nowhere else (A7)."""

from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from rooms.access.tokens import Keyring, TokenKind
from rooms.calendar import GuestRequest
from rooms.errors import LinkRefused, TooMany
from rooms.ids import new_number
from rooms.ports import Same
from rooms.service.idempotency import Act
from rooms.service.links import forward
from rooms.service.links.forward import Forward
from rooms.store import RedisStore
from rooms.times import HOUR, SECOND
from tests.service.emitted import events
from tests.service.live.scene import NEW_KEY, change, forged
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import DESK, Desk

CARER = GuestRequest(id="carer", name="Cyrus Carer", email="cy@mail.example")
TOMORROW = "2026-11-22"


async def send(desk: Desk, token: object) -> list[tuple[str | None, str | None]]:
    """Whom of what was sent a link because of it."""
    before = len(await events(desk, "link.requested"))
    await Forward(desk.store, desk.links.keyring).send(token, desk.now)
    return [(each.appointment, each.person) for each in (await events(desk, "link.requested"))[before:]]


async def past(desk: Desk) -> None:
    desk.now = at("13:00")


async def cancelled(desk: Desk) -> None:
    await desk.cancel("old")


async def replaced(desk: Desk) -> None:
    """Its own appointment is over too, or the current link would be its own."""
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "old", "patient")
    await desk.staff_acts.resend(Act(desk.id, desk.now, DESK, reason=None), "old", "patient")
    await past(desk)


async def of_a_retired_key(desk: Desk) -> None:
    keyring = desk.links.keyring
    desk.links.keyring = Keyring([NEW_KEY, replace(keyring.signing, state="retired")])
    await past(desk)


async def given_to_another(desk: Desk) -> None:
    await desk.book("old", practitioner="dr-kim")
    await desk.cancel("old")


@pytest.mark.parametrize("age", [past, cancelled, replaced, of_a_retired_key, given_to_another])
async def test_five_stale_links_end_in_the_right_room(
    desk: Desk, age: Callable[[Desk], Awaitable[None]]
) -> None:
    await desk.book("old")
    link = await desk.link("old")
    await desk.book("tomorrow", day=TOMORROW)
    await desk.book("later", "15:00", day=TOMORROW)
    await desk.book("bobs", "09:00", day=TOMORROW, patient="bob")
    await age(desk)
    assert await send(desk, link) == [("tomorrow", "patient")]


async def test_what_is_sent_and_written_down(desk: Desk) -> None:
    made = await desk.book("a")
    old = await desk.link("a")
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "a", "patient")
    await desk.staff_acts.resend(Act(desk.id, desk.now, DESK, reason=None), "a", "patient")
    desk.now += SECOND
    assert await send(desk, old) == [("a", "patient")]
    last = (await events(desk, "link.requested"))[-1]
    assert last.link is not None
    assert (last.link.number, last.link.generation, last.at) == (1, 2, desk.now)
    step = (await desk.appointments.history(desk.id, "a"))[-1]
    assert (step.what, step.by, step.at, step.facts) == ("link_requested", "patient", desk.now, {"person": 1})
    [undelivered] = await desk.store.undelivered(desk.id, [(made.no, "patient")])
    assert undelivered is not None
    assert undelivered.at == desk.now


async def test_its_own_appointment_before_any_other(desk: Desk) -> None:
    """While it can be used; and the same practitioner's before a sooner one of a colleague."""
    await desk.book("a", day=TOMORROW)
    link = await desk.link("a")
    await desk.book("sooner", "09:00")
    assert await send(desk, link) == [("a", "patient")]
    await desk.cancel("a")
    await desk.book("kims", "08:30", practitioner="dr-kim")
    assert await send(desk, link) == [("sooner", "patient")]
    await desk.cancel("sooner")
    assert await send(desk, link) == [("kims", "patient")]


async def test_nothing_for_what_was_taken_back(desk: Desk) -> None:
    """Staff decide whether there is another; the same answer."""
    await desk.book("a")
    link = await desk.link("a")
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "a", "patient")
    assert await send(desk, link) == []


async def test_nothing_where_nothing_is_to_come(desk: Desk) -> None:
    await desk.book("a")
    link = await desk.link("a")
    await desk.book("held", "15:00", status="held")
    desk.now = at("11:30")
    assert await send(desk, link) == []
    assert (await desk.appointments.history(desk.id, "a"))[-1].what == "created"


async def test_nothing_that_opens_nothing(desk: Desk) -> None:
    """A next appointment that got no link is passed over."""
    await desk.book("a")
    link = await desk.link("a")
    await desk.cancel("a")
    await desk.book("unlinked", "11:00", type=None, external_type="LONG")
    await desk.book("good", "12:00")
    assert await send(desk, link) == [("good", "patient")]


async def test_somebody_elses_revoked_link_there_is_no_matter(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    link = await desk.link("a", "guest:carer")
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "a", "patient")
    assert await send(desk, link) == [("a", "guest:carer")]


async def test_a_guest_is_known_by_id_and_contact(desk: Desk) -> None:
    other = GuestRequest(id="carer", name="Somebody", email="else@mail.example")
    first = GuestRequest(id="partner", name="Pat")
    await desk.book("old", guests=(CARER,))
    link = await desk.link("old", "guest:carer")
    await desk.book("not", day=TOMORROW, guests=(other,))
    await desk.book("there", "12:00", day=TOMORROW, guests=(first, CARER))
    desk.now = at("13:00")
    assert await send(desk, link) == [("there", "guest:carer")]
    last = (await events(desk, "link.requested"))[-1]
    assert last.link is not None
    assert last.link.number == 3
    assert (await desk.appointments.history(desk.id, "there"))[-1].facts == {"person": 3}


async def test_a_removed_guest_gets_nothing(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    link = await desk.link("a", "guest:carer")
    await desk.book("a")
    await desk.book("b", "12:00", guests=(CARER,))
    assert await send(desk, link) == []


async def test_a_practitioner(desk: Desk) -> None:
    """Their next, with whomever; not the one a colleague has now."""
    await desk.book("old")
    link = await desk.link("old", "practitioner")
    await desk.book("next", "12:00", patient="bob")
    desk.now = at("12:00")
    assert await send(desk, link) == [("next", "practitioner")]
    assert (await desk.appointments.history(desk.id, "next"))[-1].by == "practitioner"


async def test_a_patient_is_led_to_whom_the_appointment_was_with_last(desk: Desk) -> None:
    """Not to whom it was with when the link was made, though sooner."""
    await desk.book("old")
    link = await desk.link("old")
    await desk.book("old", practitioner="dr-kim")
    await desk.cancel("old")
    await desk.book("sooner", "12:00")
    await desk.book("with-kim", "14:00", practitioner="dr-kim")
    assert await send(desk, link) == [("with-kim", "patient")]


async def test_a_practitioner_s_messages_are_counted_whosever_appointments_they_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward, "FORWARDS_AN_HOUR", 1)
    await desk.book("a")
    await desk.book("b", "12:00", patient="bob")
    await send(desk, await desk.link("a", "practitioner"))
    with pytest.raises(TooMany):
        await send(desk, await desk.link("b", "practitioner"))
    assert await send(desk, await desk.link("b")) == [("b", "patient")]


async def test_a_practitioner_whose_appointment_a_colleague_has_now(desk: Desk) -> None:
    """They are led on to their own, and the colleague is sent nothing for it."""
    await desk.book("old")
    link = await desk.link("old", "practitioner")
    await desk.book("old", practitioner="dr-kim")
    assert await send(desk, link) == []
    await desk.book("next", "12:00", patient="bob")
    assert await send(desk, link) == [("next", "practitioner")]


@pytest.mark.parametrize("token", ["", "x.y.z", None, 7])
async def test_no_link_of_ours(desk: Desk, token: object) -> None:
    with pytest.raises(LinkRefused, match="token_invalid"):
        await send(desk, token)


async def test_the_clinics_own_links_lead_nobody_on(desk: Desk) -> None:
    for issued in (
        await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 1),
        await desk.links.staff_link(Act(desk.id, desk.now), "Eve", 1),
    ):
        with pytest.raises(LinkRefused, match="role_not_allowed"):
            await send(desk, issued.token)


async def test_well_signed_for_nothing_there_is(desk: Desk) -> None:
    made = await desk.book("a")
    await desk.links.staff_link(Act(desk.id, desk.now), "Eve", 1)
    for token in (
        await forged(desk, TokenKind.PERSON, new_number()),
        await forged(desk, TokenKind.PERSON, made.no, staff=True),
    ):
        with pytest.raises(LinkRefused, match="token_invalid"):
            await send(desk, token)


async def test_ten_an_hour_to_one_person(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever number of links they hold, whether there is anything to send or not."""
    monkeypatch.setattr(forward, "FORWARDS_AN_HOUR", 3)
    await desk.book("a", guests=(CARER,))
    await desk.book("b", "12:00")
    adas, others, cys = await desk.link("a"), await desk.link("b"), await desk.link("a", "guest:carer")
    lees = await desk.link("a", "practitioner")
    await send(desk, adas)
    await send(desk, others)
    await desk.cancel("b")
    await send(desk, others)
    for token in (adas, others):
        with pytest.raises(TooMany) as refused:
            await send(desk, token)
        assert refused.value.facts["retry_after"] in range(1, 3601)
    assert await send(desk, cys) == [("a", "guest:carer")]
    assert await send(desk, lees) == [("a", "practitioner")]
    assert len(await events(desk, "link.requested")) == 5


async def test_cancelled_at_that_very_moment(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.book("a")
    await desk.book("b", "12:00")
    link = await desk.link("a")
    seen = at_commit(
        monkeypatch,
        store,
        when=lambda changes: isinstance(changes[0], Same),
        before=lambda: desk.cancel("a"),
    )
    assert await send(desk, link) == [("b", "patient")]
    assert seen


async def test_after_five_reschedules_it_is_still_the_same_link(desk: Desk) -> None:
    await desk.book("a")
    link = await desk.link("a")
    for hour in range(11, 16):
        await desk.book("a", f"{hour}:00")
    assert await send(desk, link) == [("a", "patient")]
    assert await desk.link("a") == link


async def test_what_began_long_ago_may_be_open_still(desk: Desk) -> None:
    """Staff kept it open for a day: it is found, though it began yesterday."""
    await desk.book("a")
    link = await desk.link("a")
    await desk.staff_acts.extend(Act(desk.id, desk.now, DESK, reason="late"), "a", 1440)
    desk.now = at("11:00", TOMORROW)
    assert await send(desk, link) == [("a", "patient")]
    assert (await change(desk, "a")).extended == 24 * HOUR
