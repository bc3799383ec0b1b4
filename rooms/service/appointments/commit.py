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
    return await write_all(store, bus, clinic, [edit], keep=keep)


async def write_all(
    store: Store,
    bus: Bus,
    clinic: Clinic,
    edits: Sequence[Edit],
    also: Sequence[Change] = (),
    *,
    keep: Keep[LoadedAppointment] | None = None,
) -> LoadedAppointment:
    """Any number of appointments in one commit, with `also` what they have in common: their rooms, if they
    share one. The first is what is answered and kept. Raises `Conflict`.
    """
    changes, written = list[Change](also), list[Appointment]()
    effects: Effects = {}
    for edit in edits:
        after = _sequenced(edit.before, edit.after)
        # A floor is written once, with what all of them do to it.
        effects = await floor_effects(store, clinic, edit.before, after, edit.step.at, effects)
        written.append(after)
        changes += _changes(clinic, edit, after)
    done = await _result(store, clinic, edits[0], written[0])
    await store.commit(clinic.id, [*changes, *on_floors(effects), *kept_answer(keep, done)])
    await tell(bus, clinic, effects)
    return done


async def _result(store: Store, clinic: Clinic, edit: Edit, after: Appointment) -> LoadedAppointment:
    stored = replace(after, version=after.version + 1)
    return replace(edit.seen, appointment=stored) if edit.seen else await loaded(store, clinic, stored)


def _changes(clinic: Clinic, edit: Edit, after: Appointment) -> list[Change]:
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
