"""C1, C2: the free times in every zone of the world, over two years of days of 23 to 25 hours."""

import datetime as dt
from bisect import bisect_right
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.booking import slots
from rooms.booking.availability import with_exception, with_window
from rooms.booking.slots import Slot
from rooms.calendar import DayException, ExceptionKind, Hours, WeeklyHours
from rooms.errors import Contradiction, Invalid
from rooms.ports import DiaryEntry
from rooms.times import HOUR, MINUTE, Instant, day_start, local_day, local_time, next_day, zone_names
from tests.booking import slots_model as model
from tests.booking.week import a_window, hours, taken

ZONES = sorted(zone_names())


def test_a_day_has_as_many_half_hours_as_the_clock_gives_it() -> None:
    """Every day of every zone on which it is put forward or back."""
    always = hours(*(a_window(0, 24, id=str(n), weekday=n) for n in range(7)))
    for zone in ZONES:
        for day in map(str, model.turning_days(zone)):
            start, end = day_start(day, zone), day_start(next_day(day), zone)
            found = slots.free(always, zone, 30, [], start, end)
            assert [each.starts_at for each in found] == list(range(start, end, 30 * MINUTE)), (zone, day)
            assert {local_day(each.starts_at, zone) for each in found} == {day}


# Mostly few times, so that hours meet, and in the night, when clocks are changed.
edges = st.one_of(st.sampled_from((0, 60, 105, 120, 150, 180, 240, 1380, 1440)), st.integers(0, 1440))
spans = st.tuples(edges, edges).filter(lambda span: span[0] != span[1] and span[0] < 1440 and span[1] > 0)
"""Some over midnight."""
kinds: st.SearchStrategy[ExceptionKind] = st.sampled_from(("closed", "extra"))
grids = st.tuples(st.sampled_from((5, 15, 30, 7)), st.sampled_from((0, 5, 10, 45)))


@st.composite
def windows(draw: st.DrawFn, day: str) -> WeeklyHours:
    (start, end), (slot, buffer) = draw(spans), draw(grids)
    date = dt.date.fromisoformat(day)
    near = st.sampled_from((None, None, *(str(date + dt.timedelta(n)) for n in (-1, 0, 1))))
    return WeeklyHours(
        id=draw(st.uuids()).hex,
        weekday=(date.weekday() + draw(st.sampled_from((0, 0, 0, 1, -1)))) % 7,
        start_minute=start,
        end_minute=end,
        slot_minutes=min(slot, (end - start) % 1440 or 1440),
        buffer_minutes=buffer,
        active=draw(st.sampled_from((True, True, True, False))),
        valid_from=draw(near),
        valid_until=draw(near),
        deleted_at=draw(st.sampled_from((0, 0, 0, 1))),
    )


@st.composite
def exceptions(draw: st.DrawFn, day: str) -> DayException:
    (start, end), (slot, buffer) = draw(spans), draw(grids)
    date, kind = dt.date.fromisoformat(day), draw(kinds)
    date += dt.timedelta(draw(st.sampled_from((0, 0, 1, -1))))
    longer = draw(st.sampled_from((None, None, 1, 2))) if kind == "closed" else None
    return DayException(
        id=draw(st.uuids()).hex,
        date=str(date),
        until=None if longer is None else str(date + dt.timedelta(longer)),
        kind=kind,
        start_minute=start,
        end_minute=end,
        slot_minutes=min(slot, (end - start) % 1440 or 1440),
        buffer_minutes=buffer,
        deleted_at=draw(st.sampled_from((0, 0, 0, 1))),
    )


class Case:
    """A zone, one of its days, somebody's hours around it and what is booked; `minutes` of the type."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.zone = draw(st.sampled_from(ZONES))
        turning, whole = model.turning_days(self.zone), st.dates(model.FIRST, model.LAST)
        self.day = str(draw(st.one_of(whole, st.sampled_from(turning)) if turning else whole))
        self.hours, self.minutes = hours(), draw(st.integers(1, 90))
        for each in draw(st.lists(exceptions(self.day), max_size=3)):
            with suppress(Contradiction, Invalid):
                self.hours = with_exception(self.hours, each)
        for window in draw(st.lists(windows(self.day), min_size=1, max_size=4)):
            with suppress(Contradiction, Invalid):
                self.hours = with_window(self.hours, window)
        self.start = day_start(self.day, self.zone)
        self.end = day_start(next_day(self.day), self.zone)
        self.taken: list[DiaryEntry] = []
        for gap, lasts in draw(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 200)), max_size=5)):
            begins = (self.taken[-1].ends_at if self.taken else self.start - 2 * HOUR) + gap * MINUTE
            self.taken.append(taken(begins, begins + lasts * MINUTE, len(self.taken)))

    def free(self, start: Instant, end: Instant) -> list[Slot]:
        return slots.free(self.hours, self.zone, self.minutes, self.taken, start, end)

    def __repr__(self) -> str:
        return f"{self.zone} {self.day} {self.minutes} min {self.hours} {self.taken}"


cases = st.composite(Case)()


@settings(max_examples=400)
@given(cases, st.integers(0, 25 * 60))
def test_every_slot_is_one_the_clinics_clock_shows_in_open_hours(case: Case, split: int) -> None:
    found = case.free(case.start, case.end)
    assert {(each.starts_at, each.ends_at) for each in found} == model.offered(
        case.hours, case.day, case.zone, case.minutes, case.taken
    )
    for each in found:
        _check(case, each)
    middle = min(case.start + split * MINUTE, case.end)
    assert case.free(case.start, middle) + case.free(middle, case.end) == found
    assert found == sorted(found)


def _check(case: Case, slot: Slot) -> None:
    shown = [local_time(at, case.zone) for at in range(slot.starts_at, slot.ends_at, MINUTE)]
    assert shown[0].date().isoformat() == case.day
    every: list[WeeklyHours | DayException] = [*case.hours.windows, *case.hours.exceptions]
    assert all(any(_is_open(each, when, case.hours) for each in every) for when in shown)
    for busy in case.taken:
        assert busy.ends_at + slot.buffer <= slot.starts_at or slot.ends_at + slot.buffer <= busy.starts_at


def _is_open(each: WeeklyHours | DayException, when: dt.datetime, known: Hours) -> bool:
    """By what the clinic's clock shows alone, whatever `slots` or its model make of the hours."""
    minute, today, yesterday = (
        when.hour * 60 + when.minute,
        str(when.date()),
        str(when.date() - dt.timedelta(1)),
    )
    shut = any(begins <= (today, minute) < ends for begins, ends in model.closed(known))
    if shut and isinstance(each, WeeklyHours):
        return False
    if each.start_minute < each.end_minute:
        return model.counts_on(each, today) and each.start_minute <= minute < each.end_minute
    begun = model.counts_on(each, today) and minute >= each.start_minute
    return begun or (model.counts_on(each, yesterday) and minute < each.end_minute)


@given(cases)
def test_a_hold_that_sees_a_part_of_the_diary_finds_what_the_page_found(case: Case) -> None:
    """As `Store.diary` shows it within `reach`: of what begins before, the last."""
    found = {each.starts_at for each in case.free(case.start, case.end)}
    for slot in slots.free(case.hours, case.zone, case.minutes, [], case.start, case.end):
        reach = slots.reach(case.hours, case.zone, slot.starts_at)
        begins = [each.starts_at for each in case.taken]
        since = max(0, bisect_right(begins, slot.starts_at - reach) - 1)
        seen = [each for each in case.taken[since:] if each.starts_at < slot.ends_at + reach]
        there = slots.at(case.hours, case.zone, case.minutes, seen, slot.starts_at)
        assert (there is not None) == (slot.starts_at in found)
