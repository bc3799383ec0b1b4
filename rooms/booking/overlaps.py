"""C1, C10: which hours there can be beside which, by the minutes of the clinic's clock."""

import datetime as dt

from rooms.calendar import DayException, Hours, WeeklyHours
from rooms.errors import Invalid
from rooms.times import day_before, next_day

DAY_MINUTES = 1440

LONGEST_NIGHT = 15 * 60
"""Minutes of hours that run over midnight: longer ones have start and end mixed up (17:00 to 9:00). Two that
adjoin are as good.
"""

BEYOND_ALL_DAYS = 10**7
"""A day (as `date.toordinal` counts) after every other."""

LONGEST_LEAVE = 731
"""Days that can be closed at once: two years; a longer one is a mistyped year."""

Wall = tuple[int, int]
"""From when until when by the clinic's clock, in minutes since a day long ago: what weekly hours and single
days have in common.
"""


def _day_line(day: str) -> int:
    return dt.date.fromisoformat(day).toordinal()


def on_the_wall(each: DayException) -> Wall:
    """From its first day's minute to its last one's."""
    first, last = _day_line(each.date) * DAY_MINUTES, _day_line(each.last_day) * DAY_MINUTES
    return first + each.start_minute, last + each.end_minute


def cross(one: Wall, other: Wall) -> bool:
    """Back to back is fine."""
    return one[0] < other[1] and other[0] < one[1]


def meet(one: WeeklyHours, other: WeeklyHours) -> bool:
    """Whether there is a time at which both count; a paused one is asked as if it did, for it will again.
    One that runs over midnight meets those of the next day.
    """
    for later in (-1, 0, 1):
        ahead = later * DAY_MINUTES
        shifted = other.start_minute + ahead, other.runs_until + ahead
        is_same_day = (one.weekday + later) % 7 == other.weekday
        if is_same_day and cross((one.start_minute, one.runs_until), shifted) and _valid(one, other, later):
            return True
    return False


def _valid(one: WeeklyHours, other: WeeklyHours, later: int) -> bool:
    """Whether there is a day on which the one begins and so many days later the other."""
    first = max(_bound(one.valid_from, 0), _bound(other.valid_from, 0) - later)
    return first <= min(
        _bound(one.valid_until, BEYOND_ALL_DAYS), _bound(other.valid_until, BEYOND_ALL_DAYS) - later
    )


def _bound(day: str | None, otherwise: int) -> int:
    return _day_line(day) if day else otherwise


def check_minutes(hours: WeeklyHours | DayException) -> None:
    """Raises `interval_invalid`."""
    start, end = hours.start_minute, hours.end_minute
    _check_edges(start, end)
    if start == end or not hours.runs_until <= max(DAY_MINUTES, start + LONGEST_NIGHT):
        message = "It ends after it begins; on the next day at most 15 hours later."
        raise Invalid("interval_invalid", message, field="end_minute")
    if hours.slot_minutes > hours.runs_until - start:
        raise Invalid("interval_invalid", "Not one slot fits in there.", field="slot_minutes")


def _check_edges(start: int, end: int) -> None:
    """Midnight is 0 as a beginning and 1440 as an end, so that either is written in one way."""
    if not 0 <= start < DAY_MINUTES:
        raise Invalid("interval_invalid", "It begins at a minute from 0 to 1439.", field="start_minute")
    if not 0 < end <= DAY_MINUTES:
        raise Invalid("interval_invalid", "It ends at a minute from 1 to 1440.", field="end_minute")


def check_exception(exception: DayException) -> None:
    """Raises `interval_invalid`."""
    if exception.until is None:
        check_minutes(exception)
        return
    days = _day_line(exception.until) - _day_line(exception.date)
    if exception.kind == "extra" or not 0 < days <= LONGEST_LEAVE:
        message = "Closed hours may go on until a later day, at most two years."
        raise Invalid("interval_invalid", message, field="until")
    _check_edges(exception.start_minute, exception.end_minute)


def in_the_way(new: DayException, other: DayException) -> bool:
    """Two on single days that cross; or all of the new one lies in a longer one, or an equal one."""
    one, there = on_the_wall(new), on_the_wall(other)
    if new.until is None and other.until is None:
        return cross(one, there)
    return there[0] <= one[0] and one[1] <= there[1]


def counts_on(window: WeeklyHours, day: str) -> bool:
    """Whether it begins on that day, were it not paused."""
    return (
        (window.valid_from or "0") <= day <= (window.valid_until or "9")
        and dt.date.fromisoformat(day).weekday() == window.weekday
        and not window.deleted_at
    )


def is_open_in(hours: Hours, window: WeeklyHours, extra: DayException) -> bool:
    """Whether both take a time that is left open by what is closed."""
    return any(
        _is_open_on(hours, window, day, extra)
        for day in (day_before(extra.date), extra.date, next_day(extra.date))
        if counts_on(window, day)
    )


def _is_open_on(hours: Hours, window: WeeklyHours, day: str, extra: DayException) -> bool:
    begins, (start, end) = _day_line(day) * DAY_MINUTES, on_the_wall(extra)
    start, end = max(start, begins + window.start_minute), min(end, begins + window.runs_until)
    closed = [each for each in hours.exceptions if each.kind == "closed" and not each.deleted_at]
    for shut, until in sorted(map(on_the_wall, closed)):
        if shut <= start:
            start = max(start, until)
    return start < end
