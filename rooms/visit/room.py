"""Who is in a room, and what everybody there may know of the others (D8, E1)."""

from collections.abc import Sequence

from rooms.errors import Contradiction
from rooms.ids import RoomId, SessionId
from rooms.policy import CALL_GRACE, ROOM_SEATS
from rooms.records import Entry, Floor, Seat
from rooms.times import Instant


def inside(floor: Floor, room: RoomId | None) -> list[Seat]:
    """Everybody in the room in order of arrival, those away within their grace included (D8: no ghosts,
    nobody hidden).
    """
    return sorted(
        (seat for seat in floor.seats if seat.state == "in_room" and seat.room == room),
        key=lambda seat: seat.serial,
    )


def others(floor: Floor, me: Seat) -> list[Seat]:
    """The people `me` is with. Nobody, unless `me` is in the room: a waiting socket learns nothing of it
    (RELIABILITY 3).
    """
    return [seat for seat in inside(floor, me.room) if seat.sid != me.sid] if me.state == "in_room" else []


def polite(me: Seat, other: Seat) -> bool:
    """Whether `me` is polite towards `other` in perfect negotiation: whoever came later is (W3C WebRTC,
    exactly one of two).
    """
    return me.serial > other.serial


def whose_seat(person: str, room: RoomId | None) -> tuple[str, RoomId | None]:
    """Of one floor, whose seat it is: a practitioner has one, whatever room it is in; others one a room
    (CONTRACT).
    """
    return person, None if person == "practitioner" else room


def find(floor: Floor, sid: SessionId) -> Seat | None:
    """The seat of a session."""
    return next((seat for seat in floor.seats if seat.sid == sid), None)


def companion(floor: Floor, me: Seat, sid: str) -> Seat:
    """Somebody else in the same room. Raises `peer_not_found`, also for people of other rooms."""
    for seat in others(floor, me):
        if seat.sid == sid:
            return seat
    raise Contradiction("peer_not_found", "This person is not in the room.")


def left_just_now(ledger: Sequence[Entry], person: str, now: Instant, since: Instant = 0) -> bool:
    """Whether the last time this person was in the room ended less than the grace ago (D2); `since` as in
    `rooms.visit.admission.is_within_grace`.
    """
    ends = [
        entry.at
        for entry in ledger
        if entry.kind == "close" and entry.state == "in_room" and entry.person == person
    ]
    return bool(ends) and now - max(*ends, since) < CALL_GRACE


def check_space(floor: Floor, room: RoomId, coming: int) -> None:
    """Raises `room_full` where `coming` more would not fit (E1)."""
    if len(inside(floor, room)) + coming > ROOM_SEATS:
        raise Contradiction("room_full", f"The room holds {ROOM_SEATS} people.", seats=ROOM_SEATS)


def check_free(floor: Floor, host: Seat, room: RoomId) -> None:
    """Raises `visit_open` while this practitioner is still with somebody in another room (D4)."""
    if host.room != room and any(seat.person != "practitioner" for seat in others(floor, host)):
        raise Contradiction(
            "visit_open", "End the visit you are in before you admit somebody else.", room=host.room
        )
