"""What a request makes of an appointment, and what the history says of it."""

import msgspec
import pytest
from msgspec.structs import replace

from rooms.booking import request as booking
from rooms.booking.request import Home
from rooms.calendar import AppointmentRequest, GuestRequest
from rooms.errors import Contradiction, Invalid
from rooms.ids import PATIENT, RoomId
from rooms.policy import GUESTS
from rooms.records import Appointment, Guest, Outcome, Status
from rooms.times import MINUTE
from tests.support.builders import (
    A_NO,
    B_NO,
    DAY,
    a_patient,
    a_practitioner,
    an_appointment,
    another_patient,
    another_practitioner,
    at,
)

HOME = Home(RoomId("R" * 22), DAY, ())
CARER = GuestRequest(id="carer", name="Cy", phone="+1 555 0100")
CHILD = GuestRequest(id="child", name="Chi", counts=True)


def asking(
    *guests: GuestRequest, starts: str = "10:00", ends: str = "10:30", type: str | None = "consult"
) -> AppointmentRequest:
    return AppointmentRequest(
        practitioner="dr-lee", patient="ada", type=type, starts_at=at(starts), ends_at=at(ends), guests=guests
    )


def apply(before: Appointment, request: AppointmentRequest, home: Home = HOME) -> Appointment:
    return booking.changed(before, request, a_practitioner(), a_patient(), home)


def made(*guests: GuestRequest) -> Appointment:
    return booking.created(A_NO, "booking.a", asking(*guests), a_practitioner(), a_patient(), HOME)


def refused(request: AppointmentRequest) -> tuple[str, str | None]:
    with pytest.raises(Invalid) as caught:
        booking.check_request(request)
    return caught.value.code, caught.value.field


def test_a_type_is_required_ours_or_theirs() -> None:
    assert refused(asking(type=None)) == ("field_required", "type")
    booking.check_request(asking())
    booking.check_request(replace(asking(type=None), external_type="HD-17"))


def test_guests_are_few_and_each_has_an_id() -> None:
    many = [GuestRequest(id=f"g{n}", name="G") for n in range(GUESTS + 1)]
    booking.check_request(asking(*many[:GUESTS]))
    assert refused(asking(*many)) == ("length_invalid", "guests")
    assert refused(asking(CARER, CARER)) == ("guest_duplicate", "guests")


def test_made_as_asked() -> None:
    assert made() == replace(an_appointment(), id="booking.a")
    assert made(CHILD).guests == (Guest(id="child", number=2, name="Chi", counts=True),)


def test_asked_for_the_same_nothing_changes() -> None:
    before = replace(
        made(CARER, CHILD), version=3, stored_at=5, extended=MINUTE, generations={2: 4}, revoked=(3,)
    )
    assert apply(before, asking(CARER, CHILD)) == before


def test_a_removed_guests_number_is_not_given_again() -> None:
    with_carer = made(CARER)
    with_child = apply(with_carer, asking(CHILD))
    both = apply(with_child, asking(CHILD, CARER))
    assert [guest.number for guest in with_carer.guests] == [2]
    assert [guest.number for guest in with_child.guests] == [3]
    assert [guest.number for guest in both.guests] == [3, 4]
    assert apply(both, asking(CARER, CHILD)).guests == both.guests[::-1]


def test_person_numbers_are_one_byte() -> None:
    last = replace(made(), next_guest=255)
    assert apply(last, asking(CARER)).guests[0].number == 255
    with pytest.raises(Contradiction, match="guests_used_up"):
        apply(last, asking(CARER, CHILD))


def test_a_moved_appointment_loses_the_extension_of_the_window_it_had() -> None:
    extended = replace(made(), extended=MINUTE)
    assert apply(extended, asking(starts="11:00", ends="11:30")).extended == 0
    assert apply(extended, asking(CARER)).extended == MINUTE


def test_another_patient_is_given_new_links_and_so_are_the_guests() -> None:
    before = replace(made(CARER), generations={2: 3})
    after = booking.changed(before, asking(CARER, CHILD), a_practitioner(), another_patient(), HOME)
    assert after.generations == {PATIENT: 2, 2: 4}
    assert apply(before, asking(CARER)).generations == {2: 3}


@pytest.mark.parametrize("status", ["cancelled", "expired", "completed", "no_show"])
def test_what_is_over_does_not_change(status: Status) -> None:
    booking.check_live(an_appointment(status="held"), 0)
    with pytest.raises(Contradiction) as caught:
        booking.check_live(an_appointment(status=status), 0)
    assert (caught.value.code, caught.value.facts) == ("state_conflict", {"status": status})


def test_what_is_decided_does_not_change() -> None:
    booking.check_undecided(an_appointment())
    outcome = Outcome(name="left_unseen", at=at("11:30"), evidence={}, review=True)
    with pytest.raises(Contradiction) as caught:
        booking.check_undecided(replace(an_appointment(), outcome=outcome))
    assert (caught.value.code, caught.value.facts) == ("state_conflict", {"outcome": "left_unseen"})


def test_history_says_what_changed_and_from_what() -> None:
    before = made(CARER)
    home = Home(RoomId("S" * 22), DAY, (B_NO,))
    asked = replace(
        asking(CHILD, starts="11:00", ends="11:30", type=None), external_type="HD-17", status="held"
    )
    after = booking.changed(before, asked, another_practitioner(), another_patient(), home)
    assert booking.differences(before, after) == {
        "status": {"from": "confirmed", "to": "held"},
        "practitioner": {"from": "dr-lee", "to": "dr-kim"},
        "patient_no": {"from": "U" * 11, "to": "V" * 11},
        "starts_at": {"from": "2026-11-21T10:00:00Z", "to": "2026-11-21T11:00:00Z"},
        "ends_at": {"from": "2026-11-21T10:30:00Z", "to": "2026-11-21T11:30:00Z"},
        "type": {"from": "consult", "to": None},
        "external_type": {"from": None, "to": "HD-17"},
        "guests": {"from": [2], "to": [3]},
        "room": {"from": "R" * 22, "to": "S" * 22},
    }


def test_history_names_nobody() -> None:
    """It cannot be erased (H4): a guest's new address is told by number, and no name is ever in it."""
    before = made(CARER, CHILD)
    after = apply(before, asking(replace(CARER, email="cy@mail.example"), CHILD))
    assert booking.differences(before, after) == {"guests_edited": [2]}
    text = msgspec.json.encode([booking.facts(after), booking.differences(before, after)]).decode()
    assert not any(personal in text for personal in ("Cy", "Chi", "Ada", "mail", "555", "carer", "child"))


def test_what_is_the_same_is_not_told() -> None:
    assert booking.differences(made(CARER), made(CARER)) == {}
