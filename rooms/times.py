"""Instants are whole milliseconds since 1970 UTC, so that Python, Redis and Lua compare the same number;
zones come in at the edges.

Only the edges of the program read a clock; every decision takes `now` as an argument (HOUSE, example 3).
"""

import datetime as dt
import functools
import re
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rooms.errors import Invalid

Instant = int
"""Milliseconds since 1970-01-01T00:00:00Z."""

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
"""Milliseconds."""

EARLIEST, LATEST = -2_208_988_800_000, 7_258_118_400_000
"""1900 to 2200: outside, a time is a mistake, and arithmetic near the ends of `datetime` overflows:
the year 1 at +14:00 is none in UTC.
"""

# RFC 3339 section 5.6 and nothing else: `fromisoformat` also takes week dates, basic format and any
# separator.
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?\Z", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def parse(text: str, field: str | None = None) -> Instant:
    """The instant of an RFC 3339 time with offset.

    Raises `Invalid` `time_invalid` (not RFC 3339, or no offset) or `time_out_of_range`.
    """
    match = _RFC3339.match(text)
    if match is None:
        raise Invalid(
            "time_invalid",
            "Use an RFC 3339 time with an offset, such as 2026-03-02T09:00:00+11:00.",
            field=field,
        )
    day, clock, fraction, offset = match.groups()
    try:
        moment = dt.datetime.fromisoformat(f"{day}T{clock}{offset.upper()}")
    except ValueError:
        raise Invalid("time_invalid", "There is no such date or time of day.", field=field) from None
    millis = int(((fraction or ".") + "000")[1:4])
    return _in_range((moment - _EPOCH) // dt.timedelta(milliseconds=1) + millis, field)


def _in_range(instant: Instant, field: str | None) -> Instant:
    if not EARLIEST <= instant <= LATEST:
        raise Invalid("time_out_of_range", "Use a time between the years 1900 and 2200.", field=field)
    return instant


def show(instant: Instant) -> str:
    """RFC 3339 in UTC, with milliseconds only where there are any: `2026-11-21T10:00:00Z`."""
    # By hand: a page of slots shows two thousand, and `isoformat` takes three times as long.
    day, rest = divmod(instant, DAY)
    seconds, millis = divmod(rest, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    fraction = f".{millis:03}" if millis else ""
    return f"{_utc_day(day)}T{hour:02}:{minute:02}:{second:02}{fraction}Z"


@functools.lru_cache(maxsize=4096)
def _utc_day(day: int) -> str:
    """`YYYY-MM-DD`, so many days after 1970 began."""
    return (_EPOCH.date() + dt.timedelta(days=day)).isoformat()


def zone(name: str, field: str | None = "time_zone") -> ZoneInfo:
    """The IANA zone of that name. Raises `Invalid` `timezone_unknown`."""
    # `ZoneInfo("../x")` reads paths; only names of the database are asked for.
    if name not in zone_names():
        raise Invalid("timezone_unknown", "Use an IANA time zone, such as Australia/Sydney.", field=field)
    return _zone(name)


_zones: dict[str, ZoneInfo] = {}


@functools.cache
def zone_names() -> frozenset[str]:
    """Every IANA zone; a walk through the zone database, once a process."""
    # `localtime` is this machine's, and `Factory` means that none was set: neither is a zone.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _zone(name: str) -> ZoneInfo:
    if name not in _zones:
        try:
            _zones[name] = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Invalid(
                "timezone_unknown", "This time zone cannot be read here.", field="time_zone"
            ) from None
    return _zones[name]


def local_day(instant: Instant, zone_name: str) -> str:
    """The calendar day at that instant in that zone, `YYYY-MM-DD` (D1: a room belongs to the clinic-local day
    of the start).
    """
    return local_time(instant, zone_name).date().isoformat()


def local_time(instant: Instant, zone_name: str) -> dt.datetime:
    """The wall clock of a zone at an instant, aware."""
    return (_EPOCH + dt.timedelta(milliseconds=instant)).astimezone(_zone(zone_name))


def day_start(day: str, zone_name: str, field: str | None = None) -> Instant:
    """The first instant of a clinic-local day, which need not be midnight. Raises `Invalid`
    `time_invalid`.
    """
    if _DATE.match(day) is None:
        raise Invalid("time_invalid", "Use a date, such as 2026-03-02.", field=field)
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise Invalid("time_invalid", "There is no such date.", field=field) from None
    # Some zones skip midnight itself: the day then begins when the gap ends, which is what UTC arithmetic on
    # fold=0 gives.
    midnight = dt.datetime.combine(date, dt.time(), tzinfo=_zone(zone_name))
    try:
        return _in_range((midnight.astimezone(dt.UTC) - _EPOCH) // dt.timedelta(milliseconds=1), field)
    except OverflowError:
        raise Invalid(
            "time_out_of_range", "Use a time between the years 1900 and 2200.", field=field
        ) from None


def next_day(day: str) -> str:
    """The calendar day after `YYYY-MM-DD`."""
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()


def day_before(day: str) -> str:
    """The calendar day before `YYYY-MM-DD`."""
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()


def wall(day: str, minute: int, zone_name: str) -> Instant:
    """The instant at which a clinic's clock shows `minute` of `day`, from 1440 on of the next one. In a
    spring gap: when it ends. Of two in an autumn overlap: the first.
    """
    return _readings(day, minute, zone_name)[0]


def stretches(day: str, start: int, end: int, zone_name: str) -> list[tuple[Instant, Instant]]:
    """When a clinic's clock shows `[start, end)` of `day`: two stretches where it is put back in between and
    shows something else until it comes there again, none where it is put forward over all of it.
    """
    begins, begins_again = _readings(day, start, zone_name)
    ends, ends_again = _readings(day, end, zone_name)
    shown = [(begins, ends)]
    if (begins, ends) != (begins_again, ends_again):
        twice = (begins, begins_again) if begins < begins_again else (ends, ends_again)
        turn = _clock_change(*twice, zone_name)
        first, again = min(ends, turn), max(begins_again, turn)
        # Put back to just `start`, it shows what is asked for without a break.
        shown = [(begins, ends_again)] if first == again else [(begins, first), (again, ends_again)]
    # Of no length: put forward over all of it, or put back to just `end`.
    return [(since, until) for since, until in shown if since < until]


def _readings(day: str, minute: int, zone_name: str) -> tuple[Instant, Instant]:
    """When the clock first and last shows that: the same instant but in an autumn overlap."""
    local = dt.datetime.fromisoformat(day) + dt.timedelta(minutes=minute)
    tz, millisecond = _zone(zone_name), dt.timedelta(milliseconds=1)
    first, last = ((local.replace(tzinfo=tz, fold=fold) - _EPOCH) // millisecond for fold in (0, 1))
    if last < first:
        # Only in a gap (PEP 495), which lies between the two.
        first = last = _clock_change(last, first, zone_name)
    return first, last


def _clock_change(low: Instant, high: Instant, zone_name: str) -> Instant:
    """When the clock is put forward or back: after `low`, and by `high`."""
    after = local_time(high, zone_name).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        is_after = local_time(middle, zone_name).utcoffset() == after
        low, high = (low, middle) if is_after else (middle, high)
    return high


def from_local(text: str, zone_name: str, field: str | None = None) -> Instant:
    """The instant of a local `YYYY-MM-DDTHH:MM[:SS]` as a caller would say it.

    Raises `Invalid`: `time_nonexistent` in a spring gap, `time_ambiguous` in an autumn overlap, else
    `time_invalid`.
    """
    match = _LOCAL.match(text)
    if match is None:
        raise Invalid("time_invalid", "Use a local date and time, such as 2026-03-02T09:00.", field=field)
    try:
        naive = dt.datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}")
    except ValueError:
        raise Invalid("time_invalid", "There is no such date or time of day.", field=field) from None
    tz = _zone(zone_name)
    fits = {
        (when.utcoffset()) for fold in (0, 1) if _exists(when := naive.replace(tzinfo=tz, fold=fold), naive)
    }
    if not fits:
        raise Invalid(
            "time_nonexistent",
            "Clocks were put forward over this time; it does not exist there.",
            field=field,
        )
    if len(fits) > 1:
        raise Invalid(
            "time_ambiguous", "Clocks were put back over this time; give the offset too.", field=field
        )
    return _in_range((naive.replace(tzinfo=tz) - _EPOCH) // dt.timedelta(milliseconds=1), field)


def _exists(when: dt.datetime, naive: dt.datetime) -> bool:
    return when.astimezone(dt.UTC).astimezone(when.tzinfo).replace(tzinfo=None) == naive


RangeBound = Literal["from", "to"]


def bound(text: str, zone_name: str, field: RangeBound) -> Instant:
    """A list's `from` or `to`: an RFC 3339 time, or a clinic-local date (CONTRACT: `to` is exclusive)."""
    return day_start(text, zone_name, field) if _DATE.match(text) else parse(text, field)
