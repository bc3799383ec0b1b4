"""Whether this process can serve a join: it has just written to the store, knows the store's time, and is not
stopping (RELIABILITY 1: a real write).
"""

from rooms.errors import Unavailable
from rooms.ports import Store
from rooms.times import SECOND, Instant
from signalling.clock import StoreClock
from signalling.metrics import Metrics

BEAT_EVERY = 1.0
"""Seconds. An outage is measured to this (F3 b)."""

STALE = 5 * SECOND
"""A write this long ago proves nothing any more: one try may take 2 s."""


class Health:
    """Beats while this process can serve."""

    def __init__(self, store: Store, metrics: Metrics, clock: StoreClock) -> None:
        self.store, self.metrics, self.clock = store, metrics, clock
        self.stopping = False
        self._since: Instant | None = None
        self._last: Instant | None = None
        clock.followers.append(self._begin_anew)

    def _begin_anew(self, step: int) -> None:
        """The time was set: nobody is reaped before the owners of live sessions had time to renew by it."""
        self._since = None

    async def beat(self) -> None:
        """Write that a join could be served now; not while stopping. Raises `Unavailable`."""
        if self.stopping:
            return
        try:
            # First the time, so that what is written is by the newest measurement.
            await self.clock.measure(self.store.time)
            self.metrics.clock_offset.set(self.clock.tell() / SECOND)
            await self.store.beat(self.clock())
        except Unavailable:
            self._since = None
            self.metrics.redis_errors.labels(kind="job").inc()
            raise
        now = self.clock()
        if self._since is None or self._last is None or not 0 <= now - self._last <= STALE:
            # The first, or the process stood still, or its clock was set: it begins anew.
            self._since = now
        self._last = now

    def healthy_for(self) -> int:
        """Milliseconds since when every write has succeeded."""
        return 0 if self._since is None else self.clock() - self._since

    def serving_since(self) -> Instant:
        """From when on people could come here without a break; now, where that has yet to begin."""
        return self.clock() if self._since is None else self._since

    @property
    def beats(self) -> bool:
        """Whether this process writes: its jobs may decide and send. So they do too where the machine's clock
        is far off, because the time they decide by is right.
        """
        return not self.stopping and self._since is not None and self.clock() - (self._last or 0) <= STALE

    def why_not_ready(self) -> str | None:
        """None, or the reason why nobody is to be sent here."""
        if self.stopping:
            return "draining"
        if not self.beats:
            return "backend_unavailable"
        return "clock_offset" if self.clock.is_far else None
