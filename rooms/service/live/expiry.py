"""Endings nobody asked for: leases that ran out, graces that are over, windows that closed (F2, D6, D2)."""

from collections.abc import Callable, Sequence

from rooms.access.window import of
from rooms.changes import Change
from rooms.errors import Facts
from rooms.ids import AppointmentNo, ClinicId, SessionId
from rooms.ports import Bus, Conflict, Lease, LeaseStill, LeaseView, Store
from rooms.records import Appointment, Clinic, Floor
from rooms.service.live.link_holder import shut_facts, window_facts
from rooms.service.load import clinic_of
from rooms.service.transaction import floor_changes, stored, transact
from rooms.times import Instant
from rooms.visit import admission, live_effects
from rooms.visit.room import find
from rooms.visit.transition import FloorChange


def keeps_nobody(_: SessionId) -> bool:
    """For a process that has no clients of its own."""
    return False


class Expiry:
    """For jobs on every process: each ending happens once. `lease`: milliseconds a session lives unproven."""

    def __init__(self, store: Store, bus: Bus, lease: int) -> None:
        self.store, self.bus, self.lease = store, bus, lease

    async def lapse(
        self,
        clinic_id: ClinicId,
        now: Instant,
        since: Instant = 0,
        keeps: Callable[[SessionId], bool] = keeps_nobody,
    ) -> int:
        """Reap what no process has renewed; how many leases were past.

        Each lease's score is compared, so a renewal in between wins. `since`: from when on people could
        come back (`rooms.visit.admission.is_within_grace`). `keeps`: whose client is known to be there,
        although its lease was not renewed in time; it is left alone.
        """
        lapsed = [each for each in await self.store.expired(clinic_id, now) if not keeps(each.sid)]
        if lapsed:
            clinic = await clinic_of(self.store, clinic_id)
            for lease in lapsed:
                await self._lapse(clinic, lease, now, since)
        return len(lapsed)

    async def _lapse(self, clinic: Clinic, lease: LeaseView, now: Instant, since: Instant) -> None:
        number, sid = lease.practitioner, lease.sid
        floor = await self.store.floor(clinic.id, number)
        still = LeaseStill(number, sid, lease.until)
        if find(floor, sid) is None:
            await self._commit(clinic.id, [still, Lease(number, sid, None, lease.seen)])
            return
        change = admission.lapse(floor, sid, lease.seen, now, self.lease, since)
        if await self._commit(clinic.id, [still, *floor_changes(number, change)]):
            await self.bus.floor_changed(clinic, stored(change.floor))

    async def _commit(self, clinic: ClinicId, writes: list[Change]) -> bool:
        """False: somebody renewed, came back, or was faster."""
        try:
            await self.store.commit(clinic, writes)
        except Conflict:
            return False
        return True

    async def close_windows(self, clinic: Clinic, appointment: Appointment, now: Instant) -> None:
        """A window has closed: the waiting are told, with what a new hello would be answered, and their seats
        end; a call under way goes on (D2).
        """
        others = await self.store.appointments(clinic.id, appointment.others) if appointment.others else []
        live = [appointment, *(each for each in others if each is not None and each.status == "confirmed")]
        closed, whole = _closed(clinic, live, now), shut_facts(clinic, live, now)

        def decide(floor: Floor) -> FloorChange | None:
            return live_effects.window_closed(floor, appointment.room, closed, whole, now, self.lease)

        for number in appointment.floors:
            if decide(await self.store.floor(clinic.id, number)) is not None:
                floor = await transact(self.store, clinic.id, number, decide)
                await self.bus.floor_changed(clinic, floor)


def _closed(clinic: Clinic, live: Sequence[Appointment], now: Instant) -> dict[AppointmentNo, Facts]:
    """The appointments whose own window has closed."""
    windows = [(each, of(each, clinic.policy)) for each in live]
    return {
        each.no: {"code": "window_closed", **window_facts(clinic, each, window, now)}
        for each, window in windows
        if now >= window.closes_at
    }
