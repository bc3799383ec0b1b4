"""The live commands of a visit: one coroutine each. What it writes is in the store before it returns
(CONTRACT: facts first).
"""

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Literal

from rooms.errors import Contradiction
from rooms.ids import PractitionerNo, RoomId, SessionId
from rooms.records import Clinic, Floor, Seat
from rooms.service.live.handover import Handovers
from rooms.service.live.hello import Seating
from rooms.service.live.rooms import appointments_in, check_open
from rooms.service.load import clinic_of
from rooms.service.transaction import (
    Here,
)
from rooms.times import Instant
from rooms.visit import admission, floor_restore
from rooms.visit.handover import awaits_colleague
from rooms.visit.room import find, inside, left_just_now
from rooms.visit.transition import FloorChange


class Visits(Seating):
    """What whoever has a seat may do."""

    @cached_property
    def handovers(self) -> Handovers:
        """Visits that go to a colleague, or come back."""
        return Handovers(self.store, self.bus, self.lease, self.floor_lock)

    async def _act(self, here: Here, decide: Callable[[Floor, Seat], FloorChange | None]) -> None:
        floor = await self._transact(
            here.clinic,
            here.practitioner,
            lambda floor: decide(floor, admission.mine(floor, here.sid, here.epoch)),
        )
        await self._tell(here, floor)

    async def _tell(self, here: Here, floor: Floor) -> None:
        await self.bus.floor_changed(self._clinics[here.clinic], floor)

    async def disconnected(self, here: Here, seen: Instant, now: Instant, why: str = "dropped") -> None:
        """This session's socket is closed; its last inbound frame came at `seen`. A newer socket's session is
        left alone.
        """

        def decide(floor: Floor) -> FloorChange | None:
            seat = find(floor, here.sid)
            if seat is None or seat.epoch != here.epoch or seat.gone_at:
                return None
            return admission.disconnect(floor, seat, seen, now, self.lease, why)

        await self._tell(here, await self._transact(here.clinic, here.practitioner, decide))

    async def restore_floor(
        self, clinic: Clinic, known: Floor, here: Collection[SessionId], now: Instant
    ) -> Floor:
        """Put this process's sessions back on a floor that the store has in an older state; the floor as it
        is then. `known` is how it was last shown. Raises `Unavailable`.
        """

        def decide(floor: Floor) -> FloorChange | None:
            return floor_restore.restore_floor(floor, known, self.node, here, now, self.lease)

        return await self._transact(clinic.id, known.practitioner_no, decide)

    async def leave(self, here: Here, now: Instant) -> None:
        """Give up place and admission."""
        await self._act(here, lambda floor, me: admission.leave(floor, me, now, self.lease))

    async def admit(self, here: Here, person: str, appointment_id: str, now: Instant) -> None:
        """Let one waiting person in; to somebody who was handed over and is inside already, go in. Raises
        `not_waiting`, `visit_open`, `room_full`, `room_locked`.
        """
        appointment = await self.store.appointment_by_id(here.clinic, appointment_id)
        if appointment is None or appointment.status != "confirmed":
            raise Contradiction("not_waiting", "Nobody like that is waiting for this appointment.")
        if appointment.handed and await self._is_left_alone(here, person, appointment.room):
            await self.enter(here, appointment.room, now)
            return
        await self._act(
            here,
            lambda floor, me: admission.admit(
                floor, me, person, appointment.room, appointment.no, now, self.lease
            ),
        )

    async def _is_left_alone(self, here: Here, person: str, room: RoomId) -> bool:
        """Inside, without a practitioner."""
        people = {
            seat.person for seat in inside(await self.store.floor(here.clinic, here.practitioner), room)
        }
        return person in people and "practitioner" not in people

    async def enter(self, here: Here, room: str, now: Instant) -> None:
        """Go into a room whose window is open, or back into a call that goes on after it closed (D2). One
        whose visit was handed to a colleague is taken back (D3). Raises `room_unknown`, `too_early`,
        `window_closed`, `visit_open`, `room_full`, `handed_over`.
        """
        place = RoomId(room)
        found = await appointments_in(self.store, here, place, now)
        host = found[0].host_no if found else here.practitioner
        if not await self._call_goes_on(here, host, place, now):
            check_open(await clinic_of(self.store, here.clinic), found, now)
        if host == here.practitioner:
            await self._act(here, lambda floor, me: admission.enter(floor, me, place, now, self.lease))
        else:
            await self.handovers.take_back(here, place, host, now)

    async def _call_goes_on(self, here: Here, host: PractitionerNo, room: RoomId, now: Instant) -> bool:
        """D2: whoever was in the call less than the grace ago returns, and a colleague who was handed it
        comes. A practitioner who says hello again lands in the lobby, so that the ledger has to say it.
        """
        people = inside(await self.store.floor(here.clinic, host), room)
        if not people or any(seat.sid == here.sid for seat in people):
            return bool(people)
        ledger = await self.store.ledger(here.clinic, room)
        return left_just_now(ledger, "practitioner", now, self.since()) or awaits_colleague(ledger)

    async def send_back(self, here: Here, sid: str, now: Instant) -> None:
        """Somebody in the room waits again."""
        await self._act(here, lambda floor, me: admission.send_back(floor, me, sid, now, self.lease))

    async def remove(self, here: Here, sid: str, now: Instant) -> None:
        """Somebody in the room or the queue is out."""
        await self._act(here, lambda floor, me: admission.remove(floor, me, sid, now, self.lease))

    async def lock(self, here: Here, on: bool) -> None:
        """Nobody is admitted to this room while it is locked."""
        await self._act(here, lambda floor, me: admission.lock(floor, me, on))

    async def running_late(self, here: Here, minutes: float, now: Instant) -> None:
        """Tell the waiting until when."""
        await self._act(here, lambda floor, me: admission.running_late(floor, minutes, now))

    async def end(self, here: Here, now: Instant, *, done: bool) -> None:
        """Empty the room."""
        await self._act(here, lambda floor, me: admission.end(floor, me, now, self.lease, done=done))

    async def hand_over(self, here: Here, practitioner: str, now: Instant) -> None:
        """Give the visit to a colleague (D3). Raises as `Handovers.hand_over`."""
        await self.handovers.hand_over(here, practitioner, now)

    async def media(self, here: Here, value: Literal["connected", "failed"], now: Instant) -> None:
        """Media connected or failed for this person (F1)."""
        await self._act(here, lambda floor, me: admission.media(floor, me, value, now, self.lease))
