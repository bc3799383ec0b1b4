"""Who gets a seat, who is let in, and how every seat ends: the transition table of signalling/PROTOCOL.md as
pure functions.

Each takes a floor and answers a `Turn`, or raises a refusal and nothing has changed. `now` and lengths are
milliseconds.
"""

import hmac

import msgspec

from rooms.errors import Contradiction, LinkRefused
from rooms.ids import AppointmentNo, GrantNo, RoomId, SessionId
from rooms.records import DeviceCheck, Entry, Floor, Seat
from rooms.times import MINUTE, Instant
from rooms.visit.draft import Draft, Turn, grace
from rooms.visit.room import check_free, check_space, companion, find, inside


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose token and window were found good. Room and role come from the token (RELIABILITY, rule
    5).
    """

    sid: SessionId
    key: str
    person: str
    number: int
    room: RoomId | None
    appointment: AppointmentNo | None
    device: str
    node: str
    grant: GrantNo | None = None
    tested: DeviceCheck | None = None


def holder(floor: Floor, person: str, room: RoomId | None) -> Seat | None:
    """Who has this seat: room and person, and for a practitioner the clinic and the practitioner
    (CONTRACT).
    """
    return next(
        (
            seat
            for seat in floor.seats
            if seat.person == person and (person == "practitioner" or seat.room == room)
        ),
        None,
    )


def kept(seat: Seat, now: Instant, since: Instant = 0) -> bool:
    """Whether the seat's person is here or away for less than the grace (D6).

    The grace is time to come back in. It begins at `since` where nobody could before: the server or its
    Redis was gone, and a call goes on without them (E6).
    """
    return not seat.gone_at or now - max(seat.gone_at, since) < grace(seat)


def arrive(
    floor: Floor,
    new: Newcomer,
    now: Instant,
    lease: int,
    *,
    move: bool,
    lapsed: Instant | None = None,
    since: Instant = 0,
) -> Turn:
    """Take a seat: `waiting`, a practitioner `lobby`, or the place of one's own other device (D6, D7).

    `lapsed` is the last sign of life of the present holder when its lease has run out unseen; `since` as in
    `kept`.
    Raises `elsewhere` while the other device's socket is open and `move` was not said.
    """
    draft = Draft(floor, now, lease)
    old = holder(floor, new.person, new.room)
    seat = _fresh(new, floor.serial + 1, now)
    if old is not None:
        if not old.gone_at and lapsed is not None:
            old = draft.drop(old, lapsed, "lapsed")
        if not old.gone_at and not move:
            raise LinkRefused("elsewhere", "You are already here on another device. Move here?")
        if kept(old, now, since):
            seat = _in_place_of(old, seat)
        draft.part(old, "replaced")
    draft.sit(seat)
    draft.serial = seat.serial
    return draft.turn()


def _fresh(new: Newcomer, serial: int, now: Instant) -> Seat:
    return Seat(
        sid=new.sid,
        key=new.key,
        person=new.person,
        number=new.number,
        serial=serial,
        state="lobby" if new.person == "practitioner" else "waiting",
        node=new.node,
        epoch=1,
        arrived_at=now,
        since=now,
        room=new.room,
        appointment=new.appointment,
        link=new.appointment,
        device=new.device,
        grant=new.grant,
        tested=new.tested,
    )


def _in_place_of(old: Seat, seat: Seat) -> Seat:
    """Arrival time and admission go over; a practitioner always lands in the lobby (CONTRACT, settled
    details).
    """
    if old.person == "practitioner":
        return msgspec.structs.replace(seat, arrived_at=old.arrived_at)
    return msgspec.structs.replace(
        seat, arrived_at=old.arrived_at, state=old.state, room=old.room, appointment=old.appointment
    )


def resume(
    floor: Floor,
    sid: SessionId,
    key: str,
    node: str,
    now: Instant,
    lease: int,
    seen: Instant | None,
    since: Instant = 0,
) -> Turn:
    """Come back to a session after a drop; the epoch grows, so that the old socket cannot speak for it any
    more.

    `seen` is the last inbound frame of a session whose drop nobody has written down yet; `since` as in
    `kept`. Raises `resume_refused`.
    """
    seat = find(floor, sid)
    if seat is None or not hmac.compare_digest(seat.key, key) or not kept(seat, now, since):
        raise LinkRefused("resume_refused", "This session is over. Use the link again.")
    draft = Draft(floor, now, lease)
    if not seat.gone_at:
        seat = draft.drop(seat, now if seen is None else seen, "dropped")
    draft.back(seat, node=node, epoch=seat.epoch + 1)
    return draft.turn()


def mine(floor: Floor, sid: SessionId, epoch: int) -> Seat:
    """The seat a socket speaks for. Raises `replaced` where a newer socket does, or the seat is over."""
    seat = find(floor, sid)
    if seat is None or seat.epoch != epoch:
        raise Contradiction("replaced", "A newer connection has taken this place.")
    return seat


def drop(floor: Floor, me: Seat, seen: Instant, now: Instant, lease: int, why: str = "dropped") -> Turn:
    """The socket closed; `seen` is its last inbound frame."""
    draft = Draft(floor, now, lease)
    draft.drop(me, seen, why)
    return draft.turn()


def lapse(floor: Floor, sid: SessionId, seen: Instant, now: Instant, lease: int, since: Instant = 0) -> Turn:
    """A lease ran out: of a socket whose process died (its intervals end at `seen`), or of a grace (the seat
    ends). `since` as in `kept`.
    """
    draft = Draft(floor, now, lease)
    seat = draft.seats.get(sid)
    if seat is None:
        return Turn(floor)
    if not seat.gone_at:
        seat = draft.drop(seat, seen, "lapsed")
    if kept(seat, now, since):
        draft.look_again(seat, max(seat.gone_at, since) + grace(seat))
    else:
        draft.part(seat, "gone")
    return draft.turn()


def leave(floor: Floor, me: Seat, now: Instant, lease: int) -> Turn:
    """Give up place and admission (D5: leaving is not being absent)."""
    draft = Draft(floor, now, lease)
    draft.part(me, "left")
    return draft.turn()


def admit(
    floor: Floor, host: Seat, person: str, room: RoomId, appointment: AppointmentNo, now: Instant, lease: int
) -> Turn:
    """Let exactly one waiting person in, and go in oneself (D4).

    Raises `not_waiting`, `visit_open`, `room_locked`, `room_full`.
    """
    guest = next(
        (s for s in floor.seats if s.state == "waiting" and s.room == room and s.person == person), None
    )
    if guest is None:
        raise Contradiction("not_waiting", "Nobody like that is waiting for this appointment.")
    check_free(floor, host, room)
    if room in floor.locked:
        raise Contradiction("room_locked", "The room is locked. Unlock it first.")
    check_space(floor, room, 1 if _is_inside(host, room) else 2)
    draft = Draft(floor, now, lease)
    go_in(draft, host, room)
    draft.shift(guest, "admitted", state="in_room", appointment=appointment)
    return draft.turn()


def enter(floor: Floor, host: Seat, room: RoomId, now: Instant, lease: int) -> Turn:
    """The practitioner goes into a room whose window is open. Raises `visit_open`, `room_full`."""
    check_free(floor, host, room)
    if not _is_inside(host, room):
        check_space(floor, room, 1)
    draft = Draft(floor, now, lease)
    go_in(draft, host, room)
    return draft.turn()


def _is_inside(host: Seat, room: RoomId) -> bool:
    return host.state == "in_room" and host.room == room


def go_in(draft: Draft, host: Seat, room: RoomId) -> None:
    """Where the practitioner is not there yet. The caller has checked that there is space."""
    if not _is_inside(host, room):
        draft.shift(host, "entered", state="in_room", room=room, appointment=None)


def send_back(floor: Floor, host: Seat, sid: str, now: Instant, lease: int) -> Turn:
    """Somebody in the room waits again, with the arrival time kept. Raises `peer_not_found`, `forbidden`."""
    seat = _visitor(companion(floor, host, sid))
    draft = Draft(floor, now, lease)
    draft.shift(seat, "sent_back", state="waiting", appointment=seat.link)
    return draft.turn()


def remove(floor: Floor, host: Seat, sid: str, now: Instant, lease: int) -> Turn:
    """Somebody in the room or the queue is out. Raises `peer_not_found`, `forbidden`."""
    seat = next((seat for seat in floor.seats if seat.sid == sid and seat.state == "waiting"), None)
    seat = seat or _visitor(companion(floor, host, sid))
    draft = Draft(floor, now, lease)
    draft.part(seat, "removed")
    return draft.turn()


def _visitor(seat: Seat) -> Seat:
    if seat.person == "practitioner":
        raise Contradiction("peer_not_found", "This person cannot be sent out.")
    return seat


def lock(floor: Floor, host: Seat, on: bool) -> Turn:
    """While a room is locked nobody is admitted to it."""
    rest = tuple(room for room in floor.locked if room != host.room)
    return Turn(msgspec.structs.replace(floor, locked=(*rest, host.room) if on and host.room else rest))


def running_late(floor: Floor, minutes: float, now: Instant) -> Turn:
    """The waiting are told until when; 0 takes it back (D5)."""
    return Turn(msgspec.structs.replace(floor, late_until=now + round(minutes * MINUTE) if minutes else 0))


def end(floor: Floor, host: Seat, now: Instant, lease: int, *, done: bool) -> Turn:
    """Empty the room; with `done` the practitioner says the visit was carried out (F3 a)."""
    draft = Draft(floor, now, lease)
    why = "done" if done else "ended"
    room = host.room
    if done and room is not None:
        draft.note(room, Entry(kind="done", at=now, person="practitioner", sid=host.sid))
    for seat in inside(floor, room):
        if seat.sid != host.sid:
            draft.part(seat, "ended", {"why": why})
    draft.shift(host, why, state="lobby", room=None, appointment=None)
    return draft.turn(locked=tuple(locked for locked in floor.locked if locked != room))


def media(floor: Floor, me: Seat, value: str, now: Instant, lease: int) -> Turn | None:
    """Media connected or failed for `me`; None where that is known already."""
    if me.media == value:
        return None
    draft = Draft(floor, now, lease)
    draft.media(me, value)
    return draft.turn()
