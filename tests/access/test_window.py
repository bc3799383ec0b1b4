"""The join window, to the millisecond (D2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.access.window import Closed, Open, TooEarly, Window, judge, of, whose
from rooms.policy import Policy
from rooms.times import MINUTE
from tests.support.builders import B_NO, an_appointment, at

TEN = Window(at("10:00"), at("11:00"))
NOON = Window(at("12:00"), at("13:00"))


def test_from_ten_minutes_before_to_an_hour_after() -> None:
    assert of(an_appointment("10:00", "10:30"), Policy()) == Window(at("09:50"), at("11:30"))


def test_by_the_clinics_policy_in_fractions_of_minutes() -> None:
    short = Policy(opens_before_minutes=0.5, closes_after_minutes=0.05)
    assert of(an_appointment("10:00", "10:30"), short) == Window(at("09:59:30"), at("10:30:03"))


def test_staff_put_off_the_close() -> None:
    extended = of(an_appointment("10:00", "10:30", extended=15 * MINUTE), Policy())
    assert extended == Window(at("09:50"), at("11:45"))


@pytest.mark.parametrize(
    ("clock", "verdict"),
    [
        ("09:59:59", TooEarly(TEN)),
        ("09:59:59.999", TooEarly(TEN)),
        ("10:00", Open(TEN)),
        ("10:59:59.999", Open(TEN)),
        ("11:00", Closed(TEN)),
        ("11:00:01", Closed(TEN)),
    ],
)
def test_one_window(clock: str, verdict: object) -> None:
    assert judge([TEN], at(clock)) == verdict


@pytest.mark.parametrize(
    ("clock", "verdict"),
    [
        ("09:00", TooEarly(TEN)),
        ("10:30", Open(TEN)),
        ("11:30", TooEarly(NOON)),
        ("12:30", Open(NOON)),
        ("13:30", Closed(NOON)),
    ],
)
def test_gaps_between_the_windows_of_one_room_stay_closed(clock: str, verdict: object) -> None:
    assert judge([NOON, TEN], at(clock)) == judge([TEN, NOON], at(clock)) == verdict


def test_of_two_that_are_open_the_longer_counts() -> None:
    longer = Window(at("10:15"), at("11:15"))
    assert judge([TEN, longer], at("10:20")) == judge([longer, TEN], at("10:20")) == Open(longer)


spans = st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda each: Window(each[0], sum(each)))


@given(st.lists(spans, min_size=1, max_size=5), st.integers(-5, 80))
def test_open_exactly_when_one_is(windows: list[Window], now: int) -> None:
    verdict = judge(windows, now)
    inside = [each for each in windows if each.opens_at <= now < each.closes_at]
    assert isinstance(verdict, Open) == bool(inside)
    assert isinstance(verdict, Closed) == all(each.closes_at <= now for each in windows)
    assert verdict.window in windows


def test_a_window_is_told_with_its_own_appointment() -> None:
    one, other = an_appointment("10:00", "10:30"), an_appointment("15:00", "15:30", no=B_NO)
    for each in (one, other):
        assert whose((one, other), Policy(), of(each, Policy())) is each
