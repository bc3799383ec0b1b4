"""A visit goes to a colleague (D3): the patient stays in the room, and either one's presence counts."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.media]

NEWS = "document.querySelector('#news').textContent"


async def test_handed_over_joined_and_taken_back(visit: Visit, invite: Invite) -> None:
    api, patient, first = visit.clinic.api, visit.patient, visit.practitioner
    await api.put("/v1/practitioners/ben", name="Dr Ben Fox", video_enabled=True)
    link = await api.post("/v1/practitioners/ben/room-link", hours=12)
    colleague = await invite(viewport={"width": 1280, "height": 800})
    await colleague.open("p", str(link["token"]))
    await colleague.click("#open")
    await colleague.sees(".lobby h1")
    await visit.begins()

    await first.click("#hand-over")
    await first.sees("dialog", "Hand this visit to a colleague")
    assert await violations(first.page) == []
    await first.page.set_viewport_size({"width": 1280, "height": 800})
    await first.click("dialog [type=submit]")
    await first.sees(".lobby", "You handed the visit with Sam Lee to Dr Ben Fox.")
    await patient.sees(".nobody", "Dr Ben Fox is taking over")
    assert await patient.page.locator(".call").is_visible()

    await colleague.sees(".queue .why", "Handed over by Dr Ada Okafor")
    assert await violations(colleague.page) == []
    await colleague.click("button:has-text('Join visit: Sam Lee')")
    await colleague.sees_and_hears()
    await patient.sees_and_hears()
    assert await patient.sees(".people") == "Sam Lee (you)\nDr Ben Fox"

    await first.click("#take-back")
    await first.sees(".trouble", "colleague")
    await colleague.click("#step-out")
    await colleague.sees(".lobby")
    await first.click("#take-back")
    await first.sees(".call")
    await visit.both_see_and_hear()

    attendance = await api.get("/v1/appointments/a-1/attendance")
    present = {each["person"] for each in attendance["intervals"] if each["state"] == "in_room"}
    assert present == {"patient", "practitioner"}
    assert attendance["overlap_seconds"] > 0


async def test_taken_back_from_a_colleague_who_never_came(visit: Visit) -> None:
    """By keyboard alone, and each step is told where it has to be heard."""
    patient, first = visit.patient, visit.practitioner
    await visit.clinic.api.put("/v1/practitioners/ben", name="Dr Ben Fox", video_enabled=True)
    await visit.begins()
    await first.page.focus("#hand-over")
    await first.page.keyboard.press("Enter")
    await first.sees("dialog", "Dr Ben Fox")
    await first.page.focus("dialog [type=submit]")
    await first.page.keyboard.press("Enter")
    await first.until(f"{NEWS} === 'You handed the visit with Sam Lee to Dr Ben Fox.'")
    await first.until("document.activeElement.matches('.lobby h1')")
    await patient.sees(".nobody", "Dr Ben Fox is taking over")
    await first.page.keyboard.press("Tab")
    await first.until("document.activeElement.id === 'take-back'")
    await first.page.keyboard.press("Enter")
    await first.sees(".call")
    assert await first.page.evaluate(NEWS) == ""
    await patient.until(f"{NEWS}.includes('Dr Ada Okafor is here.')")
    await patient.until("document.querySelector('.nobody').textContent === ''")
    await visit.both_see_and_hear()
