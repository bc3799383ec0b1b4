"""The queue is a snapshot, and everybody in it is told their own place only (D3, D5)."""

from rooms.policy import Policy
from rooms.visit import admission
from rooms.visit.waiting import WaitingOrder, queue
from tests.visit.floors import LEASE, OTHER_ROOM, OTHER_VISIT, Story


def test_whoever_came_first_is_first_across_the_day() -> None:
    story = Story()
    story.arrive("late", "patient", OTHER_ROOM, OTHER_VISIT)
    story.now -= 1_000
    story.arrive("early", "patient")
    assert [seat.sid for seat in queue(story.floor)] == ["early", "late"]
    assert WaitingOrder(story.floor).position(story.seat("late"), Policy(), None, story.now).position == 2


def test_the_practitioner_is_here_while_their_socket_is() -> None:
    story = Story()
    pat = story.arrive("pat", "patient")
    assert not WaitingOrder(story.floor).position(pat, Policy(), None, story.now).practitioner_here
    story.arrive("host", "practitioner", OTHER_ROOM, OTHER_VISIT)
    assert WaitingOrder(story.floor).position(pat, Policy(), None, story.now).practitioner_here
    story.drop("host")
    assert not WaitingOrder(story.floor).position(pat, Policy(), None, story.now).practitioner_here


def test_a_late_notice_ends_by_itself() -> None:
    story = Story()
    pat = story.arrive("pat", "patient")
    story.play(admission.running_late(story.floor, 5, story.now))
    assert (
        WaitingOrder(story.floor).position(pat, Policy(), None, story.now).running_late == story.now + 300_000
    )
    assert WaitingOrder(story.floor).position(pat, Policy(), None, story.now + 300_000).running_late is None


def test_the_phone_comes_after_a_long_wait_kept_over_a_reload() -> None:
    story = Story()
    story.arrive("pat", "patient")
    arrived = story.now
    story.now += 60_000
    story.drop("pat")
    pat = story.arrive("again", "patient")
    policy = Policy(absent_after_minutes=15)
    assert WaitingOrder(story.floor).position(pat, policy, "02 5550 0000", arrived + 899_999).phone is None
    assert (
        WaitingOrder(story.floor).position(pat, policy, "02 5550 0000", arrived + 900_000).phone
        == "02 5550 0000"
    )


def test_leaving_the_queue_moves_the_others_up() -> None:
    story = Story()
    story.arrive("one", "patient")
    story.now += 1
    story.arrive("two", "guest:mum")
    story.play(admission.leave(story.floor, story.seat("one"), story.now, LEASE))
    assert WaitingOrder(story.floor).position(story.seat("two"), Policy(), None, story.now).position == 1
