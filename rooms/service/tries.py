"""Attempts that failed, written down as evidence: who tried and could not is not absent (F3 f, h)."""

from collections.abc import Awaitable, Callable

from rooms.errors import LinkRefused
from rooms.ids import AppointmentNo, ClinicId
from rooms.ports import Append, Store
from rooms.records import Appointment, Entry
from rooms.service.joining import Guest, is_try
from rooms.times import SECOND, Instant

AGAIN_WRITTEN = 30 * SECOND
"""A page that keeps trying early writes one line of evidence this often, not one a second."""

REMEMBERED = 10_000
"""Tries before those of longer than `AGAIN_WRITTEN` ago are dropped: about 2 MB."""

LateTry = Callable[[ClinicId, Appointment, Entry], Awaitable[object]]


class Tries:
    """`late_try` writes F3's line h."""

    def __init__(self, store: Store, late_try: LateTry) -> None:
        self.store, self.late_try = store, late_try
        self._written: dict[tuple[AppointmentNo, str, str], Instant] = {}

    async def refused(self, guest: Guest, refusal: LinkRefused, now: Instant) -> None:
        """A well-signed hello was refused. Raises `Unavailable`."""
        if is_try(guest, refusal, now):
            await self.failed(guest, refusal.code, now)

    async def failed(self, guest: Guest, code: str, now: Instant) -> None:
        """Write down that this person tried and could not: a refused hello, a failed device check. Raises
        `Unavailable`.
        """
        appointment = guest.appointment
        if appointment is None or not self.is_due(appointment.no, guest.person, code, now):
            return
        entry = Entry(kind="try", at=now, person=guest.person, appointment=appointment.no, why=code)
        if guest.window is not None and now >= guest.window.closes_at:
            await self.late_try(guest.clinic.id, appointment, entry)
        else:
            append = Append(appointment.room, appointment.practitioner_no, entry)
            await self.store.commit(guest.clinic.id, [append])
        self.written(appointment.no, guest.person, code, now)

    def is_due(self, appointment: AppointmentNo, person: str, code: str, now: Instant) -> bool:
        """Whether such a try was not written just now."""
        return now - self._written.get((appointment, person, code), -AGAIN_WRITTEN) >= AGAIN_WRITTEN

    def written(self, appointment: AppointmentNo, person: str, code: str, now: Instant) -> None:
        """It was."""
        if len(self._written) >= REMEMBERED:
            self._written = {each: at for each, at in self._written.items() if now - at < AGAIN_WRITTEN}
        self._written[appointment, person, code] = now
