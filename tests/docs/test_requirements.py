"""rooms/REQUIREMENTS.md against the codes in comments: each leads somewhere, and is explained once."""

import functools
import re
from collections import Counter

from tests.docs import comments, markdown
from tests.docs.markdown import TOP

REQUIREMENTS = "rooms/REQUIREMENTS.md"
DOCUMENT = markdown.text(REQUIREMENTS)
HEADINGS = re.findall(r"^### (.+)$", DOCUMENT, re.MULTILINE)
SPEAKING = (
    "*.py",
    "*.js",
    "*.lua",
    "*.css",
    "*.html",
    "*.md",
    "*.sh",
    "*.conf",
    "deploy/demo",
    "deploy/test",
)

_CODE = re.compile(r"\b(?:[A-H][1-9]\d?|I[1-9]|CONTRACT|HOUSE)\b|(?<=\()I(?=\))|(?<=, )I(?=\))")
_RELIABILITY = re.compile(r"\bRELIABILITY ((?:\d(?:\.\d)?(?!\d)(?:, (?=\d\b)| and (?=\d\b))?)+)")
_ELSEWHERE = re.compile(r"\b[Rr]ows? \d+|\bPRODUCT\b|\bFEASIBILITY\b")


@functools.cache
def said() -> dict[str, str]:
    """What each of our files says to people, in one line: a comment breaks lines where it likes."""
    names = [name for name in markdown.tracked(*SPEAKING) if name != REQUIREMENTS]
    return {
        name: re.sub(r"\s+(?:#|//|--|\*)?\s*", " ", comments.said(TOP / name)) for name in sorted(set(names))
    }


def cited(text: str) -> set[str]:
    """The codes in it."""
    found = {
        f"RELIABILITY {number}"
        for some in _RELIABILITY.findall(text)
        for number in re.findall(r"\d(?:\.\d)?", some)
    }
    return found | set(_CODE.findall(text))


def test_each_code_is_explained_once() -> None:
    assert [heading for heading, times in Counter(HEADINGS).items() if times > 1] == []


def test_each_code_leads_somewhere() -> None:
    lost = {name: cited(text) - _explained() for name, text in said().items()}
    assert {name: codes for name, codes in lost.items() if codes} == {}


def _explained() -> set[str]:
    """Headings, and the numbered rules below them."""
    return {*HEADINGS, *(f"RELIABILITY {rule}" for rule in re.findall(r"\b7\.\d\b", DOCUMENT))}


def test_nothing_is_cited_that_is_not_here() -> None:
    """A table's row, or a document, that whoever has this checkout cannot look up."""
    lost = {name: _ELSEWHERE.findall(text) for name, text in said().items()}
    assert {name: found for name, found in lost.items() if found} == {}


def test_what_nobody_cites_is_to_come() -> None:
    everywhere = {code for text in said().values() for code in cited(text)}
    to_come = re.findall(r"^### (.+)\nTo come\. ", DOCUMENT, re.MULTILINE)
    assert set(HEADINGS) - everywhere <= set(to_come)
