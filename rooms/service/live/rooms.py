"""A room by its id, as a practitioner knows it: the appointments in it, and whether it is open now (D2)."""

from collections.abc import Sequence

from rooms.access.window import LONGEST_LOOK_BACK, Open, TooEarly, judge, of
from rooms.errors import Contradiction
from rooms.ids import RoomId
from rooms.policy import LONGEST_MARGIN
from rooms.ports import Store
from rooms.records import Appointment, Clinic
from rooms.service.load import pages
from rooms.service.outcomes.load import COUNTING_STATUSES
from rooms.service.transaction import Here
from rooms.times import DAY, Instant, show

LOOK_AHEAD = LONGEST_MARGIN + DAY
"""Milliseconds. A room is of one clinic-local day: of one that is open, what is still to come that day."""


async def appointments_in(store: Store, here: Here, room: RoomId, now: Instant) -> list[Appointment]:
    """The appointments near `now` of one of this practitioner's rooms, or of one handed to them; those that
    have their outcome already, too.

    Near is what can matter to a room that is open: what began long ago may go on, for a visit may last 8
    hours and its window longer (`LONGEST_LOOK_BACK`); what is to come belongs to the room only on its own
    clinic-local day (`LOOK_AHEAD`). One that has its outcome is among them, since a call that goes on after
    its outcome is in this room all the same.
    """
    near = pages(
        store,
        here.clinic,
        now - LONGEST_LOOK_BACK,
        end=now + LOOK_AHEAD,
        practitioner=here.practitioner,
        handed=True,
    )
    return [
        each async for page in near for each in page if each.room == room and each.status in COUNTING_STATUSES
    ]


def check_open(clinic: Clinic, found: Sequence[Appointment], now: Instant) -> None:
    """Raises `room_unknown` where there is none that is confirmed, `too_early`, `window_closed`."""
    live = [each for each in found if each.status == "confirmed"]
    if not live:
        raise Contradiction("room_unknown", "There is no such room on this day.")
    verdict = judge([of(each, clinic.policy) for each in live], now)
    if isinstance(verdict, Open):
        return
    facts = {"opens_at": show(verdict.window.opens_at), "closes_at": show(verdict.window.closes_at)}
    if isinstance(verdict, TooEarly):
        raise Contradiction("too_early", "This room is not open yet.", **facts)
    raise Contradiction("window_closed", "This room has closed.", **facts)
