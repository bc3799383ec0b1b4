"""What is done after its answer was given, so that how long it takes says nothing to whoever asked (A8)."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from rooms.errors import Unavailable

log = logging.getLogger(__name__)


class BackgroundTasks:
    """Keeps what it was given until it is done, and lets it finish when the process stops."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin; nobody waits for it."""
        task = asyncio.create_task(self._logged(work), name="later")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _logged(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Unavailable:
            log.warning("something was answered for and could not be done: records cannot be reached")
        except Exception:
            log.exception("something was answered for and failed")

    async def finish(self) -> None:
        """Wait for what is under way; each has its own limits of time."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
