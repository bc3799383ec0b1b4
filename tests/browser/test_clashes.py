"""Clashes at the front desk: both ways out (C3, C7); moving from a row, an outcome taken back (C8, F5)."""

from datetime import datetime, timedelta

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.desk import FrontDesk
from tests.browser.keys import press
from tests.browser.practice import DESK, PHONE, SYDNEY, at, book_at, soon
from tests.support.api import Api, Clinic

pytestmark = pytest.mark.browser


async def _clash(clinic: Clinic) -> None:
    """`a-1` of Sam Lee has the time that a sync wants for `a-2` of Ida Novak."""
    await clinic.api.put("/v1/patients/ida", name="Ida Novak")
    await clinic.api.put("/v1/practitioners/li", name="Dr Noor Lindqvist", video_enabled=True)
    await book_at(clinic, "a-1", at(soon(0), 9))
    body = {"practitioner": "dr", "patient": "ida", "type": "video"}
    times = {"starts_at": at(soon(0), 9, 5), "ends_at": at(soon(0), 9, 20)}
    answer = await clinic.api.call("PUT", "/v1/appointments/a-2", body | times)
    assert answer.status == 409, answer.body


async def test_the_other_one_is_moved_and_this_one_seated(invite: Invite, clinic: Clinic) -> None:
    await _clash(clinic)
    token = await clinic.token()
    desk = await FrontDesk.opens(clinic, await invite(**DESK))
    said = await desk.sees(".clash", "Ida Novak has no place")
    assert "Sam Lee · with Dr Ada Okafor" in said
    assert "09:05 – 09:20" in said
    assert await desk.sees(".sidebar", "1 clash")
    assert await violations(desk.page) == [], "a clash"
    await desk.page.set_viewport_size({"width": 1280, "height": 800})
    await press(desk.page, "[id^=seat-move]")
    await desk.sees("dialog", "Ida Novak gets the time that becomes free, at once.")
    await desk.page.select_option("#choose-whose", "li")
    await desk.page.fill("#choose-time", "09:00")
    await desk.page.click("dialog [type=submit]")
    await desk.sees("dialog .trouble", "Please give a reason.")
    assert await violations(desk.page) == [], "moving"
    await desk.answers("Asked by telephone.")
    await desk.sees(".news", "Sam Lee was moved")
    await desk.page.wait_for_selector(".clash", state="detached")
    assert await desk.page.locator(".badge.clashes").is_hidden()
    moved, seated = [await clinic.api.get(f"/v1/appointments/{id}") for id in ("a-1", "a-2")]
    assert (moved["practitioner"], moved["status"]) == ("li", "confirmed")
    assert (seated["practitioner"], seated["link"]["usable"]) == ("dr", True)
    patients = Api(clinic.api.base_url, token, clinic.api.session)
    assert (await patients.get("/v1/link"))["usable"], "the link given before leads there"
    await desk.row("Sam Lee")
    await desk.page.click(".row[open] .history > summary")
    assert "Asked by telephone." in await desk.sees(".history li", "Dr Ada Okafor → Dr Noor Lindqvist")


async def test_this_one_is_seated_elsewhere(invite: Invite, clinic: Clinic) -> None:
    await _clash(clinic)
    hours = {"weekday": 1, "start_minute": 540, "end_minute": 570, "slot_minutes": 15}
    await clinic.api.post("/v1/practitioners/dr/availability", **hours)
    desk = await FrontDesk.opens(clinic, await invite(**PHONE))
    await desk.sees(".clash")
    await desk.page.click("[id^=seat-else]")
    await desk.page.click("#choose-next")
    await desk.page.locator(".choices .choice", has_text="09:15").click()
    assert await violations(desk.page) == [], "choosing"
    await desk.answers("Sam Lee was first.")
    await desk.sees(".news", "Ida Novak has a place")
    seated = await clinic.api.get("/v1/appointments/a-2")
    # The next free day after the Monday of the clash, on whatever day this runs.
    tuesday = soon(0) + timedelta(days=1)
    assert datetime.fromisoformat(seated["starts_at"]) == datetime.fromisoformat(at(tuesday, 9, 15))
    assert seated["status"] == "confirmed"


async def test_a_place_that_became_free_and_a_clash_that_is_dismissed(invite: Invite, clinic: Clinic) -> None:
    await _clash(clinic)
    desk = await FrontDesk.opens(clinic, await invite(**DESK))
    await desk.sees(".clash")
    await desk.page.click("[id^=dismiss-]")
    await desk.sees("dialog", "The other system still has this appointment")
    await desk.press("Keep it")
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Moved away.")
    await desk.page.reload()
    await desk.sees(".clash", "Nobody any more: the time is free.")
    await desk.page.click("[id^=seat-here]")
    await desk.answers("It became free.")
    await desk.sees(".news", "Ida Novak has a place")
    assert (await clinic.api.get("/v1/appointments/a-2"))["status"] == "confirmed"


async def test_a_clash_is_dismissed(invite: Invite, clinic: Clinic) -> None:
    await _clash(clinic)
    desk = await FrontDesk.opens(clinic, await invite(**PHONE))
    await desk.sees(".clash")
    await desk.page.click("[id^=dismiss-]")
    await desk.page.click("dialog [type=submit]")
    await desk.sees(".news", "The request for Ida Novak was dismissed.")
    assert (await clinic.api.get("/v1/clashes"))["items"] == []


async def test_an_outcome_is_taken_back_with_a_reason(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=-60)
    await clinic.api.post("/v1/appointments/a-1/complete", reason="Seen by telephone.")
    desk = await FrontDesk.opens(clinic, await invite(**PHONE))
    await desk.section("Find")
    start = (await clinic.api.get("/v1/appointments/a-1"))["starts_at"]
    when = datetime.fromisoformat(start).astimezone(SYDNEY).isoformat()
    await desk.page.fill("#find-name", "Okafor")
    await desk.page.fill("#find-day", when[:10])
    await desk.page.fill("#find-time", when[11:16])
    await desk.page.click("#find-do")
    await desk.sees(".row")
    await desk.page.click("[id^=undo-a-1]")
    await desk.page.click("dialog [type=submit]")
    await desk.sees("dialog .trouble", "Please give a reason.")
    assert await violations(desk.page) == [], "taking back"
    await desk.answers("It was the wrong row.")
    await desk.told("The outcome was taken back.")
    assert (await clinic.api.get("/v1/appointments/a-1"))["status"] == "confirmed"
    await desk.page.click(".row[open] .history > summary")
    await desk.sees(".history li", "Outcome taken back")


async def test_an_appointment_is_moved_from_its_row(invite: Invite, clinic: Clinic) -> None:
    await book_at(clinic, "a-1", at(soon(0), 9))
    desk = await FrontDesk.opens(clinic, await invite(locale="de-DE"))
    await desk.row("Sam Lee")
    await desk.page.click("#move-a-1")
    await desk.sees("dialog", "Diesen Termin verlegen?")
    await desk.page.fill("#choose-day", str(soon(1).date()))
    await desk.page.fill("#choose-time", "10:00")
    assert await violations(desk.page) == []
    await desk.answers("Auf Wunsch.")
    await desk.told("Der Termin von Sam Lee wurde verlegt")


async def test_german_on_a_small_phone(invite: Invite, clinic: Clinic) -> None:
    """With both figures beside the section's name."""
    await _clash(clinic)
    await clinic.api.put("/v1/practitioners/dr", name="Dr Ada Okafor", video_enabled=False)
    await book_at(clinic, "a-3", at(soon(2), 9))
    desk = await FrontDesk.opens(clinic, await invite(locale="de-DE"))
    await desk.sees(".clash", "Ida Novak hat keinen Platz")
    await desk.sees(".row", "Sam Lee")
    assert await violations(desk.page) == []
    await desk.page.click("[id^=seat-move]")
    await desk.sees("dialog", "Ida Novak bekommt sofort die Zeit, die frei wird.")
    assert await violations(desk.page) == [], "moving"
    desk.person.was_refused()  # nobody has free times while video is off
