"""F3: over which lines nobody but staff may say that the patient did not come."""

import pytest

from rooms.attendance.evidence import Observed
from rooms.attendance.outcome import contradicts
from rooms.policy import Policy
from tests.attendance.scenes import CARER, appointment, at, call, evidence, note, observed, stay

WITH_CARER = appointment(guests=[CARER])
LOBBY = stay("practitioner", "lobby", at("09:55"), at("10:20"))


def against(seen: Observed, policy: Policy | None = None) -> str | None:
    return contradicts(evidence(seen), policy or Policy())


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("a", observed(call(at("10:00"), at("10:01")))),
        ("b", observed(outages=[(at("10:00"), at("10:00:30"))])),
        ("c", observed(call(at("10:00"), at("10:00:59")))),
        ("d", observed(stay("patient", "waiting", at("10:00"), at("10:10")))),
        ("e", observed(stay("guest:carer", "waiting", at("10:00"), at("10:10")), subject=WITH_CARER)),
        ("f", observed(note("try", at("09:45"), why="too_early"))),
        ("f", observed(note("failed", at("10:00")))),
    ],
)
def test_whoever_came_or_tried_or_could_not_was_not_absent(line: str, seen: Observed) -> None:
    assert against(seen) == line


@pytest.mark.parametrize("seen", [observed(), observed(lobby=LOBBY)])
def test_of_nobody_the_record_says_nothing(seen: Observed) -> None:
    assert against(seen) is None
    assert against(seen, Policy(no_show_needs_practitioner=True)) is None
