"""Moves of appointments, and clashes, in few words."""

from typing import Any

import pytest

from rooms.errors import Contradiction
from rooms.records import Appointment, Departure, Floor
from rooms.service.live.commands import Entered
from rooms.service.load import LoadedAppointment
from rooms.times import MINUTE
from tests.service.front import Front
from tests.support.builders import at


async def reschedule(
    front: Front, id: str, starts: str, minutes: int = 30, by: Any = "staff", **other: Any
) -> LoadedAppointment:
    start = at(starts)
    return await front.reschedules.reschedule(
        front.desk.id,
        id,
        starts_at=start,
        ends_at=start + minutes * MINUTE,
        by=by,
        now=front.desk.now,
        **other,
    )


async def reallocate(
    front: Front, id: str, starts: str | None = None, *, seat: str | None = None, **other: Any
) -> Appointment:
    wanted: dict[str, Any] = {"practitioner": None, "ends_at": None, "reason": "two at once"} | other
    done = await front.reschedules.reallocate(
        front.desk.id,
        id,
        starts_at=None if starts is None else at(starts),
        seat=seat,
        by="staff",
        now=front.desk.now,
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
