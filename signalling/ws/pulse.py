"""Proof of life, once a second: pings out, renewals of what came in, and what changes by time alone.

Only what comes in proves life (RELIABILITY 2: outbound events kept dead sockets alive elsewhere). A job calls
`tick`; nothing here owns a timer.
"""

from collections import Counter
from collections.abc import Callable

from rooms.errors import Unavailable
from rooms.ids import ClinicId, PractitionerNo
from rooms.ports import Renewal, Store
from rooms.times import SECOND, Instant
from signalling.clock import monotonic
from signalling.metrics import Metrics
from signalling.protocol.codes import NORMAL
from signalling.ws.hub import Hub, Scene
from signalling.ws.outbox import PING
from signalling.ws.session import Session

PING_EVERY = 10
"""Seconds between protocol pings of one socket: two may be lost within SILENT."""

SILENT = 25 * SECOND
"""Nothing inbound for this long and the session is no longer renewed (CONTRACT)."""

ENDED_KEPT = 30 * SECOND
"""A socket whose visit has ended may say what it likes this long before it is closed."""

SHOWN_AGAIN = 5
"""Seconds after which a waiting room is shown anew: a long wait brings the phone number (D5), a late notice
ends.
"""

REREAD_EVERY = 15
"""Seconds after which a floor is read anew, whatever letters came: one that was lost costs no more than this.
"""

STATES = ("lobby", "waiting", "in_room")


class Pulse:
    """Which sessions here have proven life since the last tick."""

    def __init__(
        self, hub: Hub, store: Store, metrics: Metrics, lease: int, clock: Callable[[], Instant]
    ) -> None:
        self.hub, self.store, self.metrics, self.lease, self.clock = hub, store, metrics, lease, clock
        self._heard: set[Session] = set()
        self._second = 0

    def heard(self, session: Session) -> None:
        """Something came in from this session's client."""
        self._heard.add(session)

    async def tick(self) -> None:
        """Everything else that is due this second. Raises `Unavailable`."""
        self._second += 1
        now = self.clock()
        present = [session for session in self.hub.sessions.values() if session.socket is not None]
        for session in present:
            self._look_at(session, now)
        self._count(present)
        self._close_ended(now)
        for key, scene in list(self.hub.scenes.items()):
            if scene.unshown or (self._is_turn_of(key, SHOWN_AGAIN) and _somebody_waits(scene)):
                await self.hub.refresh(scene)
        await self._reread()

    def _is_turn_of(self, key: object, every: int) -> bool:
        """Spreads what is done every so many seconds over them."""
        return hash(key) % every == self._second % every

    async def _reread(self) -> None:
        for (clinic, practitioner), scene in list(self.hub.scenes.items()):
            if self._is_turn_of(practitioner, REREAD_EVERY):
                await self._read(clinic, practitioner, scene)

    def _look_at(self, session: Session, now: Instant) -> None:
        socket = session.socket
        if socket is None:
            return
        if socket.outbox.stalled(monotonic()):
            socket.outbox.give_up()
        elif self._is_turn_of(session.here.sid, PING_EVERY):
            socket.outbox.send(b"", PING)
            # A lost pong must not cost the lease while the socket is not silent yet.
            self._heard.add(session)
            self._freshen_ice(session, now)

    def _freshen_ice(self, session: Session, now: Instant) -> None:
        ice = self.hub.ice
        if session.state != "waiting" and ice.expire and now - session.ice_at >= ice.again_after:
            session.ice_at = now
            session.tell("ice", ice.config(session.here.sid, now))

    def _count(self, present: list[Session]) -> None:
        counted = Counter(session.state for session in present)
        for state in STATES:
            self.metrics.sessions.labels(state=state).set(counted[state])
        self.metrics.relayed.inc(self.hub.relayed)
        self.hub.relayed = 0

    def _close_ended(self, now: Instant) -> None:
        for session, since in list(self.hub.ended.items()):
            if session.socket is None or now - since > ENDED_KEPT:
                del self.hub.ended[session]
                if session.socket is not None:
                    session.socket.close(NORMAL)

    async def renew(self) -> None:
        """Write down what was heard since. Often, because a crash ends an interval at what is written (F2).

        Raises `Unavailable`; what was not renewed is next time.
        """
        now = self.clock()
        heard, self._heard = self._heard, set()
        alive = {each.here.sid: each for each in heard if self._is_alive(each, now)}
        if not alive:
            return
        try:
            missing = await self.store.renew([self._renewal(session, now) for session in alive.values()])
        except Unavailable:
            self._heard |= heard
            raise
        for renewal in missing:
            await self._missed(alive[renewal.sid])

    async def _missed(self, session: Session) -> None:
        """Its lease is gone: its seat ended while this was under way, or was reaped and no letter came. The
        floor says why.
        """
        clinic, practitioner = session.here.clinic, session.here.practitioner
        scene = self.hub.scenes.get((clinic, practitioner))
        if scene is not None:
            await self._read(clinic, practitioner, scene)

    async def _read(self, clinic: ClinicId, practitioner: PractitionerNo, scene: Scene) -> None:
        """Show the floor as it is stored. One older than what was shown before it was read proves that Redis
        came back with older data.
        """
        shown = scene.floor.version
        floor = await self.store.floor(clinic, practitioner)
        if floor.version < shown:
            await self.hub.restore(scene, floor)
        else:
            await self.hub.show(scene.clinic, floor)

    def _is_alive(self, session: Session, now: Instant) -> bool:
        socket = session.socket
        is_ours = self.hub.sessions.get(session.here.sid) is session
        return is_ours and socket is not None and session.over is None and now - socket.seen < SILENT

    def _renewal(self, session: Session, now: Instant) -> Renewal:
        here, seen = session.here, session.socket.seen if session.socket else now
        return Renewal(here.clinic, here.practitioner, here.sid, now + self.lease, seen)


def _somebody_waits(scene: Scene) -> bool:
    return any(session.state == "waiting" for session in scene.sessions.values())
