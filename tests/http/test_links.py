"""Tokens, room links and staff links over HTTP (A2, G2)."""

from urllib.parse import urlsplit

import pytest

from rooms.times import HOUR
from tests.http.clinic import Desk

GUEST = {"id": "kim", "name": "Kim"}


async def test_a_token_is_the_same_each_time(desk: Desk) -> None:
    booked = await desk.booked(guests=[GUEST])
    first = await desk.ok("POST", "/v1/appointments/a1/tokens", {"person": "patient"})
    assert first == await desk.ok("POST", "/v1/appointments/a1/tokens", {"person": "patient"})
    assert first["link"] == f"https://visit.example.org/j#{first['token']}"
    assert len(first["link"]) <= 110
    assert not urlsplit(first["link"]).query
    assert first["room"] == booked["room"]
    assert {"opens_at": first["opens_at"], "closes_at": first["closes_at"]} == booked["window"]
    assert first["status"] == "confirmed"
    others = [
        await desk.ok("POST", "/v1/appointments/a1/tokens", {"person": person})
        for person in ("practitioner", "guest:kim")
    ]
    assert len({first["token"], *(other["token"] for other in others)}) == 3
    assert "/p#" in others[0]["link"]
    assert "/j#" in others[1]["link"]


@pytest.mark.parametrize("person", ["doctor", "guest", "guest:", "guest:a b", "", "PATIENT"])
async def test_persons_have_three_forms(desk: Desk, person: str) -> None:
    await desk.booked()
    reply = await desk.api.call("POST", "/v1/appointments/a1/tokens", json={"person": person})
    assert (reply.status, reply.code, reply.json["field"]) == (422, "person_invalid", "person")


async def test_an_unknown_guest(desk: Desk) -> None:
    await desk.booked()
    reply = await desk.api.call("POST", "/v1/appointments/a1/tokens", json={"person": "guest:kim"})
    assert (reply.status, reply.code) == (404, "person_unknown")


async def test_where_there_can_be_none_the_check_says_why(desk: Desk) -> None:
    await desk.booked("a1", 30, type="room")
    reply = await desk.api.call("POST", "/v1/appointments/a1/tokens", json={"person": "patient"})
    assert (reply.status, reply.code) == (409, "type_not_video")
    await desk.booked("a2", 60)
    await desk.ok("POST", "/v1/appointments/a2/cancel", {"by": "patient"})
    reply = await desk.api.call("POST", "/v1/appointments/a2/tokens", json={"person": "patient"})
    assert (reply.status, reply.code) == (409, "cancelled")


async def test_a_room_link_expires(desk: Desk) -> None:
    issued = await desk.ok("POST", "/v1/practitioners/dr-x/room-link", {"hours": 2})
    assert issued["link"] == f"https://visit.example.org/p#{issued['token']}"
    assert issued["expires_at"] == "2026-03-02T03:00:00Z"
    link = desk.api.as_(issued["token"])
    assert (await link.call("GET", "/v1/clinic")).status == 200
    desk.clock.now += 2 * HOUR
    assert (await link.call("GET", "/v1/clinic")).status == 401


async def test_a_link_is_revoked(desk: Desk) -> None:
    issued = await desk.ok("POST", "/v1/staff-links", {"name": "Front desk", "hours": 8})
    link = desk.api.as_(issued["token"])
    assert "/s#" in issued["link"]
    assert (await link.call("GET", "/v1/appointments")).status == 200
    assert (await link.call("POST", "/v1/staff-links", json={"name": "x", "hours": 1})).code == "forbidden"
    assert (await desk.api.call("DELETE", f"/v1/links/{issued['id']}")).status == 204
    assert (await link.call("GET", "/v1/appointments")).status == 401
    assert (await desk.api.call("DELETE", "/v1/links/unknown")).code == "not_found"


async def test_links_of_nobody(desk: Desk) -> None:
    reply = await desk.api.call("POST", "/v1/practitioners/nobody/room-link", json={})
    assert (reply.status, reply.code) == (404, "not_found")
    for hours in (0, -1, 745, "12"):
        assert (
            await desk.api.call("POST", "/v1/staff-links", json={"name": "x", "hours": hours})
        ).status == 422
