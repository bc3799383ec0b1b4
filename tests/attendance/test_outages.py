"""E6, F2: media goes on while the server is away, so an outage costs a call nothing of its time together."""

import pytest

from rooms.attendance.ledger import together
from rooms.policy import CALL_GRACE
from rooms.records import Entry
from rooms.stretches import Stretch
from tests.attendance.scenes import A, appointment, at, stay, written

OUT = (at("10:05"), at("10:15"))
WHOLE = [(at("10:00"), at("10:30"))]


def call(back: int, *, media: bool) -> list[Entry]:
    """Both in the room; the patient's drop is written with the outage, and they are back at `back`."""
    before = [stay("patient", "media", at("10:00"), at("10:05"), why="lapsed")] if media else []
    return written(
        stay("practitioner", "in_room", at("10:00"), at("10:30")),
        stay("patient", "in_room", at("10:00"), at("10:05"), why="lapsed"),
        *before,
        stay("patient", "in_room", back, at("10:30")),
    )


def shared(entries: list[Entry], *outages: Stretch) -> list[Stretch]:
    return together(entries, A, [appointment(A)], frozenset({"patient"}), at("11:00"), outages)


@pytest.mark.parametrize(("late", "whole"), [(0, True), (CALL_GRACE - 1, True), (CALL_GRACE, False)])
def test_whoever_is_back_within_the_grace_after_it_was_together_all_along(late: int, whole: bool) -> None:
    back = OUT[1] + late
    apart = [(at("10:00"), at("10:05")), (back, at("10:30"))]
    assert shared(call(back, media=True), OUT) == (WHOLE if whole else apart)


def test_outages_that_overlap_are_one() -> None:
    first, second = (OUT[0], OUT[1] - 60_000), (OUT[0] + 60_000, OUT[1])
    assert shared(call(OUT[1], media=True), second, first) == WHOLE


def test_without_media_nothing_shows_that_they_were() -> None:
    assert shared(call(OUT[1], media=False), OUT) == [(at("10:00"), at("10:05")), (OUT[1], at("10:30"))]


def test_without_an_outage_it_is_a_drop_as_ever() -> None:
    assert len(shared(call(OUT[1], media=True))) == 2
