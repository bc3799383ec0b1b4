"""What came of an appointment: decided once, on whatever process, when its window closes or they part (F3).

A commit compares the appointment and all else its decision rests on, so that of many processes one decides.
"""

from collections.abc import Sequence

import msgspec

from rooms.access import window
from rooms.attendance import outcome
from rooms.attendance.evidence import counting, gather, visit
from rooms.attendance.ledger import Interval
from rooms.attendance.outcome import Decided
from rooms.changes import Change
from rooms.events import Event, EventType
from rooms.ids import AppointmentNo, ClinicId
from rooms.ports import Append, Due, Log, Put, Same, Store
from rooms.records import Appointment, Clinic, Entry, Floor, OutcomeName
from rooms.service.events import emits, happened
from rooms.service.load import appointment_of, clinic_of
from rooms.service.outcomes.load import Case, floors_of, load
from rooms.service.retry import retried, until_consistent
from rooms.times import SECOND, Instant
from rooms.visit.admission import is_within_grace

DECIDE_AGAIN_AFTER = SECOND
"""How soon to look again at a call that goes on after the close: an outcome may take 3 s (CONTRACT)."""


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """F1, F7: who was there and when, and what came of it; before the decision, the evidence so far."""

    intervals: tuple[Interval, ...]
    overlap_seconds: float
    """To the millisecond; what billing reads."""
    outcome: OutcomeName | None
    evidence: dict[str, object]


class Outcomes:
    """`decide` is for a job on every process; `late_attempt` for whoever refuses a hello after the close."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @retried
    async def decide(self, clinic_id: ClinicId, no: AppointmentNo, now: Instant) -> bool:
        """Give this appointment its outcome, if it is to have one; False: not yet, it is due again later.

        Where another process was faster nothing happens. This process has beaten (`Store.beat`) since it
        is up: a silence that has just ended is evidence (F3 b). Raises `Unavailable`.
        """
        clinic, appointment = await self.store.clinic(clinic_id), await self.store.appointment(clinic_id, no)
        if clinic is None or appointment is None:
            return await self._leave_alone(clinic_id, no)
        if appointment.status != "confirmed" or appointment.outcome is not None:
            return await self._leave_alone(clinic_id, no, Same(appointment))
        floors = await floors_of(self.store, clinic_id, appointment)
        again_at = await self._again_at(clinic, appointment, floors, now)
        if again_at is not None:
            await self.store.commit(clinic_id, [Same(appointment), Due(no, again_at)])
            return False
        return await self._conclude(clinic, appointment, floors, now)

    async def _leave_alone(self, clinic: ClinicId, no: AppointmentNo, *unless: Same) -> bool:
        await self.store.commit(clinic, [*unless, Due(no, None)])
        return True

    async def _again_at(
        self, clinic: Clinic, appointment: Appointment, floors: Sequence[Floor], now: Instant
    ) -> Instant | None:
        """When to look again while it is too early; None: now is the time."""
        closes_at = window.of(appointment, clinic.policy).closes_at
        if now < closes_at:
            return closes_at
        if _are_together(floors, appointment, closes_at, now) or await self._is_unproven(
            clinic, appointment, floors, now
        ):
            return now + DECIDE_AGAIN_AFTER
        return None

    async def _is_unproven(
        self, clinic: Clinic, appointment: Appointment, floors: Sequence[Floor], now: Instant
    ) -> bool:
        """Whether a lease ran out and nobody has written down yet when its holder was last heard of (F2)."""
        seats = [(floor.practitioner_no, seat) for floor in floors for seat in floor.seats]
        for number, seat in seats:
            if not seat.gone_at and (seat.room == appointment.room or seat.person == "practitioner"):
                lease = await self.store.lease(clinic.id, number, seat.sid)
                if lease is not None and lease.until <= now:
                    return True
        return False

    async def _conclude(
        self, clinic: Clinic, appointment: Appointment, floors: Sequence[Floor], now: Instant
    ) -> bool:
        case = await load(self.store, clinic, appointment, floors)
        if case.is_left_alone:
            return await self._leave_alone(clinic.id, appointment.no, Same(appointment), *case.rests_on)
        decisions = _decisions(case, now)
        lines = [Log(appointment.no, decided.step) for decided in decisions]
        news = emits(_news(decided, now) for decided in decisions)
        changes = [Put(decisions[-1].appointment), *lines, *news, Due(appointment.no, None), *case.rests_on]
        await self.store.commit(clinic.id, changes)
        return True

    async def attendance(self, clinic_id: ClinicId, id: str, now: Instant) -> Attendance:
        """Who was there for the booking service's appointment `id`. Raises `NotFound`, `Unavailable`."""
        clinic = await clinic_of(self.store, clinic_id)
        appointment = await appointment_of(self.store, clinic_id, id)
        floors = await floors_of(self.store, clinic_id, appointment)
        case = await load(self.store, clinic, appointment, floors)
        evidence, decided = gather(case.observed, now), appointment.outcome
        return Attendance(
            intervals=visit(case.observed, now),
            overlap_seconds=evidence.overlap / SECOND,
            outcome=decided.name if decided else None,
            evidence=decided.evidence if decided else evidence.facts(),
        )

    async def late_attempt(self, clinic: ClinicId, appointment: Appointment, entry: Entry) -> None:
        """Keep `entry`: a well-signed hello by the link of `appointment` after its close. Line h follows.

        The evidence is the room's, so its other appointments are looked at too (F3). Raises `Unavailable`.
        """
        append = Append(appointment.room, appointment.practitioner_no, entry)

        async def write() -> None:
            changes = await self._after_late_attempt(clinic, appointment, entry)
            await self.store.commit(clinic, [append, *changes])

        await until_consistent(write)

    async def _after_late_attempt(
        self, clinic_id: ClinicId, appointment: Appointment, entry: Entry
    ) -> list[Change]:
        clinic = await self.store.clinic(clinic_id)
        found = await self.store.appointments(clinic_id, [appointment.no, *appointment.others])
        if clinic is None:
            return []
        return [change for each in found if each is not None for change in _too_late(clinic, each, entry)]


def _are_together(
    floors: Sequence[Floor], appointment: Appointment, closes_at: Instant, now: Instant
) -> bool:
    """Patient and practitioner were together at the close, and have not parted since (F3).

    Whoever dropped off after it may come back within the grace (D2); whoever had dropped off before it was
    not together then.
    """
    inside = {
        seat.person
        for floor in floors
        for seat in floor.seats
        if seat.state == "in_room"
        and seat.room == appointment.room
        and (not seat.gone_at or (seat.gone_at >= closes_at and is_within_grace(seat, now)))
    }
    return "practitioner" in inside and not inside.isdisjoint(counting(appointment))


def _decisions(case: Case, now: Instant) -> list[Decided]:
    """Lines a to g, and line h at once where somebody came too late before it was decided."""
    seen = case.observed
    first = outcome.settle(seen.appointment, gather(seen, now), case.clinic.policy, now)
    patients = counting(seen.appointment)
    tried_at = outcome.late_attempt(seen.ledger, patients, seen.closes_at, case.clinic.time_zone)
    late = None if tried_at is None else outcome.revise(first.appointment, tried_at, now)
    return [first] if late is None else [first, late]


def _news(decided: Decided, now: Instant) -> Event:
    """What other systems are told of a decision (F6)."""
    made, given = decided.appointment, decided.step.facts
    done: EventType = "appointment.completed" if made.status == "completed" else "appointment.no_show"
    kind: EventType = "review.needed" if made.status == "confirmed" else done
    return happened(kind, made, now, outcome=given["outcome"], revision=given["revision"])


def _too_late(clinic: Clinic, appointment: Appointment, entry: Entry) -> list[Change]:
    """What a try after the close does to one appointment of the room."""
    closes_at = window.of(appointment, clinic.policy).closes_at
    if outcome.late_attempt([entry], counting(appointment), closes_at, clinic.time_zone) is None:
        return []
    late = outcome.revise(appointment, entry.at, entry.at)
    if late is not None:
        return [
            Put(late.appointment),
            Log(appointment.no, late.step),
            *emits([_news(late, entry.at)]),
        ]
    if appointment.status == "confirmed" and appointment.outcome is None:
        # Its version moves on, so that whoever is deciding it at this moment looks again and finds the try.
        return [Put(appointment)]
    return []
