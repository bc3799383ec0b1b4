"""D9: somebody comes along who was not on the appointment, invited by whoever carries the visit or by the
clinic.
"""

from msgspec.structs import asdict

from rooms.service.idempotency import Act
from rooms.service.links.guests import Invitation
from signalling.http.callers import Answer
from signalling.http.handlers.ownership import own_visit
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render_links
from signalling.http.schemas.link_answers import InvitedList
from signalling.http.schemas.link_requests import InviteGuest


async def invite_guest(call: Call[InviteGuest]) -> Answer:
    """In mid-call, too."""
    visit = await own_visit(call)
    made = await call.deps.guests.invite(
        Act(
            call.clinic,
            call.now,
            call.caller.actor,
            keep=call.keep(lambda made: Answer(201, render_links.invited(made))),
        ),
        visit.appointment.id,
        Invitation(**asdict(call.asked), unusable=call.unusable()),
    )
    return Answer(201, render_links.invited(made))


async def list_guests(call: Call[Nothing]) -> Answer:
    """Their links once more, and how far the messages to them have come."""
    visit = await own_visit(call)
    found = await call.deps.guests.listed(call.clinic, visit.appointment.id, call.now)
    return Answer(200, InvitedList(items=[render_links.still_invited(each) for each in found]))


async def withdraw_guest(call: Call[Nothing]) -> Answer:
    """What their link opened ends, a call too."""
    visit = await own_visit(call)
    await call.deps.guests.withdraw(
        Act(call.clinic, call.now, call.caller.actor), visit.appointment.id, call.path["guest"]
    )
    return Answer(204)
