"""What a newer version of this program wrote stays where an older one edits it.

Two versions run side by side while a fleet is renewed, and an old one may come back. A record that gained a
field in the newer version would lose it at the next edit by the older, silently. So whatever is stored and
edited is a `Preserving`: members it does not know are kept beside those it does, and written back in their
places.

Reading costs nothing where there is nothing unknown: a `Preserving` forbids it, and only a text that is
refused is looked at again, member by member. Writing looks for one mark.
"""

from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

UNKNOWN_FIELDS = "~"
"""The name under which members nobody here knows are handed over while a text is read or written; it is in no
stored text."""

T = TypeVar("T")

_MARK: Final = f'"{UNKNOWN_FIELDS}":'.encode()
_SIGN: Final = UNKNOWN_FIELDS.encode()
_encoder: Final = msgspec.json.Encoder()

UnknownFields = dict[str, Any]
"""Name to its place among its siblings and its value; or, of a part that is no `Preserving`, to that part's
own."""


class Preserving(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Unknown members are forbidden, so that reading tells at no cost that there are some."""

    unknown_fields: UnknownFields | None = msgspec.field(default=None, name=UNKNOWN_FIELDS)


def decode(decoder: msgspec.json.Decoder[T], kind: inspect.Type, text: bytes) -> T:
    """What `decoder` (of `kind`) makes of a text, which may have members it does not know."""
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        known, _ = _known(kind, msgspec.json.decode(text))
        return decoder.decode(_encoder.encode(known))


def encode(value: object) -> bytes:
    """As JSON, unknown members in the places where they were read."""
    text = _encoder.encode(value)
    # The one byte first, which is all but never there: looking for four takes as long as encoding does.
    is_marked = _SIGN in text and _MARK in text
    return _encoder.encode(_whole(msgspec.json.decode(text))) if is_marked else text


def _known(kind: inspect.Type, value: Any) -> tuple[Any, UnknownFields | None]:
    """The value with what is unknown set apart; and what has to be set apart by whoever holds it."""
    match kind:
        case inspect.StructType() if isinstance(value, dict):
            return _known_members(kind, value)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item) if isinstance(
            value, list
        ):
            return [_known(item, each)[0] for each in value], None
        case inspect.DictType(value_type=item) if isinstance(value, dict):
            return {name: _known(item, each)[0] for name, each in value.items()}, None
        case inspect.UnionType():
            meant = _meant(kind, value)
            return (value, None) if meant is None else _known(meant, value)
    return value, None


def _known_members(kind: inspect.StructType, value: dict[str, Any]) -> tuple[Any, UnknownFields | None]:
    types = {field.encode_name: field.type for field in kind.fields}
    tag = {kind.tag_field} if kind.tag_field else set()
    known: dict[str, Any] = {}
    unknown: UnknownFields = {}
    for place, (name, member) in enumerate(value.items()):
        if name in types:
            known[name], held = _known(types[name], member)
            if held is not None:
                unknown[name] = held
        elif name in tag:
            known[name] = member
        else:
            unknown[name] = [place, member]
    if not unknown:
        return known, None
    if UNKNOWN_FIELDS not in types:
        return known, unknown
    return {**known, UNKNOWN_FIELDS: unknown}, None


def _meant(kind: inspect.UnionType, value: Any) -> inspect.Type | None:
    """Which of several types a value is, where it may have members: structs are told apart by their tags."""
    structs = [each for each in kind.types if isinstance(each, inspect.StructType)]
    if isinstance(value, dict) and structs:
        return next((each for each in structs if value.get(each.tag_field or "") == each.tag), None)
    parts = (inspect.ListType, inspect.VarTupleType, inspect.DictType)
    return next((each for each in kind.types if isinstance(each, parts)), None)


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if not isinstance(value, dict):
        return value
    return _put_back(
        {name: _whole(each) for name, each in value.items() if name != UNKNOWN_FIELDS},
        value.get(UNKNOWN_FIELDS),
    )


def _put_back(known: dict[str, Any], unknown: UnknownFields | None) -> dict[str, Any]:
    members = list(known.items())
    for name, kept in (unknown or {}).items():
        if isinstance(kept, list):
            place, value = kept
            members.insert(place, (name, value))
        else:  # of a part, and gone with it
            members = [(each, _put_back(held, kept) if each == name else held) for each, held in members]
    return dict(members)
