"""C7, C8: appointments that move, what a sync could not place, what a person sets by hand, and the calendar
file (C9).
"""

from functools import partial

from msgspec.structs import asdict

from rooms.access.people import label
from rooms.errors import Forbidden
from rooms.ids import PATIENT
from rooms.service.appointments import clashes
from rooms.service.idempotency import Act
from rooms.service.load import LoadedAppointment
from rooms.service.retry import until_consistent
from signalling.http.callers import STAFF_SCOPES, Answer
from signalling.http.handlers.appointments import answer_act, view_of
from signalling.http.handlers.ownership import own_appointment
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render_booking
from signalling.http.schemas.booking_answers import ClashList
from signalling.http.schemas.booking_requests import Reallocate, Reschedule, SeatElsewhere, SetByHand, Undo
from signalling.letters import calendar

CALENDAR_TYPE = "text/calendar"


async def reschedule(call: Call[Reschedule]) -> Answer:
    """Another time; id, links and history stay."""
    asked = call.asked
    command = partial(call.deps.reschedules.reschedule, starts_at=asked.starts_at, ends_at=asked.ends_at)
    return await answer_act(call, command)


async def reallocate(call: Call[Reallocate]) -> Answer:
    """Another practitioner or time; one that waits takes its place in the same commit."""
    asked = asdict(call.asked)
    reason = asked.pop("reason")
    return await answer_act(call, partial(call.deps.reschedules.reallocate, **asked), reason)


async def list_clashes(call: Call[Nothing]) -> Answer:
    """What syncs could not place and is still to come."""
    found = await clashes.listed(call.deps.store, call.clinic, call.now)
    return Answer(
        200, ClashList(items=[render_booking.clash(each, call.now) for each in found], next_cursor=None)
    )


async def seat_clash(call: Call[SeatElsewhere]) -> Answer:
    """What waits goes elsewhere."""
    waiting = await clashes.clash_of(call.deps.store, call.clinic, call.path["id"])
    view = await view_of(call, [waiting.request.patient])

    def answer_of(made: LoadedAppointment) -> Answer:
        return Answer(200, view(made))

    asked = asdict(call.asked)
    act = Act(call.clinic, call.now, call.caller.actor, asked.pop("reason"), call.keep(answer_of))
    return answer_of(await call.deps.reschedules.seat(act, call.path["id"], **asked))


async def dismiss_clash(call: Call[Nothing]) -> Answer:
    """It was settled elsewhere."""
    await until_consistent(lambda: clashes.drop(call.deps.store, call.clinic, call.path["id"]))
    return Answer(204)


async def complete(call: Call[SetByHand]) -> Answer:
    """From the start on."""
    return await answer_act(call, call.deps.by_hand.complete, call.asked.reason)


async def no_show(call: Call[SetByHand]) -> Answer:
    """From the close on."""
    return await answer_act(call, call.deps.by_hand.no_show, call.asked.reason)


async def undo(call: Call[Undo]) -> Answer:
    """Confirmed again, without an outcome."""
    return await answer_act(call, call.deps.by_hand.undo, call.asked.reason)


async def get_calendar(call: Call[Nothing]) -> Answer:
    """C9: with the link of whoever asks; the clinic gets the patient's."""
    seen = await own_appointment(call)
    record, caller = seen.appointment, call.caller
    number = PATIENT if caller.scope in STAFF_SCOPES or caller.number is None else caller.number
    if caller.scope == "practitioner":
        number = 0
    if label(record, number) is None:
        raise Forbidden("forbidden", "This link is for nobody on this appointment any more.")
    link = None if seen.failed(call.now, number) else call.deps.links.issued(seen.clinic, record, number).link
    return Answer(
        200, calendar.file(seen.clinic, record, link, call.deps.settings.public_url, call.now), CALENDAR_TYPE
    )
