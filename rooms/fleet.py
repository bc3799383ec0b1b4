"""What all processes and clinics of one store have in common: its time, who could serve when, and whether it
keeps what it acknowledges.
"""

from typing import Literal, Protocol

import msgspec

from rooms.times import DAY, Instant

LOSS_KEPT = 7 * DAY
"""Milliseconds for which links of which nothing is known are not said to be none of ours: whoever restores a
copy does so within days, and then they work again."""

Unsafe = Literal["redis_evicts", "redis_forgets", "unknown"]
"""Why a store does not keep what it acknowledges: keys are taken away when its memory is full, nothing is
written to disk as it is acknowledged (`appendonly no`); or it does not say.
"""


class Outage(msgspec.Struct, frozen=True):
    """No process could serve a join in `[start, end)` (F3 b)."""

    start: Instant
    end: Instant


class Loss(msgspec.Struct, frozen=True):
    """The store came back without something it had acknowledged to this process."""

    since: Instant
    """The newest instant its data is of; 0: it does not say."""
    emptied: bool
    """There were clinics, and there is none."""


class Fleet(Protocol):
    """A part of `rooms.ports.Store`."""

    async def time(self) -> Instant:
        """What time it is by the store: the one clock that all processes have in common."""

    async def unsafe(self) -> Unsafe | None:
        """Why this store is none to keep visits in; None: nothing is wrong with it."""

    async def lost(self) -> Loss | None:
        """Whether anything is gone that was acknowledged to this process since this was last asked."""

    @property
    def is_sure(self) -> bool:
        """Whether `lost` was asked since the store was last reached anew; before that, nothing is to be
        decided by what it says.
        """

    async def has_no_clinic(self) -> bool: ...
    async def note_loss(self, start: Instant, now: Instant) -> None:
        """Write down that nothing proves what happened between: an outage that every window which holds an
        instant of it has to do with, and for `LOSS_KEPT` that there was a loss at all.
        """

    async def has_lost(self) -> bool:
        """Whether data was lost lately: what is not there may have been there."""

    async def beat(self, now: Instant) -> None:
        """This process can serve joins at `now`. A silence of `policy.OUTAGE` or more before it, by any
        process, is written down.
        """

    async def outages(self, start: Instant, end: Instant) -> list[Outage]: ...
