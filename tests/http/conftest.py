"""The whole application in this process, on a real Redis, under a clock the tests move."""

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from rooms.store import connect
from signalling.app import build
from signalling.config import KeySetting, Settings
from tests.http.clinic import ADMIN, Clock, Desk, open_desk
from tests.http.serving import Served, serve
from tests.support.redis_server import RedisServer, redis_server


@pytest.fixture(scope="session")
def clock() -> Clock:
    """One for the one server; `desk` sets it back."""
    return Clock()


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """The one behind `whole`."""
    with redis_server() as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def whole(clock: Clock, redis: RedisServer) -> AsyncIterator[Served]:
    """One server for all; each test has a clinic of its own on it."""
    settings = Settings(
        redis_url="",
        keys=(KeySetting(id=1, secret=secrets.token_urlsafe(32), state="signing"),),
        public_url="https://visit.example.org",
        admin_key=ADMIN,
        api_calls_per_minute=1_000_000,
    )
    store = connect(redis.url)
    async with serve(build(settings, store, clock=clock)) as server:
        yield server
    await store.close()


@pytest_asyncio.fixture
async def desk(whole: Served, clock: Clock) -> Desk:
    """A clinic of the test's own, at noon."""
    clock.now = Clock().now
    return await open_desk(whole, clock)
