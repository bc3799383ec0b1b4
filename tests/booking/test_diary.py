"""Intervals and overlaps, to the millisecond (C3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.booking.diary import check_interval, clash
from rooms.errors import Invalid
from rooms.ids import AppointmentNo
from rooms.ports import DiaryEntry
from rooms.times import HOUR, SECOND, Instant
from tests.support.builders import A_NO, B_NO, C_NO, at

TEN = DiaryEntry(at("10:00"), at("10:30"), A_NO)


@pytest.mark.parametrize("length", [1, SECOND, 8 * HOUR])
def test_a_visit_takes_time(length: int) -> None:
    check_interval(at("10:00"), at("10:00") + length)


@pytest.mark.parametrize("length", [0, -1, -HOUR, 8 * HOUR + 1])
def test_no_interval(length: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_interval(at("10:00"), at("10:00") + length)
    assert (refused.value.code, refused.value.field) == ("interval_invalid", "ends_at")


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("09:30", "10:00:01"),
        ("10:29:59", "11:00"),
        ("10:10", "10:20"),
        ("09:00", "11:00"),
        ("10:00", "10:30"),
    ],
)
def test_overlapping_by_a_second_or_more(starts: str, ends: str) -> None:
    assert clash([TEN], at(starts), at(ends), {B_NO}) == A_NO


@pytest.mark.parametrize(("starts", "ends"), [("09:30", "10:00"), ("10:30", "11:00"), ("12:00", "12:30")])
def test_back_to_back_is_fine(starts: str, ends: str) -> None:
    assert clash([TEN], at(starts), at(ends), {B_NO}) is None


def test_nothing_clashes_with_itself() -> None:
    assert clash([TEN], at("10:10"), at("10:40"), {A_NO}) is None
    other = DiaryEntry(at("10:35"), at("11:00"), C_NO)
    assert clash([TEN, other], at("10:10"), at("10:40"), {A_NO}) == C_NO


instants = st.integers(0, 12)


@given(st.lists(st.tuples(instants, instants), max_size=4), instants, instants)
def test_taken_exactly_where_an_instant_is_shared(
    taken: list[tuple[Instant, Instant]], start: int, end: int
) -> None:
    entries = [DiaryEntry(s, e, AppointmentNo(str(n))) for n, (s, e) in enumerate(taken)]
    shared = [e.appointment for e in entries if set(range(e.starts_at, e.ends_at)) & set(range(start, end))]
    if start < end and all(each.starts_at < each.ends_at for each in entries):
        assert clash(entries, start, end, {B_NO}) == (shared[0] if shared else None)
