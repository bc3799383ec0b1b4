"""Instants, zones and days at the edges (D1; RELIABILITY 5)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms import times
from rooms.errors import Invalid
from rooms.policy import Policy
from rooms.times import EARLIEST, HOUR, LATEST, MINUTE, parse, show

NOON = 1_795_262_400_000


def code(do: object, *given: str) -> str:
    with pytest.raises(Invalid) as refused:
        do(*given)  # type: ignore[operator]  # whichever of the functions below
    return refused.value.code


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T12:00:00Z", "2026-11-21t12:00:00z", "2026-11-21T12:00:00+00:00",
        "2026-11-21T23:00:00+11:00",
        "2026-11-21T02:15:00-09:45", "2026-11-21T12:00:00.0Z", "2026-11-21T12:00:00.000999999Z",
    ],
)  # fmt: skip
def test_rfc_3339(text: str) -> None:
    assert parse(text) == NOON


def test_milliseconds_are_kept_and_shown_where_there_are_any() -> None:
    assert parse("2026-11-21T12:00:00.25Z") == NOON + 250
    assert show(NOON + 250) == "2026-11-21T12:00:00.250Z"
    assert show(NOON) == "2026-11-21T12:00:00Z"


@given(st.integers(EARLIEST, LATEST))
def test_shown_and_parsed_it_is_the_same(instant: int) -> None:
    assert parse(show(instant)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-11-21", "2026-11-21T12:00:00", "20261121T0900", "20261121T090000Z",
        "2026-W01-1", "2026-W01-1T09:00:00Z",
        "2026-11-21x12:00:00Z", "2026-11-21 12:00:00Z", "2026-11-21T12:00Z", "2026-11-21T12:00:00+1100",
        "2026-11-21T12:00:00,5Z", "2026-11-21T12:00:00.Z", "2026-11-21T12:00:00Z ", " 2026-11-21T12:00:00Z",
        "2026-11-21T12:00:00Z\n", "٢٠٢٦-11-21T12:00:00Z", "2026-02-30T12:00:00Z", "2026-11-21T25:00:00Z",
        "2026-11-21T12:00:00+25:00", "2026-325T12:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    assert code(parse, text) == "time_invalid"


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00.001Z",
    ],
)
def test_far_off(text: str) -> None:
    assert code(parse, text) == "time_out_of_range"


def test_a_time_the_spring_gap_swallowed() -> None:
    assert code(times.from_local, "2026-10-04T02:30", "Australia/Sydney") == "time_nonexistent"
    assert times.from_local("2026-10-04T03:30", "Australia/Sydney") == parse("2026-10-04T03:30:00+11:00")


def test_a_time_that_autumn_has_twice() -> None:
    assert code(times.from_local, "2026-10-25T02:30", "Europe/Berlin") == "time_ambiguous"
    assert times.from_local("2026-10-25 03:30:00", "Europe/Berlin") == parse("2026-10-25T03:30:00+01:00")


@pytest.mark.parametrize(
    "text", ["", "02:30", "2026-10-25", "2026-10-25T02:30Z", "2026-02-30T10:00", "2026-10-25T24:30"]
)
def test_what_is_no_local_time(text: str) -> None:
    assert code(times.from_local, text, "Europe/Berlin") == "time_invalid"


@given(st.integers(parse("1975-01-01T00:00:00Z"), parse("2037-01-01T00:00:00Z")))
def test_a_local_time_that_was_once_is_that_instant(instant: int) -> None:
    minute = instant - instant % MINUTE
    wall = times.local_time(minute, "Europe/Berlin").replace(tzinfo=None)
    try:
        assert times.from_local(wall.isoformat(), "Europe/Berlin") == minute
    except Invalid as refused:
        earlier, later = (
            wall.replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold).utcoffset() for fold in (0, 1)
        )
        if refused.code != "time_ambiguous" or earlier == later:
            raise


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "Mars/X", "", "australia", "/usr/share/zoneinfo/UTC", "localtime\0"]
)
def test_what_is_no_zone(name: str) -> None:
    assert code(times.zone, name) == "timezone_unknown"


def test_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert times.zone("Australia/Sydney") == ZoneInfo("Australia/Sydney")

    def unreadable(_: str) -> ZoneInfo:
        raise OSError

    monkeypatch.setattr(times, "ZoneInfo", unreadable)
    monkeypatch.setattr(times, "_zones", {})
    assert code(times.zone, "Europe/Berlin") == "timezone_unknown"


def test_a_day_begins_where_the_clinic_is() -> None:
    assert times.day_start("2026-11-21", "Australia/Sydney") == parse("2026-11-21T00:00:00+11:00")
    # Santiago puts its clocks forward over midnight: the day begins at one.
    assert times.day_start("2026-09-06", "America/Santiago") == parse("2026-09-06T01:00:00-03:00")
    for text in ("21.11.2026", "2026-11-21T00:00:00Z", "2026-02-30"):
        assert code(times.day_start, text, "UTC") == "time_invalid"
    for text in ("0001-01-01", "9999-12-31", "1899-12-30"):
        assert code(times.day_start, text, "Asia/Tokyo") == "time_out_of_range"
        assert code(times.day_start, text, "America/Lima") == "time_out_of_range"


def test_a_lists_bound_is_a_time_or_a_day() -> None:
    assert times.bound("2026-11-21", "Europe/Berlin", "from") == parse("2026-11-20T23:00:00Z")
    assert times.bound("2026-11-21T12:00:00Z", "Europe/Berlin", "to") == NOON
    with pytest.raises(Invalid) as refused:
        times.bound("tomorrow", "Europe/Berlin", "to")
    assert (refused.value.code, refused.value.field) == ("time_invalid", "to")


def test_a_local_time_far_off() -> None:
    assert code(times.from_local, "1850-01-01T10:00", "UTC") == "time_out_of_range"
    assert times.local_time(NOON, "UTC") == dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def test_minutes_of_a_policy_are_milliseconds_and_may_be_fractions() -> None:
    policy = Policy(opens_before_minutes=0.5, closes_after_minutes=0.05, absent_after_minutes=90)
    assert (policy.opens_before, policy.closes_after, policy.absent_after) == (30_000, 3_000, HOUR * 3 // 2)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", "2026-11-21"), ("Australia/Sydney", "2026-11-22"), ("Pacific/Kiritimati", "2026-11-22")],
)
def test_the_local_day_of_an_instant(zone: str, day: str) -> None:
    assert times.local_day(parse("2026-11-21T13:00:00Z"), zone) == day


@pytest.mark.parametrize(
    ("zone", "day", "minute", "instant"),
    [
        ("UTC", "2026-11-21", 0, "2026-11-21T00:00:00Z"),
        ("UTC", "2026-11-21", 1440, "2026-11-22T00:00:00Z"),
        ("Asia/Kathmandu", "2026-11-21", 600, "2026-11-21T10:00:00+05:45"),
        ("Europe/Berlin", "2026-03-29", 119, "2026-03-29T01:59:00+01:00"),
        ("Europe/Berlin", "2026-03-29", 120, "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-03-29", 181, "2026-03-29T03:01:00+02:00"),
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T02:30:00+02:00"),
        ("Europe/Berlin", "2026-10-25", 180, "2026-10-25T03:00:00+01:00"),
        ("Australia/Lord_Howe", "2026-10-04", 135, "2026-10-04T02:30:00+11:00"),
        ("Australia/Lord_Howe", "2026-04-05", 105, "2026-04-05T01:45:00+11:00"),
        ("America/New_York", "2026-03-08", 150, "2026-03-08T03:00:00-04:00"),
        ("Asia/Beirut", "2026-03-28", 1440, "2026-03-29T01:00:00+03:00"),
        ("Asia/Beirut", "2026-10-24", 1440, "2026-10-25T00:00:00+02:00"),
        ("Pacific/Apia", "2011-12-29", 1440, "2011-12-31T00:00:00+14:00"),
        ("Pacific/Apia", "2011-12-30", 540, "2011-12-31T00:00:00+14:00"),
    ],
)
def test_when_a_clinics_clock_shows_it(zone: str, day: str, minute: int, instant: str) -> None:
    assert times.wall(day, minute, zone) == parse(instant)


@pytest.mark.parametrize(
    ("day", "start", "end", "shown"),
    [
        ("2026-10-24", 120, 180, [("02:00+02", "03:00+02")]),
        ("2026-10-25", 60, 240, [("01:00+02", "04:00+01")]),
        ("2026-10-25", 150, 240, [("02:30+02", "02:00+01"), ("02:30+01", "04:00+01")]),
        ("2026-10-25", 60, 150, [("01:00+02", "02:30+02"), ("02:00+01", "02:30+01")]),
        ("2026-10-25", 130, 150, [("02:10+02", "02:30+02"), ("02:10+01", "02:30+01")]),
        ("2026-10-25", 60, 120, [("01:00+02", "02:00+02")]),
        ("2026-10-25", 120, 240, [("02:00+02", "04:00+01")]),
        ("2026-10-25", 120, 180, [("02:00+02", "03:00+01")]),
        ("2026-03-29", 130, 150, []),
        ("2026-03-29", 60, 200, [("01:00+01", "03:20+02")]),
    ],
)
def test_in_autumn_it_shows_some_of_it_twice(
    day: str, start: int, end: int, shown: list[tuple[str, str]]
) -> None:
    wanted = [tuple(parse(f"{day}T{t[:5]}:00{t[5:]}:00") for t in each) for each in shown]
    assert times.stretches(day, start, end, "Europe/Berlin") == wanted


@given(st.sampled_from(sorted(times.zone_names())), st.integers(0, 730), st.integers(0, 1440))
def test_a_clock_shows_what_it_is_asked_for_unless_it_is_put_forward(zone: str, n: int, minute: int) -> None:
    day = dt.date(2026, 1, 1) + dt.timedelta(n)
    asked = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
    instant = times.wall(str(day), minute, zone)
    shown = times.local_time(instant, zone).replace(tzinfo=None)
    before = times.local_time(instant - 1, zone).replace(tzinfo=None)
    assert shown == asked or before < asked < shown


def test_the_day_after() -> None:
    assert [times.next_day(day) for day in ("2026-12-31", "2028-02-28", "2011-12-29")] == [
        "2027-01-01", "2028-02-29", "2011-12-30",
    ]  # fmt: skip
