"""A grace is time to come back in: it begins when the server, or its Redis, is there again (E6, D6)."""

import pytest

from rooms.errors import LinkRefused
from rooms.ids import SessionId
from rooms.policy import CALL_GRACE
from rooms.times import Instant
from rooms.visit import admission
from rooms.visit.room import left_just_now
from tests.visit.floors import LEASE, Story, newcomer

OUTAGE = 2 * CALL_GRACE


@pytest.fixture
def story() -> Story:
    """A call from which the patient dropped off; then nobody could be reached for twice the grace."""
    made = Story()
    made.arrive("host", "practitioner")
    made.arrive("pat", "patient")
    made.admit()
    made.now += 5_000
    made.drop("pat")
    made.now += OUTAGE
    return made


def resume(story: Story, since: Instant) -> None:
    key = story.seat("pat").key
    story.play(admission.resume(story.floor, SessionId("pat"), key, "node", story.now, LEASE, None, since))


def lapse(story: Story, since: Instant, sid: str = "pat") -> None:
    gone_at = story.seat(sid).gone_at or story.now - OUTAGE
    story.play(admission.lapse(story.floor, SessionId(sid), gone_at, story.now, LEASE, since))


def test_the_same_place_after_an_outage_that_was_longer_than_the_grace(story: Story) -> None:
    back = story.now
    story.now += CALL_GRACE - 1
    resume(story, since=back)
    assert story.seat("pat").state == "in_room"


def test_not_after_the_grace_that_followed_it(story: Story) -> None:
    back = story.now
    story.now += CALL_GRACE
    with pytest.raises(LinkRefused):
        resume(story, since=back)


def test_a_new_page_takes_the_same_place_too(story: Story) -> None:
    new = newcomer("again", "patient")
    story.play(admission.arrive(story.floor, new, story.now, LEASE, move=False, since=story.now))
    assert story.seat("again").state == "in_room"


def test_nobody_is_reaped_before_the_grace_that_follows_and_then_they_are(story: Story) -> None:
    back, gone_at = story.now, story.seat("pat").gone_at
    story.now += 20_000
    lapse(story, since=back)
    lapse(story, since=back, sid="host")  # of the process that died: nobody had written its drop down
    assert story.seat("pat").gone_at == gone_at
    assert story.leases["pat"] == story.leases["host"] == back + CALL_GRACE
    story.now = back + CALL_GRACE
    lapse(story, since=back)
    assert story.why_gone("pat") == "gone"


def test_a_practitioner_who_was_in_the_call_goes_back_into_it(story: Story) -> None:
    story.drop("host", ago=OUTAGE)
    ledger = [entry for _, entry in story.entries]
    assert not left_just_now(ledger, "practitioner", story.now)
    assert left_just_now(ledger, "practitioner", story.now, since=story.now - 1_000)
    assert not left_just_now(ledger, "guest:mum", story.now, since=story.now)
