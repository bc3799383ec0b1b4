"""Put right what kept links back, and every appointment it kept back gets its link by itself (B4).

The run goes through the clinic's appointments without a link, in batches, and writes how far it has come in
the commit of each batch: killed half-way it goes on where it was, and nobody is told twice.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from msgspec.structs import replace

from rooms.access.stale import may_still
from rooms.access.window import REACH
from rooms.changes import Change, Overwrite
from rooms.events import Event, Healing, HealingCause, Undelivered
from rooms.ids import PATIENT, AppointmentNo, ClinicId, PatientNo
from rooms.outgoing import HEAL, Task, TaskStill
from rooms.ports import Log, Put, Same, Store
from rooms.records import Appointment, AppointmentType, Clinic, Practitioner, Step
from rooms.service.common import clinic_of, pages, shown_all, until_consistent
from rooms.service.issuing import emits, happened, settle, with_link
from rooms.times import Instant

BATCH = 50
"""Appointments in one commit: some 15 ms in which nobody else of the clinic's Redis is served."""

BATCHES = 10
"""Batches before the task is handed back, so that a process that stops does not hold it up for long."""

NO_CONTACT: Final = "contact_missing"
"""Why a mail was not sent: there is nowhere to send it."""

NEVER = Healing(cause="type", started_at=0)


def not_healed_meanwhile(appointment: Appointment, run: Healing | None) -> list[Same]:
    """For the commit of an appointment that gets no link: no run has begun since what keeps it back was read,
    so none can have passed it by. `run` was read before that.
    """
    if appointment.issued_at or appointment.status != "confirmed":
        return []
    return [Same(run or NEVER)]


async def begin(store: Store, clinic: ClinicId, cause: HealingCause, now: Instant) -> list[Change]:
    """For the commit that puts something right: a run over all, from the start."""
    known, total = await store.healing(clinic) or NEVER, await store.unissued_count(clinic)
    blank = Healing(cause=cause, started_at=now, total=total)
    begun = replace(blank, unknown_fields=known.unknown_fields)
    # Over whatever run there is: many that begin at once do not come second to each other, and one is enough.
    if total:
        return [Overwrite(begun), Task(HEAL, now)]
    # Compared with what is being booked at this moment all the same: its commit looks at this record.
    return [Overwrite(replace(begun, finished_at=now))]


class Healer:
    """The run, for a job on any process."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, clinic: ClinicId, taken: Instant, now: Instant) -> None:
        """Some batches; the task is then due again at once, or done. Raises `Unavailable`."""
        for _ in range(BATCHES):
            if await until_consistent(lambda: self._batch(clinic, taken, now)):
                return
        await self.store.commit(clinic, [TaskStill(HEAL, taken), Task(HEAL, now)])

    async def _batch(self, clinic_id: ClinicId, taken: Instant, now: Instant) -> bool:
        """Whether there is no more to do here: this was the last, or another run has begun."""
        if await self.store.task(clinic_id, HEAL) != taken:
            return True
        clinic, run = await clinic_of(self.store, clinic_id), await self.store.healing(clinic_id)
        if run is None or run.finished_at:
            await self.store.commit(clinic_id, [TaskStill(HEAL, taken), Task(HEAL, None)])
            return True
        after = (run.after_start, run.after_no) if run.after_no else None
        found = await self.store.unissued(clinic_id, after, BATCH)
        if not found:
            done = replace(run, finished_at=now)
            await self.store.commit(clinic_id, [TaskStill(HEAL, taken), Put(done), Task(HEAL, None)])
            return True
        changes, healed = await self._heal(clinic, [no for _, no in found], now)
        at, no = found[-1]
        further = replace(
            run, seen=run.seen + len(found), healed=run.healed + healed, after_start=at, after_no=no
        )
        await self.store.commit(clinic_id, [TaskStill(HEAL, taken), Put(further), *changes])
        return False

    async def _heal(
        self, clinic: Clinic, nos: Sequence[AppointmentNo], now: Instant
    ) -> tuple[list[Change], int]:
        changes: list[Change] = [Same(clinic)]
        rests_on: dict[str, Practitioner | AppointmentType] = {}
        healed = 0
        found = [each for each in await self.store.appointments(clinic.id, nos) if each is not None]
        for seen in await shown_all(self.store, clinic, found):
            known, practitioner, kind = seen.appointment, seen.practitioner, seen.type
            after, events = settle(clinic, known, known, practitioner, kind, now)
            if after.issued_at and not known.issued_at and practitioner and kind:
                changes += _issued(after, events, now)
                rests_on |= {f"p/{practitioner.id}": practitioner, f"t/{kind.id}": kind}
                healed += 1
        return [*changes, *(Same(record) for record in rests_on.values())], healed


def _issued(after: Appointment, events: Sequence[Event], now: Instant) -> list[Change]:
    step = Step(at=now, what="link_issued", by="system", facts={"people": list(after.told)})
    return [Put(after), Log(after.no, step), *emits(events)]


async def tell_again(store: Store, clinic_id: ClinicId, patient: PatientNo, now: Instant) -> None:
    """A patient who had no contact has one: whoever could not be sent a link of what is to come is sent it.

    Asked again after a crash half-way, it tells those that were not told: a message that is on its way is no
    longer missing.
    """
    async for page in pages(store, clinic_id, now - REACH, patient=patient):
        failures = await store.undelivered(clinic_id, [(each.no, "patient") for each in page])
        for each, failure in zip(page, failures, strict=True):
            if _is_missing(failure):
                await until_consistent(partial(_tell_again, store, clinic_id, each.no, now))


async def _tell_again(store: Store, clinic_id: ClinicId, no: AppointmentNo, now: Instant) -> None:
    """In a commit that moves the appointment's version on: of two that do this at once, one tells."""
    clinic, known = await clinic_of(store, clinic_id), await store.appointment(clinic_id, no)
    [failure] = await store.undelivered(clinic_id, [(no, "patient")])
    if known is None or not _is_missing(failure) or not may_still(known, PATIENT, clinic.policy, now):
        return
    event = with_link(happened("link.issued", known, now, number=PATIENT), clinic, known, PATIENT)
    await store.commit(clinic_id, [Put(known), *emits([event])])


def _is_missing(failure: Undelivered | None) -> bool:
    return failure is not None and failure.why == NO_CONTACT
