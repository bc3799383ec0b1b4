"""Who is in an appointment: person numbers, which tokens carry, and the words everybody uses (A1)."""

from rooms.errors import NotFound
from rooms.ids import PATIENT, PRACTITIONER
from rooms.records import Appointment, Guest, Patient, Practitioner, Unusable


def words(appointment: Appointment) -> dict[int, str]:
    """All person numbers with their words, the patient first: `patient`, `practitioner`, `guest:<id>`."""
    guests = {each.number: f"guest:{each.id}" for each in appointment.guests}
    return {PATIENT: "patient", PRACTITIONER: "practitioner"} | guests


def everybody(appointment: Appointment) -> tuple[int, ...]:
    """All person numbers."""
    return tuple(words(appointment))


def number_of(appointment: Appointment, person: str) -> int | None:
    """The number of whoever is called so; None: nobody here is."""
    return next((number for number, word in words(appointment).items() if word == person), None)


def numbered(appointment: Appointment, person: str, field: str = "person") -> int:
    """The same. Raises `NotFound` `person_unknown`; `field` is where they were called so."""
    number = number_of(appointment, person)
    if number is None:
        raise NotFound("person_unknown", "The appointment has no such person.", field=field)
    return number


def label(appointment: Appointment, number: int) -> str | None:
    """The word for a person number; None: a guest who is no longer on the appointment."""
    return words(appointment).get(number)


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


def unusable(
    appointment: Appointment, number: int, practitioner: Practitioner | None, patient: Patient | None
) -> Unusable:
    """Which of that person's contacts were given and cannot be used."""
    known = {PRACTITIONER: practitioner, PATIENT: patient}.get(number, guest(appointment, number))
    return known.unusable if known else ()
