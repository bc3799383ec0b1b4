"""From records to what is answered. Who asks decides how much of an appointment is shown, here and nowhere
else.
"""

import msgspec
from msgspec import UNSET

from rooms.access import diagnosis
from rooms.access import window as windows
from rooms.access.diagnosis import LinkCheck
from rooms.access.window import Window
from rooms.attendance.ledger import Interval
from rooms.booking.holds import status_at
from rooms.records import AppointmentType, Cancellation, Clinic, Guest, Patient, Practitioner, Step
from rooms.service.links.issue import IssuedGrant, IssuedToken
from rooms.service.load import LoadedAppointment
from rooms.service.outcomes.automatic import Attendance
from rooms.times import Instant, show
from signalling.http.schemas.answers import (
    AppointmentShown,
    AppointmentTypeShown,
    AttendanceShown,
    CancelledShown,
    CheckShown,
    ClinicShown,
    DiagnosisShown,
    GrantShown,
    GuestShown,
    IntervalShown,
    IssuedShown,
    JoinWindowShown,
    LinkShown,
    PatientShown,
    PolicyShown,
    PractitionerShown,
    StepShown,
    Warned,
)


def clinic(record: Clinic) -> ClinicShown:
    return ClinicShown(
        id=record.id,
        name=record.name,
        time_zone=record.time_zone,
        phone=record.phone,
        policy=PolicyShown(**msgspec.structs.asdict(record.policy)),
        external_ids=record.external_ids,
    )


def practitioner(record: Practitioner) -> PractitionerShown:
    return PractitionerShown(
        id=record.id,
        name=record.name,
        video_enabled=record.video_enabled,
        external_ids=record.external_ids,
        email=record.email,
    )


def appointment_type(record: AppointmentType) -> AppointmentTypeShown:
    return AppointmentTypeShown(
        id=record.id,
        name=record.name,
        video=record.video,
        minutes=record.minutes,
        external_ids=record.external_ids,
    )


def patient(record: Patient) -> PatientShown:
    return PatientShown(id=record.id, name=record.name, email=record.email, phone=record.phone)


def appointment(
    shown: LoadedAppointment, now: Instant, *, private: bool, patient_name: str | None = None
) -> AppointmentShown:
    """`private`: for whoever works at the clinic; a patient or guest sees no contacts and no note."""
    record, outcome = shown.appointment, shown.appointment.outcome
    failed = shown.failed(now)
    return AppointmentShown(
        id=record.id,
        status=status_at(record, now),
        outcome=outcome.name if outcome else None,
        outcome_revision=outcome.revision if outcome else 0,
        review=outcome.review if outcome else False,
        flagged=outcome.flagged if outcome else False,
        room=record.room,
        window=window(windows.of(record, shown.clinic.policy)),
        link=LinkShown(usable=not failed, failed=failed),
        practitioner=record.practitioner,
        practitioner_name=shown.practitioner.name if shown.practitioner else None,
        patient=record.patient,
        patient_name=patient_name if private else UNSET,
        guests=tuple(_guest(each, private) for each in record.guests),
        type=record.type,
        external_type=record.external_type,
        starts_at=show(record.starts_at),
        ends_at=show(record.ends_at),
        cancelled=_cancelled(record.cancelled, private) if record.cancelled else None,
        warnings=_warnings(shown.busy) if private and shown.busy is not None else UNSET,
    )


def _warnings(busy: tuple[str, ...]) -> tuple[Warned, ...]:
    return tuple(Warned(code="patient_busy", other=each) for each in busy)


def window(opened: Window) -> JoinWindowShown:
    return JoinWindowShown(opens_at=show(opened.opens_at), closes_at=show(opened.closes_at))


def _guest(record: Guest, private: bool) -> GuestShown:
    shown = GuestShown(id=record.id, name=record.name, counts=record.counts)
    if not private:
        return shown
    invited = True if record.invited else UNSET
    return msgspec.structs.replace(shown, email=record.email, phone=record.phone, invited=invited)


def _cancelled(record: Cancellation, private: bool) -> CancelledShown:
    note = record.note if private else UNSET
    return CancelledShown(by=record.by, at=show(record.at), reason=record.reason, note=note)


def token(issued: IssuedToken) -> IssuedShown:
    return IssuedShown(
        token=issued.token,
        link=issued.link,
        address=issued.address,
        room=issued.room,
        opens_at=show(issued.opens_at),
        closes_at=show(issued.closes_at),
        status=issued.status,
    )


def grant(issued: IssuedGrant) -> GrantShown:
    return GrantShown(id=issued.id, token=issued.token, link=issued.link, expires_at=show(issued.expires_at))


def checks(made: tuple[LinkCheck, ...]) -> DiagnosisShown:
    return DiagnosisShown(
        usable=not diagnosis.blocking(made),
        checks=[CheckShown(**msgspec.structs.asdict(check)) for check in made],
    )


def attendance(record: Attendance) -> AttendanceShown:
    return AttendanceShown(
        intervals=[_interval(each) for each in record.intervals],
        overlap_seconds=record.overlap_seconds,
        outcome=record.outcome,
        evidence=record.evidence,
    )


def _interval(record: Interval) -> IntervalShown:
    return IntervalShown(
        person=record.person,
        device=record.device,
        state=record.state,
        started_at=show(record.started_at),
        ended_at=None if record.ended_at is None else show(record.ended_at),
        ended_by=record.ended_by or None,
    )


def step(record: Step) -> StepShown:
    return StepShown(at=show(record.at), what=record.what, by=record.by, facts=record.facts)
