"""Who is connected is put back on a floor that the store has as it was a while ago."""

from msgspec.structs import replace

from rooms.ids import AppointmentNo, PractitionerNo, RoomId, SessionId
from rooms.policy import CALL_GRACE
from rooms.records import Floor, Seat
from rooms.times import SECOND
from rooms.visit import admission
from rooms.visit.floor_restore import is_newer, restore_floor
from rooms.visit.transition import FloorChange, LeaseSet
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


def said(change: FloorChange | None) -> list[tuple[str, str, str | None, int, str]]:
    assert change is not None
    return [(entry.kind, entry.person, entry.state, entry.at, entry.why) for _, entry in change.entries]


def test_a_pair_is_in_its_room_again() -> None:
    change = restore_floor(EMPTY, KNOWN, "here", HERE, NOW, LEASE)
    assert change is not None
    assert change.floor == replace(KNOWN, version=3, losses=1, restored=9)
    assert change.above == KNOWN.version, "whoever was shown that one is shown this"
    assert said(change) == [
        ("open", "patient", "in_room", INSIDE.since, ""),
        ("open", "patient", "media", NOW, ""),
        ("open", "practitioner", "in_room", HOST.since, ""),
    ]
    assert set(change.leases) == {LeaseSet(sid, NOW + LEASE, NOW) for sid in HERE}


def test_what_the_store_believes_they_were_in_ended_when_they_went_on() -> None:
    change = restore_floor(replace(EMPTY, seats=(WAITS, LOBBY)), KNOWN, "here", HERE, NOW, LEASE)
    assert change is not None
    assert change.floor.seats == (INSIDE, HOST)
    assert said(change)[:2] == [
        ("close", "patient", "waiting", INSIDE.since, "restored"),
        ("open", "patient", "in_room", INSIDE.since, ""),
    ]


def test_nothing_is_written_where_nothing_is_missing() -> None:
    assert restore_floor(replace(KNOWN, version=3), KNOWN, "here", HERE, NOW, LEASE) is None
    assert restore_floor(EMPTY, KNOWN, "here", set(), NOW, LEASE) is None


def test_others_are_put_back_by_whoever_knows_the_newest() -> None:
    there = replace(INSIDE, node="there")
    known = replace(KNOWN, seats=(there, HOST))
    change = restore_floor(EMPTY, known, "here", {DOC}, NOW, LEASE)
    assert change is not None
    assert change.floor.seats == (there, HOST)
    older = replace(EMPTY, seats=(WAITS,), version=KNOWN.version, losses=1, restored=KNOWN.version - 1)
    change = restore_floor(older, known, "here", {DOC}, NOW, LEASE)
    assert change is not None
    assert (change.floor.seats, change.floor.losses) == ((WAITS, HOST), 1), "theirs is what they say"
    assert (change.floor.restored, change.above) == (KNOWN.version, KNOWN.version)


def test_what_happened_since_counts() -> None:
    ended = replace(EMPTY, seats=(LOBBY,), version=KNOWN.version + 2)
    assert restore_floor(ended, KNOWN, "here", HERE, NOW, LEASE) is None, "no letter of it came here"
    put_back = replace(ended, losses=1, restored=KNOWN.version)
    assert restore_floor(put_back, KNOWN, "here", HERE, NOW, LEASE) is None, (
        "all was put back, and then it ended"
    )
    twice = replace(KNOWN, losses=2)
    change = restore_floor(replace(put_back, version=1), twice, "here", HERE, NOW, LEASE)
    assert change is not None
    assert change.floor.losses == 3, "it went back to before the first time"


def test_whoever_was_away_may_still_come_back() -> None:
    away = replace(INSIDE, gone_at=NOW - SECOND, media="")
    change = restore_floor(
        replace(EMPTY, seats=(WAITS,)), replace(KNOWN, seats=(away,)), "here", HERE, NOW, LEASE
    )
    assert change is not None
    assert change.floor.seats == (away,)
    assert change.leases == (LeaseSet(PAT, away.gone_at + CALL_GRACE, away.gone_at),)
    assert said(change) == [("close", "patient", "waiting", away.gone_at, "restored")]
    back = restore_floor(
        replace(EMPTY, seats=(replace(WAITS, gone_at=NOW),)), KNOWN, "here", HERE, NOW, LEASE
    )
    assert said(back)[0][:3] == ("open", "patient", "in_room"), "its wait had ended"


def test_whoever_had_left_is_off_it_again() -> None:
    gone = seat(SessionId("mum"), "guest:mum")
    theirs = seat(SessionId("ivo"), "guest:ivo", node="there", since=INSIDE.since)
    change = restore_floor(
        replace(KNOWN, seats=(gone, theirs, INSIDE, HOST)), KNOWN, "here", HERE, NOW, LEASE
    )
    assert change is not None
    assert change.floor.seats == (theirs, INSIDE, HOST)
    assert [(each.sid, each.why) for each in change.floor.departures] == [(gone.sid, "gone")]
    still = restore_floor(
        replace(EMPTY, seats=(gone,)), replace(KNOWN, seats=(gone,)), "here", set(), NOW, LEASE
    )
    assert still is None, "it is known, though not here just now"


def test_the_newest_of_a_persons_seats_counts() -> None:
    before = seat(SessionId("old"), "patient", arrived_at=THEN - SECOND, since=INSIDE.since, node="there")
    change = restore_floor(replace(EMPTY, seats=(before,)), KNOWN, "here", HERE, NOW, LEASE)
    assert change is not None
    assert change.floor.seats == (INSIDE, HOST), "they had moved to this device"
    again = seat(SessionId("new"), "patient", since=NOW, node="there")
    change = restore_floor(replace(EMPTY, seats=(again,)), KNOWN, "here", HERE, NOW, LEASE)
    assert change is not None
    assert change.floor.seats == (again, HOST), "they came again meanwhile"
    host = replace(LOBBY, sid=SessionId("host"), arrived_at=THEN - SECOND)
    change = restore_floor(
        replace(EMPTY, seats=(host, replace(INSIDE, epoch=2))), KNOWN, "here", HERE, NOW, LEASE
    )
    assert change is not None
    assert change.floor.seats == (replace(INSIDE, epoch=2), HOST), "a practitioner sits once"


def test_whoever_was_removed_is_not_in_the_room_again() -> None:
    there = replace(INSIDE, node="there")
    before = replace(KNOWN, seats=(there, HOST), locked=(), version=8)
    known = replace(admission.remove(before, HOST, PAT, NOW - SECOND, LEASE).floor, version=9)
    change = restore_floor(before, known, "here", {DOC}, NOW, LEASE)
    assert change is not None
    assert change.floor.seats == (HOST,)
    assert [(each.sid, each.why, each.node) for each in change.floor.departures] == [
        (PAT, "removed", "there")
    ]
    assert ("close", "patient", "in_room", NOW, "removed") in said(change)
    back = newcomer("again", "patient", ROOM)
    arrived = admission.arrive(change.floor, back, NOW, LEASE, move=True, since=NOW).floor
    assert [seat.state for seat in arrived.seats if seat.person == "patient"] == ["waiting"]
    elsewhere = replace(before, losses=1, restored=7)
    second = restore_floor(elsewhere, known, "here", {DOC}, NOW, LEASE)
    assert second is not None
    assert second.floor.seats == (HOST,), "also where somebody who knew less was first"


def test_a_seat_from_long_before_is_off_it_and_one_from_since_stays() -> None:
    old = seat(SessionId("old"), "guest:mum", node="there")
    new = seat(SessionId("new"), "guest:ivo", node="there", since=INSIDE.since)
    change = restore_floor(replace(EMPTY, seats=(old, new)), KNOWN, "here", HERE, NOW, LEASE)
    assert change is not None
    assert change.floor.seats == (new, INSIDE, HOST)
    assert [(each.sid, each.why) for each in change.floor.departures] == [(old.sid, "gone")]
    nobody = replace(KNOWN, seats=())
    assert restore_floor(replace(EMPTY, seats=(old,)), nobody, "here", set(), NOW, LEASE) is None


def test_versions_tell_what_is_newer_since_the_last_loss() -> None:
    put_back = replace(KNOWN, version=4, losses=1)
    assert is_newer(put_back, KNOWN)
    assert is_newer(KNOWN, replace(KNOWN, version=8))
    assert not is_newer(KNOWN, KNOWN)
