"""C1, C10: a practitioner's bookable hours. What the page changes is checked here; no change of hours touches
what is booked, it only tells what would lie outside them (C7).
"""

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from rooms.booking.overlaps import (
    check_exception,
    check_minutes,
    cross,
    in_the_way,
    is_open_in,
    meet,
    on_the_wall,
)
from rooms.calendar import DayException, Hours, WeeklyHours
from rooms.errors import Contradiction, Invalid, NotFound
from rooms.times import Instant

T = TypeVar("T", WeeklyHours, DayException)

MOST_WINDOWS, MOST_EXCEPTIONS = 200, 1000
"""Of one practitioner: they are one record, read for every page of slots."""

DELETED_REMEMBERED = 100
"""Removed ones kept of each kind, the newest."""


def windows(hours: Hours) -> list[WeeklyHours]:
    """Those there are, in the order of the week."""
    found = [each for each in hours.windows if not each.deleted_at]
    return sorted(found, key=lambda each: (each.weekday, each.start_minute, each.valid_from or "", each.id))


def exceptions(hours: Hours) -> list[DayException]:
    """Those there are, by date."""
    found = [each for each in hours.exceptions if not each.deleted_at]
    return sorted(found, key=lambda each: (each.date, each.start_minute, each.id))


def window_of(hours: Hours, id: str) -> WeeklyHours:
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


def with_window(hours: Hours, window: WeeklyHours) -> Hours:
    """New, or in place of the one with its id. Raises `interval_invalid`, `window_overlaps` naming the other
    one, `length_invalid`.
    """
    check_minutes(window)
    if window.valid_from and window.valid_until and window.valid_until < window.valid_from:
        raise Invalid("interval_invalid", "The last day comes before the first.", field="valid_until")
    others = [each for each in windows(hours) if each.id != window.id]
    if len(others) >= MOST_WINDOWS:
        raise Invalid("length_invalid", f"At most {MOST_WINDOWS} windows.")
    for other in others:
        if meet(window, other):
            raise _overlaps(other, weekday=other.weekday)
    for extra in exceptions(hours):
        if extra.kind == "extra" and is_open_in(hours, window, extra):
            raise _overlaps(extra, date=extra.date)
    return replace(hours, windows=_kept([*(e for e in hours.windows if e.id != window.id), window]))


def with_exception(hours: Hours, exception: DayException) -> Hours:
    """New. Raises as `with_window`; extra hours are beside the weekly ones, not over them. What is closed
    over days may lie over what is closed already (a holiday in a leave), but not all of it in one.
    """
    check_exception(exception)
    others = exceptions(hours)
    if len(others) >= MOST_EXCEPTIONS:
        raise Invalid("length_invalid", f"At most {MOST_EXCEPTIONS} exceptions.")
    for other in others:
        if other.kind == exception.kind and in_the_way(exception, other):
            raise _overlaps(other, date=other.date)
    if exception.kind == "extra":
        _check_beside_windows(hours, exception)
    return replace(hours, exceptions=_kept([*hours.exceptions, exception]))


def _check_beside_windows(hours: Hours, extra: DayException) -> None:
    """Raises `window_overlaps`."""
    for window in windows(hours):
        if is_open_in(hours, window, extra):
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
        if extra.kind == "extra" and cross(on_the_wall(extra), on_the_wall(gone)):
            _check_beside_windows(after, extra)
    return after


def _overlaps(other: WeeklyHours | DayException, **day: object) -> Contradiction:
    if isinstance(other, DayException) and other.until:
        day |= {"until": other.until}
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
    return tuple(there + gone[-DELETED_REMEMBERED:])
