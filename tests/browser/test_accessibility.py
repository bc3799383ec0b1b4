"""No axe violation in any state of any page (I), and a whole visit by keyboard alone."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.keys import press
from tests.browser.visit import Visit
from tests.support.api import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.media]


async def test_every_state_of_a_visit(visit: Visit) -> None:
    patient, practitioner = visit.patient.page, visit.practitioner.page
    await visit.patient.open("j", visit.patient_token)
    await visit.patient.sees("#join")
    assert await violations(patient) == [], "before the click"
    await visit.patient.click("text=Check camera and microphone")
    await visit.patient.sees(".notice.good")
    assert await violations(patient) == [], "with the preview"
    await visit.patient.click("#join")
    await visit.patient.sees(".place")
    assert await violations(patient) == [], "waiting"

    await visit.practitioner.open("p", visit.room_token)
    await visit.practitioner.sees("#open")
    assert await violations(practitioner) == [], "before the meeting is open"
    await visit.practitioner.click("#open")
    await visit.practitioner.sees(".queue li")
    assert await violations(practitioner) == [], "the queue"
    await visit.admitted()
    assert await violations(practitioner) == [], "the practitioner's call"
    assert await violations(patient) == [], "the patient's call"
    await visit.patient.click("#mute")
    await visit.patient.click("#camera")
    await visit.practitioner.sees(".stage .no-picture")
    assert await violations(practitioner) == [], "somebody without a picture"
    assert await violations(patient) == [], "muted, and no camera"
    await visit.practitioner.click("#end")
    await visit.patient.sees(".end")
    assert await violations(patient) == [], "ended"


async def test_the_other_sections_of_the_practice(visit: Visit) -> None:
    await visit.practitioner.open("p", visit.room_token)
    await visit.practitioner.click("text=Appointments")
    await visit.practitioner.sees(".appointments li", "Sam Lee")
    assert await violations(visit.practitioner.page) == [], "appointments"
    await visit.practitioner.click(".row:has-text('Sam Lee') > summary")
    await visit.practitioner.click("text=Cancel …")
    await visit.practitioner.sees("dialog")
    assert await violations(visit.practitioner.page) == [], "cancelling"


async def test_pages_that_come_later_and_links_that_open_nothing(invite: Invite, clinic: Clinic) -> None:
    person = await invite()
    for path in ("/s", f"/b/{clinic.id}", "/j", "/p", "/a"):
        await person.page.goto(person.origin + path)
        await person.sees("h1")
        assert await violations(person.page) == [], path


async def test_too_early_and_move_here(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=3600)
    person = await invite()
    await person.open("j", await clinic.token())
    await person.click("#join")
    await person.sees(".countdown")
    assert await violations(person.page) == [], "too early"

    await clinic.book("a-2", starts=-1, patient="pat", practitioner="dr", lasts=600)
    other, again = await invite(), await invite()
    for each in (other, again):
        await each.open("j", await clinic.token(id="a-2"))
        await each.click("#join")
    await again.sees("dialog")
    assert await violations(again.page) == [], "move here?"


async def test_a_whole_visit_by_keyboard(visit: Visit) -> None:
    page = visit.patient.page
    await visit.patient.open("j", visit.patient_token)
    await visit.patient.sees("#join")
    await press(page, "#join")
    await visit.patient.sees(".place")
    assert await page.evaluate("document.activeElement.textContent") == "You are in the waiting room"
    await visit.practitioner_comes()
    await press(visit.practitioner.page, ".queue button")
    await visit.patient.sees(".letting-in")
    await visit.patient.until("document.querySelector('#urgent').textContent.includes('being let in')", 2)
    await visit.patient.sees(".call")
    await visit.both_see_and_hear()
    await press(page, "#mute")
    await visit.practitioner.sees(".stage figcaption", "Microphone off")
    await press(page, "#leave")
    await visit.patient.sees("h1", "You have left")
    assert await page.evaluate("document.activeElement.textContent") == "You have left"
