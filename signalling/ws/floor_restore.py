"""After Redis lost the last of what it had acknowledged: whoever is connected here is announced anew, so that
nobody who is in a room is sent back to waiting (RELIABILITY 4).
"""

import logging
from collections.abc import Callable

from rooms.errors import Unavailable
from rooms.service.live.commands import Visits
from rooms.times import Instant
from signalling.ws.session_registry import SessionRegistry, ShownFloor

log = logging.getLogger(__name__)


class FloorRestore:
    """For all floors when the loss is found, for one where it shows there first."""

    def __init__(self, registry: SessionRegistry, visits: Visits, clock: Callable[[], Instant]) -> None:
        self.registry, self.visits, self.clock = registry, visits, clock

    async def restore_all(self) -> None:
        """Every floor that anybody here is on. Raises `Unavailable`."""
        for shown in list(self.registry.floors.values()):
            try:
                await self.restore(shown)
            except Unavailable:
                raise
            except Exception:
                log.exception("a floor could not be announced anew; the others are")

    async def restore(self, shown: ShownFloor) -> None:
        """The sessions here, on the floor as last shown; then show what is so. Raises `Unavailable`."""
        known = shown.floor
        # Whoever comes while this is under way is here, too.
        floor = await self.visits.restore_floor(shown.clinic, known, shown.sessions.keys(), self.clock())
        await self.registry.show_restored(shown, known, floor)
