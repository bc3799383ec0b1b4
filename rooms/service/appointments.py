"""The commands of the booking service about one appointment (CONTRACT, HTTP)."""

import msgspec
from msgspec.structs import replace

from rooms.access.tokens import affinity
from rooms.access.window import of
from rooms.booking.diary import check_interval
from rooms.booking.request import (
    AppointmentRequest,
    GuestRequest,
    Home,
    changed,
    check,
    check_live,
    check_undecided,
    created,
    differences,
    facts,
)
from rooms.booking.rooms import Place
from rooms.changes import Change
from rooms.errors import Invalid, NotFound
from rooms.events import Healing
from rooms.ids import AppointmentNo, ClinicId, new_number
from rooms.ports import Bus, Know, Same, Store
from rooms.records import Appointment, AppointmentType, By, Cancellation, Clinic, Patient, Practitioner, Step
from rooms.service.common import Keep, Shown, appointment_of, clinic_of, shown, type_of, until_consistent
from rooms.service.healing import not_healed_meanwhile
from rooms.service.issuing import happened, settle, turned_into
from rooms.service.listing import Page, Wanted, page
from rooms.service.placing import book, enter, free, leave
from rooms.service.writing import write
from rooms.times import Instant, local_day

__all__ = ["AppointmentRequest", "Appointments", "GuestRequest", "Shown"]


class Parties(msgspec.Struct, frozen=True):
    """What a request refers to, as it was loaded; the commit compares it."""

    clinic: Clinic
    practitioner: Practitioner
    patient: Patient
    type: AppointmentType | None
    healing: Healing | None
    before: Appointment | None

    def still(self) -> list[Change]:
        """A practitioner deleted, a patient erased or another policy meanwhile: decide again."""
        return [Same(self.clinic), Same(self.practitioner), Same(self.patient)]


class Appointments:
    """Whatever they change for people who are here is in the same commit, and told right after it."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self.store, self.bus = store, bus

    async def put(
        self, clinic: ClinicId, id: str, request: AppointmentRequest, *, by: By, now: Instant
    ) -> tuple[Shown, bool]:
        """Make the appointment be as asked; whether it is new. Nothing is written where nothing changes.

        Raises `Invalid`: `interval_invalid`, `field_required`, `guest_duplicate`, `length_invalid`,
        `reference_unknown`; `Contradiction`: `slot_taken` (fact `other`), `state_conflict`, `guests_used_up`;
        `NotFound`, `Unavailable`.
        """
        check_interval(request.starts_at, request.ends_at)
        check(request)
        return await until_consistent(lambda: self._put(clinic, id, request, by, now))

    async def _put(
        self, clinic: ClinicId, id: str, request: AppointmentRequest, by: By, now: Instant
    ) -> tuple[Shown, bool]:
        parties = await self._parties(clinic, id, request)
        before = parties.before
        if before is not None:
            check_live(before)
        no = before.no if before else AppointmentNo(new_number())
        place = Place(
            parties.practitioner.no,
            parties.patient.no,
            local_day(request.starts_at, parties.clinic.time_zone),
        )
        move = await enter(self.store, clinic, no, before, place)
        after = _as_asked(parties, before, no, id, request, move.home)
        if after == before:
            return await shown(self.store, parties.clinic, after), False
        if before is not None:
            check_undecided(before)
        after = replace(after, stored_at=_stands_since(parties.clinic, before, after, now))
        kind = await self._kind(clinic, parties, after)
        after, news = settle(parties.clinic, before, after, parties.practitioner, kind, now)
        changes = [
            Know(affinity(parties.clinic.salt, after.practitioner_no), after.practitioner_no),
            *parties.still(),
            *([Same(kind)] if kind else []),
            *not_healed_meanwhile(after, parties.healing),
            *move.changes,
            *await book(self.store, clinic, before, after),
        ]
        step, events = _step(before, after, by, now), [*turned_into(before, after, now), *news]
        told = Shown(clinic=parties.clinic, appointment=after, practitioner=parties.practitioner, type=kind)
        made = await write(
            self.store, self.bus, parties.clinic, before, after, step, changes, events=events, seen=told
        )
        return made, before is None

    async def _kind(self, clinic: ClinicId, parties: Parties, after: Appointment) -> AppointmentType | None:
        """What its type stands for here; only another system's word for it has to be looked for."""
        return parties.type if after.type is not None else await type_of(self.store, clinic, after)

    async def cancel(
        self,
        clinic: ClinicId,
        id: str,
        *,
        by: By,
        reason: str | None,
        note: str | None,
        now: Instant,
        keep: Keep[Shown] | None = None,
    ) -> Shown:
        """C6: the patient sees `reason`, nobody but the clinic `note`. Whoever waits is told, a call ends.

        Raises `Invalid` `field_required` (practitioner and staff must give a reason), `Contradiction`
        `state_conflict`, `NotFound`, `Unavailable`.
        """
        if by in {"practitioner", "staff"} and not reason:
            raise Invalid("field_required", "Say why; the patient will see it.", field="reason")
        cancellation = Cancellation(by=by, at=now, reason=reason, note=note)
        return await until_consistent(lambda: self._cancel(clinic, id, cancellation, keep))

    async def _cancel(
        self, clinic_id: ClinicId, id: str, cancellation: Cancellation, keep: Keep[Shown] | None
    ) -> Shown:
        clinic = await clinic_of(self.store, clinic_id)
        before = await appointment_of(self.store, clinic_id, id)
        check_live(before)
        check_undecided(before)
        after = replace(before, status="cancelled", cancelled=cancellation, others=())
        step = Step(
            at=cancellation.at,
            what="cancelled",
            by=cancellation.by,
            facts={"reason": cancellation.reason} if cancellation.reason else {},
        )
        changes = [Same(clinic), free(before), *await leave(self.store, clinic_id, before)]
        events = [happened("appointment.cancelled", after, cancellation.at, by=cancellation.by)]
        return await write(
            self.store, self.bus, clinic, before, after, step, changes, events=events, keep=keep
        )

    async def get(self, clinic: ClinicId, id: str) -> Shown:
        """Raises `NotFound`."""
        found = await appointment_of(self.store, clinic, id)
        return await shown(self.store, await clinic_of(self.store, clinic), found)

    async def by_number(self, clinic: ClinicId, no: AppointmentNo) -> Shown:
        """By our own number. Raises `NotFound`."""
        found = await self.store.appointment(clinic, no)
        if found is None:
            raise NotFound("not_found", "There is no such appointment.")
        return await shown(self.store, await clinic_of(self.store, clinic), found)

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

    async def _parties(self, clinic_id: ClinicId, id: str, request: AppointmentRequest) -> Parties:
        """Raises `reference_unknown` with the field. An `external_type` may be unknown: it is kept (B6)."""
        found = await self.store.referred(clinic_id, request.practitioner, request.patient, request.type, id)
        if found.clinic is None:
            raise NotFound("not_found", "There is no such clinic.")
        if found.practitioner is None:
            raise _unknown("practitioner")
        if found.patient is None or found.patient.erased:
            raise _unknown("patient")
        if request.type is not None and found.type is None:
            raise _unknown("type")
        no = found.appointment
        before = None if no is None else await self.store.appointment(clinic_id, no)
        return Parties(found.clinic, found.practitioner, found.patient, found.type, found.healing, before)


def _as_asked(
    parties: Parties,
    before: Appointment | None,
    no: AppointmentNo,
    id: str,
    request: AppointmentRequest,
    home: Home,
) -> Appointment:
    if before is None:
        return created(no, id, request, parties.practitioner, parties.patient, home)
    return changed(before, request, parties.practitioner, parties.patient, home)


def _stands_since(clinic: Clinic, before: Appointment | None, after: Appointment, now: Instant) -> Instant:
    """Since when the appointment can be kept (F3 b). Moved to hours that have passed, it asks nobody to have
    come.
    """
    if before is None or before.status != "confirmed":
        return now
    was = of(before, clinic.policy)
    is_moved = was != of(after, clinic.policy)
    return now if is_moved and not was.opens_at <= now < was.closes_at else before.stored_at


def _step(before: Appointment | None, after: Appointment, by: By, now: Instant) -> Step:
    if before is None:
        return Step(at=now, what="created", by=by, facts=facts(after))
    return Step(at=now, what="changed", by=by, facts=differences(before, after))


def _unknown(field: str) -> Invalid:
    return Invalid("reference_unknown", f"There is no such {field}.", field=field)
