"""What a change of an appointment does to people who are here because of it: told at once, a call too (A2,
C6, D2).
"""

from collections.abc import Mapping

from rooms.errors import Facts
from rooms.ids import AppointmentNo, GrantNo, RoomId
from rooms.records import Appointment, Floor, Seat
from rooms.times import Instant
from rooms.visit.admission import seat_held_by
from rooms.visit.transition import FloorChange, Transition


def _because_of(seat: Seat, number: AppointmentNo) -> bool:
    """Came by this appointment's link or was admitted for it; a practitioner busy with somebody
    else stays.
    """
    if seat.person == "practitioner":
        return False
    return number in (seat.link, seat.appointment)


def ended(
    floor: Floor, appointment: Appointment, why: str, now: Instant, lease: int, **facts: object
) -> FloorChange | None:
    """Everybody here for this appointment is out (`cancelled`, `moved`, `revoked`); None where nobody is."""
    transition = Transition(floor, now, lease)
    for seat in floor.seats:
        if _because_of(seat, appointment.no):
            transition.part(seat, why, facts)
    for seat in floor.seats:
        if seat.person == "practitioner" and seat.link == appointment.no and seat.state == "lobby":
            transition.part(seat, why, facts)
    return transition.floor_change() if len(transition.seats) != len(floor.seats) else None


def put_out(
    floor: Floor,
    appointment: Appointment,
    numbers: frozenset[int],
    why: str,
    now: Instant,
    lease: int,
    *,
    even_busy: bool = False,
    **facts: object,
) -> FloorChange | None:
    """Whoever came by this appointment's link as one of these person numbers is out; None where nobody is.

    A practitioner with somebody in a room stays: whatever this link was worth, the room is theirs (D2).
    `even_busy`: the link itself was revoked, which ends a call too (A2).
    """
    transition = Transition(floor, now, lease)
    for seat in floor.seats:
        is_busy = seat.person == "practitioner" and seat.state != "lobby" and not even_busy
        if seat.link == appointment.no and seat.number in numbers and not is_busy:
            transition.part(seat, why, facts)
    return transition.floor_change() if len(transition.seats) != len(floor.seats) else None


def grant_revoked(floor: Floor, grant: GrantNo, now: Instant, lease: int) -> FloorChange | None:
    """Whoever came by this room link is out, of a call too; None where nobody did (A2)."""
    transition = Transition(floor, now, lease)
    for seat in floor.seats:
        if seat.grant == grant:
            transition.part(seat, "revoked")
    return transition.floor_change() if len(transition.seats) != len(floor.seats) else None


def moved(
    floor: Floor,
    appointment: Appointment,
    room: RoomId,
    now: Instant,
    lease: int,
    *,
    open_now: bool,
    **facts: object,
) -> FloorChange | None:
    """The appointment has other times or another room.

    Where its window is open its people wait anew (a call in the same room goes on), otherwise they are told
    `too_early` or `window_closed` with the new times (CONTRACT, settled details).
    """
    transition = Transition(floor, now, lease)
    changed = False
    for seat in floor.seats:
        if not _because_of(seat, appointment.no) or (open_now and seat.room == room):
            continue
        changed = True
        if open_now and seat_held_by(transition.floor_change().floor, seat.person, room) is not None:
            # The same person waits there already, by another appointment of the day.
            transition.part(seat, "replaced")
        elif open_now:
            transition.shift(seat, "moved", state="waiting", room=room, appointment=seat.link)
        else:
            transition.part(seat, "moved_away", facts)
    return transition.floor_change() if changed else None


def window_closed(
    floor: Floor,
    room: RoomId,
    closed: Mapping[AppointmentNo, Facts],
    whole: Facts | None,
    now: Instant,
    lease: int,
) -> FloorChange | None:
    """Windows of this room have closed: the waiting are told, a call under way is not cut (D2).

    `closed`: the appointments whose own window is closed, with what is told of each; `whole`: what is told
    where no appointment of the room is in its window now, else None. A guest may wait in their own
    appointment's window only. None where nobody was waiting.
    """
    transition = Transition(floor, now, lease)
    for seat in floor.seats:
        if seat.state == "waiting" and seat.room == room:
            own = None if seat.person == "patient" or seat.link is None else closed.get(seat.link)
            facts = own or whole
            if facts is not None:
                transition.part(seat, "window_closed", dict(facts))
    return transition.floor_change() if len(transition.seats) != len(floor.seats) else None
