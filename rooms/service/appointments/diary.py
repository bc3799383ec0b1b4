"""A practitioner's time: taken, kept for a while, and anybody's again (C3, C4)."""

from collections.abc import Iterable

from msgspec.structs import replace

from rooms.booking.diary import clash, overlapping
from rooms.booking.holds import holds_until, lapsed
from rooms.calendar import Held, with_holds
from rooms.changes import Change
from rooms.errors import Contradiction
from rooms.ids import AppointmentNo, ClinicId, PractitionerNo
from rooms.outgoing import Task, TaskStill, expiry_task
from rooms.ports import Book, Conflict, DiaryEntry, DiaryView, KeepUntil, Log, Put, Store
from rooms.records import Appointment, Step
from rooms.service.appointments.room_assignment import free, leave
from rooms.service.events import emits, happened
from rooms.service.retry import until_consistent
from rooms.times import SECOND, Instant

EXPIRY_MARGIN = SECOND
"""Milliseconds. A confirm that came in time may still be being written down when the deadline passes."""


async def book(
    store: Store,
    clinic: ClinicId,
    before: Appointment | None,
    after: Appointment,
    now: Instant,
    *,
    beside: frozenset[AppointmentNo] = frozenset(),
) -> list[Change]:
    """Its time in the diary, in place of what it had. Raises `slot_taken` with the `other`'s id, for a
    second's overlap too (C3). `beside`: whose entries go in the same commit.
    """
    if before is not None and _slot(before) == _slot(after):
        return still(before, after)
    practitioner, starts_at, ends_at = _slot(after)
    seen = await store.diary(clinic, practitioner, starts_at, ends_at)
    taken_by = clash(current(seen.entries, now), starts_at, ends_at, {after.no, *beside})
    if taken_by is not None:
        raise await slot_taken(store, clinic, taken_by, after.id)
    frees = [free(before)] if before is not None else []
    return [*frees, *await occupy(store, clinic, after, seen, now)]


async def occupy(
    store: Store,
    clinic: ClinicId,
    after: Appointment,
    seen: DiaryView,
    now: Instant,
    *,
    past: Instant | None = None,
) -> list[Change]:
    """The entry of `after`, where nothing that still counts is in its way. What has expired there is written
    down first, in a commit of its own, and raises `Conflict`: the diary is another then. `past`: as
    `Book.past`; None: only what overlaps matters.
    """
    in_the_way = overlapping(seen.entries, after.starts_at, after.ends_at)
    expired = [each for each in in_the_way if each.until and each.until <= now]
    for each in expired:
        await expire(store, clinic, each.appointment, now)
    if any(each.appointment != after.no for each in expired):
        raise Conflict
    return [
        Book(
            after.practitioner_no,
            after.no,
            after.starts_at,
            after.ends_at,
            seen,
            holds_until(after),
            after.starts_at if past is None else past,
        )
    ]


def still(before: Appointment, after: Appointment) -> list[Change]:
    """The same time, perhaps for longer: a hold that was confirmed, or kept longer."""
    was, until = holds_until(before), holds_until(after)
    if was == until:
        return []
    return [KeepUntil(after.practitioner_no, after.no, after.starts_at, after.ends_at, was=was, until=until)]


def current(entries: Iterable[DiaryEntry], now: Instant) -> list[DiaryEntry]:
    """Those that still count."""
    return [each for each in entries if not each.until or now < each.until]


def expiry(appointment: Appointment) -> list[Task]:
    """When it is to be written down that a hold expired, as part of the commit that changes it."""
    if appointment.hold is None:
        return []
    until = holds_until(appointment)
    return [Task(expiry_task(appointment.no), until + EXPIRY_MARGIN if until else None)]


async def expire(store: Store, clinic: ClinicId, no: AppointmentNo, now: Instant, *mine: Change) -> None:
    """Write down that a hold expired (C4); where it is none any more, only what is `mine`. Raises `Conflict`,
    `Unavailable`.
    """
    known = await store.appointment(clinic, no)
    if known is None or not lapsed(known, now):
        if mine:
            await store.commit(clinic, [*mine, *(expiry(known) if known else [Task(expiry_task(no), None)])])
        return
    after = replace(nobodys(known), status="expired", others=(), sequence=known.sequence + 1)
    step = Step(at=now, what="expired", by="system")
    event = happened("appointment.expired", after, now)
    await store.commit(
        clinic,
        [
            *mine,
            Put(after),
            free(known),
            *await leave(store, clinic, known),
            Log(no, step),
            Task(expiry_task(no), None),
            *emits([event]),
        ],
    )


class Expiries:
    """What a hold's deadline does, where nobody took the time before."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, clinic: ClinicId, no: AppointmentNo, taken: Instant, now: Instant) -> None:
        """`taken`: when the task is due since this process took it. Raises `Unavailable`."""
        mine = TaskStill(expiry_task(no), taken)

        async def write() -> None:
            if await self.store.task(clinic, mine.name) == taken:
                await expire(self.store, clinic, no, now, mine)

        await until_consistent(write)


def _slot(appointment: Appointment) -> tuple[PractitionerNo, Instant, Instant]:
    return appointment.practitioner_no, appointment.starts_at, appointment.ends_at


async def slot_taken(store: Store, clinic: ClinicId, by: AppointmentNo, own: str) -> Contradiction:
    """`slot_taken`, naming whose time it is: for the clinic's own callers. Raises `Conflict` where it is the
    time of the appointment called `own`: the same request sent twice at once, whose twin was faster.
    """
    other = await store.appointment(clinic, by)
    if other is None or other.id == own:
        raise Conflict
    return Contradiction("slot_taken", "The practitioner has another appointment then.", other=other.id)


async def recounted(
    store: Store, clinic: ClinicId, known: Iterable[Appointment], now: Instant, until: Instant = 0
) -> list[Change]:
    """Every visitor's allowance, where these are holds until then; 0: they are none any more. Each is written
    once.
    """
    clients: dict[str, set[AppointmentNo]] = {}
    for each in known:
        if each.status == "held" and each.hold is not None and each.hold.client:
            clients.setdefault(each.hold.client, set()).add(each.no)
    changes: list[Change] = []
    for client, theirs in clients.items():
        holds = await store.visitor_holds(clinic, client)
        rest = [each for each in holds.holds if each.until > now and each.appointment not in theirs]
        own = [Held(no, until) for no in theirs] if until else []
        changes.append(Put(with_holds(holds, (*rest, *own), now)))
    return changes


def nobodys(appointment: Appointment) -> Appointment:
    """Without whose allowance it counted for: where somebody called from is not kept (RELIABILITY 7.2)."""
    hold = appointment.hold
    return replace(appointment, hold=replace(hold, client="")) if hold else appointment
