"""A clinic of its own for each test, all on one real Redis."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rooms.store import RedisStore, connect
from tests.service.front import Front
from tests.support.desk import Desk
from tests.support.redis_server import RedisServer, redis_server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def redis() -> AsyncIterator[RedisServer]:
    """A private server."""
    with redis_server() as server:
        yield server


@pytest_asyncio.fixture
async def store(redis: RedisServer) -> AsyncIterator[RedisStore]:
    """One process's store."""
    made = connect(redis.url)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def desk(store: RedisStore) -> Desk:
    """An open clinic."""
    return await Desk(store).open()


@pytest.fixture
def front(desk: Desk) -> Front:
    """What visitors and the practice do there."""
    return Front(desk)
