"""A clinic on a server of its own, which the test may kill."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest_asyncio

from tests.support.peer import Peer, connected
from tests.support.server import RunningServer

Connect = Callable[[], Awaitable[Peer]]


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as made:
        yield made


@pytest_asyncio.fixture
async def connect(own_server: RunningServer, session: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    """Open a socket; all are closed after the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def opened() -> Peer:
            return await stack.enter_async_context(connected(own_server.base_url, session))

        yield opened
