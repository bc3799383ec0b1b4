"""Floods of requests that are small or slow enough to pass for requests; and what only looks like one."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from signalling.http import server as limits
from tests.http.machinery import build
from tests.http.serving import Served, serve

ASK_FOR_A_PAGE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PIECE = 100
"""Requests that are sent in one go: too few bytes to be looked at for crumbs."""


@pytest_asyncio.fixture
async def served() -> AsyncIterator[Served]:
    async with serve(build()) as running:
        yield running


@asynccontextmanager
async def deaf(served: Served) -> AsyncIterator[socket.socket]:
    """A connection that holds little of what nobody reads."""
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", served.port))
        yield made


async def asked_until_cut(made: socket.socket) -> bool:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(10):
            while True:
                await loop.sock_sendall(made, ASK_FOR_A_PAGE * PIECE)
                await asyncio.sleep(0.001)
    except ConnectionError:
        return True
    except TimeoutError:
        return False


async def test_pages_asked_for_by_the_hundred_and_never_read_are_cut(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNREAD_WITHIN", 0.3)
    async with deaf(served) as made:
        assert await asked_until_cut(made)


async def test_whoever_reads_what_was_asked_for_gets_all_of_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slowly, and later than it would be cut for."""
    monkeypatch.setattr(limits, "UNREAD_WITHIN", 0.3)
    loop, read = asyncio.get_running_loop(), b""
    async with deaf(served) as made:
        sending = asyncio.create_task(loop.sock_sendall(made, ASK_FOR_A_PAGE * PIECE * 3))
        async with asyncio.timeout(30):
            while read.count(b"HTTP/1.1 200 ") < PIECE * 3:
                read += await loop.sock_recv(made, 65_536)
                await asyncio.sleep(0.005)
        await sending


async def test_a_page_that_nobody_reads_is_not_cut_as_long_as_it_is_one(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNREAD_WITHIN", 0.1)
    loop = asyncio.get_running_loop()
    async with deaf(served) as made:
        await loop.sock_sendall(made, ASK_FOR_A_PAGE * 10)
        await asyncio.sleep(0.5)
        async with asyncio.timeout(10):
            assert (await loop.sock_recv(made, 100)).startswith(b"HTTP/1.1 200 ")
