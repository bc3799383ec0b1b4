"""The host's actions in a call, and the Meeting page as its practitioner lives it (D3-D8)."""

import pytest

from tests.browser.visit import Visit

pytestmark = pytest.mark.browser


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
