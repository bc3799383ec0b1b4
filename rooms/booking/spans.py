"""C1, C10: what of a practitioner's hours is bookable when: instants, not the clock's minutes."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from rooms.booking.overlaps import DAY_MINUTES, counts_on
from rooms.calendar import DayException, Hours, WeeklyHours
from rooms.stretches import union
from rooms.times import MINUTE, Instant, day_before, local_day, next_day, stretches, wall


class Span(msgspec.Struct, frozen=True):
    """Bookable time that begins on one day, `[starts_at, ends_at)`, and its grid in milliseconds. `shut`:
    what of it is closed.
    """

    starts_at: Instant
    ends_at: Instant
    slot: int
    buffer: int
    shut: tuple[tuple[Instant, Instant], ...] = ()

    @property
    def open_parts(self) -> Iterator[tuple[Instant, Instant]]:
        """What of it is not shut, in order."""
        at = self.starts_at
        for start, end in self.shut:
            if at < min(start, self.ends_at):
                yield at, min(start, self.ends_at)
            at = max(at, end)
        if at < self.ends_at:
            yield at, self.ends_at


def spans(hours: Hours, day: str, zone: str) -> list[Span]:
    """What is bookable from a clinic-local day on, in order: its windows without what is closed, and extra
    hours, which no closed day touches. What runs over midnight is of the day on which it begins; a closed day
    is closed from its own midnight on.

    A window keeps its grid where a part of it is closed.
    """
    regular = [each for each in hours.windows if each.active and counts_on(each, day)]
    extra = [each for each in hours.exceptions if each.kind == "extra" and each.date == day]
    shut = _shut(hours, day, zone) if regular else []
    if any(each.runs_until > DAY_MINUTES for each in regular):
        shut += _shut(hours, next_day(day), zone)
    found = [_span(each, day, zone, shut) for each in regular]
    found += [_span(each, day, zone, []) for each in extra if not each.deleted_at]
    return sorted((each for each in found if each.starts_at < each.ends_at), key=lambda each: each.starts_at)


def around(hours: Hours, start: Instant, end: Instant, zone: str) -> list[Span]:
    """All that have an instant of `[start, end)`, and others of those days and the one before."""
    first = day_before(local_day(start, zone))
    return [each for day in (first, *days(start, end, zone)) for each in spans(hours, day, zone)]


def covers(hours: Hours, zone: str, starts_at: Instant, ends_at: Instant) -> bool:
    """Whether that time lies within the hours, all of it."""
    found = union(part for each in around(hours, starts_at, ends_at, zone) for part in each.open_parts)
    return any(start <= starts_at and ends_at <= end for start, end in found)


def days(start: Instant, end: Instant, zone: str) -> Iterator[str]:
    """Every clinic-local day with an instant in `[start, end)`."""
    day, last = local_day(start, zone), local_day(max(start, end - 1), zone)
    while day <= last:
        yield day
        day = next_day(day)


def _shut(hours: Hours, day: str, zone: str) -> list[tuple[Instant, Instant]]:
    """When of that day by the clinic's clock no weekly hours count."""
    return [
        part
        for each in hours.exceptions
        if each.kind == "closed" and not each.deleted_at and each.date <= day <= each.last_day
        for part in stretches(
            day,
            each.start_minute if day == each.date else 0,
            each.end_minute if day == each.last_day else DAY_MINUTES,
            zone,
        )
    ]


def _span(
    hours: WeeklyHours | DayException, day: str, zone: str, shut: Sequence[tuple[Instant, Instant]]
) -> Span:
    """A clock that is put back may show again what comes before the hours: that is shut, too."""
    shown = _shown(hours, day, zone)
    between = [(one[1], other[0]) for one, other in pairwise(shown) if one[1] < other[0]]
    return Span(
        wall(day, hours.start_minute, zone),
        wall(day, hours.runs_until, zone),
        hours.slot_minutes * MINUTE,
        hours.buffer_minutes * MINUTE,
        tuple(sorted([*shut, *between])),
    )


def _shown(hours: WeeklyHours | DayException, day: str, zone: str) -> list[tuple[Instant, Instant]]:
    """When the clinic's clock shows them, in order."""
    if hours.runs_until <= DAY_MINUTES:
        return stretches(day, hours.start_minute, hours.end_minute, zone)
    evening = stretches(day, hours.start_minute, DAY_MINUTES, zone)
    return sorted([*evening, *stretches(next_day(day), 0, hours.end_minute, zone)])
