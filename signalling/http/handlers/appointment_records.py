"""What is known about an appointment: who was there, what was done to it, why there is no link."""

from rooms.ids import PATIENT
from signalling.http.callers import CLINIC_SCOPES, Answer
from signalling.http.handlers.ownership import own_appointment
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render
from signalling.http.schemas.answers import History


async def get_attendance(call: Call[Nothing]) -> Answer:
    """F1, F7."""
    await own_appointment(call)
    found = await call.deps.outcomes.attendance(call.clinic, call.path["id"], call.now)
    return Answer(200, render.attendance(found))


async def get_history(call: Call[Nothing]) -> Answer:
    """C8: append-only."""
    await own_appointment(call)
    steps = await call.deps.appointments.history(call.clinic, call.path["id"])
    return Answer(200, History(items=[render.step(step) for step in steps]))


async def get_diagnosis(call: Call[Nothing]) -> Answer:
    """B3: every check at once."""
    shown = await own_appointment(call)
    number = PATIENT if call.caller.number is None else call.caller.number
    is_staff = call.caller.scope in CLINIC_SCOPES
    made = await call.deps.diagnosis.checks(
        shown.clinic, shown.appointment, call.now, number, by_staff=is_staff
    )
    return Answer(200, render.checks(made))


async def get_support_bundle(call: Call[Nothing]) -> Answer:
    """B7: no clinical data, no token."""
    return Answer(200, await call.deps.support_bundles.of(call.clinic, call.path["id"], call.now))
