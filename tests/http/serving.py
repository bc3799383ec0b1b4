"""An application on a real socket, under the same runner as in production, and two ways to talk to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web
from multidict import CIMultiDictProxy

from signalling.http.server import HttpRunner


@dataclass(frozen=True)
class Reply:
    """One answer, read to its end."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code, having checked that it is a whole problem (RELIABILITY 5, rule c)."""
        assert self.headers["Content-Type"].startswith("application/problem+json")
        problem = self.json
        assert problem["status"] == self.status
        assert problem["request_id"] == self.headers["X-Request-Id"]
        assert {"type", "title", "detail"} <= set(problem)
        return str(problem["code"])


@dataclass(frozen=True)
class Served:
    """A served application. `authorization` goes along unless a call has its own."""

    url: str
    session: ClientSession
    authorization: str = ""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def as_(self, credential: str) -> "Served":
        """The same server for another caller."""
        return Served(self.url, self.session, f"Bearer {credential}")

    async def call(self, method: str, path: str, **options: Any) -> Reply:
        headers = {"Authorization": self.authorization} if self.authorization else {}
        headers |= options.pop("headers", {})
        async with self.session.request(method, self.url + path, headers=headers, **options) as response:
            return Reply(response.status, response.headers, await response.read())

    async def send(self, method: str, path: str, raw: bytes, kind: str = "application/json") -> Reply:
        """A body to the byte."""
        return await self.call(method, path, data=raw, headers={"Content-Type": kind})

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A socket, for what no client library would send."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            # The server may have been faster, and with a reset.
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def raw(self, sent: bytes) -> bytes:
        """Bytes on a socket of their own, and all that comes back until the server closes it."""
        async with self.connect() as (reader, writer):
            writer.write(sent)
            return await asyncio.wait_for(reader.read(), 5)


@asynccontextmanager
async def serve(app: web.Application) -> AsyncIterator[Served]:
    """Serve `app` on a free port of the loopback address."""
    runner = HttpRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession() as session:
            yield Served(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    finally:
        await runner.cleanup()
