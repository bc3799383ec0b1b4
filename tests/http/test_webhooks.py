"""Webhooks over HTTP: what a clinic is told of their receivers, and what staff see (F6)."""

import pytest
from msgspec.structs import replace

from rooms.events import Disabled, Event, Hook, HookNo, Message, SendAttempts, new_message_id
from rooms.ids import ClinicId, new_number
from rooms.outgoing import Enqueue, SendFailed
from rooms.ports import Put
from rooms.store import RedisStore, connect
from tests.http.clinic import NOON, Desk
from tests.support.redis_server import RedisServer

URL = "https://hooks.example.org/in?key=canary"


async def staff_key(desk: Desk) -> str:
    made = await desk.ok("POST", "/v1/staff-links", {"name": "Front desk", "hours": 1})
    return str(made["token"])


async def hook_of(desk: Desk, store: RedisStore) -> Hook:
    await desk.ok("PUT", "/v1/webhooks/main", {"url": URL, "events": ["*"]})
    found = await store.hook(ClinicId(desk.clinic), "main")
    assert found is not None
    return found


async def test_a_disabled_webhook_says_so_to_its_owner_and_to_staff(desk: Desk, redis: RedisServer) -> None:
    store = connect(redis.url)
    hook = await hook_of(desk, store)
    staff = desk.api.as_(await staff_key(desk))
    assert (await staff.call("GET", "/v1/disabled-webhooks")).json == {"items": []}
    off = Disabled(at=NOON, why="gone")
    await store.commit(ClinicId(desk.clinic), [Put(replace(hook, disabled=off))])
    shown = {"at": "2026-03-02T01:00:00Z", "why": "gone"}
    assert (await desk.ok("GET", "/v1/webhooks/main"))["disabled"] == shown
    assert [each["disabled"] for each in (await desk.ok("GET", "/v1/webhooks"))["items"]] == [shown]
    seen = await staff.call("GET", "/v1/disabled-webhooks")
    assert seen.json == {"items": [{"id": "main", **shown}]}
    assert b"canary" not in seen.body
    refused = await desk.api.call("POST", "/v1/webhooks/main/replay", json={})
    assert (refused.status, refused.code) == (409, "webhook_disabled")
    assert (await desk.ok("PUT", "/v1/webhooks/main", {"url": URL, "events": ["*"]}))["disabled"] is None
    assert await desk.ok("POST", "/v1/webhooks/main/replay", {}) == {"replayed": 0}
    await store.close()


@pytest.mark.parametrize(
    ("why", "shown"),
    [
        ("unresolved", "unreachable"),
        ("forbidden_address", "unreachable"),
        ("connect_timeout", "unreachable"),
        ("unreachable", "unreachable"),
        ("timeout", "timeout"),
        ("tls", "tls"),
        ("refused", "refused"),
    ],
)
async def test_a_clinic_is_not_told_whether_and_where_a_name_leads(
    desk: Desk, redis: RedisServer, why: str, shown: str
) -> None:
    store, clinic = connect(redis.url), ClinicId(desk.clinic)
    hook = await hook_of(desk, store)
    event = Event(
        id=new_message_id(), type="appointment.confirmed", at=NOON, subject=new_number(), appointment="a"
    )
    message = Message(event=event, seq=1)
    tried = SendAttempts(id=event.id, count=1, first_at=NOON, last_at=NOON, why=why)
    await store.commit(clinic, [Enqueue(HookNo(hook.no), message, NOON)])
    await store.commit(clinic, [SendFailed(HookNo(hook.no), message, tried)])
    [listed] = (await desk.ok("GET", "/v1/webhooks/main/deliveries"))["items"]
    assert (listed["state"], listed["why"], listed["status"]) == ("pending", shown, 0)
    await store.close()
