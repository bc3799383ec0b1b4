"""Whether this process can serve a join: it has just written to the store, knows the store's time, and is not
stopping (RELIABILITY 1: a real write).
"""

import logging
from collections.abc import Awaitable, Callable

from rooms.errors import Unavailable
from rooms.fleet import Loss, Unsafe
from rooms.ports import Store
from rooms.times import SECOND, Instant, show
from signalling.clock import StoreClock
from signalling.metrics import Metrics

log = logging.getLogger(__name__)

BEAT_EVERY = 1.0
"""Seconds. An outage is measured to this (F3 b)."""

BEAT_STALE_AFTER = 5 * SECOND
"""A write this long ago proves nothing any more: one attempt may take 2 s."""

REDIS_CHECKED_EVERY = 10
"""Beats between looks at whether Redis still keeps what it acknowledges: somebody may set it otherwise."""

UNSAFE_REDIS: dict[Unsafe, str] = {
    "redis_evicts": "Redis throws keys away when its memory is full; set maxmemory-policy noeviction.",
    "redis_forgets": "Redis does not write down what it acknowledges; set appendonly yes.",
    "unknown": "Redis does not say whether it keeps what it acknowledges; it must have appendonly yes and "
    "maxmemory-policy noeviction.",
}
"""As one sentence to whoever starts or runs this."""


async def _nobody() -> None:
    """Is connected here."""


class Health:
    """Beats while this process can serve."""

    def __init__(self, store: Store, metrics: Metrics, clock: StoreClock) -> None:
        self.store, self.metrics, self.clock = store, metrics, clock
        self.stopping = False
        self._since: Instant | None = None
        self._last: Instant | None = None
        self._unsafe: Unsafe | None = None
        self._loss: Loss | None = None
        self._is_empty = False
        self.on_loss: Callable[[], Awaitable[None]] = _nobody
        """Announces anew whoever is connected here; may raise `Unavailable`, and is then asked again."""
        self._beats = 0
        clock.followers.append(self._begin_anew)

    def _begin_anew(self, step: int) -> None:
        """The time was set: no lease expires before the owners of live sessions had time to renew by it."""
        self._since = None

    async def beat(self) -> None:
        """Write that a join could be served now; not while stopping. Raises `Unavailable`."""
        if self.stopping:
            return
        try:
            # First the time, so that what is written is by the newest measurement.
            await self.clock.measure(self.store.time)
            self.metrics.clock_offset.set(self.clock.tell() / SECOND)
            await self._look_for_loss()
            await self.store.beat(self.clock())
            if self._beats % REDIS_CHECKED_EVERY == 0:
                self._judge(await self.store.unsafe())
            self._beats += 1
        except Unavailable:
            self._since = None
            self.metrics.redis_errors.labels(kind="job").inc()
            raise
        now = self.clock()
        if self._since is None or self._last is None or not 0 <= now - self._last <= BEAT_STALE_AFTER:
            # The first, or the process stood still, or its clock was set: it begins anew.
            self._since = now
        self._last = now

    async def _look_for_loss(self) -> None:
        """Before the beat, which would hide how old the data is."""
        found = await self.store.lost()
        if found is not None and self._loss is None:
            self._since = None  # no older lease expires before its owner renewed
            self.metrics.losses.inc()
        self._loss = self._loss or found
        if self._loss is not None:
            await self._recover(self._loss)
            self._loss = None
        if self._is_empty:
            self._is_empty = await self.store.has_no_clinic()

    async def _recover(self, loss: Loss) -> None:
        now = self.clock()
        # By its own beats this process knows until when all was there, if the data is of about that time.
        start = min(loss.since or now, self._last or now, now)
        await self.store.note_loss(start, now)
        log.error(
            "Redis has lost what it acknowledged since %s%s; who is connected is announced anew, visits of"
            " that time go to review, what was booked or changed in it is gone",
            show(start),
            ", and has no clinic left" if loss.emptied else "",
        )
        self._is_empty = loss.emptied
        await self.on_loss()

    def _judge(self, unsafe: Unsafe | None) -> None:
        if unsafe != self._unsafe:
            if unsafe is None:
                log.info("Redis keeps what it acknowledges again")
            else:
                log.warning("%s", UNSAFE_REDIS[unsafe])
        self._unsafe = unsafe

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
        is_fresh = self._since is not None and self.clock() - (self._last or 0) <= BEAT_STALE_AFTER
        return is_fresh and not self.stopping and self.store.is_sure

    def not_ready_reason(self) -> str | None:
        """None, or the reason why nobody is to be sent here."""
        if self.stopping:
            return "draining"
        if not self.beats:
            return "backend_unavailable"
        if self._is_empty:
            return "redis_lost_all"
        if self._unsafe in ("redis_evicts", "redis_forgets"):
            return self._unsafe
        return "clock_offset" if self.clock.is_far else None
