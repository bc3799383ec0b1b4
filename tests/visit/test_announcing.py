"""Who is connected is put back on a floor that the store has as it was a while ago."""

from msgspec.structs import replace

from rooms.ids import AppointmentNo, PractitionerNo, RoomId, SessionId
from rooms.policy import CALL_GRACE
from rooms.records import Floor, Seat
from rooms.times import SECOND
from rooms.visit import admission
from rooms.visit.announcing import announce, is_newer
from rooms.visit.draft import LeaseSet, Turn
from tests.support.builders import at
from tests.visit.floors import newcomer

LEASE = 15 * SECOND
NOW, THEN = at("10:05"), at("10:00")
ROOM = RoomId("r" * 22)
EMPTY = Floor(practitioner_no=PractitionerNo("p" * 11), version=3)
PAT, DOC = SessionId("pat"), SessionId("doc")
HERE = {PAT, DOC}


def seat(sid: SessionId, person: str, **fields: object) -> Seat:
    made = Seat(
        sid=sid,
        key="k",
        person=person,
        number=1,
        serial=1,
        state="waiting",
        node="here",
        epoch=1,
        arrived_at=THEN,
        since=THEN,
        room=ROOM,
        appointment=AppointmentNo("a" * 11),
    )
    return replace(made, **fields)


WAITS = seat(PAT, "patient")
INSIDE = replace(WAITS, state="in_room", since=THEN + 60 * SECOND, media="connected")
HOST = seat(DOC, "practitioner", state="in_room", since=THEN + 60 * SECOND, appointment=None, serial=2)
LOBBY = replace(HOST, state="lobby", since=THEN, room=None)
KNOWN = replace(EMPTY, seats=(INSIDE, HOST), serial=7, locked=(ROOM,), late_until=NOW, version=9)


def said(turn: Turn | None) -> list[tuple[str, str, str | None, int, str]]:
    assert turn is not None
    return [(entry.kind, entry.person, entry.state, entry.at, entry.why) for _, entry in turn.entries]


def test_a_pair_is_in_its_room_again() -> None:
    turn = announce(EMPTY, KNOWN, "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor == replace(KNOWN, version=3, losses=1, restored=9)
    assert turn.above == KNOWN.version, "whoever was shown that one is shown this"
    assert said(turn) == [
        ("open", "patient", "in_room", INSIDE.since, ""),
        ("open", "patient", "media", NOW, ""),
        ("open", "practitioner", "in_room", HOST.since, ""),
    ]
    assert set(turn.leases) == {LeaseSet(sid, NOW + LEASE, NOW) for sid in HERE}


def test_what_the_store_believes_they_were_in_ended_when_they_went_on() -> None:
    turn = announce(replace(EMPTY, seats=(WAITS, LOBBY)), KNOWN, "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (INSIDE, HOST)
    assert said(turn)[:2] == [
        ("close", "patient", "waiting", INSIDE.since, "restored"),
        ("open", "patient", "in_room", INSIDE.since, ""),
    ]


def test_nothing_is_written_where_nothing_is_missing() -> None:
    assert announce(replace(KNOWN, version=3), KNOWN, "here", HERE, NOW, LEASE) is None
    assert announce(EMPTY, KNOWN, "here", set(), NOW, LEASE) is None


def test_others_are_put_back_by_whoever_knows_the_newest() -> None:
    there = replace(INSIDE, node="there")
    known = replace(KNOWN, seats=(there, HOST))
    turn = announce(EMPTY, known, "here", {DOC}, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (there, HOST)
    older = replace(EMPTY, seats=(WAITS,), version=KNOWN.version, losses=1, restored=KNOWN.version - 1)
    turn = announce(older, known, "here", {DOC}, NOW, LEASE)
    assert turn is not None
    assert (turn.floor.seats, turn.floor.losses) == ((WAITS, HOST), 1), "theirs is what they say"
    assert (turn.floor.restored, turn.above) == (KNOWN.version, KNOWN.version)


def test_what_happened_since_counts() -> None:
    ended = replace(EMPTY, seats=(LOBBY,), version=KNOWN.version + 2)
    assert announce(ended, KNOWN, "here", HERE, NOW, LEASE) is None, "no letter of it came here"
    put_back = replace(ended, losses=1, restored=KNOWN.version)
    assert announce(put_back, KNOWN, "here", HERE, NOW, LEASE) is None, "all was put back, and then it ended"
    twice = replace(KNOWN, losses=2)
    turn = announce(replace(put_back, version=1), twice, "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor.losses == 3, "it went back to before the first time"


def test_whoever_was_away_may_still_come_back() -> None:
    away = replace(INSIDE, gone_at=NOW - SECOND, media="")
    turn = announce(replace(EMPTY, seats=(WAITS,)), replace(KNOWN, seats=(away,)), "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (away,)
    assert turn.leases == (LeaseSet(PAT, away.gone_at + CALL_GRACE, away.gone_at),)
    assert said(turn) == [("close", "patient", "waiting", away.gone_at, "restored")]
    back = announce(replace(EMPTY, seats=(replace(WAITS, gone_at=NOW),)), KNOWN, "here", HERE, NOW, LEASE)
    assert said(back)[0][:3] == ("open", "patient", "in_room"), "its wait had ended"


def test_whoever_had_left_is_off_it_again() -> None:
    gone = seat(SessionId("mum"), "guest:mum")
    theirs = seat(SessionId("ivo"), "guest:ivo", node="there", since=INSIDE.since)
    turn = announce(replace(KNOWN, seats=(gone, theirs, INSIDE, HOST)), KNOWN, "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (theirs, INSIDE, HOST)
    assert [(each.sid, each.why) for each in turn.floor.departures] == [(gone.sid, "gone")]
    still = announce(replace(EMPTY, seats=(gone,)), replace(KNOWN, seats=(gone,)), "here", set(), NOW, LEASE)
    assert still is None, "it is known, though not here just now"


def test_the_newest_of_a_persons_seats_counts() -> None:
    before = seat(SessionId("old"), "patient", arrived_at=THEN - SECOND, since=INSIDE.since, node="there")
    turn = announce(replace(EMPTY, seats=(before,)), KNOWN, "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (INSIDE, HOST), "they had moved to this device"
    again = seat(SessionId("new"), "patient", since=NOW, node="there")
    turn = announce(replace(EMPTY, seats=(again,)), KNOWN, "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (again, HOST), "they came again meanwhile"
    host = replace(LOBBY, sid=SessionId("host"), arrived_at=THEN - SECOND)
    turn = announce(replace(EMPTY, seats=(host, replace(INSIDE, epoch=2))), KNOWN, "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (replace(INSIDE, epoch=2), HOST), "a practitioner sits once"


def test_whoever_was_removed_is_not_in_the_room_again() -> None:
    there = replace(INSIDE, node="there")
    before = replace(KNOWN, seats=(there, HOST), locked=(), version=8)
    known = replace(admission.remove(before, HOST, PAT, NOW - SECOND, LEASE).floor, version=9)
    turn = announce(before, known, "here", {DOC}, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (HOST,)
    assert [(each.sid, each.why, each.node) for each in turn.floor.departures] == [(PAT, "removed", "there")]
    assert ("close", "patient", "in_room", NOW, "removed") in said(turn)
    back = newcomer("again", "patient", ROOM)
    arrived = admission.arrive(turn.floor, back, NOW, LEASE, move=True, since=NOW).floor
    assert [seat.state for seat in arrived.seats if seat.person == "patient"] == ["waiting"]
    elsewhere = replace(before, losses=1, restored=7)
    second = announce(elsewhere, known, "here", {DOC}, NOW, LEASE)
    assert second is not None
    assert second.floor.seats == (HOST,), "also where somebody who knew less was first"


def test_a_seat_from_long_before_is_off_it_and_one_from_since_stays() -> None:
    old = seat(SessionId("old"), "guest:mum", node="there")
    new = seat(SessionId("new"), "guest:ivo", node="there", since=INSIDE.since)
    turn = announce(replace(EMPTY, seats=(old, new)), KNOWN, "here", HERE, NOW, LEASE)
    assert turn is not None
    assert turn.floor.seats == (new, INSIDE, HOST)
    assert [(each.sid, each.why) for each in turn.floor.departures] == [(old.sid, "gone")]
    nobody = replace(KNOWN, seats=())
    assert announce(replace(EMPTY, seats=(old,)), nobody, "here", set(), NOW, LEASE) is None


def test_versions_tell_what_is_newer_since_the_last_loss() -> None:
    put_back = replace(KNOWN, version=4, losses=1)
    assert is_newer(put_back, KNOWN)
    assert is_newer(KNOWN, replace(KNOWN, version=8))
    assert not is_newer(KNOWN, KNOWN)
