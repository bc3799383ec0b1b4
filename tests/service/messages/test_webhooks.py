"""Webhooks: kept as they are put, their secrets, how it goes with them, and what is sent once more (F6)."""

import pytest

from rooms.changes import Remember
from rooms.errors import NotFound
from rooms.events import Event, Hook, new_message_id
from rooms.outgoing import Emit
from rooms.service.messages.webhooks import REPLAYED_AT_ONCE
from rooms.store import RedisStore
from rooms.times import DAY
from tests.service.dispatch_room import Room
from tests.service.meanwhile import at_commit
from tests.support.desk import Desk


async def test_put_again_it_keeps_its_secret(desk: Desk) -> None:
    room = Room(desk)
    first, created = await room.hooks.put(desk.id, "main", url="https://a.example.org", events=["*"])
    again, anew = await room.hooks.put(desk.id, "main", url="https://b.example.org", events=["link.issued"])
    same, _ = await room.hooks.put(desk.id, "main", url="https://b.example.org", events=["link.issued"])
    assert (created, anew) == (True, False)
    assert (again.secret, again.no, again.url) == (first.secret, first.no, "https://b.example.org")
    assert same.url == again.url
    assert [each.id for each in await room.hooks.listed(desk.id)] == ["main"]
    assert (again.wants("link.issued"), again.wants("link.revoked")) == (True, False)


async def test_put_as_it_is_nothing_is_written(desk: Desk) -> None:
    room = Room(desk, mail=False)
    first = await room.hook("main", "link.issued")
    assert await room.hook("main", "link.issued") == first
    assert (await room.hook("main", "*")).version == first.version + 1


async def test_what_is_not_there(desk: Desk) -> None:
    hooks = Room(desk).hooks
    for deed in (
        hooks.get(desk.id, "none"),
        hooks.delete(desk.id, "none"),
        hooks.rotate(desk.id, "none", desk.now),
        hooks.deliveries(desk.id, "none"),
        hooks.replay(desk.id, "none", None, desk.now),
    ):
        with pytest.raises(NotFound):
            await deed


async def test_for_a_day_both_secrets_sign(desk: Desk) -> None:
    room = Room(desk)
    old = await room.hook()
    assert old.secrets(desk.now) == (old.secret,)
    kept: list[Hook] = []

    def keep(made: Hook) -> Remember:
        kept.append(made)
        return Remember("a" * 64, "b" * 64, 200, b"")

    fresh = await room.hooks.rotate(desk.id, "main", desk.now, keep)
    assert kept == [fresh]
    assert fresh.secrets(desk.now + DAY - 1) == (fresh.secret, old.secret)
    assert fresh.secrets(desk.now + DAY) == (fresh.secret,)
    assert (await room.hooks.get(desk.id, "main")).secret == fresh.secret != old.secret


async def test_dead_letters_are_sent_once_more_by_the_same_id_in_order(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await desk.book("a")
    await room.hand_on()
    ids = []
    for _ in range(3):
        work = await room.webhook(hook, made.no)
        assert work is not None
        ids.append(work.message.event.id)
        assert await room.fail(hook.no, work, final=True) == "given up"
    assert [each.state for each in await room.hooks.deliveries(desk.id, "main")] == ["dead"] * 3
    assert await room.hooks.replay(desk.id, "main", [ids[1]], desk.now) == 1
    [second] = await room.drained(hook, made.no)
    assert second["data"]["seq"] == 2
    kept: list[int] = []

    def keep(count: int) -> Remember:
        kept.append(count)
        return Remember("c" * 64, "d" * 64, 200, b"")

    assert await room.hooks.replay(desk.id, "main", None, desk.now, keep) == 2
    assert kept == [2]
    assert [each["data"]["seq"] for each in await room.drained(hook, made.no)] == [1, 3]
    assert await room.hooks.replay(desk.id, "main", None, desk.now) == 0
    states = [each.state for each in await room.hooks.deliveries(desk.id, "main")]
    assert states == ["delivered"] * 3


async def test_a_removed_webhook_leaves_no_letters_to_whoever_gets_its_id_next(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await desk.book("a")
    await room.hand_on()
    work = await room.webhook(hook, made.no)
    assert work is not None
    await room.fail(hook.no, work, final=True)
    await room.drained(hook, made.no)
    await room.hooks.delete(desk.id, "main")
    again = await room.hook()
    assert (again.no == hook.no, again.secret == hook.secret) == (False, False)
    assert await room.hooks.deliveries(desk.id, "main") == []
    assert await room.hooks.replay(desk.id, "main", None, desk.now) == 0
    assert [await desk.store.dead(desk.id, hook.no), await desk.store.finished(desk.id, hook.no, 9)] == [
        [],
        [],
    ]


async def test_of_many_dead_letters_some_are_taken_up_at_a_time(desk: Desk) -> None:
    """Whoever asks again gets the rest; each keeps its place among those of its appointment."""
    room = Room(desk, mail=False)
    hook = await room.hook()
    subject, count = "S" * 11, REPLAYED_AT_ONCE + 5
    for number in range(count):
        event = Event(
            id=new_message_id(), type="link.unusable", at=desk.now, subject=subject, facts={"n": number}
        )
        await desk.store.commit(desk.id, [Emit(event)])
    await room.hand_on()
    while work := await room.webhook(hook, subject):
        await room.fail(hook.no, work, final=True)
    replayed = [await room.hooks.replay(desk.id, "main", None, desk.now) for _ in range(3)]
    assert replayed == [REPLAYED_AT_ONCE, 5, 0]
    assert [each["data"]["n"] for each in await room.drained(hook, subject)] == list(range(count))


async def test_taken_up_by_two_at_once_each_is_sent_once(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A double click: whoever is slower finds nothing left to take up."""
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await desk.book("a")
    await room.hand_on()
    while work := await room.webhook(hook, made.no):
        await room.fail(hook.no, work, final=True)
    faster: list[int] = []

    async def click() -> None:
        faster.append(await room.hooks.replay(desk.id, "main", None, desk.now))

    at_commit(monkeypatch, store, before=click)
    slower = await room.hooks.replay(desk.id, "main", None, desk.now)
    assert (faster, slower) == ([3], 0)
    assert [each["data"]["seq"] for each in await room.drained(hook, made.no)] == [1, 2, 3]


async def test_a_reader_of_deliveries_sees_what_waits_first(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made, other = await desk.book("a"), await desk.book("b", "11:00")
    await room.hand_on()
    await room.drained(hook, other.no)
    work = await room.webhook(hook, made.no)
    assert work is not None
    await room.fail(hook.no, work, "refused", status=500)
    listed = await room.hooks.deliveries(desk.id, "main")
    assert [each.state for each in listed] == ["pending", *["delivered"] * 3]
    assert (listed[0].attempts, listed[0].why, listed[0].status) == (1, "refused", 500)
