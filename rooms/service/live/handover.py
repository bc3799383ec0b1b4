"""A visit is given to a colleague, or taken back: both floors and every appointment of the room in one commit
(D3).

The diary, the links and the room stay as they are; only who carries the visit changes.
"""

from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from rooms.changes import Change
from rooms.errors import Contradiction, Invalid, NotFound
from rooms.ids import PractitionerNo, RoomId
from rooms.ports import Bus, Log, Put, Same, Store, Whereabouts
from rooms.records import Appointment, Handed, Practitioner, Step
from rooms.service.live.rooms import appointments_in
from rooms.service.load import clinic_of
from rooms.service.retry import until_consistent
from rooms.service.transaction import FloorLock, Here, floor_changes, stored
from rooms.times import Instant
from rooms.visit import handover
from rooms.visit.admission import mine
from rooms.visit.handover import Handover

HandoverPlan = Callable[[], Awaitable[tuple[Handover, Sequence[Change]]]]


class Handovers:
    """`lease`: milliseconds a session lives without proof."""

    def __init__(self, store: Store, bus: Bus, lease: int, floor_lock: FloorLock) -> None:
        self.store, self.bus, self.lease, self.floor_lock = store, bus, lease, floor_lock

    async def hand_over(self, here: Here, practitioner: str, now: Instant) -> None:
        """The visit this practitioner is in goes to the colleague the booking service calls `practitioner`.

        Raises `practitioner_unknown`, `practitioner_not_video_enabled`, `field_invalid` for oneself,
        `not_admitted`, `room_unknown` for a room without appointments.
        """
        colleague = await self._colleague(here, practitioner)

        async def plan() -> tuple[Handover, Sequence[Change]]:
            floor = await self.store.floor(here.clinic, here.practitioner)
            to = await self.store.floor(here.clinic, colleague.no)
            me = mine(floor, here.sid, here.epoch)
            done = handover.hand_over(floor, me, to, now, self.lease)
            known = await appointments_in(self.store, here, done.room, now)
            if not known:
                raise Contradiction("room_unknown", "There is no appointment in this room any more.")
            handed = Handed(to=colleague.no, by=here.practitioner)
            facts: dict[str, object] = {"practitioner": colleague.id}
            return done, [Same(colleague), *_given(known, handed, "handed_over", facts, now)]

        await self._carry_out(here, colleague.no, plan)

    async def _colleague(self, here: Here, id: str) -> Practitioner:
        found = await self.store.practitioner(here.clinic, id)
        if found is None:
            message = "There is no such practitioner."
            raise NotFound("practitioner_unknown", message, field="practitioner")
        if found.no == here.practitioner:
            raise Invalid("field_invalid", "Hand it to somebody else.", field="practitioner")
        if not found.video_enabled:
            message = "This practitioner does not do video visits."
            raise Invalid("practitioner_not_video_enabled", message, field="practitioner")
        return found

    async def take_back(self, here: Here, room: RoomId, of: PractitionerNo, now: Instant) -> None:
        """The diary's practitioner goes into a room whose visit is with the colleague `of`, and has it again.

        Raises `handed_over` while a practitioner is inside, `visit_open`, `room_full`.
        """

        async def plan() -> tuple[Handover, Sequence[Change]]:
            known = await appointments_in(self.store, here, room, now)
            if any(each.host_no != of for each in known):
                raise Contradiction("handed_over", "This visit has just gone to somebody else.", room=room)
            floor = await self.store.floor(here.clinic, here.practitioner)
            theirs = await self.store.floor(here.clinic, of)
            me = mine(floor, here.sid, here.epoch)
            done = handover.take_back(floor, me, theirs, room, now, self.lease)
            return done, _given(known, None, "taken_back", {}, now)

        await self._carry_out(here, of, plan)

    async def _carry_out(self, here: Here, other: PractitionerNo, plan: HandoverPlan) -> None:
        clinic = await clinic_of(self.store, here.clinic)

        async def write() -> Handover:
            done, records = await plan()
            gives, takes = done.giving.floor.practitioner_no, done.taking.floor.practitioner_no
            floors = [*floor_changes(gives, done.giving), *floor_changes(takes, done.taking)]
            await self.store.commit(
                here.clinic, [*records, *floors, *(Whereabouts(sid, takes) for sid in done.moved)]
            )
            return done

        # Always in the same order, so that no two wait for each other.
        first, second = sorted((here.practitioner, other))
        async with self.floor_lock(here.clinic, first), self.floor_lock(here.clinic, second):
            done = await until_consistent(write)
        for change in (done.taking, done.giving):
            await self.bus.appointment_changed(clinic, stored(change.floor))


def _given(
    known: Sequence[Appointment], handed: Handed | None, what: str, facts: dict[str, object], now: Instant
) -> list[Change]:
    """Every appointment of the room, and a line in its history (C8)."""
    step = Step(at=now, what=what, by="practitioner", facts=facts)
    return [part for each in known for part in (Put(replace(each, handed=handed)), Log(each.no, step))]
