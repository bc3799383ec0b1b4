"""A clinic on a server of its own, which the test may kill."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from tests.support.peer import Connect, connecting
from tests.support.server import RunningServer


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as made:
        yield made


@pytest_asyncio.fixture
async def connect(own_server: RunningServer, session: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    """Open a socket; all are closed after the test."""
    async with connecting(own_server.base_url, session) as opened:
        yield opened
