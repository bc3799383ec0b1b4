"""A letter from its kind, its language and the facts."""

import string
import textwrap

import msgspec

from rooms.times import Instant
from signalling.letters import english, german
from signalling.letters.dates import when
from signalling.letters.words import LetterKind, Words

LANGUAGES: dict[str, Words] = {"en": english.ENGLISH, "de": german.GERMAN}

LINE_CHARACTERS = 76
"""Characters of a line, after which old mail programs break it themselves; a URL is never broken."""


class LetterFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter may tell; what is None is left out with its paragraph. There is no place for a name, a
    clinic or a specialty (RELIABILITY 7.6).
    """

    starts_at: Instant | None = None
    """Told only with `time_zone`."""
    time_zone: str | None = None
    """The clinic's IANA zone."""
    link: str | None = None
    address: str | None = None
    """The bookmarkable address (A8)."""
    phone: str | None = None
    code: str | None = None
    reason: str | None = None
    """Of a cancel, as staff or practitioner wrote it for the patient (C6)."""


def letter(kind: LetterKind, language: str, facts: LetterFacts) -> tuple[str, str]:
    """Subject and text. `language` is a tag such as `de` or `de-AT`; English where we have none of it.

    Raises `Invalid` `timezone_unknown`.
    """
    words = LANGUAGES.get(language.lower().partition("-")[0], english.ENGLISH)
    told = _told(facts, words)
    tellable = [each for each in words.letters[kind] if fields(each) <= told.keys()]
    return words.subjects[kind], "\n\n".join(_wrapped(each.format_map(told)) for each in tellable) + "\n"


def fields(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _told(facts: LetterFacts, words: Words) -> dict[str, str]:
    given = {
        "link": facts.link,
        "address": facts.address,
        "phone": facts.phone,
        "code": facts.code,
        # Somebody else's words stay one paragraph of this letter.
        "reason": " ".join((facts.reason or "").split()),
    }
    if facts.starts_at is not None and facts.time_zone is not None:
        given["when"] = when(facts.starts_at, facts.time_zone, words)
    return {name: text for name, text in given.items() if text}


def _wrapped(paragraph: str) -> str:
    return "\n".join(
        textwrap.fill(line, LINE_CHARACTERS, break_long_words=False, break_on_hyphens=False)
        for line in paragraph.split("\n")
    )
