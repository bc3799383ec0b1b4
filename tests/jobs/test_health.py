"""Since when people could come to a process: what everybody's grace is counted from (E6)."""

import pytest

from rooms.errors import Unavailable
from rooms.store import connect
from rooms.times import SECOND, Instant
from signalling.jobs.health import BEAT_STALE_AFTER, Health
from signalling.metrics import Metrics
from tests.support.clock import GivenClock
from tests.support.redis_server import redis_server


async def test_it_is_since_the_first_write_that_was_followed_by_no_failure() -> None:
    now: Instant = 1_000 * SECOND
    with redis_server() as redis:
        store = connect(redis.url)
        health = Health(store, Metrics(), GivenClock(lambda: now))
        assert health.serving_since() == now, "nothing was written yet"
        await health.beat()
        first, now = now, now + SECOND
        await health.beat()
        assert health.serving_since() == first

        redis.kill()
        with pytest.raises(Unavailable):
            await health.beat()
        now += 60 * SECOND
        assert health.serving_since() == now, "nobody can come"

        redis.start()
        await health.beat()
        back, now = now, now + BEAT_STALE_AFTER
        assert health.serving_since() == back
        await health.beat()
        now += BEAT_STALE_AFTER + 1  # the process stood still
        await health.beat()
        assert health.serving_since() == now
        await store.close()
