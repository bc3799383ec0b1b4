"""Who gets a seat, who is let in, and how every seat ends: the transition table of signalling/PROTOCOL.md as
pure functions.

Each takes a floor and answers a `FloorChange`, or raises a refusal and nothing has changed. `now` and lengths
are milliseconds.
"""

import hmac

import msgspec

from rooms.errors import Contradiction, LinkRefused
from rooms.ids import AppointmentNo, GrantNo, RoomId, SessionId
from rooms.records import DeviceCheck, Entry, Floor, Seat
from rooms.times import MINUTE, Instant
from rooms.visit.room import check_free, check_space, companion, find, inside, whose_seat
from rooms.visit.transition import FloorChange, Transition, grace


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


def seat_held_by(floor: Floor, person: str, room: RoomId | None) -> Seat | None:
    """Who has this seat."""
    wanted = whose_seat(person, room)
    return next((seat for seat in floor.seats if whose_seat(seat.person, seat.room) == wanted), None)


def is_within_grace(seat: Seat, now: Instant, since: Instant = 0) -> bool:
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
) -> FloorChange:
    """Take a seat: `waiting`, a practitioner `lobby`, or the place of one's own other device (D6, D7).

    `lapsed` is the last sign of life of the present holder when its lease has run out unseen; `since` as in
    `is_within_grace`.
    Raises `elsewhere` while the other device's socket is open and `move` was not said.
    """
    transition = Transition(floor, now, lease)
    old = seat_held_by(floor, new.person, new.room)
    seat = _fresh(new, floor.serial + 1, now)
    # Whoever comes back after a lift, a dead battery or a reload has a link and no session, and must not be
    # last in line for it. Where the old socket is known to be gone, or its process died and said nothing
    # (`lapsed`), there is nobody to ask: place and arrival time go over. Where it is open it may be another
    # device in other hands, so that they are asked first. After the grace the place is nobody's, and
    # whoever comes waits like everybody. In any case the old session is over: were it only forgotten, its
    # socket could still speak, and there would be two of one person.
    if old is not None:
        if not old.gone_at and lapsed is not None:
            old = transition.disconnect(old, lapsed, "lapsed")
        if not old.gone_at and not move:
            raise LinkRefused("elsewhere", "You are already here on another device. Move here?")
        if is_within_grace(old, now, since):
            seat = _in_place_of(old, seat)
        transition.part(old, "replaced")
    transition.sit(seat)
    transition.serial = seat.serial
    return transition.floor_change()


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
) -> FloorChange:
    """Come back to a session after a drop; the epoch grows, so that the old socket cannot speak for it any
    more.

    `seen` is the last inbound frame of a session whose drop nobody has written down yet; `since` as in
    `is_within_grace`. Raises `resume_refused`.
    """
    seat = find(floor, sid)
    if seat is None or not hmac.compare_digest(seat.key, key) or not is_within_grace(seat, now, since):
        raise LinkRefused("resume_refused", "This session is over. Use the link again.")
    transition = Transition(floor, now, lease)
    # A phone that goes from Wi-Fi to 4G is back before the old socket looks dead here, which takes up to 25
    # s. So a resume does not wait for the drop: it writes the drop down, as of the last frame that came in,
    # and the return in the same commit. When the old socket's end is noticed at last, it speaks for an
    # older epoch and ends nothing (`mine`). Nothing is counted twice, and a gap that nobody could have seen
    # is not called presence.
    if not seat.gone_at:
        seat = transition.disconnect(seat, now if seen is None else seen, "dropped")
    transition.back(seat, node=node, epoch=seat.epoch + 1)
    return transition.floor_change()


def mine(floor: Floor, sid: SessionId, epoch: int) -> Seat:
    """The seat a socket speaks for. Raises `replaced` where a newer socket does, or the seat is over."""
    seat = find(floor, sid)
    if seat is None or seat.epoch != epoch:
        raise Contradiction("replaced", "A newer connection has taken this place.")
    return seat


def disconnect(
    floor: Floor, me: Seat, seen: Instant, now: Instant, lease: int, why: str = "dropped"
) -> FloorChange:
    """The socket closed; `seen` is its last inbound frame."""
    transition = Transition(floor, now, lease)
    transition.disconnect(me, seen, why)
    return transition.floor_change()


def lapse(
    floor: Floor, sid: SessionId, seen: Instant, now: Instant, lease: int, since: Instant = 0
) -> FloorChange:
    """A lease ran out: of a socket whose process died (its intervals end at `seen`), or of a grace (the seat
    ends). `since` as in `is_within_grace`.
    """
    transition = Transition(floor, now, lease)
    seat = transition.seats.get(sid)
    if seat is None:
        return FloorChange(floor)
    if not seat.gone_at:
        seat = transition.disconnect(seat, seen, "lapsed")
    if is_within_grace(seat, now, since):
        transition.look_again(seat, max(seat.gone_at, since) + grace(seat))
    else:
        transition.part(seat, "gone")
    return transition.floor_change()


def leave(floor: Floor, me: Seat, now: Instant, lease: int) -> FloorChange:
    """Give up place and admission (D5: leaving is not being absent)."""
    transition = Transition(floor, now, lease)
    transition.part(me, "left")
    return transition.floor_change()


def admit(
    floor: Floor, host: Seat, person: str, room: RoomId, appointment: AppointmentNo, now: Instant, lease: int
) -> FloorChange:
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
    transition = Transition(floor, now, lease)
    go_in(transition, host, room)
    transition.shift(guest, "admitted", state="in_room", appointment=appointment)
    return transition.floor_change()


def enter(floor: Floor, host: Seat, room: RoomId, now: Instant, lease: int) -> FloorChange:
    """The practitioner goes into a room whose window is open. Raises `visit_open`, `room_full`."""
    check_free(floor, host, room)
    if not _is_inside(host, room):
        check_space(floor, room, 1)
    transition = Transition(floor, now, lease)
    go_in(transition, host, room)
    return transition.floor_change()


def _is_inside(host: Seat, room: RoomId) -> bool:
    return host.state == "in_room" and host.room == room


def go_in(transition: Transition, host: Seat, room: RoomId) -> None:
    """Where the practitioner is not there yet. The caller has checked that there is space."""
    if not _is_inside(host, room):
        transition.shift(host, "entered", state="in_room", room=room, appointment=None)


def send_back(floor: Floor, host: Seat, sid: str, now: Instant, lease: int) -> FloorChange:
    """Somebody in the room waits again, with the arrival time kept. Raises `peer_not_found`, `forbidden`."""
    seat = _visitor(companion(floor, host, sid))
    transition = Transition(floor, now, lease)
    transition.shift(seat, "sent_back", state="waiting", appointment=seat.link)
    return transition.floor_change()


def remove(floor: Floor, host: Seat, sid: str, now: Instant, lease: int) -> FloorChange:
    """Somebody in the room or the queue is out. Raises `peer_not_found`, `forbidden`."""
    seat = next((seat for seat in floor.seats if seat.sid == sid and seat.state == "waiting"), None)
    seat = seat or _visitor(companion(floor, host, sid))
    transition = Transition(floor, now, lease)
    transition.part(seat, "removed")
    return transition.floor_change()


def _visitor(seat: Seat) -> Seat:
    if seat.person == "practitioner":
        raise Contradiction("peer_not_found", "This person cannot be sent out.")
    return seat


def lock(floor: Floor, host: Seat, on: bool) -> FloorChange:
    """While a room is locked nobody is admitted to it."""
    rest = tuple(room for room in floor.locked if room != host.room)
    return FloorChange(
        msgspec.structs.replace(floor, locked=(*rest, host.room) if on and host.room else rest)
    )


def running_late(floor: Floor, minutes: float, now: Instant) -> FloorChange:
    """The waiting are told until when; 0 takes it back (D5)."""
    return FloorChange(
        msgspec.structs.replace(floor, late_until=now + round(minutes * MINUTE) if minutes else 0)
    )


def end(floor: Floor, host: Seat, now: Instant, lease: int, *, done: bool) -> FloorChange:
    """Empty the room; with `done` the practitioner says the visit was carried out (F3 a)."""
    transition = Transition(floor, now, lease)
    why = "done" if done else "ended"
    room = host.room
    if done and room is not None:
        transition.note(room, Entry(kind="done", at=now, person="practitioner", sid=host.sid))
    for seat in inside(floor, room):
        if seat.sid != host.sid:
            transition.part(seat, "ended", {"why": why})
    transition.shift(host, why, state="lobby", room=None, appointment=None)
    return transition.floor_change(locked=tuple(locked for locked in floor.locked if locked != room))


def media(floor: Floor, me: Seat, value: str, now: Instant, lease: int) -> FloorChange | None:
    """Media connected or failed for `me`; None where that is known already."""
    if me.media == value:
        return None
    transition = Transition(floor, now, lease)
    transition.media(me, value)
    return transition.floor_change()
