"""What is due by time alone: leases are renewed, floors read anew, waiting rooms shown again, ended sockets
closed.

A job each: `tick` asks nobody, `renew` is one write, `floors` reads many floors beside each other. None of
them sends a ping (`ws.heartbeat`), so none can make one late.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

from rooms.errors import Unavailable
from rooms.ids import ClinicId, PractitionerNo
from rooms.ports import Renewal, Store
from rooms.times import SECOND, Instant
from signalling.metrics import Metrics
from signalling.protocol.codes import NORMAL
from signalling.ws.heartbeat import GOLDEN, Heartbeat
from signalling.ws.hub import Hub, Scene
from signalling.ws.session import Session

ENDED_KEPT = 30 * SECOND
"""A socket whose visit has ended may say what it likes this long before it is closed."""

SHOWN_AGAIN = 5.0
"""Seconds after which a waiting room is shown anew: a long wait brings the phone number (D5), a late notice
ends.
"""

REREAD_EVERY = 15.0
"""Seconds after which a floor is read anew, whatever letters came: one that was lost costs no more than this.
"""

FLOORS_AT_ONCE = 32
"""Floors that are read beside each other: they share pipelines, and a command does not wait behind them."""

RENEWED_AT_ONCE = 1000
"""Sessions renewed by one call of the store: some 3 ms in which nothing else is done here."""

STATES = ("lobby", "waiting", "in_room")


class Pulse:
    """`lease`: milliseconds a session lives without renewal."""

    def __init__(
        self,
        hub: Hub,
        store: Store,
        metrics: Metrics,
        lease: int,
        clock: Callable[[], Instant],
        heartbeat: Heartbeat,
        announce: Callable[[Scene], Awaitable[None]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hub, self.store, self.metrics, self.lease, self.clock = hub, store, metrics, lease, clock
        self.heartbeat, self._announce, self._monotonic = heartbeat, announce, monotonic
        self._numbers = count()

    async def beat(self) -> None:
        """Pings that are due; between the goes of many everybody else has a turn."""
        # Not to wait for something: to give way.
        while self.heartbeat.beat():  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def tick(self) -> None:
        """Give up who does not read, close what has ended, count. Asks nobody."""
        now, moment = self.clock(), round(self._monotonic() * SECOND)
        present = [session for session in self.hub.sessions.values() if session.socket is not None]
        for session in present:
            if session.socket is not None and session.socket.outbox.stalled(moment):
                session.socket.outbox.give_up()
        self._count(present)
        self._close_ended(now)

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

    async def floors(self) -> None:
        """Read and show what is due, `FLOORS_AT_ONCE` beside each other. Raises `Unavailable` when all were
        tried.
        """
        due = iter([(key, scene) for key, scene in self.hub.scenes.items() if self._is_due(scene)])

        async def work() -> None:
            for (clinic, practitioner), scene in due:
                await self._freshen(clinic, practitioner, scene)

        done = await asyncio.gather(*(work() for _ in range(FLOORS_AT_ONCE)), return_exceptions=True)
        for error in done:
            if error is not None:
                raise error

    def _is_due(self, scene: Scene) -> bool:
        now = self._monotonic()
        if not scene.read_at:
            # New: as it was committed. Spread, for many come at once after a restart.
            scene.read_at = scene.shown_at = now - SHOWN_AGAIN * (next(self._numbers) * GOLDEN % 1)
        return scene.unshown or now - scene.read_at >= REREAD_EVERY or self._is_to_show(scene, now)

    def _is_to_show(self, scene: Scene, now: float) -> bool:
        return now - scene.shown_at >= SHOWN_AGAIN and _somebody_waits(scene)

    async def _freshen(self, clinic: ClinicId, practitioner: PractitionerNo, scene: Scene) -> None:
        now = self._monotonic()
        if now - scene.read_at >= REREAD_EVERY:
            scene.read_at = now
            await self._read(clinic, practitioner, scene)
        if scene.unshown or self._is_to_show(scene, now):
            scene.shown_at = now
            await self.hub.refresh(scene)

    async def renew(self) -> None:
        """Write down what was heard since. Often, because a crash ends an interval at what is written (F2).

        Raises `Unavailable`; what was not renewed is next time.
        """
        sessions = self.heartbeat.to_renew()
        for start in range(0, len(sessions), RENEWED_AT_ONCE):
            try:
                await self._renew(sessions[start : start + RENEWED_AT_ONCE])
            except Unavailable:
                self.heartbeat.renew_again(sessions[start:])
                raise

    async def _renew(self, sessions: Sequence[Session]) -> None:
        now, alive = self.clock(), {session.here.sid: session for session in sessions}
        missing = await self.store.renew([self._renewal(session, now) for session in alive.values()])
        for renewal in missing:
            # Its seat ended while this was under way, or was reaped and no letter came: the floor says why.
            scene = self.hub.scenes.get((renewal.clinic, renewal.practitioner))
            if scene is not None:
                scene.read_at = self._monotonic() - REREAD_EVERY

    def _renewal(self, session: Session, now: Instant) -> Renewal:
        here, seen = session.here, session.socket.seen if session.socket else now
        return Renewal(here.clinic, here.practitioner, here.sid, now + self.lease, seen)

    async def _read(self, clinic: ClinicId, practitioner: PractitionerNo, scene: Scene) -> None:
        """Show the floor as it is stored. One older than what was shown before it was read proves that Redis
        came back with older data: whoever is here is announced to it.
        """
        shown = scene.floor.version
        floor = await self.store.floor(clinic, practitioner)
        if floor.version < shown:
            await self._announce(scene)
        else:
            await self.hub.show(scene.clinic, floor)


def _somebody_waits(scene: Scene) -> bool:
    return any(session.state == "waiting" for session in scene.sessions.values())
