"""A visit goes over to a colleague's floor and back: everybody keeps place, session and arrival time (D3)."""

import pytest
from msgspec.structs import replace

from rooms.errors import Refusal
from rooms.ids import PractitionerNo, SessionId
from rooms.policy import CALL_GRACE, ROOM_SEATS, WAITING_GRACE
from rooms.records import Floor
from rooms.times import SECOND
from rooms.visit import admission, handover
from rooms.visit.handover import Handover
from rooms.visit.room import inside, polite
from rooms.visit.transition import LeaseSet
from tests.visit.floors import LEASE, OTHER_ROOM, OTHER_VISIT, ROOM, Story


@pytest.fixture
def mine() -> Story:
    """The patient and the host in the room, a guest waiting for it, and somebody for another one."""
    story = Story()
    story.arrive("host", "practitioner", None, None)
    story.arrive("pat", "patient")
    story.arrive("carer", "guest:c")
    story.arrive("next", "patient", OTHER_ROOM, OTHER_VISIT)
    story.admit()
    story.now += 60 * SECOND
    return story


@pytest.fixture
def theirs(mine: Story) -> Story:
    """The colleague, in the lobby."""
    story = Story()
    story.floor = Floor(practitioner_no=PractitionerNo("q"))
    story.now = mine.now
    story.arrive("colleague", "practitioner", None, None)
    return story


def played(done: Handover, giving: Story, taking: Story) -> Handover:
    giving.play(done.giving)
    taking.play(done.taking)
    return done


def hand_over(mine: Story, theirs: Story, host: str = "host") -> Handover:
    return played(
        handover.hand_over(mine.floor, mine.seat(host), theirs.floor, mine.now, LEASE), mine, theirs
    )


def take_back(mine: Story, theirs: Story, host: str = "host") -> Handover:
    return played(
        handover.take_back(mine.floor, mine.seat(host), theirs.floor, ROOM, mine.now, LEASE), theirs, mine
    )


def code(asked: object) -> str:
    with pytest.raises(Refusal) as caught:
        asked()  # type: ignore[operator]  # a lambda of one command
    return caught.value.code


def test_everybody_of_the_room_goes_over_and_nobody_else(mine: Story, theirs: Story) -> None:
    done = hand_over(mine, theirs)
    assert done.room == ROOM
    assert set(done.moved) == {"pat", "carer"}
    assert {seat.sid: seat.state for seat in mine.floor.seats} == {"host": "lobby", "next": "waiting"}
    assert {seat.sid: seat.state for seat in theirs.floor.seats} == {
        "colleague": "lobby",
        "pat": "in_room",
        "carer": "waiting",
    }
    assert mine.why_gone("pat") == mine.why_gone("carer") == "handed_over"


def test_they_keep_session_place_and_arrival_as_after_a_drop(mine: Story, theirs: Story) -> None:
    before = mine.seat("pat")
    mine.play(admission.media(mine.floor, before, "connected", mine.now, LEASE))
    hand_over(mine, theirs)
    after = theirs.seat("pat")
    assert (after.key, after.epoch, after.arrived_at, after.appointment, after.link) == (
        before.key,
        before.epoch,
        before.arrived_at,
        before.appointment,
        before.link,
    )
    assert (after.gone_at, after.media) == (theirs.now, "")
    assert mine.leases["pat"] is None
    assert theirs.leases["pat"] == theirs.now + CALL_GRACE
    assert theirs.leases["carer"] == theirs.now + WAITING_GRACE
    assert mine.lines("pat")[-2:] == ["close media handed_over", "close in_room handed_over"]
    assert mine.lines("host")[-2:] == ["close in_room handed_over", "open lobby"]
    assert theirs.lines("pat") == []
    theirs.now += SECOND
    theirs.resume("pat")
    assert theirs.lines("pat") == ["open in_room"]
    assert theirs.seat("pat").epoch == before.epoch + 1


def test_whoever_was_away_has_the_grace_from_now_on(mine: Story, theirs: Story) -> None:
    mine.drop("pat", ago=20_000)
    seen = mine.now - 20_000
    said = mine.lines("pat")
    done = hand_over(mine, theirs)
    assert mine.lines("pat") == said
    assert LeaseSet(SessionId("pat"), theirs.now + CALL_GRACE, seen) in done.taking.leases
    theirs.now += CALL_GRACE - 1
    theirs.resume("pat")
    assert theirs.seat("pat").state == "in_room"


def test_the_colleague_comes_in_and_they_negotiate_anew(mine: Story, theirs: Story) -> None:
    hand_over(mine, theirs)
    theirs.resume("pat")
    theirs.play(admission.enter(theirs.floor, theirs.seat("colleague"), ROOM, theirs.now, LEASE))
    assert {seat.sid for seat in inside(theirs.floor, ROOM)} == {"pat", "colleague"}
    pat, colleague = theirs.seat("pat"), theirs.seat("colleague")
    assert polite(pat, colleague) != polite(colleague, pat)
    serials = [seat.serial for seat in theirs.floor.seats]
    assert len(set(serials)) == len(serials)
    theirs.arrive("late", "guest:d")
    assert theirs.seat("late").serial > max(serials)


def test_not_from_the_lobby(mine: Story, theirs: Story) -> None:
    mine.play(admission.end(mine.floor, mine.seat("host"), mine.now, LEASE, done=True))
    assert code(lambda: hand_over(mine, theirs)) == "not_admitted"


@pytest.mark.parametrize("known", [False, True])
def test_a_lock_goes_over(mine: Story, theirs: Story, known: bool) -> None:
    mine.play(admission.lock(mine.floor, mine.seat("host"), on=True))
    if known:
        theirs.floor = replace(theirs.floor, locked=(ROOM,))
    hand_over(mine, theirs)
    assert (mine.floor.locked, theirs.floor.locked) == ((), (ROOM,))


def test_taken_back_while_nobody_is_with_them(mine: Story, theirs: Story) -> None:
    hand_over(mine, theirs)
    theirs.resume("pat")
    done = take_back(mine, theirs)
    assert set(done.moved) == {"pat", "carer"}
    assert {seat.sid for seat in theirs.floor.seats} == {"colleague"}
    assert (mine.seat("host").state, mine.seat("host").room) == ("in_room", ROOM)
    assert mine.seat("pat").state == "in_room"
    assert [gone for gone in mine.floor.departures if gone.sid == "pat"] == []
    mine.resume("pat")
    mine.play(admission.remove(mine.floor, mine.seat("host"), "pat", mine.now, LEASE))
    assert mine.why_gone("pat") == "removed"


def test_not_while_the_colleague_is_inside(mine: Story, theirs: Story) -> None:
    hand_over(mine, theirs)
    theirs.play(admission.enter(theirs.floor, theirs.seat("colleague"), ROOM, theirs.now, LEASE))
    assert code(lambda: take_back(mine, theirs)) == "handed_over"
    theirs.drop("colleague")
    assert code(lambda: take_back(mine, theirs)) == "handed_over"


def test_not_out_of_another_visit(mine: Story, theirs: Story) -> None:
    hand_over(mine, theirs)
    mine.admit("patient", OTHER_ROOM, OTHER_VISIT)
    assert code(lambda: take_back(mine, theirs)) == "visit_open"


def test_three_are_inside_and_the_practitioner_is_the_fourth(mine: Story, theirs: Story) -> None:
    mine.arrive("other", "guest:d")
    for guest in ("guest:c", "guest:d"):
        mine.admit(guest)
    assert len(inside(mine.floor, ROOM)) == ROOM_SEATS
    hand_over(mine, theirs)
    take_back(mine, theirs)
    assert len(inside(mine.floor, ROOM)) == ROOM_SEATS


def test_handed_on_by_the_colleague_and_back_again(mine: Story, theirs: Story) -> None:
    hand_over(mine, theirs)
    theirs.play(admission.enter(theirs.floor, theirs.seat("colleague"), ROOM, theirs.now, LEASE))
    done = hand_over(theirs, mine, "colleague")
    assert set(done.moved) == {"pat", "carer"}
    assert theirs.seat("colleague").state == "lobby"
    assert mine.seat("pat").state == "in_room"


def test_a_call_awaits_the_colleague_until_they_come(mine: Story, theirs: Story) -> None:
    ledger = [entry for room, entry in mine.entries if room == ROOM]
    assert not handover.awaits_colleague([])
    assert not handover.awaits_colleague(ledger)
    hand_over(mine, theirs)
    ledger = [entry for room, entry in mine.entries if room == ROOM]
    assert handover.awaits_colleague(ledger)
    theirs.play(admission.enter(theirs.floor, theirs.seat("colleague"), ROOM, theirs.now, LEASE))
    ledger += [entry for room, entry in theirs.entries if room == ROOM]
    assert not handover.awaits_colleague(ledger)
    theirs.play(admission.end(theirs.floor, theirs.seat("colleague"), theirs.now, LEASE, done=False))
    ledger += [entry for room, entry in theirs.entries if room == ROOM]
    assert not handover.awaits_colleague(ledger)
