"""What booking remembers beside appointments: bookable hours, who holds how much, what a sync could not place
(C1, C2, C3).
"""

from typing import Literal

import msgspec

from rooms.ids import AppointmentNo, PractitionerNo
from rooms.preserving import Preserving
from rooms.records import External, Record, Unusable
from rooms.times import DAY, MINUTE, Instant, next_day


class WeeklyHours(Preserving, frozen=True, kw_only=True):
    """C1: bookable hours of a weekday (0 Monday), by the clinic's clock, in minutes since midnight (0-1440).
    Slots begin at the start and every `slot_minutes + buffer_minutes` from there. An end before the start is
    one on the next day (C10, as schema.org's opening hours have it).
    """

    id: str
    weekday: int
    start_minute: int
    end_minute: int
    slot_minutes: int
    buffer_minutes: int = 0
    active: bool = True
    valid_from: str | None = None
    """The first day on which it begins, `YYYY-MM-DD`."""
    valid_until: str | None = None
    """The last."""
    deleted_at: Instant = 0
    """Removed, and kept for whoever asks what the hours were (soft delete)."""

    @property
    def runs_until(self) -> int:
        """Minutes since the midnight before it begins: over 1440 where it ends on the next day."""
        return _runs_until(self.start_minute, self.end_minute)


ExceptionKind = Literal["closed", "extra"]


class DayException(Preserving, frozen=True, kw_only=True):
    """C1: from `date` on no weekly window counts in these minutes (`closed`), or there are hours beside them.
    An end before the start is one on the next day.
    """

    id: str
    date: str
    until: str | None = None
    """Where it is closed over days (C10): the last one, on which `end_minute` is."""
    kind: ExceptionKind
    start_minute: int = 0
    end_minute: int = 1440
    slot_minutes: int = 0
    """0 where the day is closed."""
    buffer_minutes: int = 0
    note: str | None = None
    deleted_at: Instant = 0

    @property
    def runs_until(self) -> int:
        """As a window's; of extra hours, which are of one day."""
        return _runs_until(self.start_minute, self.end_minute)

    @property
    def last_day(self) -> str:
        """On which `end_minute` is."""
        return self.until or (self.date if self.start_minute < self.end_minute else next_day(self.date))


def _runs_until(start: int, end: int) -> int:
    return end if start < end else end + DAY // MINUTE


class Hours(Record, frozen=True, kw_only=True):
    """All of a practitioner's bookable hours: one record, so that an overlap is seen in the commit that would
    make it.
    """

    practitioner_no: PractitionerNo
    windows: tuple[WeeklyHours, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    version: int = 0


class Held(Preserving, frozen=True):
    """One hold of somebody's."""

    appointment: AppointmentNo
    until: Instant


class VisitorHolds(Record, frozen=True, kw_only=True):
    """What a visitor of the public page holds now (C2: held per client is capped). `client`: a keyed digest
    of where they call from.
    """

    client: str
    holds: tuple[Held, ...] = ()
    life: int = 1
    """Milliseconds after this was written in which anybody needs it: until its last deadline."""
    version: int = 0


def with_holds(holder: VisitorHolds, holds: tuple[Held, ...], now: Instant) -> VisitorHolds:
    """The same visitor, holding these from now on."""
    life = max((each.until - now for each in holds), default=1)
    return msgspec.structs.replace(holder, holds=holds, life=max(1, life))


class GuestRequest(Preserving, frozen=True, kw_only=True):
    """One guest as asked for. `counts`: stands for the patient in F3."""

    id: str
    name: str
    email: str | None = None
    phone: str | None = None
    unusable: Unusable = ()
    counts: bool = False


class AppointmentRequest(Preserving, frozen=True, kw_only=True):
    """The whole appointment as it is to be. Either `type` (one of ours) or `external_type` (kept, known or
    not: B6).
    """

    practitioner: str
    patient: str
    starts_at: Instant
    ends_at: Instant
    guests: tuple[GuestRequest, ...] = ()
    type: str | None = None
    external_type: str | None = None
    status: Literal["held", "confirmed"] = "confirmed"
    external: External | None = None
    """Where it comes from, if by an external database (B5)."""


class Clash(Record, frozen=True, kw_only=True):
    """C3: an appointment that arrived by sync and overlapped `other`. It waits here until staff make room or
    another place for it, or the sync comes again and fits. `id` is the booking service's, as `other`.
    """

    id: str
    other: AppointmentNo
    request: AppointmentRequest
    at: Instant
    version: int = 0
