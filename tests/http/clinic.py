"""A clinic of the test's own, as a booking service keeps it, on a server whose clock the test moves."""

import itertools
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from rooms.store import connect, connect_pubsub
from rooms.times import MINUTE, Instant, parse, show
from signalling.app import build
from signalling.config import KeySetting, Settings
from signalling.outbound.host_resolver import HostResolver
from tests.http.serving import Reply, Served, serve
from tests.support.clock import GivenClock
from tests.support.redis_server import RedisServer

ADMIN = secrets.token_urlsafe(32)

SIGNING = KeySetting(id=1, secret=secrets.token_urlsafe(32), state="signing")

NOON = parse("2026-03-02T12:00:00+11:00")
"""A Monday in Sydney, daylight saving on."""

_numbers = itertools.count()


class Clock(GivenClock):
    """`deps.clock`."""

    def __init__(self, now: Instant = NOON) -> None:
        super().__init__(lambda: self.now)
        self.now = now


@dataclass(frozen=True)
class Desk:
    """A clinic's booking service. `api` is the server under this clinic's key."""

    api: Served
    clock: Clock
    clinic: str
    key: str

    async def ok(self, method: str, path: str, body: object = None, **options: Any) -> Any:
        """The body of a call that has to succeed."""
        if body is not None:
            options["json"] = body
        reply = await self.api.call(method, path, **options)
        assert reply.status in {200, 201, 204}, (reply.status, reply.body)
        return reply.json if reply.body else None

    async def put(self, id: str = "a1", minutes: float = 30, /, **members: Any) -> Reply:
        """An appointment so many minutes from now, of half an hour."""
        start = self.clock.now + round(minutes * MINUTE)
        body = {
            "practitioner": "dr-x",
            "patient": "pat-1",
            "type": "video",
            "starts_at": show(start),
            "ends_at": show(start + 30 * MINUTE),
        }
        return await self.api.call("PUT", f"/v1/appointments/{id}", json=body | members)

    async def booked(self, id: str = "a1", minutes: float = 30, /, **members: Any) -> Any:
        """The same, and it has to succeed."""
        reply = await self.put(id, minutes, **members)
        assert reply.status in {200, 201}, (reply.status, reply.body)
        return reply.json

    async def link(self, id: str = "a1", person: str = "patient") -> Served:
        """The server to somebody's link."""
        issued = await self.ok("POST", f"/v1/appointments/{id}/tokens", {"person": person})
        return self.api.as_(issued["token"])


@asynccontextmanager
async def server_on(
    redis: RedisServer, clock: Clock, *, keys: tuple[KeySetting, ...] = (SIGNING,), **more: Any
) -> AsyncIterator[Served]:
    """The whole application in this process, on a real Redis; `more` are other settings."""
    settings = Settings(
        redis_url=redis.url,
        keys=keys,
        public_url="https://visit.example.org",
        admin_key=ADMIN,
        api_calls_per_minute=1_000_000,
        **more,
    )
    store, post, resolver = connect(redis.url), connect_pubsub(redis.url), HostResolver()
    try:
        async with serve(build(settings, store, post, clock=clock, resolver=resolver)) as server:
            yield server
    finally:
        await resolver.close()
        await post.close()
        await store.close()


async def open_desk(server: Served, clock: Clock) -> Desk:
    """A new clinic with two practitioners, two patients and a type of each kind."""
    clinic = f"clinic-{next(_numbers)}"
    reply = await server.as_(ADMIN).call(
        "POST", "/v1/clinics", json={"id": clinic, "name": "Sunrise", "time_zone": "Australia/Sydney"}
    )
    assert reply.status == 201, reply.body
    key = reply.json["api_key"]
    desk = Desk(server.as_(key), clock, clinic, key)
    for name in ("dr-x", "dr-y"):
        await desk.ok("PUT", f"/v1/practitioners/{name}", {"name": f"Dr {name[-1]}"})
    for name in ("pat-1", "pat-2"):
        await desk.ok(
            "PUT", f"/v1/patients/{name}", {"name": f"Ann {name[-1]}", "email": f"{name}@example.org"}
        )
    await desk.ok("PUT", "/v1/appointment-types/video", {"name": "Video", "video": True, "minutes": 30})
    await desk.ok("PUT", "/v1/appointment-types/room", {"name": "In person", "video": False, "minutes": 30})
    return desk
