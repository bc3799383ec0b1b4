"""Why is there no link? Every check at once, for the API, the command line and the pages alike (B3).

Links that were issued go on working when something is switched off (B4): for them, what is wrong with the
set-up does not block.

A check that blocks keeps the link from being issued or from opening the room; too early is none. Whatever
fails can be put right without making the appointment again (B4), because nothing here is remembered: each
answer is computed from the facts as they are.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from rooms.access import window
from rooms.access.people import contact, unusable
from rooms.errors import Contradiction, Invalid
from rooms.ids import PATIENT, PRACTITIONER
from rooms.records import Appointment, AppointmentType, Clinic, Patient, Practitioner
from rooms.times import Instant

Who = Literal["patient", "practitioner", "clinic", "booking service"]


ISSUED_BEFORE = "This link was issued before and goes on working."


class LinkCheck(msgspec.Struct, frozen=True, kw_only=True):
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
    rivals: Sequence[str] = (),
    undelivered: str | None = None,
    busy: Sequence[str] | None = None,
) -> tuple[LinkCheck, ...]:
    """All checks for one person's link at `now`. `type` is what the appointment's type, or the external
    system's, stands for here; `rivals` are the clinics it fits as well, with no rule between them (B5).

    `patient` is asked only for a contact, `undelivered` says why the last message has not arrived, `busy` are
    the patient's other visits at that time, None where that is nobody's business who asks: none of them
    blocks.
    """
    return (
        *_of_the_booking(clinic, appointment, person, now),
        *_of_the_set_up(appointment, practitioner, type),
        _of_the_clinic(appointment, rivals),
        *_of_the_message(appointment, practitioner, patient, person, undelivered, for_staff=busy is not None),
        *([] if busy is None else [_of_the_patient(appointment, busy)]),
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


def blocking(all_checks: Sequence[LinkCheck]) -> tuple[str, ...]:
    """Of these checks, the codes of those that block and fail."""
    return tuple(check.code for check in all_checks if check.blocking and not check.passed)


def check_usable(all_checks: Sequence[LinkCheck]) -> None:
    """Raises `Contradiction` with the code and message of the first that blocks and fails; fact `failed`: the
    codes of all of them.
    """
    failed = [check for check in all_checks if check.blocking and not check.passed]
    if failed:
        codes = [check.code for check in failed]
        raise Contradiction(failed[0].code, failed[0].message, failed=codes)


def check_bookable(all_checks: Sequence[LinkCheck]) -> None:
    """B6: what could get no link is not booked on our own page. Raises `Invalid` likewise."""
    failed = [check for check in all_checks if check.blocking and not check.passed]
    if failed:
        codes = [check.code for check in failed]
        raise Invalid(failed[0].code, failed[0].message, failed=codes)


def is_video(appointment: Appointment, type: AppointmentType | None) -> bool:
    """F3's video appointment. One whose type has no counterpart here may well be one: somebody has to look
    (B6).
    """
    return type is None or type.video


def _of_the_booking(
    clinic: Clinic, appointment: Appointment, person: int, now: Instant
) -> tuple[LinkCheck, ...]:
    here = f"/v1/appointments/{appointment.id}"
    closed = window.has_closed(appointment, clinic.policy, now)
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
) -> tuple[LinkCheck, ...]:
    return (
        _set_up(
            "practitioner_not_video_enabled",
            appointment,
            practitioner is not None and practitioner.video_enabled,
            ("The practitioner offers video.", "Video is not switched on for the practitioner."),
            f"/v1/practitioners/{appointment.practitioner}",
        ),
        _set_up(
            "type_not_video",
            appointment,
            type is None or type.video,
            ("The appointment type is not an in-person one.", "The appointment type is not held by video."),
            f"/v1/appointment-types/{type.id}" if type else "/v1/appointment-types",
        ),
        _set_up(
            "type_not_linked",
            appointment,
            type is not None,
            ("The appointment type is known here.", "The appointment's type has no counterpart here."),
            "/v1/appointment-types",
        ),
    )


def _of_the_clinic(appointment: Appointment, rivals: Sequence[str]) -> LinkCheck:
    named = f"It fits these clinics as well, and no rule says which: {', '.join(rivals)}."
    said = ("It belongs to one clinic.", named)
    where = f"/v1/external/{appointment.external.database}" if appointment.external else "/v1/clinic"
    return _set_up("ambiguous_clinic", appointment, not rivals, said, where)


def _set_up(
    code: str, appointment: Appointment, passed: bool, messages: tuple[str, str], where: str
) -> LinkCheck:
    """What the clinic can put right, and what no longer keeps back a link that is out."""
    is_out = bool(appointment.issued_at)
    said = (messages[0], f"{messages[1]} {ISSUED_BEFORE}") if is_out else messages
    return _check(code, passed, said, "clinic", where, blocking=not is_out)


def _of_the_message(
    appointment: Appointment,
    practitioner: Practitioner | None,
    patient: Patient | None,
    person: int,
    undelivered: str | None,
    *,
    for_staff: bool,
) -> tuple[LinkCheck, ...]:
    """A2: the link is there all the same; but nobody can be sent it, or it has not arrived. Staff ask about
    the patient's link for the visit, and read there of the guests' contacts, too.
    """
    where = {
        PRACTITIONER: f"/v1/practitioners/{appointment.practitioner}",
        PATIENT: f"/v1/patients/{appointment.patient}",
    }.get(person, f"/v1/appointments/{appointment.id}")
    there = any(contact(appointment, person, practitioner, patient))
    usable = not unusable(appointment, person, practitioner, patient)
    guests = appointment.guests if for_staff and person == PATIENT else ()
    all_usable = usable and not any(each.unusable for each in guests)
    at = where if usable == all_usable else f"/v1/appointments/{appointment.id}"
    none = ("There is an address to send the link to.", "There is no address to send the link to.")
    wrong = ("Every contact that was given can be used.", "A contact that was given cannot be used.")
    failed = ("No message is known to have failed.", f"The last message has not arrived ({undelivered}).")
    return (
        _check("contact_missing", there, none, "booking service", where, blocking=False),
        _check("contact_invalid", all_usable, wrong, "booking service", at, blocking=False),
        _check(
            "message_undelivered",
            undelivered is None,
            failed,
            "clinic",
            f"/v1/appointments/{appointment.id}/resend",
            blocking=False,
        ),
    )


def _of_the_patient(appointment: Appointment, busy: Sequence[str]) -> LinkCheck:
    """C11: two at one time may be meant, such as a child's and its parent's; staff should know."""
    said = (
        "The patient has no other visit at this time.",
        f"The patient has another visit at this time: {', '.join(busy)}.",
    )
    where = f"/v1/appointments/{busy[0] if busy else appointment.id}"
    return _check("patient_busy", not busy, said, "booking service", where, blocking=False)


def _check(
    code: str, passed: bool, messages: tuple[str, str], who: Who, where: str, *, blocking: bool = True
) -> LinkCheck:
    return LinkCheck(
        code=code, passed=passed, blocking=blocking, message=messages[not passed], who=who, where=where
    )
