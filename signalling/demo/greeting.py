"""What the demo says when it is ready: a line for programs, a page for people."""

from pathlib import Path

import msgspec

from signalling.demo.kept import Kept
from signalling.demo.visit import Links


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """CONTRACT, "Starting it": exactly these members, in this order."""

    base_url: str
    api_key: str
    admin_key: str
    clinic: str
    practitioner: str
    appointment: str
    patient_link: str
    practitioner_link: str
    staff_link: str
    booking_link: str

    @classmethod
    def of(cls, base_url: str, kept: Kept, links: Links) -> "Shown":
        """What a prepared demo has to show."""
        return cls(
            base_url=base_url,
            api_key=kept.api_key or "",
            admin_key=kept.admin_key,
            clinic=kept.clinic,
            practitioner=kept.practitioner or "",
            appointment=kept.appointment or "",
            patient_link=links.patient,
            practitioner_link=links.practitioner,
            staff_link=links.staff,
            booking_link=links.booking,
        )


def as_json(shown: Shown) -> str:
    """One line."""
    return msgspec.json.encode(shown).decode()


def as_text(shown: Shown, log: Path) -> str:
    """A few lines, with what to do first."""
    visit = f"{shown.base_url}/v1/appointments/{shown.appointment}"
    return f"""
Consultroom is running, and a visit is open now.

  1. Open as the patient, allow the camera, and join:
     {shown.patient_link}
  2. Open in another tab or browser as the practitioner, and admit the patient:
     {shown.practitioner_link}

  Front desk: links, and why there is none:     {shown.staff_link}
  Booking page, where anybody takes a time:     {shown.booking_link}

  API         {shown.base_url}/v1/openapi.json
  API key     {shown.api_key}    (clinic {shown.clinic})
  Log         {log}
  Try it      curl -H "Authorization: Bearer {shown.api_key}" {visit}

Stop it with Ctrl-C. The same command starts it again with everything still there.
"""
