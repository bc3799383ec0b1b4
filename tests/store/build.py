"""Records as a sentence would name them. Each call makes somebody new."""

from msgspec.structs import replace

from rooms.changes import Change
from rooms.ids import AppointmentNo, ClinicId, PatientNo, PractitionerNo, new_number, new_room
from rooms.ports import (
    Book,
    Conflict,
    DiaryView,
    Free,
    Put,
    Store,
)
from rooms.records import Appointment, Clinic, Practitioner
from rooms.times import HOUR, MINUTE, Instant

NINE: Instant = 1_795_251_600_000
"""2026-11-21 09:00 UTC."""


def a_clinic_id() -> ClinicId:
    """Of a clinic that no other test knows."""
    return ClinicId(f"clinic.{new_number()}~")


def a_clinic(id: ClinicId) -> Clinic:
    return Clinic(id=id, name="Harbour Street", time_zone="Australia/Sydney", salt="5a17")


def a_practitioner(id: str = "dr-lee") -> Practitioner:
    return Practitioner(id=id, no=PractitionerNo(new_number()), name="Dr Lee")


def an_appointment(
    practitioner: PractitionerNo | None = None,
    *,
    patient: PatientNo | None = None,
    starts_at: Instant = NINE,
    minutes: int = 30,
    id: str | None = None,
) -> Appointment:
    no = AppointmentNo(new_number())
    return Appointment(
        no=no,
        id=id or f"booking.{no}",
        practitioner="dr-lee",
        practitioner_no=practitioner or PractitionerNo(new_number()),
        patient="ada",
        patient_no=patient or PatientNo(new_number()),
        starts_at=starts_at,
        ends_at=starts_at + minutes * MINUTE,
        room=new_room(),
    )


def is_free(
    view: DiaryView, starts_at: Instant, ends_at: Instant, but_for: AppointmentNo | None = None
) -> bool:
    """What a command decides from a diary (C3)."""
    return not any(
        entry.starts_at < ends_at and starts_at < entry.ends_at and entry.appointment != but_for
        for entry in view.entries
    )


async def book(store: Store, clinic: ClinicId, appointment: Appointment) -> bool:
    """As a command does: load, decide, commit, again after a conflict. Whether it was booked."""
    pno, start, end = appointment.practitioner_no, appointment.starts_at, appointment.ends_at
    for _ in range(200):
        view = await store.diary(clinic, pno, start, end)
        if not is_free(view, start, end):
            return False
        try:
            await store.commit(clinic, [Put(appointment), Book(pno, appointment.no, start, end, view)])
        except Conflict:
            continue
        return True
    raise AssertionError("conflicts without end")


async def move(store: Store, clinic: ClinicId, no: AppointmentNo, starts_at: Instant, minutes: int) -> bool:
    """Reschedule, keeping practitioner and patient. Whether it could be."""
    end = starts_at + minutes * MINUTE
    for _ in range(200):
        known = await store.appointment(clinic, no)
        assert known is not None
        view = await store.diary(clinic, known.practitioner_no, starts_at, end)
        if not is_free(view, starts_at, end, but_for=no):
            return False
        changes: list[Change] = [
            Put(replace(known, starts_at=starts_at, ends_at=end)),
            Book(known.practitioner_no, no, starts_at, end, view),
            Free(known.practitioner_no, no, known.ends_at),  # in whatever order they are listed
        ]
        try:
            await store.commit(clinic, changes)
        except Conflict:
            continue
        return True
    raise AssertionError("conflicts without end")


DAY_LONG = (NINE - 12 * HOUR, NINE + 36 * HOUR)
"""From well before to well after a test's appointments."""
