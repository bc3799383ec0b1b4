"""The one commit every change of an appointment is: the record, its history, what is due of it, whoever is
here, and the answer to keep.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from rooms.changes import Change
from rooms.events import Event
from rooms.ports import Bus, Log, Put, Store
from rooms.records import Appointment, Clinic, Step
from rooms.service.appointments.diary import expiry
from rooms.service.appointments.live_effects import Effects, floor_effects, on_floors, tell
from rooms.service.appointments.reminders import reminder
from rooms.service.appointments.room_assignment import outcome_due
from rooms.service.events import emits
from rooms.service.idempotency import Keep, kept_answer
from rooms.service.load import LoadedAppointment, loaded


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """A change of one appointment as it was decided. `changes`: what belongs to it and only it knows of;
    `seen`: what is shown beside it, where it was read for the decision anyway.
    """

    before: Appointment | None
    after: Appointment
    step: Step
    changes: Sequence[Change]
    events: Sequence[Event] = ()
    seen: LoadedAppointment | None = None


async def write(
    store: Store, bus: Bus, clinic: Clinic, edit: Edit, *, keep: Keep[LoadedAppointment] | None = None
) -> LoadedAppointment:
    """Raises `Conflict` where something it rests on has changed; whoever is here is told right after it."""
    edit, effects = await _prepared(store, clinic, edit, {})
    result = await _result(store, clinic, edit)
    await store.commit(clinic.id, [*_changes(clinic, edit), *on_floors(effects), *kept_answer(keep, result)])
    await tell(bus, clinic, effects)
    return result


async def write_both(
    store: Store,
    bus: Bus,
    clinic: Clinic,
    one: Edit,
    other: Edit,
    *,
    keep: Keep[LoadedAppointment] | None = None,
) -> LoadedAppointment:
    """Two appointments of different patients in one commit (C7); the result is the first. Raises
    `Conflict`.
    """
    one, effects = await _prepared(store, clinic, one, {})
    # A floor is written once, with what both do to it.
    other, effects = await _prepared(store, clinic, other, effects)
    result = await _result(store, clinic, one)
    changes = [*_changes(clinic, one), *_changes(clinic, other), *kept_answer(keep, result)]
    await store.commit(clinic.id, [*changes, *on_floors(effects)])
    await tell(bus, clinic, effects)
    return result


async def write_all(
    store: Store, bus: Bus, clinic: Clinic, edits: Sequence[Edit], also: Sequence[Change]
) -> None:
    """Any number in one commit, with `also` what they have in common: their rooms, if they share one. Raises
    `Conflict`.
    """
    prepared: list[Edit] = []
    effects: Effects = {}
    for each in edits:
        edit, effects = await _prepared(store, clinic, each, effects)
        prepared.append(edit)
    changes = [change for edit in prepared for change in _changes(clinic, edit)]
    await store.commit(clinic.id, [*also, *changes, *on_floors(effects)])
    await tell(bus, clinic, effects)


async def _prepared(store: Store, clinic: Clinic, edit: Edit, upon: Effects) -> tuple[Edit, Effects]:
    edit = replace(edit, after=_sequenced(edit.before, edit.after))
    return edit, await floor_effects(store, clinic, edit.before, edit.after, edit.step.at, upon)


async def _result(store: Store, clinic: Clinic, edit: Edit) -> LoadedAppointment:
    stored = replace(edit.after, version=edit.after.version + 1)
    return replace(edit.seen, appointment=stored) if edit.seen else await loaded(store, clinic, stored)


def _changes(clinic: Clinic, edit: Edit) -> list[Change]:
    after = edit.after
    return [
        Put(after),
        *edit.changes,
        Log(after.no, edit.step),
        outcome_due(clinic, after),
        reminder(clinic, after),
        *expiry(after),
        *emits(edit.events),
    ]


def _sequenced(before: Appointment | None, after: Appointment) -> Appointment:
    """A calendar takes the later of two files for the newer by this number (C9)."""
    if before is None or _calendar(before) == _calendar(after):
        return after
    return replace(after, sequence=before.sequence + 1)


def _calendar(appointment: Appointment) -> tuple[object, ...]:
    return appointment.starts_at, appointment.ends_at, appointment.practitioner_no, appointment.status
