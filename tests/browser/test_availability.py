"""Availability: hours of every week, single days that differ, what is booked shown first and never touched
(C1, C7)."""

from datetime import timedelta

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.keys import press, tab_to
from tests.browser.practice import DESK, PHONE, Practice, at, book_at, soon
from tests.support.api import Clinic, Json

pytestmark = pytest.mark.browser

HOURS = "/v1/practitioners/dr/availability"


async def _hours(clinic: Clinic, weekday: int = 0, start: int = 540, end: int = 720, **more: object) -> str:
    wish = {"weekday": weekday, "start_minute": start, "end_minute": end, "slot_minutes": 15}
    return str((await clinic.api.post(HOURS, **(wish | more)))["id"])


async def _windows(clinic: Clinic) -> list[Json]:
    items: list[Json] = (await clinic.api.get(HOURS))["items"]
    return items


async def test_hours_are_added_by_keyboard_until_the_end_of_the_day(invite: Invite, clinic: Clinic) -> None:
    practice = await Practice.opens(clinic, await invite(**DESK), "Availability")
    await practice.sees("#availability", "All times are the clinic’s (Sydney).")
    await press(practice.page, "#add-0")
    await tab_to(practice.page, "#hours-from")
    await practice.page.fill("#hours-from", "20:00")
    await practice.page.fill("#hours-to", "00:00")
    await practice.page.fill("#hours-slot", "30")
    await practice.page.fill("#hours-buffer", "10")
    await press(practice.page, "dialog [type=submit]")
    line = await practice.sees(".hours", "20:00 – 24:00")
    assert "6 appointments · 30 min each · 10 min between" in line
    await practice.focused("[id^=edit-]")
    [window] = await _windows(clinic)
    shown = {name: window[name] for name in ("weekday", "start_minute", "end_minute", "slot_minutes")}
    assert shown == {"weekday": 0, "start_minute": 1200, "end_minute": 1440, "slot_minutes": 30}


async def test_what_cannot_be_is_said_before_and_after_it_is_asked(invite: Invite, clinic: Clinic) -> None:
    await _hours(clinic)
    practice = await Practice.opens(clinic, await invite(**PHONE), "Availability")
    await practice.press("Add hours on Monday")
    await practice.page.fill("#hours-from", "11:00")
    await practice.page.fill("#hours-to", "10:00")
    await practice.submits()
    await practice.sees("dialog .trouble", "The end has to come after the beginning.")
    await practice.focused("#hours-to")
    await practice.page.fill("#hours-to", "13:00")
    await practice.submits()
    await practice.sees("dialog .trouble", "overlap others of yours: Monday, 09:00 – 12:00")
    practice.person.was_refused()
    assert await violations(practice.page) == [], "refused"
    await practice.page.fill("#hours-from", "12:00")
    await practice.submits()
    await practice.sees(".hours", "12:00 – 13:00")


async def test_what_is_booked_is_shown_before_a_change_and_stays(invite: Invite, clinic: Clinic) -> None:
    window = await _hours(clinic)
    await book_at(clinic, "a-1", at(soon(0), 11, 30))
    before = await clinic.api.get("/v1/appointments/a-1")
    practice = await Practice.opens(clinic, await invite(**PHONE), "Availability")
    await practice.press("Change: Monday")
    await practice.page.fill("#hours-to", "11:00")
    await practice.submits()
    asked = await practice.sees("dialog .touched")
    assert "1 booking lies outside your hours then. It is not touched" in asked
    assert "Sam Lee" in asked
    await practice.focused(".affected")
    assert (await _windows(clinic))[0]["end_minute"] == 720, "nothing is written yet"
    assert await violations(practice.page) == [], "what it touches"
    await practice.submits()
    await practice.done()
    await practice.sees(".news", "Saved: Monday, 09:00 – 11:00.")
    await practice.focused(f"#edit-{window}")
    assert (await _windows(clinic))[0]["end_minute"] == 660
    assert await clinic.api.get("/v1/appointments/a-1") == before


async def test_pausing_and_removing_ask_first(invite: Invite, clinic: Clinic) -> None:
    window = await _hours(clinic)
    await _hours(clinic, 2)
    await book_at(clinic, "a-1", at(soon(0), 9))
    practice = await Practice.opens(clinic, await invite(**DESK), "Availability")
    toggle = f"#active-{window}"
    await practice.page.click(toggle)
    assert "Sam Lee" in await practice.sees("dialog", "Pause Monday, 09:00 – 12:00?")
    assert await violations(practice.page) == [], "pausing"
    await practice.page.keyboard.press("Escape")
    assert await practice.page.get_attribute(toggle, "aria-checked") == "true"
    await practice.page.click(toggle)
    await practice.submits()
    await practice.sees(".news", "Paused: Monday, 09:00 – 12:00.")
    await practice.focused(f"{toggle}[aria-checked=false]")
    await practice.page.keyboard.press("Space")
    await practice.sees(".news", "On again: Monday, 09:00 – 12:00.")
    await practice.press("Remove …: Monday")
    await practice.sees("dialog", "It is not touched")
    await practice.submits()
    await practice.done()
    await practice.focused("#add-0")
    await practice.press("Remove …: Wednesday")
    await practice.sees("dialog", "Nothing is booked there.")
    await practice.page.keyboard.press("Escape")
    assert [each["weekday"] for each in await _windows(clinic)] == [2]
    assert (await clinic.api.get("/v1/appointments/a-1"))["status"] == "confirmed"


async def test_single_days_that_differ(invite: Invite, clinic: Clinic) -> None:
    await _hours(clinic)
    monday = soon(0)
    await book_at(clinic, "a-1", at(monday, 9))
    practice = await Practice.opens(clinic, await invite(**PHONE), "Availability")
    await practice.press("Add a closed day")
    assert await violations(practice.page) == [], "a closed day"
    await practice.submits()
    await practice.sees("dialog .trouble", "Please choose a day.")
    await practice.page.fill("#exception-date", str(monday.date()))
    await practice.page.fill("#exception-note", "Conference")
    await practice.submits()
    await practice.sees("dialog .touched", "Sam Lee")
    await practice.submits()
    await practice.done()
    assert "Conference" in await practice.sees(".exceptions .hours", "all day")
    await practice.press("Add extra hours")
    await practice.page.fill("#exception-date", str(soon(5).date()))
    await practice.page.fill("#hours-from", "10:00")
    await practice.page.fill("#hours-to", "12:00")
    assert await violations(practice.page) == [], "extra hours"
    await practice.submits()
    await practice.done()
    assert "8 appointments" in await practice.sees(".exceptions .hours", "10:00 – 12:00")
    assert await violations(practice.page) == [], "exceptions"
    await practice.press("Remove …: Closed")
    await practice.sees("dialog", "Your weekly hours count on that day again.")
    await practice.submits()
    await practice.done()
    await practice.focused("#add-closed")
    [left] = (await clinic.api.get(HOURS))["exceptions"]
    assert (left["kind"], left["start_minute"], left["slot_minutes"]) == ("extra", 600, 15)


async def test_a_clinic_without_self_booking_says_so(invite: Invite, clinic: Clinic) -> None:
    await clinic.api.call("PATCH", "/v1/clinic", {"policy": {"self_booking": False}})
    await _hours(clinic, valid_from="2031-01-01", valid_until="2031-06-30")
    practice = await Practice.opens(clinic, await invite(**PHONE), "Availability")
    await practice.sees(".notice.warn", "Patients cannot book for themselves at your clinic at the moment.")
    await practice.sees(".hours", "until Mon, 30 Jun 2031")
    assert await violations(practice.page) == []


async def test_german_on_a_small_phone(invite: Invite, clinic: Clinic) -> None:
    await _hours(clinic)
    await _hours(clinic, 3, 1020, 1440, buffer_minutes=5, active=False)
    await clinic.api.post("/v1/practitioners/dr/exceptions", date="2031-12-24", kind="closed")
    practice = await Practice.opens(clinic, await invite(locale="de-DE"), "Zeiten")
    await practice.sees(".day", "Donnerstag")
    assert await violations(practice.page) == []
    await practice.page.locator("[id^=edit-]").first.click()
    await practice.page.click("dialog summary")
    assert await violations(practice.page) == [], "changing"


async def test_an_unreachable_server_is_said(invite: Invite, clinic: Clinic) -> None:
    person = await invite(**PHONE)
    await person.context.route("**/v1/**", lambda route: route.abort())
    practice = await Practice.opens(clinic, person, "Availability")
    await practice.sees(".notice.warn", "We cannot reach the clinic’s system just now.")
    await person.context.unroute("**/v1/**")
    await practice.press("Try again")
    await practice.sees(".day", "Monday")
    person.problems = [said for said in person.problems if "ERR_FAILED" not in said]


async def test_hours_over_midnight(invite: Invite, clinic: Clinic) -> None:
    """C10: said while they are entered, since it is easily a slip of the finger."""
    practice = await Practice.opens(clinic, await invite(**PHONE), "Availability")
    await practice.press("Add hours on Monday")
    await practice.page.fill("#hours-from", "22:30")
    await practice.page.fill("#hours-to", "02:00")
    await practice.page.fill("#hours-slot", "30")
    await practice.sees("dialog .notice", "They run over midnight and end on the next day, at 02:00.")
    assert await violations(practice.page) == [], "over midnight"
    await practice.submits()
    assert "7 appointments" in await practice.sees(".hours", "22:30 – 02:00 the next day")
    [window] = await _windows(clinic)
    assert (window["start_minute"], window["end_minute"]) == (1350, 120)


async def test_closed_over_several_days(invite: Invite, clinic: Clinic) -> None:
    """C10: one leave, with what is booked in it shown first, removed as one."""
    await _hours(clinic)
    monday = soon(0)
    await book_at(clinic, "a-1", at(monday, 9))
    practice = await Practice.opens(clinic, await invite(**PHONE), "Availability")
    await practice.press("Add a closed day")
    await practice.page.fill("#exception-date", str(monday.date()))
    await practice.page.fill("#exception-until", str((monday - timedelta(days=1)).date()))
    await practice.submits()
    await practice.sees("dialog .trouble", "The last day cannot be before the first.")
    await practice.page.fill("#exception-until", str((monday + timedelta(days=11)).date()))
    assert await violations(practice.page) == [], "several days"
    await practice.submits()
    await practice.sees("dialog .touched", "Sam Lee")
    await practice.submits()
    await practice.done()
    await practice.sees(".exceptions .hours", "all day")
    [leave] = (await clinic.api.get(HOURS))["exceptions"]
    assert (leave["date"], leave["until"]) == (
        str(monday.date()),
        str((monday + timedelta(days=11)).date()),
    )
    await practice.press("Remove …: Closed")
    await practice.sees("dialog", "Your weekly hours count on those days again.")
    await practice.submits()
    await practice.done()
    assert (await clinic.api.get(HOURS))["exceptions"] == []
