"""What leaves this server, on every backend: numbered in the commit that makes it so, in order, taken by one
(F6, A9, B6).
"""

import asyncio

import pytest
from msgspec.structs import replace

from rooms.changes import Change
from rooms.events import (
    AuditLine,
    Delivery,
    Event,
    Hook,
    HookNo,
    Message,
    SendAttempts,
    Undelivered,
    new_message_id,
)
from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, new_number
from rooms.outgoing import (
    BACKFILL,
    OUTBOX,
    STORE_TASKS,
    AbandonQueue,
    Audit,
    CloseQueue,
    Emit,
    Enqueue,
    FinishDelivery,
    HandOn,
    MessageStatus,
    ReplayDeadLetter,
    SendFailed,
    Task,
    TaskQueue,
    TaskStill,
    delivery_queue_task,
)
from rooms.ports import Conflict, Due, Put
from rooms.store import RedisStore, keys
from rooms.store.commit_plan import plan
from rooms.times import SECOND
from tests.store.build import NINE, an_appointment


def event(subject: str) -> Event:
    return Event(id=new_message_id(), type="link.issued", at=NINE, subject=subject)


def message(subject: str, seq: int = 1) -> Message:
    return Message(event=event(subject), seq=seq)


def settled(message: Message) -> Delivery:
    return Delivery(message=message, state="delivered", attempts=1, at=NINE)


async def test_events_are_numbered_for_each_subject_under_parallel_commits(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    one, two = new_number(), new_number()
    made = [event(one if n % 2 else two) for n in range(40)]
    await asyncio.gather(
        *((store if n % 3 else other).commit(clinic, [Emit(each)]) for n, each in enumerate(made))
    )
    found = await store.outbox(clinic, 100)
    assert {each.event.id for each in found} == {each.id for each in made}
    for subject in (one, two):
        assert [each.seq for each in found if each.event.subject == subject] == list(range(1, 21))
    assert await store.task(clinic, OUTBOX) == NINE
    assert TaskQueue(clinic, OUTBOX) in await store.queues_due(NINE)


async def test_a_commit_that_fails_numbers_nothing(store: RedisStore, clinic: ClinicId) -> None:
    subject = new_number()
    with pytest.raises(Conflict):
        await store.commit(clinic, [TaskStill("never", NINE), Emit(event(subject))])
    await store.commit(clinic, [Emit(event(subject))])
    [only] = await store.outbox(clinic, 10)
    assert only.seq == 1


async def test_only_from_an_unchanged_head_is_anything_handed_on(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    subject = new_number()
    await store.commit(clinic, [Emit(event(subject)), Emit(event(subject))])
    seen = tuple(await store.outbox(clinic, 10))
    await store.commit(clinic, [Emit(event(subject))])  # behind them, where nobody looks
    await other.commit(clinic, [HandOn(seen)])
    with pytest.raises(Conflict):
        await store.commit(clinic, [HandOn(seen)])
    [last] = await store.outbox(clinic, 10)
    assert last.seq == 3
    with pytest.raises(Conflict):
        await store.commit(clinic, [HandOn(())])
    await store.commit(clinic, [HandOn((last,))])
    await store.commit(clinic, [HandOn(())])


async def test_a_lane_that_waits_goes_on_waiting(store: RedisStore, clinic: ClinicId) -> None:
    subject, hook = new_number(), HookNo(new_number())
    first, second = message(subject), message(subject, 2)
    await store.commit(clinic, [Enqueue(hook, first, NINE)])
    await store.commit(clinic, [Task(delivery_queue_task(hook, subject), NINE + SECOND)])
    await store.commit(clinic, [Enqueue(hook, second, NINE)])
    assert await store.task(clinic, delivery_queue_task(hook, subject)) == NINE + SECOND
    assert await store.head(clinic, hook, subject) == (first, None)
    await store.commit(clinic, [FinishDelivery(hook, settled(first))])
    assert await store.head(clinic, hook, subject) == (second, None)
    with pytest.raises(Conflict):
        await store.commit(clinic, [FinishDelivery(hook, settled(first))])


async def test_a_lane_rests_only_if_it_is_empty_and_still_taken(store: RedisStore, clinic: ClinicId) -> None:
    subject, hook = new_number(), HookNo(new_number())
    only = message(subject)
    await store.commit(clinic, [Enqueue(hook, only, NINE)])
    with pytest.raises(Conflict):
        await store.commit(clinic, [CloseQueue(hook, subject, NINE)])
    await store.commit(clinic, [FinishDelivery(hook, settled(only))])
    with pytest.raises(Conflict):
        await store.commit(clinic, [CloseQueue(hook, subject, NINE + 1)])
    await store.commit(clinic, [CloseQueue(hook, subject, NINE)])
    assert await store.task(clinic, delivery_queue_task(hook, subject)) is None


async def test_tries_are_remembered_until_it_is_settled(store: RedisStore, clinic: ClinicId) -> None:
    subject, hook = new_number(), HookNo(new_number())
    only = message(subject)
    tried = SendAttempts(id=only.event.id, count=2, first_at=NINE, last_at=NINE + 1, why="timeout", status=0)
    assert await store.struggling(clinic, hook) == []
    await store.commit(clinic, [Enqueue(hook, only, NINE)])
    await store.commit(clinic, [SendFailed(hook, only, tried)])
    assert await store.head(clinic, hook, subject) == (only, tried)
    assert await store.struggling(clinic, hook) == [(only, tried)]
    dead = replace(settled(only), state="dead", why="timeout")
    await store.commit(clinic, [FinishDelivery(hook, dead)])
    assert await store.struggling(clinic, hook) == []
    assert await store.dead(clinic, hook) == [dead]
    assert await store.finished(clinic, hook, 10) == [dead]
    await store.commit(clinic, [ReplayDeadLetter(hook, only.event.id)])
    assert await store.dead(clinic, hook) == []


async def test_only_the_last_deliveries_are_kept(store: RedisStore, clinic: ClinicId) -> None:
    hook = HookNo(new_number())
    for seq in range(keys.FINISHED_KEPT + 5):
        each = message(new_number(), seq)
        await store.commit(clinic, [Enqueue(hook, each, NINE)])
        await store.commit(clinic, [FinishDelivery(hook, settled(each))])
    kept = await store.finished(clinic, hook, 1000)
    assert [each.message.seq for each in kept] == list(range(keys.FINISHED_KEPT + 4, 4, -1))


async def test_one_event_for_two_people_is_two_dead_letters(store: RedisStore, clinic: ClinicId) -> None:
    subject, hook = new_number(), HookNo("mail")
    one = replace(message(subject), person="patient")
    two = replace(one, person="guest:mum")
    await store.commit(clinic, [Enqueue(hook, one, NINE), Enqueue(hook, two, NINE)])
    for each in (one, two):
        await store.commit(clinic, [FinishDelivery(hook, replace(settled(each), state="dead"))])
    assert {each.message.person for each in await store.dead(clinic, hook)} == {"patient", "guest:mum"}


async def test_an_abandoned_lane_leaves_nothing(store: RedisStore, clinic: ClinicId) -> None:
    subject, hook = new_number(), HookNo(new_number())
    only = message(subject)
    tried = SendAttempts(id=only.event.id, count=1, first_at=NINE, last_at=NINE, why="timeout")
    await store.commit(clinic, [Enqueue(hook, only, NINE)])
    await store.commit(clinic, [SendFailed(hook, only, tried)])
    await store.commit(clinic, [AbandonQueue(hook, subject)])
    assert await store.head(clinic, hook, subject) == (None, None)


async def test_a_task_is_taken_by_one(store: RedisStore, other: RedisStore, clinic: ClinicId) -> None:
    await store.commit(clinic, [Task(BACKFILL, NINE), Task("remind/x", NINE + SECOND)])
    [due] = await other.tasks(TaskQueue(clinic, STORE_TASKS), NINE)
    assert (due.name, due.at) == (BACKFILL, NINE)
    taking = [TaskStill(BACKFILL, NINE), Task(BACKFILL, NINE + 60 * SECOND)]
    outcomes = await asyncio.gather(
        *(each.commit(clinic, taking) for each in (store, other)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "NoneType"]
    assert [each.name for each in await store.tasks(TaskQueue(clinic, STORE_TASKS), NINE + SECOND)] == [
        "remind/x"
    ]
    await store.commit(clinic, [Task(BACKFILL, None), Task("remind/x", None)])
    await store.refresh_hints(clinic)
    assert TaskQueue(clinic, STORE_TASKS) not in await store.queues_due(NINE + 100 * SECOND)


async def test_what_is_known_of_the_last_message(store: RedisStore, clinic: ClinicId) -> None:
    no = AppointmentNo(new_number())
    assert await store.undelivered(clinic, []) == []
    failed = Undelivered(at=NINE, why="refused")
    await store.commit(clinic, [MessageStatus(no, "patient", failed)])
    assert await store.undelivered(clinic, [(no, "patient"), (no, "guest:mum")]) == [failed, None]
    await store.commit(clinic, [MessageStatus(no, "patient", None)])
    assert await store.undelivered(clinic, [(no, "patient")]) == [None]


async def test_the_audit_is_read_backwards_page_by_page(store: RedisStore, clinic: ClinicId) -> None:
    lines = [AuditLine(at=NINE + n, by="staff", who="Eve", what="link_copied") for n in range(7)]
    assert await store.audit(clinic, None, 3) == []
    for line in lines:
        await store.commit(clinic, [Audit(line)])
    read, before = list[AuditLine](), None
    while page := await store.audit(clinic, before, 3):
        read += [line for _, line in page]
        before = page[-1][0]
    assert read == lines[::-1]


async def test_the_list_of_what_has_no_link_is_kept_by_every_commit(
    store: RedisStore, clinic: ClinicId
) -> None:
    lee = PractitionerNo(new_number())
    made = [an_appointment(lee, starts_at=NINE + n // 2 * SECOND, id=f"a{n}") for n in range(5)]
    for each in made:
        await store.commit(clinic, [Put(each)])
    assert await store.unissued_count(clinic) == 5
    in_order = sorted((each.starts_at, each.no) for each in made)
    found, after = list[tuple[int, AppointmentNo]](), None
    while page := await store.unissued(clinic, after, 2):
        found += page
        after = page[-1]
    assert found == in_order
    first, second, third, *_ = made
    await store.commit(clinic, [Put(replace(first, version=1, issued_at=NINE))])
    await store.commit(clinic, [Put(replace(second, version=1, status="cancelled"))])
    await store.commit(clinic, [Due(third.no, None)])
    assert await store.unissued_count(clinic) == 2


async def test_webhooks_are_found_by_id(store: RedisStore, clinic: ClinicId) -> None:
    hook = Hook(id="b", no=HookNo(new_number()), url="https://example.org", events=("*",), secret="whsec_x")
    await store.commit(clinic, [Put(hook), Put(replace(hook, id="a", no=HookNo(new_number())))])
    assert [each.id for each in await store.hooks(clinic)] == ["a", "b"]
    assert await store.hook(clinic, "b") == replace(hook, version=1)
    assert await store.hook(clinic, "c") is None


async def test_so_many_in_a_window_and_no_more(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    waits = await asyncio.gather(*((store, other)[n % 2].take(clinic, "x", 3, 60_000) for n in range(5)))
    assert sorted(waits)[:3] == [0, 0, 0]
    assert all(0 < wait <= 60_000 for wait in sorted(waits)[3:])
    assert await store.take(clinic, "y", 1, 60_000) == 0
    assert await store.take(clinic, "z", 1, 30) == 0
    await asyncio.sleep(0.05)
    assert await store.take(clinic, "z", 1, 30) == 0


async def test_a_booking_refers_to_what_is_there(store: RedisStore, clinic: ClinicId) -> None:
    found = await store.referred(clinic, "lee", "ada", None, "a")
    nothing = (
        found.backfill_run,
        found.clinic,
        found.practitioner,
        found.patient,
        found.type,
        found.appointment,
    )
    assert nothing == (None,) * 6
    made = an_appointment(PractitionerNo(new_number()), id="a")
    await store.commit(clinic, [Put(made)])
    assert (await store.referred(clinic, "lee", "ada", "long", "a")).appointment == made.no


def test_what_no_store_knows(clinic: ClinicId) -> None:
    with pytest.raises(ValueError, match="no change"):
        plan(clinic, [Change()])
    with pytest.raises(ValueError, match="no record"):
        plan(clinic, [Put("a text")])  # type: ignore[arg-type]  # on purpose
