"""What a booking service asks an appointment to be, and what it then is (CONTRACT, `PUT
/v1/appointments/{id}`).
"""

import msgspec
from msgspec.structs import replace

from rooms.booking.guests import numbered
from rooms.booking.holds import deadline, is_live, status_at
from rooms.calendar import AppointmentRequest, GuestRequest
from rooms.errors import Contradiction, Invalid
from rooms.ids import PATIENT, PRACTITIONER, AppointmentNo, RoomId
from rooms.policy import GUESTS, Policy
from rooms.records import Appointment, Handed, Hold, Patient, Practitioner
from rooms.times import Instant, show


def as_request(appointment: Appointment) -> AppointmentRequest:
    """What would have to be asked for it to be as it is; whoever was invited stays without being named."""
    return AppointmentRequest(
        practitioner=appointment.practitioner,
        patient=appointment.patient,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        guests=tuple(
            GuestRequest(
                id=each.id,
                name=each.name,
                email=each.email,
                phone=each.phone,
                unusable=each.unusable,
                counts=each.counts,
            )
            for each in appointment.guests
            if not each.invited
        ),
        type=appointment.type,
        external_type=appointment.external_type,
        status="held" if appointment.status == "held" else "confirmed",
    )


class Home(msgspec.Struct, frozen=True):
    """The room the appointment is to be in, of that clinic-local day, and who shares it (D1)."""

    room: RoomId
    day: str
    others: tuple[AppointmentNo, ...]
    handed: Handed | None = None
    """Which colleague carries it (D3)."""


def check_request(request: AppointmentRequest) -> None:
    """Raises `Invalid` for what is wrong in the request alone."""
    if request.type is None and request.external_type is None:
        raise Invalid("field_required", "Give a type, or the external system's.", field="type")
    if len(request.guests) > GUESTS:
        raise Invalid("length_invalid", f"An appointment has at most {GUESTS} guests.", field="guests")
    if len({guest.id for guest in request.guests}) != len(request.guests):
        raise Invalid("guest_duplicate", "Give every guest an id of their own.", field="guests")


def check_live(appointment: Appointment, now: Instant) -> None:
    """Raises `state_conflict` for an appointment that is over (CONTRACT: a terminal one answers that)."""
    if not is_live(appointment, now):
        status = status_at(appointment, now)
        raise Contradiction("state_conflict", "This appointment is over.", status=status)


def check_undecided(appointment: Appointment) -> None:
    """Raises `state_conflict` where there is an outcome: it rests on the appointment as it was (F3)."""
    if appointment.outcome is not None:
        decided = appointment.outcome.name
        raise Contradiction("state_conflict", "This appointment has its outcome.", outcome=decided)


def created(
    no: AppointmentNo,
    id: str,
    request: AppointmentRequest,
    practitioner: Practitioner,
    patient: Patient,
    home: Home,
) -> Appointment:
    """A new appointment, as it stands before anything of it is stored."""
    blank = Appointment(
        no=no,
        id=id,
        practitioner=practitioner.id,
        practitioner_no=practitioner.no,
        patient=patient.id,
        patient_no=patient.no,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        room=home.room,
    )
    return changed(blank, request, practitioner, patient, home)


def changed(
    before: Appointment,
    request: AppointmentRequest,
    practitioner: Practitioner,
    patient: Patient,
    home: Home,
) -> Appointment:
    """`before` as the request wants it: equal to it where nothing changes. Person numbers and links are
    kept.
    """
    guests, next_guest = numbered(before, request.guests, others=patient.no != before.patient_no)
    is_moved = (before.starts_at, before.ends_at) != (request.starts_at, request.ends_at)
    return replace(
        before,
        practitioner=practitioner.id,
        practitioner_no=practitioner.no,
        patient=patient.id,
        patient_no=patient.no,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        room=home.room,
        day=home.day,
        others=home.others,
        handed=home.handed,
        status=request.status,
        type=request.type,
        external_type=request.external_type,
        guests=guests,
        next_guest=next_guest,
        # Staff put off the close of the window it had.
        extended=0 if is_moved else before.extended,
        # Another window, which is decided like any (F5 speaks of the one it had).
        undone=before.undone and not is_moved,
        generations=_generations(before, patient),
        told=_still(before, patient, before.told),
        revoked=_still(before, patient, before.revoked),
        external=request.external or before.external,
        hold=_hold(before, patient),
    )


def with_hold(before: Appointment | None, after: Appointment, policy: Policy, now: Instant) -> Appointment:
    """`after` with its deadline, where it is held from now on (C2)."""
    if after.status != "held" or (before is not None and before.status == "held"):
        return after
    return replace(after, hold=Hold(until=deadline(policy, now)))


def _hold(before: Appointment, patient: Patient) -> Hold | None:
    """Another patient's is not for whoever held it: the secret opens nothing of theirs."""
    if before.hold is None or patient.no == before.patient_no:
        return before.hold
    return replace(before.hold, secret="", client="")


def _still(before: Appointment, patient: Patient, numbers: tuple[int, ...]) -> tuple[int, ...]:
    """What is known of people's links; with another patient only the practitioner's are the same."""
    return numbers if patient.no == before.patient_no else tuple(n for n in numbers if n == PRACTITIONER)


def _generations(before: Appointment, patient: Patient) -> dict[int, int]:
    """Another patient's appointment from now on: what the first one and their guests were given opens nothing
    (D1).
    """
    if patient.no == before.patient_no:
        return before.generations
    people = (PATIENT, *(guest.number for guest in before.guests))
    return before.generations | {number: before.generations.get(number, 1) + 1 for number in people}


def facts(appointment: Appointment) -> dict[str, object]:
    """What the history says of a new appointment. Numbers and ids, no names: it cannot be erased (C8, H4)."""
    return {
        "status": appointment.status,
        "practitioner": appointment.practitioner,
        "patient_no": appointment.patient_no,
        "starts_at": show(appointment.starts_at),
        "ends_at": show(appointment.ends_at),
        "type": appointment.type,
        "external_type": appointment.external_type,
        "guests": [guest.number for guest in appointment.guests],
    }


def differences(before: Appointment, after: Appointment) -> dict[str, object]:
    """What the history says of a change: each fact's `from` and `to`, and whose contact changed."""
    old, new = facts(before), facts(after)
    found: dict[str, object] = {
        name: {"from": old[name], "to": new[name]} for name in new if old[name] != new[name]
    }
    known = {guest.number: guest for guest in before.guests}
    if edited := [each.number for each in after.guests if known.get(each.number, each) != each]:
        found["guests_edited"] = edited
    if before.room != after.room:
        found["room"] = {"from": before.room, "to": after.room}
    return found
