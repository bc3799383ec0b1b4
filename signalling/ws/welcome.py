"""The first frame of a session: who one is, where one stands and until when."""

from rooms.records import Appointment, Clinic
from rooms.service.live.hello import Entered
from rooms.service.live.link_holder import LinkHolder
from rooms.times import Instant, show
from signalling.ice.echo import EchoCall, NoEcho
from signalling.ws.floor_views import FloorView, Members
from signalling.ws.session import Session
from signalling.ws.session_registry import Seated


def members(
    entered: Entered, session: Session, seated: Seated, ice: Members, now: Instant, *, resumed: bool
) -> Members:
    """A welcome's members (signalling/PROTOCOL.md). Somebody waiting gets no people and no ICE servers."""
    view = seated.view
    waiting = view.state == "waiting"
    told: Members = {
        "sid": entered.here.sid,
        "key": entered.key,
        "resumed": resumed,
        "role": session.role,
        "person": session.person,
        "state": view.state,
        "room": view.room,
        **_times(entered.clinic, entered.link),
        **_carried(view),
        "window": _window(entered),
        "name": seated.card.name,
        "practitioner": seated.practitioner,
        "server_time": show(now),
        "ice": None if waiting else ice,
        "people": [] if waiting else list(view.people.values()),
    }
    if view.queue is not None:
        told |= {"queue": view.queue, **view.desk}
    return told


def _times(clinic: Clinic, link: Appointment | None) -> Members:
    return {
        "appointment": link.id if link else None,
        "starts_at": show(link.starts_at) if link else None,
        "ends_at": show(link.ends_at) if link else None,
        "time_zone": clinic.time_zone,
        "phone": clinic.phone,
    }


def _carried(view: FloorView) -> Members:
    """A practitioner in a room is there for the appointment that was admitted, whatever link they came by."""
    inside = view.queue is not None and view.state == "in_room" and view.appointment is not None
    return {"appointment": view.appointment} if inside else {}


def _window(entered: Entered) -> Members | None:
    if entered.window is None:
        return None
    return {"opens_at": show(entered.window.opens_at), "closes_at": show(entered.window.closes_at)}


def checking(holder: LinkHolder, ice: Members, echo: EchoCall | NoEcho, now: Instant) -> Members:
    """The welcome of a device check, which is never presence (E4): no session to resume, nobody to see but
    the echo peer, which is polite.
    """
    window = holder.window
    return {
        "sid": "",
        "key": "",
        "resumed": False,
        "role": holder.role,
        "person": holder.person,
        "state": "checking",
        "room": None,
        **_times(holder.clinic, holder.appointment),
        "window": {"opens_at": show(window.opens_at), "closes_at": show(window.closes_at)}
        if window
        else None,
        "practitioner": holder.practitioner.name,
        "server_time": show(now),
        "ice": ice,
        "people": [],
        **_echo(echo),
    }


def _echo(echo: EchoCall | NoEcho) -> Members:
    if isinstance(echo, NoEcho):
        return {"echo": None, "echo_refused": echo}
    return {"echo": {"sid": echo.sid, "polite": False}}
