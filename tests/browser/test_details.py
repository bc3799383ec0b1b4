"""What a link says of itself when asked: times, what is missing, the address to bookmark, cancelling (C6, B3,
A8)."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.person import Person
from tests.support.api import Clinic

pytestmark = pytest.mark.browser


async def _asks(person: Person, token: str) -> str:
    """Opens the disclosure; what it says, once it has loaded."""
    await person.open("j", token)
    await person.click("summary")
    await person.sees(".details .facts")
    return await person.sees(".details")


async def test_when_with_whom_and_that_all_is_well(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=7200)
    person = await invite(timezone_id="Europe/Berlin")
    said = await _asks(person, await clinic.token())
    assert "at the clinic (Sydney)" in said
    assert "where you are (Berlin)" in said
    assert "Dr Ada Okafor" in said
    assert "Everything is ready." in said
    assert await violations(person.page) == []


async def test_asking_counts_as_nothing(invite: Invite, clinic: Clinic) -> None:
    """A5: also for a scanner that opens everything there is to open."""
    await clinic.book()
    person = await invite()
    await _asks(person, await clinic.token())
    assert not any("/ws/" in url for url in person.requested)
    assert (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"] == []


async def test_the_address_is_copied(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    address = (await clinic.api.post("/v1/appointments/a-1/tokens", person="patient"))["address"]
    person = await invite(permissions=["clipboard-read", "clipboard-write"])
    await _asks(person, await clinic.token())
    await person.click(".copy button")
    await person.sees(".copy", "Copied.")
    assert await person.page.evaluate("navigator.clipboard.readText()") == address
    assert "/a#" in address


async def test_where_the_clipboard_is_forbidden_it_is_selected(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    person = await invite()
    forbidden = (
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    await person.context.add_init_script(forbidden)
    await _asks(person, await clinic.token())
    await person.click(".copy button")
    await person.sees(".copy", "It is selected now")
    assert await person.page.evaluate("getSelection().toString()") == await person.page.input_value(
        "#address"
    )


async def test_what_is_not_ready_in_the_patients_words(invite: Invite, clinic: Clinic) -> None:
    await clinic.api.put("/v1/patients/pat", name="Sam Lee")
    await clinic.book(starts=7200)
    token = await clinic.token()
    await clinic.book(starts=7200, status="held")
    person = await invite()
    said = await _asks(person, token)
    assert "The clinic has not confirmed this visit yet." in said
    assert "Whoever made the appointment can put this right" in said
    assert "The clinic has no e-mail address or phone number for you" in said
    assert "+61 2 5550 0000" in said
    assert await violations(person.page) == []


async def test_a_setting_changed_later_is_no_worry_of_the_patient(invite: Invite, clinic: Clinic) -> None:
    """B4: the link was given out and goes on working."""
    await clinic.book()
    token = await clinic.token()
    await clinic.api.put("/v1/practitioners/dr", name="Dr Ada Okafor", video_enabled=False)
    person = await invite()
    said = await _asks(person, token)
    assert "Everything is ready." in said
    assert "video" not in said
    await person.click("#join")
    await person.sees(".place", "You are next.")


async def test_cancelling_with_a_reason(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=7200)
    person = await invite()
    await _asks(person, await clinic.token())
    await person.click("#cancel")
    await person.sees("dialog", "Cancel this visit?")
    assert await violations(person.page) == [], "asked"
    await person.page.fill("#reason", "I am better.")
    await person.click("dialog button.danger")
    text = await person.sees(".end", "You have cancelled this visit")
    assert "+61 2 5550 0000" in text
    assert await person.page.evaluate("document.activeElement.textContent") == "You have cancelled this visit"
    assert await violations(person.page) == [], "cancelled"
    cancelled = (await clinic.api.get("/v1/appointments/a-1"))["cancelled"]
    assert (cancelled["by"], cancelled["reason"]) == ("patient", "I am better.")


async def test_keeping_it_changes_nothing(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=7200)
    person = await invite()
    await _asks(person, await clinic.token())
    await person.click("#cancel")
    await person.page.keyboard.press("Escape")
    assert await person.page.evaluate("document.activeElement.id") == "cancel"
    assert (await clinic.api.get("/v1/appointments/a-1"))["status"] == "confirmed"


async def test_cancelling_while_early_and_without_a_reason(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=7200)
    person = await invite()
    await person.open("j", await clinic.token())
    await person.click("#join")
    await person.sees(".countdown")
    await person.click("summary")
    await person.click("#cancel")
    await person.click("dialog button.danger")
    await person.sees(".end", "You have cancelled this visit")
    assert (await clinic.api.get("/v1/appointments/a-1"))["status"] == "cancelled"
    await person.click("summary")
    await person.sees(".details .facts")
    assert await person.page.locator("#cancel").count() == 0


async def test_a_cancel_elsewhere_meanwhile_is_told(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=7200)
    person = await invite()
    await _asks(person, await clinic.token())
    await person.click("#cancel")
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Ill.")
    await person.click("dialog button.danger")
    await person.sees("dialog .trouble", "It cannot be cancelled here any more.")
    assert (await clinic.api.get("/v1/appointments/a-1"))["cancelled"]["by"] == "staff"
    person.was_refused()


async def test_too_late_to_cancel_is_said_before_it_is_tried(invite: Invite, clinic: Clinic) -> None:
    """C10: until when, and what to do instead; also where the time passes while the page is open."""
    (await clinic.api.call("PATCH", "/v1/clinic", {"policy": {"cancel_minutes": 60}})).ok()
    await clinic.book(starts=7200)
    person = await invite(timezone_id="Australia/Sydney")
    said = await _asks(person, await clinic.token())
    assert "You can cancel here until:" in said
    await person.click("#cancel")
    (await clinic.api.call("PATCH", "/v1/clinic", {"policy": {"cancel_minutes": 180}})).ok()
    await person.click("dialog button.danger")
    await person.sees("dialog .trouble", "Please call the clinic: +61 2 5550 0000")
    person.was_refused()
    said = await _asks(person, await clinic.token())
    assert "It is too late to cancel or move this visit here." in said
    assert "+61 2 5550 0000" in said
    assert await person.page.locator("#cancel").count() == 0
    assert await violations(person.page) == [], "too late"


async def test_the_visit_for_ones_calendar(invite: Invite, clinic: Clinic) -> None:
    """C9: with one's own link in it."""
    await clinic.book(starts=7200)
    token = await clinic.token()
    person = await invite()
    await _asks(person, token)
    async with person.page.expect_download() as saving:
        await person.click("#calendar")
    saved = await saving.value
    text = (await saved.path()).read_text().replace("\r\n ", "").replace("\n ", "")
    assert saved.suggested_filename == "video-visit.ics"
    assert f"/j#{token}" in text
    await person.sees(".calendar", "The calendar entry was saved.")
    assert await violations(person.page) == [], "the calendar entry"
