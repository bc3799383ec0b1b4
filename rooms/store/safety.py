"""Whether this Redis keeps what it acknowledges, and whether it did.

A Redis that was restored from an older file, a replica that was promoted, a flush: all of them answer as if
nothing had been. So each process counts, in Redis, what it was told was written, and compares: a count that
is behind is proof that something acknowledged is gone.
"""

import re
from typing import Final

from redis.exceptions import ResponseError

from rooms.errors import Unavailable
from rooms.fleet import LOSS_KEPT, Loss, Unsafe
from rooms.ids import new_number
from rooms.policy import OUTAGE
from rooms.store import keys
from rooms.store.encode import Reply
from rooms.store.live import Live, time_of
from rooms.store.pipeline import Command, Pipeline
from rooms.store.scripts import BEAT_SCRIPT
from rooms.times import Instant

_FIELD: Final = re.compile(r"^(?P<name>maxmemory_policy|aof_enabled):(?P<value>[^\r\n]*)", re.MULTILINE)
"""Of INFO, which says it everywhere; managed services often refuse CONFIG."""


class Safety(Live):
    """What Redis says of itself, and what it forgot."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._mark = keys.mark(new_number())
        self._counted = 0
        """What the mark was when this process was last told."""
        self._fell = False
        """It was told less than before."""
        self._had_clinics = False
        self._marked_at: Instant = 0
        """By Redis's own clock, by which a mark expires: a suspended machine's monotonic one stands still."""
        self._sure_of = 0

    @property
    def _counting(self) -> Command:
        """To be sent after what is to be counted."""
        return ("INCR", self._mark)

    def _count(self, reply: Reply) -> None:
        self._fell = self._fell or int(reply) <= self._counted
        self._counted = int(reply)

    @property
    def is_sure(self) -> bool:
        """See `rooms.fleet.Fleet.is_sure`."""
        return self._sure_of == self._pipeline.connections

    async def lost(self) -> Loss | None:
        """See `rooms.fleet.Fleet.lost`."""
        connections = self._pipeline.connections
        mark, beat, clinics, now = await self._pipeline.calls(
            [("GET", self._mark), ("GET", keys.BEAT), ("SCARD", keys.CLINICS), ("TIME",)]
        )
        # One that was stopped for longer than its mark lasts has nothing to compare.
        is_old = bool(self._marked_at) and time_of(now) - self._marked_at > keys.MARK_LIFE // 2
        gone = not is_old and (self._fell or int(mark or 0) < self._counted)
        loss = Loss(since=int(beat or 0), emptied=self._had_clinics and not clinics) if gone else None
        self._counted, self._fell = int(mark or 0), False
        self._had_clinics = self._had_clinics or bool(clinics)
        # If it was reached anew for this, or meanwhile, the next time will do.
        self._sure_of = connections
        return loss

    async def note_loss(self, start: Instant, now: Instant) -> None:
        """See `rooms.fleet.Fleet.note_loss`."""
        start, end = start - OUTAGE, now + OUTAGE
        await self._pipeline.calls(
            [
                ("ZADD", keys.OUTAGES, end, f"{start}:{end}"),
                ("SET", keys.LOST, now, "PX", LOSS_KEPT),
            ]
        )

    async def has_no_clinic(self) -> bool:
        return not await self._pipeline.call("SCARD", keys.CLINICS)

    async def has_lost(self) -> bool:
        """A store without any clinic has lost them: somebody has a link."""
        lost, clinics = await self._pipeline.calls([("EXISTS", keys.LOST), ("SCARD", keys.CLINICS)])
        return bool(lost) or not clinics

    async def beat(self, now: Instant) -> None:
        """See `rooms.fleet.Fleet.beat`."""
        script, echo = self._pipeline.script(BEAT_SCRIPT, [keys.BEAT, keys.OUTAGES], now, OUTAGE)
        last = ("PEXPIRE", self._mark, keys.MARK_LIFE)
        said, count, _, at = await self._pipeline.calls([script, self._counting, last, ("TIME",)])
        self._pipeline.echoed(said, echo)
        self._count(count)
        self._marked_at = time_of(at)

    async def unsafe(self) -> Unsafe | None:
        """See `rooms.ports.Store.unsafe`."""
        try:
            told = [await self._pipeline.call("INFO", part) for part in ("memory", "persistence")]
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
