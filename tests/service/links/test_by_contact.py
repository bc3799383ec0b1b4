"""Whoever lost their link is sent it, at the contact on file, and nobody learns whether it is one (A7)."""

import pytest
from msgspec.structs import replace

from rooms.access.contact_match import StatedContact
from rooms.calendar import GuestRequest
from rooms.errors import NotFound, TooMany
from rooms.ids import ClinicId
from rooms.ports import Put
from rooms.service.links import by_contact
from rooms.service.links.by_contact import ByContact
from rooms.service.links.forward import FORWARDS_AN_HOUR
from rooms.times import DAY
from tests.service.front import ANSWER, keep
from tests.support.builders import at
from tests.support.desk import Desk

ADA = StatedContact(email="ADA@mail.example")


async def asked_for(desk: Desk, said: StatedContact = ADA) -> list[tuple[str | None, str | None]]:
    """Which links were sent to whom."""
    await ByContact(desk.store).send(desk.id, said, desk.now)
    events = [each.event for each in await desk.store.outbox(desk.id, 100)]
    return [(each.appointment, each.person) for each in events if each.type == "link.requested"]


async def test_the_next_visits_links_go_to_the_contact_on_file(desk: Desk) -> None:
    await desk.book("late", "12:00")
    await desk.book("early", "10:00")
    await desk.book("other", "11:00", patient="bob")
    await desk.book("off", "14:00")
    await desk.cancel("off")
    assert await asked_for(desk) == [("early", "patient"), ("late", "patient")]
    step = (await desk.appointments.history(desk.id, "early"))[-1]
    assert (step.what, step.by, step.facts) == ("link_requested", "patient", {"person": 1})


@pytest.mark.parametrize(
    "said", [StatedContact(email="nobody@mail.example"), StatedContact(phone="+1 555 9999999")]
)
async def test_of_nobody_nothing_is_sent(desk: Desk, said: StatedContact) -> None:
    await desk.book("a")
    assert await asked_for(desk, said) == []


async def test_a_guest_is_sent_their_own(desk: Desk) -> None:
    await desk.book("a", guests=(GuestRequest(id="mum", name="Maria", phone="+61 491 570 006"),))
    assert await asked_for(desk, StatedContact(phone="0491 570 006")) == [("a", "guest:mum")]


async def test_a_contact_that_changed_or_was_erased_is_nobodys(desk: Desk) -> None:
    await desk.book("a")
    ada = await desk.store.patient(desk.id, "ada")
    assert ada is not None
    await desk.store.commit(desk.id, [Put(replace(ada, email="new@mail.example"))])
    assert await asked_for(desk) == []
    assert await asked_for(desk, StatedContact(email="new@mail.example")) == [("a", "patient")]


async def test_what_is_over_revoked_or_without_a_link_is_not_sent(desk: Desk) -> None:
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    await desk.book("a")
    assert await asked_for(desk) == []
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=True, now=desk.now)
    known = await desk.get("a")
    await desk.store.commit(desk.id, [Put(replace(known, revoked=(1,)))])
    assert await asked_for(desk) == []
    desk.now += 2 * DAY
    assert await asked_for(desk) == []


async def test_at_most_so_many_and_each_person_so_often(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, hour in enumerate(("09", "10", "11")):
        await desk.book(f"v{number}", f"{hour}:00")
    monkeypatch.setattr(by_contact, "MOST_SENT", 2)
    assert len(await asked_for(desk)) == 2
    for _ in range(5):
        await ByContact(desk.store).send(desk.id, ADA, desk.now)
    assert len(await asked_for(desk)) == FORWARDS_AN_HOUR


async def test_a_visit_taken_back_meanwhile_is_not_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the commit."""
    await desk.book("a")
    take = desk.store.take

    async def cancelled_first(*given: object) -> int:
        await desk.cancel("a")
        return await take(*given)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(desk.store, "take", cancelled_first)
    assert await asked_for(desk) == []


async def test_asking_is_counted_alike_for_everybody(desk: Desk) -> None:
    mine = ByContact(desk.store)
    for said in (ADA, StatedContact(email="nobody@mail.example")):
        for _ in range(by_contact.ASKED_BY_ONE):
            await mine.ask(desk.id, said, desk.now)
        with pytest.raises(TooMany):
            await mine.ask(desk.id, said, desk.now)
    await mine.ask(desk.id, StatedContact(phone="0491 570 006"), desk.now, keep)
    assert await desk.store.remembered(desk.id, ANSWER.key) is not None
    with pytest.raises(NotFound):
        await mine.ask(ClinicId("nowhere"), ADA, at("08:00"))
