"""Tasks, what was told, the audit, who has no link yet, limits and what proves a person: on every Redis."""

import asyncio

import pytest
from msgspec.structs import replace

from rooms.credentials import Challenge, Database, Device, ExternalKey
from rooms.events import PENDING, AuditLine, BackfillRun, Hook, HookNo, Undelivered
from rooms.ids import AppointmentNo, ClinicId, new_number
from rooms.outgoing import (
    BACKFILL,
    STORE_TASKS,
    Audit,
    MessageStatus,
    Task,
    TaskQueue,
    TaskStill,
    reminder_task,
)
from rooms.ports import Conflict, Drop, Due, Put, Same
from rooms.records import Appointment, Outcome
from rooms.store import RedisStore, keys
from rooms.times import HOUR, MINUTE, Instant
from tests.store.build import NINE, a_clinic, a_clinic_id, an_appointment

MANY = 100_000
SHARED = ClinicId("")
"""Where codes and databases are, which are no clinic's."""


async def test_tasks_are_due_from_their_time_on_the_oldest_first(store: RedisStore, clinic: ClinicId) -> None:
    late, early = Task(BACKFILL, NINE + 1), Task(reminder_task(AppointmentNo("a")), NINE)
    await store.commit(clinic, [late, early])
    assert await store.tasks(TaskQueue(clinic, STORE_TASKS), NINE - 1) == []
    assert await store.tasks(TaskQueue(clinic, STORE_TASKS), NINE) == [early]
    assert await store.tasks(TaskQueue(clinic, STORE_TASKS), NINE + 1) == [early, late]
    assert await store.tasks(TaskQueue(clinic, STORE_TASKS), NINE + 1, 1) == [early]
    assert await store.task(clinic, BACKFILL) == NINE + 1
    await store.commit(clinic, [Task(BACKFILL, None)])
    assert await store.task(clinic, BACKFILL) is None


async def test_one_process_takes_a_task(store: RedisStore, other: RedisStore, clinic: ClinicId) -> None:
    await store.commit(clinic, [Task(BACKFILL, NINE)])
    came = await asyncio.gather(
        *(
            (store, other)[n % 2].commit(
                clinic, [TaskStill(BACKFILL, NINE), Task(BACKFILL, NINE + 60_000 + n)]
            )
            for n in range(20)
        ),
        return_exceptions=True,
    )
    assert came.count(None) == 1
    assert all(isinstance(each, Conflict) for each in came if each)
    assert await store.task(clinic, BACKFILL) == NINE + 60_000 + came.index(None)


async def test_a_task_that_is_gone_is_not_still_due(store: RedisStore, clinic: ClinicId) -> None:
    with pytest.raises(Conflict):
        await store.commit(clinic, [TaskStill(BACKFILL, NINE), Task(BACKFILL, NINE)])
    assert await store.task(clinic, BACKFILL) is None


async def test_clinics_with_tasks_are_hinted_and_settled(store: RedisStore, clinic: ClinicId) -> None:
    await store.commit(clinic, [Task(BACKFILL, NINE), Task("else", NINE + HOUR)])
    assert TaskQueue(clinic, STORE_TASKS) in await store.queues_due(NINE, MANY)
    assert TaskQueue(clinic, STORE_TASKS) not in await store.queues_due(NINE - 1, MANY)
    await store.commit(clinic, [Task(BACKFILL, None)])
    await store.refresh_hints(clinic)
    assert TaskQueue(clinic, STORE_TASKS) not in await store.queues_due(NINE + HOUR - 1, MANY)
    assert TaskQueue(clinic, STORE_TASKS) in await store.queues_due(NINE + HOUR, MANY)
    await store.commit(clinic, [Task("else", None)])
    await store.refresh_hints(clinic)
    assert TaskQueue(clinic, STORE_TASKS) not in await store.queues_due(NINE + HOUR, MANY)


async def test_lost_hints_of_tasks_are_swept_together_again(store: RedisStore, clinic: ClinicId) -> None:
    await store.commit(clinic, [Put(a_clinic(clinic)), Task(BACKFILL, NINE)])
    await store._pipeline.call("ZREM", keys.HINT_TASKS, clinic)
    await store.sweep()
    assert TaskQueue(clinic, STORE_TASKS) in await store.queues_due(NINE, MANY)


async def test_what_is_known_of_the_last_message_to_each_person(store: RedisStore, clinic: ClinicId) -> None:
    no, other = AppointmentNo(new_number()), AppointmentNo(new_number())
    wanted = [(no, "patient"), (no, "guest:Zoë/1"), (other, "patient")]
    assert await store.undelivered(clinic, wanted) == [None, None, None]
    assert await store.undelivered(clinic, []) == []
    waits, failed = Undelivered(at=NINE, why=PENDING), Undelivered(at=NINE + 1, why="timeout")
    await store.commit(clinic, [MessageStatus(no, "patient", waits), MessageStatus(no, "guest:Zoë/1", waits)])
    await store.commit(clinic, [MessageStatus(no, "guest:Zoë/1", failed)])
    assert await store.undelivered(clinic, wanted) == [waits, failed, None]
    assert (waits.has_failed, failed.has_failed) == (False, True)
    await store.commit(clinic, [MessageStatus(no, "patient", None), MessageStatus(other, "patient", None)])
    assert await store.undelivered(clinic, wanted) == [None, failed, None]


async def test_the_audit_is_read_from_its_end_page_by_page(store: RedisStore, clinic: ClinicId) -> None:
    made = [AuditLine(at=NINE + n, by="staff", who="Eve", what=f"w{n}", reason="ill") for n in range(7)]
    assert await store.audit(clinic, None, 3) == []
    for each in made:
        await store.commit(clinic, [Audit(each)])
    pages, before = list[list[tuple[int, AuditLine]]](), None
    while page := await store.audit(clinic, before, 3):
        pages.append(page)
        before = page[-1][0]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [each for page in pages for each in page] == list(enumerate(made))[::-1]
    assert await store.audit(clinic, 0, 3) == []


async def test_what_is_appended_meanwhile_moves_no_page(store: RedisStore, clinic: ClinicId) -> None:
    made = [AuditLine(at=NINE + n, by="staff", who="Eve", what="x") for n in range(5)]
    await store.commit(clinic, [Audit(each) for each in made[:4]])
    first = await store.audit(clinic, None, 2)
    await store.commit(clinic, [Audit(made[4])])
    assert await store.audit(clinic, first[-1][0], 2) == [(1, made[1]), (0, made[0])]


async def unissued(store: RedisStore, clinic: ClinicId) -> list[str]:
    found = [no for _, no in await store.unissued(clinic, None, MANY)]
    assert await store.unissued_count(clinic) == len(found)
    return [str(no) for no in found]


async def put(store: RedisStore, clinic: ClinicId, appointment: Appointment) -> Appointment:
    """As it is stored then."""
    await store.commit(clinic, [Put(appointment)])
    return replace(appointment, version=appointment.version + 1)


async def test_every_put_says_whether_there_is_a_link(store: RedisStore, clinic: ClinicId) -> None:
    known = await put(store, clinic, an_appointment())
    assert await unissued(store, clinic) == [known.no]
    known = await put(store, clinic, replace(known, issued_at=NINE))
    assert await unissued(store, clinic) == []
    known = await put(store, clinic, replace(known, issued_at=0))
    assert await unissued(store, clinic) == [known.no]
    known = await put(store, clinic, replace(known, status="cancelled"))
    assert await unissued(store, clinic) == []


@pytest.mark.parametrize("status", ["held", "expired", "completed", "no_show", "cancelled"])
async def test_only_a_confirmed_one_waits_for_its_link(
    store: RedisStore, clinic: ClinicId, status: str
) -> None:
    await put(store, clinic, replace(an_appointment(), status=status))
    assert await unissued(store, clinic) == []


async def test_one_that_was_decided_waits_for_none(store: RedisStore, clinic: ClinicId) -> None:
    outcome = Outcome(name="system", at=NINE, evidence={}, review=True)
    await put(store, clinic, replace(an_appointment(), outcome=outcome))
    assert await unissued(store, clinic) == []


async def test_where_nothing_is_due_any_more_no_link_is(store: RedisStore, clinic: ClinicId) -> None:
    known = await put(store, clinic, an_appointment())
    await store.commit(clinic, [Due(known.no, NINE)])
    assert await unissued(store, clinic) == [known.no]
    await store.commit(clinic, [Due(known.no, None)])
    assert await unissued(store, clinic) == []


async def test_they_are_in_order_of_their_present_start(store: RedisStore, clinic: ClinicId) -> None:
    first, second = an_appointment(starts_at=NINE), an_appointment(starts_at=NINE + HOUR)
    first = await put(store, clinic, first)
    await put(store, clinic, second)
    assert await unissued(store, clinic) == [first.no, second.no]
    await put(store, clinic, replace(first, starts_at=NINE + 2 * HOUR, ends_at=NINE + 3 * HOUR))
    assert await unissued(store, clinic) == [second.no, first.no]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 12, 13, 50])
async def test_paged_none_is_missed_and_none_comes_twice(
    store: RedisStore, clinic: ClinicId, limit: int
) -> None:
    """Ten of them begin at one instant."""
    made = [an_appointment(starts_at=NINE + MINUTE * max(0, n - 10)) for n in range(13)]
    await store.commit(clinic, [Put(each) for each in made])
    found, after = list[tuple[Instant, AppointmentNo]](), None
    while page := await store.unissued(clinic, after, limit):
        assert len(page) <= limit
        found += page
        after = page[-1]
    assert found == sorted((each.starts_at, each.no) for each in made)


async def test_what_is_limited_is_counted_by_everybody(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    came = await asyncio.gather(
        *((store, other)[n % 2].take(clinic, "onward/x", 5, 60_000) for n in range(20))
    )
    assert came.count(0) == 5
    assert all(55_000 < each <= 60_000 for each in came if each)


async def test_each_thing_is_limited_by_itself(store: RedisStore, clinic: ClinicId) -> None:
    assert await store.take(clinic, "a", 1, 60_000) == 0
    assert await store.take(clinic, "b", 1, 60_000) == 0
    assert await store.take(a_clinic_id(), "a", 1, 60_000) == 0
    assert await store.take(clinic, "a", 1, 60_000) > 0


async def test_after_its_window_there_is_room_again(store: RedisStore, clinic: ClinicId) -> None:
    """The window begins with the first, and no refusal makes it longer."""
    assert await store.take(clinic, "a", 1, 300) == 0
    await asyncio.sleep(0.2)
    wait = await store.take(clinic, "a", 1, 300)
    assert 0 < wait <= 110
    await asyncio.sleep(wait / 1000 + 0.02)
    assert await store.take(clinic, "a", 1, 300) == 0


async def test_webhooks_are_found_by_id_and_listed_by_it(store: RedisStore, clinic: ClinicId) -> None:
    def a_hook(id: str) -> Hook:
        return Hook(
            id=id, no=HookNo(new_number()), url="https://x.example", events=("link.issued",),
            secret="whsec_a", former="whsec_b", former_until=NINE,
        )  # fmt: skip

    made = [a_hook(id) for id in ("b", "a", "c")]
    await store.commit(clinic, [Put(each) for each in made])
    stored = [replace(each, version=1) for each in made]
    assert await store.hook(clinic, "b") == stored[0]
    assert await store.hook(clinic, "d") is None
    assert await store.hooks(clinic) == [stored[1], stored[0], stored[2]]
    await store.commit(clinic, [Drop(stored[0])])
    assert await store.hooks(clinic) == stored[1:]


async def test_a_healing_run_is_one_record_of_its_clinic(store: RedisStore, clinic: ClinicId) -> None:
    run = BackfillRun(
        cause="type",
        started_at=NINE,
        total=9,
        seen=3,
        healed=2,
        after_start=NINE,
        after_no="a",
        finished_at=1,
    )
    assert await store.backfill_run(clinic) is None
    await store.commit(clinic, [Same(replace(run, version=0))])
    await store.commit(clinic, [Put(run)])
    assert await store.backfill_run(clinic) == replace(run, version=1)
    with pytest.raises(Conflict):
        await store.commit(clinic, [Same(run)])


async def test_a_code_is_no_clinic_s_and_outlives_its_ten_minutes(store: RedisStore) -> None:
    place = new_number().encode().hex().ljust(32, "0")[:32]
    out = Challenge(place=place, nonce="n", key=2, expires_at=NINE)
    assert await store.challenge(place) is None
    await store.commit(SHARED, [Put(out)])
    assert await store.challenge(place) == replace(out, version=1)
    left = await store._pipeline.call("PTTL", keys.code(place))
    assert keys.CODE_KEPT - 60_000 < left <= keys.CODE_KEPT
    with pytest.raises(Conflict):
        await store.commit(SHARED, [Put(out)])
    await store.commit(SHARED, [Drop(replace(out, version=1))])
    assert await store.challenge(place) is None


async def test_a_device_is_of_one_clinic_until_it_is_dropped(store: RedisStore, clinic: ClinicId) -> None:
    device = Device(digest="d" * 64, holder=new_number(), contact="c" * 64, expires_at=NINE)
    await store.commit(clinic, [Put(device)])
    assert await store.device(clinic, device.digest) == replace(device, version=1)
    assert await store.device(a_clinic_id(), device.digest) is None
    await store.commit(clinic, [Drop(replace(device, version=1))])
    assert await store.device(clinic, device.digest) is None


async def test_a_database_is_shared_by_clinics(store: RedisStore, clinic: ClinicId) -> None:
    id = f"gp.{new_number()}"
    shared = Database(
        id=id,
        clinics=(clinic, a_clinic_id()),
        in_order=False,
        keys=(ExternalKey(digest="d" * 64, created_at=NINE),),
    )
    assert await store.database(id) is None
    await store.commit(SHARED, [Put(shared)])
    assert await store.database(id) == replace(shared, version=1)
