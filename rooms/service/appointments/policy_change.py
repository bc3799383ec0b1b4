"""A clinic's new policy or zone moves what is not yet decided (CONTRACT, `PATCH /v1/clinic`)."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from rooms.access.window import LONGEST_LOOK_BACK, of
from rooms.booking.request import differences
from rooms.booking.rooms import PairDay
from rooms.changes import Change
from rooms.ids import AppointmentNo, ClinicId
from rooms.ports import Log, Put, Same, Store
from rooms.records import LIVE, Appointment, Clinic, Step
from rooms.service.appointments.reminders import reminder
from rooms.service.appointments.room_assignment import enter, outcome_due
from rooms.service.load import clinic_of, pages
from rooms.service.retry import until_consistent
from rooms.times import Instant, local_day


async def follow(store: Store, clinic: ClinicId, now: Instant) -> None:
    """Every undecided appointment's outcome is due when its window closes by the clinic's policy, its
    reminder when that policy says (A10), and its room is that of its day in the clinic's zone. Whoever
    commits an appointment compares the clinic: none slips in by the old rules.
    """
    async for page in pages(store, clinic, now - LONGEST_LOOK_BACK):
        numbers = [each.no for each in page]
        for each in await until_consistent(partial(_retime, store, clinic, numbers)):
            await until_consistent(partial(_rehouse, store, clinic, each, now))


async def _retime(store: Store, clinic_id: ClinicId, numbers: Sequence[AppointmentNo]) -> list[AppointmentNo]:
    """One commit for a page; those that may have to change rooms."""
    clinic = await clinic_of(store, clinic_id)
    known = await store.appointments(clinic_id, numbers)
    undecided = [each for each in known if each is not None and _is_undecided(each)]
    changes: list[Change] = [
        part for each in undecided for part in (Same(each), outcome_due(clinic, each), reminder(clinic, each))
    ]
    await store.commit(clinic_id, [Same(clinic), *changes])
    zone = clinic.time_zone
    # A hold has no room yet.
    return [each.no for each in undecided if each.day not in {"", local_day(each.starts_at, zone)}]


async def _rehouse(store: Store, clinic_id: ClinicId, no: AppointmentNo, now: Instant) -> None:
    """Into the room of its day as the clinic now counts days (D1). One whose window has opened keeps the room
    that people may be in.
    """
    clinic, before = await clinic_of(store, clinic_id), await store.appointment(clinic_id, no)
    if before is None or not _is_undecided(before) or now >= of(before, clinic.policy).opens_at:
        return
    after, changes = await _moved(store, clinic, before)
    step = Step(at=now, what="changed", by="staff", facts=differences(before, after))
    await store.commit(clinic_id, [Same(clinic), Put(after), *changes, Log(no, step)])


async def _moved(store: Store, clinic: Clinic, before: Appointment) -> tuple[Appointment, list[Change]]:
    day = local_day(before.starts_at, clinic.time_zone)
    place = PairDay(before.practitioner_no, before.patient_no, day)
    move = await enter(store, clinic.id, before.no, before, place)
    home = move.home
    after = replace(before, room=home.room, day=home.day, others=home.others, handed=home.handed)
    return after, move.changes


def _is_undecided(appointment: Appointment) -> bool:
    return appointment.status in LIVE and appointment.outcome is None
