"""Guests the booking service names, and those who are invited (D9)."""

import pytest
from msgspec.structs import replace

from rooms.booking import request as booking
from rooms.booking.guests import invited, withdrawn
from rooms.booking.request import Home, as_request
from rooms.calendar import AppointmentRequest, GuestRequest
from rooms.errors import Contradiction, Invalid
from rooms.ids import RoomId
from rooms.policy import GUESTS
from rooms.records import Appointment, Guest
from tests.support.builders import (
    DAY,
    a_patient,
    a_practitioner,
    an_appointment,
    another_patient,
    another_practitioner,
    at,
)

HOME = Home(RoomId("R" * 22), DAY, ())
CARER = GuestRequest(id="carer", name="Cy")
TOLK = GuestRequest(id="invited.tolk", name="Tove Tolk", email="tove@example.org", counts=True)
CALLED = replace(TOLK, name="Tove Berg")


def put(
    before: Appointment, *guests: GuestRequest, starts: str = "10:00", patient: str = "ada"
) -> Appointment:
    asked = AppointmentRequest(
        practitioner="dr-lee",
        patient=patient,
        type="consult",
        starts_at=at(starts),
        ends_at=at("10:30") if starts == "10:00" else at("12:00"),
        guests=guests,
    )
    who = a_patient() if patient == "ada" else another_patient()
    return booking.changed(before, asked, a_practitioner(), who, HOME)


def with_tolk() -> Appointment:
    """A carer whom the booking service named, and an interpreter who was invited."""
    return invited(put(an_appointment(), CARER), TOLK)


def people(appointment: Appointment) -> list[tuple[str, int, bool]]:
    return [(each.id, each.number, each.invited) for each in appointment.guests]


def test_whoever_is_invited_is_one_guest_more() -> None:
    assert with_tolk().guests == (
        Guest(id="carer", number=2, name="Cy"),
        Guest(
            id="invited.tolk", number=3, name="Tove Tolk", email="tove@example.org", counts=True, invited=True
        ),
    )
    assert with_tolk().next_guest == 4


def test_a_sync_that_knows_nothing_of_them_changes_nothing() -> None:
    assert put(with_tolk(), CARER) == with_tolk()
    assert people(put(with_tolk())) == [("invited.tolk", 3, True)]
    child = GuestRequest(id="child", name="Chi")
    assert people(put(with_tolk(), child, CARER)) == [
        ("child", 4, False), ("carer", 2, False), ("invited.tolk", 3, True),
    ]  # fmt: skip


def test_once_named_they_are_the_booking_services() -> None:
    named = put(with_tolk(), CARER, CALLED)
    assert people(named) == [("carer", 2, False), ("invited.tolk", 3, False)]
    assert named.guests[1].name == "Tove Berg"
    assert people(put(named, CARER)) == [("carer", 2, False)]


def test_moved_they_come_along_and_stay_invited() -> None:
    asked = replace(as_request(with_tolk()), starts_at=at("11:30"), ends_at=at("12:00"))
    assert [each.id for each in asked.guests] == ["carer"]
    moved = booking.changed(with_tolk(), asked, another_practitioner(), a_patient(), HOME)
    assert moved.guests == with_tolk().guests


def test_nobody_was_invited_to_another_patient() -> None:
    assert people(put(with_tolk(), CARER, patient="bob")) == [("carer", 2, False)]


def test_withdrawn_and_the_number_is_not_given_again() -> None:
    before = with_tolk()
    after = withdrawn(before, before.guests[1])
    assert (people(after), after.next_guest) == ([("carer", 2, False)], 4)
    assert people(invited(after, TOLK))[1] == ("invited.tolk", 4, True)


def test_the_booking_services_own_are_left_out_there() -> None:
    with pytest.raises(Contradiction, match="state_conflict"):
        withdrawn(with_tolk(), with_tolk().guests[0])


def test_as_many_as_an_appointment_has_and_a_put_has_room_for_its_own() -> None:
    full = an_appointment()
    for number in range(GUESTS):
        full = invited(full, GuestRequest(id=f"invited.{number}", name="G"))
    with pytest.raises(Invalid, match="length_invalid") as caught:
        invited(full, TOLK)
    assert caught.value.field == "guests"
    assert len(put(full, CARER).guests) == GUESTS + 1


def test_person_numbers_are_one_byte() -> None:
    last = replace(an_appointment(), next_guest=255)
    assert invited(last, TOLK).guests[0].number == 255
    with pytest.raises(Contradiction, match="guests_used_up"):
        invited(replace(last, next_guest=256), TOLK)
