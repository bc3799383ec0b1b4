"""A story's clinic and the people in it, over real HTTP and WebSocket."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import pytest
import pytest_asyncio

from tests.support.api import Clinic
from tests.support.peer import Connect, connecting
from tests.support.server import RunningServer
from tests.support.two_processes import beside

Open = Callable[..., Awaitable[Clinic]]


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as made:
        yield made


@pytest.fixture
def open_clinic(server: RunningServer, session: aiohttp.ClientSession) -> Open:
    """A clinic of this story's own; keywords are its policy."""

    async def opened(**policy: object) -> Clinic:
        return await Clinic.opened(server.base_url, server.admin_key, session, **policy)  # type: ignore[arg-type]  # zone too

    return opened


@pytest_asyncio.fixture
async def clinic(open_clinic: Open) -> Clinic:
    return await open_clinic()


@pytest_asyncio.fixture
async def connect(server: RunningServer, session: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    """Open a socket; all are closed after the story."""
    async with connecting(server.base_url, session) as opened:
        yield opened


@pytest.fixture(scope="session")
def second(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Beside the server that all tests share, for all of them."""
    with beside(server, tmp_path_factory.mktemp("second")) as running:
        yield running
