"""What the booking commands share: trying again, keeping answers, and what is shown of an appointment."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from rooms.access import window
from rooms.booking.holds import is_live
from rooms.changes import Remember
from rooms.errors import NotFound, Unavailable
from rooms.ids import ClinicId, PatientNo, PractitionerNo
from rooms.policy import LONGEST_VISIT
from rooms.ports import Conflict, Retry, Store
from rooms.records import Appointment, AppointmentType, By, Clinic, Practitioner
from rooms.times import LATEST, Instant

T = TypeVar("T")

Keep = Callable[[T], Remember]
"""Makes of a command's result the answer that its own commit keeps under the Idempotency-Key (G1)."""

TRIES = 100
"""Where what was read did not fit together, and no commit says what about: the next reading is another."""


AT_ONCE = 100
"""Appointments read or committed together: short enough for everybody else of the clinic to get in
between.
"""


class Actor(msgspec.Struct, frozen=True):
    """Who does something: in what role, and who that is, for the audit (A9)."""

    by: By
    who: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the API shows of an appointment. `type`: what it stands for here; None where it has no counterpart
    (B6).
    """

    clinic: Clinic
    appointment: Appointment
    practitioner: Practitioner | None
    type: AppointmentType | None
    busy: tuple[str, ...] | None = None
    """The patient's other visits at this time, where somebody looked (C11)."""


async def until_consistent(command: Callable[[], Awaitable[T]], retry: Retry | None = None) -> T:
    """Load and decide again as long as somebody else's commit comes first: in turn, where the store says what
    that was about. `retry`: in turn from the start, where it is known that a crowd would meet. Raises
    `Unavailable`; `Contended` where others came first for too long.
    """
    if retry is not None:
        return await _in_turn(command, retry)
    for _ in range(TRIES):
        try:
            return await command()
        except Conflict as conflict:
            if conflict.retry is not None:
                return await _in_turn(command, conflict.retry)
    raise Unavailable


async def _in_turn(command: Callable[[], Awaitable[T]], retry: Retry) -> T:
    unfit = 0
    async with retry:
        while unfit < TRIES:
            try:
                return await command()
            except Conflict as conflict:
                if conflict.retry is None:
                    unfit += 1
                else:
                    await retry.lost()
    raise Unavailable


def kept(keep: Keep[T] | None, result: T) -> list[Remember]:
    """The part of a commit that keeps its answer."""
    return [keep(result)] if keep else []


async def clinic_of(store: Store, clinic: ClinicId) -> Clinic:
    """Raises `NotFound`."""
    found = await store.clinic(clinic)
    if found is None:
        raise NotFound("not_found", "There is no such clinic.")
    return found


async def appointment_of(store: Store, clinic: ClinicId, id: str) -> Appointment:
    """The appointment the booking service calls `id`. Raises `NotFound`."""
    found = await store.appointment_by_id(clinic, id)
    if found is None:
        raise NotFound("not_found", "There is no such appointment.")
    return found


def to_come(appointment: Appointment, clinic: Clinic, now: Instant) -> bool:
    """Held or confirmed, and its window has not closed: somebody may still come for it."""
    return is_live(appointment, now) and now < window.of(appointment, clinic.policy).closes_at


async def at_once(store: Store, clinic: ClinicId, appointment: Appointment, now: Instant) -> tuple[str, ...]:
    """The patient's other live visits that overlap this one, by id, with whomever (C11). What is read are
    those that begin near it: no visit is longer than `LONGEST_VISIT`.
    """
    if not is_live(appointment, now):
        return ()
    near = await store.listing(
        clinic,
        practitioner=None,
        patient=appointment.patient_no,
        start=appointment.starts_at - LONGEST_VISIT,
        end=appointment.ends_at,
        after=None,
        limit=AT_ONCE,
    )
    others = [each for each in near if each.no != appointment.no and each.ends_at > appointment.starts_at]
    return tuple(each.id for each in others if is_live(each, now))


async def pages(
    store: Store,
    clinic: ClinicId,
    start: Instant,
    *,
    end: Instant = LATEST + 1,
    practitioner: PractitionerNo | None = None,
    patient: PatientNo | None = None,
    handed: bool = False,
) -> AsyncIterator[list[Appointment]]:
    """All appointments that start in `[start, end)`, of any status, a page at a time; with `handed` those
    handed to the practitioner, too.
    """
    after: tuple[Instant, str] | None = None
    while True:
        page = await store.listing(
            clinic,
            practitioner=practitioner,
            patient=patient,
            start=start,
            end=end,
            after=after,
            limit=AT_ONCE,
            handed=handed,
        )
        yield page
        if len(page) < AT_ONCE:
            return
        after = (page[-1].starts_at, page[-1].no)


async def shown(store: Store, clinic: Clinic, appointment: Appointment) -> Shown:
    """With what has to be read beside it."""
    practitioner = await store.practitioner(clinic.id, appointment.practitioner)
    return Shown(
        clinic=clinic,
        appointment=appointment,
        practitioner=practitioner,
        type=await type_of(store, clinic.id, appointment),
    )


async def shown_all(store: Store, clinic: Clinic, appointments: Sequence[Appointment]) -> list[Shown]:
    """Each of them; the clinic's practitioners and types are few and read once for all."""
    if not appointments:
        return []
    practitioners = {each.id: each for each in await store.practitioners(clinic.id)}
    types = await store.appointment_types(clinic.id)
    return [
        Shown(
            clinic=clinic,
            appointment=each,
            practitioner=practitioners.get(each.practitioner),
            type=match_type(each, types),
        )
        for each in appointments
    ]


async def names_of(store: Store, clinic: ClinicId, patients: Sequence[str]) -> dict[str, str]:
    """Patient id to name, of those who have one."""
    known = await store.patients(clinic, patients)
    return {each.id: each.name for each in known if each is not None and each.name}


async def type_of(store: Store, clinic: ClinicId, appointment: Appointment) -> AppointmentType | None:
    """What the appointment's type stands for now, so that linking an external one heals what is booked
    (B4).
    """
    if appointment.type is not None:
        return await store.appointment_type(clinic, appointment.type)
    return match_type(appointment, await store.appointment_types(clinic))


def match_type(appointment: Appointment, types: Iterable[AppointmentType]) -> AppointmentType | None:
    """Of all types: its own; else the first by id that names the external system's. A type that is gone
    matches none.
    """
    for each in sorted(types, key=lambda each: each.id):
        if each.id == appointment.type:
            return each
        if appointment.type is None and appointment.external_type in each.external_ids:
            return each
    return None
