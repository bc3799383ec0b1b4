"""A practice on each backend: fakeredis and a real Redis."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from rooms.store import RedisStore
from tests.service.outcomes.practice import Interrupted, Practice
from tests.store import backends
from tests.store.backends import Backend


@pytest.fixture(scope="module", params=["fakeredis", "redis"])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    with backends.backend(request.param) as made:
        yield made


@pytest_asyncio.fixture
async def store(backend: Backend) -> AsyncIterator[RedisStore]:
    """Emptied first: beats and outages are everybody's."""
    await backend.ask("FLUSHALL")
    made = backend.store()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def practice(store: RedisStore) -> Practice:
    made = Practice(store)
    await made.open()
    return made


@pytest_asyncio.fixture
async def interrupted(backend: Backend, practice: Practice) -> AsyncIterator[Interrupted]:
    """A second process's store, beside that of `practice`."""
    made = Interrupted(backend.lane())
    yield made
    await made.close()
