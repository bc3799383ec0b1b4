"""C1, C2: the free times of a practitioner. A slot begins at its window's start + k x (slot + buffer), ends
after the type's minutes, and takes as many cells of the grid as they need (CONTRACT).

Grids run in elapsed time from the window's first instant, so that none begins in a spring gap and none comes
twice in an autumn overlap.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Protocol, TypeVar

import msgspec

from rooms.booking.availability import Span, days, spans
from rooms.booking.diary import Taken
from rooms.calendar import Hours
from rooms.policy import LONGEST_VISIT
from rooms.times import DAY, MINUTE, Instant, local_day


class Starting(Protocol):
    """Whatever begins at some time."""

    @property
    def starts_at(self) -> Instant: ...


T = TypeVar("T", bound=Starting)

LONGEST_RANGE = 366 * DAY
"""Milliseconds of slots that can be asked for at once, and of bookings held against changed hours: a year."""


class Slot(msgspec.Struct, frozen=True, order=True):
    """`[starts_at, ends_at)`. `buffer`: milliseconds kept free on both sides."""

    starts_at: Instant
    ends_at: Instant
    buffer: int = 0


def free(
    hours: Hours,
    zone: str,
    minutes: int,
    taken: Sequence[Taken],
    start: Instant,
    end: Instant,
) -> list[Slot]:
    """Every free slot for a type of `minutes` with `start <= starts_at < end`, in order.

    `taken`: what the diary holds from `LONGEST_VISIT` before `start` on, in order of start, without what has
    expired. Nothing taken, and nothing within a buffer of it, is offered.
    """
    found: dict[Instant, Slot] = {}
    begins = [each.starts_at for each in taken]
    for day in days(start, end, zone):
        for span in spans(hours, day, zone):
            near = slice(
                bisect_left(begins, span.starts_at - LONGEST_VISIT - span.buffer),
                bisect_left(begins, span.ends_at + span.buffer),
            )
            for slot in _of_span(span, minutes, taken[near]):
                if start <= slot.starts_at < end:
                    found.setdefault(slot.starts_at, slot)
    return [found[at] for at in sorted(found)]


def at(hours: Hours, zone: str, minutes: int, taken: Sequence[Taken], starts_at: Instant) -> Slot | None:
    """The free slot that begins just then."""
    found = free(hours, zone, minutes, taken, starts_at, starts_at + 1)
    return found[0] if found else None


def reach(hours: Hours, zone: str, starts_at: Instant) -> int:
    """Milliseconds around a slot within which the diary decides whether it is free: by how much the cells of
    the longest visit exceed it, and a buffer.
    """
    grids = spans(hours, local_day(starts_at, zone), zone)
    return max((each.slot + (LONGEST_VISIT // each.slot + 1) * each.buffer for each in grids), default=0)


def _of_span(span: Span, minutes: int, taken: Sequence[Taken]) -> Iterator[Slot]:
    cells = -(-minutes * MINUTE // span.slot)
    step, lasts = span.slot + span.buffer, minutes * MINUTE
    needs = cells * step - span.buffer
    begins = [each.starts_at for each in taken]
    # Ends in order, so that the last of those before a time is the latest of them all.
    ends = list(accumulate((_end_on(span, each) for each in taken), max))
    for starts_at in range(span.starts_at, span.ends_at - needs + 1, step):
        before = bisect_left(begins, starts_at + needs + span.buffer)
        if before and ends[before - 1] + span.buffer > starts_at:
            continue
        if any(start < starts_at + lasts and starts_at < end for start, end in span.shut):
            continue
        yield Slot(starts_at, starts_at + lasts, span.buffer)


def _end_on(span: Span, entry: Taken) -> Instant:
    """An appointment that begins on the grid has all of its cells."""
    if entry.starts_at < span.starts_at or (entry.starts_at - span.starts_at) % (span.slot + span.buffer):
        return entry.ends_at
    cells = -(-(entry.ends_at - entry.starts_at) // span.slot)
    return max(entry.ends_at, entry.starts_at + cells * (span.slot + span.buffer) - span.buffer)


def nearest(offers: Sequence[T], wanted: Instant, count: int) -> list[T]:
    """The free ones nearest to a time that is not, in order of time."""
    near = sorted(offers, key=lambda each: abs(each.starts_at - wanted))[:count]
    return sorted(near, key=lambda each: each.starts_at)
