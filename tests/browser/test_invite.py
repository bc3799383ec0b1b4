"""An interpreter or companion is invited: from the call, from the lobby, at the front desk (D9)."""

import pytest
from playwright.async_api import ViewportSize

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.desk import FrontDesk
from tests.browser.inbox import Inbox
from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.api import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.media]

DESK: ViewportSize = {"width": 1280, "height": 800}


async def invites(person: Person, name: str, contact: str = "") -> str:
    """From the card, with the keyboard alone; the token of the link that is then shown."""
    if await person.page.get_attribute("#invite", "open") is None:
        await person.page.focus("#invite > summary")
        await person.page.keyboard.press("Enter")
    await person.page.focus("#invite-name")
    await person.page.keyboard.type(name)
    await person.page.keyboard.press("Tab")
    await person.page.keyboard.type(contact)
    await person.page.keyboard.press("Enter")
    row = f".invited details:has-text('{name}')"
    await person.sees(f"{row} .copy input")
    await person.until(
        f"document.activeElement.matches('summary') && document.activeElement.innerText.includes('{name}')"
    )
    return (await person.page.input_value(f"{row} .copy input")).partition("/j#")[2]


async def test_in_mid_call_with_three_pictures(clinic: Clinic, invite: Invite) -> None:
    await clinic.book()
    visit = await Visit.of(clinic, await invite(), await invite(viewport=DESK))
    practitioner, tove = visit.practitioner, await invite()
    await visit.begins()
    token = await invites(practitioner, "Tove Tolk")
    await practitioner.sees(".invited", "Give Tove Tolk this link yourself")
    await practitioner.click(".invited details details summary")
    await practitioner.sees(".invited img.qr")
    assert await violations(practitioner.page) == []
    await practitioner.page.set_viewport_size(DESK)

    await tove.open("j", token)
    await tove.click("#join")
    await practitioner.sees(".comings", "Tove Tolk")
    await practitioner.sees(".invited summary", "waiting")
    await practitioner.sees(".queue", "guest of Sam Lee")
    await practitioner.click("button:has-text('Admit Tove Tolk')")
    await tove.sees(".call")
    for person in (visit.patient, practitioner, tove):
        await person.until("document.querySelectorAll('.stage .tile:not(.no-picture)').length === 2")
        assert "Tove Tolk" in await person.sees(".people")
        await person.sees_and_hears()
    await practitioner.sees(".invited summary", "in the room")

    # After a reload the page knows whose visit it is, and shows the link once more.
    await practitioner.page.reload()
    await practitioner.sees(".call")
    await practitioner.click("#invite > summary")
    await practitioner.click(".invited summary:has-text('Tove Tolk')")
    assert (await practitioner.page.input_value(".invited .copy input")).endswith(token)
    await practitioner.click("[id^=withdraw-]")
    await practitioner.sees("dialog", "Take back the invitation of Tove Tolk?")
    await practitioner.click("dialog [type=submit]")
    await tove.sees("h1", "This link was taken back")
    await practitioner.page.wait_for_selector(".invited li", state="detached")
    await practitioner.until("document.activeElement.id === 'invite-name'")
    await visit.both_see_and_hear()


async def test_from_the_lobby_and_whether_the_link_was_sent(
    clinic: Clinic, invite: Invite, inbox: Inbox
) -> None:
    await clinic.api.put("/v1/patients/lou", name="Lou Reed")
    await clinic.book(lasts=500)
    await clinic.book("a-2", starts=550, patient="lou")
    practitioner = await invite(viewport=DESK)
    visit = await Visit.of(clinic, await invite(), practitioner)
    await visit.practitioner_comes()
    await practitioner.click("#invite > summary")
    await practitioner.sees("#invite-visit")
    await practitioner.page.select_option("#invite-visit", "a-2")
    await practitioner.click("#invite-do")
    await practitioner.sees("#invite .trouble", "Please enter a name.")
    asked = [url for url in practitioner.requested if url.endswith("/guests")]
    assert [url.split("/")[-2] for url in asked] == ["a-1", "a-2"], "once for each that was chosen"
    await practitioner.page.fill("#invite-name", "Tove Tolk")
    await practitioner.page.fill("#invite-contact", "tove@nowhere")
    await practitioner.click("#invite-do")
    await practitioner.sees(".invited", "is no e-mail address or phone number, so nothing was sent.")
    await practitioner.click("[id^=withdraw-]")
    await practitioner.click("dialog [type=submit]")
    await practitioner.page.wait_for_selector(".invited li", state="detached")
    await practitioner.page.fill("#invite-name", "Tove Tolk")
    mails = inbox.of(f"tove.{clinic.id}@example.org")
    await practitioner.page.fill("#invite-contact", mails.address)
    await practitioner.click("#invite-do")
    await practitioner.sees(".invited", f"The link was sent to {mails.address}.")
    assert await practitioner.page.input_value("#invite-name") == ""
    shown = await practitioner.page.input_value(".invited .copy input")
    assert shown.endswith(await mails.token())
    await invites(practitioner, "Mia Roe", "+49 30 1234567")
    await practitioner.sees(".invited", "has not reached +49 30 1234567: no address.")
    assert await violations(practitioner.page) == []
    guests = (await clinic.api.get("/v1/appointments/a-2"))["guests"]
    assert [each["name"] for each in guests] == ["Tove Tolk", "Mia Roe"]


async def test_at_the_front_desk(clinic: Clinic, invite: Invite) -> None:
    await clinic.book()
    desk = await FrontDesk.opens(clinic, await invite(viewport=DESK))
    await desk.row("Sam Lee")
    await desk.press("Invite somebody …")
    await desk.sees("dialog", "they get a link of their own".capitalize())
    assert await violations(desk.page) == []
    await desk.page.set_viewport_size(DESK)
    await desk.page.fill("#invite-name", "Tove Tolk")
    await desk.page.check("#invite-counts")
    await desk.page.keyboard.press("Enter")
    await desk.told("Tove Tolk is invited.")
    [guest] = (await clinic.api.get("/v1/appointments/a-1"))["guests"]
    assert (guest["name"], guest["counts"]) == ("Tove Tolk", True)
    shown = await desk.page.input_value(".news .copy input")
    assert shown.endswith(await clinic.token(f"guest:{guest['id']}"))
    await desk.sees(".persons li", "Tove Tolk")
    await desk.section("Record")
    assert "Jo at the desk" in await desk.sees(".record li", "Somebody was invited")
