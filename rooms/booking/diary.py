"""A practitioner's diary: no two live appointments overlap, whatever flow made them (C3)."""

from collections.abc import Container, Iterable
from typing import Protocol, TypeVar

from rooms.errors import Invalid
from rooms.ids import AppointmentNo
from rooms.policy import LONGEST_VISIT
from rooms.times import Instant


class Occupied(Protocol):
    """`[starts_at, ends_at)` belongs to an appointment."""

    @property
    def starts_at(self) -> Instant: ...
    @property
    def ends_at(self) -> Instant: ...
    @property
    def appointment(self) -> AppointmentNo: ...


T = TypeVar("T", bound=Occupied)


def check_interval(starts_at: Instant, ends_at: Instant) -> None:
    """Raises `interval_invalid` unless it takes time, and not more than `LONGEST_VISIT`."""
    if not 0 < ends_at - starts_at <= LONGEST_VISIT:
        raise Invalid("interval_invalid", "End after the start, at most 8 hours later.", field="ends_at")


def overlapping(entries: Iterable[T], starts_at: Instant, ends_at: Instant) -> list[T]:
    """Those that have any instant of `[starts_at, ends_at)`; back to back is fine."""
    return [each for each in entries if each.starts_at < ends_at and starts_at < each.ends_at]


def clash(
    entries: Iterable[Occupied], starts_at: Instant, ends_at: Instant, but_for: Container[AppointmentNo]
) -> AppointmentNo | None:
    """The first appointment, but for those, that has any instant of `[starts_at, ends_at)`."""
    found = overlapping(entries, starts_at, ends_at)
    return next((each.appointment for each in found if each.appointment not in but_for), None)
