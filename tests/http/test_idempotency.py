"""Idempotency-Key on every POST: repeated it answers the same, with another body it is refused (G1)."""

import asyncio
import secrets

import pytest
from multidict import CIMultiDict

from rooms.times import MINUTE
from signalling.config import KeySetting
from tests.http.clinic import ADMIN, SIGNING, Clock, Desk, server_on
from tests.http.serving import Reply, Served
from tests.support.redis_server import RedisServer

CANCEL = "/v1/appointments/a1/cancel"


async def post(server: Served, path: str, key: str, body: object) -> Reply:
    return await server.call("POST", path, json=body, headers={"Idempotency-Key": key})


async def test_the_same_again(desk: Desk) -> None:
    await desk.booked()
    body = {"by": "staff", "reason": "ill"}
    first = await post(desk.api, CANCEL, "k1", body)
    second = await post(desk.api, CANCEL, "k1", body)
    assert first.status == second.status == 200
    assert first.body == second.body
    steps = (await desk.ok("GET", "/v1/appointments/a1/history"))["items"]
    assert [step["what"] for step in steps].count("cancelled") == 1


async def test_side_by_side(desk: Desk) -> None:
    await desk.booked()
    replies = await asyncio.gather(*(post(desk.api, CANCEL, "k1", {"by": "patient"}) for _ in range(10)))
    assert {(reply.status, reply.body) for reply in replies} == {(200, replies[0].body)}


async def test_the_same_key_for_something_else(desk: Desk) -> None:
    await desk.booked()
    await post(desk.api, CANCEL, "k1", {"by": "patient"})
    for path, body in ((CANCEL, {"by": "staff", "reason": "x"}), ("/v1/staff-links", {"by": "patient"})):
        reply = await post(desk.api, path, "k1", body)
        assert reply.status == 422
    reply = await post(desk.api, CANCEL, "k1", {"by": "staff", "reason": "x"})
    assert reply.code == "idempotency_mismatch"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/staff-links", {"name": "Front desk", "hours": 1}),
        ("/v1/practitioners/dr-x/room-link", {"hours": 1}),
        ("/v1/appointments/a1/tokens", {"person": "patient"}),
    ],
)
async def test_every_post_is_done_once(desk: Desk, path: str, body: object) -> None:
    await desk.booked()
    first, second = [await post(desk.api, path, "k", body) for _ in range(2)]
    assert first.status == second.status == 200
    assert first.body == second.body


async def test_a_refusal_is_not_kept(desk: Desk) -> None:
    assert (await post(desk.api, CANCEL, "k1", {"by": "patient"})).status == 404
    await desk.booked()
    assert (await post(desk.api, CANCEL, "k1", {"by": "patient"})).status == 200


async def test_keys_are_the_callers_own(desk: Desk) -> None:
    await desk.booked("a1", 30)
    await desk.booked("a2", 60)
    one, other = await desk.link("a1"), await desk.link("a2")
    assert (await post(one, CANCEL, "k", {})).json["id"] == "a1"
    assert (await post(other, "/v1/appointments/a2/cancel", "k", {})).json["id"] == "a2"


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "ä"])
async def test_bad_keys(desk: Desk, key: str) -> None:
    reply = await post(desk.api, "/v1/staff-links", key, {"name": "x"})
    assert (reply.status, reply.code) == (422, "idempotency_key_invalid")


async def test_two_keys_at_once(desk: Desk) -> None:
    """Which of them would be meant, a proxy and this server might read differently."""
    headers = CIMultiDict({"Authorization": desk.api.authorization, "Idempotency-Key": "one"})
    headers.add("Idempotency-Key", "two")
    url = f"{desk.api.url}/v1/staff-links"
    async with desk.api.session.post(url, json={"name": "x"}, headers=headers) as reply:
        problem = await reply.json(content_type=None)
    assert (reply.status, problem["code"]) == (422, "idempotency_key_invalid")


async def test_nor_told_of_whoever_was_erased_before_their_id_was_used_again(desk: Desk) -> None:
    await desk.booked()
    path, body = "/v1/appointments/a1/tokens", {"person": "patient"}
    assert (await post(desk.api, path, "k", body)).status == 200
    desk.clock.now += MINUTE
    await desk.ok("DELETE", "/v1/patients/pat-1?cancel=true")
    desk.clock.now += MINUTE
    await desk.ok("PUT", "/v1/patients/pat-1", {"name": "Somebody Else"})
    assert (await post(desk.api, path, "k", body)).code == "answer_gone"
    await desk.booked("a2", 30)
    path = "/v1/appointments/a2/tokens"
    first, again = [await post(desk.api, path, "k2", body) for _ in range(2)]
    assert (first.status, again.body) == (200, first.body)


async def test_a_clinic_is_created_once_with_one_key(whole: Served) -> None:
    admin, key = whole.as_(ADMIN), secrets.token_urlsafe(8)
    body = {"id": f"c-{key}", "name": "North", "time_zone": "UTC"}
    first, second = [await post(admin, "/v1/clinics", key, body) for _ in range(2)]
    assert first.status == second.status == 201
    assert first.json == second.json
    assert (await whole.as_(second.json["api_key"]).call("GET", "/v1/clinic")).status == 200
    other = await post(admin, "/v1/clinics", key, body | {"id": f"d-{key}"})
    assert (other.status, other.code) == (422, "idempotency_mismatch")
    renamed = await post(admin, "/v1/clinics", key, body | {"name": "South"})
    assert (renamed.status, renamed.code) == (422, "idempotency_mismatch")


async def test_a_clinic_is_created_once_side_by_side(whole: Served) -> None:
    body = {"id": "rush", "name": "Rush", "time_zone": "UTC"}
    replies = await asyncio.gather(*(post(whole.as_(ADMIN), "/v1/clinics", "k-rush", body) for _ in range(8)))
    assert {(reply.status, reply.body) for reply in replies} == {(201, replies[0].body)}


async def test_a_clinic_is_created_again_after_the_signing_key_changed(
    whole: Served, redis: RedisServer, clock: Clock
) -> None:
    body = {"id": "rotated", "name": "Rotated", "time_zone": "UTC"}
    first = await post(whole.as_(ADMIN), "/v1/clinics", "k-rot", body)
    newer = KeySetting(id=2, secret=secrets.token_urlsafe(32), state="signing")
    older = KeySetting(id=1, secret=SIGNING.secret, state="retired")
    async with server_on(redis, clock, keys=(older, newer)) as rotated:
        again = await post(rotated.as_(ADMIN), "/v1/clinics", "k-rot", body)
        assert (again.status, again.body) == (201, first.body)
    async with server_on(redis, clock, keys=(newer,)) as forgotten:
        again = await post(forgotten.as_(ADMIN), "/v1/clinics", "k-rot", body)
        assert (again.status, again.code) == (409, "clinic_exists")


def everything(redis: RedisServer) -> str:
    """All that Redis holds, as text."""
    read = {
        "string": ("GET",),
        "hash": ("HGETALL",),
        "list": ("LRANGE", 0, -1),
        "zset": ("ZRANGE", 0, -1),
        "set": ("SMEMBERS",),
    }
    held = []
    for key in redis.ask("KEYS", "*"):
        command, *rest = read[redis.ask("TYPE", key)]
        held.append(f"{key} {redis.ask(str(command), key, *rest)}")
    return "\n".join(held)


async def test_no_stored_answer_holds_an_api_key(whole: Served, redis: RedisServer) -> None:
    body = {"id": "keyless", "name": "Keyless Place", "time_zone": "UTC"}
    made = await post(whole.as_(ADMIN), "/v1/clinics", "k-keyless", body)
    secret = made.json["api_key"].rpartition(".")[2]
    held = everything(redis)
    assert "Keyless Place" in held
    assert secret not in held
    assert "k-keyless" not in held
