"""`GET /ws/{affinity}`: the upgrade and one socket's read loop. All that is decided is decided elsewhere."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import WSMessage, WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

from rooms.errors import Forbidden, Refusal, TooMany
from signalling.client_address import client_address, is_within
from signalling.limits import Bucket
from signalling.protocol.codes import CLOSE_CODES, NORMAL
from signalling.protocol.incoming import Incoming, Refused, too_fast
from signalling.protocol.messages import Frame, Hello
from signalling.ws.context import Context
from signalling.ws.conversation import Conversation
from signalling.ws.device_check import DeviceCheckTalk
from signalling.ws.greeting import Greeting
from signalling.ws.raw_frames import FrameFault, RawFrames
from signalling.ws.send_queue import OP_CLOSE, OP_PONG, SendQueue, header
from signalling.ws.session import Session, Socket

log = logging.getLogger(__name__)

SUBPROTOCOL = "consultroom.v1"
FRAME_LIMIT = 64 * 1024
"""CONTRACT: bytes of one message."""

BROKEN = frozenset({1002, 1007, 1009})
"""RFC 6455 close codes for what a client must never send."""

NEVER_SENT = frozenset({1004, 1005, 1006, 1015})
"""RFC 6455 section 7.4.1."""

CHECK_SECONDS = 600.0
"""Nobody checks devices for longer; sockets that forgot to leave go."""

LINGER = 0.5
"""Seconds. Whoever sends a frame that is too long is still sending when we say so. Were the connection closed
at once, with data unread, TCP would answer that data by a reset, which throws away what we sent: the client
would see 1006 and come again with the same frame, instead of 1009. So the close is written first, and the
connection let go a moment later: long enough for a bad phone line, short enough for a flood.
"""


def setup(app: web.Application, context: Context) -> None:
    """Add the WebSocket route."""

    async def upgrade(request: web.Request) -> web.StreamResponse:
        _check_upgrade(request, context.origin)
        # aiohttp refuses a message that has reached `max_msg_size`.
        with counted(context, request):
            return await upgraded(request)

    async def upgraded(request: web.Request) -> web.StreamResponse:
        settings = context.settings
        ws = LingeringWebSocket(
            RawFrames(settings.messages_per_second, settings.messages_burst),
            protocols=(SUBPROTOCOL,),
            autoping=False,
            compress=False,
            max_msg_size=FRAME_LIMIT + 1,
        )
        await ws.prepare(request)
        await SocketLoop(context, ws, request).run()
        return ws

    app.router.add_get("/ws/{affinity:[^/]*}", upgrade, allow_head=False)
    app.router.add_get("/ws", upgrade, allow_head=False)


@contextlib.contextmanager
def counted(context: Context, request: web.Request) -> Iterator[None]:
    """One more socket of a client that comes by a trusted proxy; others were counted as they connected.
    Raises `rate_limited`.
    """
    trusted, connections = context.settings.trusted_proxies, context.connections
    if not is_within(request.remote or "", trusted):
        yield
        return
    client = client_address(request, trusted)
    if not connections.enter(client):
        connections.refused("address")
        raise TooMany(10)
    try:
        yield
    finally:
        connections.leave(client)


def _check_upgrade(request: web.Request, origin: str) -> None:
    """A browser always sends Origin; whatever does not is not our page (CSWSH, RELIABILITY
    2).
    """
    if request.headers.get("Sec-WebSocket-Version", "13") != "13":
        raise web.HTTPUpgradeRequired(headers={"Sec-WebSocket-Version": "13", "Upgrade": "websocket"})
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise web.HTTPUpgradeRequired(headers={"Upgrade": "websocket"})
    if request.headers.get("Origin") != origin:
        raise Forbidden("origin_not_allowed", "This address takes connections from its own pages only.")


class LingeringWebSocket(web.WebSocketResponse):
    """Keeps a connection open for a moment after a broken frame: closed with data unread, TCP resets it, and
    the client would not see the code it was closed with. And never closes twice: to a browser a
    second close frame is a failed connection, and it reports 1006 instead of our code.
    """

    def __init__(self, frames: RawFrames, **options: Any) -> None:
        super().__init__(**options)
        self._frames = frames
        self._fault: FrameFault | None = None
        self._wire: asyncio.Transport | None = None
        self.said_close: Callable[[], bool] = lambda: False
        """Whether a close frame of ours is on its way, past aiohttp's own writer."""
        self.flooded: Callable[[], None] = lambda: self._write_close(CLOSE_CODES["rate_limited"])
        """Says why, and closes 4013."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        """The upgrade; remembers what it is written to, and looks at every frame from then on."""
        if hasattr(request.protocol, "watch_with"):
            request.protocol.watch_with(self._may_be_read)
        writer = await super().prepare(request)
        self._wire = request.transport
        if self._fault is not None:
            # It came with the upgrade, whose answer goes first.
            self._cut_off(self._fault)
        return writer

    def _may_be_read(self, data: bytes) -> bool:
        if self._fault is None:
            self._fault = self._frames.fault(data)
            if self._fault is not None and self._wire is not None:
                self._cut_off(self._fault)
        return self._fault is None

    def _cut_off(self, fault: FrameFault) -> None:
        """Read nothing more, say why (RFC 6455 section 5.1), and hang up a moment later."""
        wire = self._wire
        if wire is None or wire.is_closing():
            return
        wire.pause_reading()
        if self.said_close():
            wire.abort()
            return
        if fault == "flood":
            self.flooded()
        else:
            self._write_close(1002)
        asyncio.get_running_loop().call_later(LINGER, wire.abort)

    def _write_close(self, code: int) -> None:
        if self._wire is not None:
            self._wire.write(header(OP_CLOSE, 2) + code.to_bytes(2, "big"))

    async def close(self, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> bool:
        """aiohttp calls this for frames that break RFC 6455 or the limits, and to answer a
        client's close; whose code may be one that must never be sent.
        """
        if self.close_code is not None and not _may_be_sent(self.close_code):
            code = 1002
        if code in BROKEN and self._wire is not None and not self._wire.is_closing():
            if not self.said_close():
                self._write_close(code)
            await asyncio.sleep(LINGER)
            self._wire.abort()
        elif self.said_close() and self._wire is not None:
            self._wire.close()
        return await super().close(code=code, message=message, drain=drain)


def _may_be_sent(code: int) -> bool:
    """RFC 6455 section 7.4: 0 stands for a close without one; 1005, 1006 and 1015 only ever name what was not
    sent, and 1004 nothing. aiohttp refuses those below 3000, but for 1006.
    """
    return code == 0 or (1000 <= code < 5000 and code not in NEVER_SENT)


class SocketLoop:
    """One socket from upgrade to close."""

    def __init__(self, context: Context, ws: LingeringWebSocket, request: web.Request) -> None:
        self.context, self.ws = context, ws
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("closed during the upgrade")
        send_queue = SendQueue(transport, context.flusher)
        settings = context.settings
        self.socket = Socket(send_queue, client_address(request, settings.trusted_proxies), context.clock())
        self.incoming = Incoming(
            Bucket(settings.messages_per_second, settings.messages_burst, time.monotonic())
        )
        context.disconnects.sockets.add(self.socket)
        ws.said_close = lambda: self.socket.closing
        ws.flooded = self._flooded
        self.greeting = Greeting(context, self.socket, self.incoming)
        self.session: Session | None = None
        self.conversation: Conversation | DeviceCheckTalk | None = None

    async def run(self) -> None:
        """Until the socket is closed, whoever closes it; then the drop is written down."""
        try:
            await self._greet()
            if self.conversation is not None:
                await self._listen(self.conversation)
            await self._hear_close()
        finally:
            await self._close()

    async def _greet(self) -> None:
        """Hello within the deadline; after a refused resume a new deadline for a token."""
        while self.conversation is None and not self.socket.closing:
            try:
                async with asyncio.timeout(self.context.settings.hello_seconds):
                    said = await self._next()
            except TimeoutError:
                refusal = Refusal("hello_timeout", "No hello came in time.")
                self.socket.refuse(refusal, "hello_timeout")
                return
            if said is None:
                return
            if isinstance(said, Hello):
                self.conversation = await self.greeting.hello(said)
                self.session = self.conversation.session if self.conversation else None

    async def _listen(self, conversation: Conversation | DeviceCheckTalk) -> None:
        """A device check takes minutes; a session lives as long as it proves life."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CHECK_SECONDS if isinstance(conversation, DeviceCheckTalk) else None):
                await self._pass_on(conversation)
                return
        self.socket.close(NORMAL)

    async def _pass_on(self, conversation: Conversation | DeviceCheckTalk) -> None:
        # The way of every message of every call: flat, and its names looked up once.
        receive, clock, monotonic = self.ws.receive, self.context.clock, time.monotonic
        socket, incoming, hear = self.socket, self.incoming, conversation.hear
        while not socket.closing:
            message = await receive()
            socket.seen = clock()
            self._alive()
            if message.type is WSMsgType.TEXT:
                said = incoming.receive(message.data, monotonic())
                if isinstance(said, Refused):
                    self._answer(said)
                else:
                    hear(said)
            elif not self._control(message):
                return

    async def _next(self) -> Frame | None:
        """The first frame that is in order; None when the socket is closed."""
        while not self.socket.closing:
            message = await self.ws.receive()
            self.socket.seen = self.context.clock()
            if message.type is WSMsgType.TEXT:
                said = self.incoming.receive(message.data, time.monotonic())
                if not isinstance(said, Refused):
                    return said
                self._answer(said)
            elif not self._control(message):
                return None
        return None

    def _control(self, message: WSMessage) -> bool:
        """Whatever is not text. False: nothing more comes."""
        if message.type in (WSMsgType.PING, WSMsgType.PONG):
            slow = self.incoming.spend(time.monotonic())
            if slow is not None:
                self._answer(slow)
                return False
            if message.type is WSMsgType.PING:
                self.socket.send_queue.send(message.data, OP_PONG)
        elif message.type is WSMsgType.BINARY:
            self._answer(Refused(Refusal("binary_unsupported", "Frames are text."), "binary_unsupported"))
            return False
        return message.type in (WSMsgType.PING, WSMsgType.PONG)

    def _flooded(self) -> None:
        """Too many frames or bytes, whatever they were."""
        self.context.connections.refused("flood")
        self._answer(too_fast())
        self.socket.send_queue.flush()

    def _alive(self) -> None:
        if self.session is not None:
            self.context.heartbeat.heard(self.session)

    def _answer(self, refused: Refused) -> None:
        if self.session is not None and self.session.socket is self.socket:
            self.session.refuse(refused.refusal, refused.cid, refused.close)
        else:
            self.socket.refuse(refused.refusal, refused.close)

    async def _hear_close(self) -> None:
        """We sent a close frame: what still comes is read and dropped, until the client's own or
        the hang-up.
        """
        while self.socket.closing and (await self.ws.receive()).type in _OPEN:
            pass

    async def _close(self) -> None:
        self.socket.send_queue.flush()
        self.socket.send_queue.closed = True
        self.context.disconnects.sockets.discard(self.socket)
        if isinstance(self.conversation, DeviceCheckTalk):
            self.conversation.close()
        session = self.session
        if session is not None and session.socket is self.socket:
            session.socket = None
            # A session that another has replaced is not read again in vain.
            if session.over is None and self.context.registry.sessions.get(session.here.sid) is session:
                self.context.disconnects.closed(session, self.socket.seen)


_OPEN = frozenset({WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG})
