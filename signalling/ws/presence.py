"""Proof of life: pings out, renewals of what came in, and drops that could not be written down yet.

Only what comes in proves life (RELIABILITY 2: outbound events kept dead sockets alive elsewhere). The ticks
are called once a second by a job; nothing here owns a timer.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable

from rooms.errors import Refusal, Unavailable
from rooms.ports import Renewal, Store
from rooms.service.visits import Here, Visits
from rooms.times import SECOND, Instant
from signalling.ws.hub import Hub, Scene
from signalling.ws.outbox import PING
from signalling.ws.session import Session

log = logging.getLogger(__name__)

PING_EVERY = 10
"""Seconds between protocol pings of one socket: two may be lost within SILENT."""

SILENT = 25 * SECOND
"""Nothing inbound for this long and the session is no longer renewed (CONTRACT)."""

OVER_KEPT = 30 * SECOND
"""A socket whose visit has ended may say what it likes this long before it is closed."""

SHOWN_AGAIN = 5
"""Seconds after which a waiting room is shown anew: a long wait brings the phone number (D5), a late notice
ends.
"""


class Presence:
    """Which sessions here have proven life since the last tick, and which drops are owed to the store."""

    def __init__(
        self, hub: Hub, visits: Visits, store: Store, lease: int, clock: Callable[[], Instant]
    ) -> None:
        self.hub, self.visits, self.store, self.lease, self.clock = hub, visits, store, lease, clock
        self._heard: set[Session] = set()
        self._owed: dict[Here, tuple[Instant, str]] = {}
        self._over: dict[Session, Instant] = {}
        self._second = 0
        self._dropping: set[asyncio.Task[None]] = set()
        self.draining = False
        """This process is stopping: nobody new comes in."""

    def heard(self, session: Session) -> None:
        """Something came in from this session's client."""
        self._heard.add(session)

    async def gone(self, session: Session, seen: Instant, why: str = "dropped") -> None:
        """This session's socket closed. Where the store cannot be told now, it is owed and told later
        (RELIABILITY 4).
        """
        try:
            await self.visits.dropped(session.here, seen, self.clock(), why)
        except Unavailable:
            self._owed[session.here] = (seen, why)

    def drop_soon(self, session: Session, seen: Instant) -> None:
        """As `gone`, in a task of its own: a handler whose connection is lost is cancelled."""
        task = asyncio.get_running_loop().create_task(
            self.gone(session, seen, "drained" if self.draining else "dropped")
        )
        self._dropping.add(task)
        task.add_done_callback(self._dropping.discard)

    async def drain(self, seconds: float) -> None:
        """Tell every client to come back elsewhere, close, and write the drops down; at most `seconds`."""
        self.draining = True
        for session in list(self.hub.sessions.values()):
            if session.socket is not None:
                restart = Refusal("draining", "This server is restarting. Please come back.", retry_after=1)
                session.refuse(restart, close="draining")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # Once, at the end of a process: polled rather than wired through every session.
                while self._dropping or any(each.socket for each in self.hub.sessions.values()):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        await self._pay(self.clock())

    def over(self, session: Session) -> None:
        """This session has been told `ended`; its socket is closed a while later."""
        self._over[session] = self.clock()

    async def tick(self) -> None:
        """Once a second: ping a tenth of the sockets, cut off stalled readers, renew, pay what is owed."""
        self._second += 1
        now = self.clock()
        for session in list(self.hub.sessions.values()):
            self._look_at(session, now)
        self._close_ended(now)
        await self._renew(now)
        await self._pay(now)
        if self._second % SHOWN_AGAIN == 0:
            for scene in [each for each in self.hub.scenes.values() if _somebody_waits(each)]:
                await self.hub.refresh(scene)

    def _look_at(self, session: Session, now: Instant) -> None:
        socket = session.socket
        if socket is None:
            return
        if socket.outbox.stalled(now):
            socket.outbox.give_up()
        elif hash(session.here.sid) % PING_EVERY == self._second % PING_EVERY:
            socket.outbox.send(b"", PING)
            # A lost pong must not cost the lease while the socket is not silent yet.
            self._heard.add(session)

    def _close_ended(self, now: Instant) -> None:
        for session, since in list(self._over.items()):
            if session.socket is None or now - since > OVER_KEPT:
                del self._over[session]
                if session.socket is not None:
                    session.socket.close(1000)

    async def _renew(self, now: Instant) -> None:
        heard, self._heard = self._heard, set()
        renewals = [self._renewal(session, now) for session in heard if self._alive(session, now)]
        if not renewals:
            return
        try:
            missing = await self.store.renew(renewals)
        except Unavailable:
            self._heard |= heard
            return
        self._cut(missing)

    def _alive(self, session: Session, now: Instant) -> bool:
        socket = session.socket
        return socket is not None and session.over is None and now - socket.seen < SILENT

    def _renewal(self, session: Session, now: Instant) -> Renewal:
        here, seen = session.here, session.socket.seen if session.socket else 0
        return Renewal(here.clinic, here.practitioner, here.sid, now + self.lease, seen)

    def _cut(self, missing: Iterable[Renewal]) -> None:
        """Reaped by another process meanwhile: the client has to come again."""
        for renewal in missing:
            session = self.hub.sessions.get(renewal.sid)
            if session is not None:
                log.info("session reaped elsewhere")
                self.hub.lost(session)

    async def _pay(self, now: Instant) -> None:
        for here, (seen, why) in list(self._owed.items()):
            try:
                await self.visits.dropped(here, seen, now, why)
            except Unavailable:
                return
            self._owed.pop(here, None)


def _somebody_waits(scene: Scene) -> bool:
    return any(session.state == "waiting" for session in scene.sessions.values())
