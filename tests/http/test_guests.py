"""Inviting over HTTP: by whom, what is answered, what is refused (D9)."""

import secrets
from typing import Any

import pytest

from rooms.times import MINUTE
from tests.http.clinic import Clock, Desk, open_desk
from tests.http.serving import Reply, Served

GUESTS = "/v1/appointments/a1/guests"
TOVE = {"name": "Tove Tolk", "email": "tove@example.org", "phone": "+46 8 555 01 00", "counts": True}


async def invite(api: Served, body: object = None, path: str = GUESTS, key: str | None = None) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.call("POST", path, json={"name": "Tove Tolk"} if body is None else body, headers=headers)


async def invited(api: Served, body: object = None, path: str = GUESTS) -> Any:
    reply = await invite(api, body, path)
    assert reply.status == 201, reply.body
    return reply.json


async def room_link(desk: Desk, practitioner: str = "dr-x") -> Served:
    issued = await desk.ok("POST", f"/v1/practitioners/{practitioner}/room-link", {"hours": 12})
    return desk.api.as_(issued["token"])


async def staff(desk: Desk) -> Served:
    issued = await desk.ok("POST", "/v1/staff-links", {"name": "Front desk", "hours": 8})
    return desk.api.as_(issued["token"])


async def test_a_guest_with_a_link(desk: Desk) -> None:
    booked = await desk.booked(guests=[{"id": "kim", "name": "Kim"}])
    made = await invited(desk.api, TOVE)
    id = made["id"]
    issued = await desk.ok("POST", "/v1/appointments/a1/tokens", {"person": f"guest:{id}"})
    assert (
        made
        == TOVE
        | {
            "id": id,
            "invited": True,
            "person": f"guest:{id}",
            "link": issued["link"],
            "room": booked["room"],
            "warnings": [],
            "message": {"state": "pending", "at": made["message"]["at"], "why": None},
        }
        | booked["window"]
    )
    shown = await desk.ok("GET", "/v1/appointments/a1")
    assert [(each["id"], each.get("invited")) for each in shown["guests"]] == [("kim", None), (id, True)]
    assert shown["guests"][1] == TOVE | {"id": id, "invited": True}
    assert await desk.ok("GET", GUESTS) == {"items": [made]}


async def test_a_sync_that_does_not_name_them_leaves_them(desk: Desk) -> None:
    await desk.booked()
    id = (await invited(desk.api))["id"]
    again = await desk.booked()
    assert [each["id"] for each in again["guests"]] == [id]
    named = await desk.booked(guests=[{"id": id, "name": "Tove Berg"}])
    assert [(each["name"], each.get("invited")) for each in named["guests"]] == [("Tove Berg", None)]
    assert (await desk.booked())["guests"] == []


async def test_who_may(desk: Desk) -> None:
    await desk.booked(guests=[{"id": "kim", "name": "Kim"}])
    may = [desk.api, await staff(desk), await room_link(desk), await desk.link("a1", "practitioner")]
    for number, api in enumerate(may):
        made = await invited(api, {"name": f"G{number}"})
        seen = await api.call("GET", GUESTS)
        # Who copies a link at the desk does it by `tokens`, which is written down (A9).
        assert seen.status == (403 if number == 1 else 200)
        assert (await api.call("DELETE", f"{GUESTS}/{made['id']}")).status == 204
    for api, code in (
        (await desk.link("a1", "patient"), "forbidden"),
        (await desk.link("a1", "guest:kim"), "forbidden"),
        (await room_link(desk, "dr-y"), "not_found"),
        (desk.api.as_(secrets.token_urlsafe(32)), "unauthenticated"),
    ):
        for method, path in (("POST", GUESTS), ("GET", GUESTS), ("DELETE", f"{GUESTS}/kim")):
            body = {"name": "Eve"} if method == "POST" else None
            assert (await api.call(method, path, json=body)).code == code
    audit = (await desk.ok("GET", "/v1/audit"))["items"]
    assert [(line["by"], line["what"]) for line in audit if line["what"].startswith("guest_")] == [
        (by, what)
        for by in ("practitioner", "practitioner", "staff", "staff")
        for what in ("guest_withdrawn", "guest_invited")
    ]
    assert next(line["who"] for line in audit[::-1] if line["by"] == "staff" and line["who"] == "Front desk")


async def test_the_links_shown_are_of_those_who_were_invited(desk: Desk) -> None:
    await desk.booked(guests=[{"id": "kim", "name": "Kim"}])
    person = (await invited(desk.api))["person"]
    for api in (desk.api, await room_link(desk)):
        [shown] = (await api.call("GET", GUESTS)).json["items"]
        assert shown["person"] == person
    await desk.ok("POST", "/v1/appointments/a1/revoke", {"person": person, "reason": "wrong one"})
    [shown] = (await desk.ok("GET", GUESTS))["items"]
    assert (shown["person"], shown["link"]) == (person, None)
    assert (await desk.api.call("DELETE", f"{GUESTS}/kim")).code == "state_conflict"
    gone = await desk.api.call("DELETE", f"{GUESTS}/nobody")
    assert (gone.code, gone.json["field"]) == ("person_unknown", "guest")


async def test_asked_twice_under_one_key_it_is_one(desk: Desk) -> None:
    await desk.booked()
    api = await room_link(desk)
    replies = [await invite(api, TOVE, key="once") for _ in range(3)]
    assert [(each.status, each.json) for each in replies] == [(201, replies[0].json)] * 3
    assert len((await desk.ok("GET", "/v1/appointments/a1"))["guests"]) == 1
    assert (await invite(api, {"name": "Eve"}, key="once")).code == "idempotency_mismatch"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "field_required", "name"),
        ({"name": ""}, "string_invalid", "name"),
        ({"name": " \t"}, "string_invalid", "name"),
        ({"name": "A\u202eB"}, "string_invalid", "name"),
        ({"name": "x" * 201}, "string_invalid", "name"),
        ({"name": 7}, "type_invalid", "name"),
        ({"name": "T", "counts": "yes"}, "type_invalid", "counts"),
        ({"name": "T", "id": "mine"}, "field_unknown", "id"),
    ],
)
async def test_what_is_no_invitation(desk: Desk, body: object, code: str, field: str) -> None:
    await desk.booked()
    reply = await invite(desk.api, body)
    assert (reply.status, reply.code, reply.json["field"]) == (422, code, field)
    assert (await desk.ok("GET", "/v1/appointments/a1"))["guests"] == []


async def test_when_it_is_over_it_is_refused_as_a_token_is(desk: Desk, clock: Clock) -> None:
    await desk.booked()
    id = (await invited(desk.api))["id"]
    await desk.booked("a2", 90)
    for name, minutes, code in (("a1", 120, "window_closed"), ("a2", 0, "cancelled")):
        if code == "cancelled":
            clock.now -= 60 * MINUTE
            await desk.ok("POST", f"/v1/appointments/{name}/cancel", {"by": "staff", "reason": "ill"})
        clock.now += minutes * MINUTE
        for path, body in (("guests", {"name": "T"}), ("tokens", {"person": "patient"})):
            reply = await desk.api.call("POST", f"/v1/appointments/{name}/{path}", json=body)
            assert (reply.status, reply.code) == (409, code), (name, path)
    await desk.ok("DELETE", f"{GUESTS}/{id}")
    await desk.booked("a3", 200, status="held")
    assert (await invite(desk.api, path="/v1/appointments/a3/guests")).code == "not_confirmed"


async def test_a_contact_that_cannot_be_used_costs_nobody_their_link(desk: Desk) -> None:
    await desk.booked()
    made = await invited(desk.api, {"name": "Tove", "email": "tove@", "phone": "tel:+46-8-555 0100"})
    assert (made["email"], made["phone"]) == (None, "+46 8 555 01 00")
    assert made["warnings"] == [{"code": "contact_invalid", "field": "email"}]
    assert made["link"]
    [again] = (await desk.ok("GET", GUESTS))["items"]
    assert again == made


async def test_eight_at_a_time(desk: Desk) -> None:
    await desk.booked()
    ids = [(await invited(desk.api, {"name": f"G{number}"}))["id"] for number in range(8)]
    reply = await invite(desk.api)
    assert (reply.status, reply.code, reply.json["field"]) == (422, "length_invalid", "guests")
    assert len(set(ids)) == 8
    assert (await desk.api.call("DELETE", f"{GUESTS}/{ids[0]}")).status == 204
    await invited(desk.api)


async def test_another_clinics_and_nobodys_are_alike(desk: Desk, whole: Served, clock: Clock) -> None:
    await desk.booked()
    id = (await invited(desk.api))["id"]
    stranger = (await open_desk(whole, clock)).api
    for method, path in (("POST", GUESTS), ("GET", GUESTS), ("DELETE", f"{GUESTS}/{id}")):
        body = {"name": "Eve"} if method == "POST" else None
        there = await stranger.call(method, path, json=body)
        nowhere = await stranger.call(method, path.replace("a1", "never-was"), json=body)
        assert (there.status, there.code) == (nowhere.status, nowhere.code) == (404, "not_found")
