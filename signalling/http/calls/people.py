"""Practitioners, appointment types and patients: the booking service's copies here, put as a whole."""

from rooms.errors import NotFound
from signalling.http.callers import Answer
from signalling.http.routes import Call, Nothing
from signalling.http.shapes import show
from signalling.http.shapes.requests import PutAppointmentType, PutPatient, PutPractitioner


async def put_practitioner(call: Call[PutPractitioner]) -> Answer:
    """Create or replace."""
    asked = call.asked
    record, created = await call.deps.practitioners.put(
        call.clinic,
        call.path["id"],
        name=asked.name,
        video_enabled=asked.video_enabled,
        external_ids=asked.external_ids,
        email=asked.email,
    )
    return Answer(201 if created else 200, show.practitioner(record))


async def get_practitioner(call: Call[Nothing]) -> Answer:
    """One practitioner; to a practitioner's link, that one."""
    if call.caller.practitioner not in {None, call.path["id"]}:
        raise NotFound("not_found", "There is no such practitioner.")
    return Answer(200, show.practitioner(await call.deps.practitioners.get(call.clinic, call.path["id"])))


async def delete_practitioner(call: Call[Nothing]) -> Answer:
    """Remove one who has no appointment to come."""
    await call.deps.practitioners.delete(call.clinic, call.path["id"], now=call.now)
    return Answer(204)


async def put_appointment_type(call: Call[PutAppointmentType]) -> Answer:
    """Create or replace."""
    asked = call.asked
    record, created = await call.deps.types.put(
        call.clinic,
        call.path["id"],
        name=asked.name,
        video=asked.video,
        minutes=asked.minutes,
        external_ids=asked.external_ids,
    )
    return Answer(201 if created else 200, show.appointment_type(record))


async def get_appointment_type(call: Call[Nothing]) -> Answer:
    """One appointment type."""
    return Answer(200, show.appointment_type(await call.deps.types.get(call.clinic, call.path["id"])))


async def delete_appointment_type(call: Call[Nothing]) -> Answer:
    """Remove a type; its appointments say `type_not_linked` from then on."""
    await call.deps.types.delete(call.clinic, call.path["id"])
    return Answer(204)


async def put_patient(call: Call[PutPatient]) -> Answer:
    """Create or replace."""
    asked = call.asked
    record, created = await call.deps.patients.put(
        call.clinic, call.path["id"], name=asked.name, email=asked.email, phone=asked.phone
    )
    return Answer(201 if created else 200, show.patient(record))


async def get_patient(call: Call[Nothing]) -> Answer:
    """One patient."""
    return Answer(200, show.patient(await call.deps.patients.get(call.clinic, call.path["id"])))


async def delete_patient(call: Call[Nothing]) -> Answer:
    """Erase: name and contact gone, the ledger keeps a number (H4)."""
    await call.deps.patients.delete(call.clinic, call.path["id"])
    return Answer(204)
