"""What a screen reader is told through a whole visit, in order, and before it happens (I)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.media]

LISTEN = """
  globalThis.said = [];
  const live = '[role=status], [role=alert]';
  const hear = (node) => {
    const region = (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(live);
    const text = region?.textContent.trim() ?? '';
    const call = document.querySelector('.call') === null ? 'before' : 'in';
    const hidden = region?.closest('[hidden]') ?? null;
    if (text !== '' && hidden === null && globalThis.said.at(-1)?.text !== text) {
      globalThis.said.push({ text, call, urgent: region.getAttribute('role') === 'alert' });
    }
  };
  new MutationObserver((changes) => changes.forEach(({ target }) => hear(target)))
    .observe(document, { subtree: true, childList: true, characterData: true });
"""
"""A live region is heard when it changes; one that comes with its words in it need not be."""


@pytest_asyncio.fixture
async def visit(chromium: Browser, own_server: RunningServer) -> AsyncIterator[Visit]:
    """On a server of its own, which can be killed; everything said is kept."""
    async with Visit.on(own_server, chromium, LISTEN) as visit:
        yield visit


async def heard(person: Person, *wanted: str) -> list[dict[str, object]]:
    """All that was said, once these were, in this order."""
    deadline = asyncio.get_running_loop().time() + 20
    while True:
        said: list[dict[str, object]] = await person.page.evaluate("globalThis.said")
        texts = iter(str(each["text"]) for each in said)
        missing = [words for words in wanted if not any(words in text for text in texts)]
        if not missing:
            return said
        assert asyncio.get_running_loop().time() < deadline, (missing[0], said)
        await asyncio.sleep(0.2)


LEFT = """() => ['#news', '#urgent', '.banner', '.nobody'].flatMap((place) =>
  [...document.querySelectorAll(place)].filter((region) => region.textContent !== '' && !region.hidden)
    .map((region) => place + ': ' + region.textContent))"""
"""What whoever goes through the page finds in the regions that stay: what holds no more is gone at once."""


async def nothing_is_left(*people: Person) -> None:
    """Nor is it there after what was being said in a moment."""
    for person in people:
        await person.until(f"({LEFT})().length === 0", 4)
        await asyncio.sleep(0.1)
        assert await person.page.evaluate(LEFT) == []


async def test_no_region_says_what_holds_no_more(visit: Visit) -> None:
    """After every step of a visit, for both."""
    patient, practitioner = visit.patient, visit.practitioner

    async def admit() -> None:
        await practitioner.click(".queue button:enabled")
        await heard(patient, "You are being let in.")
        await patient.sees(".call")
        assert "being let in" not in " ".join(await patient.page.evaluate(LEFT))
        await practitioner.until(f"!({LEFT})().join().includes('is waiting')", 4)
        await patient.page.evaluate("globalThis.said = []")

    async def again() -> None:
        await patient.click("#next")
        await patient.sees(".place")
        await nothing_is_left(patient)

    await visit.patient_waits()
    await nothing_is_left(patient)
    await visit.practitioner_comes()
    await admit()
    await practitioner.click("text=Back to waiting")
    await patient.sees(".place")
    await nothing_is_left(patient)
    await admit()
    await patient.click("#leave")
    await patient.sees("#next")
    await nothing_is_left(patient)
    await again()
    await admit()
    await practitioner.click(".hosted button:has-text('Remove')")
    await practitioner.click("dialog button.danger")
    await patient.sees(".end")
    await nothing_is_left(patient)
    await again()
    await admit()
    await practitioner.click("#end")
    await practitioner.sees(".lobby")
    await patient.sees(".end")
    await nothing_is_left(patient, practitioner)


async def test_a_whole_visit_is_told(visit: Visit, own_server: RunningServer) -> None:
    patient, practitioner = visit.patient, visit.practitioner
    await visit.patient_waits()
    await heard(patient, "Dr Ada Okafor is not here yet.")
    await visit.practitioner_comes()
    await heard(practitioner, "Sam Lee is waiting.")
    await heard(patient, "is not here yet.", "Dr Ada Okafor is here.")
    await visit.admitted()
    said = await heard(
        patient, "Dr Ada Okafor is here.", "You are being let in. Dr Ada Okafor can see and hear you"
    )
    [letting_in] = [each for each in said if "being let in" in str(each["text"])]
    assert letting_in["urgent"], "it interrupts"
    assert letting_in["call"] == "before", "it is said before anybody can see or hear"

    own_server.kill()
    for person in (patient, practitioner):
        await heard(person, "Reconnecting. Your call goes on meanwhile.")
    await asyncio.to_thread(own_server.start)
    for person in (patient, practitioner):
        await heard(person, "Reconnecting.", "Connected again.")

    await patient.click("#leave")
    await heard(practitioner, "Connected again.", "Sam Lee has left.")
    await patient.sees("#next")
    await nothing_is_left(patient)
    await patient.click("#next")
    await patient.sees(".place")
    await heard(practitioner, "Sam Lee has left.", "Sam Lee is waiting.")
    await practitioner.click(".queue button:enabled")
    await heard(practitioner, "Sam Lee has left.", "Sam Lee is here.")
