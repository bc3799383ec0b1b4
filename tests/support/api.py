"""The booking service's side of the HTTP API, and a clinic in few words. Times are seconds from now."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

Json = dict[str, Any]


def at(seconds: float) -> str:
    """An RFC 3339 time so many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


@dataclass
class Answer:
    """A status and a body."""

    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)

    def ok(self) -> Json:
        """The body of a success."""
        assert self.status in (200, 201, 204), (self.status, self.body)
        return self.body


class Api:
    """Calls with one key."""

    def __init__(self, base_url: str, key: str, session: aiohttp.ClientSession) -> None:
        self.base_url, self.key, self.session = base_url, key, session

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """One call; `body` as JSON."""
        sent = {"Authorization": f"Bearer {self.key}", **headers}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        url = self.base_url + path
        async with self.session.request(method, url, data=data, headers=sent) as answer:
            text = await answer.text()
            return Answer(answer.status, json.loads(text) if text else {}, dict(answer.headers))

    async def put(self, path: str, **body: object) -> Json:
        return (await self.call("PUT", path, body)).ok()

    async def post(self, path: str, **body: object) -> Json:
        return (await self.call("POST", path, body)).ok()

    async def get(self, path: str) -> Json:
        return (await self.call("GET", path)).ok()


class Clinic:
    """A clinic of its own for one story: practitioner `dr`, patient `pat`, type `video`."""

    def __init__(self, api: Api, id: str) -> None:
        self.api, self.id = api, id

    @classmethod
    async def opened(
        cls,
        base_url: str,
        admin_key: str,
        session: aiohttp.ClientSession,
        *,
        zone: str = "Australia/Sydney",
        **policy: object,
    ) -> "Clinic":
        """Made through the API; `policy` as in CONTRACT."""
        admin, id = Api(base_url, admin_key, session), f"clinic-{time.time_ns()}"
        made = await admin.post(
            "/v1/clinics",
            id=id,
            name="Harbour Clinic",
            time_zone=zone,
            phone="+61 2 5550 0000",
            policy=policy,
        )
        clinic = cls(Api(base_url, made["api_key"], session), id)
        await clinic.api.put("/v1/practitioners/dr", name="Dr Ada Okafor", video_enabled=True)
        await clinic.api.put("/v1/appointment-types/video", name="Video visit", video=True, minutes=15)
        await clinic.api.put("/v1/patients/pat", name="Sam Lee", email="sam@example.org")
        return clinic

    async def book(
        self,
        id: str = "a-1",
        *,
        starts: float = -1,
        lasts: float = 900,
        patient: str = "pat",
        practitioner: str = "dr",
        **more: object,
    ) -> Json:
        """An appointment `starts` seconds from now."""
        return await self.api.put(
            f"/v1/appointments/{id}",
            practitioner=practitioner,
            patient=patient,
            type="video",
            starts_at=at(starts),
            ends_at=at(starts + lasts),
            **more,
        )

    async def token(self, person: str = "patient", id: str = "a-1") -> str:
        """A link's token."""
        return str((await self.api.post(f"/v1/appointments/{id}/tokens", person=person))["token"])

    async def outcome(self, id: str = "a-1", *, within: float = 5.0) -> Json:
        """The appointment once its outcome is set."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            appointment = await self.api.get(f"/v1/appointments/{id}")
            if appointment["outcome"] is not None:
                return appointment
            await asyncio.sleep(0.1)
        raise AssertionError(f"no outcome within {within} s")
