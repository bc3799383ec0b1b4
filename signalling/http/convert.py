"""From a JSON value or a query to a request's Struct, and from msgspec's messages to our codes: what
has another type, is missing, is unknown or is out of range, each with its `field` (RELIABILITY 5).
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

import msgspec
from multidict import MultiMapping

from rooms.errors import Invalid
from signalling.http.scalars import Contact, InstantText, PageLimit, Scalar, WrongScalar

T = TypeVar("T")

_PATH = re.compile(r" - at `(?:key in )?\$?\.?([^`]*)`\Z")
_MEMBER = re.compile(r"`([a-z][a-z0-9_]{0,40})`\Z")

# The first line whose pattern begins msgspec's message wins.
_MESSAGES: tuple[tuple[str, str, str], ...] = (
    (r"Object contains unknown field", "field_unknown", "There is no such field."),
    (r"Object missing required field", "field_required", "This field is required."),
    (r"Expected `(int|float)(?: \| null)?`, got `(str|float)`", "number_invalid", "Send a number."),
    (r"Expected `[a-z |]*`, got ", "type_invalid", "This has another type."),
    (r"Expected `(int|float)` ", "number_out_of_range", "The number is too small or too large."),
    (r"Expected `str` ", "string_invalid", "The text is too short, too long or of another form."),
    (r"Expected `(array|object)` ", "length_invalid", "This holds too many or too few things."),
    (r"Invalid enum value", "value_invalid", "This is none of the values it may have."),
)


def convert(value: object, into: type[T]) -> T:
    """`value` as the Struct `into`. Raises `Invalid`, which names the field and never holds the value."""
    return convert_lenient(value, into)[0]


def convert_lenient(value: object, into: type[T]) -> tuple[T, tuple[str, ...]]:
    """The same, and the paths of the contacts that were left out because they cannot be used: such as
    `guests[1].phone`.
    """
    if not isinstance(value, Mapping):
        raise Invalid("type_invalid", "Send a JSON object.")
    try:
        converted = msgspec.convert(value, into, dec_hook=_read)
    except msgspec.ValidationError as error:
        raise _refusal(error) from None
    left_out: list[str] = []
    _make_plain(converted, "", left_out)
    return converted, tuple(left_out)


def query(parameters: MultiMapping[str], into: type[T]) -> T:
    """A query as the Struct `into`: every parameter known and given once."""
    for name in parameters:
        if len(parameters.getall(name)) > 1:
            raise Invalid("field_duplicate", "Give every query parameter once.", field=name)
    return convert(dict(parameters), into)


def path_segment(text: str, scalar: type[Scalar], field: str) -> str:
    """One path segment."""
    try:
        return str(scalar.read(text))
    except WrongScalar as wrong:
        raise Invalid(wrong.code, wrong.message, field=field) from None


def schema(kind: type) -> dict[str, object]:
    """msgspec's `schema_hook`: what a scalar says of itself."""
    if issubclass(kind, Scalar | InstantText | PageLimit):
        return kind.schema()
    raise NotImplementedError(kind)


def _read(kind: type, raw: object) -> object:
    """msgspec's `dec_hook`."""
    if issubclass(kind, Scalar | InstantText | PageLimit):
        return kind.read(raw)
    raise NotImplementedError(kind)


def _make_plain(struct: object, path: str, left_out: list[str]) -> None:
    """Once checked, a scalar is a plain `str` or `int`: records are made of those, and msgspec encodes no
    others. A contact that is none is as one that was not sent.
    """
    if isinstance(struct, msgspec.Struct):
        for name, encoded, default in _members(type(struct)):
            value, where = getattr(struct, name), f"{path}{encoded}"
            if isinstance(value, Contact) and value.is_unusable:
                left_out.append(where)
                plain: object = default
            else:
                plain = _plain(value, where, left_out)
            msgspec.structs.force_setattr(struct, name, plain)


@cache
def _members(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, object], ...]:
    """Name, name in JSON and default of each. Once a type: msgspec puts the list together anew whenever it is
    asked.
    """
    return tuple((each.name, each.encode_name, each.default) for each in msgspec.structs.fields(kind))


def _plain(value: object, path: str, left_out: list[str]) -> object:
    if isinstance(value, Scalar):
        # Nothing but blanks where a contact could be says that there is none.
        return None if isinstance(value, Contact) and not value else str(value)
    if isinstance(value, InstantText | PageLimit):
        return int(value)
    if isinstance(value, tuple):
        return tuple(_plain(each, f"{path}[{n}]", left_out) for n, each in enumerate(value))
    _make_plain(value, f"{path}.", left_out)
    return value


def _refusal(error: msgspec.ValidationError) -> Invalid:
    text = str(error)
    path = _PATH.search(text)
    where = path[1] if path else ""
    if isinstance(error.__cause__, WrongScalar):
        return Invalid(error.__cause__.code, error.__cause__.message, field=where or None)
    sentence = text[: path.start()] if path else text
    for pattern, code, message in _MESSAGES:
        if re.match(pattern, sentence):
            return Invalid(code, message, field=_field(where, sentence, code))
    return Invalid("type_invalid", "This has another type.", field=where or None)


def _field(where: str, sentence: str, code: str) -> str | None:
    """The path; for a missing or unknown member the member's, if it is a plain word: input is not echoed."""
    if code not in {"field_unknown", "field_required"}:
        return where or None
    member = _MEMBER.search(sentence)
    if member is None:
        return where or None
    return f"{where}.{member[1]}" if where else member[1]
