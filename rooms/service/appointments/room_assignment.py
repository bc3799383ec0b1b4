"""The parts of a commit that seat an appointment: its room with all who share it (D1), and when its outcome
is due.
"""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from rooms.access import window
from rooms.booking.holds import holds_until
from rooms.booking.request import Home
from rooms.booking.rooms import PairDay, entered, left, opened, others, pair_day
from rooms.changes import Change
from rooms.ids import AppointmentNo, ClinicId, new_room
from rooms.ports import Conflict, Due, Free, Put, Store
from rooms.records import Appointment, Clinic, RoomEntry


class Assignment(msgspec.Struct, frozen=True):
    """From one room to another, or to the same; `changes` keep the rooms and everybody who shares one in
    step.
    """

    home: Home
    changes: list[Change]


async def enter(
    store: Store, clinic: ClinicId, no: AppointmentNo, before: Appointment | None, to: PairDay
) -> Assignment:
    """Into the room of `to`, out of the one it has. Raises `Conflict`."""
    if before is not None and pair_day(before) == to:
        return Assignment(Home(before.room, to.day, before.others, before.handed), [])
    known = await store.room(clinic, to.practitioner_no, to.patient_no, to.day)
    entry = entered(known or opened(to, new_room()), no)
    leaving = await leave(store, clinic, before) if before is not None else []
    siblings = await _all(store, clinic, others(entry, no))
    entering = _in_step(entry, siblings)
    if seen_to(leaving) & seen_to(entering):
        # Somebody went from one room to the other while they were read.
        raise Conflict
    # Whoever carries a room's visits carries this one (D3).
    handed = next((each.handed for each in siblings), None)
    home = Home(entry.room, to.day, others(entry, no), handed)
    return Assignment(home, [*leaving, *entering])


def seen_to(changes: Iterable[Change]) -> set[AppointmentNo]:
    """The appointments that they write: each can be written once in a commit."""
    records = (each.record for each in changes if isinstance(each, Put))
    return {each.no for each in records if isinstance(each, Appointment)}


async def leave(store: Store, clinic: ClinicId, appointment: Appointment) -> list[Change]:
    """Out of its room, if it has one."""
    return await leave_together(store, clinic, [appointment])


async def leave_together(store: Store, clinic: ClinicId, leaving: Sequence[Appointment]) -> list[Change]:
    """Each out of its room, if it has one; of those who stay there each is written once."""
    gone = {each.no for each in leaving}
    changes: list[Change] = []
    for was in dict.fromkeys(pair_day(each) for each in leaving if each.day):
        entry = await store.room(clinic, was.practitioner_no, was.patient_no, was.day)
        if entry is None:
            # They are written together and never removed: these are no longer as they were loaded.
            raise Conflict
        entry = left(entry, gone)
        changes += _in_step(entry, await _all(store, clinic, entry.appointments))
    return changes


async def _all(store: Store, clinic: ClinicId, nos: Sequence[AppointmentNo]) -> list[Appointment]:
    return [each for each in await store.appointments(clinic, nos) if each is not None]


def _in_step(entry: RoomEntry, siblings: Iterable[Appointment]) -> list[Change]:
    """The entry, and every sibling's view of it (D2 judges by `others`)."""
    return [Put(entry), *(Put(replace(each, others=others(entry, each.no))) for each in siblings)]


def free(appointment: Appointment) -> Free:
    """Its time is anybody's again."""
    return Free(appointment.practitioner_no, appointment.no, appointment.ends_at, holds_until(appointment))


def outcome_due(clinic: Clinic, appointment: Appointment) -> Due:
    """Its outcome is due when its window closes; never where there is none to come (F3; CONTRACT, settled
    details).
    """
    closes_at = window.of(appointment, clinic.policy).closes_at
    is_open = appointment.status == "confirmed" and appointment.outcome is None and not appointment.undone
    return Due(appointment.no, closes_at if is_open and appointment.stored_at < closes_at else None)
