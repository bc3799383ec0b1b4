"""What is known about an appointment: who was there, what was done to it, why there is no link."""

from rooms.ids import PATIENT
from signalling.http.callers import CLINIC, Answer
from signalling.http.calls.own import own
from signalling.http.routes import Call, Nothing
from signalling.http.shapes import show
from signalling.http.shapes.answers import History


async def get_attendance(call: Call[Nothing]) -> Answer:
    """F1, F7."""
    await own(call)
    found = await call.deps.outcomes.attendance(call.clinic, call.path["id"], call.now)
    return Answer(200, show.attendance(found))


async def get_history(call: Call[Nothing]) -> Answer:
    """C8: append-only."""
    await own(call)
    steps = await call.deps.appointments.history(call.clinic, call.path["id"])
    return Answer(200, History(items=[show.step(step) for step in steps]))


async def get_diagnosis(call: Call[Nothing]) -> Answer:
    """B3: every check at once."""
    shown = await own(call)
    number = PATIENT if call.caller.number is None else call.caller.number
    is_staff = call.caller.scope in CLINIC
    made = await call.deps.diagnosing.checks(
        shown.clinic, shown.appointment, call.now, number, by_staff=is_staff
    )
    return Answer(200, show.checks(made))


async def get_support_bundle(call: Call[Nothing]) -> Answer:
    """B7: no clinical data, no token."""
    return Answer(200, await call.deps.bundle.of(call.clinic, call.path["id"], call.now))
