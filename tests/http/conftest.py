"""The whole application in this process, on a real Redis, under a clock the tests move."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.http.clinic import Clock, Desk, open_desk, server_on
from tests.http.serving import Served
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
    async with server_on(redis, clock) as server:
        yield server


@pytest_asyncio.fixture
async def desk(whole: Served, clock: Clock) -> Desk:
    """A clinic of the test's own, at noon."""
    clock.now = Clock().now
    return await open_desk(whole, clock)
