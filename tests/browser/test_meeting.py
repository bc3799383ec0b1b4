"""The host's actions in a call, and the Meeting page as its practitioner lives it (D3-D8)."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.person import REMEMBER_SOCKETS
from tests.browser.visit import Visit
from tests.support.api import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.media]

DESK = {"width": 1280, "height": 800}


async def test_send_back_and_remove(visit: Visit) -> None:
    await visit.begins()
    await visit.practitioner.click("[id^=back-]")
    await visit.patient.sees("h1", "You are in the waiting room")
    await visit.patient.sees("p", "has asked you to wait once more")
    await visit.admitted()
    await visit.practitioner.click("[id^=remove-]")
    await visit.practitioner.sees("dialog", "Take Sam Lee out of the visit?")
    await visit.practitioner.click("dialog [type=submit]")
    await visit.patient.sees("h1", "You were taken out of the visit")


async def test_chat_both_ways(visit: Visit) -> None:
    await visit.begins()
    await visit.patient.click("#chat")
    await visit.patient.page.fill("#chat-text", "Can you hear me?")
    await visit.patient.page.keyboard.press("Enter")
    await visit.practitioner.sees("#chat .badge", "1 new")
    await visit.practitioner.click("#chat")
    await visit.practitioner.sees(".chat-lines li", "Can you hear me?")
    await visit.practitioner.page.fill("#chat-text", "<b>Yes</b>")
    await visit.practitioner.page.keyboard.press("Enter")
    await visit.patient.sees(".chat-lines li", "<b>Yes</b>")
    await visit.patient.page.keyboard.press("Escape")
    assert await visit.patient.page.evaluate("document.activeElement.id") == "chat"


async def test_a_lock_survives_a_reload(visit: Visit) -> None:
    await visit.begins()
    await visit.practitioner.click("#lock")
    await visit.practitioner.sees("#lock[aria-checked=true]")
    await visit.practitioner.page.reload()
    await visit.practitioner.sees("#lock[aria-checked=true]")


async def test_running_late_stays_in_sight_after_a_reload(visit: Visit) -> None:
    await visit.practitioner_comes()
    await visit.practitioner.click("text=Tell them")
    await visit.practitioner.sees(".late-told", "You are running late")
    await visit.practitioner.page.reload()
    await visit.practitioner.sees(".late-told", "You are running late")
    await visit.practitioner.click("#late-back")
    await visit.practitioner.sees(".late-told", "Taken back.")


async def test_one_after_the_other_and_nothing_of_the_first_is_left(clinic: Clinic, invite: Invite) -> None:
    await clinic.api.put("/v1/patients/lou", name="Lou Reed")
    await clinic.book(lasts=500)
    await clinic.book("a-2", starts=550, patient="lou")
    first, practitioner, second = await invite(), await invite(viewport=DESK), await invite()
    visit = await Visit.of(clinic, first, practitioner)
    await visit.patient_waits()
    await second.open("j", await clinic.token(id="a-2"))
    await second.click("#join")
    await second.sees(".place", "You are number 2 in line.")
    await visit.practitioner_comes()
    assert await practitioner.page.title() == "(2) Meeting – Consultroom"
    await visit.admitted()
    await practitioner.sees(".queue .why", "You are in a visit with Sam Lee.")
    assert await practitioner.page.is_disabled("button:has-text('Admit Lou Reed')")
    await second.sees(".place", "You are next.")
    await first.click("#chat")
    await first.page.fill("#chat-text", "for nobody else")
    await first.page.keyboard.press("Enter")
    await practitioner.sees("#chat .badge", "1 new")

    await practitioner.click("#end")
    await first.sees("h1", "Your visit has ended")
    await practitioner.click("button:has-text('Admit Lou Reed')")
    await second.sees(".call")
    await second.sees_and_hears()
    for page in (practitioner.page, second.page):
        text = await page.evaluate("document.documentElement.textContent")
        assert "for nobody else" not in text
        assert "Sam Lee" not in await page.inner_text(".call")
    assert await second.page.evaluate("document.querySelectorAll('.stage video').length") == 1


async def test_a_companion_is_let_into_the_running_call(clinic: Clinic, invite: Invite) -> None:
    await clinic.book(guests=[{"id": "kim", "name": "Kim Lee"}])
    visit = await Visit.of(clinic, await invite(), await invite(viewport=DESK))
    companion = await invite()
    await visit.begins()
    await companion.open("j", await clinic.token("guest:kim"))
    await companion.click("#join")
    await visit.practitioner.sees(".comings", "Kim Lee")
    await visit.practitioner.sees(".queue .why", "For the visit you are in.")
    await visit.practitioner.click("#lock")
    await visit.practitioner.sees(".queue .why", "locked")
    await visit.practitioner.click("button:has-text('Unlock')")
    await companion.sees(".call")
    for person in (visit.patient, visit.practitioner, companion):
        await person.until("document.querySelectorAll('.stage .tile:not(.no-picture)').length === 2")
        assert "Kim Lee" in await person.sees(".people")
        await person.sees_and_hears()


CHIMES = """
  globalThis.rung = 0;
  globalThis.AudioContext = class extends AudioContext {
    createOscillator() { globalThis.rung += 1; return super.createOscillator(); }
  };
"""


async def test_arrivals_are_heard_in_the_lobby_and_seen_in_a_visit(clinic: Clinic, invite: Invite) -> None:
    await clinic.book(guests=[{"id": "kim", "name": "Kim Lee"}])
    visit = await Visit.of(clinic, await invite(), await invite(viewport=DESK))
    practitioner, page = visit.practitioner, visit.practitioner.page
    await practitioner.context.add_init_script(CHIMES)
    await visit.practitioner_comes()
    await visit.patient_waits()
    await practitioner.until("globalThis.rung > 0")
    await visit.admitted()
    rung = await page.evaluate("globalThis.rung")
    companion = await invite()
    await companion.open("j", await clinic.token("guest:kim"))
    await companion.click("#join")
    await practitioner.sees(".comings", "Kim Lee")
    assert await page.evaluate("globalThis.rung") == rung, "silent during a visit"
    await practitioner.click("#end")
    await practitioner.click("#sound")
    await practitioner.sees("#sound[aria-checked=false]")
    await page.reload()
    await practitioner.sees("#sound[aria-checked=false]")


async def test_a_patient_on_a_new_device_is_said_to_the_room(visit: Visit) -> None:
    await visit.begins()
    other = await visit.patient.another_tab()
    await other.open("j", visit.patient_token)
    await other.click("#join")
    await other.click("#move")
    await visit.practitioner.sees(".comings", "Sam Lee is on a new device")
    await visit.patient.sees("h1", "You moved to another device")
    await other.sees_and_hears()


async def test_a_practitioner_whose_page_is_gone_comes_back_as_host(visit: Visit) -> None:
    await visit.begins()
    again = await visit.practitioner.another_tab()
    await visit.practitioner.page.close()
    await again.open("p", visit.room_token)
    await again.click("#open")
    await again.click("#return")
    await again.sees_and_hears()
    await visit.patient.sees_and_hears()
    await again.sees("#end")


async def test_what_is_written_while_the_connection_is_down_arrives_once(visit: Visit) -> None:
    patient = visit.patient
    await patient.context.add_init_script(REMEMBER_SOCKETS)
    await visit.begins()
    await patient.click("#chat")
    await patient.context.set_offline(True)
    await patient.page.evaluate("globalThis.sockets.at(-1).close()")
    await patient.sees(".banner.shown")
    await patient.page.fill("#chat-text", "after the tunnel")
    await patient.page.keyboard.press("Enter")
    await patient.sees(".chat-progress", "as soon as the connection is back")
    await patient.context.set_offline(False)
    await visit.practitioner.click("#chat")
    await visit.practitioner.sees(".chat-lines li", "after the tunnel")
    await patient.until("!document.querySelector('.chat-lines').textContent.includes('soon')")
    assert await visit.practitioner.page.locator(".chat-lines li").count() == 1


async def test_leaving_the_waiting_room_is_not_missing_the_visit(visit: Visit) -> None:
    await visit.patient_waits()
    await visit.patient.click("#leave")
    await visit.patient.sees(".end", "does not count as missing")
    assert await violations(visit.patient.page) == []


async def test_the_call_with_everything_open_has_no_violation(visit: Visit) -> None:
    await visit.begins()
    for person in (visit.patient, visit.practitioner):
        await person.click("#chat")
        await person.sees("#chat-panel")
        assert await violations(person.page) == [], "chat"
        await person.page.set_viewport_size({"width": 1280, "height": 800})
    await visit.practitioner.click("#lock")
    await visit.practitioner.sees("#lock[aria-checked=true]")
    assert await violations(visit.practitioner.page) == [], "locked"
    await visit.practitioner.page.set_viewport_size({"width": 1280, "height": 800})
    await visit.practitioner.click("[id^=remove-]")
    await visit.practitioner.sees("dialog")
    assert await violations(visit.practitioner.page) == [], "the dialog"
