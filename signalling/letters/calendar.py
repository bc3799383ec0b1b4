"""C9: an appointment as a calendar file: RFC 5545, with RFC 7986's CONFERENCE, and the link once more in
LOCATION and DESCRIPTION for those that know no other place. Neutral: a calendar is often shared (RELIABILITY
7.6).
"""

import datetime as dt
from typing import Literal
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vUri
from icalendar.prop import vText

from rooms.booking.holds import status_at
from rooms.records import Appointment, Clinic, Status
from rooms.times import SECOND, Instant
from signalling.letters.write import LANGUAGES

_STATES: dict[Status, str] = {
    "held": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "completed": "CONFIRMED",
    "no_show": "CONFIRMED",
    "cancelled": "CANCELLED",
    "expired": "CANCELLED",
}
"""RFC 5545 section 3.8.1.11."""

CalendarMethod = Literal["PUBLISH", "CANCEL"]
"""RFC 5546: what a calendar does with what comes by mail; nobody is asked for an answer."""


def file(
    clinic: Clinic,
    appointment: Appointment,
    link: str | None,
    public_url: str,
    now: Instant,
    *,
    method: CalendarMethod | None = None,
    organizer: str = "",
) -> bytes:
    """The whole file. `link`: of whoever it is for; None where there is none to use. Its UID never changes
    and its SEQUENCE grows with every change, so that a calendar that has an older file takes this one.
    `method` and `organizer`, an address, of one that goes by mail (RFC 5546 section 3.2 wants both).
    """
    said = LANGUAGES[clinic.policy.language].calendar
    event = Event()
    event.add("uid", f"{appointment.no}@{urlsplit(public_url).hostname}")
    status = status_at(appointment, now)
    # What expired and is not written down yet has the number it will have then.
    event.add("sequence", appointment.sequence + (status != appointment.status))
    event.add("dtstamp", _utc(now))
    event.add("dtstart", _utc(appointment.starts_at))
    event.add("dtend", _utc(appointment.ends_at))
    event.add("summary", said.summary)
    event.add("status", _STATES[status])
    event.add("class", "PRIVATE")
    lines = [said.with_link.format(link=link) if link else said.without_link]
    if clinic.phone:
        lines.append(said.phone.format(phone=clinic.phone))
    event.add("description", "\n".join(lines))
    if link:
        conference = vUri(link)
        conference.params["VALUE"] = vText("URI")
        conference.params["FEATURE"] = ["AUDIO", "VIDEO"]
        conference.params["LABEL"] = said.summary
        event.add("conference", conference, encode=False)
        event.add("location", link)
        event.add("url", link)
    calendar = Calendar()
    calendar.add("prodid", "-//Consultroom//EN")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
        event.add("organizer", f"mailto:{organizer}")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _utc(instant: Instant) -> dt.datetime:
    """To the second: a calendar knows no less."""
    return dt.datetime.fromtimestamp(instant // SECOND, dt.UTC)
