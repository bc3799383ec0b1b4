"""C8: what a person sets by hand: it took place, nobody came, or neither and it is decided again (F3, F5)."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from rooms.access import window
from rooms.attendance.evidence import gather
from rooms.attendance.outcome import BY_HAND, contradicts
from rooms.changes import Change
from rooms.errors import Contradiction
from rooms.events import Event, EventType
from rooms.ids import ClinicId
from rooms.ports import Due, Log, Put, Store
from rooms.records import Appointment, By, Clinic, Outcome, OutcomeName, Status, Step
from rooms.service.events import emits, happened
from rooms.service.idempotency import Act, Keep, kept_answer
from rooms.service.load import LoadedAppointment, appointment_of, clinic_of, loaded
from rooms.service.outcomes.load import floors_of, load
from rooms.service.retry import retried
from rooms.times import Instant


class OutcomeStatement(msgspec.Struct, frozen=True):
    """Who set it, when, and why."""

    by: By
    reason: str | None
    now: Instant

    def facts(self) -> dict[str, object]:
        """For the history, and as all the evidence there is."""
        return {"by": self.by, **({"reason": self.reason} if self.reason else {})}


class OutcomeByHand:
    """Each is one commit: the record, its history and what others are told. A call under way goes on."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @retried
    async def complete(self, act: Act[LoadedAppointment], id: str) -> LoadedAppointment:
        """From the start on: `attended`, final. Raises `state_conflict`, `NotFound`, `Unavailable`."""
        clinic, before = await self._confirmed(act.clinic, id)
        if act.now < before.starts_at:
            raise Contradiction("state_conflict", "It has not begun yet.", status=before.status)
        return await self._settle(
            clinic, before, "attended", OutcomeStatement(act.by, act.reason, act.now), act.keep
        )

    @retried
    async def no_show(self, act: Act[LoadedAppointment], id: str) -> LoadedAppointment:
        """From the close on: `patient_absent`, final. Raises `state_conflict`, and `evidence_contradicts`
        where the record says otherwise (F3 a to f) and it is not staff who say so; `NotFound`, `Unavailable`.
        """
        clinic, before = await self._confirmed(act.clinic, id)
        if not window.has_closed(before, clinic.policy, act.now):
            message = "Its window is open; the patient may still come."
            raise Contradiction("state_conflict", message, status=before.status)
        rests_on = [] if act.by == "staff" else await self._not_contradicted(clinic, before, act.now)
        return await self._settle(
            clinic,
            before,
            "patient_absent",
            OutcomeStatement(act.by, act.reason, act.now),
            act.keep,
            rests_on,
        )

    async def _not_contradicted(self, clinic: Clinic, before: Appointment, now: Instant) -> list[Change]:
        floors = await floors_of(self.store, clinic.id, before)
        case = await load(self.store, clinic, before, floors)
        evidence = gather(case.observed, now)
        if (line := contradicts(evidence, clinic.policy)) is not None:
            message = "The record does not show that the patient was absent. Staff can settle it."
            raise Contradiction("evidence_contradicts", message, line=line)
        return list(case.rests_on)

    async def _loaded(self, clinic: ClinicId, id: str) -> tuple[Clinic, Appointment]:
        return await clinic_of(self.store, clinic), await appointment_of(self.store, clinic, id)

    async def _confirmed(self, clinic_id: ClinicId, id: str) -> tuple[Clinic, Appointment]:
        clinic, before = await self._loaded(clinic_id, id)
        if before.status != "confirmed":
            message = "Only a confirmed appointment can be settled; undo what it is first."
            raise Contradiction("state_conflict", message, status=before.status)
        return clinic, before

    async def _settle(
        self,
        clinic: Clinic,
        before: Appointment,
        name: OutcomeName,
        said: OutcomeStatement,
        keep: Keep[LoadedAppointment] | None,
        rests_on: Sequence[Change] = (),
    ) -> LoadedAppointment:
        came = name == "attended"
        status: Status = "completed" if came else "no_show"
        kind: EventType = "appointment.completed" if came else "appointment.no_show"
        revision = (before.outcome.revision if before.outcome else before.revisions) + 1
        given = Outcome(name=name, at=said.now, evidence=said.facts(), revision=revision, rules=BY_HAND)
        facts = {"outcome": name, "status": status, "revision": revision}
        step = Step(at=said.now, what=status, by=said.by, facts=facts | said.facts())
        after = replace(before, status=status, outcome=given)
        event = happened(kind, after, said.now, outcome=name, revision=revision)
        return await self._commit(clinic, after, step, event, keep, rests_on)

    @retried
    async def undo(self, act: Act[LoadedAppointment], id: str) -> LoadedAppointment:
        """Confirmed again, without an outcome; it is decided again only after its window was extended (F5).

        Raises `state_conflict` where there is nothing to undo, `slot_taken` never: nobody else could have
        booked the time. `NotFound`, `Unavailable`.
        """
        clinic, before = await self._loaded(act.clinic, id)
        was = before.outcome
        if before.status not in {"completed", "no_show"}:
            message = "Nothing was decided that could be undone."
            raise Contradiction("state_conflict", message, status=before.status)
        revisions, name = (was.revision, was.name) if was else (0, None)
        after = replace(before, status="confirmed", outcome=None, undone=True, revisions=revisions)
        facts: dict[str, object] = {"reason": act.reason, "status": before.status, "outcome": name}
        step = Step(at=act.now, what="undone", by=act.by, facts=facts)
        event = happened("appointment.undone", after, act.now, previous=before.status)
        return await self._commit(clinic, after, step, event, act.keep)

    async def _commit(
        self,
        clinic: Clinic,
        after: Appointment,
        step: Step,
        event: Event,
        keep: Keep[LoadedAppointment] | None,
        rests_on: Sequence[Change] = (),
    ) -> LoadedAppointment:
        stored = await loaded(self.store, clinic, replace(after, version=after.version + 1))
        changes = [Put(after), Log(after.no, step), Due(after.no, None), *emits([event]), *rests_on]
        await self.store.commit(clinic.id, [*changes, *kept_answer(keep, stored)])
        return stored
