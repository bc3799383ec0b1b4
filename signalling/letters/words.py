"""What a language has to bring to write our letters."""

from collections.abc import Mapping
from typing import Literal

import msgspec

LetterKind = Literal["issued", "current", "reminder", "code", "moved", "cancelled"]


class CalendarWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a calendar entry says; `{link}` and `{phone}` where they are."""

    summary: str
    with_link: str
    without_link: str
    phone: str


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """One language's catalogue.

    Paragraphs may hold `{when} {link} {address} {phone} {code} {reason}`; one whose fact is not there is left
    out, so each says one thing. A line break in a paragraph is kept.
    """

    subjects: Mapping[LetterKind, str]
    """With no fact in them: no name, no reason, no code."""
    letters: Mapping[LetterKind, tuple[str, ...]]
    calendar: CalendarWords
    weekdays: tuple[str, ...]
    """Monday first."""
    months: tuple[str, ...]
    when: str
    """Of `{weekday} {day} {month} {year} {time} {zone}`."""
    zone: str
    """Of `{city}`."""
    cities: Mapping[str, str]
    """Cities of the zone database that are called otherwise."""
