"""A viewer whose language is German meets no English word of ours on any page (I)."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.browser.conftest import Invite
from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.api import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.media]

I18N = Path(__file__).parents[2] / "web/lib/i18n.js"

PRINT = f"import {{ CATALOGUES }} from {json.dumps(str(I18N))}; console.log(JSON.stringify(CATALOGUES));"

TEXTS = """() => {
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode.data);
  for (const each of document.querySelectorAll('*')) {
    const named = ['aria-label', 'alt', 'placeholder', 'title'];
    texts.push(...named.map((name) => each.getAttribute(name) ?? ''));
  }
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))];
}"""


@cache
def english_only() -> list[tuple[str, re.Pattern[str]]]:
    """What English says and German does not, as patterns over whole texts."""
    run = subprocess.run(
        ["node", "--input-type=module", "-e", PRINT], check=True, capture_output=True, text=True
    )
    words = json.loads(run.stdout)
    german = set(words["de"].values())
    return [
        (key, pattern)
        for key, text in words["en"].items()
        if text not in german and (pattern := _pattern(text))
    ]


def _pattern(text: str) -> re.Pattern[str] | None:
    """None for what is little more than its values, which any text would fit."""
    literal = re.sub(r"\{\w+\}", "", text)
    if len(re.findall(r"[A-Za-z]", literal)) < 4:
        return None
    return re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", text))))


KIND = "Video visit"
"""What the clinic of these tests calls its one type: data, which is shown as it is."""


async def english(person: Person, data: str = "") -> list[str]:
    """Every English text on the page as it is, visible or not."""
    texts = [text for text in await person.page.evaluate(TEXTS) if text != data]
    return [f"{key}: {text}" for text in texts for key, each in english_only() if each.fullmatch(text)]


async def test_the_check_finds_english(invite: Invite) -> None:
    person = await invite(locale="en-GB")
    await person.page.goto(f"{person.origin}/j")
    await person.sees("h1")
    assert any("over.unknown.title" in each for each in await english(person))


async def test_every_component_and_state(invite: Invite) -> None:
    person = await invite(locale="de-DE")
    await person.page.goto(f"{person.origin}/components")
    await person.sees(".specimen")
    assert await english(person) == []


async def test_pages_without_a_link(invite: Invite, clinic: Clinic) -> None:
    person = await invite(locale="de-AT")
    for path in ("/j", "/p", "/s", "/a", f"/b/{clinic.id}"):
        await person.page.goto(person.origin + path)
        await person.sees("h1")
        assert await english(person) == [], path


async def test_a_visit(clinic: Clinic, invite: Invite) -> None:
    await clinic.book()
    people = [
        await invite(locale="de-DE"),
        await invite(locale="de-DE", viewport={"width": 1280, "height": 800}),
    ]
    visit = await Visit.of(clinic, *people)
    patient, practitioner = people
    await patient.open("j", visit.patient_token)
    await patient.click(".details summary")
    await patient.sees("#cancel")
    assert await english(patient) == [], "before the click"
    await patient.click("#cancel")
    assert await english(patient) == [], "cancelling"
    await patient.page.keyboard.press("Escape")
    await patient.click("#join")
    await patient.sees(".place")
    assert await english(patient) == [], "waiting"
    await practitioner.open("p", visit.room_token)
    await practitioner.click("#open")
    await practitioner.sees(".queue li")
    assert await english(practitioner) == [], "the queue"
    await practitioner.click(".sidebar li:first-child button")
    await practitioner.click(".row:has-text('Sam Lee') > summary")
    assert await english(practitioner, KIND) == [], "appointments"
    await practitioner.click(".sidebar li:nth-child(3) button")
    await practitioner.sees("#availability h2")
    assert await english(practitioner, KIND) == [], "availability"
    await practitioner.click(".sidebar li:nth-child(2) button")
    await visit.admitted()
    for person in people:
        assert await english(person, KIND) == [], "the call"
    await practitioner.click("#end")
    await patient.sees(".end")
    assert await english(patient) == [], "the end"


async def test_the_front_desk(clinic: Clinic, invite: Invite) -> None:
    await clinic.book()
    link = await clinic.api.post("/v1/staff-links", name="Jo", hours=1)
    person = await invite(locale="de-DE", viewport={"width": 1280, "height": 800})
    await person.open("s", str(link["token"]))
    await person.sees(".sidebar button")
    for number in range(await person.page.locator(".sidebar button").count()):
        await person.page.locator(".sidebar button").nth(number).click()
        await person.sees("h1")
        await person.page.wait_for_load_state("networkidle")
        assert await english(person, KIND) == [], number
