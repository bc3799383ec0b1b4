"""The next version of this program, as far as an older one meets it: every part of what it stores has a
member more than the older knows.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from rooms.preserving import UNKNOWN_FIELDS

NEW = "new_member"
"""What it is called, in every part."""

OF_IT = {"of": ["the next version", 1.5]}


def newer(kind: Any, text: bytes) -> bytes:
    """A stored text as the next version would have written it, `new_member` in the middle of every part."""
    return msgspec.json.encode(_grown(inspect.type_info(kind), msgspec.json.decode(text)))


def _grown(kind: inspect.Type, value: Any) -> Any:
    match kind:
        case inspect.StructType() if isinstance(value, dict):
            types = {field.encode_name: field.type for field in kind.fields}
            members = [(name, _grown(types[name], each)) for name, each in value.items() if name in types]
            members.insert(len(members) // 2, (NEW, OF_IT))
            return dict(members) if len(members) > len(value) else dict([*members, *value.items()])
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item) if isinstance(
            value, list
        ):
            return [_grown(item, each) for each in value]
        case inspect.DictType(value_type=item) if isinstance(value, dict):
            return {name: _grown(item, each) for name, each in value.items()}
        case inspect.UnionType(types=types) if isinstance(value, (dict, list)):
            wanted = inspect.StructType if isinstance(value, dict) else inspect.VarTupleType
            return next((_grown(each, value) for each in types if isinstance(each, wanted)), value)
    return value


def count(text: bytes) -> int:
    """In how many parts of it the new member is."""
    return text.count(f'"{NEW}":'.encode())


def sample(kind: inspect.Type) -> Any:
    """Something of that kind with a value in every member, as builtins."""
    match kind:
        case inspect.StructType():
            tag = {kind.tag_field: kind.tag} if kind.tag_field else {}
            return tag | {f.encode_name: _other(f) for f in kind.fields if f.encode_name != UNKNOWN_FIELDS}
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return [sample(item), sample(item)]
        case inspect.DictType(key_type=key, value_type=item):
            return {str(sample(key)): sample(item)}
        case inspect.UnionType(types=types):
            return sample(next((each for each in types if isinstance(each, inspect.StructType)), types[0]))
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.BytesType():
            return "AAEC"
    scalars: dict[type, Any] = {inspect.IntType: 60, inspect.FloatType: 7.5, inspect.BoolType: True}
    return scalars.get(type(kind), "text")


def _other(field: inspect.Field) -> Any:
    """Than its default, which would be left out."""
    made = sample(field.type)
    if isinstance(field.type, inspect.LiteralType) and made == field.default:
        return field.type.values[1]
    return not made if made is field.default else made


def parts(kind: inspect.Type) -> Iterator[inspect.StructType]:
    """Every struct in it, itself among them."""
    match kind:
        case inspect.StructType():
            yield kind
            for field in kind.fields:
                yield from parts(field.type)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            yield from parts(item)
        case inspect.DictType(value_type=item):
            yield from parts(item)
        case inspect.UnionType(types=types):
            for each in types:
                yield from parts(each)
