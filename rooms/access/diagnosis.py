"""Why is there no link? Every check at once, for the API, the command line and the pages alike (B3).

A check that blocks keeps the link from being issued or from opening the room; too early is none. Whatever
fails can be put right without making the appointment again (B4), because nothing here is remembered: each
answer is computed from the facts as they are.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from rooms.access import window
from rooms.ids import PATIENT, PRACTITIONER
from rooms.records import Appointment, AppointmentType, Clinic, Patient, Practitioner
from rooms.times import Instant

Who = Literal["patient", "practitioner", "clinic", "booking service"]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """`message` says what is so, passed or not; `who` can put it right, and `where` is the path of the API at
    which.
    """

    code: str
    passed: bool
    blocking: bool
    message: str
    who: Who
    where: str


def checks(
    clinic: Clinic,
    appointment: Appointment,
    practitioner: Practitioner | None,
    type: AppointmentType | None,
    now: Instant,
    person: int = PATIENT,
    *,
    patient: Patient | None = None,
) -> tuple[Check, ...]:
    """All checks for one person's link at `now`. `type` is what the appointment's type, or the external
    system's, stands for here.

    `patient` is asked only for a contact, which does not block.
    """
    return (
        *_of_the_booking(clinic, appointment, person, now),
        *_of_the_set_up(appointment, practitioner, type),
        _contact(appointment, practitioner, patient, person),
    )


def failed(
    clinic: Clinic,
    appointment: Appointment,
    practitioner: Practitioner | None,
    type: AppointmentType | None,
    now: Instant,
    person: int = PATIENT,
) -> tuple[str, ...]:
    """The codes of the blocking checks that fail: none means the link is usable."""
    return blocking(checks(clinic, appointment, practitioner, type, now, person))


def blocking(all_checks: Sequence[Check]) -> tuple[str, ...]:
    """Of these checks, the codes of those that block and fail."""
    return tuple(check.code for check in all_checks if check.blocking and not check.passed)


def is_video(appointment: Appointment, type: AppointmentType | None) -> bool:
    """F3's video appointment. One whose type has no counterpart here may well be one: somebody has to look
    (B6).
    """
    return type is None or type.video


def _of_the_booking(clinic: Clinic, appointment: Appointment, person: int, now: Instant) -> tuple[Check, ...]:
    here = f"/v1/appointments/{appointment.id}"
    closed = now >= window.of(appointment, clinic.policy).closes_at
    return (
        _check(
            "not_confirmed",
            appointment.status not in {"held", "expired"},
            ("The appointment is confirmed.", "The appointment is not confirmed yet."),
            "booking service",
            here,
        ),
        _check(
            "cancelled",
            appointment.status != "cancelled",
            ("The appointment is not cancelled.", "The appointment was cancelled."),
            "clinic",
            here,
        ),
        _check(
            "window_closed",
            not closed,
            ("The time to join has not passed.", "The time to join has passed."),
            "clinic",
            f"{here}/extend",
        ),
        _check(
            "revoked",
            person not in appointment.revoked,
            ("The link is not revoked.", "The link was revoked and no new one was sent."),
            "clinic",
            f"{here}/resend",
        ),
    )


def _of_the_set_up(
    appointment: Appointment, practitioner: Practitioner | None, type: AppointmentType | None
) -> tuple[Check, ...]:
    return (
        _check(
            "practitioner_not_video_enabled",
            practitioner is not None and practitioner.video_enabled,
            ("The practitioner offers video.", "Video is not switched on for the practitioner."),
            "clinic",
            f"/v1/practitioners/{appointment.practitioner}",
        ),
        _check(
            "type_not_video",
            type is None or type.video,
            ("The appointment type is not an in-person one.", "The appointment type is not held by video."),
            "clinic",
            f"/v1/appointment-types/{type.id}" if type else "/v1/appointment-types",
        ),
        _check(
            "type_not_linked",
            type is not None,
            ("The appointment type is known here.", "The appointment's type has no counterpart here."),
            "clinic",
            "/v1/appointment-types",
        ),
    )


def _contact(
    appointment: Appointment, practitioner: Practitioner | None, patient: Patient | None, person: int
) -> Check:
    """A2: the link is there all the same; but nobody can be sent it."""
    said = ("There is an address to send the link to.", "There is no address to send the link to.")
    guest = next((each for each in appointment.guests if each.number == person), None)
    if person == PRACTITIONER:
        email, phone = practitioner and practitioner.email, None
        where = f"/v1/practitioners/{appointment.practitioner}"
    elif person == PATIENT:
        email, phone = (patient.email, patient.phone) if patient else (None, None)
        where = f"/v1/patients/{appointment.patient}"
    else:
        email, phone = (guest.email, guest.phone) if guest else (None, None)
        where = f"/v1/appointments/{appointment.id}"
    return _check("contact_missing", bool(email or phone), said, "booking service", where, blocking=False)


def _check(
    code: str, passed: bool, messages: tuple[str, str], who: Who, where: str, *, blocking: bool = True
) -> Check:
    return Check(
        code=code, passed=passed, blocking=blocking, message=messages[not passed], who=who, where=where
    )
