"""The booking page and the practice's own pages on a desk: hours, holds, moves, outcomes by hand."""

from typing import Any

import pytest

from rooms.calendar import DayException, WeeklyHours
from rooms.changes import Remember
from rooms.errors import Refusal
from rooms.records import Appointment, By, Step
from rooms.service.administration.people import PatientDetails
from rooms.service.appointments.reschedule import Reschedules
from rooms.service.booking.availability import Availability, HoursChanged
from rooms.service.booking.confirm_hold import HoldActs
from rooms.service.booking.free_slots import FreeSlots, Offer
from rooms.service.booking.holds import HoldRequest, Holds, OwnHold
from rooms.service.idempotency import Act, Actor, Keep
from rooms.service.load import LoadedAppointment
from rooms.service.outcomes.by_hand import OutcomeByHand
from rooms.times import MINUTE, Instant
from tests.support.builders import DAY, at
from tests.support.desk import Desk

SATURDAY = 5
"""The builders' day."""

KIM = PatientDetails(name="Kim Ro", email="kim@mail.example", phone="+1 555 0100")
ANSWER = Remember("f" * 64, "e" * 64, 200, b"{}")


def keep(_: object) -> Remember:
    """What a command's answer is kept as."""
    return ANSWER


def a_window(start: float = 9, end: float = 17, **other: Any) -> WeeklyHours:
    """Saturday's, in hours, with slots of thirty minutes."""
    wanted: dict[str, Any] = {"weekday": SATURDAY, "slot_minutes": 30} | other
    return WeeklyHours(id="", start_minute=round(start * 60), end_minute=round(end * 60), **wanted)


def closed(start: int = 0, end: int = 24, *, day: str = DAY, **other: Any) -> DayException:
    """Hours of that day, or with `kind` `extra` beside the others."""
    wanted: dict[str, Any] = {"kind": "closed"} | other
    return DayException(id="", date=day, start_minute=start * 60, end_minute=end * 60, **wanted)


class Front:
    """`client` "home" is one visitor of the public page; None is the clinic's own key."""

    def __init__(self, desk: Desk) -> None:
        store, bus = desk.store, desk.bus
        self.desk, self.store = desk, store
        self.holds, self.hold_acts, self.free_slots = (
            Holds(store, bus),
            HoldActs(store, bus),
            FreeSlots(store),
        )
        self.reschedules, self.by_hand = Reschedules(store, bus, desk.appointments), OutcomeByHand(store)
        self.hours = Availability(store)

    async def opens(
        self, start: float = 9, end: float = 17, *, practitioner: str = "dr-lee", **other: Any
    ) -> WeeklyHours:
        """The new hours."""
        window = a_window(start, end, **other)
        made = await self.hours.add_window(
            Act(self.desk.id, self.desk.now), practitioner, window, dry_run=False
        )
        assert made.window is not None
        return made.window

    async def except_for(
        self, exception: DayException, *, dry_run: bool = False, keep: Keep[HoursChanged] | None = None
    ) -> HoursChanged:
        """A day that is not as the others."""
        act = Act(self.desk.id, self.desk.now, keep=keep)
        return await self.hours.add_exception(act, "dr-lee", exception, dry_run=dry_run)

    async def hold(
        self,
        starts: str = "10:00",
        *,
        client: str | None = "home",
        by: By = "patient",
        practitioner: str = "dr-lee",
        type: str = "consult",
        patient: str | None = None,
        keep: Keep[OwnHold] | None = None,
    ) -> OwnHold:
        """By a visitor one of the slots; by the clinic whatever it wants."""
        asked = HoldRequest(
            practitioner=practitioner,
            type=type,
            starts_at=at(starts),
            patient=patient,
            client=client,
            offered_only=client is not None,
        )
        return await self.holds.hold(Act(self.desk.id, self.desk.now, Actor(by), keep=keep), asked)

    async def confirm(
        self,
        held: OwnHold,
        details: PatientDetails | None = KIM,
        *,
        by: By = "patient",
        keep: Keep[LoadedAppointment] | None = None,
    ) -> LoadedAppointment:
        """With its secret."""
        id, secret = held.seen.appointment.id, held.secret
        return await self.hold_acts.confirm(
            Act(self.desk.id, self.desk.now, Actor(by), keep=keep), id, secret, details
        )

    async def extend(self, held: OwnHold, keep: Keep[OwnHold] | None = None) -> OwnHold:
        id, secret = held.seen.appointment.id, held.secret
        return await self.hold_acts.extend(
            Act(self.desk.id, self.desk.now, Actor("patient"), keep=keep), id, secret
        )

    async def release(self, held: OwnHold) -> None:
        id, secret = held.seen.appointment.id, held.secret
        await self.hold_acts.release(Act(self.desk.id, self.desk.now, Actor("patient")), id, secret)

    async def free(self, start: str = "09:00", end: str = "12:00", **other: Any) -> list[Offer]:
        """Of Dr Lee to anybody, but for what is said otherwise."""
        wanted: dict[str, Any] = {"type": "consult", "practitioner": "dr-lee", "public": True} | other
        return await self.free_slots.free(
            self.desk.id, start=at(start), end=at(end), now=self.desk.now, **wanted
        )

    async def times(self, start: str = "09:00", end: str = "12:00", **other: Any) -> list[str]:
        """The same, as clocks show them in UTC."""
        return [clock(each.starts_at) for each in await self.free(start, end, **other)]

    async def stored(self, held: OwnHold) -> Appointment:
        return await self.desk.get(held.seen.appointment.id)

    async def history(self, id: str) -> list[Step]:
        return await self.desk.appointments.history(self.desk.id, id)

    async def what(self, id: str) -> list[str]:
        """The history in words."""
        return [step.what for step in await self.history(id)]

    async def is_kept(self) -> bool:
        """Whether a command kept its answer."""
        return await self.store.remembered(self.desk.id, ANSWER.key) is not None


def clock(instant: Instant) -> str:
    """`09:30` of the builders' day."""
    minutes = (instant - at("00:00")) // MINUTE
    return f"{minutes // 60:02}:{minutes % 60:02}"


async def refusal(doing: Any) -> Refusal:
    """What it is refused with."""
    with pytest.raises(Refusal) as caught:
        await doing
    return caught.value


async def code(doing: Any) -> str:
    return (await refusal(doing)).code
