"""A device check over a link (E4): ICE servers to try, an echo peer to call, and a result. Never presence; no
session on any floor.
"""

import asyncio
import logging

import msgspec

from rooms.errors import Contradiction, Refusal, Unavailable
from rooms.ids import new_session
from rooms.service.live.link_holder import LinkHolder
from rooms.visit.rights import require
from signalling.ice.echo import EchoCall
from signalling.protocol import messages as m
from signalling.protocol.codes import NORMAL
from signalling.protocol.parse import check_signal, kind
from signalling.protocol.replay_buffer import unnumbered
from signalling.ws import rate_limits
from signalling.ws.context import Context
from signalling.ws.floor_views import Members
from signalling.ws.session import Socket

log = logging.getLogger(__name__)


class DeviceCheckTalk:
    """One device check on one socket. Its frames are not numbered: there is nothing to resume."""

    session = None

    def __init__(
        self,
        context: Context,
        holder: LinkHolder,
        socket: Socket,
        call: EchoCall | None,
        link: rate_limits.Link,
    ) -> None:
        self.link = link
        self.context, self.holder, self.socket, self.call = context, holder, socket, call
        if call is not None:
            call.answer = self._answer
        self._ice, self._checks = rate_limits.ice_limit(), rate_limits.check_limit()
        self._writing: set[asyncio.Task[None]] = set()

    def hear(self, said: m.Frame) -> None:
        """`signal` to the echo peer, `check`, `ice`, `ping`, `ack`, `leave`; everything else is refused."""
        try:
            if isinstance(said, m.Signal) and self.call is not None and said.to == self.call.sid:
                self._call(self.call, said)
                return
            require(kind(said), self.holder.role, "checking")
            self._act(said)
        except Refusal as refusal:
            self._refuse(refusal, said)

    def _act(self, said: m.Frame) -> None:
        if isinstance(said, m.Ping):
            self._tell("pong", {})
            self._ack(said)
        elif isinstance(said, m.Ice):
            self._give_ice(said)
        elif isinstance(said, m.Leave):
            self._ack(said)
            self._tell("ended", {"why": "left"})
            self.socket.close(NORMAL)
        elif isinstance(said, m.CheckFrame):
            self._checks.spend()
            task = asyncio.get_running_loop().create_task(self._write(said))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    def _call(self, call: EchoCall, said: m.Signal) -> None:
        data = bytes(said.data)
        check_signal(data)
        if not call.send(data):
            raise Contradiction("peer_not_found", "The echo call has ended. Start the check again.")
        self._ack(said)

    def _answer(self, data: bytes) -> None:
        """What the echo peer answered; checked as every signal is, for it has read what strangers sent."""
        if self.call is None:
            return
        try:
            check_signal(data)
        except Refusal:
            log.warning("the echo peer said what is no signal")
        else:
            self._tell("signal", {"from": self.call.sid, "data": msgspec.Raw(data)})

    def close(self) -> None:
        """The socket is gone, and the call with it."""
        self.context.links.check_over(self.link)
        if self.call is not None:
            self.call.hang_up()

    def _give_ice(self, said: m.Ice) -> None:
        self._ice.spend()
        self._tell("ice", self.context.ice.config(new_session(), self.context.clock()))
        self._ack(said)

    async def _write(self, said: m.CheckFrame) -> None:
        """A failed check is evidence that this person tried (F3 f)."""
        holder, appointment = self.holder, self.holder.appointment
        try:
            if appointment is not None:
                checks, now = self.context.checks, self.context.clock()
                await checks.made(holder.clinic.id, appointment.no, holder.person, said.found, now)
        except Refusal as refusal:
            if isinstance(refusal, Unavailable):
                self.context.metrics.redis_errors.labels(kind="socket").inc()
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
        self.socket.send_queue.send(unnumbered(what, members))
