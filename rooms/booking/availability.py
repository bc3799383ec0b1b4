"""C1: a practitioner's bookable hours. What the page changes is checked here; no change of hours touches what
is booked, it only tells what would lie outside them (C7).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from rooms.calendar import DayException, Hours, Window
from rooms.errors import Contradiction, Invalid, NotFound
from rooms.times import MINUTE, Instant, local_day, next_day, stretches, wall

T = TypeVar("T", Window, DayException)

DAY_MINUTES = 1440

MOST_WINDOWS, MOST_EXCEPTIONS = 200, 1000
"""Of one practitioner: they are one record, read for every page of slots."""

REMEMBERED = 100
"""Removed ones kept of each kind, the newest."""


class Span(msgspec.Struct, frozen=True):
    """Bookable time of one day, `[starts_at, ends_at)`, and its grid in milliseconds. `shut`: what of it is
    closed.
    """

    starts_at: Instant
    ends_at: Instant
    slot: int
    buffer: int
    shut: tuple[tuple[Instant, Instant], ...] = ()


def windows(hours: Hours) -> list[Window]:
    """Those there are, in the order of the week."""
    found = [each for each in hours.windows if not each.deleted_at]
    return sorted(found, key=lambda each: (each.weekday, each.start_minute, each.valid_from or "", each.id))


def exceptions(hours: Hours) -> list[DayException]:
    """Those there are, by date."""
    found = [each for each in hours.exceptions if not each.deleted_at]
    return sorted(found, key=lambda each: (each.date, each.start_minute, each.id))


def window_of(hours: Hours, id: str) -> Window:
    """Raises `NotFound`."""
    found = next((each for each in hours.windows if each.id == id and not each.deleted_at), None)
    if found is None:
        raise NotFound("not_found", "There is no such availability window.")
    return found


def exception_of(hours: Hours, id: str) -> DayException:
    """Raises `NotFound`."""
    found = next((each for each in hours.exceptions if each.id == id and not each.deleted_at), None)
    if found is None:
        raise NotFound("not_found", "There is no such exception.")
    return found


def with_window(hours: Hours, window: Window) -> Hours:
    """New, or in place of the one with its id. Raises `interval_invalid`, `window_overlaps` naming the other
    one, `length_invalid`.
    """
    _check_minutes(window.start_minute, window.end_minute, window.slot_minutes)
    if window.valid_from and window.valid_until and window.valid_until < window.valid_from:
        raise Invalid("interval_invalid", "The last day comes before the first.", field="valid_until")
    others = [each for each in windows(hours) if each.id != window.id]
    if len(others) >= MOST_WINDOWS:
        raise Invalid("length_invalid", f"At most {MOST_WINDOWS} windows.")
    for other in others:
        if _same_days(window, other) and _meet(window, other):
            raise _overlaps(other, weekday=other.weekday)
    for extra in exceptions(hours):
        if extra.kind == "extra" and _counts_on(window, extra.date) and _is_open_in(hours, window, extra):
            raise _overlaps(extra, date=extra.date)
    return replace(hours, windows=_kept([*(e for e in hours.windows if e.id != window.id), window]))


def with_exception(hours: Hours, exception: DayException) -> Hours:
    """New. Raises as `with_window`; extra hours are beside the weekly ones, not over them."""
    slot = exception.slot_minutes if exception.kind == "extra" else 1
    _check_minutes(exception.start_minute, exception.end_minute, slot)
    others = exceptions(hours)
    if len(others) >= MOST_EXCEPTIONS:
        raise Invalid("length_invalid", f"At most {MOST_EXCEPTIONS} exceptions.")
    for other in others:
        if other.date == exception.date and other.kind == exception.kind and _meet(exception, other):
            raise _overlaps(other, date=other.date)
    if exception.kind == "extra":
        _check_beside_windows(hours, exception)
    return replace(hours, exceptions=_kept([*hours.exceptions, exception]))


def _check_beside_windows(hours: Hours, extra: DayException) -> None:
    """Raises `window_overlaps`."""
    for window in windows(hours):
        if _counts_on(window, extra.date) and _is_open_in(hours, window, extra):
            raise _overlaps(window, weekday=window.weekday)


def without_window(hours: Hours, id: str, now: Instant) -> Hours:
    """Soft delete. Raises `NotFound`."""
    gone = replace(window_of(hours, id), deleted_at=now)
    return replace(hours, windows=_kept([*(e for e in hours.windows if e.id != id), gone]))


def without_exception(hours: Hours, id: str, now: Instant) -> Hours:
    """Soft delete. Raises `NotFound`, and `window_overlaps` where a closed day kept weekly hours out of the
    way of extra ones.
    """
    gone = replace(exception_of(hours, id), deleted_at=now)
    after = replace(hours, exceptions=_kept([*(e for e in hours.exceptions if e.id != id), gone]))
    for extra in exceptions(after):
        if extra.kind == "extra" and extra.date == gone.date:
            _check_beside_windows(after, extra)
    return after


def spans(hours: Hours, day: str, zone: str) -> list[Span]:
    """What is bookable on a clinic-local day, in order: its windows without what is closed, and extra hours,
    which no closed day touches.

    A window keeps its grid where a part of it is closed.
    """
    here = [each for each in exceptions(hours) if each.date == day]
    closed = [each for each in here if each.kind == "closed"]
    shut = [part for each in closed for part in stretches(day, each.start_minute, each.end_minute, zone)]
    regular = [each for each in hours.windows if each.active and _counts_on(each, day)]
    found = [_span(each, day, zone, shut) for each in regular]
    found += [_span(each, day, zone, []) for each in here if each.kind == "extra"]
    return sorted((each for each in found if each.starts_at < each.ends_at), key=lambda each: each.starts_at)


def covers(hours: Hours, zone: str, starts_at: Instant, ends_at: Instant) -> bool:
    """Whether that time lies within the hours, all of it."""
    found = spans(hours, local_day(starts_at, zone), zone)
    at = starts_at
    for start, end in sorted(part for each in found for part in _open_parts(each)):
        if start <= at:
            at = max(at, end)
    return at >= ends_at


def days(start: Instant, end: Instant, zone: str) -> Iterator[str]:
    """Every clinic-local day with an instant in `[start, end)`."""
    day, last = local_day(start, zone), local_day(max(start, end - 1), zone)
    while day <= last:
        yield day
        day = next_day(day)


def _span(hours: Window | DayException, day: str, zone: str, shut: Sequence[tuple[Instant, Instant]]) -> Span:
    """A clock that is put back may show again what comes before the hours: that is shut, too."""
    shown = stretches(day, hours.start_minute, hours.end_minute, zone)
    between = [(one[1], other[0]) for one, other in pairwise(shown)]
    return Span(
        wall(day, hours.start_minute, zone),
        wall(day, hours.end_minute, zone),
        hours.slot_minutes * MINUTE,
        hours.buffer_minutes * MINUTE,
        tuple(sorted([*shut, *between])),
    )


def _open_parts(span: Span) -> Iterator[tuple[Instant, Instant]]:
    """What of it is not shut, in order."""
    at = span.starts_at
    for start, end in span.shut:
        yield at, min(start, span.ends_at)
        at = max(at, end)
    yield at, span.ends_at


def _check_minutes(start: int, end: int, slot: int) -> None:
    if not 0 <= start < end <= DAY_MINUTES:
        raise Invalid("interval_invalid", "It ends after it begins, on the same day.", field="end_minute")
    if slot > end - start:
        raise Invalid("interval_invalid", "Not one slot fits in there.", field="slot_minutes")


def _meet(one: Window | DayException, other: Window | DayException) -> bool:
    return one.start_minute < other.end_minute and other.start_minute < one.end_minute


def _same_days(one: Window, other: Window) -> bool:
    """Whether there is a day on which both count; a paused one is asked as if it did, for it will again."""
    first = max(one.valid_from or "0", other.valid_from or "0")
    last = min(one.valid_until or "9", other.valid_until or "9")
    return one.weekday == other.weekday and first <= last


def _counts_on(window: Window, day: str) -> bool:
    return (
        (window.valid_from or "0") <= day <= (window.valid_until or "9")
        and dt.date.fromisoformat(day).weekday() == window.weekday
        and not window.deleted_at
    )


def _is_open_in(hours: Hours, window: Window, exception: DayException) -> bool:
    """Whether what both take is left open by the closed hours of that day."""
    start = max(window.start_minute, exception.start_minute)
    end = min(window.end_minute, exception.end_minute)
    shut = sorted(
        (each.start_minute, each.end_minute)
        for each in exceptions(hours)
        if each.date == exception.date and each.kind == "closed"
    )
    for begins, ends in shut:
        if begins <= start:
            start = max(start, ends)
    return start < end


def _overlaps(other: Window | DayException, **day: object) -> Contradiction:
    return Contradiction(
        "window_overlaps",
        "There are other hours at that time already.",
        other=other.id,
        start_minute=other.start_minute,
        end_minute=other.end_minute,
        **day,
    )


def _kept(all_: Sequence[T]) -> tuple[T, ...]:
    """Without those that were removed longest ago."""
    gone = sorted((each for each in all_ if each.deleted_at), key=lambda each: each.deleted_at)
    there = [each for each in all_ if not each.deleted_at]
    return tuple(there + gone[-REMEMBERED:])
