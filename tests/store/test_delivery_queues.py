"""One lane for each target and subject: in order, off its head only, rested only where it is empty (F6)."""

import asyncio

import pytest
from msgspec.structs import replace

from rooms.events import Delivery, DeliveryState, Event, Hook, HookNo, Message, SendAttempts, new_message_id
from rooms.ids import ClinicId, new_number
from rooms.outgoing import (
    MAIL,
    STORE_TASKS,
    AbandonQueue,
    CloseQueue,
    DeadLetter,
    Enqueue,
    FinishDelivery,
    ReplayDeadLetter,
    Requeue,
    SendFailed,
    Task,
    TaskQueue,
    delivery_queue_task,
    express_task,
)
from rooms.ports import Conflict, Drop, Put
from rooms.store import RedisStore, keys
from tests.store.build import NINE, a_clinic

MANY = 100_000


@pytest.fixture
def hook() -> HookNo:
    """A target no other test has."""
    return HookNo(new_number())


def a_message(subject: str, seq: int = 1, *, person: str | None = None, at: int = NINE) -> Message:
    event = Event(id=new_message_id(), type="link.issued", at=at, subject=subject)
    return Message(event=event, seq=seq, person=person)


def over(message: Message, state: DeliveryState = "delivered", at: int = NINE) -> Delivery:
    return Delivery(message=message, state=state, attempts=1, at=at, why="timeout", status=503)


def tried(message: Message, count: int = 1) -> SendAttempts:
    return SendAttempts(
        id=message.event.id, count=count, first_at=NINE, last_at=NINE, why="refused", status=500
    )


async def test_in_the_order_in_which_it_came(store: RedisStore, clinic: ClinicId, hook: HookNo) -> None:
    subject = new_number()
    messages = [a_message(subject, seq) for seq in (1, 2, 3)]
    for each in messages:
        await store.commit(clinic, [Enqueue(hook, each, NINE)])
    for each in messages:
        assert await store.head(clinic, hook, subject) == (each, None)
        await store.commit(clinic, [FinishDelivery(hook, over(each))])
    assert await store.head(clinic, hook, subject) == (None, None)


async def test_each_target_and_subject_has_its_own(store: RedisStore, clinic: ClinicId, hook: HookNo) -> None:
    a, b = a_message(new_number()), a_message(new_number())
    await store.commit(clinic, [Enqueue(hook, a, NINE), Enqueue(hook, b, NINE), Enqueue(MAIL, a, NINE)])
    await store.commit(clinic, [FinishDelivery(hook, over(a))])
    assert (await store.head(clinic, hook, a.event.subject))[0] is None
    assert (await store.head(clinic, hook, b.event.subject))[0] == b
    assert (await store.head(clinic, MAIL, a.event.subject))[0] == a


@pytest.mark.parametrize("waits", [NINE + 5, NINE - 5])
async def test_a_lane_that_waits_goes_on_waiting_until_then(
    store: RedisStore, clinic: ClinicId, hook: HookNo, waits: int
) -> None:
    """NX: a new event neither hurries a lane whose receiver fails nor puts it off."""
    subject = new_number()
    await store.commit(clinic, [Task(delivery_queue_task(hook, subject), waits)])
    await store.commit(clinic, [Enqueue(hook, a_message(subject), NINE)])
    assert await store.task(clinic, delivery_queue_task(hook, subject)) == waits


async def test_a_lane_nobody_waits_for_is_due(store: RedisStore, clinic: ClinicId, hook: HookNo) -> None:
    subject = new_number()
    await store.commit(clinic, [Enqueue(hook, a_message(subject), NINE + 3)])
    assert await store.tasks(TaskQueue(clinic, hook), NINE + 3) == [
        Task(delivery_queue_task(hook, subject), NINE + 3)
    ]
    assert TaskQueue(clinic, hook) in await store.queues_due(NINE + 3, MANY)


async def test_settled_once_whoever_does_it(
    store: RedisStore, other: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    subject = new_number()
    first, second = a_message(subject), a_message(subject, 2)
    await store.commit(clinic, [Enqueue(hook, first, NINE), Enqueue(hook, second, NINE)])
    came = await asyncio.gather(
        *(each.commit(clinic, [FinishDelivery(hook, over(first))]) for each in (store, other)),
        return_exceptions=True,
    )
    assert [type(each) for each in came if each] == [Conflict]
    assert (await store.head(clinic, hook, subject))[0] == second
    assert len(await store.finished(clinic, hook, MANY)) == 1


async def test_only_the_head_is_settled(store: RedisStore, clinic: ClinicId, hook: HookNo) -> None:
    subject = new_number()
    first, second = a_message(subject), a_message(subject, 2)
    await store.commit(clinic, [Enqueue(hook, first, NINE), Enqueue(hook, second, NINE)])
    for wrong in (second, replace(first, seq=9), a_message(subject)):
        with pytest.raises(Conflict):
            await store.commit(clinic, [FinishDelivery(hook, over(wrong))])
    assert (await store.head(clinic, hook, subject))[0] == first
    assert await store.finished(clinic, hook, MANY) == []


async def test_tries_are_kept_until_it_is_settled(store: RedisStore, clinic: ClinicId, hook: HookNo) -> None:
    a, b = a_message(new_number()), a_message(new_number())
    await store.commit(clinic, [Enqueue(hook, a, NINE), Enqueue(hook, b, NINE)])
    for count in (1, 2):
        await store.commit(clinic, [SendFailed(hook, a, tried(a, count))])
    await store.commit(clinic, [SendFailed(hook, b, tried(b))])
    assert await store.head(clinic, hook, a.event.subject) == (a, tried(a, 2))
    found = await store.struggling(clinic, hook)
    assert sorted((message.event.id, each.count) for message, each in found) == sorted(
        [(a.event.id, 2), (b.event.id, 1)]
    )
    await store.commit(clinic, [FinishDelivery(hook, over(a))])
    assert await store.struggling(clinic, hook) == [(b, tried(b))]
    assert await store.head(clinic, hook, a.event.subject) == (None, None)
    assert await store.struggling(clinic, HookNo(new_number())) == []


async def test_a_try_that_failed_after_another_process_settled_it_says_nothing(
    store: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    subject = new_number()
    first, second = a_message(subject), a_message(subject, 2)
    await store.commit(clinic, [Enqueue(hook, first, NINE), Enqueue(hook, second, NINE)])
    await store.commit(clinic, [FinishDelivery(hook, over(first))])
    with pytest.raises(Conflict):
        await store.commit(clinic, [SendFailed(hook, first, tried(first)), Task("else", NINE)])
    assert await store.head(clinic, hook, subject) == (second, None)
    assert await store.task(clinic, "else") is None


async def test_what_is_settled_while_one_reads_no_longer_struggles(
    store: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    """Its tries were read, and its head is gone by then."""
    gone, there = a_message(new_number()), a_message(new_number())
    for each in (gone, there):
        await store.commit(clinic, [Enqueue(hook, each, NINE)])
        await store.commit(clinic, [SendFailed(hook, each, tried(each))])
    await store._pipeline.call("LPOP", keys.delivery_queue(clinic, hook, gone.event.subject))
    assert await store.struggling(clinic, hook) == [(there, tried(there))]


async def test_the_last_deliveries_the_newest_first(
    store: RedisStore, clinic: ClinicId, hook: HookNo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "FINISHED_KEPT", 3)
    subject = new_number()
    done = [over(a_message(subject, seq), at=NINE + seq) for seq in range(5)]
    for each in done:
        await store.commit(clinic, [Enqueue(hook, each.message, NINE)])
        await store.commit(clinic, [FinishDelivery(hook, each)])
    assert await store.finished(clinic, hook, MANY) == done[:1:-1]
    assert await store.finished(clinic, hook, 2) == done[:2:-1]


async def test_a_dead_letter_stays_until_it_is_taken_up(
    store: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    late, early = a_message(new_number(), at=NINE + 1), a_message(new_number(), 2)
    both = a_message(early.event.subject, 1)
    for each in (late, early, both):
        await store.commit(clinic, [Enqueue(hook, each, NINE)])
        await store.commit(clinic, [FinishDelivery(hook, over(each, "dead"))])
    assert await store.dead(clinic, hook) == [over(each, "dead") for each in (both, early, late)]
    assert len(await store.finished(clinic, hook, MANY)) == 3
    await store.commit(clinic, [ReplayDeadLetter(hook, early.event.id)])
    assert await store.dead(clinic, hook) == [over(each, "dead") for each in (both, late)]


async def test_a_dead_letter_is_taken_up_by_one(
    store: RedisStore, other: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    """Of two at once one; and nothing is taken up beside a letter that is gone, or never was."""
    gone, there = a_message(new_number()), a_message(new_number())
    for each in (gone, there):
        await store.commit(clinic, [Enqueue(hook, each, NINE)])
        await store.commit(clinic, [FinishDelivery(hook, over(each, "dead"))])
    again = [ReplayDeadLetter(hook, gone.event.id), Enqueue(hook, gone, NINE)]
    tries = await asyncio.gather(
        store.commit(clinic, again), other.commit(clinic, again), return_exceptions=True
    )
    assert sorted(map(repr, tries)) == ["Conflict()", "None"]
    for missing in (gone.event.id, "msg_unknown"):
        with pytest.raises(Conflict):
            await store.commit(
                clinic, [ReplayDeadLetter(hook, there.event.id), ReplayDeadLetter(hook, missing)]
            )
    assert await store.dead(clinic, hook) == [over(there, "dead")]
    await store.commit(clinic, [FinishDelivery(hook, over(gone))])
    assert await store.head(clinic, hook, gone.event.subject) == (None, None)


async def test_what_arrived_is_no_dead_letter(store: RedisStore, clinic: ClinicId, hook: HookNo) -> None:
    message = a_message(new_number())
    await store.commit(clinic, [Enqueue(hook, message, NINE)])
    await store.commit(clinic, [FinishDelivery(hook, over(message))])
    assert await store.dead(clinic, hook) == []


async def test_two_people_of_one_event_have_two_dead_letters(store: RedisStore, clinic: ClinicId) -> None:
    one = a_message(new_number(), person="patient")
    other = replace(one, person="guest:carer")
    for each in (one, other):
        await store.commit(clinic, [Enqueue(MAIL, each, NINE)])
        await store.commit(clinic, [FinishDelivery(MAIL, over(each, "dead"))])
    assert {each.message.person for each in await store.dead(clinic, MAIL)} == {"patient", "guest:carer"}


async def test_an_empty_lane_that_nobody_else_took_rests(
    store: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    subject = new_number()
    name, message = delivery_queue_task(hook, subject), a_message(subject)
    await store.commit(clinic, [Enqueue(hook, message, NINE)])
    with pytest.raises(Conflict):
        await store.commit(clinic, [CloseQueue(hook, subject, NINE)])  # it is not empty
    await store.commit(clinic, [FinishDelivery(hook, over(message)), Task(name, NINE + 9)])
    with pytest.raises(Conflict):
        await store.commit(clinic, [CloseQueue(hook, subject, NINE)])  # somebody else has taken it
    assert await store.task(clinic, name) == NINE + 9
    await store.commit(clinic, [CloseQueue(hook, subject, NINE + 9)])
    assert await store.task(clinic, name) is None


async def test_what_comes_while_a_lane_goes_to_rest_is_not_left_lying(
    store: RedisStore, other: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    """Whichever is first: either the lane does not rest, or it is due anew."""
    for n in range(40):
        subject = new_number()
        await store.commit(clinic, [Task(delivery_queue_task(hook, subject), NINE + 60)])
        first, second = (store, other) if n % 2 else (other, store)
        await asyncio.gather(
            first.commit(clinic, [CloseQueue(hook, subject, NINE + 60)]),
            second.commit(clinic, [Enqueue(hook, a_message(subject), NINE)]),
            return_exceptions=True,
        )
        assert (await store.head(clinic, hook, subject))[0] is not None
        assert await store.task(clinic, delivery_queue_task(hook, subject)) in (NINE, NINE + 60)


async def test_an_abandoned_target_leaves_nothing(store: RedisStore, clinic: ClinicId, hook: HookNo) -> None:
    subject = new_number()
    messages = [a_message(subject, seq) for seq in (1, 2, 3)]
    await store.commit(clinic, [Enqueue(hook, each, NINE) for each in messages])
    await store.commit(clinic, [FinishDelivery(hook, over(messages[0], "dead"))])
    await store.commit(clinic, [SendFailed(hook, messages[1], tried(messages[1]))])
    await store.commit(clinic, [AbandonQueue(hook, subject)])
    assert await store.head(clinic, hook, subject) == (None, None)
    assert [await store.dead(clinic, hook), await store.finished(clinic, hook, 9)] == [[], []]
    assert await store.struggling(clinic, hook) == []


async def test_what_became_of_a_dropped_webhook_s_messages_goes_with_it(
    store: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    record = Hook(id="main", no=hook, url="https://x.example", events=("*",), secret="whsec_")
    a, b = a_message(new_number()), a_message(new_number())
    await store.commit(clinic, [Put(record), Enqueue(hook, a, NINE), Enqueue(hook, b, NINE)])
    await store.commit(clinic, [FinishDelivery(hook, over(a, "dead")), SendFailed(hook, b, tried(b))])
    await store.commit(clinic, [Drop(replace(record, version=1))])
    assert [await store.dead(clinic, hook), await store.finished(clinic, hook, 9)] == [[], []]
    assert (await store.head(clinic, hook, b.event.subject))[1] is None


async def test_an_express_parcel_is_pointed_at_in_a_queue_of_its_own(
    store: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    subject = new_number()
    await store.commit(clinic, [Enqueue(hook, a_message(subject), NINE)])
    await store.commit(clinic, [Enqueue(hook, a_message(subject, 2), NINE + 5, "urgent")])
    pointed = Task(express_task("urgent", hook, subject), NINE + 5)
    assert await store.queued(TaskQueue(clinic, "urgent"), MANY) == [pointed]
    assert await store.queued(TaskQueue(clinic, hook), MANY) == [
        Task(delivery_queue_task(hook, subject), NINE)
    ]
    due = await store.queues_due(NINE + 5, MANY)
    assert {TaskQueue(clinic, "urgent"), TaskQueue(clinic, hook)} <= set(due)
    await store.commit(clinic, [Task(pointed.name, None)])
    await store.refresh_queue(TaskQueue(clinic, "urgent"))
    assert TaskQueue(clinic, "urgent") not in await store.queues_due(NINE + 5, MANY)


async def test_a_lane_is_buried_from_its_head_by_one(
    store: RedisStore, other: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    subject = new_number()
    messages = [a_message(subject, seq) for seq in (1, 2, 3)]
    await store.commit(clinic, [Enqueue(hook, each, NINE) for each in messages])
    assert await store.messages(clinic, hook, subject, 2) == messages[:2]
    dead = tuple(replace(over(each), state="dead") for each in messages[:2])
    came = await asyncio.gather(
        *(each.commit(clinic, [DeadLetter(hook, dead)]) for each in (store, other)), return_exceptions=True
    )
    assert [type(each) for each in came if each] == [Conflict]
    assert await store.messages(clinic, hook, subject, MANY) == messages[2:]
    assert [each.message for each in await store.dead(clinic, hook)] == messages[:2]


async def test_a_task_of_the_version_before_moves_once_and_keeps_its_time(
    store: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    name = delivery_queue_task(hook, new_number())
    await store._pipeline.call("ZADD", keys.tasks(clinic), NINE, name)
    await store.commit(clinic, [Requeue(name, NINE)])
    with pytest.raises(Conflict):
        await store.commit(clinic, [Requeue(name, NINE)])
    assert await store.task(clinic, name) == NINE
    assert await store.queued(TaskQueue(clinic, STORE_TASKS), MANY) == []
    # One that is in both waits as the queue it belongs to has it.
    await store._pipeline.call("ZADD", keys.tasks(clinic), NINE + 9, name)
    await store.commit(clinic, [Requeue(name, NINE + 9)])
    assert await store.task(clinic, name) == NINE


async def test_lost_hints_of_queues_are_swept_together_again(
    store: RedisStore, clinic: ClinicId, hook: HookNo
) -> None:
    known = Hook(id="main", no=hook, url="https://a.example.org", events=("*",), secret="whsec_")
    await store.commit(
        clinic, [Put(a_clinic(clinic)), Put(known), Enqueue(hook, a_message(new_number()), NINE)]
    )
    await store._pipeline.call("ZREM", keys.HINT_QUEUES, keys.queue_member(clinic, hook))
    assert TaskQueue(clinic, hook) not in await store.queues_due(NINE, MANY)
    await store.sweep()
    assert TaskQueue(clinic, hook) in await store.queues_due(NINE, MANY)
