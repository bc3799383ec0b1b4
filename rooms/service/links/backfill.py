"""Put right what kept links back, and every appointment it kept back gets its link by itself (B4).

The run goes through the clinic's appointments without a link, in batches, and writes how far it has come in
the commit of each batch: killed half-way it goes on where it was, and nobody is told twice.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from rooms.changes import Change
from rooms.events import Event
from rooms.ids import AppointmentNo, ClinicId
from rooms.outgoing import BACKFILL, Task, TaskStill
from rooms.ports import Log, Put, Same, Store
from rooms.records import Appointment, AppointmentType, Clinic, Practitioner, Step
from rooms.service.events import emits, issue_links
from rooms.service.load import clinic_of, loaded_all
from rooms.service.retry import until_consistent
from rooms.times import Instant

BACKFILL_BATCH = 50
"""Appointments in one commit: some 15 ms in which nobody else of the clinic's Redis is served."""


BACKFILL_BATCHES = 10
"""Batches before the task is handed back, so that a process that stops does not hold it up for long."""


class Backfill:
    """The run, for a job on any process."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, clinic: ClinicId, taken: Instant, now: Instant) -> None:
        """Some batches; the task is then due again at once, or done. Raises `Unavailable`."""
        for _ in range(BACKFILL_BATCHES):
            if await until_consistent(lambda: self._batch(clinic, taken, now)):
                return
        await self.store.commit(clinic, [TaskStill(BACKFILL, taken), Task(BACKFILL, now)])

    async def _batch(self, clinic_id: ClinicId, taken: Instant, now: Instant) -> bool:
        """Whether there is no more to do here: this was the last, or another run has begun."""
        if await self.store.task(clinic_id, BACKFILL) != taken:
            return True
        clinic, run = await clinic_of(self.store, clinic_id), await self.store.backfill_run(clinic_id)
        if run is None or run.finished_at:
            await self.store.commit(clinic_id, [TaskStill(BACKFILL, taken), Task(BACKFILL, None)])
            return True
        after = (run.after_start, run.after_no) if run.after_no else None
        found = await self.store.unissued(clinic_id, after, BACKFILL_BATCH)
        if not found:
            done = replace(run, finished_at=now)
            await self.store.commit(clinic_id, [TaskStill(BACKFILL, taken), Put(done), Task(BACKFILL, None)])
            return True
        changes, healed = await self._fill(clinic, [no for _, no in found], now)
        at, no = found[-1]
        further = replace(
            run, seen=run.seen + len(found), healed=run.healed + healed, after_start=at, after_no=no
        )
        await self.store.commit(clinic_id, [TaskStill(BACKFILL, taken), Put(further), *changes])
        return False

    async def _fill(
        self, clinic: Clinic, nos: Sequence[AppointmentNo], now: Instant
    ) -> tuple[list[Change], int]:
        changes: list[Change] = [Same(clinic)]
        rests_on: dict[str, Practitioner | AppointmentType] = {}
        healed = 0
        found = [each for each in await self.store.appointments(clinic.id, nos) if each is not None]
        for seen in await loaded_all(self.store, clinic, found):
            known, practitioner, kind = seen.appointment, seen.practitioner, seen.type
            after, events = issue_links(clinic, known, known, practitioner, kind, now)
            if after.issued_at and not known.issued_at and practitioner and kind:
                changes += _issued(after, events, now)
                rests_on |= {f"p/{practitioner.id}": practitioner, f"t/{kind.id}": kind}
                healed += 1
        return [*changes, *(Same(record) for record in rests_on.values())], healed


def _issued(after: Appointment, events: Sequence[Event], now: Instant) -> list[Change]:
    step = Step(at=now, what="link_issued", by="system", facts={"people": list(after.told)})
    return [Put(after), Log(after.no, step), *emits(events)]
