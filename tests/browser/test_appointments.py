"""The practitioner's appointments: what is listed, everything about one, and what can be done with it; the
page follows what others do (C5 to C8)."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Route

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.desk import FrontDesk
from tests.browser.keys import press, tab_to
from tests.browser.practice import DESK, PHONE, SYDNEY, Practice, at, book_at, soon
from tests.support.api import Api, Clinic

pytestmark = pytest.mark.browser

SECTION = "Appointments"


async def _others(clinic: Clinic) -> None:
    for id, name in (("ida", "Ida Novak"), ("wolf", "Wolfgang Amadeus Sonnenschein-Meier")):
        await clinic.api.put(f"/v1/patients/{id}", name=name)


async def _hours(clinic: Clinic, weekday: int) -> None:
    hours = {"weekday": weekday, "start_minute": 540, "end_minute": 600, "slot_minutes": 15}
    await clinic.api.post("/v1/practitioners/dr/availability", **hours)


async def test_lists_by_state_days_and_patient(invite: Invite, clinic: Clinic) -> None:
    await _others(clinic)
    monday = soon(0)
    await book_at(clinic, "a-1", at(monday, 9))
    await book_at(clinic, "a-2", at(monday, 10), patient="ida")
    await book_at(clinic, "a-3", at(soon(1), 9), patient="wolf")
    await clinic.api.post("/v1/appointments/a-3/cancel", by="staff", reason="Moved away.")
    practice = await Practice.opens(clinic, await invite(**PHONE), SECTION)
    page = practice.page
    await practice.sees(".row", "Ida Novak")
    assert await page.locator(".row").count() == 2, "upcoming: held and confirmed"
    assert await violations(page) == [], "the list"
    await page.select_option("#list-status", "cancelled")
    await practice.sees(".row", "Wolfgang")
    await practice.person.until("document.querySelectorAll('.row').length === 1")
    assert "Moved away." in await practice.row("Wolfgang")
    await clinic.api.post("/v1/holds", practitioner="dr", type="video", starts_at=at(monday, 16))
    await page.select_option("#list-status", "held")
    assert "Held" in await practice.row("No name yet")
    assert await violations(page) == [], "a hold of somebody who has not said who they are"
    await page.select_option("#list-status", "")
    await page.select_option("#list-show", "days")
    await page.fill("#list-from", str(monday.date()))
    await page.fill("#list-to", str(monday.date()))
    await practice.person.until("document.querySelectorAll('.row').length === 3")
    await page.fill("#list-to", "2020-01-01")
    await practice.sees(".notice.warn", "The last day is before the first.")
    await page.fill("#list-to", "")
    await practice.row("Ida Novak")
    await practice.press("All of Ida Novak")
    await practice.sees(".only", "Only appointments of Ida Novak.")
    await practice.person.until("document.querySelectorAll('.row').length === 1")
    assert await violations(page) == [], "of one patient"
    await practice.press("Show everybody")
    await practice.sees(".row", "Sam Lee")
    await page.select_option("#list-show", "past")
    await practice.sees("#appointments", "No appointments here.")


async def test_everything_about_one_and_its_history(invite: Invite, clinic: Clinic) -> None:
    guests = [{"id": "kim", "name": "Kim Lee"}]
    await clinic.book(starts=7200, guests=guests)
    practice = await Practice.opens(clinic, await invite(**DESK), SECTION)
    await practice.sees(".row", "Sam Lee")
    await press(practice.page, ".row > summary")
    await practice.sees(".facts dd", "Video visit")
    said = await practice.sees(".row-body")
    for words in ("(15 min)", "Kim Lee", "Confirmed", "Can be joined"):
        assert words in said
    await press(practice.page, ".history > summary")
    assert "by staff" in await practice.sees(".history li", "Appointment made")
    assert await violations(practice.page) == [], "opened"


async def test_cancelling_needs_a_reason_and_keeps_the_note_private(invite: Invite, clinic: Clinic) -> None:
    await _others(clinic)
    await clinic.book(starts=7200)
    await clinic.book("a-2", starts=10800, patient="ida")
    token = await clinic.token()
    practice = await Practice.opens(clinic, await invite(**PHONE), SECTION)
    await practice.row("Sam Lee")
    await practice.press("Cancel …: Sam Lee")
    await practice.submits()
    await practice.sees("dialog .trouble", "Please give a reason.")
    assert await violations(practice.page) == [], "cancelling"
    await practice.page.fill("#reason", "I am ill.")
    await practice.page.fill("#note", "Migraine.")
    await practice.submits()
    await practice.done()
    await practice.sees(".news", "The appointment of Sam Lee was cancelled.")
    await practice.page.wait_for_selector(".row:has-text('Sam Lee')", state="detached")
    await practice.focused(".row > summary")
    patients = Api(clinic.api.base_url, token, clinic.api.session)
    seen = (await patients.get("/v1/link"))["appointment"]
    assert seen["cancelled"]["reason"] == "I am ill."
    assert "Migraine" not in str(seen)
    await practice.page.select_option("#list-status", "cancelled")
    assert "Migraine." in await practice.row("Sam Lee")


async def test_moving_to_a_free_time_and_to_any_other(invite: Invite, clinic: Clinic) -> None:
    monday = soon(0)
    await _hours(clinic, 0)
    await _others(clinic)
    await book_at(clinic, "a-1", at(soon(2), 15), minutes=30)
    await book_at(clinic, "a-2", at(monday, 9), patient="ida")
    token = await clinic.token()
    practice = await Practice.opens(clinic, await invite(**DESK), SECTION)
    page = practice.page
    await practice.row("Sam Lee")
    await practice.press("Move …: Sam Lee")
    await page.fill("#choose-day", str(monday.date()))
    await practice.sees(".choice", "09:15")
    assert await page.locator(".choices .choice").count() == 3, "09:00 is taken"
    assert await violations(page) == [], "free times"
    await page.fill("#choose-time", "09:05")
    await practice.submits()
    await practice.sees("dialog .trouble", "Another appointment has that time.")
    practice.person.was_refused()
    await page.locator(".choices .choice", has_text="09:30").click()
    await practice.submits()
    await practice.done()
    await practice.sees(".news", "The appointment of Sam Lee was moved")
    await practice.sees(".row .when", "09:30 – 10:00")
    assert await clinic.token() == token
    await practice.row("Sam Lee")
    await page.click(".row[open] .history > summary")
    await practice.sees(".history li", "Moved to another time")
    await practice.press("Move …: Sam Lee")
    await page.fill("#choose-day", str(soon(1).date()))
    await practice.sees("dialog", "No free time that day.")
    assert await violations(page) == [], "no free times"
    await page.fill("#choose-time", "16:10")
    await practice.submits()
    await practice.sees(".row .when", "16:10 – 16:40")


async def test_moving_by_a_quarter_of_an_hour_is_not_in_its_own_way(invite: Invite, clinic: Clinic) -> None:
    """Nor for the front desk (C7)."""
    await _hours(clinic, 0)
    monday = soon(0)
    await book_at(clinic, "a-1", at(monday, 9), minutes=30)
    practice = await Practice.opens(clinic, await invite(**DESK), SECTION)
    await practice.row("Sam Lee")
    await practice.press("Move …: Sam Lee")
    await practice.sees(".choice", "09:30")
    offered = await practice.page.locator(".choices .choice").all_inner_texts()
    assert offered == ["09:15", "09:30", "09:45"], "its own is no other time"
    await practice.page.locator(".choices .choice", has_text="09:15").click()
    await practice.submits()
    await practice.sees(".row .when", "09:15 – 09:45")
    desk = await FrontDesk.opens(clinic, await invite(**DESK))
    await desk.row("Sam Lee")
    await desk.page.click("#move-a-1")
    await desk.sees(".choice", "09:30")
    asked = f"/v1/slots?type=video&from={monday.date()}&to={monday.date() + timedelta(days=1)}&moving=a-1"
    other = Api(clinic.api.base_url, await clinic.token(), clinic.api.session)
    assert (await other.call("GET", asked)).status == 403
    await clinic.api.put("/v1/practitioners/kim", name="Dr Kim", video_enabled=True)
    room = await clinic.api.post("/v1/practitioners/kim/room-link", hours=1)
    kim = Api(clinic.api.base_url, str(room["token"]), clinic.api.session)
    assert (await kim.call("GET", asked)).status == 404, "somebody else's"


async def test_it_is_to_come_until_its_window_closes(invite: Invite, clinic: Clinic) -> None:
    """Its patient is waiting, though its time is over."""
    await clinic.book(starts=-1800, lasts=900)
    patient = await invite(**PHONE)
    await patient.open("j", await clinic.token())
    await patient.click("#join")
    await patient.sees(".place")
    practice = await Practice.opens(clinic, await invite(**PHONE), SECTION)
    await practice.row("Sam Lee")


async def test_the_clinics_time_is_told_everywhere_and_both_clocks_are_named(
    invite: Invite, clinic: Clinic
) -> None:
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=5)
    await book_at(clinic, "a-1", start.isoformat())
    here = ZoneInfo("America/New_York")
    places = ((SYDNEY, "Sydney"), (here, "New York"))
    both = [f"{start.astimezone(zone):%H:%M} in {place}" for zone, place in places]
    notice = "All times are the clinic’s (Sydney). Where you are (New York), clocks show other times."
    patient = await invite(**PHONE)
    await patient.open("j", await clinic.token())
    await patient.click("#join")
    practice = await Practice.opens(clinic, await invite(**DESK, timezone_id=here.key), "Meeting")
    await practice.page.click("#open")
    await practice.sees(".lobby", notice)
    await practice.sees(".queue", f"Appointment {both[0]} ({both[1]})")
    await practice.page.click("#invite > summary")
    at_the_clinic = f"Sam Lee, {start.astimezone(SYDNEY):%H:%M}"
    await practice.person.until(f"document.querySelector('#invite-visit').innerText === {at_the_clinic!r}")
    await practice.page.click(".late button[type=submit]")
    await practice.sees(".late-told", "in Sydney (")
    await patient.sees(".place", "in Sydney (")
    await practice.page.click(".sidebar button:has-text('Appointments')")
    await practice.sees("#appointments", notice)
    assert f"{start.astimezone(SYDNEY):%H:%M}" in await practice.row("Sam Lee")
    assert f"{start.astimezone(here):%H:%M}" in await practice.sees(".facts div", "Where you are (New York)")
    await practice.page.click(".sidebar button:has-text('Availability')")
    await practice.sees("#availability", notice)
    desk = await FrontDesk.opens(clinic, await invite(**DESK, timezone_id=here.key))
    await desk.sees("#start", notice)


async def test_a_no_show_that_the_record_contradicts_is_refused_kindly(
    invite: Invite, clinic: Clinic
) -> None:
    await clinic.api.call("PATCH", "/v1/clinic", {"policy": {"closes_after_minutes": 0}})
    await clinic.book()
    patient = await invite(**PHONE)
    await patient.open("j", await clinic.token())
    await patient.click("#join")
    await patient.sees(".place")
    await clinic.book(starts=-4, lasts=6)
    practice = await Practice.opens(clinic, await invite(**PHONE), SECTION)
    assert (await clinic.outcome(within=12))["review"]
    await practice.page.select_option("#list-show", "past")
    assert "to review" in await practice.row("Sam Lee")
    await practice.press("No-show …")
    await practice.submits()
    await practice.sees("dialog .trouble", "The record of the visit says otherwise")
    practice.person.was_refused()
    assert await violations(practice.page) == [], "refused"


async def test_by_keyboard_alone(invite: Invite, clinic: Clinic) -> None:
    """To another time, and cancelled after all."""
    await _hours(clinic, 0)
    await book_at(clinic, "a-1", at(soon(0), 15))
    practice = await Practice.opens(clinic, await invite(**DESK), SECTION)
    page = practice.page
    await practice.sees(".row", "Sam Lee")
    await press(page, ".row > summary")
    await press(page, "[id^=move-]")
    await practice.sees(".choice", "09:00")
    await tab_to(page, ".choices input")
    await page.keyboard.press("ArrowDown")
    await press(page, "dialog [type=submit]")
    await practice.sees(".row .when", "09:15 – 09:30")
    await practice.focused("[id^=move-]")
    await press(page, "[id^=cancel-]")
    await page.keyboard.type("I am ill.")
    await press(page, "dialog [type=submit]")
    await practice.sees("#appointments", "No appointments to come.")


async def test_completed_by_hand(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=-60)
    practice = await Practice.opens(clinic, await invite(**PHONE), SECTION)
    await practice.row("Sam Lee")
    assert await practice.page.locator("text=No-show …").count() == 0, "the patient may still come"
    await practice.press("Carried out …")
    assert await violations(practice.page) == [], "settling"
    await practice.submits()
    await practice.done()
    await practice.page.wait_for_selector(".row", state="detached")
    assert (await clinic.api.get("/v1/appointments/a-1"))["status"] == "completed"


async def test_a_change_elsewhere_is_seen_while_somebody_reads(invite: Invite, clinic: Clinic) -> None:
    """Focus, what is open, and the place stay; a cancel is there within 2 s (C6)."""
    await _others(clinic)
    await clinic.book(starts=7200)
    await clinic.book("a-2", starts=10800, patient="ida")
    practice = await Practice.opens(clinic, await invite(**DESK), SECTION)
    await practice.row("Ida Novak")
    await tab_to(practice.page, "[id^=move-a-2]")
    before = time.monotonic()
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Moved away.")
    await practice.person.until("document.querySelectorAll('.row').length === 1", 3)
    assert time.monotonic() - before < 2.5
    assert await practice.page.get_attribute(".row", "open") is not None
    await practice.focused("#move-a-2")
    await clinic.api.put("/v1/patients/ida", name="Ida Novak-Meier")
    await practice.sees(".row .facts", "Ida Novak-Meier")
    await practice.focused("#move-a-2")


async def test_more_on_request_stays_while_it_is_loaded_anew(invite: Invite, clinic: Clinic) -> None:
    """Paged by cursor (C5)."""
    for number in range(55):
        await clinic.book(f"a-{number}", starts=7200 + 1800 * number)
    practice = await Practice.opens(clinic, await invite(**DESK), SECTION)
    await practice.sees(".row")
    assert await practice.page.locator(".row").count() == 50
    await practice.page.click("#list-more")
    rows = "document.querySelectorAll('.row').length"
    await practice.person.until(f"{rows} === 55")
    assert await practice.page.locator("#list-more").is_hidden()
    await clinic.api.post("/v1/appointments/a-54/cancel", by="staff", reason="Moved away.")
    await practice.person.until(f"{rows} === 54")


async def test_a_link_taken_back_and_a_slow_network(invite: Invite, clinic: Clinic) -> None:
    """A slow answer is shown all the same; a link that opens nothing any more does not ask on and on."""
    await clinic.book(starts=7200)
    person = await invite(**PHONE)

    async def slowly(route: Route) -> None:
        await asyncio.sleep(2.5)
        await route.continue_()

    await person.context.route("**/v1/appointments*", slowly)
    practice = await Practice.opens(clinic, person, SECTION)
    await practice.sees(".row", "Sam Lee")
    await person.context.unroute_all(behavior="wait")  # or its last handler runs into the closing
    await clinic.api.call("DELETE", f"/v1/links/{practice.link['id']}")
    await practice.sees(
        "#appointments .notice.warn", "This link may not see appointments, or it has expired."
    )
    assert await practice.page.locator(".row").count() == 0, "nothing of the clinic's stays in sight"
    asked = len(person.requested)
    await asyncio.sleep(3.5)
    assert len(person.requested) == asked
    person.was_refused()


async def test_german_on_a_small_phone(invite: Invite, clinic: Clinic) -> None:
    await _others(clinic)
    await clinic.book(starts=-60, patient="wolf")
    practice = await Practice.opens(clinic, await invite(locale="de-DE"), "Termine")
    await practice.row("Wolfgang")
    assert await violations(practice.page) == [], "opened"
    await practice.press("Verlegen …")
    assert await violations(practice.page) == [], "moving"


async def test_an_unreachable_server_is_said_and_the_list_stays(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=7200)
    person = await invite(**PHONE)
    practice = await Practice.opens(clinic, person, SECTION)
    await practice.sees(".row", "Sam Lee")
    await person.context.route("**/v1/**", lambda route: route.abort())
    await practice.sees("#appointments .notice.warn", "The list cannot be loaded just now.")
    await practice.sees(".row", "Sam Lee")
    assert await violations(person.page) == []
    await person.context.unroute("**/v1/**")
    await person.page.wait_for_selector("#appointments .notice.warn", state="detached")
    person.problems = [said for said in person.problems if "ERR_FAILED" not in said]
