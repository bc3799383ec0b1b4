"""Appointments over HTTP: PUT, GET, list, cancel, history, diagnosis, attendance."""

import asyncio
from typing import Any

import pytest

from rooms.times import HOUR, MINUTE
from tests.http.clinic import Desk
from tests.http.serving import Served


async def test_create_read_change(desk: Desk) -> None:
    created = await desk.put()
    assert created.status == 201
    assert created.json == await desk.ok("GET", "/v1/appointments/a1")
    expected: dict[str, Any] = {
        "id": "a1",
        "status": "confirmed",
        "outcome": None,
        "outcome_revision": 0,
        "review": False,
        "flagged": False,
        "window": {"opens_at": "2026-03-02T01:20:00Z", "closes_at": "2026-03-02T03:00:00Z"},
        "link": {"usable": True, "failed": []},
        "practitioner": "dr-x",
        "practitioner_name": "Dr x",
        "patient": "pat-1",
        "patient_name": "Ann 1",
        "guests": [],
        "type": "video",
        "external_type": None,
        "starts_at": "2026-03-02T01:30:00Z",
        "ends_at": "2026-03-02T02:00:00Z",
        "cancelled": None,
        "warnings": [],
    }
    assert {name: value for name, value in created.json.items() if name != "room"} == expected
    moved = await desk.put("a1", 60)
    assert moved.status == 200
    assert moved.json["room"] == created.json["room"]
    assert moved.json["starts_at"] == "2026-03-02T02:00:00Z"


async def test_the_same_again_changes_nothing(desk: Desk) -> None:
    await desk.booked()
    before = await desk.ok("GET", "/v1/appointments/a1/history")
    assert (await desk.put()).status == 200
    assert await desk.ok("GET", "/v1/appointments/a1/history") == before


async def test_missing_practitioner(desk: Desk) -> None:
    body = {"patient": "pat-1", "starts_at": "2026-03-02T09:00:00Z", "ends_at": "2026-03-02T09:30:00Z"}
    reply = await desk.api.call("PUT", "/v1/appointments/a1", json=body)
    assert (reply.status, reply.code, reply.json["field"]) == (422, "field_required", "practitioner")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00:00Z", "2026-03-02T08:59:00Z"),
        ("2026-03-02T09:00:00Z", "2026-03-02T17:00:01Z"),
    ],
)
async def test_interval(desk: Desk, start: str, end: str) -> None:
    reply = await desk.put(starts_at=start, ends_at=end)
    assert (reply.status, reply.code) == (422, "interval_invalid")


async def test_overlap_by_a_second(desk: Desk) -> None:
    await desk.booked("a1", 30)
    reply = await desk.put("a2", 60 - 1 / 60, patient="pat-2")
    assert (reply.status, reply.code, reply.json["other"]) == (409, "slot_taken", "a1")
    assert (await desk.put("a2", 60, patient="pat-2")).status == 201


@pytest.mark.parametrize(
    ("member", "value"), [("practitioner", "nobody"), ("patient", "nobody"), ("type", "none")]
)
async def test_unknown_references(desk: Desk, member: str, value: str) -> None:
    reply = await desk.put(**{member: value})
    assert (reply.status, reply.code, reply.json["field"]) == (422, "reference_unknown", member)


async def test_an_unknown_external_type_is_kept(desk: Desk) -> None:
    shown = await desk.booked(type=None, external_type="Standard consult (long)")
    assert shown["link"] == {"usable": False, "failed": ["type_not_linked"]}
    assert shown["external_type"] == "Standard consult (long)"


async def test_diagnosis_says_why(desk: Desk) -> None:
    await desk.booked(type="room")
    found = await desk.ok("GET", "/v1/appointments/a1/diagnosis")
    assert found["usable"] is False
    [failed] = [check for check in found["checks"] if not check["passed"] and check["blocking"]]
    assert failed["code"] == "type_not_video"
    assert failed["who"] == "clinic"
    await desk.booked(type="video")
    assert (await desk.ok("GET", "/v1/appointments/a1/diagnosis"))["usable"] is True


async def test_cancel_with_a_reason_and_a_private_note(desk: Desk) -> None:
    await desk.booked()
    patient, practitioner = await desk.link(), await desk.link(person="practitioner")
    body = {"by": "staff", "reason": "Dr X is ill", "note": "call back"}
    shown = await desk.ok("POST", "/v1/appointments/a1/cancel", body)
    assert shown["status"] == "cancelled"
    assert shown["cancelled"] == {
        "by": "staff",
        "at": "2026-03-02T01:00:00Z",
        "reason": "Dr X is ill",
        "note": "call back",
    }
    reply = await desk.api.call("POST", "/v1/appointments/a1/cancel", json=body)
    assert (reply.status, reply.code) == (409, "state_conflict")
    assert (await practitioner.call("GET", "/v1/appointments/a1")).json["cancelled"]["note"] == "call back"
    seen = await patient.call("GET", "/v1/appointments/a1")
    assert seen.json["cancelled"]["reason"] == "Dr X is ill"
    assert b"call back" not in seen.body


@pytest.mark.parametrize("by", ["staff", "practitioner"])
async def test_the_clinics_people_give_a_reason(desk: Desk, by: str) -> None:
    await desk.booked()
    reply = await desk.api.call("POST", "/v1/appointments/a1/cancel", json={"by": by})
    assert (reply.status, reply.code, reply.json["field"]) == (422, "field_required", "reason")


async def test_a_patient_cancels_from_the_link(desk: Desk) -> None:
    await desk.booked()
    patient = await desk.link()
    for forged in ({"by": "staff", "reason": "x"}, {"note": "x"}):
        assert (await patient.call("POST", "/v1/appointments/a1/cancel", json=forged)).code == "forbidden"
    reply = await patient.call("POST", "/v1/appointments/a1/cancel", json={})
    assert reply.status == 200
    assert reply.json["cancelled"] == {"by": "patient", "at": "2026-03-02T01:00:00Z", "reason": None}


async def test_a_cancelled_appointment_stays_so(desk: Desk) -> None:
    await desk.booked()
    await desk.ok("POST", "/v1/appointments/a1/cancel", {"by": "patient"})
    reply = await desk.put("a1", 90)
    assert (reply.status, reply.code) == (409, "state_conflict")


async def test_history_is_told_to_staff_only(desk: Desk) -> None:
    await desk.booked()
    patient = await desk.link()
    await desk.ok("POST", "/v1/appointments/a1/cancel", {"by": "patient"})
    steps = (await desk.ok("GET", "/v1/appointments/a1/history"))["items"]
    assert [step["what"] for step in steps][-1] == "cancelled"
    assert (await patient.call("GET", "/v1/appointments/a1/history")).code == "forbidden"


async def test_attendance_of_a_visit_nobody_came_to_yet(desk: Desk) -> None:
    await desk.booked()
    found = await desk.ok("GET", "/v1/appointments/a1/attendance")
    assert (found["intervals"], found["overlap_seconds"], found["outcome"]) == ([], 0, None)


async def listed(desk: Desk, query: str = "", server: Served | None = None) -> list[str]:
    """The ids of one page."""
    reply = await (server or desk.api).call("GET", f"/v1/appointments{query}")
    assert reply.status == 200, reply.body
    return [item["id"] for item in reply.json["items"]]


async def test_c5_default_list_and_filters(desk: Desk) -> None:
    await desk.booked("past", -120)
    await desk.booked("soon", 30)
    await desk.booked("held", 60, status="held", patient="pat-2")
    await desk.booked("other", 60, practitioner="dr-y", patient="pat-2")
    await desk.booked("gone", 90)
    await desk.ok("POST", "/v1/appointments/gone/cancel", {"by": "patient"})
    await desk.booked("tomorrow", 24 * 60)
    assert await listed(desk) == ["soon", "held", "other", "tomorrow"] or await listed(desk) == [
        "soon",
        "other",
        "held",
        "tomorrow",
    ]
    assert await listed(desk, "?status=confirmed&practitioner=dr-x") == ["past", "soon", "tomorrow"]
    assert await listed(desk, "?status=held") == ["held"]
    assert await listed(desk, "?status=cancelled,held") == ["held", "gone"]
    assert await listed(desk, "?patient=pat-2&practitioner=dr-y") == ["other"]
    assert await listed(desk, "?from=2026-03-03&to=2026-03-04") == ["tomorrow"]
    assert await listed(desk, "?to=2026-03-02T00:00:00Z") == ["past"]
    assert await listed(desk, "?practitioner=nobody") == []


async def test_pages_by_cursor(desk: Desk) -> None:
    for number in range(5):
        await desk.booked(f"a{number}", 30 * (number + 1))
    seen: list[str] = []
    query = "?limit=2"
    while query:
        page = await desk.ok("GET", f"/v1/appointments{query}")
        seen += [item["id"] for item in page["items"]]
        query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert seen == [f"a{number}" for number in range(5)]
    reply = await desk.api.call("GET", "/v1/appointments?cursor=nonsense")
    assert (reply.status, reply.code) == (422, "cursor_invalid")


@pytest.mark.parametrize("query", ["from=2026-02-30", "to=2026-03-02T09:00", "from=0001-01-01"])
async def test_bad_bounds(desk: Desk, query: str) -> None:
    reply = await desk.api.call("GET", f"/v1/appointments?{query}")
    assert reply.status == 422
    assert reply.json["field"] == query.partition("=")[0]


async def test_a_practitioner_sees_their_own(desk: Desk) -> None:
    await desk.booked("mine", 30)
    await desk.booked("theirs", 30, practitioner="dr-y", patient="pat-2")
    room = await desk.ok("POST", "/v1/practitioners/dr-x/room-link", {})
    link = desk.api.as_(room["token"])
    assert await listed(desk, server=link) == ["mine"]
    assert await listed(desk, "?practitioner=dr-y", link) == []
    assert (await link.call("GET", "/v1/appointments/theirs")).code == "not_found"
    assert (await link.call("GET", "/v1/practitioners/dr-y")).code == "not_found"
    assert (await link.call("GET", "/v1/practitioners/dr-x")).status == 200
    body: dict[str, Any] = {"reason": "ill"}
    assert (await link.call("POST", "/v1/appointments/theirs/cancel", json=body)).code == "not_found"
    done = await link.call("POST", "/v1/appointments/mine/cancel", json=body)
    assert done.json["cancelled"]["by"] == "practitioner"


async def test_a_patient_sees_their_own(desk: Desk) -> None:
    guest = {"id": "kim", "name": "Kim", "email": "kim@example.org"}
    await desk.booked("mine", 30, guests=[guest])
    await desk.booked("other", 60, patient="pat-2")
    patient = await desk.link("mine")
    seen = (await patient.call("GET", "/v1/appointments/mine")).json
    assert seen["guests"] == [{"id": "kim", "name": "Kim", "counts": False}]
    assert "patient_name" not in seen
    assert (await patient.call("GET", "/v1/appointments/other")).code == "not_found"
    assert (await patient.call("GET", "/v1/appointments")).code == "forbidden"
    assert (await patient.call("GET", "/v1/patients/pat-1")).code == "forbidden"
    assert (await patient.call("GET", "/v1/appointments/mine/diagnosis")).json["usable"] is True


async def test_parallel_puts_of_one_slot_give_one(desk: Desk) -> None:
    replies = await asyncio.gather(*(desk.put(f"a{n}", 30) for n in range(20)))
    assert sorted(reply.status for reply in replies) == [201] + [409] * 19
    assert {reply.code for reply in replies if reply.status == 409} == {"slot_taken"}


async def test_the_window_closes_while_the_clock_moves(desk: Desk) -> None:
    await desk.booked("a1", 30)
    desk.clock.now += 2 * HOUR + MINUTE
    assert (await desk.ok("GET", "/v1/appointments/a1"))["link"]["failed"] == ["window_closed"]


async def test_two_visits_of_a_patient_at_one_time_are_a_warning(desk: Desk) -> None:
    """C11: stored all the same, said to the clinic and to nobody else."""
    assert (await desk.booked("a1", 30))["warnings"] == []
    made = await desk.booked("a2", 45, practitioner="dr-y")
    assert made["status"] == "confirmed"
    assert made["warnings"] == [{"code": "patient_busy", "other": "a1"}]
    assert (await desk.ok("GET", "/v1/appointments/a1"))["warnings"] == [
        {"code": "patient_busy", "other": "a2"}
    ]
    [one, *_] = (await desk.ok("GET", "/v1/appointments"))["items"]
    assert "warnings" not in one, "a list does not look"
    patient = await desk.link("a1")
    for path in ("/v1/appointments/a1", "/v1/link", "/v1/appointments/a1/diagnosis"):
        assert b"patient_busy" not in (await patient.call("GET", path)).body
    practitioner = await desk.link("a1", "practitioner")
    assert b"patient_busy" in (await practitioner.call("GET", "/v1/appointments/a1/diagnosis")).body
