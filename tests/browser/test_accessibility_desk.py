"""The front desk's page in every state: no axe violation, 320 px, and by keyboard alone (I)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.desk import FrontDesk
from tests.browser.keys import press, tab_to
from tests.support.api import Clinic

pytestmark = pytest.mark.browser


async def _prepared(clinic: Clinic) -> None:
    """One of each: a link that works and was not told, none for the practitioner, none for the type, taken
    back, a guest."""
    await clinic.api.put("/v1/practitioners/li", name="Dr Noor Lindqvist-Hamilton", video_enabled=False)
    for id, name in (("ida", "Ida Novak"), ("wolf", "Wolfgang Amadeus Sonnenschein-Meier")):
        await clinic.api.put(f"/v1/patients/{id}", name=name)
    guests = [{"id": "kim", "name": "Kim Lee", "email": "kim@example.org"}]
    await clinic.book(starts=3600, guests=guests)
    await clinic.book("a-2", starts=3600, practitioner="li", patient="ida")
    await clinic.book("a-3", starts=9000, patient="wolf")
    await clinic.api.put(
        "/v1/appointments/a-4",
        practitioner="dr",
        patient="ida",
        external_type="A very long name of a type in another system, 15 minutes",
        starts_at="2031-05-05T10:00:00+10:00",
        ends_at="2031-05-05T10:15:00+10:00",
    )
    await clinic.api.post("/v1/appointments/a-3/revoke", person="patient", reason="To the wrong person.")


async def test_every_state(invite: Invite, clinic: Clinic) -> None:
    await _prepared(clinic)
    desk = await FrontDesk.opens(clinic, await invite())
    page = desk.page
    await desk.sees(".row", "Sam Lee")
    assert await violations(page) == [], "the lists"
    for name in ("Sam Lee", "Wolfgang", "another system", "Lindqvist"):
        await desk.row(name)
    for details in await page.locator(".row .history > summary").all():
        await details.click()
    await page.locator(".row").first.locator("text=All checks").click()
    await desk.sees(".history ol")
    assert await violations(page) == [], "opened"
    for name, words in (
        ("Take back the link of Sam Lee …", "opens nothing from now on"),
        ("Send a new link, to Wolfgang Amadeus Sonnenschein-Meier", "stays closed"),
    ):
        await desk.press(name)
        await desk.sees("dialog", words)
        assert await violations(page) == [], words
        await page.keyboard.press("Escape")
    await page.locator("text=Extend the time …").first.click()
    assert await violations(page) == [], "extending"
    await page.keyboard.press("Escape")
    await page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    await desk.press("Copy link of Sam Lee")
    await desk.sees(".copy")
    assert await violations(page) == [], "a link to copy by hand"


async def test_the_other_sections(invite: Invite, clinic: Clinic) -> None:
    await _prepared(clinic)
    desk = await FrontDesk.opens(clinic, await invite())
    page = desk.page
    await desk.row("another system")
    await page.click("[id^=fix-type_not_linked]")
    await desk.sees("#link-type")
    assert await violations(page) == [], "linking a name"
    await page.click("#link-do")
    await desk.sees(".backfill", "Done")
    assert await violations(page) == [], "healed"
    await page.click("#add-video")
    await desk.sees("dialog", "Add a name")
    assert await violations(page) == [], "adding a name"
    await page.keyboard.press("Escape")
    await page.click("#video-type-video")
    await desk.sees("dialog", "Switch video off for Video visit?")
    assert await violations(page) == [], "switching off"
    await page.keyboard.press("Escape")
    await desk.section("Find")
    await page.fill("#find-name", "dr")
    await page.fill("#find-day", "2031-05-05")
    await page.fill("#find-time", "10:00")
    await page.click("#find-do")
    await desk.sees(".row .persons li")
    assert await violations(page) == [], "found"
    await desk.section("Record")
    await desk.sees(".record li")
    assert await violations(page) == [], "the record"


async def test_an_unreachable_server_is_said(invite: Invite, clinic: Clinic) -> None:
    """Also before anything was loaded, with a way to try again."""
    await clinic.book()
    person = await invite()
    await person.context.route("**/v1/**", lambda route: route.abort())
    desk = await FrontDesk.opens(clinic, person)
    await desk.sees(".notice.warn", "We cannot reach the clinic’s system just now.")
    assert await violations(person.page) == []
    await person.context.unroute("**/v1/**")
    await desk.press("Try again")
    await desk.sees(".row", "Sam Lee")
    person.problems = [said for said in person.problems if "ERR_FAILED" not in said]


async def test_by_keyboard_alone(invite: Invite, clinic: Clinic) -> None:
    """From the list to the setting, on, back, and a link taken back with a reason."""
    await clinic.api.put("/v1/practitioners/dr", name="Dr Ada Okafor", video_enabled=False)
    await clinic.book(starts=7200)
    desk = await FrontDesk.opens(clinic, await invite(viewport={"width": 1280, "height": 800}))
    page = desk.page
    await desk.sees(".row", "Sam Lee")
    await press(page, ".row > summary")
    await desk.sees(".failing")
    await press(page, "[id^=fix-practitioner]")
    await desk.person.until("document.activeElement.id === 'video-practitioner-dr'")
    await page.keyboard.press("Space")
    await desk.sees(".backfill", "Done: 1 appointment")
    await desk.person.until("document.activeElement.id === 'video-practitioner-dr'")
    await press(page, ".sidebar li:first-child .section")
    await desk.sees(".row .pill", "Link works")
    if await page.get_attribute(".row", "open") is None:
        await press(page, ".row > summary")
    await press(page, "[id^=take-a-1-patient]")
    await desk.sees("dialog")
    await page.keyboard.type("Wrong person.")
    await press(page, "dialog [type=submit]")
    await desk.told("was taken back")
    await tab_to(page, "[id^=extend-a-1]")


async def test_german_fits_a_small_phone_too(invite: Invite, clinic: Clinic) -> None:
    """Its words are longer."""
    await _prepared(clinic)
    desk = await FrontDesk.opens(clinic, await invite(locale="de-DE"))
    page = desk.page
    await desk.row("Sam Lee")
    await desk.row("another system")
    assert await violations(page) == [], "Links"
    for section in ("Suchen", "Einrichtung", "Protokoll"):
        await desk.section(section)
        await desk.sees("main > div:not([hidden]) h1")
        assert await violations(page) == [], section


async def test_a_visit_whose_time_has_passed_offers_nothing_that_must_fail(
    invite: Invite, clinic: Clinic
) -> None:
    """Once its outcome is decided, a person settles that first (F5)."""
    await clinic.api.call("PATCH", "/v1/clinic", {"policy": {"closes_after_minutes": 0}})
    past = await clinic.book(starts=-1, lasts=2)
    await clinic.outcome()
    desk = await FrontDesk.opens(clinic, await invite())
    day = datetime.fromisoformat(past["starts_at"]).astimezone(ZoneInfo("Australia/Sydney")).date()
    await desk.page.fill("#filter-day", str(day))
    assert "The time to join has passed" in await desk.row("Sam Lee")
    assert await desk.page.locator("button:has-text('Extend')").filter(visible=True).count() == 0
    assert await violations(desk.page) == []
