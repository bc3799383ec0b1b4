"""What can be booked on one local day, found by looking at the clinic's clock minute by minute."""

import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rooms.calendar import DayException, Hours, Window
from rooms.ports import DiaryEntry
from rooms.times import HOUR, MINUTE, Instant, local_time, parse

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2027, 12, 31)

Minutes = dict[Instant, int]
"""Every minute of a local day to what the clock shows then, in minutes since midnight."""


@functools.lru_cache(maxsize=1000)
def minutes_of(day: str, zone: str) -> Minutes:
    """None of them may have been skipped, and some come twice."""
    noon = parse(f"{day}T12:00:00Z")
    around = {at: local_time(at, zone) for at in range(noon - 40 * HOUR, noon + 40 * HOUR, MINUTE)}
    return {at: t.hour * 60 + t.minute for at, t in around.items() if t.date().isoformat() == day}


@functools.cache
def turning_days(zone: str) -> tuple[dt.date, ...]:
    """The days of two years on which the clock is put forward or back."""

    def offset(day: dt.date) -> dt.timedelta | None:
        return local_time(parse(f"{day}T12:00:00Z"), zone).utcoffset()

    every = [FIRST + dt.timedelta(n) for n in range((LAST - FIRST).days + 1)]
    weeks = [every[n : n + 8] for n in range(0, len(every), 7)]
    some = [week for week in weeks if offset(week[0]) != offset(week[-1])]
    return tuple(day for week in some for before, day in pairwise(week) if offset(before) != offset(day))


def counts_on(each: Window | DayException, day: str) -> bool:
    """Whether these are hours of that day."""
    if each.deleted_at:
        return False
    if isinstance(each, DayException):
        return each.kind == "extra" and each.date == day
    is_valid = (each.valid_from or day) <= day <= (each.valid_until or day)
    return each.active and is_valid and dt.date.fromisoformat(day).weekday() == each.weekday


def closed_on(known: Hours, day: str) -> list[DayException]:
    """What of the weekly hours does not count then."""
    return [e for e in known.exceptions if e.kind == "closed" and e.date == day and not e.deleted_at]


def hours_on(known: Hours, day: str) -> list[Window | DayException]:
    """Extra ones first."""
    every: list[Window | DayException] = [*known.exceptions, *known.windows]
    return [each for each in every if counts_on(each, day)]


def offered(
    known: Hours, day: str, zone: str, minutes: int, taken: Sequence[DiaryEntry]
) -> set[tuple[Instant, Instant]]:
    """All slots of the day."""
    closed = closed_on(known, day)
    return {
        slot
        for each in hours_on(known, day)
        for slot in _of_hours(
            each, minutes_of(day, zone), minutes, taken, [] if isinstance(each, DayException) else closed
        )
    }


def _of_hours(
    hours: Window | DayException,
    clock: Minutes,
    minutes: int,
    taken: Sequence[DiaryEntry],
    closed: Sequence[DayException],
) -> Iterator[tuple[Instant, Instant]]:
    day_ends = max(clock, default=0) + MINUTE
    begins = min((at for at, shown in clock.items() if shown >= hours.start_minute), default=day_ends)
    ends = min((at for at, shown in clock.items() if shown >= hours.end_minute), default=day_ends)
    slot, step = hours.slot_minutes * MINUTE, (hours.slot_minutes + hours.buffer_minutes) * MINUTE
    buffer = step - slot

    def needs(milliseconds: int) -> int:
        """All cells that a visit takes, with the buffers between them."""
        cells = 1
        while cells * slot < milliseconds:
            cells += 1
        return cells * step - buffer

    def is_free(at: Instant) -> bool:
        for entry in taken:
            is_on_grid = entry.starts_at >= begins and (entry.starts_at - begins) % step == 0
            lasts = entry.ends_at - entry.starts_at
            until = entry.starts_at + max(lasts, needs(lasts)) if is_on_grid else entry.ends_at
            if at < until + buffer and entry.starts_at < at + needs(minutes * MINUTE) + buffer:
                return False
        return True

    def is_open(at: Instant) -> bool:
        """By the clock, in every minute of it."""
        shown = [clock[each] for each in range(at, at + minutes * MINUTE, MINUTE)]
        inside = all(hours.start_minute <= each < hours.end_minute for each in shown)
        return inside and not any(e.start_minute <= each < e.end_minute for e in closed for each in shown)

    at = begins
    while at + needs(minutes * MINUTE) <= ends:
        if is_free(at) and is_open(at):
            yield at, at + minutes * MINUTE
        at += step
