"""What went out because of a desk's commands, and the jobs that others of it wait for."""

from rooms.events import Event, EventType
from rooms.ids import AppointmentNo
from rooms.outgoing import BACKFILL, Task, TaskStill, reminder_task
from rooms.service.appointments.reminders import Reminders
from rooms.service.links.backfill import Backfill
from rooms.times import MINUTE, Instant
from tests.support.desk import Desk

TAKEN = MINUTE
"""Milliseconds for which a task is kept from others, as the job keeps it."""


async def events(desk: Desk, *types: EventType) -> list[Event]:
    """All that was ever emitted, or all of these types: in these tests nobody hands an outbox on."""
    found = [each.event for each in await desk.store.outbox(desk.id, 1000)]
    return [each for each in found if not types or each.type in types]


async def told(desk: Desk, type: EventType = "link.issued") -> list[tuple[str | None, str | None]]:
    """The appointment and person of every such event, in order of names."""
    return sorted(((each.appointment, each.person) for each in await events(desk, type)), key=str)


async def kinds(desk: Desk, id: str | None = None) -> list[str]:
    """The types of all events, or of all about one appointment, in order."""
    return [each.type for each in await events(desk) if id is None or each.appointment == id]


async def take(desk: Desk, name: str) -> Instant | None:
    """Take the task, as the job does; None: it is not due."""
    due = await desk.store.task(desk.id, name)
    if due is None or due > desk.now:
        return None
    taken = desk.now + TAKEN
    await desk.store.commit(desk.id, [TaskStill(name, due), Task(name, taken)])
    return taken


async def heal(desk: Desk) -> int:
    """Run the healing job until there is nothing of it to do; how often it ran."""
    runs = 0
    while (taken := await take(desk, BACKFILL)) is not None:
        await Backfill(desk.store).run(desk.id, taken, desk.now)
        runs += 1
    return runs


async def remind(desk: Desk, no: AppointmentNo) -> bool:
    """Run what is due of an appointment's reminders; whether anything was."""
    taken = await take(desk, reminder_task(no))
    if taken is None:
        return False
    await Reminders(desk.store).run(desk.id, no, taken, desk.now)
    return True


async def next_reminder(desk: Desk, no: AppointmentNo) -> Instant | None:
    """When the next is due."""
    return await desk.store.task(desk.id, reminder_task(no))
