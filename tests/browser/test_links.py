"""What a link does before, at and after its time, and where its token never goes (A4-A6)."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.visit import Visit
from tests.support.api import Clinic

pytestmark = pytest.mark.browser


async def test_the_token_leaves_the_address_and_is_in_no_request(visit: Visit) -> None:
    await visit.patient_waits()
    await visit.practitioner_comes()
    await visit.practitioner.click("text=Appointments")
    await visit.practitioner.sees(".appointments li")
    for person, token in (
        (visit.patient, visit.patient_token),
        (visit.practitioner, visit.room_token),
    ):
        assert "#" not in person.page.url
        affinity, secret = token.split(".", 1)
        assert any(f"/ws/{affinity}" in url for url in person.requested)
        assert not any(secret in url for url in person.requested)
    await visit.patient.page.go_back()
    assert visit.patient_token not in visit.patient.page.url, "nor is it in the history"


async def test_opening_a_link_counts_as_nothing(visit: Visit) -> None:
    """A5: a mail scanner that runs scripts opens the page and does not click."""
    await visit.patient.open("j", visit.patient_token)
    await visit.patient.sees("#join")
    await visit.practitioner.open("p", visit.room_token)
    await visit.practitioner.sees("#open")
    assert not any(
        "/ws/" in url or "/v1/" in url for url in visit.patient.requested + visit.practitioner.requested
    )
    assert (await visit.clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"] == []


async def test_too_early_counts_down_on_both_clocks_and_opens_by_itself(
    invite: Invite, clinic: Clinic
) -> None:
    await clinic.book(starts=3600)
    patient = await invite(timezone_id="Europe/Berlin")
    await patient.open("j", await clinic.token())
    await patient.sees("#join")
    await clinic.book(starts=606)  # now, for a page may take long to load
    await patient.click("#join")
    assert "s" in await patient.sees(".countdown")
    facts = await patient.sees(".facts")
    assert "at the clinic (Sydney)" in facts
    assert "where you are (Berlin)" in facts
    loaded = await patient.page.evaluate("performance.timeOrigin")
    await patient.sees("h1", "You are in the waiting room")
    assert await patient.page.evaluate("performance.timeOrigin") == loaded, "without a reload"


async def test_a_cancel_reaches_the_waiting_page_with_its_reason(visit: Visit) -> None:
    await visit.patient_waits()
    await visit.clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Dr Okafor is ill.")
    assert "Dr Okafor is ill." in await visit.patient.sees(".end", "This visit was cancelled")
    await visit.patient.page.reload()
    await visit.patient.click("#join")
    assert "Dr Okafor is ill." in await visit.patient.sees(".end", "This visit was cancelled")


async def test_the_practitioner_cancels_with_a_reason_from_the_list(visit: Visit) -> None:
    await visit.practitioner.open("p", visit.room_token)
    await visit.practitioner.click("text=Appointments")
    await visit.practitioner.click(".row:has-text('Sam Lee') > summary")
    await visit.practitioner.click("text=Cancel …")
    await visit.practitioner.click("dialog button.danger")
    await visit.practitioner.sees("dialog .trouble", "Please give a reason.")
    await visit.practitioner.page.fill("#reason", "I am ill.")
    await visit.practitioner.click("dialog button.danger")
    await visit.practitioner.sees("#appointments", "No appointments to come.")
    appointment = await visit.clinic.api.get("/v1/appointments/a-1")
    assert appointment["status"] == "cancelled"
    assert appointment["cancelled"]["reason"] == "I am ill."


async def test_a_link_cut_short_says_what_to_do(visit: Visit) -> None:
    """At once, before anybody clicks; and a whole one in the same tab is opened as ever."""
    for page, person in (("j", visit.patient), ("p", visit.practitioner), ("s", visit.patient)):
        await person.open(page, visit.patient_token[:-5] + ").")
        text = await person.sees(".end", "This link is not complete")
        assert "Perhaps a part of it was lost" in text
        assert ("the clinic" in text) == (page == "j"), "staff are not sent to where they are"
        assert await person.page.locator("nav").filter(visible=True).count() == 0, "ways that lead nowhere"
        assert "#" not in person.page.url
    assert not any("/v1/" in url or "/ws/" in url for url in visit.patient.requested)
    await visit.patient.open("j", visit.patient_token + ").")
    await visit.patient.sees("#join")


async def test_a_link_that_a_gateway_changed_opens_and_works(visit: Visit) -> None:
    await visit.patient.page.goto(f"{visit.patient.origin}/j%23{visit.patient_token}%20?utm_source=x")
    await visit.patient.click("#join")
    await visit.patient.sees(".place", "You are next.")
    await visit.practitioner.page.goto(f"{visit.patient.origin}/p%2523{visit.room_token}%2E")
    await visit.practitioner.click("#open")
    await visit.practitioner.sees(".queue", "Sam Lee")
    staff = await visit.clinic.api.post("/v1/staff-links", name="Ada", hours=1)
    desk = await visit.practitioner.another_tab()
    await desk.page.goto(f"{visit.patient.origin}/s/#/{staff['token']}&utm_source=x")
    await desk.sees("#links h1")
    tokens = (visit.patient_token, visit.room_token, str(staff["token"]))
    for person, path in ((visit.patient, "/j"), (visit.practitioner, "/p"), (desk, "/s")):
        assert person.page.url == person.origin + path
        # The first request is the gateway's doing; none of the page's own has it.
        secrets = [token.split(".", 1)[1] for token in tokens]
        assert not [url for url in person.requested[1:] if any(secret in url for secret in secrets)]


async def test_an_unknown_address_says_so_and_leads_on(invite: Invite) -> None:
    person = await invite(locale="de-DE")
    await person.page.goto(f"{person.origin}/xyz")
    assert "rufen Sie in der Praxis an" in await person.sees(".end", "Unter dieser Adresse ist keine Seite")
    assert await violations(person.page) == [], "nothing there"
    person.was_refused()
    await person.click("main a")
    assert "Ihr eigener Link" in await person.sees(".end", "Videotermine mit Ihrer Praxis")
    assert await violations(person.page) == [], "home"


async def test_after_the_window_the_page_says_so(invite: Invite, clinic: Clinic) -> None:
    await clinic.api.call("PATCH", "/v1/clinic", {"policy": {"closes_after_minutes": 0}})
    patient = await invite()
    await clinic.book()
    await patient.open("j", await clinic.token())
    await patient.click("#join")
    await patient.sees("h1", "You are in the waiting room")
    await clinic.book(starts=-4, lasts=6)
    assert "+61 2 5550 0000" in await patient.sees(".end", "This visit is over")


async def test_german_for_whoever_reads_german(invite: Invite, clinic: Clinic) -> None:
    await clinic.book()
    patient = await invite(locale="de-CH")
    await patient.open("j", await clinic.token())
    await patient.click("text=Teilnehmen")
    await patient.sees("h1", "Sie sind im Wartezimmer")
    assert await patient.page.evaluate("document.documentElement.lang") == "de"


async def test_another_link_pasted_into_the_same_tab_is_opened(visit: Visit) -> None:
    """Its address differs only behind the "#", for which a browser loads nothing."""
    await visit.patient_waits()
    await visit.clinic.api.put("/v1/patients/ida", name="Ida Novak")
    await visit.clinic.book("a-2", starts=3600, patient="ida")
    await visit.patient.open("j", await visit.clinic.token(id="a-2"))
    await visit.patient.click("#join")
    await visit.patient.sees(".countdown")
    assert "#" not in visit.patient.page.url
