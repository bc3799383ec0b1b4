"""C2 to C4: what is free, and a time that is held, kept longer, confirmed or given back: by the booking
service, by visitors of the public page, and by a patient who books again.
"""

import time
from typing import TypeVar

from msgspec.structs import asdict, replace

from rooms.access import window as windows
from rooms.access.people import words
from rooms.errors import Forbidden, NotFound, TooManyHolds
from rooms.ids import PATIENT
from rooms.records import Appointment
from rooms.service.administration.people import PatientDetails
from rooms.service.booking.holds import HoldRequest
from rooms.service.idempotency import Act
from rooms.service.load import LoadedAppointment
from rooms.times import DAY, HOUR, SECOND
from signalling.http.callers import CLINIC_SCOPES, STAFF_SCOPES, Answer
from signalling.http.handlers.appointments import AppointmentView, asked_span, view_of
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render_booking
from signalling.http.schemas.booking_answers import Confirmed, LinkMade
from signalling.http.schemas.booking_requests import AskChoice, AskSlots, ConfirmHold, HoldSecret, MakeHold

B = TypeVar("B")

SLOTS_AS_ONE_CALL = 100
"""Slots that count as one more call of a visitor's, or of a patient's link."""

HOLDS_AN_HOUR = 30
"""Holds that one visitor may make in an hour, whatever becomes of them: a family's, and no flood's (C2)."""

SLOTS_AHEAD = 28 * DAY
"""Milliseconds of slots where no dates are given."""


async def get_booking(call: Call[AskChoice]) -> Answer:
    """What can be chosen from."""
    await _check_current(call)
    public, mail = _is_public(call), call.deps.settings.smtp_url is not None
    found = await call.deps.free_slots.choice(call.clinic, public=public)
    return Answer(200, render_booking.choice(found, call.now, mail=mail))


async def list_slots(call: Call[AskSlots]) -> Answer:
    """Free times."""
    await _check_current(call)
    asked, own = call.asked, call.caller.practitioner
    if own is not None and asked.practitioner not in {None, own}:
        raise NotFound("not_found", "There is no such practitioner.")
    asked_start, asked_end = await asked_span(call)
    start = call.now if asked_start is None else asked_start
    end = start + SLOTS_AHEAD if asked_end is None else asked_end
    whose = own or asked.practitioner
    await _check_moving(call)
    found = await call.deps.free_slots.free(
        call.clinic, asked.type, whose, start, end, call.now, public=_is_public(call), moving=asked.moving
    )
    _count(call, len(found))
    return Answer(200, render_booking.slots(found))


async def _check_moving(call: Call[AskSlots]) -> None:
    """Where an appointment is shows in what is free without it: a link learns that of its own only."""
    moving, own = call.asked.moving, call.caller.practitioner
    if moving is None:
        return
    if _is_public(call):
        raise Forbidden("forbidden", "Only the clinic moves appointments.")
    if own is not None:
        seen = await call.deps.appointments.get(call.clinic, moving)
        if seen.appointment.practitioner != own:
            raise NotFound("not_found", "There is no such appointment.")


def _count(call: Call[AskSlots], found: int) -> None:
    """Many slots cost as much as many calls, of whoever has no key. Those are on their way already: the next
    call waits.
    """
    if _is_public(call):
        call.deps.visitors.take(
            call.address or call.caller.name, time.monotonic(), found // SLOTS_AS_ONE_CALL
        )


def _is_public(call: Call[B]) -> bool:
    return call.caller.scope not in CLINIC_SCOPES


async def make_hold(call: Call[MakeHold]) -> Answer:
    """201, or 409 with the nearest free ones."""
    asked = call.asked
    patient, client = await _for_whom(call)
    if client and (wait := await call.deps.store.take(call.clinic, client, HOLDS_AN_HOUR, HOUR)):
        raise TooManyHolds(wait / SECOND)
    made = await call.deps.holds.hold(
        Act(
            call.clinic,
            call.now,
            call.caller.actor,
            keep=call.keep(lambda done: Answer(201, render_booking.hold_made(done, call.now))),
        ),
        HoldRequest(
            practitioner=asked.practitioner,
            type=asked.type,
            starts_at=asked.starts_at,
            patient=patient,
            client=client,
            offered_only=_is_public(call),
        ),
    )
    return Answer(201, render_booking.hold_made(made, call.now))


async def _for_whom(call: Call[MakeHold]) -> tuple[str | None, str | None]:
    """The patient, where it is known, and whose allowance counts: a key is for many people and has none."""
    caller, asked = call.caller, call.asked
    if caller.scope in STAFF_SCOPES:
        return asked.patient, None
    if (own := await _check_current(call)) is not None:
        patient = own.patient
        if asked.patient not in {None, patient}:
            raise Forbidden("forbidden", "This link books for its own patient only.")
        return patient, f"patient/{patient}"
    if asked.patient is not None:
        raise Forbidden("forbidden", "Say who it is for when you confirm.")
    return None, f"visitor/{call.address}"


async def _check_current(call: Call[B]) -> Appointment | None:
    """The appointment of a patient's link. A cancelled one books nothing when its time would be over, as one
    that took place: whoever still has it may not be its patient any more, and what it would be given is a
    link that lives (A7).
    """
    if call.caller.scope != "patient" or call.caller.appointment is None:
        return None
    own = await call.deps.appointments.by_number(call.clinic, call.caller.appointment)
    if call.caller.over and call.now >= windows.of(own.appointment, own.clinic.policy).closes_at:
        raise Forbidden("forbidden", "This link has come to its end; use the newest one.")
    return own.appointment


async def get_hold(call: Call[Nothing]) -> Answer:
    """How it stands: for a page that was reloaded, or slept."""
    found = await call.deps.hold_acts.get(call.clinic, call.path["id"], _secret(call, None))
    return Answer(200, render_booking.hold(found, call.now))


async def extend_hold(call: Call[HoldSecret]) -> Answer:
    """Once."""
    done = await call.deps.hold_acts.extend(
        Act(
            call.clinic,
            call.now,
            call.caller.actor,
            keep=call.keep(lambda made: Answer(200, render_booking.hold(made, call.now))),
        ),
        call.path["id"],
        _secret(call, call.asked.secret),
    )
    return Answer(200, render_booking.hold(done, call.now))


async def confirm_hold(call: Call[ConfirmHold]) -> Answer:
    """200 with the links, or 410 saying whether it is still free."""
    details, secret = call.asked.patient, _secret(call, call.asked.secret)
    view = await view_of(call, [] if _is_public(call) else [await _held_for(call, secret)])
    done = await call.deps.hold_acts.confirm(
        Act(
            call.clinic,
            call.now,
            call.caller.actor,
            keep=call.keep(lambda made: Answer(200, _confirmed(call, view, made))),
        ),
        call.path["id"],
        secret,
        None if details is None else PatientDetails(**asdict(details), unusable=call.unusable("patient.")),
    )
    return Answer(200, _confirmed(call, view, done))


async def _held_for(call: Call[ConfirmHold], secret: str | None) -> str:
    """Whom the hold is for, by the id the clinic knows them by."""
    return (await call.deps.hold_acts.get(call.clinic, call.path["id"], secret)).seen.appointment.patient


def _confirmed(call: Call[ConfirmHold], view: AppointmentView, done: LoadedAppointment) -> Confirmed:
    details = call.asked.patient
    shown = view(done)
    if details is not None and not _is_public(call):
        shown = replace(shown, patient_name=details.name)
    return Confirmed(**asdict(shown), links=_links(call, done))


def _links(call: Call[B], done: LoadedAppointment) -> dict[str, LinkMade]:
    record = done.appointment
    if done.failed(call.now):
        return {}
    people = words(record)
    if _is_public(call) and (PATIENT in record.revoked or record.generations.get(PATIENT, 1) != 1):
        return {}  # it was taken back since: whoever booked is sent the new one, or nobody is
    shown = people if not _is_public(call) else {PATIENT: people[PATIENT]}
    made = {word: call.deps.links.issued(done.clinic, record, number) for number, word in shown.items()}
    return {
        word: LinkMade(token=each.token, link=each.link, address=each.address) for word, each in made.items()
    }


async def release_hold(call: Call[Nothing]) -> Answer:
    """Anybody's again."""
    await call.deps.hold_acts.release(
        Act(call.clinic, call.now, call.caller.actor), call.path["id"], _secret(call, None)
    )
    return Answer(204)


def _secret(call: Call[B], asked: str | None) -> str | None:
    """Whoever has no key proves that it is theirs; whoever has one and sends a secret means that one."""
    secret = call.caller.secret or asked
    if secret is None and call.caller.scope not in STAFF_SCOPES:
        raise NotFound("hold_not_found", "There is no such hold.")
    return secret
