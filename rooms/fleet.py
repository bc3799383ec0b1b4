"""What all processes and clinics of one store have in common: its time, who could serve when, and whether it
keeps what it acknowledges.
"""

from typing import Literal, Protocol

import msgspec

from rooms.times import Instant

Unsafe = Literal["redis_evicts", "redis_forgets", "unknown"]
"""Why a store does not keep what it acknowledges: keys are taken away when its memory is full, nothing is
written to disk as it is acknowledged (`appendonly no`); or it does not say.
"""


class Outage(msgspec.Struct, frozen=True):
    """No process could serve a join in `[start, end)` (F3 b)."""

    start: Instant
    end: Instant


class Fleet(Protocol):
    """A part of `rooms.ports.Store`."""

    async def time(self) -> Instant:
        """What time it is by the store: the one clock that all processes have in common."""

    async def unsafe(self) -> Unsafe | None:
        """Why this store is none to keep visits in; None: nothing is wrong with it."""

    async def beat(self, now: Instant) -> None:
        """This process can serve joins at `now`. A silence of `policy.OUTAGE` or more before it, by any
        process, is written down.
        """

    async def outages(self, start: Instant, end: Instant) -> list[Outage]: ...
