"""Who is still there: a ping to every socket by the clock, and what came in since. Awaits nothing and asks no
store, so that no Redis and no other floor can make a ping late.

Silence is only a client's where this process could have heard it: a ping was really sent, and time counts
only as far as the event loop ran freely. A process that was busy, stopped or starved for a minute has itself
been silent, and ends nobody for it.
"""

import heapq
import time
from collections.abc import Callable
from itertools import count

from rooms.ids import SessionId
from rooms.times import SECOND, Instant
from signalling.metrics import Metrics
from signalling.ws.send_queue import OP_PING
from signalling.ws.session import Session, Socket
from signalling.ws.session_registry import SessionRegistry

PINGS_CHECKED_EVERY = 0.1
"""Seconds between looks at the clock: what a ping may be late where nothing else is to do."""

PING_EVERY = 9.0
"""Seconds between protocol pings of one socket at most: two may be lost within SILENT, and one may be late by
three seconds before it comes after 12.
"""

SPREAD = 2.0
"""Seconds by which a ping may come early: sockets that came in one instant, after a restart or a pause of
ours, are not pinged in one instant for ever.
"""

SILENT = 25.0
"""Seconds of nothing inbound after which a session is no longer renewed (CONTRACT)."""

ANSWERED_WITHIN = SILENT - PING_EVERY
"""Seconds a ping has to be unanswered before its socket counts as silent."""

ATTENTIVE = 5 * PINGS_CHECKED_EVERY
"""Seconds that one look may count at most. Beyond, the loop did not run, and nobody could be heard."""

RENEWED_EVERY = 5.0
"""Seconds between renewals of a session that is not silent: three of them in the default lease."""

GOLDEN = (5**0.5 - 1) / 2
"""Whatever is put off by its multiples, modulo one, never comes in heaps."""

PINGS_AT_ONCE = 500
"""Sockets looked at in one go, some 5 ms: after a pause all are due, and relays must not wait for all."""


class Heartbeat:
    """Every session's socket here. `lease`: milliseconds a session lives without renewal."""

    def __init__(
        self,
        registry: SessionRegistry,
        metrics: Metrics,
        lease: int,
        clock: Callable[[], Instant],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.registry, self.metrics, self.clock, self._monotonic = registry, metrics, clock, monotonic
        self._ping_lag = metrics.job_lag.labels(job="ping")
        self._renewed_every = min(RENEWED_EVERY, lease / SECOND / 3)
        self._looks: list[tuple[float, int, Session, Socket]] = []
        """A heap by when to look next."""
        self._numbers = count()
        self._heard: set[Session] = set()
        self._due: set[Session] = set()
        self._attended = 0.0
        """Seconds in which this process could hear its clients, since it began."""
        self._looked_at = monotonic()

    def follow(self, session: Session) -> None:
        """Look after the session's present socket from now on."""
        socket = session.socket
        if socket is not None:
            now = self._monotonic()
            socket.heard_at, socket.ping_at = self._attended, now + PING_EVERY * self._part()
            self._look_at(socket.ping_at, now, session, socket)

    def heard(self, session: Session) -> None:
        """Something came in from this session's client. The way of every message, hence no more than this."""
        self._heard.add(session)

    def ping_due(self) -> bool:
        """Ping whoever is due, `PINGS_AT_ONCE` at most; whether more are."""
        now = self._monotonic()
        self._attended += min(now - self._looked_at, ATTENTIVE)
        self._looked_at = now
        for _ in range(PINGS_AT_ONCE):
            if not self._looks or self._looks[0][0] > now:
                return False
            _, _, session, socket = heapq.heappop(self._looks)
            # One that was followed by another socket, or closed, is looked at no more.
            if session.socket is socket and not socket.closing and not socket.send_queue.closed:
                self._look(session, socket, now)
        return bool(self._looks) and self._looks[0][0] <= now

    def _look(self, session: Session, socket: Socket, now: float) -> None:
        # Also where nothing came in: a lost pong must not cost the lease while the socket is not silent yet.
        self._due.add(session)
        if now >= socket.ping_at:
            self._ping_lag.observe(now - socket.ping_at)
            self._ping(session, socket)
            socket.ping_at = now + PING_EVERY - SPREAD * self._part()
        self._look_at(socket.ping_at, now, session, socket)

    def _look_at(self, ping_at: float, now: float, session: Session, socket: Socket) -> None:
        due = min(ping_at, now + self._renewed_every)
        heapq.heappush(self._looks, (due, next(self._numbers), session, socket))

    def _part(self) -> float:
        """From 0 to 1, and evenly so: the multiples of the golden ratio."""
        return next(self._numbers) * GOLDEN % 1

    def _ping(self, session: Session, socket: Socket) -> None:
        socket.send_queue.send(b"", OP_PING)
        if socket.unanswered_since is None:
            socket.unanswered_since = self._attended
        ice, now = self.registry.ice, self.clock()
        if session.state != "waiting" and ice.expire and now - session.ice_at >= ice.again_after:
            session.ice_at = now
            session.tell("ice", ice.config(session.here.sid, now))

    def to_renew(self) -> list[Session]:
        """Whoever was heard, or is due, since this was last asked, and is not silent."""
        heard, self._heard = self._heard, set()
        due, self._due = self._due, set()
        for session in heard:
            if session.socket is not None:
                session.socket.heard_at, session.socket.unanswered_since = self._attended, None
        return [session for session in heard | due if self.answers(session)]

    def renew_again(self, sessions: list[Session]) -> None:
        """They could not be renewed; they are due next time."""
        self._due.update(sessions)

    def answers(self, session: Session) -> bool:
        """Whether it has a seat, a socket here, and was not silent while it could be heard."""
        socket = session.socket
        if socket is None or session.over is not None or self._is_silent(session, socket):
            return False
        return self.registry.sessions.get(session.here.sid) is session

    def _is_silent(self, session: Session, socket: Socket) -> bool:
        return (
            session not in self._heard
            and socket.unanswered_since is not None
            and self._attended - socket.unanswered_since >= ANSWERED_WITHIN
            and self._attended - socket.heard_at >= SILENT
        )

    def keeps(self, sid: SessionId) -> bool:
        """Whether that session's client is here and answers: if its lease ran out, this process was late, and
        renews it now.
        """
        session = self.registry.sessions.get(sid)
        if session is None or not self.answers(session):
            return False
        self._due.add(session)
        return True
