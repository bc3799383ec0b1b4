"""Where an old link leads on: to its own appointment, else the next with this practitioner, else the next
(A7).
"""

import pytest
from msgspec.structs import replace

from rooms.access.forward import forward_to, number_in
from rooms.ids import PATIENT, PRACTITIONER, PatientNo, PractitionerNo
from rooms.policy import Policy
from rooms.records import Appointment, Guest, Status
from rooms.times import MINUTE
from tests.support.builders import A_NO, B_NO, C_NO, an_appointment, at

POLICY, NOON = Policy(), at("12:00")
CARER = Guest(id="carer", number=2, name="Cy", email="cy@mail.example")
OLD = an_appointment("08:00", "08:30", guests=(CARER,))
NEXT = an_appointment("15:00", "15:30", no=B_NO, guests=(replace(CARER, number=5),))
KIM, BOB = PractitionerNo("Q" * 11), PatientNo("V" * 11)


def led(*candidates: Appointment, number: int = PATIENT) -> tuple[str, int] | None:
    found = forward_to(OLD, number, candidates, POLICY, NOON)
    return found and (found[0].no, found[1])


def test_a_link_that_can_be_used_leads_to_itself_however_late_it_is() -> None:
    own = replace(OLD, starts_at=at("23:00"), ends_at=at("23:30"))
    assert led(NEXT, own) == (A_NO, PATIENT)
    assert led(NEXT, replace(own, practitioner_no=KIM)) == (A_NO, PATIENT)


def test_else_to_the_next_with_this_practitioner_though_another_is_sooner() -> None:
    sooner = replace(NEXT, no=C_NO, practitioner_no=KIM, starts_at=at("13:00"), ends_at=at("13:30"))
    assert led(sooner, NEXT, OLD) == (B_NO, PATIENT)
    assert led(sooner, OLD) == (C_NO, PATIENT)


def test_of_several_the_first_to_come() -> None:
    later = replace(NEXT, no=C_NO, starts_at=at("16:00"), ends_at=at("16:30"))
    assert led(later, NEXT) == led(NEXT, later) == (B_NO, PATIENT)


def test_until_its_window_closes_to_the_millisecond() -> None:
    """Sixty minutes after the end, unless staff put it off (D2)."""
    closes = replace(NEXT, starts_at=NOON - 90 * MINUTE, ends_at=NOON - 60 * MINUTE)
    assert led(closes) is None
    assert led(replace(closes, ends_at=NOON - 60 * MINUTE + 1)) == (B_NO, PATIENT)
    assert led(replace(closes, extended=1)) == (B_NO, PATIENT)


@pytest.mark.parametrize("status", ["held", "cancelled", "expired", "completed", "no_show"])
def test_only_to_a_confirmed_one(status: Status) -> None:
    assert led(replace(NEXT, status=status)) is None


def test_what_was_taken_back_is_not_given_out_again_for_the_asking() -> None:
    assert led(replace(NEXT, revoked=(PATIENT,))) is None
    assert led(replace(NEXT, revoked=(5,))) == (B_NO, PATIENT)
    assert led(replace(NEXT, revoked=(5,)), number=2) is None
    assert led(replace(NEXT, revoked=(2,)), number=2) == (B_NO, 5)


def test_nothing_to_come_is_nothing() -> None:
    assert led() is None
    assert led(OLD) is None


def test_another_s_appointments_are_nobody_s_way_on() -> None:
    assert led(replace(NEXT, patient_no=BOB)) is None
    assert led(replace(NEXT, patient_no=BOB), number=2) is None


def test_a_practitioner_is_led_on_to_their_own() -> None:
    assert led(replace(NEXT, patient_no=BOB), number=PRACTITIONER) == (B_NO, PRACTITIONER)
    assert led(replace(NEXT, practitioner_no=KIM), number=PRACTITIONER) is None


def test_a_guest_is_known_again_by_id_and_contact() -> None:
    assert number_in(NEXT, OLD, 2) == 5
    assert led(NEXT, number=2) == (B_NO, 5)


@pytest.mark.parametrize(
    "other",
    [
        replace(CARER, number=2, id="partner"),
        replace(CARER, number=2, email="other@mail.example"),
        replace(CARER, number=2, email=None),
        replace(CARER, number=2, phone="+1 555 0100"),
    ],
)
def test_another_guest_is_not_this_one(other: Guest) -> None:
    assert number_in(replace(NEXT, guests=(other,)), OLD, 2) is None


def test_the_guest_is_found_among_others() -> None:
    others = tuple(replace(CARER, id=f"g{n}", number=n) for n in (2, 3))
    assert number_in(replace(NEXT, guests=(*others, replace(CARER, number=4))), OLD, 2) == 4


def test_whoever_is_no_longer_on_the_appointment_is_nobody() -> None:
    removed = replace(OLD, guests=())
    assert number_in(removed, removed, 2) is None
    assert number_in(NEXT, removed, 2) is None
    assert [number_in(removed, removed, number) for number in (PATIENT, PRACTITIONER)] == [1, 0]


def test_in_the_same_appointment_a_guest_keeps_the_number_whatever_the_contact_is_now() -> None:
    edited = replace(OLD, guests=(replace(CARER, email="new@mail.example"),))
    assert number_in(edited, OLD, 2) == 2
