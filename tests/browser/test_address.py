"""The bookmarkable address (A8): a code to the contact on file or a remembered device opens the visits, and
nothing else does."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.inbox import Inbox
from tests.browser.person import Person
from tests.support.api import Clinic

pytestmark = pytest.mark.browser

KEPT = "localStorage.getItem('consultroom.devices')"


async def _address(clinic: Clinic, person: str = "patient", id: str = "a-1") -> str:
    """What follows the "#" of somebody's address."""
    issued = await clinic.api.post(f"/v1/appointments/{id}/tokens", person=person)
    return str(issued["address"].split("#")[1])


async def _asks(person: Person, address: str) -> None:
    await person.open("a", address)
    await person.click("#send")
    await person.sees("#code")


async def _enters(person: Person, code: str) -> None:
    await person.page.fill("#code", code)
    await person.click("#open")


async def test_a_code_from_the_mail_opens_the_visits(invite: Invite, clinic: Clinic, inbox: Inbox) -> None:
    await clinic.api.put("/v1/practitioners/li", name="Dr Noor Li", video_enabled=False)
    await clinic.book(starts=7200)
    await clinic.book("a-2", starts=90_000)
    await clinic.book("a-3", starts=180_000, practitioner="li")
    address = await _address(clinic)
    await inbox.settled()
    person = await invite(timezone_id="Europe/Berlin")
    await person.open("a", address)
    await person.sees("h1", "Your visits")
    assert await violations(person.page) == [], "before a code"
    await person.click("#send")
    await person.sees("#code")
    assert await violations(person.page) == [], "for the code"
    code = await inbox.code()
    await _enters(person, f"{code[:3]} {code[3:]}")

    upcoming = await person.sees(".visit", "Your next visit")
    assert "at the clinic (Sydney)" in upcoming
    assert "where you are (Berlin)" in upcoming
    assert "Dr Ada Okafor" in upcoming
    rows = await person.page.locator(".visits > li").all_inner_texts()
    assert len(rows) == 2
    assert "The clinic has not switched on video for your practitioner yet." in rows[1]
    assert await violations(person.page) == [], "the visits"
    assert person.page.url.endswith(f"/a#{address}"), "the address stays to be bookmarked"
    assert await person.page.evaluate(KEPT) is None, "nothing is kept that was not asked for"
    await person.click(".visit a.primary")
    await person.click("#join")
    await person.sees(".countdown")


async def test_the_address_is_in_no_request(invite: Invite, clinic: Clinic, inbox: Inbox) -> None:
    await clinic.book(starts=7200)
    address = await _address(clinic)
    person = await invite()
    await person.open("a", address)
    await person.sees("#send")
    assert not any("/v1/" in url for url in person.requested), "opening it is nothing (A5)"
    await person.click("#send")
    await person.sees("#code")
    assert not any(address in url for url in person.requested)


async def test_a_visit_that_is_open_is_gone_to(invite: Invite, clinic: Clinic, inbox: Inbox) -> None:
    await clinic.book()
    await clinic.book("a-2", starts=90_000)
    address = await _address(clinic)
    await inbox.settled()
    person = await invite()
    await _asks(person, address)
    await _enters(person, await inbox.code())
    await person.click("#join")
    await person.sees(".place", "Dr Ada Okafor is not here yet.")


async def test_a_wrong_code_is_said_kindly_and_the_right_one_still_works(
    invite: Invite, clinic: Clinic, inbox: Inbox
) -> None:
    await clinic.book(starts=7200)
    address = await _address(clinic)
    await inbox.settled()
    person = await invite()
    await _asks(person, address)
    code = await inbox.code()
    await _enters(person, "12")
    await person.sees(".trouble", "Please enter all six digits.")
    await _enters(person, f"{(int(code) + 1) % 1_000_000:06d}")
    await person.sees(".trouble", "This code does not open your visits.")
    assert await person.page.evaluate("document.activeElement.id") == "code"
    assert await person.page.get_attribute("#code", "aria-invalid") == "true"
    assert await violations(person.page) == []
    await _enters(person, code)
    await person.sees(".visit", "Your next visit")
    person.was_refused()


async def test_a_new_code_replaces_the_old_one(invite: Invite, clinic: Clinic, inbox: Inbox) -> None:
    await clinic.book(starts=7200)
    address = await _address(clinic)
    await inbox.settled()
    person = await invite()
    await _asks(person, address)
    await inbox.code()
    await person.click("#new")
    await person.sees("p", "A new code is on its way.")
    await _enters(person, await inbox.code())
    await person.sees(".visit", "Your next visit")


async def test_nobodys_address_says_the_same(invite: Invite, clinic: Clinic) -> None:
    """No enumeration: same words, same fields, whatever the address is."""
    await clinic.book(starts=7200)
    real, invented = await _address(clinic), "AAAAAAAA.AAAAAAAAAAA"
    seen = []
    person = await invite()
    for address in (real, invented):
        await _asks(person, address)
        before = await person.sees("main")
        await _enters(person, "000000")
        seen.append((before, await person.sees(".trouble", "This code does not open your visits.")))
    assert seen[0] == seen[1]
    person.was_refused()


@pytest.mark.parametrize("address", ["", "hello", "AAAAAAAA.AAAAAAAAAA"])
async def test_what_is_no_address(invite: Invite, address: str) -> None:
    person = await invite()
    await person.open("a", address)
    await person.sees(".end", "This address is not complete")
    assert await violations(person.page) == []


async def test_a_remembered_device_opens_at_once_until_it_is_forgotten(
    invite: Invite, clinic: Clinic, inbox: Inbox
) -> None:
    await clinic.book(starts=7200)
    address = await _address(clinic)
    await inbox.settled()
    person = await invite()
    await _asks(person, address)
    assert not await person.page.is_checked("#remember"), "nobody is remembered unasked"
    await person.page.check("#remember")
    await _enters(person, await inbox.code())
    await person.sees("text=This device is remembered until")
    assert await violations(person.page) == []

    again = await person.another_tab()
    await again.open("a", address)
    await again.sees(".visit", "Your next visit")
    await again.click("#forget")
    await again.sees(".notice", "This device is forgotten.")
    assert await again.page.evaluate(KEPT) is None
    assert again.problems == []
    await person.page.reload()
    await person.sees("#send")


async def test_a_device_the_server_does_not_know_asks_for_a_code(
    invite: Invite, clinic: Clinic, inbox: Inbox
) -> None:
    """Another contact was entered meanwhile: it has to be proven anew."""
    await clinic.book(starts=7200)
    address = await _address(clinic)
    await inbox.settled()
    person = await invite()
    await _asks(person, address)
    await person.page.check("#remember")
    await _enters(person, await inbox.code())
    await person.sees("#forget")
    await clinic.api.put("/v1/patients/pat", name="Sam Lee", email=f"new.{inbox.address}")
    await person.page.reload()
    await person.sees(".notice", "This device is not remembered any more.")
    assert await violations(person.page) == []
    assert await person.page.evaluate(KEPT) is None
    person.was_refused()


async def test_asked_for_too_often(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=7200)
    address = await _address(clinic)
    while (await clinic.api.call("POST", "/v1/addresses/code", {"address": address})).status == 202:
        pass
    person = await invite()
    await person.open("a", address)
    await person.click("#send")
    await person.sees(".trouble", "There were many tries just now.")
    assert await violations(person.page) == []
    person.was_refused()


async def test_a_practitioners_address_leads_to_their_page(
    invite: Invite, clinic: Clinic, inbox: Inbox
) -> None:
    mail = inbox.of(inbox.address.replace("sam.", "dr."))
    await clinic.api.put("/v1/practitioners/dr", name="Dr Ada Okafor", video_enabled=True, email=mail.address)
    await clinic.book()
    person = await invite()
    await mail.settled()
    await _asks(person, await _address(clinic, "practitioner"))
    await _enters(person, await mail.code())
    await person.click("#open")
    await person.sees(".lobby h1")


async def test_by_keyboard_in_german(invite: Invite, clinic: Clinic, inbox: Inbox) -> None:
    await clinic.book(starts=7200)
    address = await _address(clinic)
    await inbox.settled()
    person = await invite(locale="de-DE")
    await person.open("a", address)
    await person.sees("h1", "Ihre Termine")
    await person.page.keyboard.press("Tab")
    await person.page.keyboard.press("Enter")
    await person.sees("h1", "Code eingeben")
    assert await person.page.evaluate("document.activeElement.textContent") == "Code eingeben"
    await person.page.keyboard.press("Tab")
    await person.page.keyboard.type(await inbox.code())
    await person.page.keyboard.press("Enter")
    await person.sees(".visit", "Ihr nächster Termin")
