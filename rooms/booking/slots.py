"""C1, C2: the free times of a practitioner. A slot begins at its window's start + k x (slot + buffer), ends
after the type's minutes, and takes as many cells of the grid as they need (CONTRACT).

Where other hours adjoin, weekly or extra ones, also at midnight, a slot may run over into them (C10): it
keeps to the grid and the buffer of the hours in which it begins, as far as its cells go, and those it runs
into keep theirs.

Grids run in elapsed time from the window's first instant, so that none begins in a spring gap and none comes
twice in an autumn overlap.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Protocol, TypeVar

import msgspec

from rooms.booking.diary import Occupied
from rooms.booking.spans import Span, around
from rooms.calendar import Hours
from rooms.policy import LONGEST_VISIT
from rooms.stretches import union
from rooms.times import DAY, MINUTE, Instant


class Starting(Protocol):
    """Whatever begins at some time."""

    @property
    def starts_at(self) -> Instant: ...


T = TypeVar("T", bound=Starting)

Part = tuple[Instant, Instant]
"""`[from, until)`."""

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
    taken: Sequence[Occupied],
    start: Instant,
    end: Instant,
) -> list[Slot]:
    """Every free slot for a type of `minutes` with `start <= starts_at < end`, in order.

    `taken`: what the diary holds from `LONGEST_VISIT` before `start` on, in order of start, without what has
    expired. Nothing taken, and nothing within a buffer of it, is offered.
    """
    found: dict[Instant, Slot] = {}
    begins, lasts = [each.starts_at for each in taken], minutes * MINUTE
    grids = around(hours, start, end + DAY, zone)
    inside = union((each.starts_at, each.ends_at) for each in grids)
    opened = union(part for each in grids for part in each.open_parts)
    for span in grids:
        if span.starts_at < end:
            # A year's diary has thousands of entries, and a morning's hours to do with a few. What began
            # before them may still reach into them, by the longest visit there is and a buffer, but not
            # from further away; what begins after them matters as far as the cells of a visit that starts
            # in their last minute. `taken` is in order of start, so that two searches find the few, where
            # each window would walk over the whole diary.
            near = slice(
                bisect_left(begins, span.starts_at - LONGEST_VISIT - span.buffer),
                bisect_left(begins, span.ends_at + _needs(span, lasts) + span.buffer),
            )
            for slot in _of_span(span, lasts, taken[near], inside, opened):
                if start <= slot.starts_at < end:
                    found.setdefault(slot.starts_at, slot)
    return [found[at] for at in sorted(found)]


def at(hours: Hours, zone: str, minutes: int, taken: Sequence[Occupied], starts_at: Instant) -> Slot | None:
    """The free slot that begins just then."""
    found = free(hours, zone, minutes, taken, starts_at, starts_at + 1)
    return found[0] if found else None


def reach(hours: Hours, zone: str, starts_at: Instant) -> int:
    """Milliseconds around a slot within which the diary decides whether it is free: by how much the cells of
    the longest visit exceed it, and a buffer.
    """
    grids = around(hours, starts_at, starts_at + 1, zone)
    return max((each.slot + (LONGEST_VISIT // each.slot + 1) * each.buffer for each in grids), default=0)


def _of_span(
    span: Span, lasts: int, taken: Sequence[Occupied], inside: Sequence[Part], opened: Sequence[Part]
) -> Iterator[Slot]:
    needs = _needs(span, lasts)
    begins = [each.starts_at for each in taken]
    # Ends in order, so that the last of those before a time is the latest of them all.
    ends = list(accumulate((_end_on(span, each) for each in taken), max))
    for starts_at in _starts(span, lasts, inside, opened):
        before = bisect_left(begins, starts_at + needs + span.buffer)
        if before and ends[before - 1] + span.buffer > starts_at:
            continue
        yield Slot(starts_at, starts_at + lasts, span.buffer)


def _starts(span: Span, lasts: int, inside: Sequence[Part], opened: Sequence[Part]) -> Iterator[Instant]:
    """On its grid, where all cells lie within hours that adjoin (`inside`) and the visit in what of them is
    open (`opened`). Cells of more than a day, which only absurd buffers make, stay within its own.
    """
    step, needs = span.slot + span.buffer, _needs(span, lasts)
    limit = _end_around(inside, span.starts_at) if needs <= DAY else span.ends_at
    for start, end in span.open_parts:
        first = span.starts_at - (span.starts_at - start) // step * step
        last = min(end - 1, _end_around(opened, start) - lasts, limit - needs)
        yield from range(first, last + 1, step)


def _end_around(parts: Sequence[Part], at: Instant) -> Instant:
    """When the part ends that has that instant."""
    return parts[bisect_right(parts, at, key=lambda each: each[0]) - 1][1]


def _needs(span: Span, lasts: int) -> int:
    """Milliseconds that the cells of a visit take, with the buffers between them."""
    return -(-lasts // span.slot) * (span.slot + span.buffer) - span.buffer


def _end_on(span: Span, entry: Occupied) -> Instant:
    """An appointment that begins on the grid has all of its cells."""
    if entry.starts_at < span.starts_at or (entry.starts_at - span.starts_at) % (span.slot + span.buffer):
        return entry.ends_at
    return max(entry.ends_at, entry.starts_at + _needs(span, entry.ends_at - entry.starts_at))


def nearest(offers: Sequence[T], wanted: Instant, count: int) -> list[T]:
    """The free ones nearest to a time that is not, in order of time."""
    near = sorted(offers, key=lambda each: abs(each.starts_at - wanted))[:count]
    return sorted(near, key=lambda each: each.starts_at)
