"""Presence announced anew, after the store came back without the last of what it had acknowledged
(RELIABILITY 4): whoever is connected is on the floor again as they were, so that a pair stays in its room.

The process that finds it puts the whole floor back as it was last shown, so that nobody sees the others go.
Every other does the same for its own sessions, of which it knows best. Whoever had left, or was removed, does
not come back by it: a seat that is over is off the floor at once, whatever process it was on, or its person's
next hello would take it over with its admission (I4). What nobody can say any more, such as when a wait ended
that was written down and forgotten, is for a person to settle: an outage stands over that time
(`Store.note_loss`).
"""

from collections.abc import Collection

from msgspec.structs import replace

from rooms.ids import SessionId
from rooms.records import Floor, Seat
from rooms.times import Instant
from rooms.visit.room import whose_seat
from rooms.visit.transition import FloorChange, Transition


def restore_floor(
    floor: Floor, known: Floor, node: str, here: Collection[SessionId], now: Instant, lease: int
) -> FloorChange | None:
    """`floor` is what the store has, `known` what it had; `here` are the sessions kept on this process, which
    is `node`. None: nothing is missing.
    """
    is_first = floor.losses <= known.losses
    if not is_behind(floor, known):
        return None
    transition = Transition(floor, now, lease)
    # Where somebody has announced before, of others what they say counts.
    again = [seat for seat in known.seats if (seat.sid in here if seat.node == node else is_first)]
    for stale in [seat for seat in floor.seats if seat.sid not in here and _is_over(seat, known, node)]:
        gone = next((each for each in known.departures if each.sid == stale.sid), None)
        transition.part(stale, gone.why if gone else "gone", gone.facts if gone else None)
    for seat in again:
        _seat_again(transition, seat)
    if tuple(transition.seats.values()) == floor.seats:
        return None
    transition.serial = max(floor.serial, known.serial)
    losses = known.losses + 1 if is_first else floor.losses
    restored = max(known.version, floor.restored)
    change = transition.floor_change(
        locked=known.locked, late_until=known.late_until, losses=losses, restored=restored
    )
    return replace(change, above=restored)


def is_behind(floor: Floor, known: Floor) -> bool:
    """Whether the store's floor lacks something that was known: it went back, or was put back by somebody who
    knew an older state. Where it went on since, what happened then counts.
    """
    if floor.losses <= known.losses:
        return floor.version <= known.version
    return floor.restored < known.version


def is_newer(floor: Floor, other: Floor) -> bool:
    """Whether it came after the other: of what was written since data was last lost, versions tell."""
    return (floor.losses, floor.version) > (other.losses, other.version)


def _is_over(seat: Seat, known: Floor, node: str) -> bool:
    """It had ended when the store went back to a time before that. Another process may have taken somebody in
    of whom nothing is known here, but not before the newest of what is known.
    """
    if any(each.sid == seat.sid for each in known.seats):
        return False
    return seat.node == node or seat.since < _newest(known)


def _newest(known: Floor) -> Instant:
    """The last instant at which something happened on it."""
    instants = [max(seat.since, seat.gone_at) for seat in known.seats]
    return max([*instants, *(gone.at for gone in known.departures)], default=0)


def _seat_again(transition: Transition, seat: Seat) -> None:
    there = transition.seats.get(seat.sid)
    if there is not None and (there.epoch > seat.epoch or there == seat):
        return
    for other in [each for each in transition.seats.values() if _is_same_place(each, seat)]:
        if other.since > seat.since:
            return  # they came again, before this was said; arrival goes over with the place
        transition.part(other, "replaced")
    transition.restore(seat)


def _is_same_place(other: Seat, seat: Seat) -> bool:
    return other.sid != seat.sid and whose_seat(other.person, other.room) == whose_seat(
        seat.person, seat.room
    )
