"""A clinic with one open appointment, for everything that is sent to it wrongly."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from tests.support.api import Clinic
from tests.support.server import RunningServer
from tests.support.wire import Wire


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as made:
        yield made


@pytest_asyncio.fixture
async def clinic(server: RunningServer, session: aiohttp.ClientSession) -> Clinic:
    made = await Clinic.opened(server.base_url, server.admin_key, session)
    await made.book()
    return made


@pytest_asyncio.fixture
async def wire(server: RunningServer) -> AsyncIterator[Wire]:
    """A raw connection, not upgraded yet."""
    made = await Wire.opened(server.port)
    yield made
    await made.close()
