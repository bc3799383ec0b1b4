"""Whether this process can serve a join: it has just written to the store, and is not stopping (RELIABILITY
1: a real write).
"""

from collections.abc import Callable

from rooms.errors import Unavailable
from rooms.ports import Store
from rooms.times import SECOND, Instant
from signalling.metrics import Metrics

BEAT_EVERY = 1.0
"""Seconds. An outage is measured to this (F3 b)."""

STALE = 5 * SECOND
"""A write this long ago proves nothing any more: one try may take 2 s."""


class Health:
    """Beats while this process can serve."""

    def __init__(self, store: Store, metrics: Metrics, clock: Callable[[], Instant]) -> None:
        self.store, self.metrics, self.clock = store, metrics, clock
        self.stopping = False
        self._since: Instant | None = None
        self._last: Instant | None = None

    async def beat(self) -> None:
        """Write that a join could be served now; not while stopping. Raises `Unavailable`."""
        if self.stopping:
            return
        try:
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

    def why_not_ready(self) -> str | None:
        """None, or the reason."""
        if self.stopping:
            return "draining"
        if self._last is None or self._since is None or self.clock() - self._last > STALE:
            return "backend_unavailable"
        return None
