"""Practitioners, appointment types and patients: the booking service's copies here, put as a whole."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from msgspec.structs import asdict

from rooms.errors import NotFound
from signalling.http.callers import Answer
from signalling.http.handlers.appointments import render_for
from signalling.http.handlers.ownership import desk_audit
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render
from signalling.http.schemas.answers import (
    AnswerBody,
    AppointmentList,
    AppointmentTypeList,
    Colleagues,
    ColleagueShown,
    PractitionerList,
)
from signalling.http.schemas.requests import (
    ErasePatient,
    PutAppointmentType,
    PutPatient,
    PutPractitioner,
    Request,
)

A = TypeVar("A", bound=Request)
R = TypeVar("R")


async def _put(
    call: Call[A], put: Callable[..., Awaitable[tuple[R, bool]]], shown: Callable[[R], AnswerBody]
) -> Answer:
    """The record of the path as the body says it, member for member: 201 where it is new."""
    record, created = await put(call.clinic, call.path["id"], **asdict(call.asked), now=call.now)
    return Answer(201 if created else 200, shown(record))


async def put_practitioner(call: Call[PutPractitioner]) -> Answer:
    """Create or replace."""
    also = desk_audit(call, "practitioner_changed", person=call.path["id"])
    put = partial(call.deps.practitioners.put, unusable=call.unusable(), also=also)
    return await _put(call, put, render.practitioner)


async def list_practitioners(call: Call[Nothing]) -> Answer:
    """All of them, by id; to a practitioner's link, that one."""
    found = await call.deps.practitioners.listed(call.clinic)
    items = [render.practitioner(each) for each in found if call.caller.practitioner in {None, each.id}]
    return Answer(200, PractitionerList(items=items))


async def list_colleagues(call: Call[Nothing]) -> Answer:
    """Those a visit can be handed to (D3): whoever does video, but the caller."""
    found = await call.deps.practitioners.listed(call.clinic)
    others = [each for each in found if each.video_enabled and each.id != call.caller.practitioner]
    items = [ColleagueShown(id=each.id, name=each.name) for each in others]
    return Answer(200, Colleagues(items=sorted(items, key=lambda each: (each.name.casefold(), each.id))))


async def list_appointment_types(call: Call[Nothing]) -> Answer:
    """All of them, by id."""
    found = await call.deps.types.listed(call.clinic)
    return Answer(200, AppointmentTypeList(items=[render.appointment_type(each) for each in found]))


async def list_practitioner_affected(call: Call[Nothing]) -> Answer:
    """B4: before video is switched off."""
    found = await call.deps.diagnosis.affected(call.clinic, call.now, practitioner=call.path["id"])
    return Answer(200, AppointmentList(items=await render_for(call, found), next_cursor=None))


async def list_type_affected(call: Call[Nothing]) -> Answer:
    """B4: likewise."""
    found = await call.deps.diagnosis.affected(call.clinic, call.now, type=call.path["id"])
    return Answer(200, AppointmentList(items=await render_for(call, found), next_cursor=None))


async def get_practitioner(call: Call[Nothing]) -> Answer:
    """One practitioner; to a practitioner's link, that one."""
    if call.caller.practitioner not in {None, call.path["id"]}:
        raise NotFound("not_found", "There is no such practitioner.")
    return Answer(200, render.practitioner(await call.deps.practitioners.get(call.clinic, call.path["id"])))


async def delete_practitioner(call: Call[Nothing]) -> Answer:
    """Remove one who has no appointment to come."""
    await call.deps.practitioners.delete(call.clinic, call.path["id"], now=call.now)
    return Answer(204)


async def put_appointment_type(call: Call[PutAppointmentType]) -> Answer:
    """Create or replace."""
    also = desk_audit(call, "type_changed", person=call.path["id"])
    return await _put(call, partial(call.deps.types.put, also=also), render.appointment_type)


async def get_appointment_type(call: Call[Nothing]) -> Answer:
    """One appointment type."""
    return Answer(200, render.appointment_type(await call.deps.types.get(call.clinic, call.path["id"])))


async def delete_appointment_type(call: Call[Nothing]) -> Answer:
    """Remove a type; its appointments say `type_not_linked` from then on."""
    await call.deps.types.delete(call.clinic, call.path["id"], now=call.now)
    return Answer(204)


async def put_patient(call: Call[PutPatient]) -> Answer:
    """Create or replace."""
    return await _put(call, partial(call.deps.patients.put, unusable=call.unusable()), render.patient)


async def get_patient(call: Call[Nothing]) -> Answer:
    """One patient."""
    return Answer(200, render.patient(await call.deps.patients.get(call.clinic, call.path["id"])))


async def delete_patient(call: Call[ErasePatient]) -> Answer:
    """Erase: name and contact gone, the ledger keeps a number (H4)."""
    asked = call.asked
    await call.deps.erasure.erase(
        call.clinic, call.path["id"], now=call.now, cancel=asked.cancel == "true", reason=asked.reason
    )
    return Answer(204)
