"""What becomes of what is booked: moved, in somebody's way, settled by hand, in a calendar (C3, C7-C9)."""

import asyncio
from datetime import datetime
from typing import Any

import icalendar

from tests.stories.conftest import Open
from tests.support.api import Clinic, at
from tests.support.booking import status
from tests.support.peer import Connect


async def test_a_calendar_file(clinic: Clinic) -> None:
    """C9, read by icalendar and checked field by field."""
    await clinic.book(starts=7200)
    token = await clinic.token()
    link = (await clinic.api.post("/v1/appointments/a-1/tokens", person="patient"))["link"]

    async def entry(bearer: str) -> tuple[Any, Any]:
        url = f"{clinic.api.base_url}/v1/appointments/a-1/calendar.ics"
        headers = {"Authorization": f"Bearer {bearer}"}
        async with clinic.api.session.get(url, headers=headers) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
            whole = icalendar.Calendar.from_ical(await answer.read())
        [event] = whole.walk("VEVENT")
        return whole, event

    whole, event = await entry(token)
    seen = await clinic.api.get("/v1/appointments/a-1")
    assert (whole["VERSION"], "METHOD" in whole) == ("2.0", False)
    assert event["DTSTART"].dt == datetime.fromisoformat(seen["starts_at"]).replace(microsecond=0)
    assert event["DTEND"].dt == datetime.fromisoformat(seen["ends_at"]).replace(microsecond=0)
    assert (event["SEQUENCE"], event["STATUS"], event["SUMMARY"]) == (0, "CONFIRMED", "Video appointment")
    assert event["LOCATION"] == link
    assert link in event["DESCRIPTION"]
    assert event["CONFERENCE"] == link
    assert event["CONFERENCE"].params["VALUE"] == "URI"
    assert event["CONFERENCE"].params["FEATURE"] == ["AUDIO", "VIDEO"]
    uid = event["UID"]
    for name in ("Sam", "Okafor", "Harbour"):
        assert name not in whole.to_ical().decode()
    await clinic.api.post("/v1/appointments/a-1/reschedule", starts_at=at(9000), ends_at=at(9900))
    _, moved = await entry(token)
    assert (moved["UID"], moved["SEQUENCE"]) == (uid, 1)
    await clinic.api.post("/v1/appointments/a-1/cancel", reason="The doctor is ill.")
    _, off = await entry(token)
    assert (off["UID"], off["SEQUENCE"], off["STATUS"]) == (uid, 2, "CANCELLED")
    assert "CONFERENCE" not in off


async def test_moved_it_keeps_its_link_and_history(clinic: Clinic, connect: Connect) -> None:
    """C7."""
    await clinic.book()
    token = await clinic.token()
    moved = await clinic.api.post("/v1/appointments/a-1/reschedule", starts_at=at(3600), ends_at=at(4500))
    assert moved["id"] == "a-1"
    peer = await connect()
    assert (await peer.hello(token))["code"] == "too_early"
    await clinic.api.post("/v1/appointments/a-1/reschedule", starts_at=at(-1), ends_at=at(899))
    peer = await connect()
    assert (await peer.hello(token))["state"] == "waiting"
    what = [each["what"] for each in (await clinic.api.get("/v1/appointments/a-1/history"))["items"]]
    assert what == ["created", "rescheduled", "rescheduled"]
    await clinic.book("a-2", starts=3600)
    clash = await clinic.api.call(
        "POST",
        "/v1/appointments/a-1/reschedule",
        {"starts_at": at(3700), "ends_at": at(4600)},
    )
    assert (clash.status, clash.body["code"], clash.body["other"]) == (409, "slot_taken", "a-2")


async def _clash(clinic: Clinic) -> None:
    """a-1 has the time that a-2's sync wants."""
    await clinic.api.put("/v1/patients/kim", name="Kim Ro")
    await clinic.book(starts=7200)
    refused = await clinic.api.call(
        "PUT",
        "/v1/appointments/a-2",
        {
            "practitioner": "dr",
            "patient": "kim",
            "type": "video",
            "starts_at": at(7500),
            "ends_at": at(8400),
        },
    )
    assert (refused.status, refused.body["code"], refused.body["other"]) == (409, "slot_taken", "a-1")


async def test_a_clash_and_the_first_way_out(clinic: Clinic) -> None:
    """C3, C7: the other one moves, and this one is seated in the same commit."""
    await _clash(clinic)
    [clash] = (await clinic.api.get("/v1/clashes"))["items"]
    assert (clash["id"], clash["other"]["id"], clash["patient_name"]) == ("a-2", "a-1", "Kim Ro")
    asked = {"starts_at": at(7600), "reason": "Two at once", "seat": "a-2"}
    still = await clinic.api.call("POST", "/v1/appointments/a-1/reallocate", asked)
    assert (still.status, still.body["code"]) == (409, "slot_taken")
    moved = await clinic.api.post("/v1/appointments/a-1/reallocate", **{**asked, "starts_at": at(10_000)})
    assert moved["id"] == "a-1"
    assert (await clinic.api.get("/v1/appointments/a-2"))["link"]["usable"]
    assert (await clinic.api.get("/v1/clashes"))["items"] == []
    steps = (await clinic.api.get("/v1/appointments/a-1/history"))["items"]
    assert [step["what"] for step in steps] == ["created", "reallocated"]
    assert steps[1]["facts"]["reason"] == "Two at once"


async def test_a_clash_and_the_second_way_out(clinic: Clinic) -> None:
    """What waits goes to a colleague."""
    await _clash(clinic)
    await clinic.api.put("/v1/practitioners/li", name="Dr Li", video_enabled=True)
    seated = await clinic.api.post("/v1/clashes/a-2/seat", practitioner="li", reason="Dr Okafor is busy")
    assert (seated["id"], seated["practitioner"]) == ("a-2", "li")
    assert (await clinic.api.get("/v1/clashes"))["items"] == []
    assert (await clinic.api.get("/v1/appointments/a-1"))["practitioner"] == "dr"


async def test_a_clash_that_settles_itself_or_is_dismissed(clinic: Clinic) -> None:
    await _clash(clinic)
    await clinic.api.post("/v1/appointments/a-1/cancel", reason="Not needed")
    await clinic.api.put(
        "/v1/appointments/a-2",
        practitioner="dr",
        patient="kim",
        type="video",
        starts_at=at(7500),
        ends_at=at(8400),
    )
    assert (await clinic.api.get("/v1/clashes"))["items"] == []
    refused = await clinic.api.call(
        "PUT",
        "/v1/appointments/a-3",
        {
            "practitioner": "dr",
            "patient": "pat",
            "type": "video",
            "starts_at": at(7500),
            "ends_at": at(8400),
        },
    )
    assert refused.status == 409
    assert (await clinic.api.call("DELETE", "/v1/clashes/a-3")).status == 204
    assert (await clinic.api.call("DELETE", "/v1/clashes/a-3")).status == 404
    assert (await clinic.api.get("/v1/clashes"))["items"] == []


async def test_by_hand_and_back(open_clinic: Open) -> None:
    """C8: complete from the start on, no-show from the close on, undone with a reason."""
    clinic = await open_clinic(closes_after_minutes=0.02)
    await clinic.book("later", starts=3600)
    early = await clinic.api.call("POST", "/v1/appointments/later/complete", {})
    assert (early.status, early.body["code"]) == (409, "state_conflict")
    await clinic.book("now", starts=-10, lasts=600)
    done = await clinic.api.post("/v1/appointments/now/complete", reason="By phone")
    assert (done["status"], done["outcome"]) == ("completed", "attended")
    again = await clinic.api.call("POST", "/v1/appointments/now/complete", {})
    assert (again.status, again.body["code"]) == (409, "state_conflict")
    undone = await clinic.api.post("/v1/appointments/now/undo", reason="The wrong one")
    assert (undone["status"], undone["outcome"]) == ("confirmed", None)
    open_still = await clinic.api.call("POST", "/v1/appointments/now/no-show", {})
    assert (open_still.status, open_still.body["code"]) == (409, "state_conflict")
    await clinic.api.put("/v1/practitioners/li", name="Dr Li", video_enabled=True)
    await clinic.book("past", starts=-600, lasts=600.5, practitioner="li")
    absent = await status(clinic, "past", "no_show")
    assert absent["outcome"] == "both_absent"
    await clinic.api.post("/v1/appointments/past/undo", reason="They called")
    # Decided again only after its window was extended (F5).
    await asyncio.sleep(3)
    assert (await clinic.api.get("/v1/appointments/past"))["outcome"] is None
    gone = await clinic.api.post("/v1/appointments/past/no-show", reason="They did not")
    assert (gone["status"], gone["outcome"]) == ("no_show", "patient_absent")
    await clinic.api.post("/v1/appointments/past/undo", reason="Once more")
    await clinic.api.post("/v1/appointments/past/extend", minutes=0.06, reason="To be decided")
    assert (await status(clinic, "past", "no_show"))["outcome"] == "both_absent"
    what = [each["what"] for each in (await clinic.api.get("/v1/appointments/past/history"))["items"]]
    assert what == [
        "created",
        "outcome",
        "undone",
        "no_show",
        "undone",
        "window_extended",
        "outcome",
    ]
