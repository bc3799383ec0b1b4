"""The public booking page, in the words its tests are written in."""

import json
from datetime import UTC, date, datetime, timedelta

from tests.browser.person import Person
from tests.support.api import Clinic, Json

FOCUSED = "document.activeElement.textContent"
SECONDS_LEFT = """() => {
  const [minutes, seconds] = document.querySelector('.countdown').textContent.match(/\\d+/g).map(Number);
  return 60 * minutes + seconds;
}"""
"""Of a time that is kept."""

KEPT = "sessionStorage.getItem('consultroom.hold')"


async def hours(clinic: Clinic, practitioner: str = "dr", **more: object) -> None:
    """Every day from 9 to 17, a quarter of an hour each half hour."""
    for weekday in range(7):
        span = {"weekday": weekday, "start_minute": 540, "end_minute": 1020}
        slots = {"slot_minutes": 15, "buffer_minutes": 15}
        await clinic.api.post(f"/v1/practitioners/{practitioner}/availability", **span, **slots, **more)


def day(ahead: int) -> date:
    """So many days from today."""
    return datetime.now(UTC).date() + timedelta(days=ahead)


async def policy(clinic: Clinic, **change: object) -> None:
    (await clinic.api.call("PATCH", "/v1/clinic", {"policy": change})).ok()


async def free(clinic: Clinic) -> list[Json]:
    """Free times of the coming days."""
    span = f"from={day(0)}&to={day(9)}"
    found: list[Json] = (await clinic.api.get(f"/v1/slots?type=video&{span}"))["items"]
    return found


async def taken(clinic: Clinic, slot: Json) -> None:
    """Somebody else has that time now."""
    await clinic.api.put("/v1/patients/kim", name="Kim")
    times = {"starts_at": slot["starts_at"], "ends_at": slot["ends_at"]}
    await clinic.api.put("/v1/appointments/other", practitioner="dr", patient="kim", type="video", **times)


async def opens(clinic: Clinic, person: Person) -> Person:
    """The clinic's page, with free times on it."""
    await person.page.goto(f"{person.origin}/b/{clinic.id}")
    await person.sees(".time")
    return person


async def holds(clinic: Clinic, person: Person) -> Person:
    """The first free time, by one click."""
    await opens(clinic, person)
    await person.click(".time")
    await person.sees("h1", "This time is kept for you")
    return person


async def books(person: Person, **details: str) -> str:
    """Fills in a name and whatever else is given; the link."""
    for field, value in {"name": "Robin Poe", **details}.items():
        await person.page.fill(f"#{field}", value)
    await person.click("#book")
    await person.sees("h1", "Your visit is booked")
    return await person.page.input_value("#link")


async def appointment(clinic: Clinic, person: Person) -> Json:
    """What this tab keeps, as the clinic sees it."""
    kept = json.loads(await person.page.evaluate(KEPT))
    return await clinic.api.get(f"/v1/appointments/{kept['id']}")
