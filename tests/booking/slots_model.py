"""What can be booked on one local day (C1, C10), found by looking at the clinic's clock minute by minute."""

import datetime as dt
import functools
from collections.abc import Sequence
from itertools import pairwise

from rooms.calendar import DayException, Hours, WeeklyHours
from rooms.ports import DiaryEntry
from rooms.times import DAY, HOUR, MINUTE, Instant, local_time, parse

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2027, 12, 31)

Clock = dict[Instant, tuple[str, int]]
"""Every minute to what the clinic's clock shows then: the day, and minutes since midnight."""


@functools.lru_cache(maxsize=100)
def clock_around(day: str, zone: str) -> Clock:
    """Of a local day, the one before and two after; some of their minutes are skipped, some come twice."""
    there = local_time(parse(f"{day}T12:00:00Z"), zone)
    noon = parse(f"{day}T12:00:00{there.isoformat()[-6:]}")
    around = ((at, local_time(at, zone)) for at in range(noon - 38 * HOUR, noon + 63 * HOUR, MINUTE))
    return {at: (t.date().isoformat(), t.hour * 60 + t.minute) for at, t in around}


@functools.cache
def turning_days(zone: str) -> tuple[dt.date, ...]:
    """The days of two years on which the clock is put forward or back."""

    def offset(day: dt.date) -> dt.timedelta | None:
        return local_time(parse(f"{day}T12:00:00Z"), zone).utcoffset()

    every = [FIRST + dt.timedelta(n) for n in range((LAST - FIRST).days + 1)]
    weeks = [every[n : n + 8] for n in range(0, len(every), 7)]
    some = [week for week in weeks if offset(week[0]) != offset(week[-1])]
    return tuple(day for week in some for before, day in pairwise(week) if offset(before) != offset(day))


def _next(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(1)).isoformat()


def counts_on(each: WeeklyHours | DayException, day: str) -> bool:
    """Whether these are hours that begin on that day."""
    if each.deleted_at:
        return False
    if isinstance(each, DayException):
        return each.kind == "extra" and each.date == day
    is_valid = (each.valid_from or day) <= day <= (each.valid_until or day)
    return each.active and is_valid and dt.date.fromisoformat(day).weekday() == each.weekday


class Stretch:
    """Hours as they are from one day on: on the next one, too, where they end before they begin. `inside`:
    all of their minutes; `open`: those in which people can be seen.
    """

    def __init__(self, known: Hours, hours: WeeklyHours | DayException, day: str, clock: Clock) -> None:
        last_day = day if hours.start_minute < hours.end_minute else _next(day)
        first, last = (day, hours.start_minute), (last_day, hours.end_minute)
        self.starts_at = min(at for at, shown in clock.items() if shown >= first)
        self.ends_at = min(at for at, shown in clock.items() if shown >= last)
        self.slot, self.step = (
            hours.slot_minutes * MINUTE,
            (hours.slot_minutes + hours.buffer_minutes) * MINUTE,
        )
        shut = [] if isinstance(hours, DayException) else closed(known)
        self.inside = range(self.starts_at, self.ends_at, MINUTE)
        # By the clock, too, and in none of the closed hours.
        self.open = {
            at
            for at in self.inside
            if first <= clock[at] < last and not any(begins <= clock[at] < ends for begins, ends in shut)
        }


def closed(known: Hours) -> list[tuple[tuple[str, int], tuple[str, int]]]:
    """From which day and minute until which no weekly hours count."""
    found = [each for each in known.exceptions if each.kind == "closed" and not each.deleted_at]
    return [((e.date, e.start_minute), (_last_day(e), e.end_minute)) for e in found]


def _last_day(each: DayException) -> str:
    return each.until or (each.date if each.start_minute < each.end_minute else _next(each.date))


def stretches_around(known: Hours, day: str, zone: str) -> list[Stretch]:
    """All that begin on the day before, that day, or the next."""
    before = (dt.date.fromisoformat(day) - dt.timedelta(1)).isoformat()
    every: list[WeeklyHours | DayException] = [*known.exceptions, *known.windows]
    clock = clock_around(day, zone)
    made = [
        Stretch(known, each, begins, clock)
        for begins in (before, day, _next(day))
        for each in every
        if counts_on(each, begins)
    ]
    return [each for each in made if each.starts_at < each.ends_at]


def offered(
    known: Hours, day: str, zone: str, minutes: int, taken: Sequence[DiaryEntry]
) -> set[tuple[Instant, Instant]]:
    """All slots that begin on the day: each on the grid of the hours in which it begins, and in open hours as
    long as it lasts, whosever they are.
    """
    every, clock = stretches_around(known, day, zone), clock_around(day, zone)
    inside = {at for each in every for at in each.inside}
    opened = {at for each in every for at in each.open}
    lasts = minutes * MINUTE

    def is_offered(own: Stretch, at: Instant) -> bool:
        needs = _needs(own, lasts)
        fits = all(m in inside for m in range(at, at + needs, MINUTE))
        is_own = needs <= DAY or at + needs <= own.ends_at
        is_open = at in own.open and all(m in opened for m in range(at, at + lasts, MINUTE))
        return fits and is_own and is_open and _is_free(own, at, lasts, taken)

    return {
        (at, at + lasts)
        for each in every
        for at in range(each.starts_at, each.ends_at, each.step)
        if clock[at][0] == day and is_offered(each, at)
    }


def _needs(own: Stretch, lasts: int) -> int:
    """All cells that a visit takes, with the buffers between them."""
    cells = 1
    while cells * own.slot < lasts:
        cells += 1
    return cells * own.step - (own.step - own.slot)


def _is_free(own: Stretch, at: Instant, lasts: int, taken: Sequence[DiaryEntry]) -> bool:
    buffer = own.step - own.slot
    for entry in taken:
        is_on_grid = entry.starts_at >= own.starts_at and (entry.starts_at - own.starts_at) % own.step == 0
        long = entry.ends_at - entry.starts_at
        until = entry.starts_at + max(long, _needs(own, long)) if is_on_grid else entry.ends_at
        if at < until + buffer and entry.starts_at < at + _needs(own, lasts) + buffer:
            return False
    return True
