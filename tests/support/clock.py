"""A process's clock that the test sets, whatever time the store has."""

from collections.abc import Callable

from rooms.times import Instant
from signalling.clock import StoreClock


class GivenClock(StoreClock):
    """Says what it is told to."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        super().__init__()
        self._now = now

    def __call__(self) -> Instant:
        return self._now()

    async def measure(self, ask: object) -> None:
        """The test knows."""
