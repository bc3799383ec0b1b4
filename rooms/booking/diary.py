"""A practitioner's diary: no two live appointments overlap, whatever flow made them (C3)."""

from collections.abc import Iterable
from typing import Protocol

from rooms.errors import Invalid
from rooms.ids import AppointmentNo
from rooms.policy import LONGEST_VISIT
from rooms.times import Instant


class Taken(Protocol):
    """`[starts_at, ends_at)` belongs to an appointment."""

    @property
    def starts_at(self) -> Instant: ...
    @property
    def ends_at(self) -> Instant: ...
    @property
    def appointment(self) -> AppointmentNo: ...


def check_interval(starts_at: Instant, ends_at: Instant) -> None:
    """Raises `interval_invalid` unless it takes time, and not more than `LONGEST_VISIT` (RELIABILITY 5, row
    25).
    """
    if not 0 < ends_at - starts_at <= LONGEST_VISIT:
        raise Invalid("interval_invalid", "End after the start, at most 8 hours later.", field="ends_at")


def clash(
    entries: Iterable[Taken], starts_at: Instant, ends_at: Instant, but_for: AppointmentNo
) -> AppointmentNo | None:
    """The first appointment but `but_for` itself that has any instant of `[starts_at, ends_at)`; back to back
    is fine.
    """
    for entry in entries:
        if entry.starts_at < ends_at and starts_at < entry.ends_at and entry.appointment != but_for:
            return entry.appointment
    return None
