"""The device check in a real browser (E4): by keyboard on a phone, through a real coturn, and what the
practitioner sees of it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.axe import violations
from tests.browser.keys import press
from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.api import Clinic
from tests.support.coturn import Coturn
from tests.support.echo import LOOPBACK
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.media]

RELAY_ONLY = """
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(given) { super({ ...given, iceTransportPolicy: 'relay' }); }
  };
"""
"""A network that lets nothing through but the TURN server."""

NO_CAMERA = """
  const both = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => (wanted.video
    ? Promise.reject(new DOMException('', 'NotFoundError')) : both(wanted));
"""


@pytest.fixture(scope="module")
def turn() -> Iterator[Coturn]:
    with Coturn() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, turn: Coturn) -> Iterator[RunningServer]:
    """With echo calls, and a TURN server to go through."""
    with RunningServer(tmp_path_factory.mktemp("server"), {**LOOPBACK, **turn.settings}) as running:
        yield running


@pytest_asyncio.fixture
async def clinic(server: RunningServer, http: aiohttp.ClientSession) -> Clinic:
    return await Clinic.opened(server.base_url, server.admin_key, http)


@pytest_asyncio.fixture
async def patient(chromium: Browser, server: RunningServer) -> AsyncIterator[Person]:
    person = await Person.sits_down(chromium, server.base_url)
    yield person
    await person.leaves()
    assert person.problems == []


@pytest_asyncio.fixture
async def practitioner(chromium: Browser, server: RunningServer) -> AsyncIterator[Person]:
    person = await Person.sits_down(chromium, server.base_url, viewport={"width": 1280, "height": 800})
    yield person
    await person.leaves()
    assert person.problems == []


async def _shot(person: Person, folder: Path | None, name: str) -> None:
    """For whoever wants to look at it: `--basetemp` keeps them."""
    if folder is not None:
        await person.page.screenshot(path=folder / f"{name}.png", full_page=True)


async def test_a_whole_check_by_keyboard_before_the_window_opens(
    clinic: Clinic, patient: Person, practitioner: Person, tmp_path: Path
) -> None:
    await clinic.book(starts=3600)
    page = patient.page
    await patient.open("j", await clinic.token())
    await press(page, "#join")
    await patient.sees(".countdown")
    await press(page, "#test")
    assert await page.evaluate("document.activeElement.textContent") == "Test camera and connection"
    assert await violations(page) == [], "before the test"
    await page.set_viewport_size({"width": 360, "height": 740})
    await press(page, "#start")
    await patient.sees(".step", "Your camera works")
    await patient.sees(".step", "Your microphone works. We hear you.")
    await press(page, "#play")
    await patient.sees(".step", "Did you hear it?")
    assert await page.evaluate("document.activeElement.id") == "heard"
    await page.keyboard.press("Enter")
    await patient.sees(".step", "Your speaker works.")
    said = await patient.sees(".step .good", "Good:")
    assert "answers after" in said
    assert "lost" in said
    await patient.sees(".result", "Everything works. You are ready for your visit.")
    await patient.sees(".result", "The practitioner will see this result.")
    assert await violations(page) == [], "all good"
    await page.set_viewport_size({"width": 360, "height": 740})
    await _shot(patient, tmp_path, "good-360")
    await press(page, "#back")
    await patient.sees(".countdown")
    assert await page.evaluate("document.activeElement.tagName") == "H1"

    evidence = (await clinic.api.get("/v1/appointments/a-1/attendance"))["evidence"]
    check = evidence["device_check"]
    assert check["ok"]
    assert {check[name] for name in ("camera", "microphone", "speaker", "relay", "echo")} == {"ok"}
    assert check["rtt_ms"] < 1000
    assert check["bitrate"] > 1000
    assert evidence["patient_seen"] is False, "a check is no presence"

    await clinic.book()
    visit = await Visit.of(clinic, patient, practitioner)
    await visit.patient_waits()
    await visit.practitioner_comes()
    await practitioner.sees(".queue li", "Devices tested: all good")
    await _shot(practitioner, tmp_path, "queue-1280")


async def test_beside_the_wait_it_goes_back_to_the_wait(
    clinic: Clinic, patient: Person, practitioner: Person, tmp_path: Path
) -> None:
    """A camera that is not there; later the practitioner lets them in, whatever they are doing."""
    await clinic.book()
    await patient.context.add_init_script(NO_CAMERA)
    visit = await Visit.of(clinic, patient, practitioner)
    await visit.patient_waits()
    await visit.practitioner_comes()
    await patient.click("#test")
    await patient.click("#start")
    await patient.sees(".step .warn", "No camera was found")
    await patient.sees(".result", "Not everything works yet. You can join all the same.")
    await practitioner.sees(".queue li", "Camera does not work")
    assert await violations(patient.page) == [], "a camera that is missing"
    await patient.page.set_viewport_size({"width": 360, "height": 740})
    await _shot(patient, tmp_path, "no-camera-360")
    await patient.click("#back")
    await patient.sees(".place", "You are next.")
    await patient.click("#test")
    await patient.sees("#start")
    await practitioner.click(".queue button:enabled")
    await patient.sees(".call")


async def test_through_the_relay_alone(clinic: Clinic, patient: Person) -> None:
    await clinic.book()
    await patient.context.add_init_script(RELAY_ONLY)
    await patient.open("j", await clinic.token())
    await patient.click("#test")
    await patient.click("#start")
    await patient.sees(".step .good", "Good:")
    await patient.sees(".result", "The practitioner will see this result.")
    check = (await clinic.api.get("/v1/appointments/a-1/attendance"))["evidence"]["device_check"]
    assert (check["candidate_type"], check["relay"], check["echo"]) == ("relay", "ok", "ok")


async def test_a_relay_out_of_reach_is_said_and_locks_nobody_out(
    clinic: Clinic, patient: Person, turn: Coturn, tmp_path: Path
) -> None:
    await clinic.book()
    turn.kill()
    try:
        await patient.open("j", await clinic.token())
        await patient.click("#test")
        await patient.click("#start")
        await patient.sees(".step .warn", "one way that some networks need is blocked")
        await patient.sees(".result", "You can join all the same.")
        await patient.sees(".result", "The practitioner will see this result.")
        await _shot(patient, tmp_path, "relay-360")
    finally:
        turn.start()
    check = (await clinic.api.get("/v1/appointments/a-1/attendance"))["evidence"]["device_check"]
    assert (check["relay"], check["echo"], check["ok"]) == ("failed", "ok", False)
    await patient.click("#back")
    await patient.click("#join")
    await patient.sees(".place")


async def test_without_an_echo_peer_the_rest_is_tested(
    chromium: Browser, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    with RunningServer(tmp_path, {"CONSULTROOM_ECHO_CALLS": "0"}) as server:
        clinic = await Clinic.opened(server.base_url, server.admin_key, http)
        await clinic.book()
        person = await Person.sits_down(chromium, server.base_url)
        try:
            await person.open("j", await clinic.token())
            await person.click("#test")
            await person.click("#start")
            await person.sees(".step", "cannot be measured just now")
            await person.sees(".step", "Your microphone works. We hear you.")
            await person.sees(".result", "What was tested so far works. Not tested: speaker, how good the")
            await person.click("#play")
            await person.click("#heard")
            await person.sees(
                ".result", "What was tested so far works. Not tested: how good the connection is."
            )
            await person.sees(".result", "The practitioner will see this result.")
            assert person.problems == []
        finally:
            await person.leaves()
        check = (await clinic.api.get("/v1/appointments/a-1/attendance"))["evidence"]["device_check"]
        assert check.keys() == {"camera", "microphone", "speaker", "ok", "at"}
