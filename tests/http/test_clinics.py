"""POST /v1/clinics and GET, PATCH /v1/clinic."""

import pytest

from rooms.policy import Policy
from signalling.http.schemas.requests import ChangePolicy
from tests.http.clinic import ADMIN, Desk
from tests.http.serving import Served

NEW = {"id": "north", "name": "North", "time_zone": "Europe/Berlin"}


async def test_the_key_is_shown_once_and_works(whole: Served) -> None:
    reply = await whole.as_(ADMIN).call("POST", "/v1/clinics", json=NEW | {"phone": "+49 30 1234"})
    assert reply.status == 201
    key = reply.json["api_key"]
    assert key.startswith("crk.north.")
    shown = (await whole.as_(key).call("GET", "/v1/clinic")).json
    assert shown == {name: value for name, value in reply.json.items() if name != "api_key"}
    assert shown["policy"]["opens_before_minutes"] == 10
    assert shown["policy"]["reminder_minutes"] == []


async def test_a_clinic_is_made_once(desk: Desk, whole: Served) -> None:
    reply = await whole.as_(ADMIN).call("POST", "/v1/clinics", json=NEW | {"id": desk.clinic})
    assert (reply.status, reply.code) == (409, "clinic_exists")


async def test_only_the_operator_makes_clinics(desk: Desk) -> None:
    reply = await desk.api.call("POST", "/v1/clinics", json=NEW | {"id": "other"})
    assert (reply.status, reply.code) == (403, "forbidden")


async def test_patch_merges(desk: Desk) -> None:
    changed = await desk.ok(
        "PATCH", "/v1/clinic", {"phone": "+61 2 5550 1234", "policy": {"opens_before_minutes": 0.5}}
    )
    assert changed["policy"]["opens_before_minutes"] == 0.5
    changed = await desk.ok("PATCH", "/v1/clinic", {"policy": {"hold_minutes": 5}})
    assert changed["policy"]["opens_before_minutes"] == 0.5
    assert changed["policy"]["hold_minutes"] == 5
    assert changed["phone"] == "+61 2 5550 1234"
    changed = await desk.ok("PATCH", "/v1/clinic", {"phone": None, "policy": {"opens_before_minutes": None}})
    assert changed["phone"] is None
    assert changed["policy"]["opens_before_minutes"] == 10
    assert changed["policy"]["hold_minutes"] == 5
    assert (await desk.ok("PATCH", "/v1/clinic", {"policy": None}))["policy"]["hold_minutes"] == 15
    assert await desk.ok("GET", "/v1/clinic") == await desk.ok("PATCH", "/v1/clinic", {})


async def test_patch_takes_rfc_7396s_own_type(desk: Desk) -> None:
    reply = await desk.api.send("PATCH", "/v1/clinic", b'{"name":"Dawn"}', "application/merge-patch+json")
    assert (reply.status, reply.json["name"]) == (200, "Dawn")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"name": None}, "type_invalid", "name"),
        ({"time_zone": "Mars/X"}, "timezone_unknown", "time_zone"),
        ({"id": "x"}, "field_unknown", "id"),
        ({"policy": {"salt": 1}}, "field_unknown", "policy.salt"),
        ({"policy": {"hold_minutes": 0}}, "number_out_of_range", "policy.hold_minutes"),
        ({"policy": {"hold_minutes": "5"}}, "number_invalid", "policy.hold_minutes"),
    ],
)
async def test_a_bad_patch_changes_nothing(desk: Desk, body: object, code: str, field: str) -> None:
    before = await desk.ok("GET", "/v1/clinic")
    reply = await desk.api.call("PATCH", "/v1/clinic", json=body)
    assert (reply.status, reply.code, reply.json["field"]) == (422, code, field)
    assert await desk.ok("GET", "/v1/clinic") == before


async def test_a_new_window_applies_to_what_is_booked(desk: Desk) -> None:
    before = await desk.booked()
    await desk.ok("PATCH", "/v1/clinic", {"policy": {"opens_before_minutes": 20}})
    after = await desk.ok("GET", "/v1/appointments/a1")
    assert before["window"]["opens_at"] == "2026-03-02T01:20:00Z"
    assert after["window"]["opens_at"] == "2026-03-02T01:10:00Z"


def test_every_rule_can_be_changed() -> None:
    assert ChangePolicy.__struct_fields__ == Policy.__struct_fields__
