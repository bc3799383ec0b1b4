"""Records to text and back, and Redis's replies to values.

A record is stored as `<version> <json>`; a record that is not the one asked for is never handed on.
"""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

from rooms.changes import Remembered
from rooms.events import AuditLine, Delivery, Event, Message, SendAttempts, Undelivered
from rooms.ids import AppointmentNo
from rooms.ports import DiaryEntry, Recorded
from rooms.preserving import decode, encode
from rooms.records import ApiKey, Entry, Step
from rooms.times import Instant

Reply = Any
"""What Redis answered. Its shape follows from the command, which no type expresses."""

Stored = Recorded
"""What has a version."""

ListLine = (
    ApiKey | Step | Entry | Remembered | Event | Message | SendAttempts | Delivery | Undelivered | AuditLine
)
"""What has none."""

R = TypeVar("R", bound=Stored)
T = TypeVar("T", bound=ListLine)

_kinds: Final = {kind: inspect.type_info(kind) for kind in (*Stored.__args__, *ListLine.__args__)}
_decoders: Final[dict[type, msgspec.json.Decoder[Any]]] = {
    kind: msgspec.json.Decoder(kind) for kind in (*Stored.__args__, *ListLine.__args__)
}


class WrongReply(Exception):
    """Redis answered what was not asked. It must never happen; nobody is shown it (RELIABILITY 2)."""


def pack(record: Stored, above: int = 0) -> bytes:
    """What is written in place of a record that was loaded at `record.version`: one version on, or one above
    `above`.
    """
    return b"%d %b" % (max(record.version, above) + 1, pack_text(record))


def pack_text(record: Stored) -> bytes:
    """The same without the version."""
    # 0 is the default of `version` and defaults are left out, so that the JSON does not repeat it.
    return encode(msgspec.structs.replace(record, version=0))


def unpack(kind: type[R], reply: Reply, **asked: str) -> R | None:
    """The record in a reply, None for nothing. Raises `WrongReply` if a field of it is not as `asked`."""
    if reply is None:
        return None
    version, _, text = reply.partition(b" ")
    record: R = decode(_decoders[kind], _kinds[kind], text)
    msgspec.structs.force_setattr(record, "version", int(version))  # new, nobody else has seen it yet
    for field, value in asked.items():
        if getattr(record, field) != value:
            raise WrongReply(f"{kind.__name__}.{field}")
    return record


def unpack_all(kind: type[R], replies: Iterable[Reply]) -> list[R]:
    """The records in a list of replies, without those that are not there."""
    return [record for reply in replies if (record := unpack(kind, reply)) is not None]


def line(entry: ListLine) -> bytes:
    """One thing without a version: a line of a list, a kept answer."""
    return encode(entry)


def unline(kind: type[T], reply: bytes) -> T:
    """What `line` wrote."""
    thing: T = decode(_decoders[kind], _kinds[kind], reply)
    return thing


def lines(kind: type[T], replies: Iterable[bytes]) -> list[T]:
    """What `line` wrote, many times."""
    return [unline(kind, reply) for reply in replies]


def text(reply: Reply) -> str:
    return bytes(reply).decode()


def instant(reply: Reply) -> Instant:
    """A zset's score. Redis prints whole doubles below 2^53 without an exponent, fakeredis need not."""
    return int(float(reply))


def scored(reply: Reply) -> list[tuple[str, Instant]]:
    """The members and scores of a `WITHSCORES`."""
    return [(text(reply[i]), instant(reply[i + 1])) for i in range(0, len(reply), 2)]


def diary_member(appointment: AppointmentNo, ends_at: Instant, until: Instant = 0) -> str:
    """An entry of a diary; its score is the start. A hold's has its deadline."""
    return f"{appointment}:{ends_at}:{until}" if until else f"{appointment}:{ends_at}"


def diary_entry(member: str, starts_at: Instant) -> DiaryEntry:
    """What `diary_member` wrote; `:` is not in base64url."""
    appointment, _, rest = member.partition(":")
    ends_at, _, until = rest.partition(":")
    return DiaryEntry(starts_at, int(ends_at), AppointmentNo(appointment), int(until or 0))


def message_id(message: Message) -> str:
    """One event may go to several people by mail."""
    return f"{message.event.id}/{message.person}" if message.person else message.event.id


def undelivered_field(appointment: AppointmentNo, person: str) -> str:
    """`person` as in attendance."""
    return f"{appointment}/{person}"
