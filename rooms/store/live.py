"""Leases, due lists, hints across clinics, affinities and the fleet's beat: what jobs and joins turn on."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final, get_args

from rooms.events import Hook
from rooms.fleet import Outage
from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, SessionId
from rooms.outgoing import MAIL, OUTBOX, STORE_TASKS, Express, TaskQueue
from rooms.ports import LeaseView, Renewal
from rooms.store import keys
from rooms.store.encode import Reply, instant, scored, text, unpack_all
from rooms.store.pipeline import Arg, Pipeline
from rooms.store.scripts import RENEW_SCRIPT
from rooms.times import MINUTE, SECOND, Instant

RENEWALS_AT_ONCE: Final = 500
"""Leases renewed by one script: about a millisecond in which Redis does nothing else."""

LONGEST_LEASE: Final = 10 * MINUTE
"""Milliseconds. No lease is longer: one lasts `CONSULTROOM_LEASE_SECONDS`, at most five minutes, a grace two.
"""


Hint = tuple[str, str, str]
"""A hint across clinics, the member in it, and the list that it is the earliest of."""


class Live:
    """What changes by itself as time passes."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def lease(self, clinic: ClinicId, practitioner: PractitionerNo, sid: SessionId) -> LeaseView | None:
        member = keys.lease_member(practitioner, sid)
        until, seen = await self._pipeline.calls(
            [
                ("ZSCORE", keys.leases(clinic), member),
                ("ZSCORE", keys.seen(clinic), member),
            ]
        )
        if until is None or seen is None:
            return None
        return LeaseView(practitioner, sid, instant(until), instant(seen))

    async def expired(self, clinic: ClinicId, now: Instant, limit: int = 100) -> list[LeaseView]:
        """Leases with `until <= now`, the longest ago first."""
        key = keys.leases(clinic)
        past = scored(
            await self._pipeline.call("ZRANGEBYSCORE", key, "-inf", now, "WITHSCORES", "LIMIT", 0, limit)
        )
        if not past:
            return []
        seen = await self._pipeline.call("ZMSCORE", keys.seen(clinic), *(member for member, _ in past))
        # Without `seen` it was reaped between the two reads.
        return [
            _view(member, until, instant(at)) for (member, until), at in zip(past, seen, strict=True) if at
        ]

    async def renew(self, renewals: Sequence[Renewal]) -> list[Renewal]:
        """A script for each clinic, all in one batch; `until` and `seen` only ever move forward."""
        clinics = [list(group) for _, group in groupby(sorted(renewals, key=_clinic), key=_clinic)]
        groups = [
            group[n : n + RENEWALS_AT_ONCE]
            for group in clinics
            for n in range(0, len(group), RENEWALS_AT_ONCE)
        ]
        scripts = [self._renewal(group) for group in groups]
        replies = await self._pipeline.calls([command for command, _ in scripts])
        missing: list[Renewal] = []
        for group, (_, echo), reply in zip(groups, scripts, replies, strict=True):
            missing += [group[n - 1] for n in self._pipeline.echoed(reply, echo)]
        return missing

    def _renewal(self, group: Sequence[Renewal]) -> tuple[tuple[Arg, ...], bytes]:
        clinic, args = group[0].clinic, list[Arg]((LONGEST_LEASE,))
        for renewal in group:
            args += (keys.lease_member(renewal.practitioner, renewal.sid), renewal.until, renewal.seen)
        return self._pipeline.script(RENEW_SCRIPT, [keys.leases(clinic), keys.seen(clinic)], *args)

    async def due(self, clinic: ClinicId, now: Instant, limit: int = 100) -> list[AppointmentNo]:
        """Appointments with something due at or before `now`, the longest ago first."""
        reply = await self._pipeline.call("ZRANGEBYSCORE", keys.due(clinic), "-inf", now, "LIMIT", 0, limit)
        return [AppointmentNo(text(no)) for no in reply]

    async def clinics_due(self, now: Instant, limit: int = 100) -> list[ClinicId]:
        return await self._hinted(keys.HINT_DUE, now, limit)

    async def clinics_lapsed(self, now: Instant, limit: int = 100) -> list[ClinicId]:
        return await self._hinted(keys.HINT_LEASES, now, limit)

    async def queues_due(self, now: Instant, limit: int = 100, skip: int = 0) -> list[TaskQueue]:
        """At most `limit` of each of the two kinds."""
        ours, others = await self._pipeline.calls(
            [
                ("ZRANGEBYSCORE", hint, "-inf", now, "LIMIT", skip, limit)
                for hint in (keys.HINT_TASKS, keys.HINT_QUEUES)
            ]
        )
        parted = (text(member).partition("/") for member in (*ours, *others))
        return [TaskQueue(ClinicId(clinic), name) for clinic, _, name in parted]

    async def _hinted(self, hint: str, now: Instant, limit: int) -> list[ClinicId]:
        reply = await self._pipeline.call("ZRANGEBYSCORE", hint, "-inf", now, "LIMIT", 0, limit)
        return [ClinicId(text(clinic)) for clinic in reply]

    async def refresh_hints(self, clinic: ClinicId) -> None:
        """Write, then read anew; a commit lowers its hints after it too, so one of the two sees the other."""
        await self._refresh(_hints(clinic))

    async def refresh_queue(self, queue: TaskQueue) -> None:
        """As `refresh_hints`."""
        await self._refresh([_hint(queue)])

    async def _refresh(self, hints: Sequence[Hint]) -> None:
        # Which of ten thousand clinics have something due? No commit can keep one list of all clinics
        # exact, for it writes in one hash slot only. So that list is a hint: it may name a clinic too
        # early, which costs a look, and must never name it too late, for a window would close and nobody
        # would come. Lowering a hint is always safe. Raising it is not: between our reading "nothing before
        # noon" and our writing it, a commit may add something for ten o'clock and lower the hint, which our
        # writing then raises over it. Hence: read, write, read again, and lower what has come in between. A
        # commit lowers its hints before and after itself, so that one of the two sees the other.
        before = await self._earliest(hints)
        await self._pipeline.calls(
            [
                ("ZREM", hint, member) if at is None else ("ZADD", hint, at, member)
                for (hint, member, _), at in zip(hints, before, strict=True)
            ]
        )
        after = await self._earliest(hints)
        lower = [
            ("ZADD", hint, "LT", now, member)
            for (hint, member, _), was, now in zip(hints, before, after, strict=True)
            if now is not None and now != was
        ]
        if lower:
            await self._pipeline.calls(lower)

    async def _earliest(self, hints: Sequence[Hint]) -> list[Instant | None]:
        replies = await self._pipeline.calls([("ZRANGE", key, 0, 0, "WITHSCORES") for _, _, key in hints])
        return [scored(reply)[0][1] if reply else None for reply in replies]

    async def sweep(self) -> int:
        """Also what repairs hints that were lost with another Redis Cluster node."""
        cursor, seen = "0", set[str]()
        while True:
            reply = await self._pipeline.call("SSCAN", keys.CLINICS, cursor, "COUNT", 100)
            cursor, found = text(reply[0]), {text(clinic) for clinic in reply[1]}
            for each in found - seen:
                clinic = ClinicId(each)
                hooks = unpack_all(Hook, await self._pipeline.call("HVALS", keys.hooks(clinic)))
                queues = (OUTBOX, *get_args(Express), MAIL, *(hook.no for hook in hooks))
                await self._refresh([*_hints(clinic), *(_hint(TaskQueue(clinic, name)) for name in queues)])
            seen |= found
            if cursor == "0":
                return len(seen)

    async def affinity(self, affinity: str) -> tuple[ClinicId, PractitionerNo | None] | None:
        reply = await self._pipeline.call("GET", keys.affinity(affinity))
        if reply is None:
            return None
        clinic, _, practitioner = text(reply).partition(" ")
        return ClinicId(clinic), PractitionerNo(practitioner) if practitioner else None

    async def know_affinity(
        self, affinity: str, clinic: ClinicId, practitioner: PractitionerNo | None
    ) -> None:
        """Raises `RuntimeError` if it stands for another: with 48 bits all but never, and never silently."""
        value = clinic if practitioner is None else f"{clinic} {practitioner}"
        known = await self._pipeline.call("SET", keys.affinity(affinity), value, "NX", "GET")
        if known is not None and text(known) != value:
            raise RuntimeError("two practitioners have one affinity")

    async def time(self) -> Instant:
        return time_of(await self._pipeline.call("TIME"))

    async def outages(self, start: Instant, end: Instant) -> list[Outage]:
        """Those that have any instant in `[start, end)`, in the order in which they ended."""
        reply = await self._pipeline.call("ZRANGEBYSCORE", keys.OUTAGES, f"({start}", "+inf")
        spans = (text(member).split(":") for member in reply)
        return [Outage(int(since), int(until)) for since, until in spans if int(since) < end]


def time_of(reply: Reply) -> Instant:
    """What `TIME` answered."""
    seconds, micros = reply
    return int(seconds) * SECOND + int(micros) // 1_000


def _hints(clinic: ClinicId) -> list[Hint]:
    return [
        (keys.HINT_DUE, clinic, keys.due(clinic)),
        (keys.HINT_LEASES, clinic, keys.leases(clinic)),
        _hint(TaskQueue(clinic, STORE_TASKS)),
    ]


def _hint(queue: TaskQueue) -> Hint:
    return (*keys.queue_hint(*queue), keys.tasks(*queue))


def _clinic(renewal: Renewal) -> str:
    return renewal.clinic


def _view(member: str, until: Instant, seen: Instant) -> LeaseView:
    practitioner, _, sid = member.partition("/")
    return LeaseView(PractitionerNo(practitioner), SessionId(sid), until, seen)
