"""A contact is known again however it is written, and nobody else's is taken for it."""

import pytest

from rooms.access.contact_match import StatedContact

ON_FILE = ("Kim@Mail.example", "+61 491 570 006")


@pytest.mark.parametrize(
    ("said", "is_theirs"),
    [
        (StatedContact(email="kim@mail.EXAMPLE"), True),
        (StatedContact(email="kim@mail.example.org"), False),
        (StatedContact(phone="+61491570006"), True),
        (StatedContact(phone="0061 491 570 006"), True),
        (StatedContact(phone="0491 570 006"), True),
        (StatedContact(phone="+61 491 570 006 ext. 12"), True),
        (StatedContact(phone="+61 491 570 007"), False),
        (StatedContact(phone="570006"), False),
        (StatedContact(phone="0570 006"), False),
        (StatedContact(phone="+491 570 006"), False),
        (StatedContact(), False),
    ],
)
def test_whose_contact_it_is(said: StatedContact, *, is_theirs: bool) -> None:
    assert said.is_on_file(*ON_FILE) is is_theirs
    assert not said.is_on_file(None, None)


def test_a_national_number_on_file_is_known_by_its_whole_one() -> None:
    assert StatedContact(phone="+61 491 570 006").is_on_file(None, "0491 570 006")


def test_in_one_form_to_be_counted_by() -> None:
    assert StatedContact(email="Kim@Mail.example").text == StatedContact(email="kim@mail.example").text
    assert StatedContact(phone="+61 (491) 570-006").text == StatedContact(phone="+61491570006").text
