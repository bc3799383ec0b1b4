"""Phone numbers and e-mail addresses as people and exports write them, in one form each: cleaned before they
are judged. What stays unusable is None: it costs the contact, never the visit it came with.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

import email_validator
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

# Whether a name such as clinic.local or patients.test is anybody's, the operator's own mail relay knows.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

LONGEST_CONTACT: Final = 1000
"""Characters before cleaning: a cell of a spreadsheet with a note in it, and nobody's address."""

_SHORTEST_NUMBER, _LONGEST_NUMBER = 3, 15
"""Digits: an emergency number, and the most that ITU-T E.164 allows. A longer one is two numbers."""

_SHORTEST_ABROAD: Final = 5
"""Digits with the country code: no country has shorter ones."""

_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"), "-")
_AROUND: Final = " \t\r\n<>\"'`\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb,;"
"""What a list, a cell or a mail program leaves at the ends."""

_LABEL: Final = re.compile(
    r"^(?:tel|telephone|telefon|phone|fon|mobile?|mobil|handy|cell|work|home|[mpt])\b\s*[.:]*\s*",
    re.IGNORECASE,
)
_EXTENSION: Final = re.compile(
    r"^(?P<number>.*?)\s*[;,]?\s*(?:ext(?:ension|n)?|durchwahl|dw|x|#)\s*[.:=]?\s*(?P<extension>[0-9]{1,7})$",
    re.IGNORECASE,
)
_NATIONAL: Final = re.compile(r"[0-9()\[\]./ -]+")
_LONGEST_AREA: Final = 7
"""Digits before a slash that belong to one number, with country code: `+49 3641/123456`."""

_DIALLED_ABROAD: Final = re.compile(r"([(\[]? ?)00")
"""The prefix for calls abroad nearly everywhere, in brackets too; no number at home begins like that."""

_NAMED: Final = re.compile(r'(?:"[^"]*"|[^<>"]*)\s*<([^<>]*)>')
"""A name and an address in brackets, as mail programs copy them: `Müller, Dr. Jana <jana@example.org>`."""

_ZERO_AGAIN: Final = re.compile(r"^(\+[0-9 ]+?)[ .-]*\(0\)")
"""A national zero in brackets, which nobody dials behind a country code."""


def phone(text: str) -> str | None:
    """With a country code as ITU-T E.123 writes it (`+49 30 1234567`), else its digits: nobody says of which
    country it is. An extension stands behind it (` ext. 12`).
    """
    if len(text) > LONGEST_CONTACT:
        return None
    plain = _plain(text)
    if plain.lower().startswith("tel:"):
        plain = unquote(plain)
    plain = _LABEL.sub("", plain).strip(_AROUND)
    if _is_two(plain):
        return None
    if abroad := _DIALLED_ABROAD.match(plain):
        plain = f"{abroad[1]}+{plain[abroad.end() :]}"
    if ";phone-context=+" in plain or plain.lstrip("([ ").startswith("+"):
        return _abroad(plain)
    found = _EXTENSION.match(plain)
    return _national(found["number"], found["extension"]) if found else _national(plain, None)


def _is_two(plain: str) -> bool:
    """Whether it looks like two numbers: nobody is called by both at once."""
    area, slash, _ = plain.partition("/")
    has_two = plain.count("+") > 1 and ";phone-context=" not in plain
    return has_two or bool(slash and sum(map(str.isdecimal, area)) > _LONGEST_AREA)


def _abroad(plain: str) -> str | None:
    found = _EXTENSION.match(plain) if ";" not in plain else None
    number, extension = (found["number"], found["extension"]) if found else (plain, None)
    if re.search("[A-Za-z]", number.partition(";")[0]):
        return None
    try:
        known = phonenumbers.parse(_ZERO_AGAIN.sub(r"\1 ", number), None)
    except NumberParseException:
        return None
    digits = len(phonenumbers.format_number(known, PhoneNumberFormat.E164)) - 1
    if not _SHORTEST_ABROAD <= digits <= _LONGEST_NUMBER:
        return None
    extension, known = extension or known.extension, _without_extension(known)
    return _with(phonenumbers.format_number(known, PhoneNumberFormat.INTERNATIONAL), extension)


def _without_extension(known: PhoneNumber) -> PhoneNumber:
    """Its words for an extension differ from country to country."""
    bare = PhoneNumber()
    bare.merge_from(known)
    bare.extension = None
    return bare


def _national(number: str, extension: str | None) -> str | None:
    digits = re.sub("[^0-9]", "", number)
    if not _NATIONAL.fullmatch(number) or not _SHORTEST_NUMBER <= len(digits) <= _LONGEST_NUMBER:
        return None
    return _with(digits, extension)


def _with(number: str, extension: str | None) -> str:
    return f"{number} ext. {extension}" if extension else number


def email(text: str) -> str | None:
    """Its domain in lower case and in its own script (`info@münchen.de`); what stands before the @ is its
    owner's, and has to be ASCII: few relays carry anything else (RFC 6531).
    """
    if len(text) > LONGEST_CONTACT:
        return None
    plain = _plain(text).rstrip(".,; ")
    if named := _NAMED.fullmatch(plain):
        plain = named[1].strip()
    if plain.lower().startswith("mailto:"):
        plain = unquote(plain[len("mailto:") :].partition("?")[0])
    plain = re.sub(r"\s*@\s*", "@", plain.strip(_AROUND))
    try:
        known = email_validator.validate_email(
            plain,
            # Whether it arrives only sending can tell, and a name server is not to be waited for here.
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
        )
    except email_validator.EmailNotValidError:
        return None
    return known.normalized


def _plain(text: str) -> str:
    """Without what cannot be seen, with the ordinary ones of what can: spaces, dashes, digits and letters of
    double width.
    """
    seen = "".join(each for each in text if not _is_unseen(each))
    narrow = "".join(_narrow(each) for each in seen).translate(_DASHES)
    return re.sub(r"\s+", " ", narrow).strip()


def _narrow(character: str) -> str:
    if unicodedata.decomposition(character).startswith(("<wide>", "<noBreak>", "<narrow>")):
        return unicodedata.normalize("NFKC", character)
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character


def _is_unseen(character: str) -> bool:
    """Marks of direction and width, controls, and whether a symbol is to be shown in colour."""
    kind = unicodedata.category(character)
    return kind == "Cf" or (kind == "Cc" and not character.isspace()) or "\ufe00" <= character <= "\ufe0f"
