"""G1 for every POST there is: sent again under its Idempotency-Key it is answered alike and done once, also
at the same moment; with another body the key is refused.
"""

import asyncio
import hashlib
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from rooms.access import bookmark as addresses
from rooms.access.codes import code
from rooms.access.tokens import Keyring
from rooms.store import connect
from rooms.times import HOUR, MINUTE, show
from signalling import keyfile
from signalling.http import table
from tests.http.clinic import ADMIN, SIGNING, Clock, Desk
from tests.http.serving import Reply, Served
from tests.support.redis_server import RedisServer

Asked = tuple[Served, str, dict[str, Any] | None, dict[str, Any] | None]
"""Whose call it is, its path, its body, and another body."""

KEYRING = Keyring(keyfile.signing_keys((SIGNING,)))

A = "/v1/appointments/a1"
LATER = {"reason": "ill", "starts_at": show(Clock().now + 5 * HOUR)}

_numbers = itertools.count()


async def plain(desk: Desk, path: str, body: Any, other: Any, *, after: int = 0) -> Asked:
    """About an appointment in half an hour, so many minutes from now."""
    await desk.booked()
    desk.clock.now += after * MINUTE
    return desk.api, path, body, other


async def undo(desk: Desk) -> Asked:
    asked = await plain(desk, f"{A}/undo", {"reason": "wrong"}, {"reason": "other"}, after=31)
    await desk.ok("POST", f"{A}/complete", {})
    return asked


async def seat(desk: Desk) -> Asked:
    await desk.booked()
    assert (await desk.put("b1", 40, patient="pat-2")).code == "slot_taken"
    return desk.api, "/v1/clashes/b1/seat", LATER, LATER | {"reason": "other"}


async def clinic(desk: Desk) -> Asked:
    body = {"id": f"made-{next(_numbers)}", "name": "North", "time_zone": "UTC"}
    return desk.api.as_(ADMIN), "/v1/clinics", body, body | {"id": f"other-{next(_numbers)}"}


async def hold(desk: Desk) -> Asked:
    body = {"practitioner": "dr-x", "type": "video", "starts_at": show(desk.clock.now + HOUR)}
    return desk.api, "/v1/holds", body, body | {"starts_at": show(desk.clock.now + 2 * HOUR)}


async def held(desk: Desk, what: str, body: Any, other: Any) -> Asked:
    api, path, asked, _ = await hold(desk)
    made = (await api.call("POST", path, json=asked)).json
    return api.as_(made["secret"]), f"{path}/{made['id']}/{what}", body, other


async def current(desk: Desk) -> Asked:
    await desk.booked()
    one, other = [(await desk.link("a1", who)).authorization[7:] for who in ("patient", "practitioner")]
    return desk.api.as_(""), "/v1/link/current", {"token": one}, {"token": other}


async def by_contact(desk: Desk) -> Asked:
    body = {"clinic": desk.clinic, "phone": "+61 491 570 006"}
    return desk.api.as_(""), "/v1/booking/links", body, body | {"phone": "+61 491 570 007"}


async def of_address(desk: Desk, person: str = "patient") -> str:
    await desk.booked()
    issued = await desk.ok("POST", f"{A}/tokens", {"person": person})
    return str(issued["address"]).rpartition("#")[2]


async def ask_code(desk: Desk) -> Asked:
    body, other = {"address": await of_address(desk)}, {"address": await of_address(desk, "practitioner")}
    return desk.api.as_(""), "/v1/addresses/code", body, other


async def open_address(desk: Desk, redis: RedisServer) -> Asked:
    text = await of_address(desk)
    assert (await desk.api.as_("").call("POST", "/v1/addresses/code", json={"address": text})).status == 202
    store = connect(redis.url)
    challenge = await store.challenge(addresses.parse(text).place)
    await store.close()
    assert challenge is not None
    body = {"address": text, "code": code(KEYRING, challenge.key, challenge.nonce), "remember": True}
    return desk.api.as_(""), "/v1/addresses/open", body, body | {"remember": False}


async def forget(desk: Desk, redis: RedisServer) -> Asked:
    api, path, body, _ = await open_address(desk, redis)
    device = (await api.call("POST", path, json=body)).json["device"]
    known = {"address": body["address"] if body else "", "device": device}
    return api, "/v1/addresses/forget", known, known | {"device": "x" * 43}


async def hook(desk: Desk, what: str, other: Any) -> Asked:
    hook: dict[str, Any] = {"url": "https://hooks.example.org/a", "events": ["appointment.cancelled"]}
    await desk.ok("PUT", "/v1/webhooks/h1", hook)
    return desk.api, f"/v1/webhooks/h1/{what}", None if other is None else {}, other


async def external(desk: Desk) -> Asked:
    await desk.ok("PUT", "/v1/practitioners/dr-x", {"name": "Dr x", "external_ids": ["X"]})
    path = f"/v1/external/{desk.clinic}"
    made = await desk.api.as_(ADMIN).call("PUT", path, json={"clinics": [desk.clinic]})
    start = desk.clock.now + HOUR
    times = {"starts_at": show(start), "ends_at": show(start + 10 * MINUTE)}
    body: dict[str, Any] = {
        "id": "x1",
        "external_practitioner": "X",
        "external_type": "T",
        "patient": "pat-1",
    } | times
    body |= {"patient_details": {"name": "Ann New", "email": "ann@example.org"}}
    other = body | {"ends_at": show(start + 20 * MINUTE)}
    return desk.api.as_(made.json["group_key"]), f"{path}/appointments", body, other


def window(dry_run: bool) -> dict[str, Any]:
    return {"weekday": 0, "start_minute": 540, "end_minute": 600, "slot_minutes": 30, "dry_run": dry_run}


WINDOWS, CLOSED = "/v1/practitioners/dr-x/availability", "/v1/practitioners/dr-x/exceptions"
DAY = {"date": "2026-03-04", "kind": "closed"}

Make = Callable[[Desk, RedisServer], Awaitable[Asked]]

CASES: dict[str, Make] = {
    "create_clinic": lambda d, r: clinic(d),
    "cancel_appointment": lambda d, r: plain(d, f"{A}/cancel", {"by": "patient"}, {"reason": "x"}),
    "issue_token": lambda d, r: plain(d, f"{A}/tokens", {"person": "patient"}, {"person": "practitioner"}),
    "issue_room_link": lambda d, r: plain(d, "/v1/practitioners/dr-x/room-link", {"hours": 1}, {"hours": 2}),
    "issue_staff_link": lambda d, r: plain(d, "/v1/staff-links", {"name": "Eve"}, {"name": "Bo"}),
    "add_window": lambda d, r: plain(d, WINDOWS, window(False), window(False) | {"weekday": 1}),
    "add_window, dry": lambda d, r: plain(d, WINDOWS, window(True), window(True) | {"weekday": 1}),
    "add_exception": lambda d, r: plain(d, CLOSED, DAY, DAY | {"date": "2026-03-05"}),
    "make_hold": lambda d, r: hold(d),
    "extend_hold": lambda d, r: held(d, "extend", {}, {"secret": None}),
    "confirm_hold": lambda d, r: held(
        d, "confirm", {"patient": {"name": "Zoe Holder"}}, {"patient": {"name": "Zoe Other"}}
    ),
    "reschedule": lambda d, r: plain(
        d,
        f"{A}/reschedule",
        {"starts_at": show(d.clock.now + HOUR), "ends_at": show(d.clock.now + 2 * HOUR)},
        {"starts_at": show(d.clock.now + HOUR), "ends_at": show(d.clock.now + 3 * HOUR)},
    ),
    "reallocate": lambda d, r: plain(d, f"{A}/reallocate", LATER, LATER | {"reason": "other"}),
    "complete": lambda d, r: plain(d, f"{A}/complete", {}, {"reason": "other"}, after=31),
    "no_show": lambda d, r: plain(d, f"{A}/no-show", {}, {"reason": "other"}, after=121),
    "undo": lambda d, r: undo(d),
    "seat_clash": lambda d, r: seat(d),
    "send_current_link": lambda d, r: current(d),
    "send_links": lambda d, r: by_contact(d),
    "send_code": lambda d, r: ask_code(d),
    "open_address": open_address,
    "forget_device": forget,
    "resend_link": lambda d, r: plain(d, f"{A}/resend", {"person": "patient"}, {"person": "practitioner"}),
    "revoke_persons_link": lambda d, r: plain(
        d,
        f"{A}/revoke",
        {"person": "patient", "reason": "lost"},
        {"person": "practitioner", "reason": "lost"},
    ),
    "extend_window": lambda d, r: plain(
        d, f"{A}/extend", {"minutes": 5, "reason": "late"}, {"minutes": 6, "reason": "late"}
    ),
    "invite_guest": lambda d, r: plain(d, f"{A}/guests", {"name": "Cyrus Guest"}, {"name": "Dino Guest"}),
    "replay_webhook": lambda d, r: hook(d, "replay", {"ids": []}),
    "rotate_webhook_secret": lambda d, r: hook(d, "rotate", None),
    "put_external_appointment": lambda d, r: external(d),
}


def test_every_post_is_here() -> None:
    posts = {route.name for route in table.ROUTES if route.method == "POST"}
    assert posts == {name.partition(",")[0] for name in CASES}


async def post(asked: Asked, key: str, body: Any) -> Reply:
    api, path, _, _ = asked
    options = {} if body is None else {"json": body}
    return await api.call("POST", path, headers={"Idempotency-Key": key}, **options)


READ: dict[str, tuple[str | int, ...]] = {
    "string": ("GET",),
    "hash": ("HGETALL",),
    "list": ("LRANGE", 0, -1),
    "zset": ("ZRANGE", 0, -1),
}

KEPT = (
    "a:",
    "h:",
    "grants",
    "audit",
    "hooks",
    "hours",
    "patients",
    "diary:",
    "rooms",
    "clashes",
    "devices",
    "api-keys",
)
"""What a call changes, and no job beside it."""


def facts(redis: RedisServer, clinic: str) -> dict[str, Any]:
    """What is so, by key: of this clinic, and of no clinic."""
    keys = [key for key in redis.ask("KEYS", f"{{c:{clinic}}}:*") if key.partition("}:")[2].startswith(KEPT)]
    keys += redis.ask("KEYS", "{c:}:code:*")
    found = {}
    for key in keys:
        command, *rest = READ[redis.ask("TYPE", key)]
        found[key] = redis.ask(str(command), key, *rest)
    return found


@pytest.mark.parametrize("name", CASES)
async def test_again_it_is_answered_alike_and_done_once(desk: Desk, redis: RedisServer, name: str) -> None:
    asked, key = await CASES[name](desk, redis), f"once-{next(_numbers)}"
    first = await post(asked, key, asked[2])
    assert first.status in {200, 201, 202, 204}, first.body
    before = facts(redis, desk.clinic)
    desk.clock.now += MINUTE
    again = await post(asked, key, asked[2])
    assert (again.status, again.body) == (first.status, first.body)
    assert facts(redis, desk.clinic) == before
    if asked[3] is not None:
        refused = await post(asked, key, asked[3])
        assert (refused.status, refused.code) == (422, "idempotency_mismatch")
        assert facts(redis, desk.clinic) == before


@pytest.mark.parametrize("name", CASES)
async def test_at_the_same_moment_too(desk: Desk, redis: RedisServer, name: str) -> None:
    asked, key = await CASES[name](desk, redis), f"once-{next(_numbers)}"
    replies = await asyncio.gather(*(post(asked, key, asked[2]) for _ in range(4)))
    assert {(reply.status, reply.body) for reply in replies} == {(replies[0].status, replies[0].body)}
    assert replies[0].status in {200, 201, 202, 204}, replies[0].body


async def test_after_a_refusal_a_key_may_come_with_another_body(desk: Desk, redis: RedisServer) -> None:
    """Also where the caller has no clinic, and the key is claimed before it is known where it falls to."""
    api, path, body, _ = await external(desk)
    assert body is not None
    refused = await post((api, path, None, None), "k", body | {"external_practitioner": "NOBODY"})
    assert (refused.status, refused.code) == (422, "reference_unknown")
    made = await post((api, path, None, None), "k", body)
    assert made.status == 201
    elsewhere = await post((api, path, None, None), "k", body | {"external_practitioner": "NOBODY"})
    assert elsewhere.code == "idempotency_mismatch"


async def test_what_the_version_before_kept_is_answered_still(desk: Desk, redis: RedisServer) -> None:
    """In the clear, for the day that it is kept."""
    api, path, body, other = await plain(desk, f"{A}/cancel", {"by": "patient"}, {"reason": "x"})
    first = await post((api, path, None, None), "old", body)
    [key] = redis.ask("KEYS", f"{{c:{desk.clinic}}}:idem:*")
    raw = json.dumps(body)
    plainly = {
        "fingerprint": _sha256(f"POST {path}\n{raw}"),
        "status": 200,
        "body": msgspec.to_builtins(first.body),
    }
    redis.ask("SET", key, json.dumps(plainly))
    again = await post((api, path, None, None), "old", body)
    assert (again.status, again.body) == (200, first.body)
    assert (await post((api, path, None, None), "old", other)).code == "idempotency_mismatch"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
