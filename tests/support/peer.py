"""Somebody on the other end of the WebSocket: waits for frames by type, and remembers all it was told."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp

Frame = dict[str, Any]

PATIENCE = 5.0
"""Seconds to wait for a frame on a busy machine."""

OFFER = {"description": {"type": "offer", "sdp": "v=0\r\na=fingerprint:sha-256 00\r\n"}}
CANDIDATE = {
    "candidate": {"candidate": "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host", "sdpMid": "0"}
}


class Closed(Exception):
    """The server closed; `code` is why."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"closed {code}")
        self.code = code


class Peer:
    """One socket."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.heard: list[Frame] = []
        """Every frame, in order."""
        self._unread: list[Frame] = []
        self.welcome: Frame = {}
        self._cid = 0

    @property
    def sid(self) -> str:
        return str(self.welcome["sid"])

    @property
    def seq(self) -> int:
        """The last frame's number."""
        return int(self.heard[-1]["seq"])

    async def say(self, kind: str, **members: object) -> None:
        """Send one frame. `for_` is `for`."""
        members = {name.rstrip("_"): value for name, value in members.items()}
        await self.ws.send_str(json.dumps({"type": kind, **members}))

    async def ask(self, kind: str, **members: object) -> Frame:
        """Send a frame with a `cid`; its `ack`, or the `error` that answers it."""
        self._cid += 1
        cid = f"c{self._cid}"
        await self.say(kind, cid=cid, **members)
        return await self.wait("ack", "error", cid=cid)

    async def hello(self, token: object, **members: object) -> Frame:
        """Hello by token; the welcome, or the error."""
        await self.say("hello", v=1, token=token, **members)
        return await self._greeted()

    async def resume(self, other: "Peer", seq: int | None = None, key: str | None = None) -> Frame:
        """Take up another socket's session."""
        resume = {
            "sid": other.sid,
            "key": key or other.welcome["key"],
            "seq": other.seq if seq is None else seq,
        }
        await self.say("hello", v=1, resume=resume)
        return await self._greeted()

    async def _greeted(self) -> Frame:
        frame = await self.wait("welcome", "error")
        if frame["type"] == "welcome":
            self.welcome = frame
        return frame

    async def wait(self, *kinds: str, within: float = PATIENCE, **members: object) -> Frame:
        """The next unread frame of these types (and with these members). Raises `Closed`."""
        async with asyncio.timeout(within):
            while True:
                for frame in self._unread:
                    if frame["type"] in kinds and members.items() <= frame.items():
                        self._unread.remove(frame)
                        return frame
                await self._receive()

    async def _receive(self) -> None:
        message = await self.ws.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Closed(self.ws.close_code)
        frame = json.loads(message.data)
        self.heard.append(frame)
        self._unread.append(frame)

    async def closed(self, within: float = PATIENCE) -> int | None:
        """The code it is closed with; frames before it are kept."""
        async with asyncio.timeout(within):
            while True:
                try:
                    await self._receive()
                except Closed as closed:
                    return closed.code

    async def quiet(self, seconds: float = 0.3) -> list[Frame]:
        """Everything still unread after listening for a while."""
        with contextlib.suppress(TimeoutError, Closed):
            async with asyncio.timeout(seconds):
                while True:
                    await self._receive()
        unread, self._unread = self._unread, []
        return unread

    def kinds(self) -> set[str]:
        """Every type it was ever told."""
        return {str(frame["type"]) for frame in self.heard}

    async def cut(self) -> None:
        """The connection is gone without a close frame."""
        self._transport().abort()
        await asyncio.sleep(0)

    def deafen(self) -> None:
        """The connection stays open, and nothing is read or answered any more: half-open."""
        self._transport().pause_reading()

    def hear_again(self) -> None:
        """The end of `deafen`."""
        self._transport().resume_reading()

    def _transport(self) -> asyncio.Transport:
        connection = self.ws._response.connection
        assert connection is not None
        assert isinstance(connection.transport, asyncio.Transport)
        return connection.transport


@contextlib.asynccontextmanager
async def connected(
    base_url: str, session: aiohttp.ClientSession, *, origin: str | None = None
) -> AsyncIterator[Peer]:
    """A socket that has not said hello yet."""
    async with session.ws_connect(
        f"{base_url}/ws/any", protocols=["consultroom.v1"], origin=origin or base_url, max_msg_size=0
    ) as ws:
        yield Peer(ws)


Connect = Callable[[], Awaitable[Peer]]


@contextlib.asynccontextmanager
async def connecting(base_url: str, session: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    """Opens sockets; all are closed in the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def opened() -> Peer:
            return await stack.enter_async_context(connected(base_url, session))

        yield opened
