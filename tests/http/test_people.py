"""PUT, GET and DELETE of practitioners, appointment types and patients."""

from typing import Any

import pytest

from tests.http.clinic import Desk

THINGS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "/v1/practitioners/dr-new",
        {"name": "Dr New"},
        {
            "id": "dr-new",
            "name": "Dr New",
            "video_enabled": True,
            "external_ids": [],
            "email": None,
            "warnings": [],
        },
    ),
    (
        "/v1/appointment-types/new",
        {"name": "New", "video": True, "minutes": 20, "external_ids": ["Böth sides/1"]},
        {"id": "new", "name": "New", "video": True, "minutes": 20, "external_ids": ["Böth sides/1"]},
    ),
    (
        "/v1/patients/new",
        {"name": "Ann", "phone": "+61 412 000 000"},
        {"id": "new", "name": "Ann", "email": None, "phone": "+61 412 000 000", "warnings": []},
    ),
]


@pytest.mark.parametrize(("path", "body", "shown"), THINGS)
async def test_put_get_delete(desk: Desk, path: str, body: dict[str, Any], shown: dict[str, Any]) -> None:
    assert (await desk.api.call("GET", path)).code == "not_found"
    created = await desk.api.call("PUT", path, json=body)
    assert (created.status, created.json) == (201, shown)
    again = await desk.api.call("PUT", path, json=body)
    assert (again.status, again.json) == (200, shown)
    renamed = await desk.ok("PUT", path, body | {"name": "Other"})
    assert await desk.ok("GET", path) == renamed == shown | {"name": "Other"}
    gone = await desk.api.call("DELETE", path)
    assert (gone.status, gone.body) == (204, b"")
    assert (await desk.api.call("GET", path)).status == 404
    # Erasing is finished, not undone, by asking again (H4).
    assert (await desk.api.call("DELETE", path)).status == (204 if "patients" in path else 404)


async def test_a_practitioner_with_appointments_to_come_stays(desk: Desk) -> None:
    await desk.booked()
    reply = await desk.api.call("DELETE", "/v1/practitioners/dr-x")
    assert (reply.status, reply.code) == (409, "state_conflict")


async def test_erasing_a_patient_takes_names_and_contacts(desk: Desk) -> None:
    guest = {"id": "kim", "name": "Kim Unusual", "email": "kim@example.org"}
    await desk.booked(guests=[guest])
    refused = await desk.api.call("DELETE", "/v1/patients/pat-1")
    assert (refused.status, refused.code, refused.json["appointments"]) == (409, "state_conflict", ["a1"])
    assert (await desk.api.call("DELETE", "/v1/patients/pat-1?cancel=true&reason=Asked")).status == 204
    assert (await desk.ok("GET", "/v1/appointments/a1"))["cancelled"]["reason"] == "Asked"
    reply = await desk.api.call("GET", "/v1/appointments/a1")
    assert reply.json["patient_name"] is None
    assert b"Unusual" not in reply.body
    assert b"kim@example.org" not in reply.body
