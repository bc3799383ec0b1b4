"""Every end a link can come to has its own page with what to do next (A6), and any genuine old link leads on
(A7)."""

import asyncio
import secrets
from collections.abc import Callable

import aiohttp
import pytest
from playwright.async_api import Browser

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.inbox import Inbox
from tests.browser.person import Person
from tests.support.api import Clinic
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser


async def _end(person: Person, token: str, title: str) -> str:
    """What the page says after Join; axe finds nothing wrong with it."""
    await person.open("j", token)
    await person.click("#join")
    text = await person.sees(".end", title)
    assert await violations(person.page) == [], title
    return text


async def _taken_back(clinic: Clinic, id: str = "a-1") -> None:
    await clinic.api.post(f"/v1/appointments/{id}/revoke", person="patient", reason="To the wrong person.")


async def _replaced(clinic: Clinic, id: str = "a-1") -> str:
    """The patient's link so far, which a newer one has replaced."""
    token = await clinic.token(id=id)
    await _taken_back(clinic, id)
    await clinic.api.post(f"/v1/appointments/{id}/resend", person="patient")
    return token


async def test_cancelled_with_its_reason_and_a_way_on(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    token = await clinic.token()
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Dr Okafor is ill.")
    text = await _end(await invite(), token, "This visit was cancelled")
    assert "Dr Okafor is ill." in text
    assert "+61 2 5550 0000" in text
    assert "Send me the current link" in text


async def test_after_its_time(invite: Invite, clinic: Clinic) -> None:
    await clinic.api.call("PATCH", "/v1/clinic", {"policy": {"closes_after_minutes": 0}})
    await clinic.book(starts=-2, lasts=5)
    token = await clinic.token()
    await asyncio.sleep(3)
    assert "Send me the current link" in await _end(await invite(), token, "This visit is over")


async def test_taken_back_says_to_call_and_nothing_else(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    token = await clinic.token()
    await _taken_back(clinic)
    text = await _end(await invite(), token, "This link was taken back")
    assert "Please call the clinic" in text
    assert "+61 2 5550 0000" in text
    assert "Send me" not in text
    assert "Details" not in text


async def test_replaced_by_a_newer_one(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    token = await _replaced(clinic)
    text = await _end(await invite(), token, "This link is no longer used")
    assert "There is a newer link for you" in text


async def test_not_confirmed(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    token = await clinic.token()
    await clinic.book(status="held")
    await _end(await invite(), token, "This visit is not confirmed")


@pytest.mark.parametrize("damaged", [lambda token: token[:-5], lambda token: "hello"])
async def test_no_link_of_ours(invite: Invite, clinic: Clinic, damaged: Callable[[str], str]) -> None:
    await clinic.book()
    person = await invite()
    await person.open("j", damaged(await clinic.token()))
    text = await person.sees(".end", "This link is not complete")
    assert await violations(person.page) == []
    assert "Send me" not in text
    assert "Details" not in text


async def test_with_a_colleague_now(invite: Invite, clinic: Clinic) -> None:
    await clinic.api.put("/v1/practitioners/li", name="Dr Noor Li", video_enabled=True)
    await clinic.book()
    token = await clinic.token("practitioner")
    await clinic.book(practitioner="li")
    practitioner = await invite()
    await practitioner.open("p", token)
    await practitioner.click("#open")
    await practitioner.sees(".end", "This visit is with a colleague now")
    assert await violations(practitioner.page) == []
    assert "Send me the current link" in await _end(await invite(), token, "with a colleague now")


async def test_whoever_only_looks_at_an_old_link_is_told_as_well(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    token = await clinic.token()
    await _taken_back(clinic)
    person = await invite()
    await person.open("j", token)
    await person.click("summary")
    await person.sees(".end", "This link was taken back")
    person.was_refused()


async def test_a_link_of_a_retired_key_leads_on(
    chromium: Browser, own_server: RunningServer, http: aiohttp.ClientSession
) -> None:
    """A3: still recognised, and it opens nothing."""
    clinic = await Clinic.opened(own_server.base_url, own_server.admin_key, http)
    await clinic.book()
    token = await clinic.token()
    own_server.stop()
    own_server.keys = f"2:{secrets.token_urlsafe(32)},{own_server.keys}:retired"
    await asyncio.to_thread(own_server.start)
    person = await Person.sits_down(chromium, own_server.base_url)
    assert "Send me the current link" in await _end(person, token, "This link is no longer used")
    await person.leaves()
    assert person.problems == []


async def test_the_current_link_comes_to_the_contact_on_file(
    invite: Invite, clinic: Clinic, inbox: Inbox
) -> None:
    await clinic.book()
    old = await _replaced(clinic)
    await inbox.settled()
    person = await invite()
    await _end(person, old, "This link is no longer used")
    await person.click("#current")
    text = await person.sees(".end", "Look at your messages")
    assert "Please call there." in text
    assert inbox.address not in await person.page.content(), "the contact is never shown"
    assert await violations(person.page) == []
    assert await inbox.token() == await clinic.token()


async def _stale(clinic: Clinic) -> list[str]:
    """Five links of Sam Lee's that open nothing any more: two cancelled, one over, two replaced. The visit
    "now" is open."""
    await clinic.api.put("/v1/practitioners/li", name="Dr Noor Li", video_enabled=True)
    await clinic.api.call("PATCH", "/v1/clinic", {"policy": {"closes_after_minutes": 0}})
    await clinic.book("off-1", starts=7200)
    await clinic.book("off-2", starts=9000, practitioner="li")
    await clinic.book("over", starts=-1, lasts=4, practitioner="li")
    await clinic.book("now")
    stale = [await clinic.token(id=id) for id in ("off-1", "off-2", "over")]
    for id in ("off-1", "off-2"):
        await clinic.api.post(f"/v1/appointments/{id}/cancel", by="staff", reason="Another day.")
    stale += [await _replaced(clinic, "now"), await _replaced(clinic, "now")]
    await asyncio.sleep(3)
    return stale


async def test_five_stale_links_in_a_row_all_end_in_the_right_room(
    invite: Invite, clinic: Clinic, inbox: Inbox
) -> None:
    """A7, the promise itself: five links that open nothing, five mails, five times the same waiting room."""
    stale = await _stale(clinic)
    assert len(set(stale)) == 5
    await inbox.settled()
    person = await invite()
    for count, token in enumerate(stale, 1):
        await person.open("j", token)
        await person.click("#join")
        await person.click("#current")
        await person.sees(".end", "Look at your messages")
        await person.open("j", await inbox.token())
        await person.click("#join")
        await person.sees(".place", "Dr Ada Okafor is not here yet.")
        await person.click("#leave")
        await person.sees("h1", "You have left")
        waits = (await clinic.api.get("/v1/appointments/now/attendance"))["intervals"]
        assert len([each for each in waits if each["state"] == "waiting"]) == count


async def test_asked_for_too_often_says_from_when_on(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    token = await clinic.token()
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Ill.")
    while (await clinic.api.call("POST", "/v1/link/current", {"token": token})).status == 202:
        pass
    person = await invite()
    await _end(person, token, "This visit was cancelled")
    await person.click("#current")
    assert "You can ask again from" in await person.sees(".trouble")
    assert await violations(person.page) == []
    person.was_refused()
