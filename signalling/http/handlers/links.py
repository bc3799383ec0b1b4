"""Links: an appointment's own, one for each person, and those the clinic's people work with."""

from rooms.ids import GrantNo
from rooms.service.idempotency import Act
from rooms.service.links.staff_acts import audited
from signalling.http.callers import Answer
from signalling.http.handlers.ownership import desk_audit
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render
from signalling.http.schemas.requests import AskRoomLink, AskStaffLink, AskToken


async def issue_token(call: Call[AskToken]) -> Answer:
    """G2: link, room, window and status; the same ones however often it is asked."""
    issued = await call.deps.links.token(
        Act(call.clinic, call.now, keep=call.keep(lambda made: Answer(200, render.token(made)))),
        call.path["id"],
        call.asked.person,
        also=desk_audit(call, "link_copied", appointment=call.path["id"], person=call.asked.person),
    )
    return Answer(200, render.token(issued))


async def issue_room_link(call: Call[AskRoomLink]) -> Answer:
    """A practitioner's own page, for some hours."""
    issued = await call.deps.links.room_link(
        Act(call.clinic, call.now, keep=call.keep(lambda made: Answer(200, render.grant(made)))),
        call.path["id"],
        call.asked.hours,
        also=[audited(call.caller.actor, "grant_issued", call.now, person=call.path["id"])],
    )
    return Answer(200, render.grant(issued))


async def issue_staff_link(call: Call[AskStaffLink]) -> Answer:
    """The staff page, for some hours and somebody by name."""
    issued = await call.deps.links.staff_link(
        Act(call.clinic, call.now, keep=call.keep(lambda made: Answer(200, render.grant(made)))),
        call.asked.name,
        call.asked.hours,
        also=[audited(call.caller.actor, "grant_issued", call.now, person=call.asked.name)],
    )
    return Answer(200, render.grant(issued))


async def revoke_link(call: Call[Nothing]) -> Answer:
    """End a room link or staff link before its time."""
    await call.deps.staff_acts.revoke_grant(
        Act(call.clinic, call.now, call.caller.actor), GrantNo(call.path["id"])
    )
    return Answer(204)
