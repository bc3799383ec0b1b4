"""JSON text, read strictly (RELIABILITY 5). What `json.loads` lets pass, or fails on with
an exception of its own, is refused here by name.
"""

import json
import re
from typing import NoReturn

from rooms.errors import Refusal

DEEPEST_NESTING = 16
"""Levels of nesting: three times what any request of ours has, far below the interpreter's recursion
limit.
"""

LONGEST_INTEGER = 19
"""Digits of the largest 64-bit integer. Python itself refuses to read more than 4,300 (CVE-2020-10735)."""

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# A string, so that brackets within it are passed over, or one bracket.
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


class Malformed(Refusal):
    """What was sent cannot be read at all: 400, where something readable but wrong is `Invalid`, 422."""


def decode(raw: bytes) -> str:
    """UTF-8 without a byte order mark, or `encoding_invalid`."""
    # Every JSON text begins with two ASCII characters or one and the end: a NUL there is UTF-16 or UTF-32.
    if raw.startswith(_BYTE_ORDER_MARKS) or b"\0" in raw[:2]:
        raise Malformed("encoding_invalid", "Send JSON as UTF-8 without a byte order mark.")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Malformed("encoding_invalid", "The body is not valid UTF-8.") from None


def parse(text: str) -> object:
    """The value of one JSON text. Raises `Malformed` with the code of the first thing wrong with it."""
    if _depth(text) > DEEPEST_NESTING:
        raise Malformed("json_too_deep", f"Nest at most {DEEPEST_NESTING} levels.")
    try:
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
        )
    except json.JSONDecodeError:
        raise Malformed("json_invalid", "The body is not valid JSON.") from None
    _refuse_lone_surrogates(text, value)
    return value


def _depth(text: str) -> int:
    if text.count("[") + text.count("{") <= DEEPEST_NESTING:
        return 0
    depth = deepest = 0
    for match in _NESTING.finditer(text):
        mark = match[0][0]
        depth += 1 if mark in "[{" else -1 if mark in "]}" else 0
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        # RFC 8259 leaves the meaning open: two readers could see two different roles.
        raise Malformed("json_duplicate_key", "An object names one of its members twice.")
    return members


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > LONGEST_INTEGER:
        raise Malformed("number_out_of_range", f"Write integers with at most {LONGEST_INTEGER} digits.")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if abs(number) == float("inf"):
        raise Malformed("number_invalid", "A number is too large.")
    # 25.0 is an integer (JSON Schema 2020-12, 4.2.3); beyond 2^53 a float is no exact one.
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _constant(_: str) -> NoReturn:
    raise Malformed("number_invalid", "NaN and Infinity are not JSON.")


def _refuse_lone_surrogates(text: str, value: object) -> None:
    """Half a surrogate pair is no character; it would fail much later, when it is written as UTF-8."""
    if "\\u" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed("string_invalid", "A string holds half of a surrogate pair.") from None
