"""One suite, three backends; and at the end no key in any of them that `keys.py` does not describe."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rooms.ids import ClinicId
from rooms.store import RedisStore
from rooms.store.pipeline import Pipeline
from tests.store import backends
from tests.store.backends import Backend
from tests.store.build import a_clinic_id
from tests.store.documented import undocumented


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=backends.NAMES)
async def backend(request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    """Shared by all tests; each has a clinic of its own."""
    with backends.backend(request.param) as made:
        yield made
        assert await undocumented(made) == [], "keys that keys.py does not describe were left behind"


@pytest_asyncio.fixture
async def store(backend: Backend) -> AsyncIterator[RedisStore]:
    """A process's store."""
    made = backend.store()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def other(backend: Backend) -> AsyncIterator[RedisStore]:
    """Another process's store."""
    made = backend.store()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def lane(backend: Backend) -> AsyncIterator[Pipeline]:
    """A connection of its own, for what the store would not send."""
    made = backend.lane()
    yield made
    await made.close()


@pytest.fixture
def clinic() -> ClinicId:
    """A clinic no other test knows."""
    return a_clinic_id()
