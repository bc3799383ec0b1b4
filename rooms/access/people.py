"""Who is in an appointment: person numbers, which tokens carry, and the words everybody uses (A1)."""

from rooms.ids import PATIENT, PRACTITIONER
from rooms.records import Appointment, Guest, Patient, Practitioner

_WORDS = {"practitioner": PRACTITIONER, "patient": PATIENT}


def number_of(appointment: Appointment, person: str) -> int | None:
    """The number of `patient`, `practitioner` or `guest:<id>`; None: nobody here is called that."""
    if person in _WORDS:
        return _WORDS[person]
    return next((each.number for each in appointment.guests if person == f"guest:{each.id}"), None)


def label(appointment: Appointment, number: int) -> str | None:
    """The word for a person number; None: a guest who is no longer on the appointment."""
    if number < 2:
        return "practitioner" if number == PRACTITIONER else "patient"
    return next((f"guest:{each.id}" for each in appointment.guests if each.number == number), None)


def everybody(appointment: Appointment) -> tuple[int, ...]:
    """All person numbers."""
    return (PATIENT, PRACTITIONER, *(each.number for each in appointment.guests))


def guest(appointment: Appointment, number: int) -> Guest | None:
    """The guest of that number."""
    return next((each for each in appointment.guests if each.number == number), None)


def contact(
    appointment: Appointment, number: int, practitioner: Practitioner | None, patient: Patient | None
) -> tuple[str | None, str | None]:
    """E-mail and phone on file for a person of the appointment."""
    if number == PRACTITIONER:
        return (practitioner.email if practitioner else None), None
    known: Patient | Guest | None = patient if number == PATIENT else guest(appointment, number)
    return (known.email, known.phone) if known else (None, None)
