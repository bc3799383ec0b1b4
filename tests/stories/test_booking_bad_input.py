"""Bad input where booking meets it: each has its answer, and nothing is lost or kept (RELIABILITY 5)."""

import asyncio

import aiohttp
import pytest

from tests.stories.conftest import Open
from tests.support.api import Clinic, Json, at
from tests.support.booking import free, opens_daily, visitor
from tests.support.server import RunningServer

WINDOW: Json = {"weekday": 0, "start_minute": 540, "end_minute": 600, "slot_minutes": 20}
HOURS = "/v1/practitioners/dr/availability"
DAYS = "/v1/practitioners/dr/exceptions"
HOLD: Json = {"practitioner": "dr", "type": "video"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"weekday": 7}, "number_out_of_range", "weekday"),
        ({"weekday": -1}, "number_out_of_range", "weekday"),
        ({"weekday": "1"}, "number_invalid", "weekday"),
        ({"weekday": "１"}, "number_invalid", "weekday"),
        ({"start_minute": 540.5}, "number_invalid", "start_minute"),
        ({"end_minute": 1441}, "number_out_of_range", "end_minute"),
        ({"end_minute": 540}, "interval_invalid", "end_minute"),
        ({"end_minute": 530}, "interval_invalid", "end_minute"),
        ({"slot_minutes": 0}, "number_out_of_range", "slot_minutes"),
        ({"slot_minutes": 61}, "interval_invalid", "slot_minutes"),
        ({"buffer_minutes": -1}, "number_out_of_range", "buffer_minutes"),
        ({"valid_from": "2026-02-30"}, "time_invalid", "valid_from"),
        ({"valid_from": "2026-W01-1"}, "time_invalid", "valid_from"),
        ({"valid_from": "2026-03-02T09:00:00Z"}, "time_invalid", "valid_from"),
        ({"valid_from": "0001-01-01"}, "time_out_of_range", "valid_from"),
        ({"valid_from": "2026-03-02", "valid_until": "2026-03-01"}, "interval_invalid", "valid_until"),
        ({"colour": "red"}, "field_unknown", "colour"),
        ({"active": "yes"}, "type_invalid", "active"),
    ],
)
async def test_hours_that_are_none(clinic: Clinic, change: Json, code: str, field: str) -> None:
    answer = await clinic.api.call("POST", HOURS, WINDOW | change)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, code, field)
    assert (await clinic.api.get(HOURS))["items"] == []


async def test_hours_that_overlap_name_the_other(clinic: Clinic) -> None:
    made = await clinic.api.post(HOURS, **WINDOW)
    clash = await clinic.api.call("POST", HOURS, WINDOW | {"start_minute": 599, "end_minute": 700})
    assert (clash.status, clash.body["code"], clash.body["other"]) == (409, "window_overlaps", made["id"])
    assert [clash.body[each] for each in ("weekday", "start_minute", "end_minute")] == [0, 540, 600]
    beside = await clinic.api.post(HOURS, **WINDOW | {"start_minute": 600, "end_minute": 700})
    moved = await clinic.api.call("PATCH", f"{HOURS}/{beside['id']}", {"start_minute": 580})
    assert (moved.status, moved.body["other"]) == (409, made["id"])
    # Paused it is still in the way: it is to be switched on again.
    await clinic.api.call("PATCH", f"{HOURS}/{made['id']}", {"active": False})
    assert (await clinic.api.call("POST", HOURS, WINDOW)).status == 409
    await clinic.api.call("DELETE", f"{HOURS}/{made['id']}")
    assert (await clinic.api.call("POST", HOURS, WINDOW)).status == 201
    assert (await clinic.api.call("DELETE", f"{HOURS}/{made['id']}")).status == 404


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"date": "2026-12-24", "kind": "holiday"}, "value_invalid", "kind"),
        ({"kind": "closed"}, "field_required", "date"),
        ({"date": "2026-12-32", "kind": "closed"}, "time_invalid", "date"),
        ({"date": "2026-12-24", "kind": "extra"}, "field_required", "slot_minutes"),
        ({"date": "2026-12-24", "kind": "closed", "slot_minutes": 15}, "value_invalid", "slot_minutes"),
        (
            {"date": "2026-12-24", "kind": "closed", "start_minute": 60, "end_minute": 60},
            "interval_invalid",
            "end_minute",
        ),
        ({"date": "2026-12-24", "kind": "closed", "note": "\u0000"}, "string_invalid", "note"),
    ],
)
async def test_exceptions_that_are_none(clinic: Clinic, asked: Json, code: str, field: str) -> None:
    answer = await clinic.api.call("POST", DAYS, asked)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, code, field)
    assert (await clinic.api.get(DAYS))["items"] == []


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("", "field_required", "type"),
        ("type=video&from=2026-13-01", "time_invalid", "from"),
        ("type=video&from=tomorrow", "time_invalid", "from"),
        ("type=video&from=2026-01-01&to=2027-01-03", "interval_invalid", "to"),
        ("type=video&from=2026-01-02&to=2026-01-01", "interval_invalid", "to"),
        ("type=other", "reference_unknown", "type"),
        ("type=video&practitioner=other", "reference_unknown", "practitioner"),
        ("type=video&limit=5", "field_unknown", "limit"),
        ("type=video&practitioner=a%2Fb", "id_invalid", "practitioner"),
    ],
)
async def test_slots_nobody_has(clinic: Clinic, query: str, code: str, field: str) -> None:
    answer = await clinic.api.call("GET", f"/v1/slots?{query}")
    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, code, field)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"starts_at": "2026-12-01T09:00:00"}, "time_invalid", "starts_at"),
        ({"starts_at": "20261201T0900Z"}, "time_invalid", "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "time_out_of_range", "starts_at"),
        ({"starts_at": 1796115600}, "type_invalid", "starts_at"),
        ({"practitioner": "a b"}, "id_invalid", "practitioner"),
        ({"practitioner": None}, "type_invalid", "practitioner"),
        ({"person": "me"}, "field_unknown", "person"),
    ],
)
async def test_holds_of_nothing(clinic: Clinic, change: Json, code: str, field: str) -> None:
    answer = await clinic.api.call("POST", "/v1/holds", HOLD | {"starts_at": at(3600)} | change)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, code, field)
    assert (await clinic.api.get("/v1/appointments"))["items"] == []


async def test_an_overlap_of_a_second_is_one(clinic: Clinic) -> None:
    """C3."""
    await clinic.api.post("/v1/holds", **HOLD, starts_at="2031-01-01T09:00:00Z")
    late = await clinic.api.call("POST", "/v1/holds", HOLD | {"starts_at": "2031-01-01T09:14:59Z"})
    assert (late.status, late.body["code"]) == (409, "slot_taken")
    early = await clinic.api.call("POST", "/v1/holds", HOLD | {"starts_at": "2031-01-01T08:45:01Z"})
    assert early.status == 409
    assert (
        await clinic.api.call("POST", "/v1/holds", HOLD | {"starts_at": "2031-01-01T09:15:00Z"})
    ).status == 201


async def test_what_is_no_bodys_business(clinic: Clinic) -> None:
    """The public calls are read by the same reader: no body, no JSON, JSON as text, a token in the URL."""
    await opens_daily(clinic)
    someone = visitor(clinic)
    url = f"{clinic.api.base_url}/v1/holds"
    async with clinic.api.session.post(url) as empty:
        assert (empty.status, (await empty.json())["code"]) == (400, "body_required")
    async with clinic.api.session.post(url, data=b"{}", headers={"Content-Type": "text/plain"}) as plain:
        assert plain.status == 415
    wrong = await someone.call("PATCH", "/v1/holds", {})
    assert (wrong.status, wrong.body["code"]) == (405, "method_not_allowed")
    leaked = await someone.call("GET", f"/v1/booking?clinic={clinic.id}&token=abc")
    assert (leaked.status, leaked.body["code"]) == (400, "token_in_url")


async def test_the_same_key_from_two_places_is_two_holds(clinic: Clinic) -> None:
    """G1: a visitor's Idempotency-Key answers that visitor's own repeat, and a foreign body is refused."""
    await opens_daily(clinic)
    first, second = (await free(clinic))[:2]
    asked = {"clinic": clinic.id, **HOLD, "starts_at": first["starts_at"]}
    once = {"Idempotency-Key": "k-1"}
    answers = await asyncio.gather(
        *(visitor(clinic).call("POST", "/v1/holds", asked, **once) for _ in range(4))
    )
    assert {each.status for each in answers} == {201}
    assert len({each.body["secret"] for each in answers}) == 1
    other = await visitor(clinic).call(
        "POST", "/v1/holds", asked | {"starts_at": second["starts_at"]}, **once
    )
    assert (other.status, other.body["code"]) == (422, "idempotency_mismatch")


async def test_a_year_of_slots_is_the_first_of_them_and_counts_as_many_calls(
    own_server: RunningServer, session: aiohttp.ClientSession
) -> None:
    """C1, and nobody without a key makes us count forever. On a server of its own: the allowance is the
    network's.
    """
    clinic = await Clinic.opened(own_server.base_url, own_server.admin_key, session)
    await opens_daily(clinic, start_minute=540, end_minute=960)
    query = f"/v1/slots?clinic={clinic.id}&type=video&from=2030-01-01&to=2030-12-31"
    answers = [await visitor(clinic).call("GET", query) for _ in range(20)]
    assert len(answers[0].body["items"]) == 2000
    assert {each.status for each in answers[:10]} == {200}
    assert (answers[-1].status, answers[-1].body["code"]) == (429, "rate_limited")
    # Whoever has the key asks on, for all of them.
    assert len((await clinic.api.get(query))["items"]) == 364 * 14


async def test_one_visitor_makes_so_many_holds_an_hour(clinic: Clinic) -> None:
    """C2: given back or not."""
    await opens_daily(clinic)
    slot = (await free(clinic))[0]
    asked = {"clinic": clinic.id, **HOLD, "starts_at": slot["starts_at"]}
    for _ in range(30):
        held = await visitor(clinic).post("/v1/holds", **asked)
        assert held.status == 201, held.body
        path = f"/v1/holds/{held.body['id']}"
        assert (await visitor(clinic).call("DELETE", path, bearer=held.body["secret"])).status == 204
    more = await visitor(clinic).post("/v1/holds", **asked)
    assert (more.status, more.body["code"]) == (429, "too_many_holds")
    assert 0 < int(more.headers["Retry-After"]) <= 3600


async def test_a_patients_link_is_no_key(clinic: Clinic) -> None:
    """What somebody else holds is nobody's business."""
    await opens_daily(clinic)
    await clinic.book(starts=7200)
    token = await clinic.token()
    first = (await free(clinic))[-1]
    held = await clinic.api.post("/v1/holds", **HOLD, starts_at=first["starts_at"], patient="pat")
    path = f"/v1/holds/{held['id']}"
    for method, to in (
        ("GET", path),
        ("DELETE", path),
        ("POST", f"{path}/confirm"),
        ("POST", f"{path}/extend"),
    ):
        answer = await visitor(clinic).call(method, to, {} if method == "POST" else None, bearer=token)
        assert (answer.status, answer.body["code"]) == (404, "hold_not_found"), (method, to)
    assert (await clinic.api.get(path))["status"] == "held"


async def test_a_link_whose_time_is_over_books_nothing(open_clinic: Open) -> None:
    """A7: whoever still has an old one may not be its patient any more."""
    clinic = await open_clinic(closes_after_minutes=0.02)
    await opens_daily(clinic)
    await clinic.book(starts=-600, lasts=602)
    token = await clinic.token()
    slot = (await free(clinic))[-1]
    await asyncio.sleep(4)
    someone = visitor(clinic)
    asked = HOLD | {"starts_at": slot["starts_at"]}
    refused = await someone.call("POST", "/v1/holds", asked, bearer=token)
    assert (refused.status, refused.body["code"]) == (401, "window_closed")
    assert (await someone.call("GET", "/v1/booking", bearer=token)).status == 401


async def test_a_secret_is_for_whoever_held_it(clinic: Clinic) -> None:
    """D1, A2: given to another patient, or taken back, what is booked is not shown to it."""
    await opens_daily(clinic)
    slots = await free(clinic)
    holds = []
    for slot in slots[:2]:
        asked = {"clinic": clinic.id, **HOLD, "starts_at": slot["starts_at"]}
        made = (await visitor(clinic).post("/v1/holds", **asked)).body
        confirmed = {"secret": made["secret"], "patient": {"name": "Kim"}}
        assert (await visitor(clinic).post(f"/v1/holds/{made['id']}/confirm", **confirmed)).status == 200
        holds.append(made)
    given, revoked = holds
    times = {name: given[name] for name in ("starts_at", "ends_at")}
    await clinic.api.put(
        f"/v1/appointments/{given['id']}", practitioner="dr", patient="pat", type="video", **times
    )
    again = await visitor(clinic).post(f"/v1/holds/{given['id']}/confirm", secret=given["secret"])
    assert (again.status, again.body["code"]) == (404, "hold_not_found")
    act = f"/v1/appointments/{revoked['id']}"
    await clinic.api.post(f"{act}/revoke", person="patient", reason="lost")
    await clinic.api.post(f"{act}/resend", person="patient")
    again = await visitor(clinic).post(f"/v1/holds/{revoked['id']}/confirm", secret=revoked["secret"])
    assert (again.status, again.body["links"]) == (200, {})


async def test_a_key_confirms_without_taking_a_contact_away(clinic: Clinic) -> None:
    await opens_daily(clinic)
    slot = (await free(clinic))[0]
    held = await clinic.api.post("/v1/holds", **HOLD, starts_at=slot["starts_at"], patient="pat")
    done = await clinic.api.post(f"/v1/holds/{held['id']}/confirm", patient={"name": "Sam A. Lee"})
    assert done["patient_name"] == "Sam A. Lee"
    known = await clinic.api.get("/v1/patients/pat")
    assert (known["name"], known["email"]) == ("Sam A. Lee", "sam@example.org")


async def test_a_visitors_hold_is_moved_by_staff(clinic: Clinic) -> None:
    """C7, before anybody has said who it is for."""
    await opens_daily(clinic)
    first, *_, last = await free(clinic)
    asked = {"clinic": clinic.id, **HOLD, "starts_at": first["starts_at"]}
    made = (await visitor(clinic).post("/v1/holds", **asked)).body
    moved = await clinic.api.post(f"/v1/appointments/{made['id']}/reschedule", **_times(last))
    assert (moved["status"], moved["starts_at"]) == ("held", last["starts_at"])
    body = {"secret": made["secret"], "patient": {"name": "Kim"}}
    done = await visitor(clinic).post(f"/v1/holds/{made['id']}/confirm", **body)
    assert (done.status, done.body["starts_at"]) == (200, last["starts_at"])


def _times(slot: Json) -> Json:
    return {name: slot[name] for name in ("starts_at", "ends_at")}
