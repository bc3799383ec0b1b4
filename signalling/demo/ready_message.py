"""What the demo says when it is ready: a line for programs, a page for people."""

from pathlib import Path

import msgspec

from signalling.demo.state import DemoState
from signalling.demo.visit import DemoLinks


class ReadyMessage(msgspec.Struct, frozen=True, kw_only=True):
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
    def of(cls, base_url: str, state: DemoState, links: DemoLinks) -> "ReadyMessage":
        """What a prepared demo has to show."""
        return cls(
            base_url=base_url,
            api_key=state.api_key or "",
            admin_key=state.admin_key,
            clinic=state.clinic,
            practitioner=state.practitioner or "",
            appointment=state.appointment or "",
            patient_link=links.patient,
            practitioner_link=links.practitioner,
            staff_link=links.staff,
            booking_link=links.booking,
        )


def as_json(shown: ReadyMessage) -> str:
    """One line."""
    return msgspec.json.encode(shown).decode()


def as_text(shown: ReadyMessage, log: Path) -> str:
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
