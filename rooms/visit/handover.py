"""A visit is handed to a colleague, or taken back: its people go over from one practitioner's floor to the
other's (D3).

The practitioners stay where they are, each on their own floor. Whoever goes over keeps session, place,
admission and arrival time; for them it is as if the connection had dropped for a moment.
"""

from collections.abc import Sequence

import msgspec

from rooms.errors import Contradiction
from rooms.ids import RoomId, SessionId
from rooms.records import Entry, Floor, Seat
from rooms.times import Instant
from rooms.visit.admission import go_in
from rooms.visit.room import check_free, check_space, inside
from rooms.visit.transition import FloorChange, Transition


class Handover(msgspec.Struct, frozen=True):
    """What it comes to: two floors in one commit. `moved`: the sessions that went over."""

    room: RoomId
    giving: FloorChange
    taking: FloorChange
    moved: tuple[SessionId, ...]


def hand_over(floor: Floor, host: Seat, to: Floor, now: Instant, lease: int) -> Handover:
    """The visit `host` is in goes to the colleague whose floor is `to`; `host` is in the lobby then.

    Raises `not_admitted` where `host` is in no room.
    """
    room = host.room
    if host.state != "in_room" or room is None:
        raise Contradiction("not_admitted", "This is possible inside the room only.")
    giving, taking = Transition(floor, now, lease), Transition(to, now, lease)
    moved = _carry(giving, taking, room)
    giving.shift(host, "handed_over", state="lobby", room=None, appointment=None)
    return _handover(giving, taking, room, moved)


def take_back(floor: Floor, host: Seat, of: Floor, room: RoomId, now: Instant, lease: int) -> Handover:
    """`host` goes into `room`, whose people are on a colleague's floor `of`, and they come along.

    Raises `handed_over` while a practitioner is inside, `visit_open`, `room_full`.
    """
    check_free(floor, host, room)
    if any(seat.person == "practitioner" for seat in inside(of, room)):
        raise Contradiction("handed_over", "A colleague is in this room now.", room=room)
    check_space(of, room, 1)
    giving, taking = Transition(of, now, lease), Transition(floor, now, lease)
    moved = _carry(giving, taking, room)
    go_in(taking, host, room)
    return _handover(giving, taking, room, moved)


def _carry(giving: Transition, taking: Transition, room: RoomId) -> tuple[SessionId, ...]:
    """In order of arrival, so that whoever came later stays polite towards whoever came earlier."""
    people = [seat for seat in giving.floor.seats if seat.room == room and seat.person != "practitioner"]
    for seat in sorted(people, key=lambda seat: seat.serial):
        giving.carry(seat, taking)
    return tuple(seat.sid for seat in people)


def _handover(giving: Transition, taking: Transition, room: RoomId, moved: tuple[SessionId, ...]) -> Handover:
    """A lock is the room's: it goes over, too."""
    locks = giving.floor.locked
    gives = giving.floor_change(locked=tuple(each for each in locks if each != room))
    known = taking.floor.locked
    takes = taking.floor_change(locked=(*known, room) if room in locks and room not in known else known)
    return Handover(room, gives, takes, moved)


def awaits_colleague(ledger: Sequence[Entry]) -> bool:
    """Whether the last practitioner to be in the room left it by handing it over, and nobody came since: the
    call under way waits for the colleague, whatever the window (D2).
    """
    inside_last = [entry for entry in ledger if entry.person == "practitioner" and entry.state == "in_room"]
    return bool(inside_last) and (inside_last[-1].kind, inside_last[-1].why) == ("close", "handed_over")
