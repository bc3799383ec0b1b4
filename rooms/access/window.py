"""The join window: when a link opens its room, judged from the appointment as it stands now, to the
millisecond (D2, A2).
"""

from collections.abc import Sequence

import msgspec

from rooms.policy import LONGEST_EXTENSION, LONGEST_MARGIN, LONGEST_VISIT, Policy
from rooms.records import Appointment
from rooms.times import Instant

LONGEST_LOOK_BACK = LONGEST_VISIT + LONGEST_MARGIN + LONGEST_EXTENSION
"""Milliseconds. What began longer ago has its window closed by any policy: whoever looks for what may still
be open looks this far back, and no further."""


def look_back(policy: Policy) -> int:
    """Milliseconds: the same for this policy as it is now, for lists that are read often."""
    return LONGEST_VISIT + policy.closes_after + LONGEST_EXTENSION


class Window(msgspec.Struct, frozen=True):
    """Open on `[opens_at, closes_at)`: at `closes_at` itself nobody new enters."""

    opens_at: Instant
    closes_at: Instant


class TooEarly(msgspec.Struct, frozen=True):
    """`window` is the next to open."""

    window: Window


class Open(msgspec.Struct, frozen=True):
    """`window` is open; of several the one that stays open longest."""

    window: Window


class Closed(msgspec.Struct, frozen=True):
    """`window` closed last."""

    window: Window


WindowVerdict = TooEarly | Open | Closed


def of(appointment: Appointment, policy: Policy) -> Window:
    """The window of one appointment, staff's extension included."""
    closes_at = appointment.ends_at + policy.closes_after + appointment.extended
    return Window(appointment.starts_at - policy.opens_before, closes_at)


def has_closed(appointment: Appointment, policy: Policy, now: Instant) -> bool:
    """Whether nobody new comes for it any more, by its own window."""
    return now >= of(appointment, policy).closes_at


def whose(appointments: Sequence[Appointment], policy: Policy, window: Window) -> Appointment:
    """Of these appointments the one that has this window: who is told of a window is told of its start."""
    return next(each for each in appointments if of(each, policy) == window)


def judge(windows: Sequence[Window], now: Instant) -> WindowVerdict:
    """Whether somebody may enter who may come in any of these windows (one at least). Gaps between them stay
    closed (D2).
    """
    if opened := [each for each in windows if each.opens_at <= now < each.closes_at]:
        return Open(max(opened, key=lambda each: each.closes_at))
    if coming := [each for each in windows if now < each.opens_at]:
        return TooEarly(min(coming, key=lambda each: each.opens_at))
    return Closed(max(windows, key=lambda each: each.closes_at))
