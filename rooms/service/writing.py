"""The one commit every change of an appointment is: the record, its history, what is due of it, whoever is
here, and the answer to keep.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from rooms.changes import Change
from rooms.events import Event
from rooms.ports import Bus, Log, Put, Store
from rooms.records import Appointment, Clinic, Step
from rooms.service.common import Keep, Shown, kept, shown
from rooms.service.effects import floor_effects, tell
from rooms.service.issuing import emits
from rooms.service.placing import due
from rooms.service.reminding import reminder


async def write(
    store: Store,
    bus: Bus,
    clinic: Clinic,
    before: Appointment | None,
    after: Appointment,
    step: Step,
    changes: Sequence[Change],
    *,
    events: Sequence[Event] = (),
    keep: Keep[Shown] | None = None,
    seen: Shown | None = None,
) -> Shown:
    """`seen`: what is shown beside the appointment, where it was read for the decision anyway.

    Raises `Conflict` where something it rests on has changed; whoever is here is told right after it."""
    effects = await floor_effects(store, clinic, before, after, step.at)
    stored = replace(after, version=after.version + 1)
    result = replace(seen, appointment=stored) if seen else await shown(store, clinic, stored)
    rest = [Log(after.no, step), due(clinic, after), reminder(clinic, after), *emits(events)]
    await store.commit(clinic.id, [Put(after), *changes, *rest, *effects.changes, *kept(keep, result)])
    await tell(bus, clinic, effects)
    return result
