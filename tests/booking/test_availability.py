"""C1: which hours there can be, and what of a day they are."""

import pytest
from msgspec.structs import replace

from rooms.booking.availability import (
    DELETED_REMEMBERED,
    MOST_EXCEPTIONS,
    MOST_WINDOWS,
    exception_of,
    exceptions,
    window_of,
    windows,
    with_exception,
    with_window,
    without_exception,
    without_window,
)
from rooms.booking.spans import covers, days, spans
from rooms.calendar import DayException, Hours, WeeklyHours
from rooms.errors import Contradiction, Invalid, NotFound
from rooms.times import Instant, next_day
from tests.booking.week import MONDAY, a_day, a_window, clock, hours
from tests.support.builders import at

NOW = at("08:00")


def refused(known: Hours, new: WeeklyHours | DayException) -> tuple[str, str | None]:
    with pytest.raises(Invalid) as caught:
        changed(known, new)
    return caught.value.code, caught.value.field


def changed(known: Hours, new: WeeklyHours | DayException) -> Hours:
    return with_window(known, new) if isinstance(new, WeeklyHours) else with_exception(known, new)


def fits(known: Hours, new: WeeklyHours | DayException) -> bool:
    """It is not refused."""
    return new in (*changed(known, new).windows, *changed(known, new).exceptions)


def in_the_way(known: Hours, new: WeeklyHours | DayException) -> dict[str, object]:
    with pytest.raises(Contradiction, match="window_overlaps") as caught:
        changed(known, new)
    return dict(caught.value.facts)


def open_on(known: Hours, day: str = MONDAY) -> list[tuple[str, str]]:
    return [(clock(each.starts_at), clock(each.ends_at)) for each in spans(known, day, "UTC")]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(9, 9, "end_minute"), (10, 9, "end_minute"), (17, 8.25, "end_minute"), (9, 0, "end_minute"),
     (-1, 9, "start_minute"), (9, 25, "end_minute"),
     (24, 1, "start_minute")],
)  # fmt: skip
def test_hours_begin_and_end_within_a_day_of_the_clock(start: float, end: float, field: str) -> None:
    assert refused(hours(), a_window(start, end)) == ("interval_invalid", field)
    assert refused(hours(), a_day("closed", start, end)) == ("interval_invalid", field)
    assert refused(hours(), a_day("extra", start, end)) == ("interval_invalid", field)


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
    known = hours(*(a_window(id=f"w{n}", weekday=n % 7) for n in range(DELETED_REMEMBERED + 1)))
    for n in range(DELETED_REMEMBERED + 1):
        known = without_window(known, f"w{n}", NOW + n)
    assert windows(known) == []
    assert [each.id for each in known.windows] == [f"w{n}" for n in range(1, DELETED_REMEMBERED + 1)]
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
def test_what_does_not_count_is_not_bookable(gone: WeeklyHours | DayException) -> None:
    assert open_on(hours(gone)) == []


def minutes(start: float, end: float, *known: WeeklyHours | DayException) -> bool:
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


NIGHT = a_window(22.5, 2, id="night")
"""From Monday to Tuesday."""

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (f"2026-11-{day}" for day in (24, 25, 26, 27))


def test_hours_over_midnight_are_of_the_day_on_which_they_begin() -> None:
    """C10."""
    [night] = spans(with_window(hours(), NIGHT), MONDAY, "UTC")
    assert (night.starts_at, night.ends_at) == (at("22:30", MONDAY), at("02:00", TUESDAY))
    assert open_on(hours(NIGHT), TUESDAY) == []
    last = replace(NIGHT, valid_until=MONDAY)
    assert spans(hours(last), MONDAY, "UTC") == [night]
    [extra] = spans(hours(a_day("extra", 22, 1)), MONDAY, "UTC")
    assert extra.ends_at == at("01:00", TUESDAY)
    assert fits(hours(), a_window(17, 8))
    assert refused(hours(), a_window(22, 2, slot=241)) == ("interval_invalid", "slot_minutes")


def test_they_overlap_what_the_next_day_has() -> None:
    tuesday = a_window(1, 3, weekday=1, id="tuesday")
    assert in_the_way(hours(NIGHT), tuesday)["other"] == "night"
    assert in_the_way(hours(tuesday), NIGHT)["other"] == "tuesday"
    assert fits(hours(NIGHT), a_window(2, 3, weekday=1))
    assert fits(hours(NIGHT), a_window(20, 22.5))
    assert in_the_way(hours(a_window(22, 2, weekday=6)), a_window(0, 1, id="x"))["other"] == "w", "Sunday"
    after = a_window(1, 3, weekday=1, since="2026-12-01")
    assert in_the_way(hours(replace(NIGHT, valid_until="2026-11-30")), after)["other"] == "night"
    assert fits(hours(replace(NIGHT, valid_until="2026-11-29")), after)


def test_extra_hours_lie_beside_what_runs_over_midnight_too() -> None:
    assert in_the_way(hours(NIGHT), a_day("extra", 1, 3, date=TUESDAY))["other"] == "night"
    assert fits(hours(NIGHT), a_day("extra", 2, 3, date=TUESDAY))
    assert in_the_way(hours(a_window(0, 2, weekday=1)), a_day("extra", 23, 1))["other"] == "w"
    assert in_the_way(hours(a_day("extra", 23, 1)), a_day("extra", 0.5, 3, id="x", date=TUESDAY))
    assert fits(hours(NIGHT, a_day(date=TUESDAY)), a_day("extra", 1, 3, id="x", date=TUESDAY))


def test_a_closed_day_cuts_what_runs_over_midnight_there() -> None:
    """By the clock: who is away on Tuesday sees nobody at half past midnight."""
    assert parts(hours(NIGHT, a_day(date=TUESDAY))) == [("22:30", "00:00")]
    assert parts(hours(NIGHT, a_day())) == [("00:00", "02:00")]
    assert parts(hours(NIGHT, a_day("closed", 23, 1))) == [("22:30", "23:00"), ("01:00", "02:00")]


def parts(known: Hours) -> list[tuple[str, str]]:
    """What of Monday's first hours is open."""
    return [(clock(start), clock(end)) for start, end in spans(known, MONDAY, "UTC")[0].open_parts]


def leave(first: str, last: str, start: float = 0, end: float = 24, id: str = "leave") -> DayException:
    return replace(a_day("closed", start, end, id=id, date=first), until=last)


def test_closed_over_days_from_one_minute_to_another() -> None:
    """C10: from Tuesday at noon until Thursday at noon."""
    daily = [a_window(9, 17, weekday=day, id=f"w{day}") for day in range(5)]
    away = with_exception(hours(*daily), leave(TUESDAY, THURSDAY, 12, 12))
    shown = {
        day: [(clock(s), clock(e)) for s, e in spans(away, day, "UTC")[0].open_parts]
        for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)
    }
    assert shown == {
        MONDAY: [("09:00", "17:00")], TUESDAY: [("09:00", "12:00")], WEDNESDAY: [],
        THURSDAY: [("12:00", "17:00")], FRIDAY: [("09:00", "17:00")],
    }  # fmt: skip


@pytest.mark.parametrize("last", [MONDAY, "2026-11-22", "2028-11-24"])
def test_it_ends_on_a_later_day_within_two_years(last: str) -> None:
    assert refused(hours(), leave(MONDAY, last)) == ("interval_invalid", "until")
    assert refused(hours(), replace(a_day("extra"), until=TUESDAY)) == ("interval_invalid", "until")
    assert refused(hours(), leave(MONDAY, TUESDAY, 0, 0)) == ("interval_invalid", "end_minute")
    assert fits(hours(), leave(MONDAY, "2028-11-23"))


def test_a_leave_lies_over_holidays_but_not_within_another_leave() -> None:
    holiday = a_day(date=WEDNESDAY, id="holiday")
    away = with_exception(hours(holiday), leave(TUESDAY, THURSDAY))
    assert len(exceptions(away)) == 2
    assert in_the_way(away, leave(TUESDAY, THURSDAY, id="again"))["other"] == "leave"
    assert in_the_way(away, a_day(date=THURSDAY, id="x"))["other"] == "leave"
    assert fits(away, leave(WEDNESDAY, FRIDAY, id="longer"))


def test_a_leave_that_keeps_hours_apart_stays() -> None:
    known = hours(a_window(9, 17, weekday=2), leave(TUESDAY, THURSDAY))
    extra = with_exception(known, a_day("extra", 10, 12, id="x", date=WEDNESDAY))
    with pytest.raises(Contradiction, match="window_overlaps"):
        without_exception(extra, "leave", NOW)
