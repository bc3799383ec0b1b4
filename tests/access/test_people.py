"""Who is in an appointment, by number and by word (A1)."""

import pytest

from rooms.access import people
from rooms.ids import PATIENT, PRACTITIONER
from rooms.records import Guest
from tests.support.builders import a_patient, a_practitioner, an_appointment

CARER = Guest(id="carer", number=2, name="Cy", email="cy@mail.example")
FRIEND = Guest(id="friend", number=4, name="Fi", phone="+1 555 0100")
VISIT = an_appointment(guests=(CARER, FRIEND))
LEE, ADA = a_practitioner(email="lee@clinic.example"), a_patient(email="ada@mail.example", phone="+61 2")


@pytest.mark.parametrize(
    ("word", "number"),
    [("practitioner", PRACTITIONER), ("patient", PATIENT), ("guest:carer", 2), ("guest:friend", 4)],
)
def test_every_word_has_its_number_and_back(word: str, number: int) -> None:
    assert people.number_of(VISIT, word) == number
    assert people.label(VISIT, number) == word


@pytest.mark.parametrize("word", ["", "carer", "guest:", "guest:Carer", "guest:nobody", "Patient", "staff"])
def test_whoever_is_not_here_has_no_number(word: str) -> None:
    assert people.number_of(VISIT, word) is None


def test_a_removed_guest_s_number_is_nobody_s() -> None:
    assert people.label(VISIT, 3) is None
    assert people.guest(VISIT, 3) is None
    assert people.label(an_appointment(), 2) is None


def test_a_guest_is_found_by_number() -> None:
    assert [people.guest(VISIT, number) for number in (2, 4)] == [CARER, FRIEND]
    assert people.guest(VISIT, PATIENT) is None


def test_everybody_is_named_once() -> None:
    assert people.everybody(VISIT) == (PATIENT, PRACTITIONER, 2, 4)
    assert people.everybody(an_appointment()) == (PATIENT, PRACTITIONER)


@pytest.mark.parametrize(
    ("number", "contact"),
    [
        (PRACTITIONER, ("lee@clinic.example", None)),
        (PATIENT, ("ada@mail.example", "+61 2")),
        (2, ("cy@mail.example", None)),
        (4, (None, "+1 555 0100")),
        (3, (None, None)),
    ],
)
def test_each_has_their_own_contact(number: int, contact: tuple[str | None, str | None]) -> None:
    assert people.contact(VISIT, number, LEE, ADA) == contact


def test_nobody_known_nothing_on_file() -> None:
    assert people.contact(VISIT, PRACTITIONER, None, ADA) == (None, None)
    assert people.contact(VISIT, PATIENT, LEE, None) == (None, None)
