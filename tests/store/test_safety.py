"""A store that came back without what it had acknowledged is found out; one that only went away is not."""

import contextlib
from collections.abc import Iterator, Sequence

import pytest

from rooms.errors import Unavailable
from rooms.fleet import Loss, Outage
from rooms.ids import ClinicId
from rooms.policy import OUTAGE
from rooms.ports import Put
from rooms.store import RedisStore, connect, keys
from rooms.store.encode import Reply
from rooms.store.pipeline import Command, Pipeline
from rooms.times import SECOND
from tests.store.build import NINE, a_clinic, a_clinic_id
from tests.support.redis_server import RedisServer, redis_server


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server(append=True) as running:
        yield running


def _sure(store: RedisStore) -> bool:
    return store.is_sure


async def _reach(store: RedisStore) -> None:
    """Again: what is asked on the dead connection is refused."""
    for _ in range(3):
        with contextlib.suppress(Unavailable):
            await store.time()
            return


async def _began(redis: RedisServer) -> tuple[RedisStore, ClinicId]:
    store, clinic = connect(redis.url), a_clinic_id()
    await store.time()
    await store.beat(NINE)
    await store.commit(clinic, [Put(a_clinic(clinic))])
    assert await store.lost() is None
    assert _sure(store)
    return store, clinic


async def test_one_commit_that_is_gone_is_found(redis: RedisServer) -> None:
    store, clinic = await _began(redis)
    with redis.older_copy():
        known = await store.clinic(clinic)
        assert known is not None
        await store.commit(clinic, [Put(known)])
    await _reach(store)
    assert await store.clinic(clinic) == known, "it went back"
    assert not _sure(store)
    # As much as was lost is written meanwhile: that hides nothing.
    for _ in range(5):
        another = a_clinic_id()
        await store.commit(another, [Put(a_clinic(another))])
    assert await store.lost() == Loss(since=NINE, emptied=False)
    assert await store.lost() is None, "once"
    assert _sure(store)
    await store.commit(clinic, [Put(known)])
    assert await store.lost() is None
    await store.close()


async def test_a_beat_that_is_gone_is_found(redis: RedisServer) -> None:
    store, _ = await _began(redis)
    with redis.older_copy():
        await store.beat(NINE + SECOND)
    await _reach(store)
    assert await store.lost() == Loss(since=NINE, emptied=False)
    await store.close()


async def test_one_that_was_killed_and_has_all_of_it_is_no_loss(redis: RedisServer) -> None:
    store, clinic = await _began(redis)
    known = await store.clinic(clinic)
    assert known is not None
    await store.commit(clinic, [Put(known)])
    redis.kill()
    redis.start()
    await _reach(store)
    assert not _sure(store)
    assert await store.lost() is None
    assert _sure(store)
    await store.close()


async def test_an_empty_one_has_lost_all(redis: RedisServer) -> None:
    store, clinic = await _began(redis)
    assert not await store.has_lost()
    redis.ask("FLUSHALL")
    assert await store.lost() == Loss(since=0, emptied=True)
    assert await store.has_no_clinic()
    assert await store.has_lost()
    await store.commit(clinic, [Put(a_clinic(clinic))])
    assert not await store.has_lost(), "nobody has noted it"
    await store.note_loss(NINE, NINE + SECOND)
    assert await store.has_lost()
    assert await store.outages(NINE, NINE + 1) == [Outage(NINE - OUTAGE, NINE + SECOND + OUTAGE)]
    await store.close()


async def test_an_evicted_mark_is_a_loss(redis: RedisServer) -> None:
    store, _ = await _began(redis)
    redis.ask("DEL", *redis.ask("KEYS", keys.mark("*")))
    assert await store.lost() == Loss(since=NINE, emptied=False)
    await store.close()


async def test_a_mark_that_expired_while_the_machine_slept_is_none(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = await _began(redis)
    asked = Pipeline.calls

    async def later(lane: Pipeline, commands: Sequence[Command]) -> list[Reply]:
        """By Redis's clock; the machine's monotonic one stands while it sleeps."""
        replies = await asked(lane, commands)
        slept = keys.MARK_LIFE // SECOND
        return [[int(each[0]) + slept, each[1]] if command == ("TIME",) else each
                for command, each in zip(commands, replies, strict=True)]  # fmt: skip

    redis.ask("DEL", *redis.ask("KEYS", keys.mark("*")))
    monkeypatch.setattr(Pipeline, "calls", later)
    assert await store.lost() is None
    await store.beat(NINE + SECOND)
    assert await store.lost() is None
    redis.ask("DEL", *redis.ask("KEYS", keys.mark("*")))
    assert await store.lost() == Loss(since=NINE + SECOND, emptied=False), "from then on it counts again"
    await store.close()
