"""One clock for every process: the store's.

Two processes whose machines disagree by 20 s would end each other's leases, and each would find silences in
the evidence that never were. So every process measures how far its own time is from the store's `TIME` and
stamps whatever it writes by the store's. Between measurements it counts on with the machine's monotonic
clock: the wall clock may be set forwards or back under a running process, and nothing here notices.

What follows if the store's own clock is set, or a replica with another one takes over: everybody follows, at
their next beat. Leases are not ended by it: nobody expires them for a lease and more after such a step, and
whoever is connected renews by the new time first (`jobs.health`, `jobs.expiry`). Sockets stay as long silent
as they were (`SessionRegistry.clock_stepped`). Forward, the span that was skipped stands as an outage in the
evidence, because nobody could come in it: no absence is made of it. Holds, windows and reminders end and
begin at the instants that were promised, by the new time. Back, the beat and leases from what is now the
future are taken back (`beat.lua`, `renew.lua`)."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from rooms.times import SECOND, Instant

log = logging.getLogger(__name__)

STEP_FROM = SECOND
"""From this much on the clock is set at once. Below, it is slewed, so that it never runs backwards because a
measurement was off or the machine's quartz is."""

SLEW_MS_A_MS = 20
"""Milliseconds of time in which the clock is moved by one: 5 %, so a second in 20."""

DRIFT_MS_A_MS = 5_000
"""Milliseconds in which a measurement may become one less exact: quartz of 200 ppm, the worst that is sold.
"""

START_SAMPLES = 5
"""Measurements before the first request is served: the quickest answer is the most exact."""

WARN_FROM = 2 * SECOND
"""RELIABILITY 4: a machine whose own clock is further off is told of."""

REFUSE_FROM = 30 * SECOND
"""RELIABILITY 4: and from here on it is not sent people. Its clock is corrected, but a machine so far off has
more wrong with it: its logs cannot be laid beside the others', and its certificates are judged by that time.
"""


def wall() -> Instant:
    """Milliseconds since 1970 UTC by this machine."""
    return time.time_ns() // 1_000_000


def monotonic() -> int:
    """Milliseconds since some instant; never set."""
    return time.monotonic_ns() // 1_000_000


class ClockSample(NamedTuple):
    """The store's time minus the monotonic clock's: `offset`, at most `error` off when it was taken."""

    offset: int
    error: int
    taken: int

    def error_at(self, moment: int) -> int:
        """What it may be off by then (monotonic)."""
        return self.error + (moment - self.taken) // DRIFT_MS_A_MS


class StoreClock:
    """Call it for the time. `wall` and `monotonic` answer milliseconds. Until the first measurement it goes
    by the wall clock, and the process is not ready.
    """

    def __init__(self, wall: Callable[[], Instant] = wall, monotonic: Callable[[], int] = monotonic) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._since = monotonic()
        self._offset = self._aim = wall() - self._since
        self._best: ClockSample | None = None
        self._told = 0
        self.followers: list[Callable[[int], None]] = []
        """Told by how many milliseconds the time was set, at once, whenever it is."""

    def __call__(self) -> Instant:
        """The store's time."""
        moment = self._monotonic()
        return moment + (self._offset if self._offset == self._aim else self._slewed(moment))

    def _slewed(self, moment: int) -> int:
        most = (moment - self._since) // SLEW_MS_A_MS
        return self._offset + max(-most, min(most, self._aim - self._offset))

    async def start(self, ask: Callable[[], Awaitable[Instant]]) -> None:
        """Measure some times. Raises what `ask` does."""
        for _ in range(START_SAMPLES):
            await self.measure(ask)

    async def measure(self, ask: Callable[[], Awaitable[Instant]]) -> None:
        """Ask the store once. The answer was made somewhere between question and reply, so it is off by half
        of that at most: an answer that is slow, on a busy machine, is no reason to leave a better one.
        """
        before = self._monotonic()
        theirs = await ask()
        after = self._monotonic()
        self._consider(ClockSample(theirs - (before + after) // 2, (after - before + 1) // 2 + 1, after))

    def _consider(self, new: ClockSample) -> None:
        best = self._best
        if best is not None:
            doubt = best.error_at(new.taken)
            if doubt <= new.error and abs(new.offset - best.offset) <= doubt + new.error:
                return
        self._best = new
        self._set(new)

    def _set(self, sample: ClockSample) -> None:
        moment = sample.taken
        at, self._aim, self._since = self._slewed(moment), sample.offset, moment
        step = self._aim - at
        if abs(step) < STEP_FROM:
            self._offset = at
            return
        self._offset = self._aim
        for follower in self.followers:
            follower(step)

    @property
    def ahead(self) -> int:
        """Milliseconds by which the machine's wall clock is ahead of the store's; less than 0: behind."""
        return 0 if self._best is None else self._wall() - self()

    @property
    def is_far(self) -> bool:
        """Whether the machine's clock is so far off that this process should not serve."""
        return abs(self.ahead) > REFUSE_FROM

    def tell(self) -> int:
        """Log that the machine's clock is off, or right again, once for each change; answers `ahead`."""
        ahead = self.ahead
        if abs(ahead) > WARN_FROM:
            if abs(ahead - self._told) > WARN_FROM:
                side = "ahead of" if ahead > 0 else "behind"
                log.warning(
                    "this machine's clock is %.1f s %s Redis's, which is kept to", abs(ahead) / SECOND, side
                )
                self._told = ahead
        elif self._told:
            self._told = 0
            log.info("this machine's clock agrees with Redis's again")
        return ahead
