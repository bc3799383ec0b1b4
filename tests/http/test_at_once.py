"""The same call twice at once, through two processes that share a Redis: what a sync that retries does."""

import asyncio
from typing import Any

from rooms.times import MINUTE, show
from tests.http.clinic import ADMIN, Clock, Desk, open_desk, server_on
from tests.http.serving import Reply, Served
from tests.support.redis_server import RedisServer

ROUNDS = 12


def wanted(desk: Desk, n: int, **members: Any) -> dict[str, Any]:
    """Each round has a time of its own."""
    start = desk.clock.now + n * 10 * MINUTE
    return {"patient": "pat-1", "starts_at": show(start), "ends_at": show(start + 5 * MINUTE)} | members


async def both(
    one: Served, other: Served, method: str, path: str, body: object, **options: Any
) -> list[Reply]:
    """Twice to each, all at once."""
    calls = [each.call(method, path, json=body, **options) for each in (one, other, one, other)]
    return await asyncio.gather(*calls)


def check_once(replies: list[Reply], *, kept: bool = False) -> None:
    """One made it; with a kept answer all are told so."""
    statuses = sorted(reply.status for reply in replies)
    assert statuses == ([201] * 4 if kept else [200, 200, 200, 201]), [reply.body for reply in replies]
    assert all(reply.json == replies[0].json for reply in replies)


async def test_appointments(redis: RedisServer, clock: Clock) -> None:
    async with server_on(redis, clock) as one, server_on(redis, clock) as two:
        desk = await open_desk(one, clock)
        other = two.as_(desk.key)
        for n in range(ROUNDS):
            status = "held" if n % 2 else "confirmed"
            body = wanted(desk, n, practitioner="dr-x", type="video", status=status)
            headers = {"Idempotency-Key": f"k{n}"} if n % 3 == 0 else {}
            check_once(await both(desk.api, other, "PUT", f"/v1/appointments/a{n}", body, headers=headers))
        assert (await desk.ok("GET", "/v1/clashes"))["items"] == []


async def test_people_and_types(redis: RedisServer, clock: Clock) -> None:
    async with server_on(redis, clock) as one, server_on(redis, clock) as two:
        desk = await open_desk(one, clock)
        other = two.as_(desk.key)
        for path, body in (
            ("practitioners", {"name": "Dr New"}),
            ("patients", {"name": "Ann New", "email": "ann@example.org"}),
            ("appointment-types", {"name": "New", "video": True, "minutes": 15}),
        ):
            for n in range(3):
                check_once(await both(desk.api, other, "PUT", f"/v1/{path}/new{n}", body))


async def test_what_a_shared_database_sends(redis: RedisServer, clock: Clock) -> None:
    async with server_on(redis, clock) as one, server_on(redis, clock) as two:
        desk = await open_desk(one, clock)
        await desk.ok("PUT", "/v1/practitioners/dr-x", {"name": "Dr x", "external_ids": ["X"]})
        made = await both(
            one.as_(ADMIN), two.as_(ADMIN), "PUT", f"/v1/external/{desk.clinic}", {"clinics": [desk.clinic]}
        )
        [key] = [reply.json["group_key"] for reply in made if reply.status == 201]
        assert sorted(reply.status for reply in made) == [200, 200, 200, 201]
        group, other = one.as_(key), two.as_(key)
        for n in range(ROUNDS):
            body = wanted(desk, n, id=f"x{n}", external_practitioner="X", external_type="T")
            body |= {"patient": f"new{n}", "patient_details": {"name": "Ann New"}}
            path = f"/v1/external/{desk.clinic}/appointments"
            check_once(await both(group, other, "POST", path, body))
        assert (await desk.ok("GET", "/v1/clashes"))["items"] == []


async def test_many_at_once_about_one_thing_are_not_refused(redis: RedisServer, clock: Clock) -> None:
    """New practitioners and types, one patient's visits of a day with one of them: through two processes."""
    async with server_on(redis, clock) as one, server_on(redis, clock) as two:
        desk = await open_desk(one, clock)
        calls = [
            call
            for n in range(32)
            for call in (
                (f"practitioners/new{n}", {"name": "Dr New"}),
                (f"appointment-types/new{n}", {"name": "New", "video": True, "minutes": 15}),
                (f"appointments/a{n}", wanted(desk, n, practitioner="dr-x", type="video")),
            )
        ]
        replies = await asyncio.gather(
            *(
                (desk.api, two.as_(desk.key))[n % 2].call("PUT", f"/v1/{path}", json=body)
                for n, (path, body) in enumerate(calls)
            )
        )
        assert {reply.status for reply in replies} == {201}
