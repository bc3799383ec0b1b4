"""A practitioner's week in few words."""

from collections.abc import Sequence

from rooms.booking import slots
from rooms.calendar import DayException, ExceptionKind, Hours, WeeklyHours
from rooms.ids import AppointmentNo, PractitionerNo
from rooms.ports import DiaryEntry
from rooms.times import MINUTE, Instant, local_time

MONDAY = "2026-11-23"
"""The one after the builders' day."""

HOUR = 60
"""Minutes."""


def a_window(
    start: float = 9,
    end: float = 17,
    *,
    id: str = "w",
    weekday: int = 0,
    slot: int = 30,
    buffer: int = 0,
    active: bool = True,
    since: str | None = None,
    until: str | None = None,
) -> WeeklyHours:
    """Mondays from nine to five, but for what is said otherwise; `start` and `end` in hours."""
    return WeeklyHours(
        id=id,
        weekday=weekday,
        start_minute=round(start * HOUR),
        end_minute=round(end * HOUR),
        slot_minutes=slot,
        buffer_minutes=buffer,
        active=active,
        valid_from=since,
        valid_until=until,
    )


def a_day(
    kind: ExceptionKind = "closed",
    start: float = 0,
    end: float = 24,
    *,
    id: str = "e",
    date: str = MONDAY,
    slot: int = 30,
) -> DayException:
    """That Monday closed, or `extra` hours."""
    return DayException(
        id=id,
        date=date,
        kind=kind,
        start_minute=round(start * HOUR),
        end_minute=round(end * HOUR),
        slot_minutes=slot if kind == "extra" else 0,
    )


def hours(*those: WeeklyHours | DayException) -> Hours:
    """All of somebody's."""
    return Hours(
        practitioner_no=PractitionerNo("P" * 11),
        windows=tuple(each for each in those if isinstance(each, WeeklyHours)),
        exceptions=tuple(each for each in those if isinstance(each, DayException)),
    )


def taken(start: Instant, end: Instant, number: int = 0) -> DiaryEntry:
    """An entry of the diary."""
    return DiaryEntry(start, end, AppointmentNo(f"{number:011}"))


def clock(instant: Instant, zone: str = "UTC") -> str:
    """`09:30` where the clinic is."""
    return f"{local_time(instant, zone):%H:%M}"


def free(
    known: Hours,
    start: Instant,
    end: Instant,
    *,
    zone: str = "UTC",
    minutes: int = 30,
    busy: Sequence[DiaryEntry] = (),
) -> list[str]:
    """The free times between, by the clinic's clock."""
    found = slots.free(known, zone, minutes, busy, start, end)
    assert all(each.ends_at - each.starts_at == minutes * MINUTE for each in found)
    return [clock(each.starts_at, zone) for each in found]
