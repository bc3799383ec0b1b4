"""Ids of booking services, and our own that nobody can guess (CONTRACT; RELIABILITY 3)."""

import pytest

from rooms.ids import is_public_id, new_number, new_room, new_secret, new_session


@pytest.mark.parametrize("text", ["a", "A-Z_a.z~0-9", "x" * 64, ".", "..", "~"])
def test_a_booking_services_own(text: str) -> None:
    assert is_public_id(text)


@pytest.mark.parametrize(
    "text", ["", "x" * 65, "a b", "a/b", "a\x00", "a\n", "\na", "ä", "１", "a:b", "{a}", "a%20b", "a+b"]
)
def test_what_is_none(text: str) -> None:
    assert not is_public_id(text)


@pytest.mark.parametrize(
    ("make", "length"), [(new_number, 11), (new_room, 22), (new_session, 22), (new_secret, 43)]
)
def test_ours_are_of_one_length_and_all_different(make: object, length: int) -> None:
    """64, 128, 128 and 256 random bits in base64url, which are public ids themselves."""
    made = {make() for _ in range(1_000)}  # type: ignore[operator]  # any of the four
    assert len(made) == 1_000
    assert {len(each) for each in made} == {length}
    assert all(is_public_id(each) for each in made)
