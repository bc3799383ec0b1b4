"""The parts of a commit that seat an appointment: its room with all who share it, and its time in the diary
(C3, D1).
"""

import msgspec
from msgspec.structs import replace

from rooms.access import window
from rooms.booking.diary import clash
from rooms.booking.request import Home
from rooms.booking.rooms import Place, entered, left, opened, others, place
from rooms.changes import Change
from rooms.errors import Contradiction
from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, new_room
from rooms.ports import Book, Conflict, Due, Free, Put, Store
from rooms.records import Appointment, Clinic, RoomEntry
from rooms.times import Instant


class Move(msgspec.Struct, frozen=True):
    """From one room to another, or to the same; `changes` keep the rooms and everybody who shares one in
    step.
    """

    home: Home
    changes: list[Change]


async def enter(
    store: Store, clinic: ClinicId, no: AppointmentNo, before: Appointment | None, to: Place
) -> Move:
    """Into the room of `to`, out of the one it has."""
    if before is not None and place(before) == to:
        return Move(Home(before.room, to.day, before.others), [])
    known = await store.room(clinic, to.practitioner_no, to.patient_no, to.day)
    entry = entered(known or opened(to, new_room()), no)
    leaving = await leave(store, clinic, before) if before is not None else []
    home = Home(entry.room, to.day, others(entry, no))
    return Move(home, [*leaving, *await _in_step(store, clinic, entry, no)])


async def leave(store: Store, clinic: ClinicId, appointment: Appointment) -> list[Change]:
    """Out of its room."""
    was = place(appointment)
    entry = await store.room(clinic, was.practitioner_no, was.patient_no, was.day)
    if entry is None:
        # They are written together and never removed: this appointment is no longer as it was loaded.
        raise Conflict
    return await _in_step(store, clinic, left(entry, appointment.no), appointment.no)


async def _in_step(store: Store, clinic: ClinicId, entry: RoomEntry, no: AppointmentNo) -> list[Change]:
    """The entry, and every sibling's view of it (D2 judges by `others`)."""
    siblings = await store.appointments(clinic, others(entry, no))
    puts = [Put(replace(each, others=others(entry, each.no))) for each in siblings if each is not None]
    return [Put(entry), *puts]


async def book(
    store: Store, clinic: ClinicId, before: Appointment | None, after: Appointment
) -> list[Change]:
    """Its time in the diary, in place of what it had. Raises `slot_taken` with the `other`'s id (RELIABILITY
    5, row 27).
    """
    if before is not None and _slot(before) == _slot(after):
        return []
    practitioner, starts_at, ends_at = _slot(after)
    seen = await store.diary(clinic, practitioner, starts_at, ends_at)
    taken_by = clash(seen.entries, starts_at, ends_at, after.no)
    if taken_by is not None:
        raise await _taken(store, clinic, taken_by)
    frees = [free(before)] if before is not None else []
    return [*frees, Book(practitioner, after.no, starts_at, ends_at, seen)]


def free(appointment: Appointment) -> Free:
    """Its time is anybody's again."""
    return Free(appointment.practitioner_no, appointment.no, appointment.ends_at)


def _slot(appointment: Appointment) -> tuple[PractitionerNo, Instant, Instant]:
    return appointment.practitioner_no, appointment.starts_at, appointment.ends_at


async def _taken(store: Store, clinic: ClinicId, by: AppointmentNo) -> Contradiction:
    other = await store.appointment(clinic, by)
    if other is None:
        raise Conflict
    return Contradiction("slot_taken", "The practitioner has another appointment then.", other=other.id)


def due(clinic: Clinic, appointment: Appointment) -> Due:
    """Its outcome is due when its window closes; never where there is none to come (F3; CONTRACT, settled
    details).
    """
    closes_at = window.of(appointment, clinic.policy).closes_at
    is_open = appointment.status == "confirmed" and appointment.outcome is None
    return Due(appointment.no, closes_at if is_open and appointment.stored_at < closes_at else None)
