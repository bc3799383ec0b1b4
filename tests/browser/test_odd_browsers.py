"""Browsers that lack something: each is named, with what to do, and nobody meets an empty page (E5)."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.chromium import launched

pytestmark = [pytest.mark.browser, pytest.mark.media]

NO_STORAGE = """Object.defineProperty(window, 'sessionStorage', {
  get() { throw new DOMException('forbidden', 'SecurityError'); },
});"""


NOTHING_LASTS = NO_STORAGE.replace("sessionStorage", "localStorage")


WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A.240505.004; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/125.0.6422.113 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148"
)


def failing(kind: str, name: str, message: str = "") -> str:
    """A browser in which this device fails in this way."""
    return f"""{{
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      globalThis.realGetUserMedia = real;
      navigator.mediaDevices.getUserMedia = (wanted) =>
        (wanted.{kind} ? Promise.reject(new DOMException('{message}', '{name}')) : real(wanted));
    }}"""


async def test_a_browser_without_webrtc_says_where_to_open_the_link(visit: Visit) -> None:
    await visit.patient.context.add_init_script("delete globalThis.RTCPeerConnection")
    await visit.patient.open("j", visit.patient_token)
    assert "Chrome, Firefox, Safari or Edge" in await visit.patient.sees(".end", "This browser cannot")


async def test_a_browser_that_keeps_nothing_still_joins(visit: Visit) -> None:
    await visit.patient.context.add_init_script(NO_STORAGE)
    await visit.patient_waits()


@pytest.mark.parametrize(
    ("name", "message", "words", "advice"),
    [
        ("NotFoundError", "", "No camera was found. You can join with sound only.", "Plug one in"),
        ("NotReadableError", "", "The camera is used by another program.", "Close other programs"),
        (
            "NotAllowedError",
            "Permission denied",
            "The camera is blocked in this browser.",
            "left of the address",
        ),
        (
            "NotAllowedError",
            "Permission dismissed",
            "The question about the camera was closed",
            "when your browser asks",
        ),
        (
            "NotAllowedError",
            "Permission denied by system",
            "blocked by this device’s own settings",
            "in the settings of this",
        ),
    ],
)
async def test_each_way_a_camera_fails_is_named(
    visit: Visit, name: str, message: str, words: str, advice: str
) -> None:
    await visit.patient.context.add_init_script(failing("video", name, message))
    await visit.patient.open("j", visit.patient_token)
    await visit.patient.click("text=Check camera and microphone")
    assert advice in await visit.patient.sees(".notice.warn", words)
    await visit.patient.sees("text=You can join all the same.")


@pytest.mark.parametrize("tells", [True, False])
async def test_a_permission_given_later_needs_no_reload(visit: Visit, *, tells: bool) -> None:
    """By itself where the browser tells of the change, else by the button."""
    async with launched(without="--use-fake-ui-for-media-stream") as strict:
        person = await Person.sits_down(strict, visit.patient.origin)
        if not tells:
            await person.context.add_init_script("delete Permissions.prototype.query")
        await person.open("j", visit.patient_token)
        await person.click("text=Check camera and microphone")
        await person.sees(".notice.warn", "The camera is blocked in this browser.")
        await person.context.grant_permissions(["camera", "microphone"], origin=person.origin)
        if not tells:
            await person.click(".preview button:has-text('Try again')")
        await person.sees(".notice.good", "Your camera and microphone are working.")
        assert person.problems == []


async def test_trying_again_opens_a_camera_that_was_busy(visit: Visit) -> None:
    await visit.patient.context.add_init_script(failing("video", "NotReadableError"))
    await visit.patient_waits()
    await visit.practitioner_comes()
    await visit.practitioner.click(".queue button")
    await visit.patient.sees(".call-trouble .notice.warn", "The camera is used by another program.")
    await visit.patient.click(".call-trouble button")
    await visit.patient.sees(".again-news", "It still does not work.")
    await visit.patient.page.evaluate("void (navigator.mediaDevices.getUserMedia = realGetUserMedia)")
    await visit.patient.click(".call-trouble button")
    await visit.practitioner.sees(".stage .tile:not(.no-picture)")
    await visit.patient.until("document.querySelector('.call-trouble').childElementCount === 0")
    await visit.both_see_and_hear()


@pytest.mark.parametrize(
    ("agent", "name", "way"),
    [
        (f"{WEBVIEW} [FB_IAB/FB4A;FBAV/466.0.0.31.107;]", "Facebook", "Open in Chrome"),
        (WEBVIEW, "another app", "Open in Chrome"),
        (f"{IPHONE} Instagram 333.1.0.34.111 (iPhone15,2; iOS 17_5)", "Instagram", "Open in Safari"),
        (IPHONE, "another app", "Open in Safari"),
    ],
)
async def test_an_app_is_named_and_how_to_leave_it(
    invite: Invite, visit: Visit, agent: str, name: str, way: str
) -> None:
    person = await invite(user_agent=agent)
    await person.context.add_init_script(
        "delete globalThis.RTCPeerConnection; navigator.mediaDevices.getUserMedia"
    )
    await person.open("j", visit.patient_token)
    assert way in await person.sees(".in-app", name)
    await person.sees(".end", "This browser cannot")
    assert await person.page.input_value("#own-link") == f"{person.origin}/j#{visit.patient_token}"
    await person.page.locator(".qr").wait_for()
    assert await violations(person.page) == []


async def test_an_app_locks_nobody_out(invite: Invite, visit: Visit) -> None:
    person = await invite(user_agent=f"{WEBVIEW} Instagram 333.0.0.42.91 Android")
    await person.open("j", visit.patient_token)
    await person.sees(".in-app", "Instagram")
    assert await violations(person.page) == []
    await person.click("#join")
    await person.sees(".place", "You are next.")


NO_OPEN = """{
  const real = Element.prototype.matches;
  Element.prototype.matches = function (what) {
    if (what.includes(':open')) throw new DOMException('not a valid selector', 'SyntaxError');
    return real.call(this, what);
  };
}"""
"""As browsers older than this pseudo-class."""


async def test_a_browser_that_does_not_know_open_lists_lists_the_devices(visit: Visit) -> None:
    await visit.patient.context.add_init_script(NO_OPEN)
    await visit.begins()
    await visit.patient.click("#settings")
    await visit.patient.until("document.querySelectorAll('#choose-audioinput option').length > 1")


LOSE = """(kind) => {
  const sent = globalThis.peers.flatMap((each) => each.getSenders()).map((each) => each.track);
  const track = sent.find((each) => each?.kind === kind);
  track.stop();
  track.dispatchEvent(new Event('ended'));
}"""
"""As when it is pulled out."""


async def test_a_microphone_that_is_pulled_out_in_the_call_is_replaced_and_said(visit: Visit) -> None:
    await visit.begins()
    await visit.patient.page.evaluate(LOSE, "audio")
    await visit.patient.sees(".call .instead", "is not there any more.")
    await visit.practitioner.sees_and_hears()


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
    await visit.practitioner.hears_more_than((await visit.practitioner.received())["sound"])
