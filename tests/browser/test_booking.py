"""The hosted booking page: choosing a free time, saying who it is for, and what one has then (C2)."""

import pytest

from tests.browser.axe import violations
from tests.browser.booker import FOCUSED, KEPT, appointment, books, day, free, holds, hours, opens, policy
from tests.browser.conftest import Invite
from tests.browser.keys import press, tab_to
from tests.support.api import Clinic

pytestmark = pytest.mark.browser


async def test_a_whole_booking_by_keyboard(invite: Invite, clinic: Clinic) -> None:
    # Not today: whoever opens the link of a visit that begins in ten minutes waits already.
    await hours(clinic, valid_from=str(day(2)))
    person = await invite(locale="en-GB", timezone_id="Australia/Sydney")
    page = person.page
    await opens(clinic, person)
    assert await page.evaluate(FOCUSED) == "Choose a time"
    assert await page.locator("select").count() == 0, "there is nothing to choose but the time"
    text = await person.sees("main")
    assert "Dr Ada Okafor" in text
    assert "Video visit, 15 minutes" in text
    assert await violations(page) == [], "free times"
    await page.set_viewport_size({"width": 360, "height": 740})
    first = (await free(clinic))[0]

    await press(page, ".time")
    await person.sees("#book")
    assert await page.evaluate(FOCUSED) == "This time is kept for you"
    assert await violations(page) == [], "the time is kept"
    await press(page, "#book")
    await person.sees("#name-trouble", "Please enter your name")
    assert await page.evaluate("document.activeElement.id") == "name"
    assert await violations(page) == [], "no name"
    await page.keyboard.type("Robin Poe")
    await tab_to(page, "#email")
    await page.keyboard.type(f"robin.{clinic.id}@example.org")
    await page.keyboard.press("Enter")
    text = await person.sees("main", "Your visit is booked")
    assert await page.evaluate(FOCUSED) == "Your visit is booked"
    assert "on its way to your e-mail address" in text
    assert "where you are" not in text
    assert await violations(page) == [], "booked"

    booked = await appointment(clinic, person)
    assert (booked["status"], booked["patient_name"]) == ("confirmed", "Robin Poe")
    assert booked["starts_at"] == first["starts_at"]
    await press(page, "#test")
    await person.sees("#join")
    await person.click("#join")
    await person.sees(".countdown")
    assert not any("hold_" in url for url in person.requested), "a secret is in no address"


async def test_without_a_contact_the_link_is_shown_again_after_a_reload(
    invite: Invite, clinic: Clinic
) -> None:
    await hours(clinic)
    person = await holds(clinic, await invite())
    link = await books(person)
    assert "this link is shown only here" in await person.sees("main")
    await person.page.reload()
    await person.sees("h1", "Your visit is booked")
    assert "this link is shown only here" in await person.sees("main")
    assert await person.page.input_value("#link") == link
    await person.click("#more")
    await person.sees(".time")
    assert await person.page.evaluate(KEPT) is None


async def test_the_calendar_file_and_the_copied_link(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await holds(clinic, await invite(permissions=["clipboard-read", "clipboard-write"]))
    link = await books(person)
    await person.click(".copy button")
    await person.sees(".copy", "Copied.")
    assert await person.page.evaluate("navigator.clipboard.readText()") == link
    async with person.page.expect_download() as saving:
        await person.click("#calendar")
    saved = await saving.value
    assert saved.suggested_filename == "video-visit.ics"
    text = (await saved.path()).read_text()
    assert link in text.replace("\r\n ", "").replace("\n ", "")
    await person.sees(".calendar", "The calendar entry was saved.")
    assert await violations(person.page) == []


async def test_what_cannot_be_used_is_said_at_its_field(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await holds(clinic, await invite())
    await person.page.fill("#name", "Robin Poe")
    await person.page.fill("#email", "robin")
    await person.click("#book")
    await person.sees("#email-trouble", "Please look at this e-mail address once more.")
    await person.page.fill("#email", "")
    await person.page.fill("#phone", "call me")
    await person.click("#book")
    await person.sees("#phone-trouble", "Please look at this number once more.")
    assert not await person.page.is_visible("#email-trouble")
    assert await person.page.evaluate("document.activeElement.id") == "phone"
    assert await violations(person.page) == []
    await person.page.fill("#phone", "+61 491 570 006")
    await person.click("#book")
    await person.sees("main", "The clinic has your number now")


async def test_the_practitioner_and_the_kind_are_chosen(invite: Invite, clinic: Clinic) -> None:
    await clinic.api.put("/v1/practitioners/li", name="Dr Noor Li", video_enabled=True)
    await clinic.api.put("/v1/appointment-types/long", name="First visit", video=True, minutes=30)
    await hours(clinic)
    await hours(clinic, "li", valid_from=str(day(24)))
    person = await opens(clinic, await invite(locale="en-GB"))
    assert await person.page.input_value("#with") == "", "whoever is free"
    await person.page.select_option("#type", "video")
    await person.page.select_option("#with", "li")
    await person.sees(".status", "No free time on these days.")
    await person.sees("#next", "Next free time")
    assert await violations(person.page) == [], "an empty week"
    await press(person.page, "#next")
    await person.sees(".time")
    heading = await person.page.evaluate(FOCUSED)
    assert heading == await person.sees(".week-head h2")
    await person.click(".time")
    await person.sees("main", "Dr Noor Li")
    assert await person.sees("main", "Video visit")


async def test_week_by_week(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await opens(clinic, await invite())
    await person.sees(".day")
    first = await person.sees(".week-head h2")
    assert await person.page.is_disabled(".week-head button")
    await person.click(".week-head button:has-text('Later')")
    await person.until(f"document.querySelector('.week-head h2').textContent !== {first!r}")
    assert await person.page.evaluate(FOCUSED) == "Later"
    await person.sees(".time")
    await person.click(".week > nav button:has-text('Earlier')")
    await person.until(f"document.querySelector('.week-head h2').textContent === {first!r}")
    assert await person.page.evaluate(FOCUSED) == first


async def test_far_away_and_in_german(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await invite(locale="de-DE", timezone_id="America/New_York")
    await opens(clinic, person)
    await person.sees("#zones", "Die Zeiten gelten in der Praxis (Sydney).")
    assert await violations(person.page) == [], "two clocks"
    await person.click(".time")
    await person.sees("h1", "Diese Zeit ist für Sie reserviert")
    text = await person.sees("main")
    assert "in der Praxis (Sydney)" in text
    assert "bei Ihnen (New York)" in text
    await person.page.fill("#name", "Robin Poe")
    await person.click("#book")
    text = await person.sees("main", "Ihr Termin ist gebucht")
    assert "bei Ihnen (New York)" in text
    assert await violations(person.page) == []


async def test_where_nothing_can_be_booked(invite: Invite, clinic: Clinic) -> None:
    person = await invite()
    await person.page.goto(f"{person.origin}/b/{clinic.id}")
    await person.sees(".end", "Please call for an appointment")
    await hours(clinic)
    await policy(clinic, self_booking=False)
    await person.page.reload()
    assert "+61 2 5550 0000" in await person.sees(".end", "Please call for an appointment")
    assert await violations(person.page) == [], "no self-booking"
    await person.page.goto(f"{person.origin}/b/nobody")
    await person.sees(".end", "There is no such booking page")
    assert await violations(person.page) == [], "unknown"
    await person.page.goto(f"{person.origin}/b/@#hello")
    await person.sees(".end", "There is no such booking page")
    assert await violations(person.page) == [], "cut short"
    person.was_refused()


async def test_the_network_is_away_at_first(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await invite()
    await person.page.route("**/v1/booking**", lambda route: route.abort())
    await person.page.goto(f"{person.origin}/b/{clinic.id}")
    await person.sees(".end", "We cannot reach the clinic’s system just now.")
    assert await violations(person.page) == []
    await person.page.unroute("**/v1/booking**")
    await person.click("#again")
    await person.sees(".time")
    person.problems.clear()


async def test_who_lost_the_link_has_it_sent_and_reads_the_same_whoever_they_are(
    invite: Invite, clinic: Clinic
) -> None:
    """A7: by keyboard, from the public page."""
    await hours(clinic)
    await clinic.api.put(
        "/v1/webhooks/told", url="https://hooks.example.org/a", events=["link.issued", "link.requested"]
    )
    person = await invite(viewport={"width": 360, "height": 740})
    await opens(clinic, person)
    await person.page.click("summary")
    await press(person.page, "#send-links")
    await person.sees("#contact-trouble", "Please look at this once more.")
    person.was_refused()
    assert await person.page.evaluate("document.activeElement.id") == "contact"
    await person.page.keyboard.type("nobody.here@example.org")
    await person.page.keyboard.press("Enter")
    await person.sees(".details .notice", "If you have a visit coming up, its link is on its way")
    assert await violations(person.page) == [], "sent"
