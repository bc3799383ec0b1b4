"""Whether this Redis keeps what it acknowledges."""

import re
from typing import Final

from redis.exceptions import ResponseError

from rooms.errors import Unavailable
from rooms.fleet import Unsafe
from rooms.store.live import Live

_FIELD: Final = re.compile(r"^(?P<name>maxmemory_policy|aof_enabled):(?P<value>[^\r\n]*)", re.MULTILINE)
"""Of INFO, which says it everywhere; managed services often refuse CONFIG."""


class Safety(Live):
    """What Redis says of itself."""

    async def unsafe(self) -> Unsafe | None:
        """See `rooms.ports.Store.unsafe`."""
        try:
            told = [await self._lane.call("INFO", part) for part in ("memory", "persistence")]
        except ResponseError:
            return "unknown"
        except Unavailable:
            await self.time()  # or is it INFO alone that this user may not?
            return "unknown"
        found = dict(_FIELD.findall("\n".join(bytes(each).decode(errors="replace") for each in told)))
        if found.get("maxmemory_policy", "noeviction") != "noeviction":
            # Also without `maxmemory`: the day somebody sets it, the diary would be the first to go.
            return "redis_evicts"
        if found.get("aof_enabled", "1") != "1":
            return "redis_forgets"
        return None if len(found) == 2 else "unknown"
