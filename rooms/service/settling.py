"""C8: what a person sets by hand: it took place, nobody came, or neither and it is decided again (F3, F5)."""

from msgspec.structs import replace

from rooms.access import window
from rooms.attendance.evidence import gather
from rooms.attendance.outcome import BY_HAND, contradicts
from rooms.changes import Change
from rooms.errors import Contradiction
from rooms.events import EventType
from rooms.ids import ClinicId
from rooms.ports import Due, Log, Put, Store
from rooms.records import Appointment, By, Clinic, Outcome, OutcomeName, Status, Step
from rooms.service.case import load
from rooms.service.common import Keep, Shown, appointment_of, clinic_of, kept, shown, until_consistent
from rooms.service.issuing import emits, happened
from rooms.times import Instant


class ByHand:
    """Each is one commit: the record, its history and what others are told. A call under way goes on."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def complete(
        self,
        clinic: ClinicId,
        id: str,
        *,
        by: By,
        reason: str | None,
        now: Instant,
        keep: Keep[Shown] | None = None,
    ) -> Shown:
        """From the start on: `attended`, final. Raises `state_conflict`, `NotFound`, `Unavailable`."""
        return await until_consistent(lambda: self._complete(clinic, id, by, reason, now, keep))

    async def _complete(
        self,
        clinic_id: ClinicId,
        id: str,
        by: By,
        reason: str | None,
        now: Instant,
        keep: Keep[Shown] | None,
    ) -> Shown:
        clinic, before = await self._confirmed(clinic_id, id)
        if now < before.starts_at:
            raise Contradiction("state_conflict", "It has not begun yet.", status=before.status)
        return await self._settle(clinic, before, "attended", "completed", by, reason, now, keep, [])

    async def no_show(
        self,
        clinic: ClinicId,
        id: str,
        *,
        by: By,
        reason: str | None,
        now: Instant,
        keep: Keep[Shown] | None = None,
    ) -> Shown:
        """From the close on: `patient_absent`, final. Raises `state_conflict`, and `evidence_contradicts`
        where the record says otherwise (F3 a to f) and it is not staff who say so; `NotFound`, `Unavailable`.
        """
        return await until_consistent(lambda: self._no_show(clinic, id, by, reason, now, keep))

    async def _no_show(
        self,
        clinic_id: ClinicId,
        id: str,
        by: By,
        reason: str | None,
        now: Instant,
        keep: Keep[Shown] | None,
    ) -> Shown:
        clinic, before = await self._confirmed(clinic_id, id)
        if now < window.of(before, clinic.policy).closes_at:
            message = "Its window is open; the patient may still come."
            raise Contradiction("state_conflict", message, status=before.status)
        rests_on = [] if by == "staff" else await self._not_contradicted(clinic, before, now)
        return await self._settle(
            clinic, before, "patient_absent", "no_show", by, reason, now, keep, rests_on
        )

    async def _not_contradicted(self, clinic: Clinic, before: Appointment, now: Instant) -> list[Change]:
        floor = await self.store.floor(clinic.id, before.practitioner_no)
        case = await load(self.store, clinic, before, floor)
        evidence = gather(case.observed, now)
        if (line := contradicts(evidence, clinic.policy)) is not None:
            message = "The record does not show that the patient was absent. Staff can settle it."
            raise Contradiction("evidence_contradicts", message, line=line)
        return list(case.rests_on)

    async def _confirmed(self, clinic_id: ClinicId, id: str) -> tuple[Clinic, Appointment]:
        clinic, before = (
            await clinic_of(self.store, clinic_id),
            await appointment_of(self.store, clinic_id, id),
        )
        if before.status != "confirmed":
            message = "Only a confirmed appointment can be settled; undo what it is first."
            raise Contradiction("state_conflict", message, status=before.status)
        return clinic, before

    async def _settle(
        self,
        clinic: Clinic,
        before: Appointment,
        name: OutcomeName,
        status: Status,
        by: By,
        reason: str | None,
        now: Instant,
        keep: Keep[Shown] | None,
        rests_on: list[Change],
    ) -> Shown:
        said: dict[str, object] = {"by": by, **({"reason": reason} if reason else {})}
        was = before.outcome
        given = Outcome(
            name=name,
            at=now,
            evidence=said,
            revision=(was.revision if was else before.revisions) + 1,
            rules=BY_HAND,
        )
        after = replace(before, status=status, outcome=given)
        what: EventType = "appointment.completed" if status == "completed" else "appointment.no_show"
        facts = {"outcome": name, "status": status, "revision": given.revision}
        step = Step(at=now, what=status, by=by, facts={**facts, **said})
        event = happened(what, after, now, outcome=name, revision=given.revision)
        changes = [*rests_on, Due(before.no, None), *emits([event])]
        return await self._commit(clinic, after, step, changes, keep)

    async def undo(
        self,
        clinic: ClinicId,
        id: str,
        *,
        by: By,
        reason: str,
        now: Instant,
        keep: Keep[Shown] | None = None,
    ) -> Shown:
        """Confirmed again, without an outcome; it is decided again only after its window was extended (F5).

        Raises `state_conflict` where there is nothing to undo, `slot_taken` never: nobody else could have
        booked the time. `NotFound`, `Unavailable`.
        """
        return await until_consistent(lambda: self._undo(clinic, id, by, reason, now, keep))

    async def _undo(
        self, clinic_id: ClinicId, id: str, by: By, reason: str, now: Instant, keep: Keep[Shown] | None
    ) -> Shown:
        clinic, before = (
            await clinic_of(self.store, clinic_id),
            await appointment_of(self.store, clinic_id, id),
        )
        if before.status not in {"completed", "no_show"}:
            message = "Nothing was decided that could be undone."
            raise Contradiction("state_conflict", message, status=before.status)
        revisions = before.outcome.revision if before.outcome else 0
        after = replace(before, status="confirmed", outcome=None, undone=True, revisions=revisions)
        was = before.outcome.name if before.outcome else None
        step = Step(
            at=now, what="undone", by=by, facts={"reason": reason, "status": before.status, "outcome": was}
        )
        event = happened("appointment.undone", after, now, previous=before.status)
        return await self._commit(clinic, after, step, [Due(before.no, None), *emits([event])], keep)

    async def _commit(
        self,
        clinic: Clinic,
        after: Appointment,
        step: Step,
        changes: list[Change],
        keep: Keep[Shown] | None,
    ) -> Shown:
        stored = await shown(self.store, clinic, replace(after, version=after.version + 1))
        lines = [Put(after), Log(after.no, step), *changes, *kept(keep, stored)]
        await self.store.commit(clinic.id, lines)
        return stored
