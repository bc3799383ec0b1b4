"""Appointments: put by the booking service, read and cancelled by everybody they concern."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

import msgspec
from msgspec.structs import asdict

from rooms import times
from rooms.errors import Forbidden
from rooms.records import By, Status
from rooms.service.appointments.appointments import AppointmentRequest, GuestRequest
from rooms.service.idempotency import Act, Actor
from rooms.service.load import LoadedAppointment, names_of
from rooms.times import Instant
from signalling.http.callers import CLINIC_SCOPES, Answer
from signalling.http.handlers.ownership import own_appointment
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render
from signalling.http.schemas.answers import AppointmentList, AppointmentShown
from signalling.http.schemas.booking_requests import AskSlots
from signalling.http.schemas.link_requests import ListLinks
from signalling.http.schemas.requests import (
    CancelAppointment,
    ListAppointments,
    PutAppointment,
    WantedAppointment,
)

B = TypeVar("B")
W = TypeVar("W", bound=WantedAppointment)

ITEMS_OF_A_PAGE = 50
"""Items of a list's page where nothing is asked."""

AppointmentView = Callable[[LoadedAppointment], AppointmentShown]


async def put_appointment(call: Call[PutAppointment]) -> Answer:
    """Create, or make it what is asked."""
    asked = call.asked
    wanted = request_of(
        call, practitioner=asked.practitioner, type=asked.type, external_type=asked.external_type
    )
    shown, created = await call.deps.appointments.put(
        Act(call.clinic, call.now, Actor("staff")), call.path["id"], wanted
    )
    [made] = await render_for(call, [shown])
    return Answer(201 if created else 200, made)


def request_of(
    call: Call[W], *, practitioner: str, type: str | None, external_type: str | None
) -> AppointmentRequest:
    """What is asked, in the services' words."""
    asked = call.asked
    return AppointmentRequest(
        practitioner=practitioner,
        patient=asked.patient,
        guests=tuple(
            GuestRequest(**asdict(each), unusable=call.unusable(f"guests[{n}]."))
            for n, each in enumerate(asked.guests)
        ),
        type=type,
        external_type=external_type,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        status=asked.status,
    )


async def get_appointment(call: Call[Nothing]) -> Answer:
    """One appointment; to a link, only its own."""
    shown = await own_appointment(call)
    if call.caller.scope in CLINIC_SCOPES:
        shown = await call.deps.appointments.beside(shown, call.now)
    [seen] = await render_for(call, [shown])
    return Answer(200, seen)


async def render_for(call: Call[B], found: Sequence[LoadedAppointment]) -> list[AppointmentShown]:
    """Appointments as the caller sees them."""
    view = await view_of(call, [each.appointment.patient for each in found])
    return [view(each) for each in found]


async def view_of_own(call: Call[B]) -> AppointmentView:
    """How the caller sees the path's appointment, whatever becomes of it. Raises `NotFound` where it does not
    concern them.
    """
    return await view_of(call, [(await own_appointment(call)).appointment.patient])


async def view_of(call: Call[B], patients: Sequence[str]) -> AppointmentView:
    """How the caller sees appointments of these patients: with names and all for whoever works at the
    clinic.
    """
    if call.caller.scope not in CLINIC_SCOPES:
        return lambda shown: render.appointment(shown, call.now, private=False)
    names = await names_of(call.deps.store, call.clinic, patients)
    return lambda shown: render.appointment(
        shown, call.now, private=True, patient_name=names.get(shown.appointment.patient)
    )


async def answer_act(
    call: Call[B],
    command: Callable[[Act[LoadedAppointment], str], Awaitable[LoadedAppointment]],
    reason: str | None = None,
    by: By | None = None,
) -> Answer:
    """An act on the path's appointment, which is answered as it stands then. `by`: on whose behalf, where
    that is not the caller's.
    """
    view = await view_of_own(call)

    def answer_of(made: LoadedAppointment) -> Answer:
        return Answer(200, view(made))

    actor = call.caller.actor if by is None else Actor(by)
    act = Act(call.clinic, call.now, actor, reason=reason, keep=call.keep(answer_of))
    return answer_of(await command(act, call.path["id"]))


async def list_appointments(call: Call[ListAppointments]) -> Answer:
    """C5. Without status and dates: what is to come or its window still open, held and confirmed."""
    asked, own_id = call.asked, call.caller.practitioner
    if own_id is not None and asked.practitioner not in {None, own_id}:
        return Answer(200, AppointmentList(items=[], next_cursor=None))
    start, end = await asked_span(call)
    found, cursor = await call.deps.appointments.listing(
        call.clinic,
        status=_statuses(asked.status),
        start=start,
        end=end,
        practitioner=own_id or asked.practitioner,
        patient=asked.patient,
        cursor=asked.cursor,
        limit=asked.limit or ITEMS_OF_A_PAGE,
        now=call.now,
    )
    return Answer(200, AppointmentList(items=await render_for(call, found), next_cursor=cursor))


def _statuses(asked: str | None) -> frozenset[Status] | None:
    return None if asked is None else msgspec.convert(asked.split(","), frozenset[Status])


async def asked_span(
    call: Call[ListAppointments] | Call[ListLinks] | Call[AskSlots],
) -> tuple[Instant | None, Instant | None]:
    """`from` and `to`; what a date means, the clinic's zone says."""
    asked = call.asked
    if asked.start is None and asked.end is None:
        return None, None
    zone = (await call.deps.clinics.get(call.clinic)).time_zone
    return (
        None if asked.start is None else times.bound(asked.start, zone, "from"),
        None if asked.end is None else times.bound(asked.end, zone, "to"),
    )


async def cancel_appointment(call: Call[CancelAppointment]) -> Answer:
    """C6, by whoever the caller is; an API key says on whose behalf. Only a patient's own link has to be in
    time (C10).
    """
    asked, in_time = call.asked, call.caller.scope == "patient"
    cancel = partial(call.deps.appointments.cancel, note=asked.note, in_time=in_time)
    return await answer_act(call, cancel, asked.reason, _by(call))


def _by(call: Call[CancelAppointment]) -> By:
    """A link speaks for its own person only, and a patient has no private notes."""
    scope, asked = call.caller.scope, call.asked
    if scope == "key":
        return asked.by or "staff"
    role = call.caller.by
    if asked.by not in {None, role} or (role == "patient" and asked.note is not None):
        raise Forbidden("forbidden", "This link may not do that.")
    return role
