"""The front desk: why there is no link and one click to what puts it right (B3, B4, B6); copy, send, take
back, extend, each written down (A9, D2); the support bundle (B7)."""

import asyncio
import json
import time

import pytest
import pytest_asyncio

from tests.browser.conftest import Invite
from tests.browser.desk import FrontDesk
from tests.browser.inbox import Inbox
from tests.browser.visit import Visit
from tests.support.api import Clinic
from tests.support.receiver import Receiver

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1280, "height": 800}, "permissions": ["clipboard-read", "clipboard-write"]}

REMEMBER_NEWS = """
  globalThis.heard = [];
  new MutationObserver(() => {
    const said = document.querySelector('.backfill:not([hidden])')?.innerText;
    if (said !== undefined && said !== globalThis.heard.at(-1)) globalThis.heard.push(said);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
"""
"""A backfill may be over before anybody looks twice: everything the page said of it is kept."""


@pytest_asyncio.fixture
async def desk(clinic: Clinic, invite: Invite) -> FrontDesk:
    """Not opened before there is something to see: `opens` again after booking."""
    person = await invite(**DESK)
    await person.context.add_init_script(REMEMBER_NEWS)
    return await FrontDesk.opens(clinic, person)


async def _video(clinic: Clinic, on: bool) -> None:
    await clinic.api.put("/v1/practitioners/dr", name="Dr Ada Okafor", video_enabled=on)


async def test_no_link_one_click_to_the_setting_and_everything_heals(
    desk: FrontDesk, clinic: Clinic, inbox: Inbox
) -> None:
    await _video(clinic, on=False)
    for number in range(60):
        await clinic.book(f"a-{number}", starts=7200 + 1800 * number)
    await desk.page.reload()
    row = desk.page.locator(".row").first
    assert "No link: video is off for Dr Ada Okafor" in await row.inner_text()
    await row.locator("summary").first.click()
    await desk.press("Open the setting of Dr Ada Okafor")
    await desk.person.until("document.activeElement.id === 'video-practitioner-dr'")
    assert await desk.page.get_attribute("#video-practitioner-dr", "aria-checked") == "false"
    before = time.monotonic()
    await desk.page.keyboard.press("Enter")
    await desk.told("Video is on for Dr Ada Okafor.")
    await desk.sees(".backfill", "Done: 60 appointments have their links now")
    assert time.monotonic() - before < 10
    heard = await desk.page.evaluate("globalThis.heard")
    assert "missing links are being made" in heard[0]
    assert "of 60 looked at" in heard[0]
    await desk.section("Links")
    await desk.sees(".notice.good", "Every video appointment to come has its link.")
    assert (await inbox.next()).to == [inbox.address]


async def test_a_name_of_another_system_is_linked_to_a_type(desk: FrontDesk, clinic: Clinic) -> None:
    await clinic.api.put(
        "/v1/appointments/a-1",
        practitioner="dr",
        patient="pat",
        external_type="TELE 15",
        starts_at="2031-05-05T10:00:00+10:00",
        ends_at="2031-05-05T10:15:00+10:00",
    )
    await desk.page.reload()
    assert "“TELE 15” is not linked to a type" in await desk.row("Sam Lee")
    await desk.press("Link “TELE 15” to a type")
    await desk.person.until("document.activeElement.id === 'link-type'")
    await desk.page.select_option("#link-type", "video")
    await desk.page.click("#link-do")
    await desk.sees(".backfill", "Done: 1 appointment has its link now")
    assert (await clinic.api.get("/v1/appointments/a-1"))["link"]["usable"]
    assert (await clinic.api.get("/v1/appointment-types/video"))["external_ids"] == ["TELE 15"]


async def test_switching_off_shows_first_what_it_touches(desk: FrontDesk, clinic: Clinic) -> None:
    await clinic.book()
    token = await clinic.token()
    await desk.section("Set-up")
    await desk.page.click("#video-practitioner-dr")
    asked = await desk.sees("dialog", "Switch video off for Dr Ada Okafor?")
    assert "1 upcoming appointment has its link and keeps it:" in asked
    assert "Sam Lee" in asked
    assert "Links already given out go on working." in asked
    await desk.press("Leave it on")
    assert (await clinic.api.get("/v1/practitioners/dr"))["video_enabled"]
    await desk.page.click("#video-practitioner-dr")
    await desk.press("Switch it off")
    await desk.told("Video is off for Dr Ada Okafor.")
    assert not (await clinic.api.get("/v1/practitioners/dr"))["video_enabled"]
    assert await clinic.token() == token, "and it still opens"


async def test_a_system_that_wants_no_more_messages_is_named_until_it_is_set_up_again(
    desk: FrontDesk, clinic: Clinic
) -> None:
    with Receiver() as receiver:
        receiver.answer(410)
        await clinic.api.put("/v1/webhooks/billing", url=receiver.url, events=["*"])
        await clinic.book()
        await receiver.wait_for(1)
        await desk.section("Set-up")
        # What was answered is written down a moment later, and the page does not look again by itself.
        while not (await clinic.api.get("/v1/disabled-webhooks"))["items"]:
            await desk.section("Links")
        await desk.section("Set-up")
        said = await desk.sees("#setup .notice.warn", "has not been told anything since")
        assert "“billing”" in said
        await desk.section("Record")
        said = await desk.sees("#record li", "Another system wants no more messages")
        assert "System “billing”" in said
        await clinic.api.put("/v1/webhooks/billing", url=receiver.url, events=["*"])
        await desk.section("Set-up")
        await desk.page.wait_for_selector("#setup .notice.warn", state="detached")


async def test_a_link_is_copied_and_that_is_written_down(desk: FrontDesk, clinic: Clinic) -> None:
    await clinic.book()
    await desk.page.reload()
    await desk.row("Sam Lee")
    await desk.press("Copy link of Sam Lee")
    await desk.told("Link of Sam Lee copied.")
    copied = await desk.page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/j#{await clinic.token()}")
    assert copied not in await desk.page.content(), "it is a key, and nobody's to read over a shoulder"
    await desk.section("Record")
    line = await desk.sees(".record li", "Link copied")
    assert "Jo at the desk" in line
    assert "Patient · appointment a-1" in line


async def test_sending_again(desk: FrontDesk, clinic: Clinic, inbox: Inbox) -> None:
    await clinic.book()
    await inbox.settled()
    await desk.page.reload()
    await desk.row("Sam Lee")
    await desk.press("Send again, to Sam Lee")
    await desk.told("The link is on its way to Sam Lee.")
    assert await inbox.token() == await clinic.token()


async def test_taking_back_ends_the_open_page_and_a_new_link_opens_it_again(
    desk: FrontDesk, invite: Invite, inbox: Inbox, clinic: Clinic
) -> None:
    await clinic.book()
    visit = await Visit.of(clinic, await invite(), await invite())
    await visit.patient_waits()
    await inbox.settled()
    await desk.page.reload()
    await desk.row("Sam Lee")
    await desk.press("Take back the link of Sam Lee …")
    await desk.page.click("dialog [type=submit]")
    await desk.sees("dialog .trouble", "Please give a reason.")
    await desk.page.fill("dialog #reason", "Sent to a wrong address.")
    before = time.monotonic()
    await desk.page.click("dialog [type=submit]")
    await visit.patient.sees(".end", "This link was taken back")
    assert time.monotonic() - before < 2
    await desk.told("The link of Sam Lee was taken back.")

    await desk.sees(".row .pill", "No link: taken back")
    await desk.press("Send a new link, to Sam Lee")
    await desk.sees("dialog", "The one that was taken back stays closed.")
    await desk.page.click("dialog [type=submit]")
    await desk.told("The link is on its way to Sam Lee.")
    fresh = await inbox.token()
    assert fresh != visit.patient_token
    await visit.patient.open("j", fresh)
    await visit.patient.click("#join")
    await visit.patient.sees(".place", "You are next.")
    await desk.page.click(".row .history > summary")
    past = await desk.sees(".history ol")
    assert "Link taken back" in past
    assert "Patient · Reason: Sent to a wrong address." in past
    assert "Link sent again" in past


async def test_a_visit_is_kept_open_for_longer(desk: FrontDesk, clinic: Clinic, invite: Invite) -> None:
    await clinic.book(starts=-60)
    closes = (await clinic.api.get("/v1/appointments/a-1"))["window"]["closes_at"]
    await desk.page.reload()
    await desk.row("Sam Lee")
    await desk.press("Extend the time …")
    await desk.page.select_option("#minutes", "60")
    await desk.answers("The practitioner is late.")
    await desk.told("Extended. It closes")
    window = (await clinic.api.get("/v1/appointments/a-1"))["window"]
    assert window["closes_at"] > closes
    await desk.section("Record")
    assert "The practitioner is late." in await desk.sees(".record li", "Time extended")


async def test_the_support_bundle_is_saved(desk: FrontDesk, clinic: Clinic) -> None:
    await clinic.book()
    token = await clinic.token()
    await desk.page.reload()
    await desk.row("Sam Lee")
    async with desk.page.expect_download() as started:
        await desk.press("Support bundle")
    download = await started.value
    assert download.suggested_filename == "support-a-1.json"
    saved = (await download.path()).read_text()
    assert json.loads(saved)["appointment"]
    assert token not in saved
    assert "Sam Lee" not in saved
    await desk.told("The support bundle was saved.")


async def test_found_as_a_caller_says_it(desk: FrontDesk, clinic: Clinic) -> None:
    await _video(clinic, on=False)
    await clinic.api.put(
        "/v1/appointments/a-1",
        practitioner="dr",
        patient="pat",
        type="video",
        starts_at="2031-05-05T10:15:00+10:00",
        ends_at="2031-05-05T10:30:00+10:00",
    )
    await desk.section("Find")
    await desk.page.click("#find-do")
    await desk.sees(".trouble", "Please enter a name, a day and a time.")
    await desk.page.fill("#find-name", "okafor")
    await desk.page.fill("#find-day", "2031-05-05")
    await desk.page.fill("#find-time", "10:00")
    await desk.page.click("#find-do")
    await desk.sees("h2", "1 appointment around then")
    found = await desk.sees(".row")
    assert "Sam Lee" in found
    assert "Video is off for Dr Ada Okafor".lower() in found.lower()
    await desk.press("Open the setting of Dr Ada Okafor")
    await desk.person.until("document.activeElement.id === 'video-practitioner-dr'")


@pytest.mark.parametrize(
    ("name", "day", "words"),
    [
        ("nobody", "2031-05-05", "Nobody of that name works here."),
        ("okafor", "2026-10-04", "That time does not exist that day"),
        ("okafor", "2027-04-04", "That time comes twice that day"),
    ],
)
async def test_what_cannot_be_found_is_said(desk: FrontDesk, name: str, day: str, words: str) -> None:
    """Sydney's clocks go forward on 4 October 2026 and back on 4 April 2027."""
    await desk.section("Find")
    await desk.page.fill("#find-name", name)
    await desk.page.fill("#find-day", day)
    await desk.page.fill("#find-time", "02:30")
    await desk.page.click("#find-do")
    await desk.sees(".trouble", words)
    desk.person.was_refused()


async def test_the_lists_are_filtered_by_practitioner_day_and_name(desk: FrontDesk, clinic: Clinic) -> None:
    await clinic.api.put("/v1/practitioners/li", name="Dr Noor Li", video_enabled=True)
    await clinic.api.put("/v1/patients/ida", name="Ida Novak")
    await clinic.book(starts=7200)
    later = await clinic.book("a-2", starts=400_000, patient="ida", practitioner="li")
    await desk.page.reload()
    await desk.sees(".row", "Ida Novak")
    await desk.page.fill("#filter-name", "novak")
    await desk.page.wait_for_selector(".row:has-text('Sam Lee')", state="detached")
    await desk.page.fill("#filter-name", "")
    await desk.sees(".row", "Sam Lee")
    await desk.page.select_option("#filter-practitioner", "li")
    await desk.page.wait_for_selector(".row:has-text('Sam Lee')", state="detached")
    await desk.page.select_option("#filter-practitioner", "")
    await desk.page.fill("#filter-day", later["starts_at"][:10])
    await desk.page.wait_for_selector(".row:has-text('Sam Lee')", state="detached")


async def test_a_guest_and_a_message_that_did_not_arrive(desk: FrontDesk, clinic: Clinic) -> None:
    await clinic.api.put("/v1/patients/pat", name="Sam Lee")
    await clinic.book(guests=[{"id": "kim", "name": "Kim Lee", "email": "kim@example.org"}])
    await desk.page.reload()
    row = await desk.row("Sam Lee")
    assert "1 guest" in row
    theirs = await desk.sees(".persons li", "Patient")
    assert "Link works · no e-mail address or phone number" in theirs, "nor does it say that they were told"
    await desk.press("Copy link of Kim Lee")
    await desk.told("Link of Kim Lee copied.")
    assert await desk.page.get_by_role("button", name="Send again, to Sam Lee").count() == 0


async def test_an_opened_row_stays_open_while_the_list_is_loaded_anew(
    desk: FrontDesk, clinic: Clinic
) -> None:
    await clinic.book(starts=7200)
    await desk.page.clock.install()
    await desk.page.reload()
    await desk.row("Sam Lee")
    await desk.page.locator(".row .tools [id^=extend-]").focus()
    await clinic.book("a-2", starts=3600)
    await desk.page.clock.fast_forward(16_000)
    await desk.person.until("document.querySelectorAll('.row').length === 2")
    assert await desk.page.locator(".row[open]").count() == 1
    assert await desk.page.evaluate("document.activeElement.textContent") == "Extend the time …"


async def test_a_link_that_was_taken_back_shows_nothing_more(desk: FrontDesk, clinic: Clinic) -> None:
    await clinic.book()
    await desk.page.reload()
    await desk.row("Sam Lee")
    assert (await clinic.api.call("DELETE", f"/v1/links/{desk.link['id']}")).status == 204
    await desk.section("Record")
    await desk.sees(".end", "This link was taken back")
    assert "Sam Lee" not in await desk.page.content()
    desk.person.was_refused()


async def test_a_link_that_has_expired(invite: Invite, clinic: Clinic) -> None:
    person = await invite()
    desk = await FrontDesk.opens(clinic, person, hours=2 / 3600)
    await asyncio.sleep(2)
    await desk.page.reload()
    await desk.sees(".end", "This link has expired")
    person.was_refused()


async def test_links_of_others_and_none(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    person = await invite()
    await person.open("s", await clinic.token())
    await person.sees(".end", "This link is for another page")
    room = await clinic.api.post("/v1/practitioners/dr/room-link", hours=1)
    await person.open("s", str(room["token"]))
    await person.sees(".end", "This link is for another page")
    await person.open("s", "hello")
    await person.sees(".end", "This link is not complete")
    person.was_refused()
