"""Attempts that failed, written down as evidence: who tried and could not is not absent (F3 f, h)."""

from collections.abc import Awaitable, Callable

from rooms.errors import LinkRefused
from rooms.ids import AppointmentNo, ClinicId
from rooms.ports import Append, Store
from rooms.records import Appointment, Entry
from rooms.service.live.link_holder import LinkHolder, is_attempt
from rooms.times import SECOND, Instant

ATTEMPT_EVERY = 30 * SECOND
"""A page that keeps trying early writes one line of evidence this often, not one a second."""

ATTEMPTS_REMEMBERED = 10_000
"""Attempts before those of longer than `ATTEMPT_EVERY` ago are dropped: about 2 MB."""

LateAttempt = Callable[[ClinicId, Appointment, Entry], Awaitable[object]]


class JoinAttempts:
    """`late_attempt` writes F3's line h."""

    def __init__(self, store: Store, late_attempt: LateAttempt) -> None:
        self.store, self.late_attempt = store, late_attempt
        self._written: dict[tuple[AppointmentNo, str, str], Instant] = {}

    async def refused(self, holder: LinkHolder, refusal: LinkRefused, now: Instant) -> None:
        """A well-signed hello was refused. Raises `Unavailable`."""
        if is_attempt(holder, refusal, now):
            await self.failed(holder, refusal.code, now)

    async def failed(self, holder: LinkHolder, code: str, now: Instant) -> None:
        """Write down that this person tried and could not: a refused hello, a failed device check. Raises
        `Unavailable`.
        """
        appointment = holder.appointment
        if appointment is None or not self.is_due(appointment.no, holder.person, code, now):
            return
        entry = Entry(kind="try", at=now, person=holder.person, appointment=appointment.no, why=code)
        if holder.window is not None and now >= holder.window.closes_at:
            await self.late_attempt(holder.clinic.id, appointment, entry)
        else:
            append = Append(appointment.room, appointment.practitioner_no, entry)
            await self.store.commit(holder.clinic.id, [append])
        self.written(appointment.no, holder.person, code, now)

    def is_due(self, appointment: AppointmentNo, person: str, code: str, now: Instant) -> bool:
        """Whether such a try was not written just now."""
        return now - self._written.get((appointment, person, code), -ATTEMPT_EVERY) >= ATTEMPT_EVERY

    def written(self, appointment: AppointmentNo, person: str, code: str, now: Instant) -> None:
        """It was."""
        if len(self._written) >= ATTEMPTS_REMEMBERED:
            self._written = {each: at for each, at in self._written.items() if now - at < ATTEMPT_EVERY}
        self._written[appointment, person, code] = now
