"""What kept links back is put right, and every appointment it kept back gets its link by itself (B4)."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from rooms.errors import Contradiction, Unavailable
from rooms.events import BackfillRun
from rooms.outgoing import BACKFILL, Task, TaskStill
from rooms.policy import Policy
from rooms.ports import Conflict, Put
from rooms.service.idempotency import Act
from rooms.service.links import backfill
from rooms.service.links.backfill import Backfill
from rooms.store import RedisStore, connect
from rooms.times import SECOND
from tests.service.emitted import TAKEN, events, heal, take, told
from tests.service.live.scene import change
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import DESK, Desk
from tests.support.redis_server import RedisServer

TWO = [("a", "patient"), ("a", "practitioner")]


async def lee(desk: Desk, *, video: bool) -> None:
    """Video on or off."""
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=video, now=desk.now)


async def kind(desk: Desk, id: str = "long", *, video: bool = True, external: tuple[str, ...] = ()) -> None:
    await desk.types.put(
        desk.id, id, name="Long", video=video, minutes=60, external_ids=external, now=desk.now
    )


async def book_many(desk: Desk, count: int) -> None:
    """`a0`, `a1` … a quarter of an hour each, from 10:00."""
    for n in range(count):
        await desk.book(f"a{n}", f"{10 + n // 4}:{n % 4 * 15:02}", minutes=15)


async def run_of(desk: Desk) -> BackfillRun:
    found = await desk.diagnosis.backfill_run(desk.id)
    assert found is not None
    return found


async def everybody_once(desk: Desk, count: int) -> None:
    """Each of `a0` … has its link, and both its people were told of it once."""
    assert await told(desk) == sorted(
        (f"a{n}", who) for n in range(count) for who in ("patient", "practitioner")
    )
    assert all([(await desk.get(f"a{n}")).issued_at for n in range(count)])


async def test_the_practitioner_is_given_video(desk: Desk) -> None:
    await lee(desk, video=False)
    before = await desk.book("a")
    desk.now += SECOND
    await lee(desk, video=True)
    assert await heal(desk) == 1
    after = await desk.get("a")
    assert (after.issued_at, after.told) == (desk.now, (0, 1))
    assert replace(after, issued_at=0, told=(), version=0) == replace(before, version=0), (
        "the same numbers, room and history: nothing was made again"
    )
    assert await told(desk) == TWO
    assert await desk.link("a")
    last = (await desk.appointments.history(desk.id, "a"))[-1]
    assert (last.what, last.by, last.at, last.facts) == (
        "link_issued", "system", desk.now, {"people": [0, 1]},
    )  # fmt: skip
    assert await desk.store.unissued_count(desk.id) == 0


async def test_a_new_type_has_the_external_id(desk: Desk) -> None:
    await desk.book("a", type=None, external_type="LONG")
    await kind(desk, external=("OTHER", "LONG"))
    await heal(desk)
    assert await told(desk) == TWO


async def test_an_old_type_gets_the_external_id(desk: Desk) -> None:
    await kind(desk)
    await desk.book("a", type=None, external_type="LONG")
    await kind(desk, external=("LONG",))
    await heal(desk)
    assert await told(desk) == TWO


async def test_the_type_becomes_video(desk: Desk) -> None:
    await kind(desk, video=False)
    await desk.book("a", type="long")
    await kind(desk)
    await heal(desk)
    assert await told(desk) == TWO


@pytest.mark.parametrize("is_deleted", [True, False])
async def test_a_type_lets_go_of_an_external_id_that_another_has(desk: Desk, is_deleted: bool) -> None:
    """The first by id that has it is meant: with that one gone it is the next."""
    await kind(desk, "at-home", video=False, external=("LONG",))
    await kind(desk, "long", external=("LONG",))
    await desk.book("a", type=None, external_type="LONG")
    assert await told(desk) == []
    if is_deleted:
        await desk.types.delete(desk.id, "at-home", now=desk.now)
    else:
        await kind(desk, "at-home", video=False)
    await heal(desk)
    assert await told(desk) == TWO


async def test_what_cannot_heal_anything_begins_no_run(desk: Desk) -> None:
    """Switching off, another name, a type without external ids deleted."""
    await kind(desk)
    await lee(desk, video=False)
    await desk.book("a")
    before = await desk.diagnosis.backfill_run(desk.id)
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr L. Lee", video_enabled=False, now=desk.now)
    await desk.practitioners.put(desk.id, "dr-kim", name="Dr K. Kim", now=desk.now)
    await desk.types.put(desk.id, "long", name="Longer", video=True, minutes=60, now=desk.now)
    await kind(desk, video=False)
    await desk.types.delete(desk.id, "long", now=desk.now)
    assert await desk.diagnosis.backfill_run(desk.id) == before
    assert await desk.store.task(desk.id, BACKFILL) is None


async def test_where_there_is_nothing_to_heal_it_is_done_at_once(desk: Desk) -> None:
    await desk.book("a")
    await lee(desk, video=False)
    await lee(desk, video=True)
    run = await run_of(desk)
    assert (run.cause, run.total, run.finished_at) == ("practitioner", 0, desk.now)
    assert await desk.store.task(desk.id, BACKFILL) is None


async def test_half_of_what_is_wrong_is_put_right(desk: Desk) -> None:
    await lee(desk, video=False)
    await desk.book("a", type=None, external_type="LONG")
    await lee(desk, video=True)
    await heal(desk)
    run = await run_of(desk)
    assert (run.total, run.seen, run.healed) == (1, 1, 0)
    assert await told(desk) == []
    await kind(desk, external=("LONG",))
    await heal(desk)
    assert await told(desk) == TWO


async def test_how_far_it_has_come(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "BACKFILL_BATCH", 2)
    monkeypatch.setattr(backfill, "BACKFILL_BATCHES", 2)
    await lee(desk, video=False)
    await book_many(desk, 5)
    await lee(desk, video=True)
    run = await run_of(desk)
    assert (run.cause, run.started_at, run.total, run.seen, run.healed, run.finished_at) == (
        "practitioner", desk.now, 5, 0, 0, 0,
    )  # fmt: skip
    taken = await take(desk, BACKFILL)
    assert taken is not None
    desk.now += SECOND
    await Backfill(desk.store).run(desk.id, taken, desk.now)
    run = await run_of(desk)
    assert (run.seen, run.healed, run.finished_at) == (4, 4, 0)
    assert await desk.store.task(desk.id, BACKFILL) == desk.now, "the rest is due at once, for any process"
    assert await heal(desk) == 1
    run = await run_of(desk)
    assert (run.seen, run.healed, run.total, run.finished_at) == (5, 5, 5, desk.now)
    assert await desk.store.task(desk.id, BACKFILL) is None
    await everybody_once(desk, 5)


async def test_killed_after_a_batch_another_process_goes_on(
    desk: Desk, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "BACKFILL_BATCH", 2)
    await lee(desk, video=False)
    await book_many(desk, 7)
    await lee(desk, video=True)
    taken = await take(desk, BACKFILL)
    assert taken is not None
    dying, batches = Backfill(desk.store), 0
    commit = desk.store.commit

    async def killed(*said: Any) -> None:
        nonlocal batches
        if batches == 2:
            raise Unavailable
        batches += 1
        await commit(*said)

    monkeypatch.setattr(desk.store, "commit", killed)
    with pytest.raises(Unavailable):
        await dying.run(desk.id, taken, desk.now)
    monkeypatch.undo()
    assert len(await told(desk)) == 8
    desk.now += TAKEN
    other = connect(redis.url)
    again = await take(desk, BACKFILL)
    assert again is not None
    await Backfill(other).run(desk.id, again, desk.now)
    await other.close()
    await everybody_once(desk, 7)
    # Whoever was only slow and comes back finds that it is not theirs any more.
    await dying.run(desk.id, taken, desk.now)
    await everybody_once(desk, 7)


async def test_two_at_once_tell_everybody_once(desk: Desk, redis: RedisServer) -> None:
    """They cannot both have it; should they, every batch is one's alone."""
    await lee(desk, video=False)
    await book_many(desk, 6)
    await lee(desk, video=True)
    taken = await take(desk, BACKFILL)
    assert taken is not None
    other = connect(redis.url)
    await asyncio.gather(
        *(Backfill(store).run(desk.id, taken, desk.now) for store in (desk.store, other, desk.store))
    )
    await other.close()
    await everybody_once(desk, 6)


async def test_a_put_in_the_middle_is_neither_missed_nor_told_twice(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last is moved before what the run has passed, between its reading and its commit."""
    monkeypatch.setattr(backfill, "BACKFILL_BATCH", 2)
    await lee(desk, video=False)
    await book_many(desk, 6)
    await lee(desk, video=True)
    seen = at_commit(
        monkeypatch,
        store,
        when=lambda changes: any(isinstance(each, BackfillRun) for each in puts(changes)),
        before=lambda: desk.book("a5", "09:00", minutes=15),
        after=lambda: desk.book("a1", "19:00", minutes=15),
    )
    await heal(desk)
    assert seen
    await everybody_once(desk, 6)
    assert (await run_of(desk)).healed == 5, "one was seen to by its own commit"


def puts(changes: Any) -> list[object]:
    return [each.record for each in changes if isinstance(each, Put)]


async def test_booked_by_what_was_so_before_the_run_began(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PUT that found no type for it and writes it when the run is over is decided again."""

    async def healed() -> None:
        await kind(desk, external=("LONG",))
        await heal(desk)

    seen = at_commit(monkeypatch, store, before=healed)
    await desk.book("a", type=None, external_type="LONG")
    assert seen
    assert await told(desk) == TWO


async def test_cancelled_while_it_is_being_healed(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lee(desk, video=False)
    await book_many(desk, 2)
    await lee(desk, video=True)
    seen = at_commit(
        monkeypatch,
        store,
        when=lambda changes: any(isinstance(each, BackfillRun) for each in puts(changes)),
        before=lambda: desk.cancel("a0"),
    )
    await heal(desk)
    assert seen
    assert await told(desk) == [("a1", "patient"), ("a1", "practitioner")]


async def test_switched_off_again_while_it_runs(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link is only issued by what is so when it is committed."""
    await lee(desk, video=False)
    await desk.book("a")
    await lee(desk, video=True)
    seen = at_commit(
        monkeypatch,
        store,
        when=lambda changes: any(isinstance(each, BackfillRun) for each in puts(changes)),
        before=lambda: lee(desk, video=False),
    )
    await heal(desk)
    assert seen
    assert await told(desk) == []
    assert (await run_of(desk)).healed == 0


async def test_a_policy_that_closes_it_while_it_runs(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether there is time left is the clinic's rule of the moment it is committed."""
    await lee(desk, video=False)
    await desk.book("a")
    desk.now = at("11:00")
    await lee(desk, video=True)

    async def close() -> None:
        clinic = await desk.clinics.get(desk.id)
        await store.commit(desk.id, [Put(replace(clinic, policy=Policy(closes_after_minutes=15)))])

    seen = at_commit(
        monkeypatch,
        store,
        when=lambda changes: any(isinstance(each, BackfillRun) for each in puts(changes)),
        before=close,
    )
    await heal(desk)
    assert seen
    assert await told(desk) == []


async def test_handed_back_it_is_not_taken_from_whoever_has_it_by_then(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "BACKFILL_BATCH", 1)
    monkeypatch.setattr(backfill, "BACKFILL_BATCHES", 1)
    await lee(desk, video=False)
    await book_many(desk, 2)
    await lee(desk, video=True)
    taken = await take(desk, BACKFILL)
    assert taken is not None
    seen = at_commit(
        monkeypatch,
        store,
        when=lambda changes: Task(BACKFILL, desk.now) in changes,
        before=lambda: desk.store.commit(desk.id, [Task(BACKFILL, taken + SECOND)]),
    )
    with pytest.raises(Conflict):
        await Backfill(store).run(desk.id, taken, desk.now)
    assert seen
    assert await store.task(desk.id, BACKFILL) == taken + SECOND


async def test_a_second_cause_begins_again_from_the_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "BACKFILL_BATCH", 1)
    monkeypatch.setattr(backfill, "BACKFILL_BATCHES", 2)
    await lee(desk, video=False)
    await desk.book("a0", type=None, external_type="LONG", minutes=15)
    for n, starts in ((1, "11:00"), (2, "12:00")):
        await desk.book(f"a{n}", starts, minutes=15)
    await lee(desk, video=True)
    taken = await take(desk, BACKFILL)
    assert taken is not None
    await Backfill(desk.store).run(desk.id, taken, desk.now)
    run = await run_of(desk)
    assert (run.seen, run.healed) == (2, 1)
    desk.now += SECOND
    await kind(desk, external=("LONG",))
    run = await run_of(desk)
    assert (run.cause, run.started_at, run.total, run.seen, run.after_no) == ("type", desk.now, 2, 0, "")
    await heal(desk)
    await everybody_once(desk, 3)


async def test_past_windows_are_left_out(desk: Desk) -> None:
    await lee(desk, video=False)
    await desk.book("a")
    await desk.book("b", "10:30", patient="bob")
    desk.now = at("11:30")
    await lee(desk, video=True)
    await heal(desk)
    assert await told(desk) == [("b", "patient"), ("b", "practitioner")]
    run = await run_of(desk)
    assert (run.seen, run.healed) == (2, 1)


async def test_extended_it_heals_all_the_same(desk: Desk) -> None:
    """Video was switched on when its time had passed; staff open it again: the link is there in that
    commit."""
    await lee(desk, video=False)
    await desk.book("a")
    desk.now = at("11:30")
    await lee(desk, video=True)
    await heal(desk)
    assert await told(desk) == []
    await desk.staff_acts.extend(Act(desk.id, desk.now, DESK, reason="late"), "a", 30)
    assert await told(desk) == TWO
    assert await desk.link("a")


async def test_what_was_taken_back_stays_so(desk: Desk) -> None:
    """The others on it get theirs."""
    await lee(desk, video=False)
    await desk.book("a")
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="wrong one"), "a", "patient")
    await lee(desk, video=True)
    await heal(desk)
    assert await told(desk) == [("a", "practitioner")]
    with pytest.raises(Contradiction, match="revoked"):
        await desk.link("a")


async def test_told_before_nobody_is_told_again(desk: Desk) -> None:
    """Issued, moved to somebody without video, and that put right: it is the same link."""
    await desk.practitioners.put(desk.id, "dr-kim", name="Dr Kim", video_enabled=False, now=desk.now)
    await desk.book("a")
    await desk.book("a", practitioner="dr-kim")
    await desk.practitioners.put(desk.id, "dr-kim", name="Dr Kim", now=desk.now)
    await heal(desk)
    assert (await desk.get("a")).issued_at
    assert await told(desk) == TWO


async def test_a_task_without_a_run_goes(desk: Desk) -> None:
    await desk.store.commit(desk.id, [Task(BACKFILL, desk.now)])
    assert await heal(desk) == 1
    assert await desk.store.task(desk.id, BACKFILL) is None


async def test_a_run_that_is_over_ends_its_task(desk: Desk) -> None:
    await lee(desk, video=False)
    await desk.book("a")
    await lee(desk, video=True)
    await heal(desk)
    over = await run_of(desk)
    await desk.store.commit(desk.id, [Task(BACKFILL, desk.now)])
    assert await heal(desk) == 1
    assert await run_of(desk) == over


async def test_taken_from_it_between_two_batches_it_stops(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "BACKFILL_BATCH", 1)
    await lee(desk, video=False)
    await book_many(desk, 2)
    await lee(desk, video=True)
    taken = await take(desk, BACKFILL)
    assert taken is not None

    async def steal() -> None:
        await desk.store.commit(desk.id, [TaskStill(BACKFILL, taken), Task(BACKFILL, taken + SECOND)])

    at_commit(
        monkeypatch,
        store,
        when=lambda changes: any(isinstance(each, BackfillRun) for each in puts(changes)),
        after=steal,
    )
    await Backfill(store).run(desk.id, taken, desk.now)
    assert (await run_of(desk)).seen == 1
    assert await desk.store.task(desk.id, BACKFILL) == taken + SECOND


async def test_a_record_that_is_gone_holds_up_nobody(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lee(desk, video=False)
    await book_many(desk, 2)
    await lee(desk, video=True)
    read = store.appointments

    async def without_the_first(*said: Any) -> list[Any]:
        return [None, *(await read(*said))[1:]]

    monkeypatch.setattr(store, "appointments", without_the_first)
    await heal(desk)
    assert await told(desk) == [("a1", "patient"), ("a1", "practitioner")]


async def test_unusable_is_not_raised_again_by_a_run(desk: Desk) -> None:
    await lee(desk, video=False)
    await desk.book("a", type=None, external_type="LONG")
    await lee(desk, video=True)
    await heal(desk)
    assert len(await events(desk, "link.unusable")) == 1


async def test_each_clinic_is_healed_alone(desk: Desk, store: RedisStore) -> None:
    other = await Desk(store).open()
    for each in (desk, other):
        await lee(each, video=False)
        await each.book("a")
    await lee(desk, video=True)
    await heal(desk)
    await heal(other)
    assert (await told(desk), await told(other)) == (TWO, [])
    assert (await change(other, "a")).issued_at == 0
