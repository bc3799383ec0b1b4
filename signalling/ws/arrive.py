"""A hello, by token or by resume, becomes a session that listens; or an error and, mostly, a close."""

import time

from rooms.errors import LinkRefused, Refusal, Unavailable
from rooms.service.joining import role_of
from rooms.service.visits import Entered
from rooms.visit.room import find
from signalling.net import limit_key
from signalling.protocol.codes import CLOSE
from signalling.protocol.incoming import Incoming
from signalling.protocol.messages import Hello, ResumeOf
from signalling.protocol.outgoing import resumed_welcome, unnumbered
from signalling.ws import welcome
from signalling.ws.checking import Checking
from signalling.ws.context import Context
from signalling.ws.session import Session, Socket
from signalling.ws.talk import Talk
from signalling.ws.view import Members, View

_TOKEN_REFUSED = frozenset({"token_invalid", "token_not_canonical", "token_too_long", "token_revoked"})
"""What counts towards the limit of refused tokens (CONTRACT); well-signed joins are unlimited."""


class Arriving:
    """The way in of one socket."""

    def __init__(self, context: Context, socket: Socket, incoming: Incoming) -> None:
        self.context, self.socket, self.incoming = context, socket, incoming

    async def hello(self, said: Hello) -> Talk | Checking | None:
        """None: refused; where the socket may try again it is still open."""
        if self.context.drops.draining:
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
        self.context.metrics.joins.labels(key="", result=refusal.code).inc()
        self.socket.refuse(refusal, refusal.code if refusal.code in CLOSE else None)

    def _refused(self, refused: LinkRefused) -> None:
        """Too many refused tokens from one address hear `rate_limited` instead (row 60)."""
        if refused.code in _TOKEN_REFUSED:
            wait = self.context.refused.take(limit_key(self.socket.address), time.monotonic())
            if wait:
                self._refuse(
                    Refusal("rate_limited", "Too many links that do not work. Please wait.", retry_after=wait)
                )
                return
        self._refuse(refused)

    async def _token(self, said: Hello) -> Talk:
        context, now = self.context, self.context.clock()
        entered = await context.visits.hello(said.token, move=said.move, device=said.device, now=now)
        seat = find(entered.floor, entered.here.sid)
        person = seat.person if seat else ""
        session = Session(entered.here, person, role_of(person))
        self.incoming.hello_seen = True
        await self._welcome(session, entered, None)
        context.metrics.joins.labels(key=str(entered.signed_by), result="joined").inc()
        return Talk(context, session, self.socket, self.incoming)

    async def _resume(self, resume: ResumeOf) -> Talk:
        context = self.context
        session = context.hub.sessions.get(resume.sid)  # type: ignore[call-overload]  # a client's text, looked up as one
        if session is not None:
            session.resuming += 1
        try:
            entered = await context.visits.resume(resume.sid, resume.key, context.clock())
            session = self._take_over(session, entered)
        finally:
            if session is not None and session.resuming:
                session.resuming -= 1
        self.incoming.hello_seen = True
        await self._welcome(session, entered, resume.seq)
        context.metrics.joins.labels(key="", result="resumed").inc()
        return Talk(context, session, self.socket, self.incoming)

    def _take_over(self, session: Session | None, entered: Entered) -> Session:
        """The session that was kept here, or a new one where another process had it."""
        if session is None:
            seat = find(entered.floor, entered.here.sid)
            person = seat.person if seat else ""
            return Session(entered.here, person, role_of(person))
        session.here = entered.here
        old, session.socket = session.socket, None
        if old is not None:
            old.refuse(Refusal("replaced", "A newer connection has taken this place."), "replaced")
        return session

    async def _welcome(self, session: Session, entered: Entered, seq: int | None) -> None:
        """Welcome, replay what was missed, then tell whatever happened meanwhile."""
        context, kept = self.context, session.view is not None
        seated = await context.hub.seat(session, entered)
        now = context.clock()
        session.ice_at = now
        ice = context.ice.config(entered.here.sid, now)
        missed = session.outgoing.since(seq) if seq is not None and kept else None
        told = welcome.members(entered, session, seated, ice, now, resumed=missed is not None)
        session.socket = self.socket
        if missed is None:
            self._start(session, told, seated.view)
        else:
            self.socket.outbox.send(resumed_welcome(seq or 0, told))
            for frame in missed:
                self.socket.outbox.send(frame)
        await context.hub.announce(entered)

    def _start(self, session: Session, told: Members, view: View) -> None:
        session.outgoing.restart()
        session.tell("welcome", told)
        if view.waiting is not None:
            session.tell("waiting", view.waiting)
        session.view = view

    async def _check(self, said: Hello) -> Checking:
        context, now = self.context, self.context.clock()
        guest = await context.visits.check_link(said.token, now)
        self.incoming.hello_seen = True
        told = welcome.checking(guest, context.ice.config(guest.person, now), now)
        self.socket.outbox.send(unnumbered("welcome", told))
        return Checking(context, guest, self.socket)
