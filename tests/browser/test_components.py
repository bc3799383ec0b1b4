"""One page shows every component and state, in one visual language, without a server (I)."""

import re
from pathlib import Path

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Invite
from tests.browser.person import Person

pytestmark = pytest.mark.browser

CSS = Path(__file__).parents[2] / "web/css"

OF_ONE_PAGE = {
    "book.css": "the booking page's own steps",
    "choose.css": "choosing a time, which needs free times from the server",
    "hours.css": "the practitioner's hours, which need theirs",
    "rows.css": "rows of staff and practitioner, whose parts ask the server",
    "sidebar.css": "the frame of a whole page",
    "staff.css": "the front desk's own lists",
}
"""Style sheets that are not of components; their pages' tests look at them."""

NOT_SHOWN = {
    "sided": "the frame of a whole page",
    "in-call": "a body in a call",
    "room": "the call beside who else waits: both are shown, side by side is the practitioner's page",
    "beside": "as `room`",
    "filter": "of the list of appointments, which asks the server",
    "only": "as `filter`",
    "appointments": "as `filter`",
    "day": "as `filter`",
    "day-head": "as `filter`",
    "visits": "the visits behind a bookmarkable address, which need a code",
    "visit": "as `visits`",
    "when": "as `visits`",
    "next": "what a refusal offers further, which asks the server",
    "step": "of the device check, which asks for camera and microphone first",
    "checks": "what keeps a link back, which the server says",
    "row": "as `filter`",
}


def _classes(path: Path) -> set[str]:
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(), flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][a-z0-9-]*)(?=[^{}]*\{)", text))


async def _opened(invite: Invite, **how: object) -> Person:
    person = await invite(**how)
    await person.page.goto(f"{person.origin}/components")
    await person.sees(".specimen")
    return person


async def test_no_violation_and_nothing_asked_of_the_server(invite: Invite) -> None:
    person = await _opened(invite)
    assert await violations(person.page) == []
    assert not [url for url in person.requested if "/v1/" in url or "/ws/" in url]


async def test_it_shows_every_class_there_is(invite: Invite) -> None:
    person = await _opened(invite)
    shown = set(
        await person.page.evaluate(
            "[...new Set([...document.querySelectorAll('*')].flatMap((each) => [...each.classList]))]"
        )
    )
    sheets = [path for path in CSS.glob("*.css") if path.name not in OF_ONE_PAGE]
    assert len(sheets) + len(OF_ONE_PAGE) == len(list(CSS.glob("*.css")))
    styled = set().union(*map(_classes, sheets))
    assert styled - shown - set(NOT_SHOWN) == set(), "show it on /components, or say why not"
    assert set(NOT_SHOWN) & shown == set(), "it is shown"


async def test_it_speaks_german(invite: Invite) -> None:
    person = await _opened(invite, locale="de-DE")
    assert await person.sees("h1") == "Alle Bausteine und Zustände"
    assert "Sie sind im Wartezimmer" in await person.page.inner_text("main")
