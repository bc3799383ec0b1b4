"""Why there is no link: each check alone, and all at once (B3)."""

import pytest
from msgspec.structs import replace

from rooms.access import diagnosis
from rooms.access.diagnosis import LinkCheck
from rooms.ids import PATIENT, PRACTITIONER
from rooms.records import Appointment, AppointmentType, External, Guest, Patient, Practitioner, Status
from rooms.times import Instant
from tests.support.builders import a_clinic, a_patient, a_practitioner, a_type, an_appointment, at

CODES = (
    "not_confirmed",
    "cancelled",
    "window_closed",
    "revoked",
    "practitioner_not_video_enabled",
    "type_not_video",
    "type_not_linked",
    "ambiguous_clinic",
    "contact_missing",
    "contact_invalid",
    "message_undelivered",
)

LEE, CONSULT, NINE = a_practitioner(email="lee@clinic.example"), a_type(), at("09:00")


def look(
    appointment: Appointment | None = None,
    practitioner: Practitioner | None = LEE,
    type: AppointmentType | None = CONSULT,
    now: Instant = NINE,
    person: int = PATIENT,
    patient: Patient | None = None,
) -> tuple[LinkCheck, ...]:
    return diagnosis.checks(
        a_clinic(), appointment or an_appointment(), practitioner, type, now, person,
        patient=patient or a_patient(phone="+61 2 5550 1234"),
    )  # fmt: skip


def failing(checks: tuple[LinkCheck, ...]) -> list[str]:
    return [check.code for check in checks if not check.passed]


def test_all_is_well() -> None:
    checks = look()
    assert tuple(check.code for check in checks) == CODES
    assert failing(checks) == []


@pytest.mark.parametrize("status", ["held", "expired"])
def test_not_confirmed(status: Status) -> None:
    assert failing(look(an_appointment(status=status))) == ["not_confirmed"]


@pytest.mark.parametrize("status", ["confirmed", "completed", "no_show"])
def test_whatever_became_of_it_it_was_confirmed(status: Status) -> None:
    assert failing(look(an_appointment(status=status))) == []


def test_cancelled() -> None:
    assert failing(look(an_appointment(status="cancelled"))) == ["cancelled"]


def test_too_early_is_no_failure_and_closed_is_one_to_the_millisecond() -> None:
    assert failing(look(now=at("00:00"))) == []
    assert failing(look(now=at("11:29:59.999"))) == []
    assert failing(look(now=at("11:30"))) == ["window_closed"]


def test_revoked_for_that_person_only() -> None:
    revoked = an_appointment(revoked=(PATIENT,))
    assert failing(look(revoked)) == ["revoked"]
    assert failing(look(revoked, person=PRACTITIONER)) == []


def test_the_practitioner_offers_no_video() -> None:
    assert failing(look(practitioner=a_practitioner(video=False))) == ["practitioner_not_video_enabled"]


def test_the_practitioner_is_gone() -> None:
    assert failing(look(practitioner=None)) == ["practitioner_not_video_enabled"]


def test_the_type_is_held_in_person() -> None:
    assert failing(look(type=a_type(video=False))) == ["type_not_video"]


def test_the_type_has_no_counterpart() -> None:
    assert failing(look(type=None)) == ["type_not_linked"]


def test_a_missing_contact_warns_and_does_not_block() -> None:
    nobody = a_patient()
    assert failing(look(patient=nobody)) == ["contact_missing"]
    (warning,) = [check for check in look(patient=nobody) if not check.passed]
    assert not warning.blocking
    assert warning.where == "/v1/patients/ada"


@pytest.mark.parametrize("patient", [a_patient(email="ada@mail.example"), a_patient(phone="+49 30 5550")])
def test_either_contact_will_do(patient: Patient) -> None:
    assert failing(look(patient=patient)) == []


def test_the_contact_asked_for_is_that_persons() -> None:
    carer, friend = (
        Guest(id="carer", number=2, name="Cy", phone="+1 555 0100"),
        Guest(id="friend", number=3, name="Fi"),
    )
    both = an_appointment(guests=(carer, friend))
    assert failing(look(both, person=2)) == []
    assert failing(look(both, person=3)) == ["contact_missing"]
    assert failing(look(both, person=9)) == ["contact_missing"]
    assert failing(look(person=PRACTITIONER)) == []
    assert failing(look(person=PRACTITIONER, practitioner=a_practitioner())) == ["contact_missing"]
    assert failing(look(person=PRACTITIONER, practitioner=None)) == [
        "practitioner_not_video_enabled",
        "contact_missing",
    ]


def test_a_contact_that_cannot_be_used_warns_for_whose_it_is() -> None:
    """Also where another one can: whoever typed it should know."""
    ada = replace(a_patient(email="ada@mail.example"), unusable=("phone",))
    assert failing(look(patient=ada)) == ["contact_invalid"]
    assert failing(look(patient=ada, person=PRACTITIONER)) == []
    both = an_appointment(guests=(Guest(id="carer", number=2, name="Cy", unusable=("email", "phone")),))
    assert failing(look(both, person=2)) == ["contact_missing", "contact_invalid"]
    assert failing(look(both)) == []
    lee = replace(LEE, email=None, unusable=("email",))
    assert failing(look(practitioner=lee, person=PRACTITIONER)) == ["contact_missing", "contact_invalid"]
    (warning,) = [check for check in look(patient=ada) if not check.passed]
    assert (warning.blocking, warning.where) == (False, "/v1/patients/ada")


def test_two_visits_at_one_time_are_said_to_whom_they_are_to_be_said() -> None:
    """C11: a warning, and nothing of it where a guest or the patient asks."""

    def seen(*busy: str) -> LinkCheck:
        *_, last = diagnosis.checks(
            a_clinic(), an_appointment(), LEE, CONSULT, NINE, patient=a_patient(phone="1"), busy=busy
        )
        return last

    assert (seen().code, seen().passed, seen().where) == ("patient_busy", True, "/v1/appointments/booking.a")
    two = seen("booking.b", "booking.c")
    assert (two.code, two.passed, two.blocking) == ("patient_busy", False, False)
    assert two.where == "/v1/appointments/booking.b"
    assert "booking.b, booking.c" in two.message
    assert "patient_busy" not in [check.code for check in look()]


def test_nobody_is_known_to_be_the_patient() -> None:
    checks = diagnosis.checks(a_clinic(), an_appointment(), LEE, CONSULT, at("09:00"))
    assert failing(checks) == ["contact_missing"]


def test_what_is_well_is_said_in_the_same_words_once_the_link_is_out() -> None:
    out = replace(an_appointment(), issued_at=at("08:00"))
    assert [check.message for check in look(out)] == [check.message for check in look()]


def test_everything_at_once() -> None:
    worst = replace(an_appointment(status="held", revoked=(PATIENT,)), type=None, external_type="HD-17")
    checks = diagnosis.checks(
        a_clinic(),
        worst,
        a_practitioner(video=False),
        None,
        at("12:00"),
        patient=a_patient(),
        rivals=("hill",),
        undelivered="timeout",
    )
    assert failing(checks) == [
        code for code in CODES if code not in {"cancelled", "type_not_video", "contact_invalid"}
    ]
    assert diagnosis.blocking(checks) == tuple(failing(checks)[:-2])


def test_a_link_that_is_out_is_not_kept_back_by_the_set_up() -> None:
    """B4: it goes on working; the same checks still say what is wrong."""
    out = replace(an_appointment(), issued_at=1, type=None, external_type="HD-17")
    checks = diagnosis.checks(a_clinic(), out, None, None, NINE, rivals=("hill",))
    wrong = [check for check in checks if not check.passed and check.code in CODES[4:8]]
    assert [check.code for check in wrong] == [CODES[4], CODES[6], CODES[7]]
    assert all(check.message.endswith(diagnosis.ISSUED_BEFORE) for check in wrong)
    assert diagnosis.blocking(checks) == ()
    type = a_type(video=False)
    assert diagnosis.failed(a_clinic(), replace(out, type="consult"), LEE, type, NINE) == ()
    assert diagnosis.failed(a_clinic(), replace(out, issued_at=0), LEE, type, NINE) == ("type_not_video",)


def test_a_link_that_is_out_still_ends_with_its_appointment() -> None:
    ended = replace(an_appointment(status="cancelled", revoked=(PATIENT,)), issued_at=1)
    assert diagnosis.failed(a_clinic(), ended, LEE, CONSULT, at("12:00")) == (
        "cancelled",
        "window_closed",
        "revoked",
    )


def test_rivals_are_named_and_put_right_at_the_database() -> None:
    from_outside = replace(an_appointment(), external=External(database="gp", practitioner="17"))

    def clinic_check(appointment: Appointment, *rivals: str) -> LinkCheck:
        checks = diagnosis.checks(a_clinic(), appointment, LEE, CONSULT, NINE, rivals=rivals)
        return next(check for check in checks if check.code == "ambiguous_clinic")

    check = clinic_check(from_outside, "hill", "park")
    assert (check.passed, check.blocking, check.where) == (False, True, "/v1/external/gp")
    assert "hill, park" in check.message
    assert clinic_check(from_outside).passed
    assert clinic_check(an_appointment()).where == "/v1/clinic"


def test_a_message_that_has_not_arrived_warns_and_says_why() -> None:
    checks = diagnosis.checks(
        a_clinic(), an_appointment(), LEE, CONSULT, NINE, patient=a_patient(phone="1"), undelivered="timeout"
    )
    (warning,) = [check for check in checks if not check.passed]
    assert (warning.code, warning.blocking) == ("message_undelivered", False)
    assert "(timeout)" in warning.message
    assert warning.where == "/v1/appointments/booking.a/resend"


def test_the_contact_is_put_right_where_it_is_kept() -> None:
    def where(person: int) -> str:
        return next(check.where for check in look(person=person) if check.code == "contact_missing")

    assert [where(person) for person in (PRACTITIONER, PATIENT, 2)] == [
        "/v1/practitioners/dr-lee",
        "/v1/patients/ada",
        "/v1/appointments/booking.a",
    ]


def test_blocking_codes_only() -> None:
    held = an_appointment(status="held")
    assert diagnosis.failed(a_clinic(), held, LEE, CONSULT, at("09:00")) == ("not_confirmed",)
    assert diagnosis.failed(a_clinic(), an_appointment(), LEE, CONSULT, at("09:00")) == ()


def test_every_check_says_who_and_where_in_words_for_both_cases() -> None:
    good, bad = look(), look(an_appointment(status="cancelled"), None, None, at("12:00"), patient=a_patient())
    for passed, failed in zip(good, bad, strict=True):
        assert passed.where.startswith("/v1/")
        assert passed.who in {"patient", "practitioner", "clinic", "booking service"}
        assert (passed.message == failed.message) == (passed.passed == failed.passed)


@pytest.mark.parametrize(("type", "is_video"), [(a_type(), True), (a_type(video=False), False), (None, True)])
def test_a_video_appointment_is_one_that_may_be_one(type: AppointmentType | None, is_video: bool) -> None:
    assert diagnosis.is_video(an_appointment(), type) is is_video
