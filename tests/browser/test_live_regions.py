"""What a screen reader is told through a whole visit, in order, and before it happens (PRODUCT I)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser

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
    await patient.click("#next")
    await patient.sees(".place")
    await heard(practitioner, "Sam Lee has left.", "Sam Lee is waiting.")
    await practitioner.click(".queue button:enabled")
    await heard(practitioner, "Sam Lee has left.", "Sam Lee is here.")
