"""Reminders with the link at the times the clinic sets: once each, after a move by the new time, never after
a cancel (A10).
"""

from msgspec.structs import replace

from rooms.ids import PRACTITIONER, AppointmentNo, ClinicId
from rooms.outgoing import Task, TaskStill, reminder_task
from rooms.ports import Log, Put, Store
from rooms.records import Appointment, Clinic, Step
from rooms.service.events import emits, happened, with_link
from rooms.service.load import loaded
from rooms.service.retry import retried
from rooms.times import MINUTE, Instant


def reminder(clinic: Clinic, appointment: Appointment) -> Task:
    """When the next is due, as part of the commit that changes the appointment."""
    is_live = appointment.status == "confirmed" and appointment.outcome is None
    times = [at for each, at in _times(clinic, appointment) if each not in appointment.reminded]
    return Task(reminder_task(appointment.no), min(times, default=None) if is_live else None)


def _times(clinic: Clinic, appointment: Appointment) -> list[tuple[float, Instant]]:
    minutes = sorted(clinic.policy.reminder_minutes, reverse=True)
    return [(each, appointment.starts_at - round(each * MINUTE)) for each in minutes]


def is_in_time(minutes: float, at: Instant, now: Instant) -> bool:
    """A reminder that an outage held up is still sent in the first half of the time it gives: half a day late
    it says what the next one will.
    """
    return now - at < minutes * MINUTE / 2


class Reminders:
    """What a due reminder does."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @retried
    async def run(self, clinic_id: ClinicId, no: AppointmentNo, taken: Instant, now: Instant) -> None:
        """Tell everybody with a link, once, and wait for the next. `taken`: when the task is due since this
        process took it. Raises `Unavailable`.
        """
        clinic, known = await self.store.clinic(clinic_id), await self.store.appointment(clinic_id, no)
        mine = TaskStill(reminder_task(no), taken)
        if await self.store.task(clinic_id, mine.name) != taken:
            return
        if clinic is None or known is None or reminder(clinic, known).at is None:
            await self.store.commit(clinic_id, [mine, Task(reminder_task(no), None)])
            return
        due = [(each, at) for each, at in _times(clinic, known) if at <= now and each not in known.reminded]
        after = replace(known, reminded=tuple(sorted({*known.reminded, *(each for each, _ in due)})))
        told = await self._told(clinic, known, now) if due and is_in_time(*due[-1], now) else ()
        events = [
            with_link(happened("reminder.due", after, now, number=each), clinic, after, each) for each in told
        ]
        step = Step(at=now, what="reminded", by="system", facts={"people": list(told)})
        logged = [Log(no, step)] if told else []
        await self.store.commit(
            clinic_id, [mine, Put(after), reminder(clinic, after), *logged, *emits(events)]
        )

    async def _told(self, clinic: Clinic, known: Appointment, now: Instant) -> tuple[int, ...]:
        """Patient and guests whose link can be used; a practitioner has a page for it."""
        seen = await loaded(self.store, clinic, known)
        failed = seen.failed(now, PRACTITIONER)
        people = () if failed else known.told
        return tuple(each for each in people if each != PRACTITIONER and each not in known.revoked)
