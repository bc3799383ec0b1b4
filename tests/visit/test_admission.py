"""The transition table of signalling/PROTOCOL.md, one event at a time."""

import msgspec
import pytest

from rooms.errors import Refusal
from rooms.ids import SessionId
from rooms.policy import CALL_GRACE, WAITING_GRACE
from rooms.visit import admission
from rooms.visit.room import inside, others, polite
from tests.visit.floors import LEASE, OTHER_ROOM, OTHER_VISIT, ROOM, VISIT, Story


def refused(code: str, call: object, *args: object, **kwargs: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)  # type: ignore[operator]  # any command of the module
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def visit(story: Story) -> Story:
    """Practitioner and patient are in the room."""
    story.arrive("host", "practitioner")
    story.arrive("pat", "patient")
    story.now += 5_000
    story.admit()
    return story


def test_patient_waits_and_practitioner_lands_in_the_lobby(story: Story) -> None:
    assert story.arrive("pat", "patient").state == "waiting"
    assert story.arrive("host", "practitioner").state == "lobby"
    assert story.leases == {"pat": story.now + LEASE, "host": story.now + LEASE}


def test_admitting_takes_both_in_and_ends_the_wait(visit: Story) -> None:
    assert [seat.sid for seat in inside(visit.floor, ROOM)] == ["host", "pat"]
    assert visit.lines("pat") == ["open waiting", "close waiting admitted", "open in_room"]
    assert visit.lines("host") == ["open lobby", "close lobby entered", "open in_room"]
    lobby = [room for room, entry in visit.entries if entry.state == "lobby"]
    assert lobby == [None, None]
    assert visit.seat("pat").appointment == VISIT


def test_admit_admits_exactly_one(visit: Story) -> None:
    visit.arrive("mum", "guest:mum")
    assert visit.seat("mum").state == "waiting"
    visit.admit("guest:mum")
    assert len(inside(visit.floor, ROOM)) == 3
    assert visit.lines("host") == ["open lobby", "close lobby entered", "open in_room"]


def test_somebody_who_does_not_wait_cannot_be_admitted(visit: Story) -> None:
    for person, room in (("patient", ROOM), ("guest:mum", ROOM), ("patient", OTHER_ROOM)):
        refused(
            "not_waiting",
            admission.admit,
            visit.floor,
            visit.seat("host"),
            person,
            room,
            VISIT,
            visit.now,
            LEASE,
        )


def test_a_second_visit_is_refused_while_the_first_goes_on(visit: Story) -> None:
    visit.arrive("next", "patient", OTHER_ROOM, OTHER_VISIT)
    host = visit.seat("host")
    why = refused(
        "visit_open", admission.admit, visit.floor, host, "patient", OTHER_ROOM, OTHER_VISIT, visit.now, LEASE
    )
    assert why.facts == {"room": ROOM}
    refused("visit_open", admission.enter, visit.floor, host, OTHER_ROOM, visit.now, LEASE)
    visit.play(admission.end(visit.floor, host, visit.now, LEASE, done=True))
    visit.admit("patient", OTHER_ROOM, OTHER_VISIT)
    assert visit.seat("host").room == OTHER_ROOM


def test_a_practitioner_alone_in_a_room_may_admit_into_another(story: Story) -> None:
    story.arrive("host", "practitioner")
    story.play(admission.enter(story.floor, story.seat("host"), ROOM, story.now, LEASE))
    story.arrive("next", "patient", OTHER_ROOM, OTHER_VISIT)
    story.admit("patient", OTHER_ROOM, OTHER_VISIT)
    assert story.seat("host").room == OTHER_ROOM
    assert story.lines("host")[-2:] == ["close in_room entered", "open in_room"]


def test_the_fifth_is_refused_and_keeps_waiting(visit: Story) -> None:
    for name in ("ann", "bob", "cy"):
        visit.arrive(name, f"guest:{name}")
    visit.admit("guest:ann")
    visit.admit("guest:bob")
    host = visit.seat("host")
    refused("room_full", admission.admit, visit.floor, host, "guest:cy", ROOM, VISIT, visit.now, LEASE)
    assert visit.seat("cy").state == "waiting"


def test_the_practitioner_needs_a_place_too(visit: Story) -> None:
    for name in ("ann", "bob", "cy"):
        visit.arrive(name, f"guest:{name}")
    visit.admit("guest:ann")
    visit.admit("guest:bob")
    visit.play(admission.leave(visit.floor, visit.seat("host"), visit.now, LEASE))
    visit.arrive("host", "practitioner")
    host = visit.seat("host")
    refused("room_full", admission.admit, visit.floor, host, "guest:cy", ROOM, VISIT, visit.now, LEASE)
    visit.play(admission.enter(visit.floor, host, ROOM, visit.now, LEASE))
    assert len(inside(visit.floor, ROOM)) == 4
    visit.play(admission.enter(visit.floor, visit.seat("host"), ROOM, visit.now, LEASE))
    assert len(inside(visit.floor, ROOM)) == 4


def test_a_full_room_cannot_be_entered(visit: Story) -> None:
    """Four are inside without this practitioner only where a colleague let them in."""
    pat, host = visit.seat("pat"), visit.arrive("pad", "practitioner", move=True)
    crowd = tuple(
        msgspec.structs.replace(pat, sid=SessionId(name), person=f"guest:{name}") for name in ("a", "b", "c")
    )
    full = msgspec.structs.replace(visit.floor, seats=(*visit.floor.seats, *crowd))
    refused("room_full", admission.enter, full, host, ROOM, visit.now, LEASE)


def test_a_locked_room_admits_nobody(visit: Story) -> None:
    visit.play(admission.lock(visit.floor, visit.seat("host"), on=True))
    visit.arrive("mum", "guest:mum")
    host = visit.seat("host")
    refused("room_locked", admission.admit, visit.floor, host, "guest:mum", ROOM, VISIT, visit.now, LEASE)
    visit.play(admission.lock(visit.floor, host, on=False))
    visit.admit("guest:mum")
    assert visit.floor.locked == ()


def test_end_empties_the_room_and_unlocks_it(visit: Story) -> None:
    visit.play(admission.lock(visit.floor, visit.seat("host"), on=True))
    visit.play(admission.end(visit.floor, visit.seat("host"), visit.now, LEASE, done=True))
    assert [seat.sid for seat in visit.floor.seats] == ["host"]
    assert visit.seat("host").state == "lobby"
    assert visit.floor.locked == ()
    assert visit.why_gone("pat") == "ended"
    assert visit.lines("pat")[-1] == "close in_room ended"
    assert visit.lines("host")[3:] == ["done", "close in_room done", "open lobby"]
    assert visit.leases["pat"] is None


def test_end_without_done_says_nothing_of_the_visit(visit: Story) -> None:
    visit.play(admission.end(visit.floor, visit.seat("host"), visit.now, LEASE, done=False))
    assert "done" not in visit.lines("host")
    visit.arrive("pat", "patient")
    assert visit.seat("pat").state == "waiting"


def test_sent_back_keeps_the_arrival_time(visit: Story) -> None:
    arrived = visit.seat("pat").arrived_at
    visit.play(admission.send_back(visit.floor, visit.seat("host"), "pat", visit.now, LEASE))
    assert (visit.seat("pat").state, visit.seat("pat").arrived_at) == ("waiting", arrived)
    assert visit.lines("pat")[-2:] == ["close in_room sent_back", "open waiting"]


def test_removed_from_room_and_queue(visit: Story) -> None:
    visit.play(admission.remove(visit.floor, visit.seat("host"), "pat", visit.now, LEASE))
    assert visit.why_gone("pat") == "removed"
    visit.arrive("next", "patient", OTHER_ROOM, OTHER_VISIT)
    visit.play(admission.remove(visit.floor, visit.seat("host"), "next", visit.now, LEASE))
    assert not visit.has("next")


def test_nobody_is_sent_out_of_a_room_one_is_not_in(visit: Story) -> None:
    visit.arrive("next", "patient", OTHER_ROOM, OTHER_VISIT)
    host = visit.seat("host")
    refused("peer_not_found", admission.send_back, visit.floor, host, "next", visit.now, LEASE)
    refused("peer_not_found", admission.remove, visit.floor, host, "nobody", visit.now, LEASE)
    refused("peer_not_found", admission.send_back, visit.floor, visit.seat("pat"), "host", visit.now, LEASE)


def test_leaving_gives_up_the_place(visit: Story) -> None:
    visit.play(admission.leave(visit.floor, visit.seat("pat"), visit.now, LEASE))
    assert visit.lines("pat")[-1] == "close in_room left"
    visit.arrive("pat2", "patient")
    assert visit.seat("pat2").state == "waiting"


def test_a_second_device_is_asked_first(visit: Story) -> None:
    new = visit.seat("pat")
    refused("elsewhere", visit.arrive, "pad", "patient")
    assert visit.seat("pat") == new
    moved = visit.arrive("pad", "patient", move=True)
    assert (moved.state, moved.room, moved.arrived_at) == ("in_room", ROOM, new.arrived_at)
    assert visit.why_gone("pat") == "replaced"
    assert visit.lines("pat")[-1] == "close in_room replaced"


def test_a_couple_is_no_duplicate_tab(visit: Story) -> None:
    visit.arrive("mum", "guest:mum")
    assert visit.has("pat")
    assert visit.has("mum")


def test_a_moved_practitioner_lands_in_the_lobby(visit: Story) -> None:
    assert visit.arrive("pad", "practitioner", move=True).state == "lobby"
    assert not visit.has("host")


def test_a_drop_keeps_the_seat_for_the_grace(visit: Story) -> None:
    visit.now += 1_000
    visit.drop("pat", ago=400)
    assert visit.lines("pat")[-1] == "close in_room dropped"
    assert visit.entries[-1][1].at == visit.now - 400
    assert visit.leases["pat"] == visit.now - 400 + CALL_GRACE
    visit.now += CALL_GRACE - 401
    visit.resume("pat")
    assert (visit.seat("pat").state, visit.seat("pat").epoch, visit.seat("pat").gone_at) == ("in_room", 2, 0)
    assert visit.lines("pat")[-1] == "open in_room"


def test_after_the_grace_a_resume_is_refused(visit: Story) -> None:
    visit.drop("pat")
    visit.now += CALL_GRACE
    refused("resume_refused", visit.resume, "pat")
    refused("resume_refused", visit.resume, "host", key="wrong")
    with pytest.raises(Refusal):
        admission.resume(visit.floor, SessionId("nobody"), "k", "node", visit.now, LEASE, None)


def test_a_token_hello_within_the_grace_never_asks(visit: Story) -> None:
    visit.drop("pat")
    visit.now += 1_000
    assert visit.arrive("again", "patient").state == "in_room"
    assert visit.lines("pat")[-1] == "close in_room dropped"


def test_a_token_hello_after_the_grace_waits_again(visit: Story) -> None:
    visit.drop("pat")
    visit.now += CALL_GRACE
    again = visit.arrive("again", "patient")
    assert (again.state, again.arrived_at) == ("waiting", visit.now)


def test_a_lapsed_lease_is_nobody_elsewhere(visit: Story) -> None:
    seen = visit.now
    visit.now += 20_000
    again = visit.arrive("again", "patient", lapsed=seen)
    assert again.state == "in_room"
    closed = [entry for _, entry in visit.entries if entry.sid == "pat" and entry.kind == "close"][-1]
    assert (closed.at, closed.why) == (seen, "lapsed")


def test_waiting_has_the_longer_grace(story: Story) -> None:
    story.arrive("pat", "patient")
    story.drop("pat")
    story.now += WAITING_GRACE - 1
    story.resume("pat")
    assert story.seat("pat").state == "waiting"


def test_a_resume_of_a_session_whose_process_died_ends_its_interval_when_last_seen(visit: Story) -> None:
    seen, visit.now = visit.now + 2_000, visit.now + 10_000
    visit.resume("pat", seen=seen)
    closed, opened = [entry for _, entry in visit.entries if entry.sid == "pat"][-2:]
    assert (closed.kind, closed.at, opened.kind, opened.at) == ("close", seen, "open", visit.now)
    visit.resume("host")
    assert visit.seat("host").node == "node-2"


def test_a_lapse_ends_intervals_when_last_seen_and_the_seat_after_the_grace(visit: Story) -> None:
    seen, visit.now = visit.now + 3_000, visit.now + 16_000
    visit.lapse("pat", seen)
    assert visit.lines("pat")[-1] == "close in_room lapsed"
    assert visit.has("pat")
    visit.now = seen + CALL_GRACE
    visit.lapse("pat", seen)
    assert visit.why_gone("pat") == "gone"
    visit.lapse("pat", seen)
    assert visit.lines("pat").count("close in_room lapsed") == 1


def test_an_interval_never_ends_before_it_began(story: Story) -> None:
    story.arrive("pat", "patient")
    story.drop("pat", ago=60_000)
    assert story.entries[-1][1].at == story.now


def test_media_runs_beside_the_room_and_ends_with_it(visit: Story) -> None:
    pat = visit.seat("pat")
    visit.play(admission.media(visit.floor, pat, "connected", visit.now, LEASE))
    assert admission.media(visit.floor, visit.seat("pat"), "connected", visit.now, LEASE) is None
    visit.drop("pat")
    assert visit.lines("pat")[-2:] == ["close media dropped", "close in_room dropped"]
    visit.resume("pat")
    assert visit.lines("pat")[-2:] == ["open in_room", "open media"]
    visit.play(admission.media(visit.floor, visit.seat("pat"), "failed", visit.now, LEASE))
    assert visit.lines("pat")[-2:] == ["close media failed", "failed"]
    visit.play(admission.media(visit.floor, visit.seat("host"), "failed", visit.now, LEASE))
    assert visit.lines("host")[-1] == "failed"


def test_whoever_is_away_may_be_admitted_and_comes_back_inside(story: Story) -> None:
    story.arrive("host", "practitioner")
    story.arrive("pat", "patient")
    story.drop("pat")
    story.now += 10_000
    story.admit()
    assert story.lines("pat") == ["open waiting", "close waiting dropped"]
    assert story.leases["pat"] == story.now + CALL_GRACE
    story.now += CALL_GRACE - 1
    story.resume("pat")
    assert story.lines("pat")[-1] == "open in_room"


def test_a_stale_socket_speaks_for_nobody(visit: Story) -> None:
    visit.resume("pat")
    refused("replaced", admission.mine, visit.floor, SessionId("pat"), 1)
    refused("replaced", admission.mine, visit.floor, SessionId("nobody"), 1)
    assert admission.mine(visit.floor, SessionId("pat"), 2).epoch == 2


def test_running_late_is_until_a_time_and_can_be_taken_back(visit: Story) -> None:
    visit.play(admission.running_late(visit.floor, 10, visit.now))
    assert visit.floor.late_until == visit.now + 600_000
    visit.play(admission.running_late(visit.floor, 0, visit.now))
    assert visit.floor.late_until == 0


def test_exactly_one_of_two_is_polite(visit: Story) -> None:
    host, pat = visit.seat("host"), visit.seat("pat")
    assert polite(pat, host)
    assert not polite(host, pat)
    assert others(visit.floor, host) == [pat]


def test_somebody_waiting_is_with_nobody(visit: Story) -> None:
    mum = visit.arrive("mum", "guest:mum")
    assert others(visit.floor, mum) == []
    assert others(visit.floor, visit.seat("pat")) == [visit.seat("host")]


def test_a_floor_is_as_long_as_its_people_however_often_they_come(story: Story) -> None:
    story.arrive("mum", "guest:mum")
    for number in range(100):
        story.now += 10
        story.arrive(f"host {number}", "practitioner", None, None, move=True)
        story.arrive(f"pat {number}", "patient", move=True)
    assert [seat.sid for seat in story.floor.seats] == ["mum", "host 99", "pat 99"]
    assert [gone.sid for gone in story.floor.departures] == [
        f"{who} {number}" for number in (96, 97, 98) for who in ("host", "pat")
    ]


def test_people_of_other_rooms_have_departures_of_their_own(story: Story) -> None:
    for number in range(4):
        story.arrive(f"ada {number}", "patient", move=True)
        story.arrive(f"bob {number}", "patient", OTHER_ROOM, OTHER_VISIT, move=True)
    assert len(story.floor.departures) == 6
