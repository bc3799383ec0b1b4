"""The bookmarkable address: read back as it was written, and nothing else is one (A8)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.access.bookmark import Bookmark, parse
from rooms.errors import Invalid
from rooms.ids import PatientNo, new_number

AFFINITY = "aB3-_x9Z"
ADA = "U" * 11

base64url = st.text("ABCXYZabcxyz0189-_", min_size=8, max_size=8)


@given(base64url, st.one_of(st.none(), st.builds(lambda _: PatientNo(new_number()), st.integers())))
def test_what_is_written_is_read(affinity: str, patient: PatientNo | None) -> None:
    address = Bookmark(affinity, patient)
    assert parse(address.text) == address


def test_as_it_is_bookmarked() -> None:
    assert Bookmark(AFFINITY, PatientNo(ADA)).text == f"{AFFINITY}.{ADA}"
    assert Bookmark(AFFINITY, None).text == f"{AFFINITY}.p"
    assert parse(f"{AFFINITY}.p").patient is None


def test_its_place_is_a_digest_of_all_of_it() -> None:
    address = Bookmark(AFFINITY, PatientNo(ADA))
    assert address.place == hashlib.sha256(f"{AFFINITY}.{ADA}".encode()).hexdigest()[:32]
    assert address.place != Bookmark(AFFINITY, None).place


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        AFFINITY,
        f"{AFFINITY}.",
        f"{AFFINITY}.P",
        f"{AFFINITY}.pp",
        f"{AFFINITY}.p\n",
        f"{AFFINITY}.{ADA}\n",
        f"{AFFINITY}.{ADA}U",
        f"{AFFINITY}.{ADA[:-1]}",
        f"{AFFINITY[:-1]}.{ADA}",
        f"x{AFFINITY}.{ADA}",
        f"{AFFINITY}.{ADA}.sig",
        f" {AFFINITY}.{ADA}",
        f"{AFFINITY}.{'é' * 11}",
        f"{AFFINITY[:-1]}+.p",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert (refused.value.code, refused.value.field) == ("address_invalid", "address")
