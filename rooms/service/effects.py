"""What a changed appointment does to whoever is here because of it: in the commit that changes it (A2, C6,
D2).
"""

from collections.abc import Callable, Iterator

import msgspec

from rooms.changes import Change
from rooms.errors import Facts
from rooms.ids import PATIENT, PRACTITIONER
from rooms.ports import Bus, Store
from rooms.records import Appointment, Clinic, Floor
from rooms.service import turns
from rooms.service.joining import shut
from rooms.times import Instant
from rooms.visit import moves
from rooms.visit.draft import Turn

NO_LEASE = 0
"""Milliseconds: nothing here begins a session."""

Act = Callable[[Floor], Turn | None]


class Effects(msgspec.Struct, frozen=True):
    """`changes` belong in the commit, `floor` is what it then leaves. None: the appointment opens what it
    opened before.
    """

    changes: list[Change]
    floor: Floor | None = None
    turn: Turn | None = None


async def floor_effects(
    store: Store,
    clinic: Clinic,
    before: Appointment | None,
    after: Appointment,
    now: Instant,
    upon: Turn | None = None,
) -> Effects:
    """The floor is written even where nobody is on it: a hello that was judged by `before` and is being
    written at this moment conflicts with that, and is judged again. `upon`: what another appointment of the
    same commit does to this floor.
    """
    if before is None or _opens(before) == _opens(after):
        return Effects([])
    turn = upon or Turn(await store.floor(clinic.id, before.practitioner_no))
    for act in _acts(before, after, await _shut(store, clinic, after, now), now):
        step = act(turn.floor)
        if step is not None:
            turn = Turn(step.floor, turn.entries + step.entries, turn.leases + step.leases)
    return Effects(turns.changes(before.practitioner_no, turn), turns.stored(turn.floor), turn)


async def tell(bus: Bus, clinic: Clinic, effects: Effects) -> None:
    """After the commit: everybody who is connected."""
    if effects.floor is not None:
        await bus.appointment_changed(clinic, effects.floor)


def _opens(appointment: Appointment) -> tuple[object, ...]:
    """What of an appointment a hello is judged by."""
    return (
        appointment.status,
        appointment.room,
        appointment.practitioner_no,
        appointment.patient_no,
        appointment.starts_at,
        appointment.ends_at,
        {guest.number for guest in appointment.guests},
        appointment.revoked,
        appointment.generations,
        appointment.extended,
    )


def _place(appointment: Appointment) -> tuple[object, ...]:
    """When and where: what moves people when it changes."""
    return appointment.practitioner_no, appointment.room, appointment.starts_at, appointment.ends_at


async def _shut(store: Store, clinic: Clinic, after: Appointment, now: Instant) -> Facts | None:
    """What the patient is told who cannot enter the appointment's room now; None: they can (D2)."""
    siblings = await store.appointments(clinic.id, after.others)
    live = [after, *(each for each in siblings if each is not None and each.status == "confirmed")]
    return shut(clinic, live, now)


def _acts(before: Appointment, after: Appointment, told: Facts | None, now: Instant) -> Iterator[Act]:
    """One after the other, each on the floor the last one left."""
    if after.status == "cancelled":
        reason = after.cancelled.reason if after.cancelled else None
        facts = {"reason": reason} if reason else {}
        yield lambda floor: moves.ended(floor, before, "cancelled", now, NO_LEASE, **facts)
    elif after.status != "confirmed":
        yield lambda floor: moves.ended(floor, before, "expired", now, NO_LEASE)
    else:
        revoked = frozenset(after.revoked) - frozenset(before.revoked)
        yield lambda floor: moves.put_out(floor, before, revoked, "revoked", now, NO_LEASE, even_busy=True)
        yield lambda floor: moves.put_out(floor, before, _withdrawn(before, after), "revoked", now, NO_LEASE)
        if _place(before) != _place(after):
            yield from _moves(before, after, told, now)


def _withdrawn(before: Appointment, after: Appointment) -> frozenset[int]:
    """Whose link is no longer good: removed guests', and everybody's who came with another patient."""
    guests = {guest.number for guest in before.guests}
    if before.patient_no != after.patient_no:
        return frozenset({PATIENT} | guests)
    return frozenset(guests - {guest.number for guest in after.guests})


def _moves(before: Appointment, after: Appointment, told: Facts | None, now: Instant) -> Iterator[Act]:
    is_open, facts = told is None, told or {}
    if before.practitioner_no == after.practitioner_no:
        yield lambda floor: moves.moved(floor, before, after.room, now, NO_LEASE, open_now=is_open, **facts)
        return
    yield lambda floor: moves.put_out(floor, before, frozenset({PRACTITIONER}), "moved", now, NO_LEASE)
    people = frozenset({PATIENT, *(guest.number for guest in before.guests)})
    if is_open:
        # Their links lead to the colleague's waiting room: they are asked to come again, and come there.
        yield lambda floor: moves.put_out(floor, before, people, "reassigned", now, NO_LEASE)
    else:
        yield lambda floor: moves.put_out(
            floor, before, people, "moved_away", now, NO_LEASE, even_busy=False, **facts
        )
