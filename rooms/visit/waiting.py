"""The waiting room is a snapshot: who waits with this practitioner, in order, and what each is
told (D3, D5).
"""

from collections.abc import Container

import msgspec

from rooms.ids import SessionId
from rooms.policy import Policy
from rooms.records import Floor, Seat
from rooms.times import Instant


def queue(floor: Floor, also: Container[SessionId] = ()) -> list[Seat]:
    """Everybody waiting with this practitioner across the day, and `also` these; whoever came first first."""
    return sorted(
        (seat for seat in floor.seats if seat.state == "waiting" or seat.sid in also),
        key=lambda seat: (seat.arrived_at, seat.serial),
    )


class Position(msgspec.Struct, frozen=True):
    """What a waiting person is told. `running_late`: until when, or None. `phone`: the clinic's, after a long
    wait.
    """

    position: int
    practitioner_here: bool
    running_late: Instant | None
    phone: str | None


class WaitingOrder:
    """A floor's queue, put in order once for everybody who is told their place in it."""

    def __init__(self, floor: Floor) -> None:
        self._positions = {seat.sid: position for position, seat in enumerate(queue(floor), 1)}
        self._here = any(seat.person == "practitioner" and not seat.gone_at for seat in floor.seats)
        self._late_until = floor.late_until

    def position(self, me: Seat, policy: Policy, phone: str | None, now: Instant) -> Position:
        """Where `me` stands. Only somebody waiting may ask."""
        late = self._late_until if self._late_until > now else None
        long_wait = now - me.arrived_at >= policy.absent_after
        return Position(self._positions[me.sid], self._here, late, phone if long_wait else None)
