"""Letters: both languages say the same, nothing that is nobody's business, and times as people say them."""

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.errors import Invalid
from rooms.times import EARLIEST, LATEST, parse, zone_names
from signalling.letters import LetterFacts, LetterKind, letter
from signalling.letters.dates import when
from signalling.letters.words import Words
from signalling.letters.write import LANGUAGES, LINE_CHARACTERS, fields

KINDS: tuple[LetterKind, ...] = get_args(LetterKind)
EN, DE = LANGUAGES["en"], LANGUAGES["de"]

LINK = "https://visits.clinic.org/j#" + "Ab-cd_.9-" * 10
ADDRESS = "https://visits.clinic.org/a#" + "z" * 60
FACTS = LetterFacts(
    starts_at=parse("2026-11-24T13:05:00Z"),
    time_zone="Europe/Berlin",
    link=LINK,
    address=ADDRESS,
    phone="+49 30 1234567",
    code="012345",
    reason="The practice is closed that day.",
)

SAYS: dict[LetterKind, set[str]] = {
    "issued": {"when", "link", "address", "phone"},
    "current": {"when", "link", "address", "phone"},
    "reminder": {"when", "link", "phone"},
    "code": {"code"},
    "moved": {"when", "link", "phone"},
    "cancelled": {"when", "reason", "phone"},
}


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_every_catalogue_is_whole(words: Words) -> None:
    assert set(words.subjects) == set(words.letters) == set(KINDS)
    assert (len(set(words.weekdays)), len(set(words.months))) == (7, 12)
    assert fields(words.when) == {"weekday", "day", "month", "year", "time", "zone"}
    assert fields(words.zone) == {"city"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_every_letter_says_what_it_is_for(words: Words, kind: LetterKind) -> None:
    # One fact a paragraph, or leaving out one would leave out another.
    assert all(len(fields(each)) <= 1 for each in words.letters[kind])
    assert set().union(*(fields(each) for each in words.letters[kind])) == SAYS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_languages_say_the_same_in_the_same_order(kind: LetterKind) -> None:
    assert [fields(each) for each in EN.letters[kind]] == [fields(each) for each in DE.letters[kind]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_subject_tells_a_fact(language: str, kind: LetterKind) -> None:
    subject, _ = letter(kind, language, FACTS)
    assert subject == letter(kind, language, LetterFacts())[0]
    assert re.fullmatch(r"[A-Za-z: ]{8,40}", subject)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_are_short_and_urls_whole(language: str, kind: LetterKind) -> None:
    _, text = letter(kind, language, FACTS)
    lines = text.split("\n")
    assert all(len(line) <= LINE_CHARACTERS for line in lines if line not in (LINK, ADDRESS))
    assert (LINK in lines, ADDRESS in lines) == ("link" in SAYS[kind], "address" in SAYS[kind])
    assert text.endswith("\n")
    assert "\n\n\n" not in text
    assert not re.search(r"[{}\r\t]| \n", text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_known_is_left_out_with_its_sentence(language: str, kind: LetterKind) -> None:
    _, text = letter(kind, language, LetterFacts())
    assert "{" not in text
    assert "None" not in text
    assert not re.search(r":\n*\Z|:\n\n", text)  # nothing announced that does not come


def test_a_time_without_its_zone_is_not_told() -> None:
    assert "When" not in letter("issued", "en", LetterFacts(starts_at=0))[1]
    assert "When" not in letter("issued", "en", LetterFacts(time_zone="Europe/Berlin"))[1]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("issued", "Keep this message; the link works as often as needed, also if the time"),
        ("issued", "When: Tuesday 24 November 2026, 14:05 (Berlin time)"),
        ("current", "If you did not ask for this, you need do nothing."),
        ("code", "It is valid for 10 minutes."),
        ("code", "Nobody will ever ask you for it."),
        ("code", "\n012345\n"),
        ("moved", "has a new time"),
        ("cancelled", "was cancelled"),
        ("cancelled", "Reason: The practice is closed that day."),
        ("cancelled", "\n+49 30 1234567\n"),
    ],
)
def test_what_is_said(kind: LetterKind, says: str) -> None:
    assert says in letter(kind, "en", FACTS)[1]


def test_languages_by_their_tags() -> None:
    for tag in ("de", "DE", "de-AT", "de-ch-1996"):
        assert letter("issued", tag, FACTS)[0] == "Ihr Termin"
    for tag in ("en", "en-AU", "fr", "", "d", "deu"):
        assert letter("issued", tag, FACTS)[0] == "Your appointment"


@pytest.mark.parametrize(
    ("at", "zone", "english", "german"),
    [
        (
            "2026-11-24T13:05:00Z",
            "Europe/Berlin",
            "Tuesday 24 November 2026, 14:05 (Berlin time)",
            "Dienstag, 24. November 2026, 14:05 Uhr (Zeit in Berlin)",
        ),
        (
            "2026-03-01T23:30:00Z",
            "Europe/Zurich",
            "Monday 2 March 2026, 00:30 (Zurich time)",
            "Montag, 2. März 2026, 00:30 Uhr (Zeit in Zürich)",
        ),
        (
            "2026-06-07T09:00:00Z",
            "America/Argentina/Buenos_Aires",
            "Sunday 7 June 2026, 06:00 (Buenos Aires time)",
            "Sonntag, 7. Juni 2026, 06:00 Uhr (Zeit in Buenos Aires)",
        ),
        # 02:30 twice that night.
        (
            "2026-10-25T00:30:00Z",
            "Europe/Berlin",
            "Sunday 25 October 2026, 02:30 (Berlin time, UTC+2)",
            "Sonntag, 25. Oktober 2026, 02:30 Uhr (Zeit in Berlin, UTC+2)",
        ),
        (
            "2026-10-25T01:30:00Z",
            "Europe/Berlin",
            "Sunday 25 October 2026, 02:30 (Berlin time, UTC+1)",
            "Sonntag, 25. Oktober 2026, 02:30 Uhr (Zeit in Berlin, UTC+1)",
        ),
        (
            "2026-10-25T02:30:00Z",
            "Europe/Berlin",
            "Sunday 25 October 2026, 03:30 (Berlin time)",
            "Sonntag, 25. Oktober 2026, 03:30 Uhr (Zeit in Berlin)",
        ),
        # Not named after cities.
        (
            "2026-01-05T12:00:00Z",
            "UTC",
            "Monday 5 January 2026, 12:00 (UTC)",
            "Montag, 5. Januar 2026, 12:00 Uhr (UTC)",
        ),
        (
            "2026-01-05T12:00:00Z",
            "Etc/GMT+5",
            "Monday 5 January 2026, 07:00 (UTC-5)",
            "Montag, 5. Januar 2026, 07:00 Uhr (UTC-5)",
        ),
        (
            "2026-07-06T12:00:00Z",
            "Canada/Newfoundland",
            "Monday 6 July 2026, 09:30 (UTC-2:30)",
            "Montag, 6. Juli 2026, 09:30 Uhr (UTC-2:30)",
        ),
    ],
)
def test_times_are_said_in_the_clinics_zone(at: str, zone: str, english: str, german: str) -> None:
    assert when(parse(at), zone, EN) == english
    assert when(parse(at), zone, DE) == german


@given(st.integers(EARLIEST, LATEST), st.sampled_from(sorted(zone_names())))
def test_any_time_in_any_zone_can_be_said(at: int, zone: str) -> None:
    for words in LANGUAGES.values():
        said = when(at, zone, words)
        assert re.fullmatch(r"[^{}_/]+, \d\d:\d\d (Uhr )?\(.*(time|Zeit in|UTC).*\)", said)
        assert any(said.startswith(day) for day in words.weekdays)
        assert any(month in said for month in words.months)


def test_a_zone_that_is_none() -> None:
    with pytest.raises(Invalid, match="timezone_unknown"):
        letter("issued", "en", LetterFacts(starts_at=0, time_zone="Mars/Base"))


def test_a_reason_stays_one_paragraph() -> None:
    reason = "  We are ill.\r\n\r\nYour new link: {link}\n" + "and so on " * 20
    _, text = letter("cancelled", "en", LetterFacts(reason=reason, link=LINK))
    assert "Reason: We are ill. Your new link: {link} and so on" in text
    assert LINK not in text
    assert text.count("\n\n") == 3
    assert "Reason" not in letter("cancelled", "en", LetterFacts(reason=" \n"))[1]


NOBODYS = re.compile(
    r"clinic|practi|praxis|arzt|ärzt|doctor|\bdr\b|therap|psych|patient|diagnos|hospital|klinik|medi[cz]|health|gesund",
    re.IGNORECASE,
)


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_nothing_says_whose_appointment_with_whom_or_what_for(words: Words) -> None:
    said = [*words.subjects.values(), *(each for letter in words.letters.values() for each in letter)]
    assert [each for each in said if NOBODYS.search(each)] == []
