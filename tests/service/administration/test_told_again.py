"""A contact comes later: whoever could not be sent their link is sent it, once (B4)."""

import asyncio
from typing import Any

import pytest

from rooms.errors import Unavailable
from rooms.events import Undelivered
from rooms.outgoing import MessageStatus
from rooms.service import load
from rooms.service.administration import people
from rooms.service.idempotency import Act
from rooms.store import RedisStore
from rooms.times import SECOND
from tests.service.emitted import events, told
from tests.service.live.scene import change
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import DESK, Desk

BOB = "bob@mail.example"
PHONE = "+1 555 0100"


async def could_not_be_sent(desk: Desk, *ids: str, why: str = "contact_missing") -> None:
    """As the mail's lane writes it down."""
    for id in ids:
        missing = MessageStatus((await desk.get(id)).no, "patient", Undelivered(at=desk.now, why=why))
        await desk.store.commit(desk.id, [missing])


async def booked(desk: Desk, *ids: str) -> None:
    """For Bob, who has no contact, an hour each from 10:00."""
    for n, id in enumerate(ids):
        await desk.book(id, f"{10 + n}:00", patient="bob")
    await could_not_be_sent(desk, *ids)
    desk.now += SECOND


async def give(desk: Desk, email: str | None = BOB, phone: str | None = None) -> None:
    await desk.patients.put(desk.id, "bob", name="Bob", email=email, phone=phone, now=desk.now)


async def told_again(desk: Desk) -> list[str]:
    """Of which appointments since now, in order of names."""
    issued = await events(desk, "link.issued")
    assert {each.person for each in issued if each.at >= desk.now} <= {"patient"}
    return sorted(str(each.appointment) for each in issued if each.at >= desk.now)


@pytest.mark.parametrize(("email", "phone"), [(BOB, None), (None, PHONE), (BOB, PHONE)])
async def test_a_first_contact(desk: Desk, email: str | None, phone: str | None) -> None:
    await booked(desk, "a", "b")
    await give(desk, email, phone)
    assert await told_again(desk) == ["a", "b"]
    last = (await events(desk, "link.issued"))[-1]
    assert last.link is not None
    assert (last.link.number, last.link.generation) == (1, 1)
    [undelivered] = await desk.store.undelivered(desk.id, [((await desk.get("a")).no, "patient")])
    assert undelivered is not None
    assert (undelivered.why, undelivered.at) == ("pending", desk.now)


async def test_once_whatever_contact_follows(desk: Desk) -> None:
    await booked(desk, "a")
    await give(desk)
    await give(desk)
    await give(desk, "other@mail.example")
    assert await told_again(desk) == ["a"]


async def test_a_phone_is_no_address_for_mail(desk: Desk) -> None:
    """The address that comes after it is."""
    await booked(desk, "a")
    await give(desk, None, PHONE)
    await could_not_be_sent(desk, "a")
    desk.now += SECOND
    await give(desk, None, "+1 555 0111")
    assert await told_again(desk) == []
    await give(desk, BOB, PHONE)
    assert await told_again(desk) == ["a"]


async def test_only_what_could_not_be_sent_for_want_of_it(desk: Desk) -> None:
    await booked(desk, "a", "b", "c")
    await could_not_be_sent(desk, "b", why="timeout")
    await desk.store.commit(desk.id, [MessageStatus((await desk.get("c")).no, "patient", None)])
    await give(desk)
    assert await told_again(desk) == ["a"]


async def test_only_what_is_to_come(desk: Desk) -> None:
    """Not cancelled, not past (to the millisecond), not taken back."""
    await booked(desk, "past", "off", "back", "open")
    await desk.cancel("off")
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "back", "patient")
    desk.now = at("11:30")
    await give(desk)
    assert await told_again(desk) == ["open"]


async def test_a_link_that_closes_in_a_moment(desk: Desk) -> None:
    await booked(desk, "a")
    desk.now = at("11:30") - 1
    await give(desk)
    assert await told_again(desk) == ["a"]


async def test_the_link_as_it_is_now(desk: Desk) -> None:
    await booked(desk, "a")
    await change(desk, "a", generations={1: 4})
    await give(desk)
    last = (await events(desk, "link.issued"))[-1]
    assert last.link is not None
    assert last.link.generation == 4


async def test_another_patients_are_left_alone(desk: Desk) -> None:
    await desk.book("hers")
    await could_not_be_sent(desk, "hers")
    await desk.book("his", "11:00", patient="bob")
    await could_not_be_sent(desk, "his")
    desk.now += SECOND
    await give(desk)
    assert await told_again(desk) == ["his"]


async def test_without_a_contact_nobody_is(desk: Desk) -> None:
    await booked(desk, "a")
    await give(desk, None)
    await desk.patients.put(desk.id, "bob", name="Bobby", now=desk.now)
    assert await told_again(desk) == []


async def test_many_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "PAGE_SIZE", 2)
    await booked(desk, "a", "b", "c", "d", "e")
    await give(desk)
    assert await told_again(desk) == ["a", "b", "c", "d", "e"]


async def test_a_crash_half_way_is_brought_to_its_end_by_asking_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await booked(desk, "a", "b")

    async def dies(*_: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(people, "tell_again", dies)
        with pytest.raises(Unavailable):
            await give(desk)
    assert await told_again(desk) == []
    await give(desk)
    assert await told_again(desk) == ["a", "b"]


async def test_two_at_once_tell_once(desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    await booked(desk, "a")
    number = (await desk.patients.get(desk.id, "bob")).no
    seen = at_commit(monkeypatch, store, before=lambda: people.tell_again(store, desk.id, number, desk.now))
    await people.tell_again(store, desk.id, number, desk.now)
    assert seen
    await asyncio.gather(*(people.tell_again(store, desk.id, number, desk.now) for _ in range(3)))
    assert await told_again(desk) == ["a"]


async def test_cancelled_meanwhile(desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    await booked(desk, "a")
    number = (await desk.patients.get(desk.id, "bob")).no
    seen = at_commit(monkeypatch, store, before=lambda: desk.cancel("a"))
    await people.tell_again(store, desk.id, number, desk.now)
    assert seen
    assert await told_again(desk) == []
    assert len(await told(desk)) == 2
