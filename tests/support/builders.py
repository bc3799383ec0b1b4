"""Records in domain words, for tests of pure decisions. Instants are of one day: `at("09:30")`, in UTC."""

from rooms.ids import AppointmentNo, ClinicId, PatientNo, PractitionerNo, RoomId
from rooms.policy import Policy
from rooms.records import Appointment, AppointmentType, Clinic, Guest, Patient, Practitioner, Status
from rooms.times import Instant, parse

DAY = "2026-11-21"
A_NO, B_NO, C_NO = (AppointmentNo(letter * 11) for letter in "ABC")


def at(clock: str, day: str = DAY) -> Instant:
    """`09:30`, `09:30:15` or `09:30:15.250` of the day."""
    return parse(f"{day}T{clock if clock.count(':') == 2 else clock + ':00'}Z")


def a_clinic(policy: Policy | None = None, *, phone: str | None = None) -> Clinic:
    return Clinic(
        id=ClinicId("harbour"),
        name="Harbour Street",
        time_zone="UTC",
        salt="5a17",
        phone=phone,
        policy=policy or Policy(),
    )


def a_practitioner(*, video: bool = True, email: str | None = None) -> Practitioner:
    return Practitioner(
        id="dr-lee", no=PractitionerNo("P" * 11), name="Dr Lee", video_enabled=video, email=email
    )


def another_practitioner() -> Practitioner:
    return Practitioner(id="dr-kim", no=PractitionerNo("Q" * 11), name="Dr Kim")


def a_patient(*, email: str | None = None, phone: str | None = None) -> Patient:
    return Patient(id="ada", no=PatientNo("U" * 11), name="Ada", email=email, phone=phone)


def another_patient() -> Patient:
    return Patient(id="bob", no=PatientNo("V" * 11), name="Bob")


def a_type(*, video: bool = True, external_ids: tuple[str, ...] = ()) -> AppointmentType:
    return AppointmentType(
        id="consult", name="Consultation", video=video, minutes=30, external_ids=external_ids
    )


def an_appointment(
    starts: str = "10:00",
    ends: str = "10:30",
    *,
    no: AppointmentNo = A_NO,
    status: Status = "confirmed",
    guests: tuple[Guest, ...] = (),
    revoked: tuple[int, ...] = (),
    extended: int = 0,
    others: tuple[AppointmentNo, ...] = (),
) -> Appointment:
    """Of Ada with Dr Lee."""
    return Appointment(
        no=no,
        id=f"booking.{no[0].lower()}",
        practitioner="dr-lee",
        practitioner_no=PractitionerNo("P" * 11),
        patient="ada",
        patient_no=PatientNo("U" * 11),
        starts_at=at(starts),
        ends_at=at(ends),
        room=RoomId("R" * 22),
        day=DAY,
        status=status,
        type="consult",
        guests=guests,
        next_guest=max((guest.number + 1 for guest in guests), default=2),
        revoked=revoked,
        extended=extended,
        others=others,
    )
