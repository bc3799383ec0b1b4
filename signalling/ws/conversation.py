"""What is done with each frame of a session: relayed at once where it goes to others, queued where the store
has to know.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from rooms.errors import Refusal, Unavailable
from rooms.times import show
from rooms.visit.rights import PersonState as SeatState
from rooms.visit.rights import require
from signalling.protocol import messages as m
from signalling.protocol.codes import NORMAL
from signalling.protocol.incoming import Incoming
from signalling.protocol.parse import check_signal, kind
from signalling.ws import rate_limits
from signalling.ws.context import Context
from signalling.ws.floor_views import Members
from signalling.ws.session import Session, Socket

log = logging.getLogger(__name__)


class Conversation:
    """One session's side of the conversation on one socket."""

    def __init__(self, context: Context, session: Session, socket: Socket, incoming: Incoming) -> None:
        self.context, self.session, self.socket, self.incoming = context, session, socket, incoming
        self._media, self._ice = rate_limits.media_limit(), rate_limits.ice_limit()
        self._checks = rate_limits.check_limit()
        self._asked: set[object] = set()
        """The `cid`s whose answer is awaited."""

    def hear(self, said: m.Frame) -> None:
        """Act on a frame. Never waits: what needs the store is queued, in order, behind what was asked
        before.
        """
        session = self.session
        if session.socket is not self.socket:
            return
        view = session.view
        if type(said) is m.Signal and view is not None and view.state == "in_room" and session.over is None:
            # Nine of ten frames of a call; what `require` would say is known.
            self._relay(said)
            return
        if session.over is not None:
            session.refuse(Refusal("call_ended", "This visit has ended."), close="call_ended")
            return
        if isinstance(said, m.Asking) and self._repeated(said):
            return  # its answer stands, also where what it asked for has taken the right to ask again
        try:
            require(kind(said), session.role, cast("SeatState", session.state))
            self._act(said)
        except Refusal as refusal:
            session.refuse(refusal, said.cid)

    def _relay(self, said: m.Signal) -> None:
        """To one person in the same room, as it came."""
        if said.cid is not None and self._repeated(said):
            return
        session, registry = self.session, self.context.registry
        data = bytes(said.data)
        try:
            check_signal(data)
            registry.companion(session, said.to).pass_on(session.here.sid, data)
        except Refusal as refusal:
            session.refuse(refusal, said.cid)
        else:
            registry.relayed += 1
            self._ack(said)

    def _act(self, said: m.Frame) -> None:
        session = self.session
        if isinstance(said, m.Ack):
            session.outgoing.acknowledged(said.seq)
            self._ack(said)
        elif isinstance(said, m.Ping):
            session.tell("pong", {})
            self._ack(said)
        elif isinstance(said, m.Ice):
            self._give_ice(said)
        elif isinstance(said, m.Asking):
            self._ask(said)

    def _give_ice(self, said: m.Ice) -> None:
        """Before a restart; what is due by time alone is given by `ws.heartbeat`."""
        self._ice.spend()
        session = self.session
        session.ice_at = self.context.clock()
        session.tell("ice", self.context.ice.config(session.here.sid, session.ice_at))
        self._ack(said)

    def _repeated(self, said: m.Frame) -> bool:
        """The same `cid` gets the same answer and has no second effect."""
        before = self.incoming.answered(said.cid) if said.cid is not None else None
        if before is None:
            return False
        self.session.tell(*before)
        return True

    def _ask(self, said: m.Asking) -> None:
        if isinstance(said, m.StateFrame) and said.media is not None:
            self._media.spend()
        elif isinstance(said, m.CheckFrame):
            self._checks.spend()
        if said.cid in self._asked:
            return  # its first asking is under way, and will be answered
        command = self._command(said)
        if command is not None and not isinstance(said, m.Leave):
            self.context.links.command(self.session.link)
        self._tell_others(said)
        if command is None:
            self._ack(said)
        elif not self.session.enqueue(lambda: self._run(said, command)):
            raise Refusal("rate_limited", "Too many commands at once.", retry_after=1)
        elif said.cid is not None:
            self._asked.add(said.cid)

    def _tell_others(self, said: m.Asking) -> None:
        """What goes to the others in the room does not wait for the store."""
        sender = self.session.here.sid
        if isinstance(said, m.Chat):
            self._broadcast("chat", {"from": sender, "text": said.text, "at": show(self.context.clock())})
        elif isinstance(said, m.StateFrame):
            shown = {
                name: getattr(said, name) for name in ("audio", "video", "screen", "sound_only", "media")
            }
            self._broadcast(
                "state", {"from": sender, **{name: on for name, on in shown.items() if on is not None}}
            )

    def _broadcast(self, what: str, members: Members) -> None:
        for other in self.context.registry.companions(self.session):
            other.tell(what, members)

    def _command(self, said: m.Asking) -> Callable[[], Awaitable[None]] | None:
        """The service call a frame stands for; None where nothing has to be stored."""
        visits, here, now = self.context.visits, self.session.here, self.context.clock()
        match said:
            case m.StateFrame(media=media) if media is not None:
                return partial(visits.media, here, media, now)
            case m.Leave():
                return partial(visits.leave, here, now)
            case m.CheckFrame():
                return partial(self.context.checks.waiting, here, said.found, now)
            case _:
                return self._host_command(said)

    def _host_command(self, said: m.Asking) -> Callable[[], Awaitable[None]] | None:
        visits, here, now = self.context.visits, self.session.here, self.context.clock()
        match said:
            case m.Admit(person=person, appointment=appointment):
                return self._entering(partial(visits.admit, here, person, appointment, now))
            case m.Enter(room=room):
                return self._entering(partial(visits.enter, here, room, now))
            case m.SendBack(sid=sid):
                return partial(visits.send_back, here, sid, now)
            case m.Remove(sid=sid):
                return partial(visits.remove, here, sid, now)
            case m.Lock(on=on):
                return partial(visits.lock, here, on)
            case m.RunningLate(minutes=minutes):
                return partial(visits.running_late, here, minutes, now)
            case m.End(outcome=outcome):
                why = "done" if outcome == "done" else "ended"
                return self._leaving(why, partial(visits.end, here, now, done=why == "done"))
            case m.HandOver(practitioner=practitioner):
                return self._leaving("handed_over", partial(visits.hand_over, here, practitioner, now))
            case _:
                return None

    def _entering(self, call: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            self.session.answers = True
            try:
                await call()
                self.context.registry.answer_inside(self.session)
            finally:
                self.session.answers = False

        return run

    def _leaving(self, why: str, call: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The visit is over for this practitioner; `why` is what their `ended` says."""

        async def run() -> None:
            self.session.ended = why
            await call()

        return run

    async def _run(self, said: m.Asking, command: Callable[[], Awaitable[None]]) -> None:
        """Store, then acknowledge. A refusal or an outage answers this frame only."""
        try:
            await command()
        except Refusal as refusal:
            if refusal.code == "replaced" and self.session.socket is not self.socket:
                return  # asked by a socket that is gone; whoever came back for it did not ask
            told = self.session.refuse(refusal, said.cid)
            self.context.links.give_command_back(self.session.link)
            if isinstance(refusal, Unavailable):
                self.context.metrics.redis_errors.labels(kind="socket").inc()
            elif said.cid is not None:
                self.incoming.remember(said.cid, "error", told)
        except Exception:
            log.exception("frame of type %s failed", kind(said))
            self.session.refuse(Refusal("internal", "Something went wrong on our side."), said.cid)
        else:
            self._ack(said)
            if isinstance(said, m.Leave):
                self._say_goodbye()
        finally:
            self._asked.discard(said.cid)

    def _say_goodbye(self) -> None:
        self.session.tell("ended", {"why": "left"})
        if self.session.socket is not None:
            self.session.socket.close(NORMAL)

    def _ack(self, said: m.Frame) -> None:
        if said.cid is not None:
            told: dict[str, Any] = {"cid": said.cid}
            self.incoming.remember(said.cid, "ack", told)
            self.session.tell("ack", told)
