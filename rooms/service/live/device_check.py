"""A device check's result: kept with its appointment, in the ledger, and on the seat of whoever waits
already, all in one commit (E4).
"""

from rooms.access import window
from rooms.changes import Change
from rooms.ids import AppointmentNo, ClinicId
from rooms.ports import Append, Bus, Put, Store
from rooms.records import Appointment, CheckFindings, Clinic, DeviceCheck, Entry, Floor
from rooms.service.live.attempts import JoinAttempts
from rooms.service.load import clinic_of
from rooms.service.retry import until_consistent
from rooms.service.transaction import Here, stored
from rooms.times import Instant
from rooms.visit import device_check
from rooms.visit.admission import mine


class DeviceChecks:
    """`made` for whoever is not seated, by the link; `waiting` for whoever is."""

    def __init__(self, store: Store, bus: Bus, attempts: JoinAttempts) -> None:
        self.store, self.bus, self.attempts = store, bus, attempts

    async def waiting(self, here: Here, found: CheckFindings, now: Instant) -> None:
        """From somebody who waits. Raises `replaced` where a newer socket speaks for them, `Unavailable`."""
        me = mine(await self.store.floor(here.clinic, here.practitioner), here.sid, here.epoch)
        if me.link is not None:
            await self.made(here.clinic, me.link, me.person, found, now)

    async def made(
        self, clinic: ClinicId, appointment: AppointmentNo, person: str, found: CheckFindings, now: Instant
    ) -> None:
        """Keep it; the practitioner's queue shows it at once, or from when this person joins on. Raises
        `Unavailable`.
        """
        known = await clinic_of(self.store, clinic)
        floor = await until_consistent(lambda: self._write(known, appointment, person, found, now))
        if floor is not None:
            await self.bus.floor_changed(known, floor)

    async def _write(
        self, clinic: Clinic, no: AppointmentNo, person: str, found: CheckFindings, now: Instant
    ) -> Floor | None:
        """The floor where somebody on it is shown anew."""
        appointment = await self.store.appointment(clinic.id, no)
        if appointment is None:
            return None
        floor = await self.store.floor(clinic.id, appointment.host_no)
        made = device_check.judge(found, appointment.checks.get(person), now)
        seen = device_check.with_check_on_seats(floor, appointment, person, made)
        lines, late = self._lines(clinic, appointment, person, made)
        puts: list[Change] = [Put(device_check.with_check(appointment, person, made))]
        puts += [] if seen is None else [Put(seen)]
        appends = [Append(appointment.room, appointment.practitioner_no, entry) for entry in lines]
        await self.store.commit(clinic.id, [*puts, *appends])
        if late is not None:
            await self.attempts.late_attempt(clinic.id, appointment, late)
        if late is not None or any(entry.kind == "try" for entry in lines):
            self.attempts.written(no, person, device_check.DEVICE_CHECK_FAILED, now)
        return None if seen is None else stored(seen)

    def _lines(
        self, clinic: Clinic, appointment: Appointment, person: str, made: DeviceCheck
    ) -> tuple[list[Entry], Entry | None]:
        """What the ledger is told with this commit; a try after the close, which may change an outcome."""
        line = device_check.check_entry(appointment, person, made)
        lines = [] if line is None else [line]
        if made.ok or not self.attempts.is_due(
            appointment.no, person, device_check.DEVICE_CHECK_FAILED, made.at
        ):
            return lines, None
        tried = device_check.attempt_entry(appointment, person, made.at)
        if made.at >= window.of(appointment, clinic.policy).closes_at:
            return lines, tried
        return [*lines, tried], None
