"""Another tenant's things are unknown, to the byte as those that do not exist."""

from typing import Any

from tests.http.clinic import Clock, Desk, open_desk
from tests.http.serving import Served

CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/v1/appointments/{}", None),
    ("GET", "/v1/appointments/{}/attendance", None),
    ("GET", "/v1/appointments/{}/history", None),
    ("GET", "/v1/appointments/{}/diagnosis", None),
    ("POST", "/v1/appointments/{}/cancel", {"by": "patient"}),
    ("POST", "/v1/appointments/{}/tokens", {"person": "patient"}),
    ("GET", "/v1/practitioners/{}", None),
    ("DELETE", "/v1/practitioners/{}", None),
    ("POST", "/v1/practitioners/{}/room-link", {}),
    ("GET", "/v1/patients/{}", None),
    ("DELETE", "/v1/patients/{}", None),
    ("GET", "/v1/appointment-types/{}", None),
    ("DELETE", "/v1/appointment-types/{}", None),
    ("DELETE", "/v1/links/{}", None),
]


async def test_another_clinics_things(desk: Desk, whole: Served, clock: Clock) -> None:
    for kind in ("practitioners", "patients"):
        await desk.ok("PUT", f"/v1/{kind}/only-mine", {"name": "Mine"})
    await desk.ok("PUT", "/v1/appointment-types/only-mine", {"name": "Mine", "video": True, "minutes": 10})
    await desk.booked("only-mine")
    stranger = (await open_desk(whole, clock)).api
    for method, path, body in CALLS:
        theirs = await stranger.call(method, path.format("only-mine"), json=body)
        nobodys = await stranger.call(method, path.format("never-was"), json=body)
        assert (theirs.status, theirs.code) == (404, "not_found"), (method, path)
        assert (nobodys.status, nobodys.code) == (404, "not_found"), (method, path)
        assert theirs.json | {"request_id": ""} == nobodys.json | {"request_id": ""}
    assert (await desk.ok("GET", "/v1/appointments/only-mine"))["status"] == "confirmed"


async def test_a_link_reaches_its_own_clinic_only(desk: Desk, whole: Served, clock: Clock) -> None:
    await desk.booked()
    other = await open_desk(whole, clock)
    await other.booked()
    patient = await desk.link()
    mine = (await patient.call("GET", "/v1/appointments/a1")).json
    assert mine["room"] != (await other.ok("GET", "/v1/appointments/a1"))["room"]
    assert mine["room"] == (await desk.ok("GET", "/v1/appointments/a1"))["room"]
