"""C1: which hours there can be, and what of a day they are."""

import pytest
from msgspec.structs import replace

from rooms.booking.availability import (
    MOST_EXCEPTIONS,
    MOST_WINDOWS,
    REMEMBERED,
    covers,
    days,
    exception_of,
    exceptions,
    spans,
    window_of,
    windows,
    with_exception,
    with_window,
    without_exception,
    without_window,
)
from rooms.calendar import DayException, Hours, Window
from rooms.errors import Contradiction, Invalid, NotFound
from rooms.times import Instant, next_day
from tests.booking.week import MONDAY, a_day, a_window, clock, hours
from tests.support.builders import at

NOW = at("08:00")


def refused(known: Hours, new: Window | DayException) -> tuple[str, str | None]:
    with pytest.raises(Invalid) as caught:
        changed(known, new)
    return caught.value.code, caught.value.field


def changed(known: Hours, new: Window | DayException) -> Hours:
    return with_window(known, new) if isinstance(new, Window) else with_exception(known, new)


def fits(known: Hours, new: Window | DayException) -> bool:
    """It is not refused."""
    return new in (*changed(known, new).windows, *changed(known, new).exceptions)


def in_the_way(known: Hours, new: Window | DayException) -> dict[str, object]:
    with pytest.raises(Contradiction, match="window_overlaps") as caught:
        changed(known, new)
    return dict(caught.value.facts)


def open_on(known: Hours, day: str = MONDAY) -> list[tuple[str, str]]:
    return [(clock(each.starts_at), clock(each.ends_at)) for each in spans(known, day, "UTC")]


@pytest.mark.parametrize(("start", "end"), [(9, 9), (10, 9), (-1, 9), (9, 25), (24, 24)])
def test_hours_end_after_they_begin_on_the_same_day(start: float, end: float) -> None:
    assert refused(hours(), a_window(start, end)) == ("interval_invalid", "end_minute")
    assert refused(hours(), a_day("closed", start, end)) == ("interval_invalid", "end_minute")


def test_one_slot_fits_at_least() -> None:
    assert refused(hours(), a_window(9, 10, slot=61)) == ("interval_invalid", "slot_minutes")
    assert refused(hours(), a_day("extra", 9, 10, slot=61)) == ("interval_invalid", "slot_minutes")
    assert windows(with_window(hours(), a_window(9, 10, slot=60))) == [a_window(9, 10, slot=60)]


def test_the_last_day_is_not_before_the_first() -> None:
    wrong = a_window(since=MONDAY, until="2026-11-22")
    assert refused(hours(), wrong) == ("interval_invalid", "valid_until")
    assert with_window(hours(), a_window(since=MONDAY, until=MONDAY)).windows


def test_there_are_only_so_many() -> None:
    many = hours(*(a_window(n / 60, (n + 1) / 60, id=f"w{n}", slot=1) for n in range(MOST_WINDOWS)))
    assert refused(many, a_window()) == ("length_invalid", None)
    assert fits(many, a_window(id="w0"))
    closed = hours(*(a_day(id=f"e{n}", date=f"{2000 + n}-01-01") for n in range(MOST_EXCEPTIONS)))
    assert refused(closed, a_day()) == ("length_invalid", None)


def test_windows_of_a_weekday_do_not_overlap() -> None:
    known = hours(a_window(9, 12, id="morning"))
    assert in_the_way(known, a_window(11, 15)) == {
        "other": "morning", "start_minute": 540, "end_minute": 720, "weekday": 0,
    }  # fmt: skip
    assert windows(with_window(known, a_window(12, 15)))[1].start_minute == 720
    assert fits(known, a_window(11, 15, weekday=1))


def test_a_paused_one_still_has_its_hours_and_a_removed_one_has_not() -> None:
    known = hours(a_window(9, 12, id="morning", active=False))
    assert in_the_way(known, a_window())["other"] == "morning"
    assert windows(with_window(without_window(known, "morning", NOW), a_window())) == [a_window()]


@pytest.mark.parametrize(
    ("since", "until", "meets"),
    [
        (None, None, True),
        ("2026-12-31", None, True),
        (None, "2026-12-01", True),
        ("2027-01-01", None, False),
        (None, "2026-11-30", False),
    ],
)
def test_windows_of_different_months_may_have_the_same_hours(
    since: str | None, until: str | None, *, meets: bool
) -> None:
    known = hours(a_window(id="december", since="2026-12-01", until="2026-12-31"))
    new = a_window(since=since, until=until)
    if meets:
        assert in_the_way(known, new)["other"] == "december"
    else:
        assert len(windows(with_window(known, new))) == 2


def test_one_is_changed_in_its_place() -> None:
    known = with_window(hours(a_window()), a_window(9, 12, slot=20))
    assert known.windows == (a_window(9, 12, slot=20),)


def test_extra_hours_lie_beside_the_weekly_ones() -> None:
    known = hours(a_window(9, 12, id="morning"))
    assert in_the_way(known, a_day("extra", 11, 14)) == {
        "other": "morning", "start_minute": 540, "end_minute": 720, "weekday": 0,
    }  # fmt: skip
    extra = with_exception(known, a_day("extra", 12, 14))
    assert in_the_way(extra, a_window(13, 15)) == {
        "other": "e", "start_minute": 720, "end_minute": 840, "date": MONDAY,
    }  # fmt: skip
    assert fits(extra, a_window(13, 15, weekday=1))
    assert fits(extra, a_window(13, 15, until="2026-11-22"))
    assert fits(with_exception(known, a_day(start=9)), a_window(13, 15))


def test_where_the_day_is_closed_there_may_be_extra_hours_and_the_window_still_changes() -> None:
    """Closed but for two hours; the weekly hours are edited afterwards."""
    known = with_exception(hours(a_window()), a_day(id="closed"))
    extra = with_exception(known, a_day("extra", 9, 11, id="extra"))
    assert open_on(extra) == [("09:00", "17:00"), ("09:00", "11:00")]
    assert with_window(extra, a_window(9, 16)).windows == (a_window(9, 16),)


def test_extra_hours_reach_no_further_than_what_is_closed() -> None:
    known = hours(a_window(), a_day("closed", 9, 11, id="one"), a_day("closed", 11, 12, id="two"))
    assert fits(known, a_day("extra", 9, 12))
    assert in_the_way(known, a_day("extra", 9, 13))["other"] == "w"
    assert in_the_way(hours(a_window(), a_day("closed", 10, 12)), a_day("extra", 9, 11))["other"] == "w"


def test_exceptions_of_a_kind_do_not_overlap() -> None:
    known = hours(a_day("closed", 9, 12))
    assert in_the_way(known, a_day("closed", 11, 13, id="new")) == {
        "other": "e", "start_minute": 540, "end_minute": 720, "date": MONDAY,
    }  # fmt: skip
    assert fits(known, a_day("closed", 11, 13, date="2026-11-24"))
    assert fits(known, a_day("closed", 12, 13))


def test_what_is_removed_is_remembered_for_a_while() -> None:
    known = hours(*(a_window(id=f"w{n}", weekday=n % 7) for n in range(REMEMBERED + 1)))
    for n in range(REMEMBERED + 1):
        known = without_window(known, f"w{n}", NOW + n)
    assert windows(known) == []
    assert [each.id for each in known.windows] == [f"w{n}" for n in range(1, REMEMBERED + 1)]
    gone = without_exception(hours(a_day()), "e", NOW)
    assert (exceptions(gone), gone.exceptions) == ([], (replace(a_day(), deleted_at=NOW),))


@pytest.mark.parametrize("id", ["other", "gone"])
def test_what_is_not_there_or_no_longer_is_unknown(id: str) -> None:
    known = hours(
        a_window(), replace(a_window(id="gone"), deleted_at=1), replace(a_day(id="gone"), deleted_at=1)
    )
    for look in (window_of, exception_of):
        with pytest.raises(NotFound):
            look(known, id)
    with pytest.raises(NotFound):
        without_window(known, id, NOW)
    with pytest.raises(NotFound):
        without_exception(known, id, NOW)
    assert window_of(known, "w") == a_window()
    assert exception_of(hours(a_day()), "e") == a_day()


def test_they_are_listed_in_the_order_of_the_week() -> None:
    late, early, tuesday = a_window(13, 15, id="late"), a_window(9, 12), a_window(id="t", weekday=1)
    assert windows(hours(tuesday, late, early)) == [early, late, tuesday]
    first, second = a_day(date="2026-11-20"), a_day(id="f")
    assert exceptions(hours(second, first)) == [first, second]


def test_what_is_bookable_on_a_day() -> None:
    known = hours(a_window(13, 15), a_window(9, 12, id="morning"), a_day("extra", 16, 17))
    assert open_on(known) == [("09:00", "12:00"), ("13:00", "15:00"), ("16:00", "17:00")]
    assert open_on(known, next_day(MONDAY)) == []
    assert open_on(known, "2026-11-30") == [("09:00", "12:00"), ("13:00", "15:00")]


@pytest.mark.parametrize(
    "gone",
    [
        a_window(active=False),
        a_window(since="2026-11-24"),
        a_window(until="2026-11-22"),
        replace(a_window(), deleted_at=1),
        replace(a_day("extra", 9, 12), deleted_at=1),
    ],
)
def test_what_does_not_count_is_not_bookable(gone: Window | DayException) -> None:
    assert open_on(hours(gone)) == []


def minutes(start: float, end: float, *known: Window | DayException) -> bool:
    begins = at("00:00", MONDAY)
    span: tuple[Instant, Instant] = begins + round(start * 3_600_000), begins + round(end * 3_600_000)
    return covers(hours(*known), "UTC", *span)


def test_inside_the_hours_is_inside_all_of_them() -> None:
    morning, noon = a_window(9, 12), a_window(12, 14, id="noon")
    assert minutes(9, 12, morning)
    assert minutes(10, 11, morning)
    assert not minutes(8.5, 9.5, morning)
    assert not minutes(11.5, 12.5, morning)
    assert not minutes(8, 9, morning)
    assert minutes(11.5, 12.5, morning, noon)
    assert minutes(11.5, 12.5, morning, a_day("extra", 12, 13))
    assert not minutes(11.5, 12.5, morning, a_window(12.25, 14))
    assert not minutes(10, 11, replace(morning, deleted_at=1))


def test_closed_hours_are_outside_and_extra_ones_inside() -> None:
    closed = a_day("closed", 10, 11)
    assert minutes(9, 10, a_window(), closed)
    assert minutes(11, 12, a_window(), closed)
    assert not minutes(9.5, 10.5, a_window(), closed)
    assert not minutes(10.5, 11.5, a_window(), closed)
    assert not minutes(9.5, 11.5, a_window(), closed)
    for begins in (9, 9.5, 10):
        assert minutes(10, 10.5, a_window(), a_day(), a_day("extra", begins, 11, id="x"))
    assert not minutes(10, 11.5, a_window(), a_day(), a_day("extra", 9, 11, id="x"))


def test_the_days_of_a_range() -> None:
    start = at("00:00", MONDAY)
    assert list(days(start, start + 1, "UTC")) == [MONDAY]
    assert list(days(start - 1, start + 1, "UTC")) == ["2026-11-22", MONDAY]
    assert list(days(start, start, "UTC")) == [MONDAY]
    assert list(days(start, start + 1, "America/Lima")) == ["2026-11-22"]


def test_hours_may_last_until_midnight() -> None:
    [whole] = spans(hours(a_window(0, 24)), MONDAY, "UTC")
    assert (whole.starts_at, whole.ends_at) == (at("00:00", MONDAY), at("00:00", next_day(MONDAY)))


def test_a_closed_day_that_keeps_hours_apart_stays() -> None:
    """Without it the weekly hours would lie over the extra ones."""
    known = hours(a_window(9, 17), a_day("closed", 9, 12, id="shut"), a_day("extra", 9, 12, id="more"))
    with pytest.raises(Contradiction) as caught:
        without_exception(known, "shut", 1)
    assert caught.value.code == "window_overlaps"
    free = without_exception(known, "more", 1)
    assert [each.id for each in exceptions(without_exception(free, "shut", 2))] == []
