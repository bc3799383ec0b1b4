"""After Redis lost the last of what it had acknowledged: whoever is connected here is announced anew, so that
nobody who is in a room is sent back to waiting (RELIABILITY 4).
"""

import logging
from collections.abc import Callable

from rooms.errors import Unavailable
from rooms.service.visits import Visits
from rooms.times import Instant
from signalling.ws.hub import Hub, Scene

log = logging.getLogger(__name__)


class Announcing:
    """For all floors when the loss is found, for one where it shows there first."""

    def __init__(self, hub: Hub, visits: Visits, clock: Callable[[], Instant]) -> None:
        self.hub, self.visits, self.clock = hub, visits, clock

    async def announce_all(self) -> None:
        """Every floor that anybody here is on. Raises `Unavailable`."""
        for scene in list(self.hub.scenes.values()):
            try:
                await self.announce(scene)
            except Unavailable:
                raise
            except Exception:
                log.exception("a floor could not be announced anew; the others are")

    async def announce(self, scene: Scene) -> None:
        """The sessions here, on the floor as last shown; then show what is so. Raises `Unavailable`."""
        known = scene.floor
        # Whoever comes while this is under way is here, too.
        floor = await self.visits.announce(scene.clinic, known, scene.sessions.keys(), self.clock())
        await self.hub.restored(scene, known, floor)
