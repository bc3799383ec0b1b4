"""A device check over a link (E4): ICE servers to try, and a result. Never presence; no session
on any floor.
"""

import asyncio
import time

from rooms.errors import Refusal
from rooms.service.joining import Guest
from rooms.visit.rights import require
from signalling.limits import Bucket
from signalling.protocol import messages as m
from signalling.protocol.codes import NORMAL
from signalling.protocol.outgoing import unnumbered
from signalling.protocol.parse import kind
from signalling.ws.context import Context
from signalling.ws.session import Socket
from signalling.ws.talk import ICE_BURST, ICE_EVERY, failed
from signalling.ws.view import Members


class Checking:
    """One device check on one socket. Its frames are not numbered: there is nothing to resume."""

    session = None

    def __init__(self, context: Context, guest: Guest, socket: Socket) -> None:
        self.context, self.guest, self.socket = context, guest, socket
        self._ice = Bucket(1 / ICE_EVERY, ICE_BURST, time.monotonic())
        self._writing: asyncio.Task[None] | None = None

    def hear(self, said: m.Frame) -> None:
        """`check`, `ice`, `ping`, `ack` and `leave`; everything else is refused."""
        try:
            require(kind(said), self.guest.role, "checking")
        except Refusal as refusal:
            self._refuse(refusal, said)
            return
        if isinstance(said, m.Ping):
            self._tell("pong", {})
        elif isinstance(said, m.Ice):
            self._give_ice(said)
        elif isinstance(said, m.Leave):
            self._ack(said)
            self._tell("ended", {"why": "left"})
            self.socket.close(NORMAL)
        elif isinstance(said, m.Check):
            self._writing = asyncio.get_running_loop().create_task(self._write(said))

    def _give_ice(self, said: m.Ice) -> None:
        if self._ice.take(time.monotonic()):
            self._tell("ice", self.context.ice.config(self.guest.person, self.context.clock()))
            self._ack(said)
        else:
            slower = "ICE cannot be restarted that fast."
            self._refuse(Refusal("rate_limited", slower, retry_after=ICE_EVERY), said)

    async def _write(self, said: m.Check) -> None:
        """A failed check is evidence that this person tried (F3 f)."""
        try:
            if failed(said):
                visits, now = self.context.visits, self.context.clock()
                await visits.tries.failed(self.guest, "device_check_failed", now)
        except Refusal as refusal:
            self._refuse(refusal, said)
        else:
            self._ack(said)

    def _ack(self, said: m.Frame) -> None:
        if said.cid is not None:
            self._tell("ack", {"cid": said.cid})

    def _refuse(self, refusal: Refusal, said: m.Frame) -> None:
        named = {} if said.cid is None else {"cid": said.cid}
        self._tell("error", {"code": refusal.code, "message": refusal.message, **refusal.facts, **named})

    def _tell(self, what: str, members: Members) -> None:
        self.socket.outbox.send(unnumbered(what, members))
