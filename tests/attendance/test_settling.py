"""Outcomes as they are kept, and line h (F3). The window is 09:50 to 11:30."""

import pytest
from msgspec.structs import replace

from rooms.attendance.evidence import Observed
from rooms.attendance.outcome import RULES, Decided, late_attempt, revise, settle
from rooms.times import parse, show
from tests.attendance.scenes import (
    DEFAULT,
    appointment,
    at,
    evidence,
    note,
    observed,
    stay,
)

OPENS, CLOSES = at("09:50"), at("11:30")
LOBBY = stay("practitioner", "lobby", at("09:55"), at("10:20"))
WAITED = stay("patient", "waiting", at("10:00"), at("10:10"))


def settled(seen: Observed, now: int = CLOSES) -> Decided:
    return settle(seen.appointment, evidence(seen), DEFAULT, now)


def test_an_outcome_keeps_line_rules_and_evidence() -> None:
    decided = settled(observed(WAITED), CLOSES + 700)
    kept = decided.appointment.outcome
    assert kept is not None
    assert (kept.name, kept.review, kept.revision, kept.rules) == ("practitioner_absent", True, 1, RULES)
    assert kept.at == decided.step.at == CLOSES + 700
    assert kept.evidence["line"] == "d"
    assert kept.evidence["attended_seconds"] == 60
    assert kept.evidence["patient_seen"] is True
    assert decided.appointment.status == "confirmed"
    assert decided.step.facts == {"outcome": "practitioner_absent", "status": "confirmed", "revision": 1}


def test_h_revises_and_flags() -> None:
    absent = settled(observed(lobby=LOBBY)).appointment
    late = revise(absent, at("12:00"), at("12:00", 5))
    assert late is not None
    kept = late.appointment.outcome
    assert kept is not None
    assert (kept.name, kept.revision, kept.flagged, kept.review) == ("too_late", 2, True, False)
    assert late.appointment.status == "no_show"
    assert kept.evidence["line"] == "h"
    assert kept.evidence["revises"] == "patient_absent"
    assert kept.evidence["late_try_at"] == show(at("12:00"))
    assert kept.evidence["practitioner_seen"] is True
    assert kept.at == late.step.at == at("12:00", 5)
    assert late.step.facts == {"outcome": "too_late", "status": "no_show", "revision": 2}


PATIENT = frozenset({"patient"})


@pytest.mark.parametrize(
    ("when", "found"),
    [(CLOSES - 1, False), (CLOSES, True), (at("23:59:59", 999), True), (at("24:00"), False)],
)
def test_h_later_that_day(when: int, found: bool) -> None:
    assert late_attempt(note("try", when, why="window_closed"), PATIENT, CLOSES, "UTC") == (
        when if found else None
    )


def test_h_the_day_is_the_clinics() -> None:
    """11:30 UTC is 22:30 in Sydney, where the day ends an hour and a half later."""
    tries = note("try", at("12:59:59"), why="window_closed")
    assert late_attempt(tries, PATIENT, CLOSES, "Australia/Sydney") == at("12:59:59")
    assert (
        late_attempt(note("try", at("13:00"), why="window_closed"), PATIENT, CLOSES, "Australia/Sydney")
        is None
    )


@pytest.mark.parametrize(
    ("closes", "last"),
    [
        ("2026-04-05T01:00:00Z", "2026-04-05T13:59:59.999Z"),  # 25 hours long
        ("2026-10-04T01:00:00Z", "2026-10-04T12:59:59.999Z"),  # 23 hours long
    ],
)
def test_h_on_days_when_clocks_change(closes: str, last: str) -> None:
    for when, found in ((parse(last), True), (parse(last) + 1, False)):
        tries = note("try", when, why="window_closed")
        assert (late_attempt(tries, PATIENT, parse(closes), "Australia/Sydney") is not None) is found


def test_h_the_first_try_of_the_patients_side() -> None:
    tries = [
        *note("try", at("11:40"), "guest:carer"),
        *note("failed", at("11:41")),
        *note("try", at("11:50")),
        *note("try", at("11:45")),
    ]
    assert late_attempt(tries, PATIENT, CLOSES, "UTC") == at("11:45")
    assert late_attempt([], PATIENT, CLOSES, "UTC") is None


def test_h_only_after_an_automatic_no_show_and_once() -> None:
    absent = settled(observed()).appointment
    given = absent.outcome
    assert given is not None
    late = revise(absent, at("12:00"), at("12:00"))
    assert late is not None
    for other in (
        appointment(),
        late.appointment,
        replace(absent, status="confirmed"),
        replace(absent, outcome=replace(given, rules="by hand")),
        replace(absent, outcome=replace(given, name="left_unseen")),
        settled(observed(WAITED)).appointment,
    ):
        assert revise(other, at("12:00"), at("12:00")) is None
