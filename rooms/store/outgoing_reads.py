"""Reading what is to leave this server, and what has. Each method is one of
`rooms.outgoing.OutgoingStore`.
"""

from collections.abc import Sequence

from rooms.credentials import Challenge, Database, Device
from rooms.events import (
    AuditLine,
    BackfillRun,
    Delivery,
    Event,
    Hook,
    HookNo,
    Message,
    Numbered,
    SendAttempts,
    Undelivered,
)
from rooms.ids import AppointmentNo, ClinicId
from rooms.outgoing import Task, TaskQueue, queue_of
from rooms.store import keys
from rooms.store.encode import instant, lines, scored, text, undelivered_field, unline, unpack, unpack_all
from rooms.store.pipeline import Pipeline
from rooms.store.scripts import TAKE_SCRIPT
from rooms.times import Instant


class OutgoingReads:
    """Outbox, delivery queues, tasks, and what beside them is neither a visit nor a booking."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def tasks(self, queue: TaskQueue, now: Instant, limit: int = 100) -> list[Task]:
        key = keys.tasks(*queue)
        reply = await self._pipeline.call("ZRANGEBYSCORE", key, "-inf", now, "WITHSCORES", "LIMIT", 0, limit)
        return [Task(name, at) for name, at in scored(reply)]

    async def queued(self, queue: TaskQueue, limit: int) -> list[Task]:
        reply = await self._pipeline.call("ZRANGE", keys.tasks(*queue), 0, limit - 1, "WITHSCORES")
        return [Task(name, at) for name, at in scored(reply)]

    async def task(self, clinic: ClinicId, name: str) -> Instant | None:
        at = await self._pipeline.call("ZSCORE", keys.tasks(clinic, queue_of(name)), name)
        return None if at is None else instant(at)

    async def outbox(self, clinic: ClinicId, limit: int) -> list[Numbered]:
        found: list[Numbered] = []
        for raw in await self._pipeline.call("LRANGE", keys.outbox(clinic), 0, limit - 1):
            seq, _, event = raw.partition(b" ")
            found.append(Numbered(int(seq), unline(Event, event), raw))
        return found

    async def head(
        self, clinic: ClinicId, hook: HookNo, subject: str
    ) -> tuple[Message | None, SendAttempts | None]:
        first, tried = await self._pipeline.calls(
            [
                ("LINDEX", keys.delivery_queue(clinic, hook, subject), 0),
                ("HGET", keys.trying(clinic, hook), subject),
            ]
        )
        return (
            None if first is None else unline(Message, first),
            None if tried is None else unline(SendAttempts, tried),
        )

    async def messages(self, clinic: ClinicId, hook: HookNo, subject: str, limit: int) -> list[Message]:
        key = keys.delivery_queue(clinic, hook, subject)
        return lines(Message, await self._pipeline.call("LRANGE", key, 0, limit - 1))

    async def hooks(self, clinic: ClinicId) -> list[Hook]:
        found = unpack_all(Hook, await self._pipeline.call("HVALS", keys.hooks(clinic)))
        return sorted(found, key=lambda hook: hook.id)

    async def hook(self, clinic: ClinicId, id: str) -> Hook | None:
        return unpack(Hook, await self._pipeline.call("HGET", keys.hooks(clinic), id), id=id)

    async def struggling(self, clinic: ClinicId, hook: HookNo) -> list[tuple[Message, SendAttempts]]:
        reply = await self._pipeline.call("HGETALL", keys.trying(clinic, hook))
        tried = {text(reply[i]): unline(SendAttempts, reply[i + 1]) for i in range(0, len(reply), 2)}
        if not tried:
            return []
        heads = await self._pipeline.calls(
            [("LINDEX", keys.delivery_queue(clinic, hook, each), 0) for each in tried]
        )
        pairs = zip(heads, tried.values(), strict=True)
        return [(unline(Message, head), attempts) for head, attempts in pairs if head is not None]

    async def finished(self, clinic: ClinicId, hook: HookNo, limit: int) -> list[Delivery]:
        return lines(Delivery, await self._pipeline.call("LRANGE", keys.finished(clinic, hook), 0, limit - 1))

    async def dead(self, clinic: ClinicId, hook: HookNo) -> list[Delivery]:
        found = lines(Delivery, await self._pipeline.call("HVALS", keys.dead(clinic, hook)))
        return sorted(found, key=lambda each: (each.message.event.at, each.message.seq))

    async def undelivered(
        self, clinic: ClinicId, wanted: Sequence[tuple[AppointmentNo, str]]
    ) -> list[Undelivered | None]:
        if not wanted:
            return []
        fields = [undelivered_field(no, person) for no, person in wanted]
        replies = await self._pipeline.call("HMGET", keys.undelivered(clinic), *fields)
        return [None if reply is None else unline(Undelivered, reply) for reply in replies]

    async def audit(self, clinic: ClinicId, before: int | None, limit: int) -> list[tuple[int, AuditLine]]:
        key = keys.audit(clinic)
        end = int(await self._pipeline.call("LLEN", key)) if before is None else before
        start = max(0, end - limit)
        if start >= end:
            return []
        found = lines(AuditLine, await self._pipeline.call("LRANGE", key, start, end - 1))
        return list(enumerate(found, start))[::-1]

    async def unissued(
        self, clinic: ClinicId, after: tuple[Instant, str] | None, limit: int
    ) -> list[tuple[Instant, AppointmentNo]]:
        key, found, skip = keys.unissued(clinic), list[tuple[Instant, AppointmentNo]](), 0
        low = "-inf" if after is None else after[0]
        while len(found) < limit:
            reply = await self._pipeline.call(
                "ZRANGEBYSCORE", key, low, "+inf", "WITHSCORES", "LIMIT", skip, limit
            )
            page = [(at, AppointmentNo(no)) for no, at in scored(reply)]
            found += [each for each in page if after is None or each > after]
            skip += len(page)
            if len(page) < limit:
                break
        return found[:limit]

    async def unissued_count(self, clinic: ClinicId) -> int:
        return int(await self._pipeline.call("ZCARD", keys.unissued(clinic)))

    async def backfill_run(self, clinic: ClinicId) -> BackfillRun | None:
        return unpack(BackfillRun, await self._pipeline.call("GET", keys.backfill_run(clinic)))

    async def challenge(self, place: str) -> Challenge | None:
        return unpack(Challenge, await self._pipeline.call("GET", keys.code(place)), place=place)

    async def device(self, clinic: ClinicId, digest: str) -> Device | None:
        return unpack(Device, await self._pipeline.call("HGET", keys.devices(clinic), digest), digest=digest)

    async def database(self, id: str) -> Database | None:
        return unpack(Database, await self._pipeline.call("HGET", keys.databases(), id), id=id)

    async def take(self, clinic: ClinicId, what: str, most: int, milliseconds: int) -> int:
        [wait] = await self._pipeline.run(TAKE_SCRIPT, [keys.limit(clinic, what)], most, milliseconds)
        return int(wait)
