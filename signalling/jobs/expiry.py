"""Ending what nobody renews: sessions of a process that died, and seats whose grace is over (F2, D6)."""

import logging
from collections.abc import Callable

from rooms.errors import Unavailable
from rooms.ids import SessionId
from rooms.ports import Store
from rooms.service.live.expiry import Expiry
from rooms.times import SECOND, Instant
from signalling.jobs.health import Health

log = logging.getLogger(__name__)

EXPIRY_EVERY = 1.0
"""Seconds."""

OWNERS_FIRST = 5 * SECOND
"""After an outage the owners of live sessions renew first: nobody expires a lease before it has itself
written without error for a lease and this much more (CONTRACT: 20 s)."""


class LeaseExpiry:
    """Looks at every clinic with a lease that is past. `keeps`: whether a session's client is on this
    process and answers; then it was only renewed late.
    """

    def __init__(
        self,
        store: Store,
        expiry: Expiry,
        health: Health,
        lease: int,
        clock: Callable[[], Instant],
        keeps: Callable[[SessionId], bool],
    ) -> None:
        self.store, self.expiry, self.health, self.lease, self.clock = store, expiry, health, lease, clock
        self.keeps = keeps

    async def run(self) -> None:
        """Once over every clinic with a lease that is past."""
        if self.health.healthy_for() < self.lease + OWNERS_FIRST:
            return
        for clinic in await self.store.clinics_lapsed(self.clock()):
            try:
                await self.expiry.lapse(clinic, self.clock(), self.health.serving_since(), self.keeps)
                await self.store.refresh_hints(clinic)
            except Unavailable:
                raise
            except Exception:
                log.exception("the leases of a clinic could not be expired; those of the others are")
