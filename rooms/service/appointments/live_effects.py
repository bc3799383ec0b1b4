"""What a changed appointment does to whoever is here because of it: in the commit that changes it (A2, C6,
D2).
"""

from collections.abc import Callable, Iterator, Mapping

from rooms.changes import Change
from rooms.errors import Facts
from rooms.ids import PATIENT, PRACTITIONER, PractitionerNo
from rooms.ports import Bus, Store
from rooms.records import Appointment, Clinic, Floor
from rooms.service import transaction
from rooms.service.live.link_holder import shut_facts
from rooms.times import Instant
from rooms.visit import live_effects
from rooms.visit.transition import FloorChange

NO_LEASE = 0
"""Milliseconds: nothing here begins a session."""

FloorAct = Callable[[Floor], FloorChange | None]


Effects = Mapping[PractitionerNo, FloorChange]
"""What a commit does to each floor. Empty: the appointment opens what it opened before."""


async def floor_effects(
    store: Store,
    clinic: Clinic,
    before: Appointment | None,
    after: Appointment,
    now: Instant,
    upon: Effects,
) -> Effects:
    """A floor is written even where nobody is on it: a hello that was judged by `before` and is being
    written at this moment conflicts with that, and is judged again. `upon`: what another appointment of the
    same commit does to floors.
    """
    effects = dict(upon)
    if before is None or _opens(before) == _opens(after):
        return effects
    acts = list(_acts(before, after, await _shut(store, clinic, after, now), now))
    for number in before.floors:
        floor_change = (
            effects[number] if number in effects else FloorChange(await store.floor(clinic.id, number))
        )
        for act in acts:
            step = act(floor_change.floor)
            if step is not None:
                floor_change = FloorChange(
                    step.floor, floor_change.entries + step.entries, floor_change.leases + step.leases
                )
        effects[number] = floor_change
    return effects


def on_floors(effects: Effects) -> list[Change]:
    """The part of the commit."""
    return [
        change
        for number, floor_change in effects.items()
        for change in transaction.floor_changes(number, floor_change)
    ]


async def tell(bus: Bus, clinic: Clinic, effects: Effects) -> None:
    """After the commit: everybody who is connected."""
    for floor_change in effects.values():
        await bus.appointment_changed(clinic, transaction.stored(floor_change.floor))


def _opens(appointment: Appointment) -> tuple[object, ...]:
    """What of an appointment a hello is judged by."""
    return (
        appointment.status,
        appointment.room,
        appointment.practitioner_no,
        appointment.host_no,
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
    return (
        appointment.practitioner_no,
        appointment.host_no,
        appointment.room,
        appointment.starts_at,
        appointment.ends_at,
    )


async def _shut(store: Store, clinic: Clinic, after: Appointment, now: Instant) -> Facts | None:
    """What the patient is told who cannot enter the appointment's room now; None: they can (D2)."""
    siblings = await store.appointments(clinic.id, after.others)
    live = [after, *(each for each in siblings if each is not None and each.status == "confirmed")]
    return shut_facts(clinic, live, now)


def _acts(before: Appointment, after: Appointment, told: Facts | None, now: Instant) -> Iterator[FloorAct]:
    """One after the other, each on the floor the last one left."""
    revoked = frozenset(after.revoked) - frozenset(before.revoked)
    yield lambda floor: live_effects.put_out(floor, before, revoked, "revoked", now, NO_LEASE, even_busy=True)
    if after.status == before.status and after.status != "confirmed":
        return  # what its end did to people was done then: a call may go on beyond its outcome
    if after.status == "cancelled":
        reason = after.cancelled.reason if after.cancelled else None
        facts = {"reason": reason} if reason else {}
        yield lambda floor: live_effects.ended(floor, before, "cancelled", now, NO_LEASE, **facts)
    elif after.status != "confirmed":
        yield lambda floor: live_effects.ended(floor, before, "expired", now, NO_LEASE)
    else:
        yield lambda floor: live_effects.put_out(
            floor, before, _withdrawn(before, after), "revoked", now, NO_LEASE
        )
        if _place(before) != _place(after):
            yield from _moves(before, after, told, now)


def _withdrawn(before: Appointment, after: Appointment) -> frozenset[int]:
    """Whose link is no longer good: removed guests', and everybody's who came with another patient."""
    guests = {guest.number for guest in before.guests}
    if before.patient_no != after.patient_no:
        return frozenset({PATIENT} | guests)
    return frozenset(guests - {guest.number for guest in after.guests})


def _moves(before: Appointment, after: Appointment, told: Facts | None, now: Instant) -> Iterator[FloorAct]:
    is_open, facts = told is None, told or {}
    if before.practitioner_no != after.practitioner_no:
        yield lambda floor: live_effects.put_out(
            floor, before, frozenset({PRACTITIONER}), "moved", now, NO_LEASE
        )
    if before.host_no == after.host_no:
        yield lambda floor: live_effects.moved(
            floor, before, after.room, now, NO_LEASE, open_now=is_open, **facts
        )
        return
    people = frozenset({PATIENT, *(guest.number for guest in before.guests)})
    if is_open:
        # Their links lead to the colleague's waiting room: they are asked to come again, and come there.
        yield lambda floor: live_effects.put_out(floor, before, people, "reassigned", now, NO_LEASE)
    else:
        yield lambda floor: live_effects.put_out(
            floor, before, people, "moved_away", now, NO_LEASE, even_busy=False, **facts
        )
