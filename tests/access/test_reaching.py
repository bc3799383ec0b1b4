"""A contact is known again however it is written, and nobody else's is taken for it."""

import pytest

from rooms.access.reaching import Reached

ON_FILE = ("Kim@Mail.example", "+61 491 570 006")


@pytest.mark.parametrize(
    ("said", "is_theirs"),
    [
        (Reached(email="kim@mail.EXAMPLE"), True),
        (Reached(email="kim@mail.example.org"), False),
        (Reached(phone="+61491570006"), True),
        (Reached(phone="0061 491 570 006"), True),
        (Reached(phone="0491 570 006"), True),
        (Reached(phone="+61 491 570 006 ext. 12"), True),
        (Reached(phone="+61 491 570 007"), False),
        (Reached(phone="570006"), False),
        (Reached(phone="0570 006"), False),
        (Reached(phone="+491 570 006"), False),
        (Reached(), False),
    ],
)
def test_whose_contact_it_is(said: Reached, *, is_theirs: bool) -> None:
    assert said.is_on_file(*ON_FILE) is is_theirs
    assert not said.is_on_file(None, None)


def test_a_national_number_on_file_is_known_by_its_whole_one() -> None:
    assert Reached(phone="+61 491 570 006").is_on_file(None, "0491 570 006")


def test_in_one_form_to_be_counted_by() -> None:
    assert Reached(email="Kim@Mail.example").text == Reached(email="kim@mail.example").text
    assert Reached(phone="+61 (491) 570-006").text == Reached(phone="+61491570006").text
