"""Whose appointment it is: for a link, everything but its own is unknown, as a foreign clinic's is (row
36).
"""

from typing import TypeVar

from rooms.errors import NotFound
from rooms.service.common import Shown
from signalling.http.callers import STAFF
from signalling.http.routes import Call

B = TypeVar("B")


async def own(call: Call[B]) -> Shown:
    """The appointment of the path, if it concerns the caller. Raises `NotFound`."""
    shown = await call.deps.appointments.get(call.clinic, call.path["id"])
    caller, record = call.caller, shown.appointment
    if caller.scope in STAFF or record.no == caller.appointment:
        return shown
    if caller.scope == "practitioner" and record.practitioner == caller.practitioner:
        return shown
    raise NotFound("not_found", "There is no such appointment.")
