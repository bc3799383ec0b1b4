"""The documents hang together: links lead somewhere, maps show the folders there are, and the first page is
short.
"""

import re
from pathlib import Path

import pytest

from tests.docs import markdown
from tests.docs.markdown import TOP

WORDS = 1100
"""Of README.md: ten minutes, and time left to look at the code."""


def _links(document: str) -> list[str]:
    """Where a document's links and pictures lead, those to other sites left out."""
    found = re.findall(r"\]\(([^)\s]+)\)", markdown.text(document))
    return [link for link in found if "://" not in link]


def _anchors(document: Path) -> set[str]:
    """As code hosts make them of headings: small letters, blanks as hyphens, nothing else."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", markdown.documents(), ids=str)
def test_links_lead_somewhere(document: str) -> None:
    for link in _links(document):
        path, _, anchor = link.partition("#")
        target = (TOP / document).parent / path if path else TOP / document
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def test_every_document_is_read_on_from_the_first_page() -> None:
    linked = {(TOP / link.partition("#")[0]).resolve() for link in _links("README.md")}
    assert {(TOP / name).resolve() for name in markdown.documents()} <= linked | {TOP / "README.md"}


def test_the_first_page_is_short() -> None:
    assert len(markdown.text("README.md").split()) <= WORDS


_FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*\.(?:py|js|lua|sh|conf|html|css)|(?:[\w.-]+/)+")


@pytest.mark.parametrize("document", markdown.documents(), ids=str)
def test_files_that_are_named_are_there(document: str) -> None:
    """From the document's own folder, or from the top."""
    shown = re.sub(r"```.*?```", "", markdown.text(document), flags=re.DOTALL)
    named = [name for name in markdown.codes(shown) if _FILE.fullmatch(name)]
    folders = ((TOP / document).parent, TOP)
    assert [name for name in named if not any((folder / name).exists() for folder in folders)] == []


MAPS = {
    "rooms/README.md": "How a decision is made",
    "signalling/README.md": "The folders",
    "tests/README.md": "Where a test belongs",
    "web/README.md": "The pages",
}
"""The heading under which each document has the map of its folder."""


@pytest.mark.parametrize("document", MAPS)
def test_the_map_shows_the_folders_there_are(document: str) -> None:
    rows = markdown.rows(markdown.text(document), MAPS[document])
    shown = [name.rstrip("/") for row in rows for name in markdown.codes(row[0]) if name.endswith("/")]
    files = [Path(name).parts for name in markdown.tracked(str(Path(document).parent))]
    assert sorted(shown) == sorted({parts[1] for parts in files if len(parts) > 2})
