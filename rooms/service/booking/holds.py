"""C2, C3: a time is held, in one commit: whoever comes second finds it taken."""

import msgspec
from msgspec.structs import replace

from rooms.access import diagnosis
from rooms.booking import slots
from rooms.booking.deadlines import check_lead
from rooms.booking.diary import overlapping
from rooms.booking.holds import deadline, secret_for
from rooms.booking.request import facts
from rooms.calendar import Held, with_holds
from rooms.changes import Change
from rooms.errors import Contradiction, Invalid, TooManyHolds
from rooms.ids import AppointmentNo, ClinicId, PatientNo, RoomId, keyed_digest, new_number, secret_digest
from rooms.ports import Bus, Put, Same, Store
from rooms.records import (
    Appointment,
    AppointmentType,
    Clinic,
    Hold,
    Patient,
    Practitioner,
    Step,
)
from rooms.service.appointments.change import unknown
from rooms.service.appointments.commit import Edit, write
from rooms.service.appointments.diary import current, occupy, slot_taken
from rooms.service.booking.free_slots import FreeSlots, check_self_booking
from rooms.service.events import happened
from rooms.service.idempotency import Act, Keep, keep_of
from rooms.service.load import LoadedAppointment, clinic_of
from rooms.service.retry import retried
from rooms.times import MINUTE, SECOND, Instant


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`client`: whose holds are counted; None: the clinic's own. `offered_only`: it has to be a slot of
    the practitioner's hours.
    """

    practitioner: str
    type: str
    starts_at: Instant
    patient: str | None = None
    client: str | None = None
    offered_only: bool = False


class OwnHold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold as its holder sees it."""

    seen: LoadedAppointment
    hold: Hold
    secret: str | None = None
    """Shown once, where it was made."""


class Holds:
    """`by` is who asks: a patient, or staff for the clinic's key."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self.store, self.bus, self.free_slots = store, bus, FreeSlots(store)

    @retried
    async def hold(self, act: Act[OwnHold], asked: HoldRequest) -> OwnHold:
        """Keep a time (C2).

        Raises `Contradiction`: `slot_taken`, `slot_not_offered`; `Invalid`: `slot_in_past`,
        `too_late_to_book` (to whom only what is on offer may be held), `reference_unknown`, or the code of
        the check that would block the link (B6); `self_booking_off`, `too_many_holds`, `NotFound`,
        `Unavailable`.
        """
        clinic, person, kind, patient = await self._parties(act.clinic, asked)
        secret, now = secret_for(act.clinic), act.now
        _check_allowed(clinic, asked, now)
        client = None if asked.client is None else _client(clinic, asked.client)
        hold = Hold(until=deadline(clinic.policy, now), secret=secret_digest(secret), client=client or "")
        made = _held(asked, person, kind, patient, hold, now)
        confirmed = replace(made, status="confirmed")
        diagnosis.check_bookable(diagnosis.checks(clinic, confirmed, person, kind, now))
        counted = await self._counted(clinic, client, made, hold, now)
        in_diary = await self._in_diary(clinic, asked, made, person, kind, now)
        seen = LoadedAppointment(clinic=clinic, appointment=made, practitioner=person, type=kind)
        edit = Edit(
            before=None,
            after=made,
            step=Step(at=now, what="held", by=act.by, facts=facts(made)),
            changes=[Same(clinic), Same(person), Same(kind), *counted, *in_diary],
            events=[happened("appointment.held", made, now)],
            seen=seen,
        )
        return await write_hold(self.store, self.bus, clinic, edit, hold, secret, keep=act.keep)

    async def _parties(
        self, clinic_id: ClinicId, asked: HoldRequest
    ) -> tuple[Clinic, Practitioner, AppointmentType, Patient | None]:
        clinic = await clinic_of(self.store, clinic_id)
        person = await self.store.practitioner(clinic_id, asked.practitioner)
        kind = await self.store.appointment_type(clinic_id, asked.type)
        patient = await self.store.patient(clinic_id, asked.patient) if asked.patient else None
        if person is None:
            raise unknown("practitioner")
        if kind is None:
            raise unknown("type")
        if asked.patient is not None and (patient is None or patient.erased):
            raise unknown("patient")
        return clinic, person, kind, patient

    async def _counted(
        self, clinic: Clinic, client: str | None, made: Appointment, hold: Hold, now: Instant
    ) -> list[Change]:
        """Held per client is capped: in the commit, so that two at once do not pass together."""
        if client is None:
            return []
        holder = await self.store.visitor_holds(clinic.id, client)
        there = [each for each in holder.holds if each.until > now]
        if len(there) >= clinic.policy.holds_per_visitor:
            wait = (min(each.until for each in there) - now) / SECOND
            raise TooManyHolds(wait)
        return [Put(with_holds(holder, (*there, Held(made.no, hold.until)), now))]

    async def _in_diary(
        self,
        clinic: Clinic,
        asked: HoldRequest,
        made: Appointment,
        person: Practitioner,
        kind: AppointmentType,
        now: Instant,
    ) -> list[Change]:
        """Its place in the diary. To the public what is taken is only that, with others instead; the clinic's
        own callers are told whose it is.
        """
        if asked.offered_only:
            return await self._of_the_offer(clinic, made, person, kind, now)
        seen = await self.store.diary(clinic.id, person.no, made.starts_at, made.ends_at)
        if found := overlapping(current(seen.entries, now), made.starts_at, made.ends_at):
            raise await slot_taken(self.store, clinic.id, found[0].appointment, made.id)
        return await occupy(self.store, clinic.id, made, seen, now)

    async def _of_the_offer(
        self, clinic: Clinic, made: Appointment, person: Practitioner, kind: AppointmentType, now: Instant
    ) -> list[Change]:
        """A free slot of the hours, with its buffers."""
        zone, minutes, at = clinic.time_zone, kind.minutes, made.starts_at
        hours = await self.store.hours(clinic.id, person.no)
        reach = slots.reach(hours, zone, at)
        seen = await self.store.diary(clinic.id, person.no, at - reach, made.ends_at + reach)
        entries = current(seen.entries, now)
        is_taken = bool(overlapping(entries, at, made.ends_at))
        if not is_taken and slots.at(hours, zone, minutes, [], at) is None:
            near = await self._near(clinic, person, kind, at, now)
            message = "This is none of the times on offer."
            raise Contradiction("slot_not_offered", message, nearest=near)
        if is_taken or slots.at(hours, zone, minutes, entries, at) is None:
            near = await self._near(clinic, person, kind, at, now)
            raise Contradiction("slot_taken", "Somebody else has this time.", nearest=near)
        return [Same(hours), *await occupy(self.store, clinic.id, made, seen, now, past=0)]

    async def _near(
        self, clinic: Clinic, person: Practitioner, kind: AppointmentType, wanted: Instant, now: Instant
    ) -> list[dict[str, str]]:
        """What a refusal offers the public instead."""
        found = await self.free_slots.nearest(clinic, person, kind, wanted, now, public=True)
        return [each.facts() for each in found]


async def write_hold(
    store: Store,
    bus: Bus,
    clinic: Clinic,
    edit: Edit,
    hold: Hold,
    secret: str | None = None,
    *,
    keep: Keep[OwnHold] | None,
) -> OwnHold:
    """As `write`, for whoever is answered with the hold."""

    def as_held(done: LoadedAppointment) -> OwnHold:
        return OwnHold(seen=done, hold=hold, secret=secret)

    return as_held(await write(store, bus, clinic, edit, keep=keep_of(keep, as_held)))


def _check_allowed(clinic: Clinic, asked: HoldRequest, now: Instant) -> None:
    """Whether anything may be held at all, and that soon: of the public by the clinic's policy."""
    if asked.offered_only:
        check_self_booking(clinic)
    if asked.starts_at < now:
        raise Invalid("slot_in_past", "That time has passed.", field="starts_at")
    if asked.offered_only:
        check_lead(clinic, asked.starts_at, now)


def _client(clinic: Clinic, client: str) -> str:
    """A keyed digest: an address on the network is nobody's to read (RELIABILITY 7)."""
    return keyed_digest(clinic.salt, client)[:32]


def _held(
    asked: HoldRequest,
    person: Practitioner,
    kind: AppointmentType,
    patient: Patient | None,
    hold: Hold,
    now: Instant,
) -> Appointment:
    """It has no room before it is confirmed: rooms are for people who come. Whoever it is for has a number
    already, so that nothing of it changes when their name is known.
    """
    return Appointment(
        no=AppointmentNo(new_number()),
        id=f"b-{new_number()}",
        practitioner=person.id,
        practitioner_no=person.no,
        patient=patient.id if patient else f"b-{new_number()}",
        patient_no=patient.no if patient else PatientNo(new_number()),
        starts_at=asked.starts_at,
        ends_at=asked.starts_at + kind.minutes * MINUTE,
        room=RoomId(""),
        status="held",
        type=kind.id,
        stored_at=now,
        hold=hold,
    )
