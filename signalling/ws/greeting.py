"""A hello, by token or by resume, becomes a session that listens; or an error and, mostly, a close."""

import time

from rooms.errors import LinkRefused, Refusal, Unavailable
from rooms.ids import SessionId, new_session
from rooms.service.live.hello import Entered
from rooms.service.live.link_holder import role_of
from rooms.visit.room import find
from signalling.client_address import limit_key
from signalling.ice.echo import NoEcho
from signalling.protocol.codes import CLOSE_CODES
from signalling.protocol.incoming import Incoming
from signalling.protocol.messages import Hello, ResumeOf
from signalling.protocol.replay_buffer import resumed_welcome, unnumbered
from signalling.ws import welcome
from signalling.ws.context import Context
from signalling.ws.conversation import Conversation
from signalling.ws.device_check import DeviceCheckTalk
from signalling.ws.floor_views import FloorView, Members
from signalling.ws.rate_limits import link_of_holder, link_of_seat
from signalling.ws.session import Session, Socket

_TOKEN_REFUSED = frozenset({"token_invalid", "token_not_canonical", "token_too_long", "token_revoked"})
"""What counts towards the limit of refused tokens (CONTRACT); well-signed joins are unlimited."""


class Greeting:
    """The way in of one socket."""

    def __init__(self, context: Context, socket: Socket, incoming: Incoming) -> None:
        self.context, self.socket, self.incoming = context, socket, incoming

    async def hello(self, said: Hello) -> Conversation | DeviceCheckTalk | None:
        """None: refused; where the socket may try again it is still open."""
        if self.context.disconnects.draining:
            self._refuse(Refusal("draining", "This server is restarting. Please come back.", retry_after=1))
            return None
        try:
            if said.resume is not None:
                return await self._resume(said.resume)
            if said.for_ == "check":
                return await self._check(said)
            return await self._token(said)
        except Unavailable as unavailable:
            self.context.metrics.redis_errors.labels(kind="socket").inc()
            self._refuse(unavailable)
        except LinkRefused as refused:
            self._refused(refused)
        return None

    def _refuse(self, refusal: Refusal) -> None:
        signed_by = refusal.signed_by if isinstance(refusal, LinkRefused) else None
        self.context.metrics.joins.labels(key=str(signed_by or ""), result=refusal.code).inc()
        self.socket.refuse(refusal, refusal.code if refusal.code in CLOSE_CODES else None)

    def _refused(self, refused: LinkRefused) -> None:
        """Too many refused tokens from one address hear `rate_limited` instead."""
        if refused.code in _TOKEN_REFUSED:
            wait = self.context.refused.take(limit_key(self.socket.address), time.monotonic())
            if wait:
                self._refuse(
                    Refusal("rate_limited", "Too many links that do not work. Please wait.", retry_after=wait)
                )
                return
        self._refuse(refused)

    async def _token(self, said: Hello) -> Conversation:
        context, now = self.context, self.context.clock()
        entered = await context.visits.hello(said.token, move=said.move, device=said.device, now=now)
        talk = await self._welcome(_new_session(entered), entered, None)
        context.metrics.joins.labels(key=str(entered.signed_by), result="joined").inc()
        return talk

    async def _resume(self, resume: ResumeOf) -> Conversation:
        context, sid = self.context, SessionId(resume.sid)
        kept = context.registry.sessions.get(sid)
        if kept is not None:
            context.links.may_resume(kept.link)
            kept.resuming += 1
        try:
            entered = await context.visits.resume(sid, resume.key, context.clock())
            # Whoever holds it now: another socket may have come back with it at the same time.
            session = _taken_over(self._at_home(sid, entered), entered)
        finally:
            if kept is not None:
                kept.resuming -= 1
        context.links.resumed(session.link)
        talk = await self._welcome(session, entered, resume.seq)
        context.metrics.joins.labels(key="", result="resumed").inc()
        return talk

    def _at_home(self, sid: SessionId, entered: Entered) -> Session | None:
        """The session that is kept here; not one of the floor it was handed over from, if nobody here has
        heard of that yet.
        """
        kept = self.context.registry.sessions.get(sid)
        if kept is None or kept.here.practitioner == entered.here.practitioner:
            return kept
        self.context.registry.drop(kept)
        kept.take(None)
        return None

    async def _welcome(self, session: Session, entered: Entered, seq: int | None) -> Conversation:
        """Welcome, replay what was missed, then tell whatever happened meanwhile."""
        context, kept = self.context, session.view is not None
        try:
            seated = await context.registry.seat(session, entered)
        except BaseException:
            # The seat is taken and nobody will be told: it is given up like a connection that broke.
            if not kept:
                context.registry.drop(session)
            context.disconnects.closed(session, context.clock())
            raise
        self.incoming.hello_seen = True
        session.ice_at = now = context.clock()
        ice = context.ice.config(entered.here.sid, now)
        missed = session.outgoing.since(seq) if seq is not None and kept else None
        told = welcome.members(entered, session, seated, ice, now, resumed=missed is not None)
        session.take(self.socket)
        if missed is None:
            self._start(session, told, seated.view)
        else:
            self.socket.send_queue.send(resumed_welcome(seq or 0, told))
            for frame in missed:
                self.socket.send_queue.send(frame)
        context.heartbeat.follow(session)
        talk = Conversation(context, session, self.socket, self.incoming)
        await context.registry.tell_of(entered)
        return talk

    def _start(self, session: Session, told: Members, view: FloorView) -> None:
        session.outgoing.restart()
        session.tell("welcome", told)
        if view.waiting is not None:
            session.tell("waiting", view.waiting)
        session.view = view

    async def _check(self, said: Hello) -> DeviceCheckTalk:
        context, now = self.context, self.context.clock()
        holder = await context.visits.check_link(said.token, now)
        link = link_of_holder(holder)
        context.links.check(link)
        self.incoming.hello_seen = True
        echo = context.echo.open()
        told = welcome.checking(holder, context.ice.config(new_session(), now), echo, now)
        self.socket.send_queue.send(unnumbered("welcome", told))
        return DeviceCheckTalk(context, holder, self.socket, None if isinstance(echo, NoEcho) else echo, link)


def _new_session(entered: Entered) -> Session:
    seat = find(entered.floor, entered.here.sid)
    person = seat.person if seat else ""
    return Session(entered.here, person, role_of(person), link_of_seat(seat))


def _taken_over(session: Session | None, entered: Entered) -> Session:
    """The session that was kept here, or a new one where another process had it. Raises `replaced` where a
    later resume was faster.
    """
    if session is None:
        return _new_session(entered)
    if session.here.epoch > entered.here.epoch:
        raise LinkRefused("replaced", "A newer connection has taken this place.")
    session.here = entered.here
    session.take(None)
    return session
