"""The media half of a call (E3): other devices, the screen, sound only, how the connection is. And up to four
people in a mesh (E1)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.axe import violations
from tests.browser.keys import tab_to
from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support import chromium as browsers
from tests.support.api import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.media]

SENT = """(kind) => globalThis.peers.filter((each) => each.connectionState === 'connected')
  .flatMap((each) => each.getSenders()).map(({ track }) => track)
  .find((track) => track?.kind === kind)?.label ?? ''"""
"""The device whose track is sent."""

FLAGS = (
    # More than one of each, and few frames: four people share two cores.
    "--use-fake-device-for-media-stream=device-count=3,fps=5",
    "--auto-select-desktop-capture-source=Entire screen",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """With more than one device of each kind, and a screen to show."""
    async with browsers.launched(*FLAGS, without="--use-fake-device-for-media-stream=fps=10") as browser:
        yield browser


async def choose_other(person: Person, list: str) -> str:
    """Another device than the one in use; its name."""
    options = person.page.locator(f"{list} option")
    names = [await options.nth(n).inner_text() for n in range(await options.count())]
    used = await person.page.evaluate(f"document.querySelector('{list}').selectedOptions[0].label")
    # The last: Chromium's second camera is one for depth, which nobody can be shown.
    other = [name for name in names if name != used and "system" not in name][-1]
    await person.page.select_option(list, label=other)
    return other


async def test_another_camera_and_microphone_at_once_and_the_next_time(visit: Visit) -> None:
    patient, page = visit.patient, visit.patient.page
    await visit.begins()
    await tab_to(page, "#settings")
    await page.keyboard.press("Enter")
    await patient.sees("dialog.settings", "Picture and sound")
    assert await violations(page) == []
    await patient.until("document.querySelectorAll('#choose-videoinput option').length > 1")
    camera = await choose_other(patient, "#choose-videoinput")
    await patient.sees(".settings-news", f"{camera} is used now.")
    assert await page.evaluate(SENT, "video") == camera
    microphone = await choose_other(patient, "#choose-audioinput")
    await patient.sees(".settings-news", f"{microphone} is used now.")
    assert await page.evaluate(SENT, "audio") == microphone
    await page.keyboard.press("Escape")
    await page.wait_for_selector("dialog", state="detached")
    assert await page.evaluate("document.activeElement.id") == "settings"
    await visit.both_see_and_hear()
    await page.reload()
    await patient.sees(".call")
    await visit.both_see_and_hear()
    assert await page.evaluate(SENT, "video") == camera


async def test_the_screen_is_shown_and_the_camera_is_back_after_it(visit: Visit) -> None:
    await visit.begins()
    await visit.practitioner.click("#share")
    await visit.patient.sees(".tile.screen-shared figcaption", "Shares the screen")
    await visit.patient.until("document.querySelector('#news').textContent.includes('shares the screen')")
    await visit.practitioner.sees(".own figcaption", "Your screen is shared")
    await visit.patient.sees_and_hears()
    assert await violations(visit.patient.page) == []
    assert await violations(visit.practitioner.page) == []
    await visit.practitioner.page.set_viewport_size({"width": 1280, "height": 800})
    await visit.practitioner.click("#share")
    await visit.patient.page.wait_for_selector(".screen-shared", state="detached")
    assert "fake_device" in await visit.practitioner.page.evaluate(SENT, "video")
    await visit.patient.sees_and_hears()


async def test_sound_only_sends_and_asks_for_no_pictures(visit: Visit) -> None:
    patient, practitioner = visit.patient, visit.practitioner
    await visit.begins()
    await patient.click("#settings")
    await patient.click("#sound-only")
    await patient.sees(".settings-news", "Sound only is on.")
    await patient.click("#settings-done")
    await practitioner.sees(".tile-news", "Sound only")
    await patient.sees(".advice", "Sound only: no pictures come or go.")
    assert await violations(patient.page) == []
    before = await patient.received()
    await practitioner.until("document.querySelector('.stage .no-picture') !== null")
    await patient.until(
        "globalThis.peers.at(-1).getTransceivers()"
        ".every(({ receiver, currentDirection }) => receiver.track.kind === 'audio'"
        " || !['sendrecv', 'recvonly'].includes(currentDirection))"
    )
    await patient.hears_more_than(before["sound"])
    await patient.click("#advice")
    await practitioner.page.wait_for_selector(".stage .no-picture", state="detached")
    await visit.both_see_and_hear()


async def test_both_sides_read_how_the_connection_is(visit: Visit) -> None:
    await visit.begins()
    for person in (visit.patient, visit.practitioner):
        await person.until("document.querySelector('.signal[data-grade=good]') !== null")
        sign = await person.page.inner_text(".stage .signal")
        assert "Connection:" in sign
        assert "Good" in sign


async def test_four_people_see_hear_and_list_each_other_and_a_fifth_is_refused(
    chromium: Browser, clinic: Clinic
) -> None:
    names = {"kim": "Kim Lee", "ira": "Ira Cohen", "jo": "Jo Lee"}
    await clinic.book(guests=[{"id": id, "name": name} for id, name in names.items()])
    origin = clinic.api.base_url
    people = [
        await Person.sits_down(chromium, origin, viewport={"width": 1280, "height": 800})
        for _ in range(2 + len(names))
    ]
    practitioner, patient, *guests = people
    visit = await Visit.of(clinic, patient, practitioner)
    await visit.patient_waits()
    for id, guest in zip(names, guests, strict=True):
        await guest.open("j", await clinic.token(f"guest:{id}"))
        await guest.click("#join")
        await guest.sees(".place")
    await visit.practitioner_comes()
    for name in ("Sam Lee", "Kim Lee", "Ira Cohen"):
        await practitioner.click(f"button:has-text('Admit {name}')")
        await practitioner.sees(".people", name)
    inside = people[:4]
    for person in inside:
        await person.until("document.querySelectorAll('.stage .tile:not(.no-picture)').length === 3", 40)
        await person.sees_and_hears(40)
        listed = await person.sees(".people")
        assert all(name in listed for name in ("Dr Ada Okafor", "Sam Lee", "Kim Lee", "Ira Cohen")), listed
    await practitioner.sees(".queue .why", "Four people are in the room already")
    assert await practitioner.page.is_disabled("button:has-text('Admit Jo Lee')")
    assert await violations(patient.page) == []
    assert await violations(practitioner.page) == []
    assert [problem for person in people for problem in person.problems] == []
    for person in people:
        await person.leaves()
