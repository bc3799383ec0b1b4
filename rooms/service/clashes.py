"""C3: what a sync could not place, because somebody else has the time. Nothing of it is lost: staff see it
with both ways out, and a sync that fits later takes it from here.
"""

import msgspec

from rooms.calendar import AppointmentRequest, Clash
from rooms.changes import Change
from rooms.errors import NotFound
from rooms.ids import ClinicId
from rooms.outgoing import Task, TaskStill, clash_task
from rooms.ports import Drop, Put, Store
from rooms.records import Clinic, Practitioner
from rooms.service.common import Shown, appointment_of, clinic_of, names_of, shown, until_consistent
from rooms.times import Instant


class ClashSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One that waits, and who has its time now."""

    clash: Clash
    other: Shown | None
    practitioner: Practitioner | None
    names: dict[str, str]
    """Patient id to name, of both."""


async def remember(
    store: Store, clinic: ClinicId, id: str, request: AppointmentRequest, other: str, now: Instant
) -> None:
    """Write down that `request` found `other` in its way. Raises `Conflict`, `Unavailable`."""
    known = await store.clash(clinic, id)
    there = await appointment_of(store, clinic, other)
    if known is not None and (known.other, known.request) == (there.no, request):
        return
    made = Clash(id=id, other=there.no, request=request, at=now, version=known.version if known else 0)
    await store.commit(clinic, [Put(made), Task(clash_task(id), max(now, request.ends_at))])


async def clash_of(store: Store, clinic: ClinicId, id: str) -> Clash:
    """Raises `NotFound`."""
    found = await store.clash(clinic, id)
    if found is None:
        raise NotFound("not_found", "There is no such clash.")
    return found


def settled(clash: Clash | None) -> list[Change]:
    """The part of a commit by which it waits no more."""
    return [Drop(clash), Task(clash_task(clash.id), None)] if clash else []


async def drop(store: Store, clinic: ClinicId, id: str) -> None:
    """It waits no more; nothing else changes. Raises `NotFound`, `Conflict`."""
    await store.commit(clinic, settled(await clash_of(store, clinic, id)))


async def forget(store: Store, clinic: ClinicId, id: str) -> None:
    """The same, whether it is there or not."""
    await store.commit(clinic, settled(await store.clash(clinic, id)))


async def listed(store: Store, clinic_id: ClinicId, now: Instant) -> list[ClashSeen]:
    """Those whose time is not over, by start."""
    clinic = await clinic_of(store, clinic_id)
    waiting = [each for each in await store.clashes(clinic_id) if each.request.ends_at > now]
    return [await _seen(store, clinic, each) for each in sorted(waiting, key=_order)]


def _order(clash: Clash) -> tuple[Instant, str]:
    return clash.request.starts_at, clash.id


async def _seen(store: Store, clinic: Clinic, clash: Clash) -> ClashSeen:
    other = await store.appointment(clinic.id, clash.other)
    people = [clash.request.patient, *([other.patient] if other else [])]
    return ClashSeen(
        clash=clash,
        other=None if other is None else await shown(store, clinic, other),
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
