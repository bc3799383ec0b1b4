"""Two server processes on one Redis, and sockets to either."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from tests.support.peer import Peer, connected
from tests.support.server import RunningServer


class Alternating:
    """Every second socket goes to the other process."""

    def __init__(
        self, servers: list[RunningServer], session: aiohttp.ClientSession, stack: contextlib.AsyncExitStack
    ) -> None:
        self.servers, self.session, self.stack, self.count = servers, session, stack, 0

    async def __call__(self) -> Peer:
        self.count += 1
        return await self.on(self.count % 2)

    async def on(self, number: int) -> Peer:
        """A socket to the first or second process."""
        # A page of the public URL, which both serve.
        origin = self.servers[0].base_url
        return await self.stack.enter_async_context(
            connected(self.servers[number].base_url, self.session, origin=origin)
        )


@contextlib.contextmanager
def beside(server: RunningServer, folder: Path) -> Iterator[RunningServer]:
    """A second process on this server's Redis."""
    second = RunningServer(folder, {"CONSULTROOM_PUBLIC_URL": server.base_url})
    second.redis, second.keys = server.redis, server.keys
    second.start()
    try:
        yield second
    finally:
        second.stop()
