"""What is due by time alone: leases are renewed, floors read anew, waiting rooms shown again, ended sockets
closed.

A job each: `sweep_sockets` asks nobody, `renew_leases` is one write, `refresh_floors` reads many floors
beside each other. None of them sends a ping (`ws.heartbeat`), so none can make one late.
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
from signalling.ws.session import Session
from signalling.ws.session_registry import SessionRegistry, ShownFloor

ENDED_KEPT = 30 * SECOND
"""A socket whose visit has ended may say what it likes this long before it is closed."""

SHOWN_AGAIN = 5.0
"""Seconds after which a waiting room is shown anew: a long wait brings the phone number (D5), a late notice
ends.
"""

REREAD_EVERY = 15.0
"""Seconds after which a floor is read anew, whatever messages came: one that was lost costs no more than
this.
"""

FLOORS_AT_ONCE = 32
"""Floors that are read beside each other: they share pipelines, and a command does not wait behind them."""

RENEWED_AT_ONCE = 1000
"""Sessions renewed by one call of the store: some 3 ms in which nothing else is done here."""

STATES = ("lobby", "waiting", "in_room")


class Upkeep:
    """`lease`: milliseconds a session lives without renewal."""

    def __init__(
        self,
        registry: SessionRegistry,
        store: Store,
        metrics: Metrics,
        lease: int,
        clock: Callable[[], Instant],
        heartbeat: Heartbeat,
        restore: Callable[[ShownFloor], Awaitable[None]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.registry, self.store, self.metrics = registry, store, metrics
        self.lease, self.clock = lease, clock
        self.heartbeat, self._restore, self._monotonic = heartbeat, restore, monotonic
        self._numbers = count()

    async def send_pings(self) -> None:
        """Pings that are due; between the goes of many everybody else has a turn."""
        # Not to wait for something: to give way.
        while self.heartbeat.ping_due():  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def sweep_sockets(self) -> None:
        """Give up who does not read, close what has ended, count. Asks nobody."""
        now, moment = self.clock(), round(self._monotonic() * SECOND)
        present = [session for session in self.registry.sessions.values() if session.socket is not None]
        for session in present:
            if session.socket is not None and session.socket.send_queue.stalled(moment):
                session.socket.send_queue.give_up()
        self._count(present)
        self._close_ended(now)

    def _count(self, present: list[Session]) -> None:
        counted = Counter(session.state for session in present)
        for state in STATES:
            self.metrics.sessions.labels(state=state).set(counted[state])
        self.metrics.relayed.inc(self.registry.relayed)
        self.registry.relayed = 0

    def _close_ended(self, now: Instant) -> None:
        for session, since in list(self.registry.ended.items()):
            if session.socket is None or now - since > ENDED_KEPT:
                del self.registry.ended[session]
                if session.socket is not None:
                    session.socket.close(NORMAL)

    async def refresh_floors(self) -> None:
        """Read and show what is due, `FLOORS_AT_ONCE` beside each other. Raises `Unavailable` when all were
        tried.
        """
        due = [(key, shown) for key, shown in self.registry.floors.items() if self._is_due(shown)]
        left = iter(due)

        async def work() -> None:
            for (clinic, practitioner), shown in left:
                await self._freshen(clinic, practitioner, shown)

        workers = (work() for _ in range(min(len(due), FLOORS_AT_ONCE)))
        done = await asyncio.gather(*workers, return_exceptions=True)
        for error in done:
            if error is not None:
                raise error

    def _is_due(self, shown: ShownFloor) -> bool:
        now = self._monotonic()
        if not shown.read_at:
            # New: as it was committed. Spread, for many come at once after a restart.
            shown.read_at = shown.shown_at = now - SHOWN_AGAIN * (next(self._numbers) * GOLDEN % 1)
        return shown.unshown or now - shown.read_at >= REREAD_EVERY or self._is_to_show(shown, now)

    def _is_to_show(self, shown: ShownFloor, now: float) -> bool:
        return now - shown.shown_at >= SHOWN_AGAIN and _somebody_waits(shown)

    async def _freshen(self, clinic: ClinicId, practitioner: PractitionerNo, shown: ShownFloor) -> None:
        now = self._monotonic()
        if now - shown.read_at >= REREAD_EVERY:
            shown.read_at = now
            await self._read(clinic, practitioner, shown)
        if shown.unshown or self._is_to_show(shown, now):
            shown.shown_at = now
            await self.registry.refresh(shown)

    async def renew_leases(self) -> None:
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
            # Its seat ended while this was under way, or was reaped and no message came: the floor says why.
            shown = self.registry.floors.get((renewal.clinic, renewal.practitioner))
            if shown is not None:
                shown.read_at = self._monotonic() - REREAD_EVERY

    def _renewal(self, session: Session, now: Instant) -> Renewal:
        here, seen = session.here, session.socket.seen if session.socket else now
        return Renewal(here.clinic, here.practitioner, here.sid, now + self.lease, seen)

    async def _read(self, clinic: ClinicId, practitioner: PractitionerNo, shown: ShownFloor) -> None:
        """Show the floor as it is stored. One older than what was shown before it was read proves that Redis
        came back with older data: whoever is here is announced to it.
        """
        version = shown.floor.version
        floor = await self.store.floor(clinic, practitioner)
        if floor.version < version:
            await self._restore(shown)
        else:
            await self.registry.show(shown.clinic, floor)


def _somebody_waits(shown: ShownFloor) -> bool:
    return any(session.state == "waiting" for session in shown.sessions.values())
