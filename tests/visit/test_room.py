"""Who was in a room a moment ago (D2). The rest of the module is told in `test_admission`."""

import pytest

from rooms.policy import CALL_GRACE
from rooms.visit import admission
from rooms.visit.room import left_just_now
from tests.visit.floors import LEASE, Story


@pytest.fixture
def story() -> Story:
    """The practitioner has dropped out of a call."""
    made = Story()
    made.arrive("host", "practitioner")
    made.arrive("pat", "patient")
    made.now += 5_000
    made.admit()
    made.drop("host")
    return made


def left(story: Story, person: str = "practitioner") -> bool:
    return left_just_now([entry for _, entry in story.entries], person, story.now)


def test_less_than_the_grace_ago(story: Story) -> None:
    story.now += CALL_GRACE - 1
    assert left(story)
    story.now += 1
    assert not left(story)


def test_the_last_time_counts(story: Story) -> None:
    story.now += CALL_GRACE - 1
    story.resume("host")
    story.now += CALL_GRACE
    assert not left(story)
    story.drop("host")
    assert left(story)


def test_whoever_only_waited_or_is_somebody_else_was_not_in_it(story: Story) -> None:
    story.arrive("mum", "guest:mum")
    story.play(admission.leave(story.floor, story.seat("mum"), story.now, LEASE))
    assert not left(story, "guest:mum")
    assert not left(story, "patient")
