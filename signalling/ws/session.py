"""One session on this process: the numbered frames to its client, the socket they leave by, and what it was
last told.
"""

import asyncio
from collections.abc import Awaitable, Callable

from rooms.errors import Refusal
from rooms.ids import SessionId
from rooms.records import Role
from rooms.service.transaction import Here
from rooms.times import Instant
from signalling.protocol.codes import CLOSE_CODES
from signalling.protocol.replay_buffer import ReplayBuffer, unnumbered
from signalling.ws.floor_views import FloorView, Members
from signalling.ws.rate_limits import Link
from signalling.ws.send_queue import SendQueue

COMMANDS_QUEUED = 64
"""Commands one socket may have waiting for the store; beyond, it is refused rather than remembered."""


class Socket:
    """An open WebSocket, before and after it has a session."""

    __slots__ = ("address", "closing", "heard_at", "ping_at", "seen", "send_queue", "unanswered_since")

    def __init__(self, send_queue: SendQueue, address: str, now: Instant) -> None:
        self.send_queue, self.address, self.seen = send_queue, address, now
        self.closing = False
        self.heard_at = self.ping_at = 0.0
        self.unanswered_since: float | None = None
        """These three are `ws.heartbeat`'s."""

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame after everything queued; the client answers, and its answer ends the
        read loop.
        """
        if not self.closing:
            self.closing = True
            self.send_queue.close(code, reason)

    def refuse(self, refusal: Refusal, close: str | None = None, members: Members | None = None) -> None:
        """An error to a socket that has no session."""
        self.send_queue.send(
            unnumbered("error", {"code": refusal.code, "message": refusal.message, **refusal.facts})
        )
        if close is not None:
            self.close(CLOSE_CODES[close], refusal.code)


class Session:
    """`socket` is None while its client is away; frames are then kept for a resume."""

    __slots__ = (
        "_queue",
        "_worker",
        "answers",
        "ended",
        "here",
        "ice_at",
        "link",
        "outgoing",
        "over",
        "person",
        "resuming",
        "role",
        "socket",
        "view",
    )

    def __init__(self, here: Here, person: str, role: Role, link: Link = ("", 0)) -> None:
        self.here, self.person, self.role, self.link = here, person, role, link
        self.outgoing = ReplayBuffer()
        self.socket: Socket | None = None
        self.view: FloorView | None = None
        self.over: str | None = None
        """Why the visit ended for this session; a frame after that is answered `call_ended`."""
        self.ended = "ended"
        """What a host's own end of the visit is called in the frame that answers it."""
        self.answers = False
        """This host's `admit` or `enter` is under way."""
        self.ice_at: Instant = 0
        """When it was last given ICE servers."""
        self.resuming = 0
        """How many sockets are just now taking this session up again."""
        self._queue: list[Callable[[], Awaitable[None]]] | None = None
        self._worker: asyncio.Task[None] | None = None

    def take(self, socket: Socket | None) -> None:
        """Speak through this socket from now on; an older one is told and closed."""
        old, self.socket = self.socket, socket
        if old is not None and old is not socket:
            old.refuse(Refusal("replaced", "A newer connection has taken this place."), "replaced")

    @property
    def state(self) -> str:
        """As last told."""
        return self.view.state if self.view else ""

    def tell(self, kind: str, members: Members) -> None:
        """Number, keep and send one frame."""
        frame = self.outgoing.frame(kind, members)
        if self.socket is not None:
            self.socket.send_queue.send(frame)

    def pass_on(self, sender: SessionId, data: bytes) -> None:
        """A signal from somebody in the same room."""
        frame = self.outgoing.signal(sender, data)
        if self.socket is not None:
            self.socket.send_queue.send(frame)

    def refuse(self, refusal: Refusal, cid: object = None, close: str | None = None) -> Members:
        """An error frame, and a close where `close` names a code that closes. Answers its members."""
        members: Members = {"code": refusal.code, "message": refusal.message, **refusal.facts}
        field = getattr(refusal, "field", None)
        if field is not None:
            members["field"] = field
        if cid is not None:
            members["cid"] = cid
        self.tell("error", members)
        if close is not None and self.socket is not None:
            self.socket.close(CLOSE_CODES[close], refusal.code)
        return members

    def enqueue(self, job: Callable[[], Awaitable[None]]) -> bool:
        """Do this after what was asked before. Signals do not wait behind it (CONTRACT). False: too much is
        waiting.
        """
        if self._queue is None:
            self._queue = []
        if len(self._queue) >= COMMANDS_QUEUED:
            return False
        self._queue.append(job)
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())
        return True

    async def _work(self) -> None:
        while self._queue:
            await self._queue.pop(0)()
        self._worker = None
