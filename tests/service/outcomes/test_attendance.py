"""F1, F7: what GET attendance answers."""

import pytest

from rooms.errors import NotFound
from rooms.ids import ClinicId
from rooms.times import DAY, HOUR
from tests.attendance.scenes import MIDNIGHT, A, at
from tests.service.outcomes.practice import CLOSES, HARBOUR, Practice


async def test_attendance_of_a_visit(practice: Practice) -> None:
    await practice.book()
    host, _ = await practice.meet(at("10:00"))
    await practice.end(host, at("10:01", 250))
    so_far = await practice.outcomes.attendance(HARBOUR, "booking-A", at("10:02"))
    assert (so_far.outcome, so_far.overlap_seconds) == (None, 60.25)
    assert so_far.evidence["overlap_seconds"] == 60.25
    assert "line" not in so_far.evidence
    assert [(each.person, each.state, each.ended_by) for each in so_far.intervals] == [
        ("patient", "waiting", "admitted"),
        ("practitioner", "lobby", "entered"),
        ("practitioner", "in_room", "ended"),
        ("patient", "in_room", "ended"),
        ("practitioner", "lobby", ""),
    ]
    assert so_far.intervals[-1].ended_at is None
    await practice.renew(CLOSES)
    await practice.decide(CLOSES)
    after = await practice.outcomes.attendance(HARBOUR, "booking-A", CLOSES + HOUR)
    assert (after.outcome, after.overlap_seconds) == ("attended", 60.25)
    assert after.evidence == await practice.evidence()


async def test_attendance_before_anything_happened(practice: Practice) -> None:
    await practice.book()
    found = await practice.outcomes.attendance(HARBOUR, "booking-A", MIDNIGHT - DAY)
    assert (found.intervals, found.overlap_seconds, found.outcome) == ((), 0.0, None)


async def test_attendance_years_later_reads_the_days_of_the_visit_only(practice: Practice) -> None:
    await practice.book()
    await practice.meet(at("10:00"))
    found = await practice.outcomes.attendance(HARBOUR, "booking-A", CLOSES + 2_000 * DAY)
    assert len(found.intervals) == 4


async def test_attendance_shows_when_a_long_evening_ended(practice: Practice) -> None:
    await practice.book(A, "21:00", "22:00")
    host = await practice.come("practitioner", at("21:00"))
    await practice.drop(host, at("24:30"), at("24:30"))
    [lobby] = (await practice.outcomes.attendance(HARBOUR, "booking-A", at("25:00"))).intervals
    assert (lobby.started_at, lobby.ended_at) == (at("21:00"), at("24:30"))


@pytest.mark.parametrize(("clinic", "id"), [("nowhere", "booking-A"), (HARBOUR, "unknown")])
async def test_attendance_of_the_unknown(practice: Practice, clinic: ClinicId, id: str) -> None:
    await practice.book()
    with pytest.raises(NotFound) as refused:
        await practice.outcomes.attendance(clinic, id, CLOSES)
    assert refused.value.code == "not_found"
