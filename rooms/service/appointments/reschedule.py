"""C7: an appointment moves and keeps its id, its links and its history; one of two that clash makes room for
the other in the same commit.
"""

from msgspec.structs import replace

from rooms.booking.diary import check_interval, overlapping
from rooms.booking.request import as_request
from rooms.calendar import AppointmentRequest
from rooms.errors import Contradiction, Invalid
from rooms.ids import ClinicId
from rooms.ports import Bus, DiaryEntry, Store
from rooms.records import Appointment
from rooms.service.appointments.appointments import Appointments
from rooms.service.appointments.change import Wish, decide, write_unchanged
from rooms.service.appointments.clashes import clash_of
from rooms.service.appointments.commit import Edit, write, write_all
from rooms.service.appointments.room_assignment import seen_to
from rooms.service.idempotency import Act, Actor, Keep, kept_answer
from rooms.service.load import LoadedAppointment, appointment_of
from rooms.service.retry import retried
from rooms.times import Instant


class Reschedules:
    """Each is one commit, and whoever is here because of it is told."""

    def __init__(self, store: Store, bus: Bus, appointments: Appointments) -> None:
        self.store, self.bus, self.appointments = store, bus, appointments

    @retried
    async def reschedule(
        self, act: Act[LoadedAppointment], id: str, *, starts_at: Instant, ends_at: Instant
    ) -> LoadedAppointment:
        """Another time, the same person. Raises `interval_invalid`, `slot_taken` (fact `other`),
        `state_conflict`, `NotFound`, `Unavailable`.
        """
        check_interval(starts_at, ends_at)
        before = await appointment_of(self.store, act.clinic, id)
        request = replace(as_request(before), starts_at=starts_at, ends_at=ends_at)
        return await self._write(act.clinic, Wish(id, request, act.by, act.now, "rescheduled"), act.keep)

    async def _write(
        self, clinic: ClinicId, wish: Wish, keep: Keep[LoadedAppointment] | None
    ) -> LoadedAppointment:
        decided = await decide(self.store, clinic, wish)
        if decided.edit is None:
            await write_unchanged(self.store, decided, kept_answer(keep, decided.seen))
            return decided.seen
        return await write(self.store, self.bus, decided.seen.clinic, decided.edit, keep=keep)

    @retried
    async def reallocate(
        self,
        act: Act[LoadedAppointment],
        id: str,
        *,
        practitioner: str | None,
        starts_at: Instant | None,
        ends_at: Instant | None,
        seat: str | None,
    ) -> LoadedAppointment:
        """To another practitioner or time or both; `seat` names the clash whose appointment takes what it
        leaves, in the same commit. Where both are of one patient, who has one room a day, or were, these are
        two commits, and what waits is lost by neither.

        Raises as `reschedule`, `field_required`, `reference_unknown`.
        """
        if practitioner is None and starts_at is None:
            raise Invalid("field_required", "Say where it goes.", field="practitioner")
        if seat == id:
            raise Invalid("value_invalid", "An appointment does not make room for itself.", field="seat")
        before = await appointment_of(self.store, act.clinic, id)
        request = _elsewhere(as_request(before), practitioner, starts_at, ends_at)
        wish = Wish(id, request, act.by, act.now, "reallocated", act.reason)
        if seat is None:
            return await self._write(act.clinic, wish, act.keep)
        return await self._make_room(act.clinic, before, wish, seat, act.keep)

    async def _make_room(
        self,
        clinic: ClinicId,
        before: Appointment,
        wish: Wish,
        seat: str,
        keep: Keep[LoadedAppointment] | None,
    ) -> LoadedAppointment:
        waiting = await clash_of(self.store, clinic, seat)
        moving = await decide(self.store, clinic, wish)
        if moving.edit is None:
            raise Contradiction("slot_taken", "It stays where it is.", other=before.id)
        beside = frozenset({before.no})
        there = Wish(seat, waiting.request, wish.by, wish.now, "reallocated", wish.reason, beside)
        seated = await decide(self.store, clinic, there)
        if seated.edit is None:
            edit = replace(moving.edit, changes=[*moving.edit.changes, *seated.over])
            return await write(self.store, self.bus, moving.seen.clinic, edit, keep=keep)
        _check_apart(moving.edit.after, seated.edit.after)
        if _meet(moving.edit, seated.edit):
            return await self._one_by_one(clinic, moving.edit, there, keep)
        edits = [moving.edit, seated.edit]
        return await write_all(self.store, self.bus, moving.seen.clinic, edits, keep=keep)

    async def _one_by_one(
        self, clinic: ClinicId, moving: Edit, there: Wish, keep: Keep[LoadedAppointment] | None
    ) -> LoadedAppointment:
        seen = moving.seen
        assert seen is not None  # noqa: S101 - `decide` says what it saw
        made = await write(self.store, self.bus, seen.clinic, moving, keep=keep)
        await self.appointments.put(
            Act(clinic, there.now, Actor(there.by), reason=there.reason), there.id, there.request
        )
        return made

    @retried
    async def seat(
        self,
        act: Act[LoadedAppointment],
        id: str,
        *,
        practitioner: str | None,
        starts_at: Instant | None,
        ends_at: Instant | None,
    ) -> LoadedAppointment:
        """The other way out of a clash: what waits goes elsewhere. Raises as `reallocate`."""
        waiting = await clash_of(self.store, act.clinic, id)
        request = _elsewhere(waiting.request, practitioner, starts_at, ends_at)
        return await self._write(
            act.clinic, Wish(id, request, act.by, act.now, "reallocated", act.reason), act.keep
        )


def _elsewhere(
    request: AppointmentRequest,
    practitioner: str | None,
    starts_at: Instant | None,
    ends_at: Instant | None,
) -> AppointmentRequest:
    """It keeps its length where only a start is given."""
    start = request.starts_at if starts_at is None else starts_at
    end = start + (request.ends_at - request.starts_at) if ends_at is None else ends_at
    check_interval(start, end)
    return replace(request, practitioner=practitioner or request.practitioner, starts_at=start, ends_at=end)


def _meet(one: Edit, other: Edit) -> bool:
    """Whether both have to do with one room, or with one appointment beside them."""
    if one.after.patient_no == other.after.patient_no:
        return True
    both = [{each.after.no} | seen_to(each.changes) for each in (one, other)]
    return not both[0].isdisjoint(both[1])


def _check_apart(one: Appointment, other: Appointment) -> None:
    """Raises `slot_taken` where what moves still has some of what the other takes."""
    if one.practitioner_no != other.practitioner_no:
        return
    entry = DiaryEntry(one.starts_at, one.ends_at, one.no)
    if overlapping([entry], other.starts_at, other.ends_at):
        raise Contradiction("slot_taken", "It would still be in the other's way.", other=one.id)
