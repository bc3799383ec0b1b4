"""What all clinics share: the beat, the outages it proves, and whom an affinity stands for."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rooms.fleet import Outage
from rooms.ids import ClinicId, PractitionerNo, new_number
from rooms.policy import OUTAGE
from rooms.store import RedisStore, keys
from rooms.times import HOUR, SECOND
from tests.store.build import NINE


@pytest_asyncio.fixture
async def quiet(store: RedisStore) -> AsyncIterator[RedisStore]:
    """A fleet that never beat."""
    await store._pipeline.call("DEL", keys.BEAT, keys.OUTAGES)
    yield store


async def test_the_first_beat_ends_no_outage(quiet: RedisStore) -> None:
    await quiet.beat(NINE)
    assert await quiet.outages(0, NINE + HOUR) == []


@pytest.mark.parametrize(
    ("silence", "counts"), [(SECOND, False), (OUTAGE - 1, False), (OUTAGE, True), (HOUR, True)]
)
async def test_a_silence_that_was_long_enough_is_written_down(
    quiet: RedisStore, silence: int, *, counts: bool
) -> None:
    await quiet.beat(NINE)
    await quiet.beat(NINE + silence)
    assert await quiet.outages(0, NINE + HOUR) == ([Outage(NINE, NINE + silence)] if counts else [])


async def test_no_outage_as_long_as_any_process_beats(quiet: RedisStore, other: RedisStore) -> None:
    for second in range(0, 300, 20):
        await (quiet, other)[second // 20 % 2].beat(NINE + second * SECOND)
    assert await quiet.outages(0, NINE + HOUR) == []


async def test_a_clock_that_is_behind_takes_no_beat_back(quiet: RedisStore, other: RedisStore) -> None:
    await quiet.beat(NINE)
    await other.beat(NINE - OUTAGE + 1)
    await quiet.beat(NINE + OUTAGE - 1)
    assert await quiet.outages(0, NINE + HOUR) == []


async def test_outages_are_seen_when_the_store_s_clock_was_set_back(quiet: RedisStore) -> None:
    await quiet.beat(NINE)
    await quiet.beat(NINE - HOUR)
    assert await quiet.outages(0, NINE + HOUR) == []
    await quiet.beat(NINE - HOUR + OUTAGE)
    assert await quiet.outages(0, NINE + HOUR) == [Outage(NINE - HOUR, NINE - HOUR + OUTAGE)]


async def test_the_store_says_what_time_it_is(quiet: RedisStore) -> None:
    before = time.time_ns() // 1_000_000
    assert before <= await quiet.time() <= time.time_ns() // 1_000_000


async def test_outages_are_those_with_an_instant_in_what_is_asked(quiet: RedisStore) -> None:
    for at in (NINE, NINE + HOUR, NINE + HOUR + 1, NINE + 3 * HOUR):
        await quiet.beat(at)
    first, second = Outage(NINE, NINE + HOUR), Outage(NINE + HOUR + 1, NINE + 3 * HOUR)
    assert await quiet.outages(0, NINE + 9 * HOUR) == [first, second]
    assert await quiet.outages(NINE + HOUR - 1, NINE + HOUR + 1) == [first]
    assert await quiet.outages(NINE + HOUR, NINE + HOUR + 1) == []
    assert await quiet.outages(NINE - HOUR, NINE) == []
    assert await quiet.outages(NINE + 2 * HOUR, NINE + 2 * HOUR + 1) == [second]


async def test_an_affinity_stands_for_a_practitioner_or_a_clinic(store: RedisStore, clinic: ClinicId) -> None:
    lee, hers, theirs = PractitionerNo(new_number()), new_number()[:8], new_number()[:8]
    assert await store.affinity(hers) is None
    for _ in range(2):
        await store.know_affinity(hers, clinic, lee)
        await store.know_affinity(theirs, clinic, None)
    assert await store.affinity(hers) == (clinic, lee)
    assert await store.affinity(theirs) == (clinic, None)


async def test_an_affinity_never_comes_to_stand_for_another(store: RedisStore, clinic: ClinicId) -> None:
    lee, kim, affinity = PractitionerNo(new_number()), PractitionerNo(new_number()), new_number()[:8]
    await store.know_affinity(affinity, clinic, lee)
    with pytest.raises(RuntimeError, match="one affinity"):
        await store.know_affinity(affinity, clinic, kim)
    assert await store.affinity(affinity) == (clinic, lee)
