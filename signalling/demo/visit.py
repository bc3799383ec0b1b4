"""The demo clinic and a visit that is open now, made over HTTP as a booking service makes them."""

import datetime as dt
import secrets
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import available_timezones

import aiohttp
import msgspec

from signalling.demo.children import DemoError
from signalling.demo.state import DemoState

DEMO_PRACTITIONERS = (("dr-hale", "Dr Amber Hale"), ("dr-lind", "Dr Noor Lind"))
"""The second takes the visit when somebody who tries the API has booked the first for just now."""

DEMO_PATIENT = ("sam-carter", "Sam Carter")
DEMO_TYPE = ("video-consult", "Video consultation")

DEMO_HOURS = {"start_minute": 8 * 60, "end_minute": 20 * 60, "slot_minutes": 30}
"""Every day, so that the booking page has free times whenever somebody looks."""

DEMO_VISIT = dt.timedelta(minutes=30)
"""From now on; with the default policy the join window then closes in an hour and a half."""

STILL_USEFUL = dt.timedelta(minutes=20)
"""An earlier visit whose window stays open this long is kept; a shorter one would close on whoever is trying
it out."""

LINK_HOURS = 12
"""How long the practitioner's and the staff link last: a working day."""


class DemoLinks(NamedTuple):
    """What somebody opens in a browser."""

    patient: str
    practitioner: str
    staff: str
    booking: str


class ApiAnswer(NamedTuple):
    """Status and JSON body of one call."""

    status: int
    body: dict[str, Any]


class ApiClient:
    """A booking service's side of the API: one bearer, JSON both ways."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str, bearer: str) -> None:
        self._http, self._base, self._bearer = http, base_url, bearer

    async def call(self, method: str, path: str, body: object = None, *, key: str = "") -> ApiAnswer:
        """Any answer at all; `key` is sent as the Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self._bearer}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else msgspec.json.encode(body)
        async with self._http.request(method, self._base + path, data=data, headers=headers) as response:
            return ApiAnswer(response.status, msgspec.json.decode(await response.read() or b"{}"))

    async def must(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The body of a 2xx answer. Raises `DemoError`."""
        answer = await self.call(method, path, body)
        if answer.status >= 300:
            raise DemoError(f"{method} {path} answered {answer.status} {answer.body.get('code', '')}.")
        return answer.body


async def ensure_clinic(admin: ApiClient, state: DemoState) -> None:
    """Make the demo clinic unless it is known to be there; `state` then has its API key. Raises
    `DemoError`."""
    if state.api_key:
        return
    body = {"id": state.clinic, "name": "Demo Clinic", "time_zone": time_zone(), "phone": "+49 30 901820"}
    answer = await admin.call("POST", "/v1/clinics", body, key=state.creation)
    if answer.status != 201 or "api_key" not in answer.body:
        raise DemoError(
            f"The demo clinic cannot be made ({answer.body.get('code', answer.status)}); give a new --data."
        )
    state.api_key = answer.body["api_key"]


async def ensure_practitioners(clinic: ApiClient) -> None:
    """Both are there, with hours in which they can be booked; what somebody made of them stays. Raises
    `DemoError`.
    """
    for practitioner, name in DEMO_PRACTITIONERS:
        path = f"/v1/practitioners/{practitioner}"
        if (await clinic.call("GET", path)).status != 404:
            continue
        await clinic.must("PUT", path, {"name": name, "video_enabled": True})
        for weekday in range(7):
            await clinic.must("POST", f"{path}/availability", {"weekday": weekday, **DEMO_HOURS})


async def ensure_visit(clinic: ApiClient, state: DemoState, now: dt.datetime) -> None:
    """Leave `state` with an appointment whose join window is open now, the earlier one if it will do. Raises
    `DemoError`."""
    if state.appointment and await _still_useful(clinic, state.appointment, now):
        return
    id, name = DEMO_TYPE
    await clinic.must("PUT", f"/v1/appointment-types/{id}", {"name": name, "video": True, "minutes": 30})
    id, name = DEMO_PATIENT
    await clinic.must("PUT", f"/v1/patients/{id}", {"name": name, "email": "sam@patients.test"})
    for practitioner, name in DEMO_PRACTITIONERS:
        await clinic.must("PUT", f"/v1/practitioners/{practitioner}", {"name": name, "video_enabled": True})
        visit = await _book(clinic, practitioner, now)
        if visit:
            state.practitioner, state.appointment = practitioner, visit
            return
    raise DemoError("Both demo practitioners are booked just now; cancel something or give a new --data.")


async def _still_useful(clinic: ApiClient, appointment: str, now: dt.datetime) -> bool:
    answer = await clinic.call("GET", f"/v1/appointments/{appointment}")
    if answer.status != 200 or answer.body["status"] != "confirmed" or not answer.body["link"]["usable"]:
        return False
    closes_at = dt.datetime.fromisoformat(answer.body["window"]["closes_at"])
    opens_at = dt.datetime.fromisoformat(answer.body["window"]["opens_at"])
    return opens_at <= now and closes_at - now >= STILL_USEFUL


async def _book(clinic: ApiClient, practitioner: str, now: dt.datetime) -> str | None:
    """The id of a new visit that starts now; None where the practitioner is taken. Raises `DemoError`."""
    starts_at = now.replace(second=0, microsecond=0)
    id = f"visit-{starts_at:%Y%m%d-%H%M}-{secrets.token_hex(2)}"
    wanted = {
        "practitioner": practitioner,
        "patient": DEMO_PATIENT[0],
        "type": DEMO_TYPE[0],
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + DEMO_VISIT).isoformat(),
    }
    answer = await clinic.call("PUT", f"/v1/appointments/{id}", wanted)
    if answer.status == 409 and answer.body.get("code") == "slot_taken":
        return None
    if answer.status >= 300:
        raise DemoError(f"The demo visit cannot be booked ({answer.body.get('code', answer.status)}).")
    return id


async def links(clinic: ApiClient, state: DemoState, base_url: str) -> DemoLinks:
    """The four links of the demo. Raises `DemoError`."""
    tokens = f"/v1/appointments/{state.appointment}/tokens"
    room = f"/v1/practitioners/{state.practitioner}/room-link"
    patient = await clinic.must("POST", tokens, {"person": "patient"})
    practitioner = await clinic.must("POST", room, {"hours": LINK_HOURS})
    staff = await clinic.must("POST", "/v1/staff-links", {"name": "Demo desk", "hours": LINK_HOURS})
    return DemoLinks(patient["link"], practitioner["link"], staff["link"], f"{base_url}/b/{state.clinic}")


def time_zone(localtime: Path = Path("/etc/localtime")) -> str:
    """This machine's IANA zone, so that the times shown look right; UTC where it cannot be told."""
    _, _, name = str(localtime.resolve()).partition("zoneinfo/")
    return name if name in available_timezones() else "UTC"
