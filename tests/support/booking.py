"""Booking over HTTP: a clinic with hours, and visitors of its public page."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import aiohttp

from tests.support.api import Answer, Clinic, Json

ALL_WEEK = tuple(range(7))


class Visitor:
    """A browser on the public page: no key."""

    def __init__(self, base_url: str, session: aiohttp.ClientSession) -> None:
        self.base_url, self.session = base_url, session

    async def call(
        self, method: str, path: str, body: object = None, *, bearer: str | None = None, **headers: str
    ) -> Answer:
        """One call; `body` as JSON."""
        sent = dict(headers) | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        async with self.session.request(method, self.base_url + path, data=data, headers=sent) as answer:
            text = await answer.text()
            return Answer(answer.status, json.loads(text) if text else {}, dict(answer.headers))

    async def post(self, path: str, **body: object) -> Answer:
        return await self.call("POST", path, body)


def visitor(clinic: Clinic) -> Visitor:
    """To that clinic's server."""
    return Visitor(clinic.api.base_url, clinic.api.session)


async def opens_daily(clinic: Clinic, practitioner: str = "dr", **window: object) -> list[Json]:
    """The same hours every day; without minutes the whole day, in slots of 30."""
    wanted = {"start_minute": 0, "end_minute": 1440, "slot_minutes": 30} | window
    path = f"/v1/practitioners/{practitioner}/availability"
    return [await clinic.api.post(path, weekday=day, **wanted) for day in ALL_WEEK]


async def free(clinic: Clinic, *, days: int = 8, practitioner: str = "dr", type: str = "video") -> list[Json]:
    """Free times of the coming days, as the booking service sees them."""
    start = datetime.now(UTC).date()
    until = start + timedelta(days=days)
    query = f"type={type}&practitioner={practitioner}&from={start}&to={until}"
    found: list[Json] = (await clinic.api.get(f"/v1/slots?{query}"))["items"]
    return found


async def status(clinic: Clinic, id: str, wanted: str, *, within: float = 6.0) -> Json:
    """The appointment once it has that status."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = await clinic.api.get(f"/v1/appointments/{id}")
        if found["status"] == wanted:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"not {wanted} within {within} s: {found}")


def seconds_until(time_text: str) -> float:
    """From now to an RFC 3339 time."""
    return (datetime.fromisoformat(time_text) - datetime.now(UTC)).total_seconds()
