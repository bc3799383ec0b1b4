"""A time as people say it, in the clinic's zone and with the zone named; without the machine's locale, which
is another on every machine."""

import datetime as dt

from rooms.times import Instant, local_time
from signalling.letters.words import Words

_AREAS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)
"""Of the zone database, whose zones are named after cities; `Etc/GMT+5` and `US/Eastern` are not."""


def when(instant: Instant, zone: str, words: Words) -> str:
    """`Tuesday 24 November 2026, 14:05 (Berlin time)`; with the offset where that hour comes twice."""
    local = local_time(instant, zone)
    return words.when.format(
        weekday=words.weekdays[local.weekday()],
        day=local.day,
        month=words.months[local.month - 1],
        year=local.year,
        time=f"{local:%H:%M}",
        zone=_named(local, zone, words),
    )


def _named(local: dt.datetime, zone: str, words: Words) -> str:
    area, _, rest = zone.partition("/")
    if area not in _AREAS:
        return _offset(local)
    city = rest.rpartition("/")[2].replace("_", " ")
    name = words.zone.format(city=words.cities.get(city, city))
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{name}, {_offset(local)}" if twice else name


def _offset(local: dt.datetime) -> str:
    """`UTC`, `UTC+2`, `UTC-3:30`."""
    minutes = (local.utcoffset() or dt.timedelta()) // dt.timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
