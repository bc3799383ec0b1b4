"""Choosing another time by the link of a cancelled visit (C6)."""

import pytest

from tests.browser.axe import violations
from tests.browser.booker import appointment, day, holds, hours
from tests.browser.conftest import Invite
from tests.support.api import Clinic

pytestmark = pytest.mark.browser


async def test_another_time_after_cancelling_by_the_link(invite: Invite, clinic: Clinic) -> None:
    """C6: nobody is asked who they are, for their link says it."""
    await clinic.api.put("/v1/practitioners/li", name="Dr Noor Li", video_enabled=True)
    for practitioner in ("dr", "li"):
        await hours(clinic, practitioner, valid_from=str(day(2)))
    await clinic.book(starts=7200)
    old = await clinic.token()
    person = await invite()
    await person.open("j", old)
    await person.click("summary")
    await person.click("#cancel")
    await person.click("dialog button.danger")
    await person.sees("#rebook")
    assert await violations(person.page) == [], "cancelled, and another time is offered"
    await person.click("#rebook")
    await person.sees(".time")
    assert person.page.url == f"{person.origin}/b/@", "the token is out of the address bar (A4)"
    assert await person.page.input_value("#with") == "dr", "as before"
    assert await violations(person.page) == []
    await person.page.reload()
    await person.click(".time")
    await person.sees("#book")
    assert await person.page.locator("input").count() == 0
    assert await violations(person.page) == [], "a known patient"
    await person.click("#book")
    await person.sees("h1", "Your visit is booked")
    link = await person.page.input_value("#link")
    assert not link.endswith(old)
    booked = await appointment(clinic, person)
    assert (booked["status"], booked["patient"]) == ("confirmed", "pat")
    await person.page.reload()
    await person.sees("h1", "Your visit is booked")
    assert await person.page.input_value("#link") == link
    await person.click("#test")
    await person.click("#join")
    await person.sees(".countdown")


async def test_another_time_after_the_clinic_cancelled(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    token = await clinic.token()
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Dr Okafor is ill.")
    person = await invite()
    await person.open("j", token)
    async with person.page.expect_response("**/v1/booking") as answer:
        await person.click("#join")
    await person.sees(".end", "This visit was cancelled")
    await (await answer.value).finished()
    assert not await person.page.is_visible("#rebook"), "there are no hours to book"
    await hours(clinic)
    await person.page.reload()
    await person.click("#join")
    await person.click("#rebook")
    await person.sees(".time")


async def test_a_public_page_in_the_same_tab_knows_nobody(invite: Invite, clinic: Clinic) -> None:
    """A family shares a tab: what a link opened does not book for its patient."""
    await hours(clinic)
    await clinic.book()
    person = await invite()
    await person.open("j", await clinic.token())
    await holds(clinic, person)
    await person.sees("#name")


async def test_a_guest_and_a_practitioner_book_for_nobody(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    await clinic.book(guests=[{"id": "kim", "name": "Kim"}])
    guest, practitioner = await clinic.token("guest:kim"), await clinic.token("practitioner")
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Ill.")
    person = await invite()
    await person.open("j", guest)
    await person.click("#join")
    await person.sees(".end", "This visit was cancelled")
    for token in (guest, practitioner):
        await person.page.goto("about:blank")
        await person.page.goto(f"{person.origin}/b/@#{token}")
        await person.sees(".end", "No other time can be chosen with this link")
    assert await violations(person.page) == []
    person.was_refused()
