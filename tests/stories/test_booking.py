"""Booking by whoever does it: the public page, the booking service, a patient who comes back, the clinic
itself (C1 to C9).
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from tests.stories.conftest import Open
from tests.support.api import Clinic, Json, at
from tests.support.booking import Visitor, free, opens_daily, seconds_until, visitor

DETAILS = {"name": "Kim Ro", "email": "kim@example.org", "phone": "+61 400 000 000"}


async def _held(clinic: Clinic, someone: Visitor, slot: Json | None = None) -> Json:
    """Held by a visitor."""
    slot = slot or (await free(clinic))[0]
    made = await someone.post(
        "/v1/holds", clinic=clinic.id, practitioner="dr", type="video", starts_at=slot["starts_at"]
    )
    assert made.status == 201, made.body
    return made.body


async def test_a_visitor_books(clinic: Clinic) -> None:
    """C2, C4: from choosing to the link and the calendar file."""
    await opens_daily(clinic)
    someone = visitor(clinic)
    page = await someone.call("GET", f"/v1/booking?clinic={clinic.id}")
    assert [each["id"] for each in page.body["practitioners"]] == ["dr"]
    assert page.body["types"] == [{"id": "video", "name": "Video visit", "minutes": 15}]
    today = datetime.now(UTC).date()
    span = f"from={today}&to={today + timedelta(days=3)}"
    slots = await someone.call("GET", f"/v1/slots?clinic={clinic.id}&type=video&{span}")
    slot = slots.body["items"][0]
    held = await _held(clinic, someone, slot)
    assert 895 < seconds_until(held["expires_at"]) <= 900
    assert held["status"] == "held"
    assert slot not in await free(clinic)
    done = await someone.post(f"/v1/holds/{held['id']}/confirm", secret=held["secret"], patient=DETAILS)
    assert done.status == 200, done.body
    assert (done.body["status"], done.body["link"]) == ("confirmed", {"usable": True, "failed": []})
    assert set(done.body["links"]) == {"patient"}
    assert "patient_name" not in done.body
    link = done.body["links"]["patient"]
    assert link["link"].endswith(f"/j#{link['token']}")
    seen = await clinic.api.get(f"/v1/appointments/{held['appointment']}")
    assert seen["room"]
    assert (await clinic.api.get(f"/v1/patients/{seen['patient']}"))["email"] == "kim@example.org"
    steps = (await clinic.api.get(f"/v1/appointments/{held['id']}/history"))["items"]
    assert [step["what"] for step in steps] == ["held", "confirmed"]
    assert steps[0]["by"] == steps[1]["by"] == "patient"


async def test_confirmed_twice_it_is_the_same(clinic: Clinic) -> None:
    """C4, G1: by the same Idempotency-Key and without one; with another body it is refused."""
    await opens_daily(clinic)
    held = await _held(clinic, visitor(clinic))
    path, body = f"/v1/holds/{held['id']}/confirm", {"secret": held["secret"], "patient": DETAILS}
    answers = [
        await visitor(clinic).call("POST", path, body, **{"Idempotency-Key": "once"}) for _ in range(2)
    ]
    assert [each.status for each in answers] == [200, 200]
    assert answers[0].body == answers[1].body
    other = await visitor(clinic).call(
        "POST", path, body | {"patient": {"name": "X"}}, **{"Idempotency-Key": "once"}
    )
    assert (other.status, other.body["code"]) == (422, "idempotency_mismatch")
    again = await visitor(clinic).call("POST", path, body)
    assert (again.status, again.body["id"]) == (200, held["id"])
    steps = (await clinic.api.get(f"/v1/appointments/{held['id']}/history"))["items"]
    assert [step["what"] for step in steps] == ["held", "confirmed"]


async def test_a_hold_expires_to_the_moment(open_clinic: Open) -> None:
    """C4: free at once, `expired` recorded, 410 says whether it is still free."""
    clinic = await open_clinic(hold_minutes=0.03)
    await opens_daily(clinic)
    slot = (await free(clinic))[0]
    held = await _held(clinic, visitor(clinic), slot)
    await asyncio.sleep(max(0.0, seconds_until(held["expires_at"])) + 0.005)
    assert slot in await free(clinic)
    late = await visitor(clinic).post(
        f"/v1/holds/{held['id']}/confirm", secret=held["secret"], patient=DETAILS
    )
    assert (late.status, late.body["code"], late.body["still_free"]) == (410, "hold_expired", True)
    assert late.body["nearest"][0] == slot
    shown = await clinic.api.get(f"/v1/appointments/{held['id']}")
    assert shown["status"] == "expired"
    again = await _held(clinic, visitor(clinic), slot)
    assert again["id"] != held["id"]
    late = await visitor(clinic).post(
        f"/v1/holds/{held['id']}/confirm", secret=held["secret"], patient=DETAILS
    )
    assert (late.body["code"], late.body["still_free"]) == ("hold_expired", False)
    steps = (await clinic.api.get(f"/v1/appointments/{held['id']}/history"))["items"]
    assert [step["what"] for step in steps] == ["held", "expired"]


async def test_nobody_comes_and_it_is_written_down(open_clinic: Open) -> None:
    clinic = await open_clinic(hold_minutes=0.01)
    await opens_daily(clinic)
    held = await _held(clinic, visitor(clinic))
    deadline = time.monotonic() + 6
    what: list[str] = []
    while what != ["held", "expired"]:
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.1)
        steps = (await clinic.api.get(f"/v1/appointments/{held['id']}/history"))["items"]
        what = [step["what"] for step in steps]
    listed = await clinic.api.get("/v1/appointments?status=expired")
    assert [each["id"] for each in listed["items"]] == [held["id"]]
    assert (await clinic.api.get("/v1/appointments"))["items"] == []


async def test_kept_longer_once(clinic: Clinic) -> None:
    await opens_daily(clinic)
    held = await _held(clinic, visitor(clinic))
    path, secret = f"/v1/holds/{held['id']}", held["secret"]
    longer = await visitor(clinic).post(f"{path}/extend", secret=secret)
    assert longer.status == 200
    assert 1795 < seconds_until(longer.body["expires_at"]) <= 1800
    again = await visitor(clinic).post(f"{path}/extend", secret=secret)
    assert (again.status, again.body["code"]) == (409, "already_extended")
    shown = await visitor(clinic).call("GET", path, bearer=secret)
    assert (shown.body["extended"], shown.body["expires_at"]) == (True, longer.body["expires_at"])
    done = await visitor(clinic).post(f"{path}/confirm", secret=secret, patient=DETAILS)
    assert done.status == 200


async def test_given_back_it_is_anybodys(clinic: Clinic) -> None:
    await opens_daily(clinic)
    slot = (await free(clinic))[0]
    held = await _held(clinic, visitor(clinic), slot)
    path = f"/v1/holds/{held['id']}"
    for _ in range(2):
        assert (await visitor(clinic).call("DELETE", path, bearer=held["secret"])).status == 204
    assert slot in await free(clinic)
    gone = await visitor(clinic).post(f"{path}/confirm", secret=held["secret"], patient=DETAILS)
    assert (gone.status, gone.body["code"]) == (409, "state_conflict")


async def test_another_clients_hold_is_unknown(clinic: Clinic, open_clinic: Open) -> None:
    """By another secret, no secret, another clinic's key, alike."""
    await opens_daily(clinic)
    one = await _held(clinic, visitor(clinic))
    other = await _held(clinic, visitor(clinic))
    path = f"/v1/holds/{one['id']}/confirm"
    elsewhere = await open_clinic()
    answers = [
        await visitor(clinic).post(path, secret=other["secret"], patient=DETAILS),
        await visitor(clinic).post(path, patient=DETAILS),
        await visitor(clinic).post(path, secret="made-up", patient=DETAILS),
        await visitor(clinic).post("/v1/holds/nothing/confirm", secret=one["secret"], patient=DETAILS),
        await elsewhere.api.call("POST", path, {"patient": DETAILS}),
    ]
    assert {(each.status, each.body["code"], each.body["detail"]) for each in answers} == {
        (404, "hold_not_found", "There is no such hold.")
    }
    assert (await clinic.api.get(f"/v1/appointments/{one['id']}"))["status"] == "held"


async def test_one_visitor_holds_so_many(open_clinic: Open) -> None:
    clinic = await open_clinic(holds_per_visitor=2)
    await opens_daily(clinic)
    slots = await free(clinic)
    first = await _held(clinic, visitor(clinic), slots[0])
    await _held(clinic, visitor(clinic), slots[1])
    third = {"clinic": clinic.id, "practitioner": "dr", "type": "video", "starts_at": slots[2]["starts_at"]}
    refused = await visitor(clinic).post("/v1/holds", **third)
    assert (refused.status, refused.body["code"]) == (429, "too_many_holds")
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    # Given back or confirmed, it counts no more.
    await visitor(clinic).call("DELETE", f"/v1/holds/{first['id']}", bearer=first["secret"])
    assert (await visitor(clinic).post("/v1/holds", **third)).status == 201


async def test_only_what_is_offered_is_held_by_visitors(clinic: Clinic) -> None:
    await opens_daily(clinic, start_minute=540, end_minute=720)
    slots = await free(clinic)
    off = datetime.fromisoformat(slots[0]["starts_at"]) + timedelta(minutes=7)
    asked = {"practitioner": "dr", "type": "video", "starts_at": off.isoformat()}
    refused = await visitor(clinic).post("/v1/holds", clinic=clinic.id, **asked)
    assert (refused.status, refused.body["code"]) == (409, "slot_not_offered")
    assert refused.body["nearest"][0] == slots[0]
    # The clinic's own key knows what it does; what it took is offered to nobody.
    by_key = await clinic.api.call("POST", "/v1/holds", {**asked, "patient": "pat"})
    assert by_key.status == 201
    assert slots[0] not in await free(clinic)
    taken = await visitor(clinic).post(
        "/v1/holds",
        clinic=clinic.id,
        practitioner="dr",
        type="video",
        starts_at=(off + timedelta(seconds=899)).isoformat(),
    )
    assert (taken.status, taken.body["code"]) == (409, "slot_taken")
    assert "other" not in taken.body
    done = await clinic.api.post(f"/v1/holds/{by_key.body['id']}/confirm")
    assert done["patient"] == "pat"
    assert set(done["links"]) == {"patient", "practitioner"}


async def test_a_buffer_is_kept_free(clinic: Clinic) -> None:
    await opens_daily(clinic, slot_minutes=20, buffer_minutes=10)
    slots = await free(clinic)
    first = datetime.fromisoformat(slots[2]["starts_at"])
    # It ends within the buffer before the next slot.
    await clinic.api.put(
        "/v1/appointments/a-1",
        practitioner="dr",
        patient="pat",
        type="video",
        starts_at=(first - timedelta(minutes=25)).isoformat(),
        ends_at=(first - timedelta(minutes=5)).isoformat(),
    )
    after = await free(clinic)
    assert slots[2] not in after
    assert slots[3] in after


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("/v1/practitioners/dr", {"name": "Dr", "video_enabled": False}), "practitioner_not_video_enabled"),
        (("/v1/appointment-types/video", {"name": "Visit", "video": False, "minutes": 15}), "type_not_video"),
    ],
)
async def test_what_could_get_no_link_is_refused_at_once(
    clinic: Clinic, change: tuple[str, Json], code: str
) -> None:
    """B6."""
    await opens_daily(clinic)
    slot = (await free(clinic))[0]
    await clinic.api.put(change[0], **change[1])
    refused = await visitor(clinic).post(
        "/v1/holds", clinic=clinic.id, practitioner="dr", type="video", starts_at=slot["starts_at"]
    )
    assert (refused.status, refused.body["code"]) == (422, code)


async def test_the_wrong_moment_place_or_person(clinic: Clinic, open_clinic: Open) -> None:
    """A missing member, a start that is past, no key, another clinic's key: each has its code."""
    await opens_daily(clinic)
    asked = {"practitioner": "dr", "type": "video", "starts_at": at(3600)}
    past = await clinic.api.call("POST", "/v1/holds", asked | {"starts_at": at(-1)})
    assert (past.status, past.body["code"], past.body["field"]) == (422, "slot_in_past", "starts_at")
    for field in ("practitioner", "type"):
        unknown = await clinic.api.call("POST", "/v1/holds", asked | {field: "nobody"})
        assert (unknown.status, unknown.body["code"], unknown.body["field"]) == (
            422,
            "reference_unknown",
            field,
        )
    patient = await clinic.api.call("POST", "/v1/holds", asked | {"patient": "nobody"})
    assert (patient.status, patient.body["field"]) == (422, "patient")
    nowhere = await visitor(clinic).post("/v1/holds", **asked)
    assert (nowhere.status, nowhere.body["code"]) == (401, "unauthenticated")
    foreign = await visitor(clinic).post("/v1/holds", clinic="elsewhere", **asked)
    assert (foreign.status, foreign.body["code"]) == (404, "not_found")
    shut = await open_clinic(self_booking=False)
    await opens_daily(shut)
    slot = (await free(shut))[0]
    refused = await visitor(shut).post(
        "/v1/holds", clinic=shut.id, practitioner="dr", type="video", starts_at=slot["starts_at"]
    )
    assert (refused.status, refused.body["code"]) == (403, "self_booking_off")
    assert (await shut.api.call("POST", "/v1/holds", asked)).status == 201


async def test_a_patient_cancels_and_books_again(clinic: Clinic) -> None:
    """C6: from the link's own page, with the link."""
    await opens_daily(clinic)
    await clinic.book(starts=7200)
    token = await clinic.token()
    someone = visitor(clinic)
    gone = await someone.call("POST", "/v1/appointments/a-1/cancel", {}, bearer=token)
    assert gone.body["status"] == "cancelled"
    page = await someone.call("GET", "/v1/booking", bearer=token)
    assert page.body["clinic"]["id"] == clinic.id
    slots = await someone.call("GET", "/v1/slots?type=video&practitioner=dr", bearer=token)
    asked = {"practitioner": "dr", "type": "video", "starts_at": slots.body["items"][0]["starts_at"]}
    held = await someone.call("POST", "/v1/holds", asked, bearer=token)
    assert held.status == 201, held.body
    details = {"secret": held.body["secret"], "patient": {"name": "Somebody Else"}}
    path = f"/v1/holds/{held.body['id']}/confirm"
    other = await someone.call("POST", path, details, bearer=token)
    assert (other.status, other.body["code"]) == (403, "forbidden")
    done = await someone.call("POST", path, {"secret": held.body["secret"]}, bearer=token)
    assert done.status == 200, done.body
    assert done.body["patient"] == "pat"
    assert (await clinic.api.get("/v1/patients/pat"))["name"] == "Sam Lee"


async def test_nobody_has_said_who_it_is_for(clinic: Clinic) -> None:
    """C4: confirm can fail on its own body, and loses nothing."""
    await opens_daily(clinic)
    held = await _held(clinic, visitor(clinic))
    path = f"/v1/holds/{held['id']}/confirm"
    nobody = await visitor(clinic).post(path, secret=held["secret"])
    assert (nobody.status, nobody.body["code"], nobody.body["field"]) == (422, "field_required", "patient")
    bad = await visitor(clinic).post(path, secret=held["secret"], patient={"name": "\u202e"})
    assert (bad.status, bad.body["code"], bad.body["field"]) == (422, "string_invalid", "patient.name")
    done = await visitor(clinic).post(path, secret=held["secret"], patient=DETAILS)
    assert done.status == 200


async def test_a_hundred_at_once_and_one_has_it(clinic: Clinic) -> None:
    """C3: 100 parallel holds from 100 connections: one 201 and 99 x 409."""
    await opens_daily(clinic)
    slot = (await free(clinic))[0]
    asked = {"practitioner": "dr", "type": "video", "starts_at": slot["starts_at"], "patient": "pat"}

    async def hold() -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as own,
            own.post(
                f"{clinic.api.base_url}/v1/holds",
                json=asked,
                headers={"Authorization": f"Bearer {clinic.api.key}"},
            ) as answer,
        ):
            return answer.status, (await answer.json()).get("code", "")

    answers = await asyncio.gather(*(hold() for _ in range(100)))
    assert sorted(answers) == [(201, ""), *[(409, "slot_taken")] * 99]


async def test_how_late_one_may_book_and_cancel(clinic: Clinic) -> None:
    """C10: by the public page and a patient's link; the clinic's key, staff and practitioners may always."""
    await opens_daily(clinic)
    policy = {"lead_minutes": 90, "cancel_minutes": 120}
    (await clinic.api.call("PATCH", "/v1/clinic", {"policy": policy})).ok()
    someone = visitor(clinic)
    page = await someone.call("GET", f"/v1/booking?clinic={clinic.id}")
    assert (page.body["lead_minutes"], page.body["cancel_minutes"]) == (90, 120)
    slots = await someone.call("GET", f"/v1/slots?clinic={clinic.id}&type=video&practitioner=dr")
    assert seconds_until(slots.body["items"][0]["starts_at"]) > 89 * 60
    soon = next(each for each in await free(clinic) if 60 < seconds_until(each["starts_at"]) < 5300)
    asked = {"practitioner": "dr", "type": "video", "starts_at": soon["starts_at"]}
    refused = await someone.post("/v1/holds", clinic=clinic.id, **asked)
    assert (refused.status, refused.body["code"]) == (422, "too_late_to_book")
    await clinic.book(starts=3600)
    link = await clinic.token()
    own = (await someone.call("GET", "/v1/link", bearer=link)).body
    assert (own["can_cancel"], seconds_until(own["cancel_until"]) < 0) == (False, True)
    by_link = await someone.call("POST", "/v1/appointments/a-1/cancel", {}, bearer=link)
    assert (by_link.status, by_link.body["code"]) == (409, "too_late_to_cancel")
    assert by_link.body["until"] == own["cancel_until"]
    again = await someone.call("POST", "/v1/holds", asked, bearer=link)
    assert (again.status, again.body["code"]) == (422, "too_late_to_book")
    (await clinic.api.call("POST", "/v1/appointments/a-1/cancel", {"by": "patient"})).ok()
    assert (await clinic.api.call("POST", "/v1/holds", asked)).status == 201


async def test_a_visit_over_the_seam_of_two_windows_is_offered_and_held(clinic: Clinic) -> None:
    """C10: around the clinic's midnight, and what was booked is taken in both."""
    hours = "/v1/practitioners/dr/availability"
    evenings = {"start_minute": 1410, "end_minute": 1440, "slot_minutes": 30}
    nights = {"start_minute": 0, "end_minute": 30, "slot_minutes": 30}
    for day in range(7):
        await clinic.api.post(hours, weekday=day, **evenings)
        await clinic.api.post(hours, weekday=day, **nights)
    await clinic.api.put("/v1/appointment-types/long", name="Long", video=True, minutes=60)
    seams = await free(clinic, type="long")
    assert {each["starts_at"][14:16] for each in seams} == {"30"}
    held = await visitor(clinic).post(
        "/v1/holds", clinic=clinic.id, practitioner="dr", type="long", starts_at=seams[0]["starts_at"]
    )
    assert held.status == 201, held.body
    assert seconds_until(held.body["ends_at"]) - seconds_until(held.body["starts_at"]) > 3599
    begins = {each["starts_at"] for each in await free(clinic)}
    assert seams[0]["starts_at"] not in begins
    assert seams[1]["starts_at"] in begins


async def test_hours_over_midnight_and_closed_for_days(clinic: Clinic) -> None:
    """C10: one record each, with `dry_run` first."""
    await clinic.api.put("/v1/practitioners/night", name="Dr Night")
    hours, days = (f"/v1/practitioners/night/{each}" for each in ("availability", "exceptions"))
    for day in range(7):
        made = await clinic.api.post(hours, weekday=day, start_minute=1350, end_minute=120, slot_minutes=30)
        assert (made["start_minute"], made["end_minute"]) == (1350, 120)
    found = await free(clinic, practitioner="night")
    assert found
    clash = await clinic.api.call(
        "POST", hours, {"weekday": 1, "start_minute": 60, "end_minute": 240, "slot_minutes": 30}
    )
    assert (clash.status, clash.body["code"]) == (409, "window_overlaps")
    booked = found[-1]
    times = {"starts_at": booked["starts_at"], "ends_at": booked["ends_at"]}
    await clinic.api.put("/v1/appointments/n-1", practitioner="night", patient="pat", type="video", **times)
    today = datetime.now(UTC).date()
    leave = {
        "kind": "closed",
        "date": str(today - timedelta(days=2)),
        "until": str(today + timedelta(days=60)),
    }
    dry = await clinic.api.call("POST", days, leave | {"dry_run": True})
    assert (dry.status, [each["id"] for each in dry.body["affected"]]) == (200, ["n-1"])
    assert len(await free(clinic, practitioner="night")) == len(found) - 1
    made = await clinic.api.post(days, **leave)
    assert [each["id"] for each in made["affected"]] == ["n-1"]
    assert (await clinic.api.get(days))["items"][0]["until"] == leave["until"]
    assert await free(clinic, practitioner="night") == []
    again = await clinic.api.call("POST", days, leave)
    assert (again.status, again.body["until"]) == (409, leave["until"])
    removed = await clinic.api.call("DELETE", f"{days}/{made['id']}")
    assert (removed.status, removed.body["affected"]) == (200, [])
    assert len(await free(clinic, practitioner="night")) == len(found) - 1
    wrong = await clinic.api.call("POST", days, leave | {"until": str(today - timedelta(days=3))})
    assert (wrong.status, wrong.body["code"], wrong.body["field"]) == (422, "interval_invalid", "until")


async def test_who_lost_their_link_is_answered_alike_whether_known_or_not(clinic: Clinic) -> None:
    """A7: by the contact on file, from the public page; what is sent shows in the history only."""
    await clinic.api.put("/v1/patients/pat", name="Sam Lee", email="sam.lost@example.org")
    await clinic.book(starts=7200)
    someone = visitor(clinic)
    answers = [
        await someone.post("/v1/booking/links", clinic=clinic.id, email=f"{who}@example.org")
        for who in ("Sam.Lost", "nobody")
    ]
    assert [(each.status, each.body) for each in answers] == [(202, {"sent": True})] * 2
    deadline = time.monotonic() + 6
    while time.monotonic() < deadline:
        steps = (await clinic.api.get("/v1/appointments/a-1/history"))["items"]
        if "link_requested" in [each["what"] for each in steps]:
            break
        await asyncio.sleep(0.05)
    assert [each["what"] for each in steps].count("link_requested") == 1
    wrong = await someone.post("/v1/booking/links", clinic=clinic.id, email="sam")
    assert (wrong.status, wrong.body["code"], wrong.body["field"]) == (422, "field_required", "email")
    neither = await someone.post("/v1/booking/links", clinic=clinic.id)
    assert (neither.status, neither.body["code"]) == (422, "field_required")
    nowhere = await someone.post("/v1/booking/links", clinic="nowhere", email="sam@example.org")
    assert (nowhere.status, nowhere.body["code"]) == (404, "not_found")
