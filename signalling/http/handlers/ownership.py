"""Whose call it is. For a link every appointment but its own is unknown, as a foreign clinic's is;
what somebody does at the desk is written down as theirs (A9).
"""

from typing import TypeVar

from rooms.changes import Change
from rooms.errors import NotFound
from rooms.service.links.staff_acts import audited
from rooms.service.load import LoadedAppointment
from signalling.http.callers import STAFF_SCOPES
from signalling.http.routes import Call

B = TypeVar("B")


async def own_appointment(call: Call[B]) -> LoadedAppointment:
    """The appointment of the path, if it concerns the caller; a link whose visit is over is for that one
    only. Raises `NotFound`.
    """
    shown = await call.deps.appointments.get(call.clinic, call.path["id"])
    caller, record = call.caller, shown.appointment
    if caller.scope in STAFF_SCOPES or record.no == caller.appointment:
        return shown
    is_theirs = caller.scope == "practitioner" and record.practitioner == caller.practitioner
    if is_theirs and caller.over is None:
        return shown
    raise NotFound("not_found", "There is no such appointment.")


async def own_visit(call: Call[B]) -> LoadedAppointment:
    """The same, for whoever carries the visit: a colleague to whom it was handed, too (D3). Raises
    `NotFound`.
    """
    caller = call.caller
    if caller.scope != "practitioner" or caller.practitioner is None:
        return await own_appointment(call)
    shown = await call.deps.appointments.get(call.clinic, call.path["id"])
    known = await call.deps.store.practitioner(call.clinic, caller.practitioner)
    if known is None or known.no not in shown.appointment.floors:
        raise NotFound("not_found", "There is no such appointment.")
    return shown


def desk_audit(
    call: Call[B], what: str, *, appointment: str | None = None, person: str | None = None
) -> list[Change]:
    """The audit of what a staff link does; a booking service keeps its own book."""
    if call.caller.scope != "staff":
        return []
    return [audited(call.caller.actor, what, call.now, appointment=appointment, person=person)]
