"""The commands of the booking service about one appointment (CONTRACT, HTTP)."""

from msgspec.structs import replace

from rooms.booking.deadlines import check_cancellable
from rooms.booking.diary import check_interval
from rooms.booking.request import check_live, check_request, check_undecided
from rooms.calendar import AppointmentRequest, GuestRequest
from rooms.errors import Contradiction, Invalid
from rooms.ids import AppointmentNo, ClinicId
from rooms.ports import Bus, Store
from rooms.records import Cancellation, Step
from rooms.service.appointments.change import Wish, cancelled, decide, write_unchanged
from rooms.service.appointments.clashes import remember
from rooms.service.appointments.commit import write
from rooms.service.appointments.listing import Page, Wanted, page
from rooms.service.idempotency import Act, Keep, keep_of, kept_answer
from rooms.service.load import (
    LoadedAppointment,
    appointment_of,
    clinic_of,
    existing,
    loaded,
    overlapping_visits,
)
from rooms.service.retry import retried, until_consistent
from rooms.times import Instant

__all__ = ["AppointmentRequest", "Appointments", "GuestRequest", "LoadedAppointment"]


class Appointments:
    """Whatever they change for people who are here is in the same commit, and told right after it."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self.store, self.bus = store, bus

    async def put(
        self, act: Act[tuple[LoadedAppointment, bool]], id: str, request: AppointmentRequest
    ) -> tuple[LoadedAppointment, bool]:
        """Make the appointment be as asked; whether it is new. Nothing is written where nothing changes.

        Raises `Invalid`: `interval_invalid`, `field_required`, `guest_duplicate`, `length_invalid`,
        `reference_unknown`; `Contradiction`: `slot_taken` (fact `other`; it then waits among the clashes,
        C3), `state_conflict`, `guests_used_up`; `NotFound`, `Unavailable`.
        """
        check_interval(request.starts_at, request.ends_at)
        check_request(request)
        wish = Wish(id, request, act.by, act.now, reason=act.reason)
        # One patient's visits of a day are told of each other (D2): of a crowd of them all would meet.
        ticket = self.store.retry_ticket(act.clinic, f"visits {request.practitioner} {request.patient}")
        return await until_consistent(lambda: self._put(act.clinic, wish, act.keep), ticket)

    async def _put(
        self, clinic_id: ClinicId, wish: Wish, keep: Keep[tuple[LoadedAppointment, bool]] | None
    ) -> tuple[LoadedAppointment, bool]:
        try:
            decided = await decide(self.store, clinic_id, wish)
        except Contradiction as refused:
            if refused.code == "slot_taken":
                other = str(refused.facts["other"])
                await remember(self.store, clinic_id, wish.id, wish.request, other, wish.now)
            raise
        if decided.edit is None:
            await write_unchanged(self.store, decided, kept_answer(keep, (decided.seen, False)))
            return decided.seen, False
        is_new = decided.edit.before is None
        keeper = keep_of(keep, lambda made: (made, is_new))
        made = await write(self.store, self.bus, decided.seen.clinic, decided.edit, keep=keeper)
        return made, is_new

    @retried
    async def cancel(
        self, act: Act[LoadedAppointment], id: str, *, note: str | None, in_time: bool = False
    ) -> LoadedAppointment:
        """C6: the patient sees `reason`, nobody but the clinic `note`. Whoever waits is told, a call ends.
        `in_time`: the clinic's `cancel_minutes` bind whoever asks (C10).

        Raises `Invalid` `field_required` (practitioner and staff must give a reason), `Contradiction`
        `state_conflict`, `too_late_to_cancel`, `NotFound`, `Unavailable`.
        """
        if act.by in {"practitioner", "staff"} and not act.reason:
            raise Invalid("field_required", "Say why; the patient will see it.", field="reason")
        cancellation = Cancellation(by=act.by, at=act.now, reason=act.reason, note=note)
        clinic = await clinic_of(self.store, act.clinic)
        before = await appointment_of(self.store, act.clinic, id)
        check_live(before, cancellation.at)
        check_undecided(before)
        if in_time:
            check_cancellable(clinic, before, cancellation.at)
        edit = await cancelled(self.store, clinic, before, cancellation)
        return await write(self.store, self.bus, clinic, edit, keep=act.keep)

    async def get(self, clinic: ClinicId, id: str) -> LoadedAppointment:
        """Raises `NotFound`."""
        found = await appointment_of(self.store, clinic, id)
        return await loaded(self.store, await clinic_of(self.store, clinic), found)

    async def beside(self, seen: LoadedAppointment, now: Instant) -> LoadedAppointment:
        """The same, with what else its patient has at that time."""
        return replace(seen, busy=await overlapping_visits(self.store, seen.clinic.id, seen.appointment, now))

    async def by_number(self, clinic: ClinicId, no: AppointmentNo) -> LoadedAppointment:
        """By our own number. Raises `NotFound`."""
        found = existing(await self.store.appointment(clinic, no), "appointment")
        return await loaded(self.store, await clinic_of(self.store, clinic), found)

    async def history(self, clinic: ClinicId, id: str) -> list[Step]:
        """Oldest first; append-only (C8). Raises `NotFound`."""
        return await self.store.history(clinic, (await appointment_of(self.store, clinic, id)).no)

    async def listing(
        self,
        clinic: ClinicId,
        *,
        status: frozenset[str] | None = None,
        start: Instant | None = None,
        end: Instant | None = None,
        practitioner: str | None = None,
        patient: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
        now: Instant,
    ) -> Page:
        """A page of `(items, next_cursor)` in order of start (C5). With neither status nor dates: what is
        held or confirmed and not yet over. Raises `Invalid` `cursor_invalid`.
        """
        wanted = Wanted(status, start, end, practitioner, patient)
        return await page(self.store, await clinic_of(self.store, clinic), wanted, cursor, limit, now)
