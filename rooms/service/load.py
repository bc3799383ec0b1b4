"""Reading what a command needs of a clinic, and what is shown of an appointment."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TypeVar

import msgspec

from rooms.access import diagnosis, window
from rooms.booking.holds import is_live
from rooms.errors import Contradiction, NotFound
from rooms.ids import PATIENT, ClinicId, PatientNo, PractitionerNo
from rooms.policy import LONGEST_VISIT
from rooms.ports import Store
from rooms.records import Appointment, AppointmentType, Clinic, Practitioner
from rooms.times import LATEST, Instant

T = TypeVar("T")

PAGE_SIZE = 100
"""Appointments read or committed together: short enough for everybody else of the clinic to get in
between.
"""


class LoadedAppointment(msgspec.Struct, frozen=True, kw_only=True):
    """What the API shows of an appointment. `type`: what it stands for here; None where it has no counterpart
    (B6).
    """

    clinic: Clinic
    appointment: Appointment
    practitioner: Practitioner | None
    type: AppointmentType | None
    busy: tuple[str, ...] | None = None
    """The patient's other visits at this time, where somebody looked (C11)."""

    def failed(self, now: Instant, number: int = PATIENT) -> tuple[str, ...]:
        """What blocks the link of that person."""
        return diagnosis.failed(self.clinic, self.appointment, self.practitioner, self.type, now, number)


def existing(found: T | None, what: str) -> T:
    """What was looked up. Raises `NotFound` where there is none."""
    if found is None:
        raise NotFound("not_found", f"There is no such {what}.")
    return found


async def clinic_of(store: Store, clinic: ClinicId) -> Clinic:
    """Raises `NotFound`."""
    return existing(await store.clinic(clinic), "clinic")


async def appointment_of(store: Store, clinic: ClinicId, id: str) -> Appointment:
    """The appointment the booking service calls `id`. Raises `NotFound`."""
    return existing(await store.appointment_by_id(clinic, id), "appointment")


def to_come(appointment: Appointment, clinic: Clinic, now: Instant) -> bool:
    """Held or confirmed, and its window has not closed: somebody may still come for it."""
    return is_live(appointment, now) and not window.has_closed(appointment, clinic.policy, now)


async def overlapping_visits(
    store: Store, clinic: ClinicId, appointment: Appointment, now: Instant
) -> tuple[str, ...]:
    """The patient's other live visits that overlap this one, by id, with whomever (C11). What is read are
    those that begin near it: no visit is longer than `LONGEST_VISIT`.
    """
    if not is_live(appointment, now):
        return ()
    no, start, end = appointment.no, appointment.starts_at, appointment.ends_at
    near = pages(store, clinic, start - LONGEST_VISIT, end=end, patient=appointment.patient_no)
    others = [each async for page in near for each in page if each.no != no and each.ends_at > start]
    return tuple(each.id for each in others if is_live(each, now))


async def pages(
    store: Store,
    clinic: ClinicId,
    start: Instant,
    *,
    end: Instant = LATEST + 1,
    practitioner: PractitionerNo | None = None,
    patient: PatientNo | None = None,
    handed: bool = False,
) -> AsyncIterator[list[Appointment]]:
    """All appointments that start in `[start, end)`, of any status, a page at a time; with `handed` those
    handed to the practitioner, too.
    """
    after: tuple[Instant, str] | None = None
    while True:
        page = await store.listing(
            clinic,
            practitioner=practitioner,
            patient=patient,
            start=start,
            end=end,
            after=after,
            limit=PAGE_SIZE,
            handed=handed,
        )
        yield page
        if len(page) < PAGE_SIZE:
            return
        after = (page[-1].starts_at, page[-1].no)


async def loaded(store: Store, clinic: Clinic, appointment: Appointment) -> LoadedAppointment:
    """With what has to be read beside it."""
    practitioner = await store.practitioner(clinic.id, appointment.practitioner)
    return LoadedAppointment(
        clinic=clinic,
        appointment=appointment,
        practitioner=practitioner,
        type=await type_of(store, clinic.id, appointment),
    )


async def loaded_all(
    store: Store, clinic: Clinic, appointments: Sequence[Appointment]
) -> list[LoadedAppointment]:
    """Each of them; the clinic's practitioners and types are few and read once for all."""
    if not appointments:
        return []
    practitioners = {each.id: each for each in await store.practitioners(clinic.id)}
    types = await store.appointment_types(clinic.id)
    return [
        LoadedAppointment(
            clinic=clinic,
            appointment=each,
            practitioner=practitioners.get(each.practitioner),
            type=match_type(each, types),
        )
        for each in appointments
    ]


async def names_of(store: Store, clinic: ClinicId, patients: Sequence[str]) -> dict[str, str]:
    """Patient id to name, of those who have one."""
    known = await store.patients(clinic, patients)
    return {each.id: each.name for each in known if each is not None and each.name}


async def type_of(store: Store, clinic: ClinicId, appointment: Appointment) -> AppointmentType | None:
    """What the appointment's type stands for now, so that linking an external one puts right what is booked
    (B4).
    """
    if appointment.type is not None:
        return await store.appointment_type(clinic, appointment.type)
    return match_type(appointment, await store.appointment_types(clinic))


def match_type(appointment: Appointment, types: Iterable[AppointmentType]) -> AppointmentType | None:
    """Of all types: its own; else the first by id that names the external system's. A type that is gone
    matches none.
    """
    for each in sorted(types, key=lambda each: each.id):
        if each.id == appointment.type:
            return each
        if appointment.type is None and appointment.external_type in each.external_ids:
            return each
    return None


NAMED = 100
"""Appointments that a refusal names: more than anybody reads."""


def needed(coming: Sequence[Appointment]) -> Contradiction:
    """`state_conflict`, naming what is to come."""
    message = "Appointments are still to come; cancel or move them first."
    ids = [each.id for each in coming[:NAMED]]
    return Contradiction("state_conflict", message, appointment=ids[0], appointments=ids)
