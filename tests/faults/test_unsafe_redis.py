"""A Redis that throws away or forgets what it acknowledged is none to keep visits in (RELIABILITY 1)."""

from collections.abc import Iterator

import pytest

from rooms.store import connect
from signalling.clock import StoreClock
from signalling.jobs.health import REDIS_CHECKED_EVERY, Health
from signalling.metrics import Metrics
from tests.deploy.test_cli import run
from tests.deploy.test_settings import LEAST
from tests.support.redis_server import RedisServer, redis_server

EVICTS = ("maxmemory-policy", "allkeys-lru")
FORGETS = ("appendonly", "no")


@pytest.fixture(scope="module")
def safe() -> Iterator[RedisServer]:
    with redis_server(append=True) as running:
        yield running


@pytest.fixture
def redis(safe: RedisServer) -> Iterator[RedisServer]:
    yield safe
    safe.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
    safe.ask("CONFIG", "SET", "appendonly", "yes")
    safe.ask("ACL", "SETUSER", "default", "+info")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (EVICTS, "throws keys away when its memory is full; set maxmemory-policy noeviction"),
        (("maxmemory-policy", "volatile-ttl"), "set maxmemory-policy noeviction"),
        (FORGETS, "does not write down what it acknowledges; set appendonly yes"),
    ],
)
def test_it_is_refused_at_the_start(redis: RedisServer, setting: tuple[str, str], said: str) -> None:
    redis.ask("CONFIG", "SET", *setting)
    done = run("serve", **{**LEAST, "CONSULTROOM_REDIS_URL": redis.url})
    assert done.returncode == 2
    refusal = done.stderr.splitlines()[-1]
    assert refusal.startswith("consultroom serve: Redis ")
    assert said in refusal
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("setting", "why"), [(EVICTS, "redis_evicts"), (FORGETS, "redis_forgets")])
async def test_one_that_turns_so_later_is_not_ready(
    redis: RedisServer, setting: tuple[str, str], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = connect(redis.url)
    health = Health(store, Metrics(), StoreClock())

    async def later() -> str | None:
        for _ in range(REDIS_CHECKED_EVERY):
            await health.beat()
        return health.not_ready_reason()

    assert await later() is None
    before = redis.ask("CONFIG", "GET", setting[0])[1]
    redis.ask("CONFIG", "SET", *setting)
    assert await later() == await later() == why
    assert health.beats, "what is open goes on"
    assert [each.levelname for each in caplog.records] == ["WARNING"], "once"
    redis.ask("CONFIG", "SET", setting[0], before)
    assert await later() is None
    await store.close()


async def test_one_that_does_not_say_is_warned_of(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    redis.ask("ACL", "SETUSER", "default", "-info")
    store = connect(redis.url)
    health = Health(store, Metrics(), StoreClock())
    await health.beat()
    assert await store.unsafe() == "unknown"
    assert health.not_ready_reason() is None
    assert "does not say whether it keeps" in caplog.text
    await store.close()
