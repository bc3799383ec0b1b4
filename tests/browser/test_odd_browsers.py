"""Browsers that lack something: each is named, with what to do, and nobody meets an empty page (E5)."""

import pytest

from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

NO_STORAGE = """Object.defineProperty(window, 'sessionStorage', {
  get() { throw new DOMException('forbidden', 'SecurityError'); },
});"""


NOTHING_LASTS = NO_STORAGE.replace("sessionStorage", "localStorage")


def failing(kind: str, name: str) -> str:
    """A browser in which this device fails in this way."""
    return f"""{{
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wanted) =>
        (wanted.{kind} ? Promise.reject(new DOMException('', '{name}')) : real(wanted));
    }}"""


async def test_a_browser_without_webrtc_says_where_to_open_the_link(visit: Visit) -> None:
    await visit.patient.context.add_init_script("delete globalThis.RTCPeerConnection")
    await visit.patient.open("j", visit.patient_token)
    assert "Chrome, Firefox, Safari or Edge" in await visit.patient.sees(".end", "This browser cannot")


async def test_a_browser_that_keeps_nothing_still_joins(visit: Visit) -> None:
    await visit.patient.context.add_init_script(NO_STORAGE)
    await visit.patient_waits()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotFoundError", "No camera was found. You can join with sound only."),
        ("NotReadableError", "The camera is used by another program."),
        ("NotAllowedError", "The camera is blocked in this browser."),
    ],
)
async def test_each_way_a_camera_fails_is_named(visit: Visit, name: str, words: str) -> None:
    await visit.patient.context.add_init_script(failing("video", name))
    await visit.patient.open("j", visit.patient_token)
    await visit.patient.click("text=Check camera and microphone")
    await visit.patient.sees(".notice.warn", words)
    await visit.patient.sees("text=You can join all the same.")


async def test_a_browser_that_remembers_nothing_still_asks_for_a_code(visit: Visit) -> None:
    issued = await visit.clinic.api.post("/v1/appointments/a-1/tokens", person="patient")
    await visit.patient.context.add_init_script(NOTHING_LASTS)
    await visit.patient.page.goto(issued["address"])
    await visit.patient.click("#send")
    await visit.patient.sees("#code")


async def test_a_voice_without_a_camera_is_heard(visit: Visit) -> None:
    await visit.patient.context.add_init_script(failing("video", "NotFoundError"))
    await visit.patient_waits()
    await visit.practitioner_comes()
    await visit.practitioner.click(".queue button")
    await visit.patient.sees(".call")
    await visit.patient.sees_and_hears()
    await visit.practitioner.sees(".stage figcaption", "No picture")
    before = (await visit.practitioner.received())["sound"]
    await visit.practitioner.page.wait_for_timeout(500)
    assert (await visit.practitioner.received())["sound"] > before
