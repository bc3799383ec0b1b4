"""How often somebody may do something: bounded in memory, and told the time rather than reading a clock.

All count per process: behind N processes an address or key may spend up to N times its limit, which keeps
the limit's purpose (one caller cannot starve the others) without a Redis call on every request.
"""

from collections import Counter, OrderedDict
from collections.abc import Hashable

MINUTE_SECONDS = 60.0
"""Seconds. The window every per-minute limit is counted over."""

CALLERS_REMEMBERED = 20_000
"""Callers remembered by one limiter: more than the sockets one process can hold. At ~200 bytes each that is 4
MB at most.
"""


class PerMinute:
    """At most `limit` events of one caller in any 60 seconds, by a sliding window of two counts.

    The first `limit` events of a caller always pass and the next never does, as documented,
    which a token bucket, refilling meanwhile, would not give. When more than `callers` are remembered,
    whoever was silent longest is forgotten.
    """

    def __init__(self, limit: int, callers: int = CALLERS_REMEMBERED) -> None:
        self.limit, self._callers = limit, callers
        self._windows: OrderedDict[str, tuple[float, int, int]] = OrderedDict()

    def take(self, caller: str, now: float, events: int = 1) -> float:
        """Count one event at `now` (monotonic seconds), or one that costs as much as several: 0 if it is
        allowed, else the seconds after which to ask again.
        """
        wait = self.wait(caller, now)
        if not wait:
            start, before, count = self._window(caller, now)
            self._remember(caller, (start, before, count + events))
        return wait

    def wait(self, caller: str, now: float) -> float:
        """As `take`, without counting: for limits on what only turns out later, such as a refused token."""
        start, before, count = self._window(caller, now)
        age = now - start
        if count >= self.limit:
            return MINUTE_SECONDS - age
        if before * (1 - age / MINUTE_SECONDS) + count < self.limit:
            return 0.0
        return MINUTE_SECONDS * (1 - (self.limit - count) / before) - age + 0.001

    def _window(self, caller: str, now: float) -> tuple[float, int, int]:
        """When this caller's window began, how many came in the one before it, and how many in it."""
        start, before, count = self._windows.get(caller, (now, 0, 0))
        if now - start < MINUTE_SECONDS:
            return start, before, count
        if now - start < 2 * MINUTE_SECONDS:
            return start + MINUTE_SECONDS, count, 0
        return now, 0, 0

    def _remember(self, caller: str, window: tuple[float, int, int]) -> None:
        self._windows[caller] = window
        self._windows.move_to_end(caller)
        if len(self._windows) > self._callers:
            self._windows.popitem(last=False)


class Bucket:
    """One socket's allowance: `burst` messages at once, `rate` a second in the long run (CONTRACT: 50, burst
    200).
    """

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._left, self._at = rate, burst, burst, now

    def take(self, now: float, messages: int = 1) -> bool:
        """Spend one message at `now` (monotonic seconds), or several: whether they were there to spend."""
        self._left, self._at = self._left_at(now), now
        if self._left < messages:
            return False
        self._left -= messages
        return True

    def give_back(self) -> None:
        """One that was spent for nothing."""
        self._left = min(self._burst, self._left + 1)

    def wait(self, now: float) -> float:
        """Seconds until there is one to spend; 0: there is."""
        return max(0.0, (1 - self._left_at(now)) / self._rate)

    def _left_at(self, now: float) -> float:
        return min(self._burst, self._left + (now - self._at) * self._rate)


class AtOnce:
    """At most `most` things at one time, None: as many as there are, and `of_one` of one owner."""

    def __init__(self, most: int | None, *, of_one: int) -> None:
        self._most, self._of_one = most, of_one
        self._count: Counter[Hashable] = Counter()
        self._all = 0

    def room_of_one(self, owner: Hashable) -> int:
        """How many more this owner may have, whatever the others have."""
        return self._of_one - self._count[owner]

    def room(self, owner: Hashable) -> int:
        """How many more this owner may have now."""
        of_one = self.room_of_one(owner)
        return of_one if self._most is None else min(self._most - self._all, of_one)

    def take(self, owner: Hashable) -> None:
        """One more."""
        self._all += 1
        self._count[owner] += 1

    def free(self, owner: Hashable) -> None:
        """One less."""
        self._all -= 1
        self._count[owner] -= 1
        if self._count[owner] <= 0:
            del self._count[owner]


class Buckets:
    """A bucket for each caller, made when it is first asked for. When there are more than `callers`, the one
    asked for longest ago is forgotten.
    """

    def __init__(self, every: float, burst: float, callers: int = CALLERS_REMEMBERED) -> None:
        self._rate, self._burst, self._callers = 1 / every, burst, callers
        self._buckets: OrderedDict[object, Bucket] = OrderedDict()

    def take(self, caller: object, now: float) -> float:
        """Spend one at `now` (monotonic seconds): 0, or the seconds after which there is one again."""
        bucket = self._of(caller, now)
        return 0.0 if bucket.take(now) else bucket.wait(now)

    def wait(self, caller: object, now: float) -> float:
        """As `take`, without spending."""
        return self._of(caller, now).wait(now)

    def give_back(self, caller: object) -> None:
        """One that was spent for nothing."""
        if caller in self._buckets:
            self._buckets[caller].give_back()

    def _of(self, caller: object, now: float) -> Bucket:
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = Bucket(self._rate, self._burst, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > self._callers:
            self._buckets.popitem(last=False)
        return bucket
