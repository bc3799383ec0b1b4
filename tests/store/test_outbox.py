"""What happened is numbered, kept and handed on, whoever commits at once (F6)."""

import asyncio

import pytest
from msgspec.structs import replace

from rooms.events import CodeOf, Event, LinkOf, Numbered, new_message_id
from rooms.ids import ClinicId, new_number
from rooms.outgoing import OUTBOX, Emit, HandOn, Task, TaskQueue, TaskStill
from rooms.ports import Conflict, Put, Same
from rooms.store import RedisStore
from tests.store.build import NINE, a_clinic, a_clinic_id

MANY = 100_000
"""More than any test puts into an outbox."""


def an_event(subject: str, at: int = NINE) -> Event:
    return Event(id=new_message_id(), type="appointment.held", at=at, subject=subject)


def numbers(events: list[Numbered], subject: str) -> list[int]:
    return [each.seq for each in events if each.event.subject == subject]


async def test_an_event_comes_back_with_every_field(store: RedisStore, clinic: ClinicId) -> None:
    event = Event(
        id=new_message_id(),
        type="code.requested",
        at=NINE,
        subject=new_number(),
        appointment="booking 1",
        person="guest:Zoë 1",
        facts={"starts_at": "2026", "failed": ["a b"], "count": 2},
        link=LinkOf(affinity="aB3-_x9Z", number=2, generation=3, key=4),
        code=CodeOf(nonce="n", key=4, expires_at=NINE + 1),
    )
    await store.commit(clinic, [Emit(event)])
    [found] = await store.outbox(clinic, MANY)
    assert (found.seq, found.event) == (1, event)


async def test_an_outbox_begins_empty(store: RedisStore, clinic: ClinicId) -> None:
    assert await store.outbox(clinic, MANY) == []
    assert await store.task(clinic, OUTBOX) is None


async def test_each_subject_is_numbered_by_itself_also_within_a_commit(
    store: RedisStore, clinic: ClinicId
) -> None:
    a, b = new_number(), new_number()
    events = [an_event(subject) for subject in (a, a, b, a)]
    await store.commit(clinic, [Emit(each) for each in events[:3]])
    await store.commit(clinic, [Emit(events[3])])
    found = await store.outbox(clinic, MANY)
    assert [each.event for each in found] == events
    assert [each.seq for each in found] == [1, 2, 1, 3]


async def test_another_clinic_s_subjects_are_numbered_apart(store: RedisStore, clinic: ClinicId) -> None:
    subject, elsewhere = new_number(), a_clinic_id()
    await store.commit(clinic, [Emit(an_event(subject))])
    await store.commit(elsewhere, [Emit(an_event(subject))])
    assert numbers(await store.outbox(elsewhere, MANY), subject) == [1]


async def test_commits_of_two_processes_at_once_lose_and_double_no_number(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    subjects = [new_number() for _ in range(5)]
    events = [an_event(subjects[n % 5]) for n in range(200)]
    await asyncio.gather(
        *((store, other)[n % 2].commit(clinic, [Emit(each)]) for n, each in enumerate(events))
    )
    found = await other.outbox(clinic, MANY)
    assert {each.event.id for each in found} == {each.id for each in events}
    assert [numbers(found, each) for each in subjects] == [list(range(1, 41))] * 5


async def test_what_conflicts_emits_nothing_and_uses_up_no_number(
    store: RedisStore, clinic: ClinicId
) -> None:
    subject = new_number()
    with pytest.raises(Conflict):
        await store.commit(clinic, [Emit(an_event(subject)), Same(replace(a_clinic(clinic), version=1))])
    assert await store.outbox(clinic, MANY) == []
    assert await store.task(clinic, OUTBOX) is None
    await store.commit(clinic, [Emit(an_event(subject))])
    assert numbers(await store.outbox(clinic, MANY), subject) == [1]


async def test_an_event_makes_its_clinic_s_outbox_due_at_once(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    await store.commit(clinic, [Emit(an_event(new_number(), NINE + 7))])
    assert await other.task(clinic, OUTBOX) == NINE + 7
    assert TaskQueue(clinic, OUTBOX) in await other.queues_due(NINE + 7, MANY)
    assert TaskQueue(clinic, OUTBOX) not in await other.queues_due(NINE + 6, MANY)
    await store.commit(clinic, [Task(OUTBOX, NINE + 60_000)])
    await store.commit(clinic, [Emit(an_event(new_number(), NINE + 8))])
    assert await other.task(clinic, OUTBOX) == NINE + 8, "while it is taken, another may take it all the same"


async def test_the_oldest_first_and_not_more_than_asked_for(store: RedisStore, clinic: ClinicId) -> None:
    events = [an_event(new_number()) for _ in range(4)]
    await store.commit(clinic, [Emit(each) for each in events])
    assert [each.event for each in await store.outbox(clinic, 3)] == events[:3]


async def test_handed_on_from_the_head_the_rest_stays(store: RedisStore, clinic: ClinicId) -> None:
    await store.commit(clinic, [Emit(an_event(new_number())) for _ in range(5)])
    found = await store.outbox(clinic, MANY)
    await store.commit(clinic, [HandOn(tuple(found[:2]))])
    assert await store.outbox(clinic, MANY) == found[2:]


async def test_only_one_hands_the_same_on(store: RedisStore, other: RedisStore, clinic: ClinicId) -> None:
    await store.commit(clinic, [Emit(an_event(new_number())) for _ in range(4)])
    found = await store.outbox(clinic, 2)
    came = await asyncio.gather(
        *(each.commit(clinic, [HandOn(tuple(found))]) for each in (store, other)), return_exceptions=True
    )
    assert [type(each) for each in came if each] == [Conflict]
    assert len(await store.outbox(clinic, MANY)) == 2


@pytest.mark.parametrize("first", [0, 1])
async def test_what_is_no_longer_the_head_is_not_handed_on(
    store: RedisStore, clinic: ClinicId, first: int
) -> None:
    await store.commit(clinic, [Emit(an_event(new_number())) for _ in range(3)])
    found = await store.outbox(clinic, MANY)
    if first == 0:
        await store.commit(clinic, [HandOn((found[0],))])
    with pytest.raises(Conflict):
        await store.commit(clinic, [HandOn(tuple(found[first:])), Put(a_clinic(clinic))])
    assert await store.clinic(clinic) is None
    assert len(await store.outbox(clinic, MANY)) == 3 - (first == 0)


async def test_nothing_is_handed_on_only_where_there_is_nothing(store: RedisStore, clinic: ClinicId) -> None:
    done = [TaskStill(OUTBOX, NINE), HandOn(()), Task(OUTBOX, None)]
    await store.commit(clinic, [Emit(an_event(new_number()))])
    with pytest.raises(Conflict):
        await store.commit(clinic, done)
    assert await store.task(clinic, OUTBOX) == NINE
    await store.commit(clinic, [HandOn(tuple(await store.outbox(clinic, MANY)))])
    await store.commit(clinic, done)
    assert await store.task(clinic, OUTBOX) is None
