"""A receiver that is gone (HTTP 410): nothing is sent there, and nothing is lost (F6)."""

import pytest

from rooms.errors import Contradiction
from rooms.events import HookNo
from rooms.ids import new_number
from rooms.outgoing import (
    DEAD_LETTERS,
    TaskQueue,
    about,
    dead_letter_task,
    delivery_queue_of,
    delivery_queue_task,
    express_task,
    kind_of,
    queue_of,
)
from rooms.service.messages import dispatch
from rooms.times import HOUR, SECOND
from tests.service.dispatch_room import Room
from tests.service.emitted import take
from tests.support.desk import Desk


async def gone(room: Room, subject: str) -> None:
    """The first on this lane is answered with 410."""
    desk, hook = room.desk, await room.hooks.get(room.desk.id, "main")
    work = await room.webhook(hook, subject)
    assert work is not None
    await room.dispatch.gone(desk.id, work.hook, work.message, desk.now, 410)


async def bury(room: Room) -> bool:
    """Whether there is more of it to do."""
    hook = await room.hooks.get(room.desk.id, "main")
    taken = await take(room.desk, dead_letter_task(hook.no))
    assert taken is not None
    await room.dispatch.to_dead_letters(room.desk.id, hook.no, taken, room.desk.now)
    return await room.desk.store.task(room.desk.id, dead_letter_task(hook.no)) is not None


async def dead(room: Room) -> list[tuple[str, int]]:
    found = await room.hooks.deliveries(room.desk.id, "main")
    return sorted((each.why, each.attempts) for each in found if each.state == "dead")


async def test_all_that_waits_becomes_dead_letters_bit_by_bit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "DEAD_LETTERS_AT_ONCE", 2)
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = [await desk.book(f"a{number}", f"{10 + number}:00") for number in range(3)]
    await room.hand_on()
    first = await room.webhook(hook, made[0].no)
    assert first is not None
    await room.fail(hook.no, first, "refused")
    await gone(room, made[0].no)
    assert await dead(room) == [("gone", 2)]
    with pytest.raises(Contradiction, match="webhook_disabled"):
        await room.hooks.replay(desk.id, "main", None, desk.now)
    assert await bury(room)
    assert not await bury(room)
    assert await dead(room) == [("disabled", 0)] * 8 + [("gone", 2)]
    assert await desk.store.queued(TaskQueue(desk.id, hook.no), 9) == []
    [told] = await desk.store.undelivered(desk.id, [(made[1].no, "patient")])
    assert told is not None
    assert told.why == "disabled"


async def test_what_comes_later_is_buried_as_it_comes(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await desk.book("a")
    await room.hand_on()
    await gone(room, made.no)
    assert not await bury(room)
    await desk.cancel("a")
    await room.hand_on()
    assert await room.webhook(hook, made.no) is None
    assert ("gone", 1) in await dead(room)
    assert len(await dead(room)) >= 4


async def test_put_again_nothing_more_is_buried(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await desk.book("a")
    await room.hand_on()
    await gone(room, made.no)
    again, is_new = await room.hooks.put(desk.id, "main", url=hook.url, events=["*"])
    assert (again.disabled, is_new) == (None, False)
    assert not await bury(room)
    assert await dead(room) == [("gone", 1)]
    assert await room.webhook(hook, made.no) is not None


async def test_dropped_meanwhile(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await desk.book("a")
    await room.hand_on()
    await gone(room, made.no)
    await room.hooks.delete(desk.id, "main")
    taken = await take(desk, dead_letter_task(hook.no))
    assert taken is not None
    await room.dispatch.to_dead_letters(desk.id, hook.no, taken, desk.now)
    assert await desk.store.task(desk.id, dead_letter_task(hook.no)) is None


async def test_what_a_receiver_asks_for_is_kept_to_for_an_hour_at_most(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await desk.book("a")
    await room.hand_on()
    for wait, least, most in ((20 * SECOND, 20, 20), (SECOND, 15, 25), (9 * HOUR, 3600, 3600)):
        work = await room.webhook(hook, made.no)
        assert work is not None
        await room.fail(hook.no, work, wait=wait)
        due = await desk.store.task(desk.id, delivery_queue_task(hook.no, made.no))
        assert due is not None
        assert least * SECOND <= due - desk.now <= most * SECOND


def test_where_each_task_waits() -> None:
    hook, subject = HookNo(new_number()), new_number()
    assert queue_of(delivery_queue_task(hook, subject)) == hook
    assert delivery_queue_of(delivery_queue_task(hook, subject)) == (hook, subject)
    assert delivery_queue_of(express_task("codes", hook, subject)) == (hook, subject)
    assert (kind_of(dead_letter_task(hook)), about(dead_letter_task(hook))) == (DEAD_LETTERS, hook)
    assert queue_of(express_task("codes", hook, subject)) == "codes"
    assert queue_of(express_task("urgent", hook, subject)) == "urgent"
    assert queue_of("outbox") == "outbox"
    assert {
        queue_of(each) for each in ("heal", "remind/x", "expire/x", "clash/x", dead_letter_task(hook))
    } == {""}
