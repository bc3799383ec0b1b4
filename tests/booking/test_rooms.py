"""A day's room and who shares it (D1)."""

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from rooms.booking.rooms import PairDay, entered, left, opened, others, pair_day
from rooms.ids import PatientNo, PractitionerNo, RoomId
from rooms.times import DAY, Instant, local_day, parse
from tests.support.builders import A_NO, B_NO, C_NO, an_appointment

PLACE = PairDay(PractitionerNo("P" * 11), PatientNo("U" * 11), "2026-11-21")
EMPTY = opened(PLACE, RoomId("R" * 22))


def test_a_place_is_what_the_appointment_says() -> None:
    assert pair_day(an_appointment()) == PLACE
    assert (EMPTY.practitioner_no, EMPTY.patient_no, EMPTY.day) == (
        PLACE.practitioner_no,
        PLACE.patient_no,
        PLACE.day,
    )


def test_whoever_enters_is_there_once() -> None:
    entry = entered(entered(entered(EMPTY, A_NO), B_NO), A_NO)
    assert sorted(entry.appointments) == [A_NO, B_NO]
    assert others(entry, A_NO) == (B_NO,)


def test_the_room_outlives_whoever_leaves() -> None:
    entry = left(entered(entered(EMPTY, A_NO), B_NO), [A_NO])
    assert entry.appointments == (B_NO,)
    assert left(entry, [C_NO]) == entry
    assert left(entry, [B_NO]) == EMPTY
    assert EMPTY.room == entry.room


zones = st.sampled_from(sorted(available_timezones() - {"localtime"}))
instants = st.integers(parse("1975-01-01T00:00:00Z"), parse("2037-12-31T00:00:00Z"))


@given(zones, instants)
def test_a_day_is_what_the_wall_calendar_there_says(zone: str, instant: Instant) -> None:
    wall = dt.datetime.fromtimestamp(instant // 1000, ZoneInfo(zone))
    assert local_day(instant, zone) == wall.date().isoformat()


@given(zones, instants)
def test_no_two_appointments_two_days_apart_are_of_one_day(zone: str, instant: Instant) -> None:
    assert local_day(instant, zone) != local_day(instant + 2 * DAY, zone)


def test_midnight_divides_and_dst_does_not() -> None:
    def day(text: str, zone: str) -> str:
        return local_day(parse(text), zone)

    assert day("2026-11-21T23:59:59.999+11:00", "Australia/Sydney") == "2026-11-21"
    assert day("2026-11-22T00:00:00+11:00", "Australia/Sydney") == "2026-11-22"
    # Berlin puts its clocks back from 03:00 to 02:00: both half past twos are of the one day of 25 hours.
    assert day("2026-10-25T02:30:00+02:00", "Europe/Berlin") == day(
        "2026-10-25T02:30:00+01:00", "Europe/Berlin"
    )
    assert (
        day("2026-10-24T22:00:00Z", "Europe/Berlin")
        == day("2026-10-25T22:59:59Z", "Europe/Berlin")
        == "2026-10-25"
    )
    # Santiago skips midnight itself: the day begins at 01:00, 04:00 UTC.
    assert day("2026-09-06T03:59:59Z", "America/Santiago") == "2026-09-05"
    assert day("2026-09-06T04:00:00Z", "America/Santiago") == "2026-09-06"
