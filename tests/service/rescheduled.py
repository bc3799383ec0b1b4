"""Moves of appointments, and clashes, in few words."""

from typing import Any

import pytest

from rooms.errors import Contradiction
from rooms.records import Appointment, Departure, Floor
from rooms.service.idempotency import Act, Actor
from rooms.service.live.hello import Entered
from rooms.service.load import LoadedAppointment
from rooms.times import MINUTE
from tests.service.front import Front
from tests.support.builders import at


async def reschedule(
    front: Front, id: str, starts: str, minutes: int = 30, by: Any = "staff", keep: Any = None
) -> LoadedAppointment:
    start = at(starts)
    return await front.reschedules.reschedule(
        Act(front.desk.id, front.desk.now, Actor(by), keep=keep),
        id,
        starts_at=start,
        ends_at=start + minutes * MINUTE,
    )


async def reallocate(
    front: Front, id: str, starts: str | None = None, *, seat: str | None = None, **other: Any
) -> Appointment:
    reason, keep = other.pop("reason", "two at once"), other.pop("keep", None)
    wanted: dict[str, Any] = {"practitioner": None, "ends_at": None} | other
    done = await front.reschedules.reallocate(
        Act(front.desk.id, front.desk.now, Actor("staff"), reason, keep),
        id,
        starts_at=None if starts is None else at(starts),
        seat=seat,
        **wanted,
    )
    return done.appointment


async def unplaced(front: Front, id: str, starts: str, **asked: Any) -> None:
    """A sync that finds somebody else in its way."""
    with pytest.raises(Contradiction, match="slot_taken"):
        await front.desk.book(id, starts, **asked)


async def waits(front: Front, id: str) -> bool:
    """Whether it still does, among the clashes."""
    return await front.store.clash(front.desk.id, id) is not None


async def floor(front: Front, practitioner: str = "dr-lee") -> Floor:
    number = (await front.desk.practitioners.get(front.desk.id, practitioner)).no
    return await front.store.floor(front.desk.id, number)


async def gone(front: Front, entered: Entered, practitioner: str = "dr-lee") -> Departure:
    there = await floor(front, practitioner)
    return next(each for each in there.departures if each.sid == entered.here.sid)
