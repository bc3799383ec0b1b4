"""C1, C2: the free times, by example; nights on which clocks are put forward or back among them."""

import datetime as dt
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from rooms.booking import slots
from rooms.booking.slots import Slot
from rooms.calendar import Hours
from rooms.ports import DiaryEntry
from rooms.times import HOUR, MINUTE, parse
from tests.booking import slots_model as model
from tests.booking.week import MONDAY, a_day, a_window, clock, free, hours, taken
from tests.support.builders import at


def on(known: Hours, *, minutes: int = 30, busy: Sequence[DiaryEntry] = ()) -> list[str]:
    """The free times of that Monday."""
    start = at("00:00", MONDAY)
    return free(known, start, start + 24 * HOUR, minutes=minutes, busy=busy)


def entry(start: str, end: str) -> DiaryEntry:
    return taken(at(start, MONDAY), at(end, MONDAY))


def test_every_slot_of_a_window() -> None:
    assert on(hours(a_window(9, 11))) == ["09:00", "09:30", "10:00", "10:30"]
    assert on(hours(a_window(9, 11, buffer=10))) == ["09:00", "09:40", "10:20"]
    assert on(hours(a_window(9, 10.75))) == ["09:00", "09:30", "10:00"]


def test_a_type_takes_as_many_cells_as_it_needs() -> None:
    """CONTRACT: the cells of `slot_minutes` that its minutes need."""
    assert on(hours(a_window(9, 11)), minutes=31) == ["09:00", "09:30", "10:00"]
    assert on(hours(a_window(9, 11)), minutes=15) == ["09:00", "09:30", "10:00", "10:30"]
    assert on(hours(a_window(9, 11)), minutes=121) == []
    assert on(hours(a_window(9, 11, slot=20, buffer=10)), minutes=40) == ["09:00", "09:30", "10:00"]


@pytest.mark.parametrize(
    ("busy", "left"),
    [
        (("09:00", "09:30"), ["09:30", "10:00", "10:30"]),
        (("08:00", "09:00"), ["09:00", "09:30", "10:00", "10:30"]),
        (("09:10", "09:31"), ["10:00", "10:30"]),
        (("08:00", "12:00"), []),
        (("11:00", "12:00"), ["09:00", "09:30", "10:00", "10:30"]),
    ],
)
def test_what_is_taken_is_not_offered(busy: tuple[str, str], left: list[str]) -> None:
    assert on(hours(a_window(9, 11)), busy=[entry(*busy)]) == left


def test_the_buffer_is_kept_on_both_sides() -> None:
    known = hours(a_window(9, 12, buffer=10))
    assert on(known, busy=[entry("09:25", "09:35")]) == ["10:20", "11:00"]
    assert on(known, busy=[entry("09:20", "09:30")]) == ["09:40", "10:20", "11:00"]
    assert on(known, busy=[entry("08:40", "08:51")]) == ["09:40", "10:20", "11:00"]
    assert on(known, busy=[entry("11:40", "12:00")]) == ["09:00", "09:40", "10:20", "11:00"]
    assert on(known, busy=[entry("11:39", "12:00")]) == ["09:00", "09:40", "10:20"]


def test_only_what_begins_in_the_hours_has_cells_of_their_grid() -> None:
    known, long = hours(a_window(9, 11, buffer=10)), ("09:00", "10:05")
    assert on(known, busy=[entry(*long)]) == []
    assert on(known, busy=[entry("07:40", "08:45")]) == ["09:00", "09:40", "10:20"]


def test_what_lasts_longest_is_found_behind_what_is_short() -> None:
    known, night = hours(a_window(9, 18)), entry("08:30", "16:30")
    assert on(known, busy=[night]) == ["16:30", "17:00", "17:30"]


def test_closed_hours_and_extra_ones() -> None:
    known = hours(a_window(9, 12), a_day("closed", 9.5, 10.25))
    assert on(known) == ["09:00", "10:30", "11:00", "11:30"]
    extra = hours(a_window(9, 12), a_day(), a_day("extra", 9, 10, id="x", slot=20))
    assert on(extra, minutes=20) == ["09:00", "09:20", "09:40"]
    assert on(hours(a_window(9, 12), replace(a_day(), deleted_at=1))) == [
        "09:00", "09:30", "10:00", "10:30", "11:00", "11:30",
    ]  # fmt: skip


def test_on_a_closed_day_extra_hours_do_not_bring_back_the_window_that_begins_with_them() -> None:
    assert on(hours(a_window(9, 12), a_day(), a_day("extra", 9, 10, id="x"))) == ["09:00", "09:30"]


def test_the_range_is_of_starts_and_without_its_end() -> None:
    known, nine = hours(a_window(9, 11)), at("09:00", MONDAY)
    assert free(known, nine, nine + HOUR) == ["09:00", "09:30"]
    assert free(known, nine + 1, nine + HOUR + 1) == ["09:30", "10:00"]
    assert free(known, nine, nine) == []
    assert slots.at(known, "UTC", 30, [], nine) == Slot(nine, nine + 30 * MINUTE)
    assert slots.at(known, "UTC", 30, [], nine + 1) is None


def test_the_nearest_are_named_in_order_of_time() -> None:
    offers = [Slot(n, n + 1) for n in (10, 20, 30, 40)]
    assert slots.nearest(offers, 31, 3) == offers[1:]
    assert slots.nearest(offers, 0, 2) == offers[:2]


# What clocks are put forward and back over: the day, hours at night in quarters, and what is offered by the
# local clock, once forward and once back.
NIGHTS = [
    ("Europe/Berlin", "2026-03-29", (1, 4), "01:00 01:30 03:00 03:30"),
    ("Europe/Berlin", "2026-03-29", (2, 3), ""),
    ("Europe/Berlin", "2026-03-29", (2.25, 4), "03:00 03:30"),
    ("Europe/Berlin", "2026-10-25", (1.5, 3.5), "01:30 02:00 02:30 02:00 02:30 03:00"),
    ("Europe/Berlin", "2026-10-25", (2.5, 3.5), "02:30 02:30 03:00"),
    ("Europe/Berlin", "2026-10-25", (1.5, 2.5), "01:30 02:00"),
    ("America/New_York", "2026-03-08", (1, 4), "01:00 01:30 03:00 03:30"),
    ("America/New_York", "2026-11-01", (0.5, 2.5), "00:30 01:00 01:30 01:00 01:30 02:00"),
    ("Australia/Lord_Howe", "2026-10-04", (1, 4), "01:00 01:30 02:30 03:00 03:30"),
    ("Australia/Lord_Howe", "2026-04-05", (1, 3), "01:00 01:30 01:30 02:00 02:30"),
    ("Asia/Beirut", "2026-03-29", (0, 2), "01:00 01:30"),
    ("Asia/Beirut", "2026-10-24", (22.5, 24), "22:30 23:00 23:30 23:00 23:30"),
    ("America/Santiago", "2026-09-06", (0, 2), "01:00 01:30"),
    ("Pacific/Apia", "2011-12-30", (9, 17), ""),
    ("Pacific/Apia", "2011-12-31", (9, 10), "09:00 09:30"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "day", "open_from", "offered"), NIGHTS)
def test_over_what_is_skipped_and_what_comes_twice(
    zone: str, day: str, open_from: tuple[float, float], offered: str
) -> None:
    weekday = dt.date.fromisoformat(day).weekday()
    known, start = hours(a_window(*open_from, weekday=weekday)), parse(f"{day}T00:00:00Z")
    assert free(known, start - 24 * HOUR, start + 48 * HOUR, zone=zone) == offered.split()


def test_what_is_closed_is_closed_both_times_the_clock_shows_it() -> None:
    day, zone = "2026-10-25", "Europe/Berlin"
    closed = a_day("closed", 2, 2.5, date=day)
    known, start = hours(a_window(1.5, 3.5, weekday=6), closed), parse(f"{day}T00:00:00Z")
    assert free(known, start - HOUR, start + 9 * HOUR, zone=zone) == ["01:30", "02:30", "02:30", "03:00"]


def seams(known: Hours, *, minutes: int = 60, busy: Sequence[DiaryEntry] = ()) -> list[str]:
    """The free times of that Monday and Tuesday."""
    start = at("00:00", MONDAY)
    found = free(known, start, start + 48 * HOUR, minutes=minutes, busy=busy)
    for between in (start + 12 * HOUR, start + 24 * HOUR):
        first = free(known, start, between, minutes=minutes, busy=busy)
        assert first + free(known, between, start + 48 * HOUR, minutes=minutes, busy=busy) == found
    return found


def test_over_the_seam_of_two_windows() -> None:
    """C10: on the grid of the first as far as its cells go; the second keeps its own."""
    pair = hours(a_window(9, 11.5), a_window(11.5, 13, id="x"))
    assert seams(pair) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:00"]
    apart = hours(a_window(9, 11.5), a_window(11.75, 13, id="x"))
    assert seams(apart) == ["09:00", "09:30", "10:00", "10:30", "11:45"]
    assert seams(hours(a_window(9, 11.5), a_window(11.5, 13, id="x", active=False)))[-1] == "10:30"
    uneven = hours(a_window(9, 11.75), a_window(11.75, 13, id="x"))
    assert seams(uneven)[4:] == ["11:00", "11:30", "11:45"]


def test_through_several_windows_that_adjoin() -> None:
    three = hours(*(a_window(9 + n / 2, 9.5 + n / 2, id=f"w{n}") for n in range(3)))
    assert seams(three, minutes=90) == ["09:00"]
    assert seams(three) == ["09:00", "09:30"]


def test_all_cells_lie_in_the_hours_with_the_buffers_of_where_it_begins() -> None:
    known = hours(a_window(9, 11, buffer=10), a_window(11, 11.5, id="x", slot=10))
    # 10:20 takes 30 + 10 + 30 minutes, until 11:30; 10:20 + 40 would begin in the second one.
    assert seams(known) == ["09:00", "09:40", "10:20"]
    short = hours(a_window(9, 11, buffer=10), a_window(11, 11.25, id="x", slot=10))
    assert seams(short) == ["09:00", "09:40"]


def test_what_was_booked_over_the_seam_is_taken_in_both() -> None:
    pair = hours(a_window(9, 11.5), a_window(11.5, 13, id="x", slot=20))
    busy = [entry("11:00", "12:00")]
    assert seams(pair, minutes=20, busy=busy)[3:] == ["10:30", "12:10", "12:30"]


def test_over_midnight_in_one_window_or_two() -> None:
    """C10: Monday 22:30 to Tuesday 2:00."""
    night = ["22:30", "23:00", "23:30", "00:00", "00:30", "01:00"]
    assert seams(hours(a_window(22.5, 2))) == night
    assert seams(hours(a_window(22.5, 24), a_window(0, 2, weekday=1, id="x"))) == night
    assert seams(hours(a_window(22.5, 24))) == ["22:30", "23:00"]
    later = a_window(0, 2, weekday=1, id="x", since="2026-11-25")
    assert seams(hours(a_window(22.5, 24), later)) == ["22:30", "23:00"]
    assert seams(hours(a_window(22.5, 2), a_day(date="2026-11-24"))) == ["22:30", "23:00"]
    assert seams(hours(a_window(22.5, 24), a_day("extra", 0, 2, date="2026-11-24"))) == night


def test_extra_hours_adjoin_weekly_ones_and_closed_ones_do_not() -> None:
    morning = a_window(9, 11)
    longer = seams(hours(morning, a_day("extra", 11, 12)))
    assert longer == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    cut = hours(morning, a_window(11, 12, id="x"), a_day("closed", 11, 11.5))
    assert seams(cut) == ["09:00", "09:30", "10:00"]


def test_a_visit_over_the_seam_is_found_for_the_hold_as_for_the_page() -> None:
    pair = hours(a_window(22.5, 24), a_window(0, 2, weekday=1, id="x"))
    start = at("23:30", MONDAY)
    assert slots.at(pair, "UTC", 60, [], start) == Slot(start, start + HOUR)
    assert slots.at(pair, "UTC", 60, [], start + HOUR) == Slot(start + HOUR, start + 2 * HOUR)
    assert slots.reach(pair, "UTC", start) > 0


def test_cells_of_more_than_a_day_stay_within_their_own_hours() -> None:
    always = hours(*(a_window(0, 24, id=str(n), weekday=n, slot=1, buffer=480) for n in range(7)))
    assert seams(always, minutes=4) == []
    assert seams(always, minutes=3)[0] == "00:00"


def test_the_fixed_case_minute_by_minute() -> None:
    """Two windows, a closed half-hour, extra hours and two visits: all that is found is all there is."""
    known = hours(
        a_window(9, 12, slot=20, buffer=5), a_window(13, 15, id="x", slot=15),
        a_day("closed", 10, 10.5), a_day("extra", 15.5, 16.5, id="y", slot=25),
    )  # fmt: skip
    busy = [entry("11:03", "11:20"), entry("13:30", "13:50")]
    found = on(known, minutes=15, busy=busy)
    assert " ".join(found) == "09:00 09:25 11:30 13:00 13:15 14:00 14:15 14:30 14:45 15:30 15:55"
    assert sorted(clock(at) for at, _ in model.offered(known, MONDAY, "UTC", 15, busy)) == found
