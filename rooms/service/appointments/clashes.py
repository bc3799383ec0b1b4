"""C3: what a sync could not place, because somebody else has the time. Nothing of it is lost: staff see it
with both ways out, and a sync that fits later takes it from here.
"""

import msgspec
from msgspec.structs import replace

from rooms.booking.diary import overlapping
from rooms.booking.holds import status_at
from rooms.calendar import AppointmentRequest, Clash
from rooms.changes import Change, NoAppointment, NoClash
from rooms.errors import NotFound
from rooms.ids import ClinicId
from rooms.outgoing import Task, TaskStill, clash_task
from rooms.ports import Conflict, DiaryEntry, Drop, Put, Same, Store
from rooms.records import Appointment, Clinic, Practitioner
from rooms.service.load import LoadedAppointment, appointment_of, clinic_of, existing, loaded, names_of
from rooms.service.retry import until_consistent
from rooms.times import Instant


class ClashSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One that waits, and who has its time now."""

    clash: Clash
    other: LoadedAppointment | None
    practitioner: Practitioner | None
    names: dict[str, str]
    """Patient id to name, of both."""


async def remember(
    store: Store, clinic: ClinicId, id: str, request: AppointmentRequest, other: str, now: Instant
) -> None:
    """Write down that `request` found `other` in its way, if that is so at the moment of writing: where its
    twin was seated meanwhile, the time became free or the patient was erased, it is to be decided again.
    Raises `Conflict`, `Unavailable`.
    """
    known = await store.clash(clinic, id)
    own = await store.appointment_by_id(clinic, id)
    there = await appointment_of(store, clinic, other)
    patient = await store.patient(clinic, request.patient)
    if not _is_in_the_way(there, id, request, now) or (patient is not None and patient.erased):
        raise Conflict
    base = known or Clash(id=id, other=there.no, request=request, at=now)
    made = replace(base, other=there.no, request=request, at=now)
    is_known = known is not None and (known.other, known.request) == (there.no, request)
    rests_on = [Same(each) for each in (own, there, patient) if each is not None]
    unnamed = [] if own else [NoAppointment(id)]
    task = Task(clash_task(id), max(now, request.ends_at))
    await store.commit(clinic, [*rests_on, *unnamed, *([] if is_known else [Put(made), task])])


def _is_in_the_way(other: Appointment, id: str, request: AppointmentRequest, now: Instant) -> bool:
    """An appointment is never in its own way."""
    entry = DiaryEntry(other.starts_at, other.ends_at, other.no)
    return (
        other.id != id
        and other.practitioner == request.practitioner
        and status_at(other, now) not in {"cancelled", "expired"}
        and bool(overlapping([entry], request.starts_at, request.ends_at))
    )


async def clash_of(store: Store, clinic: ClinicId, id: str) -> Clash:
    """One that waits. Raises `NotFound`, also for one that was written down against itself: it waits for
    nothing, and to place it elsewhere would move the appointment that is booked.
    """
    found, own = await store.clash(clinic, id), await store.appointment_by_id(clinic, id)
    if found is None or (own is not None and own.no == found.other):
        raise NotFound("not_found", "There is no such clash.")
    return found


def clash_over(id: str, clash: Clash | None) -> list[Change]:
    """The part of a commit by which it waits no more; where none did, none may have come meanwhile."""
    return [Drop(clash), Task(clash_task(id), None)] if clash else [NoClash(id)]


async def drop(store: Store, clinic: ClinicId, id: str) -> None:
    """It waits no more; nothing else changes. Raises `NotFound`, `Conflict`."""
    found = existing(await store.clash(clinic, id), "clash")
    await store.commit(clinic, clash_over(id, found))


async def forget(store: Store, clinic: ClinicId, id: str) -> None:
    """The same, whether it is there or not."""
    await store.commit(clinic, clash_over(id, await store.clash(clinic, id)))


async def listed(store: Store, clinic_id: ClinicId, now: Instant) -> list[ClashSeen]:
    """Those whose time is not over, by start."""
    clinic = await clinic_of(store, clinic_id)
    waiting = [each for each in await store.clashes(clinic_id) if each.request.ends_at > now]
    seen = [await _seen(store, clinic, each) for each in sorted(waiting, key=_order)]
    return [each for each in seen if each.other is None or each.other.appointment.id != each.clash.id]


def _order(clash: Clash) -> tuple[Instant, str]:
    return clash.request.starts_at, clash.id


async def _seen(store: Store, clinic: Clinic, clash: Clash) -> ClashSeen:
    other = await store.appointment(clinic.id, clash.other)
    people = [clash.request.patient, *([other.patient] if other else [])]
    return ClashSeen(
        clash=clash,
        other=None if other is None else await loaded(store, clinic, other),
        practitioner=await store.practitioner(clinic.id, clash.request.practitioner),
        names=await names_of(store, clinic.id, people),
    )


class ClashesOver:
    """What could not be placed is forgotten when its time is over."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, clinic: ClinicId, id: str, taken: Instant, now: Instant) -> None:
        """`taken`: when the task is due since this process took it. Raises `Unavailable`."""
        name = clash_task(id)

        async def write() -> None:
            if await self.store.task(clinic, name) != taken:
                return
            known = await self.store.clash(clinic, id)
            is_over = known is not None and known.request.ends_at <= now
            again = known.request.ends_at if known is not None and not is_over else None
            gone = [Drop(known)] if known is not None and is_over else []
            await self.store.commit(clinic, [TaskStill(name, taken), *gone, Task(name, again)])

        await until_consistent(write)
