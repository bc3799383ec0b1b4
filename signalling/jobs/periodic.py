"""A job that runs again and again, whatever goes wrong once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from rooms.errors import Unavailable

log = logging.getLogger(__name__)


async def run_periodically(seconds: float, name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Run `work` every so many seconds until cancelled. An outage is logged when it begins and when it ends,
    not every second.
    """
    out = False
    while True:
        try:
            await work()
            if out:
                log.info("job %s: records can be reached again", name)
            out = False
        except Unavailable:
            if not out:
                log.warning("job %s: records cannot be reached", name)
            out = True
        except Exception:
            log.exception("job %s failed; it runs again", name)
        await asyncio.sleep(seconds)
