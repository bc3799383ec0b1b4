"""What may be asked of booking: hours, free times, holds, moves, and what is set by hand (C1 to C8)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signalling.http.scalars import Day, Email, Flag, Id, InstantText, Name, Phone, Secret, SpanEnd, Text
from signalling.http.schemas.requests import Request

Minute = Annotated[int, Meta(ge=0, le=1440)]
"""Since midnight, by the clinic's clock."""

Weekday = Annotated[int, Meta(ge=0, le=6)]
"""0 is Monday."""

SlotMinutes = Annotated[int, Meta(ge=1, le=480)]
BufferMinutes = Annotated[int, Meta(ge=0, le=480)]


class AddWindow(Request, frozen=True, kw_only=True):
    """C1. An `end_minute` before `start_minute` is one on the next day (C10)."""

    weekday: Weekday
    start_minute: Minute
    end_minute: Minute
    slot_minutes: SlotMinutes
    buffer_minutes: BufferMinutes = 0
    active: bool = True
    valid_from: Day | None = None
    valid_until: Day | None = None
    dry_run: bool = False
    """Only say what it would touch."""


class ChangeWindow(Request, frozen=True, kw_only=True):
    """RFC 7396: what is absent stays, null takes a date away."""

    weekday: Weekday | UnsetType = UNSET
    start_minute: Minute | UnsetType = UNSET
    end_minute: Minute | UnsetType = UNSET
    slot_minutes: SlotMinutes | UnsetType = UNSET
    buffer_minutes: BufferMinutes | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    valid_from: Day | UnsetType | None = UNSET
    valid_until: Day | UnsetType | None = UNSET
    dry_run: bool = False


class AddException(Request, frozen=True, kw_only=True):
    """A closed day, or a part of it, or closed from a minute of `date` to one of `until` (C10); extra hours,
    which say their slots. An `end_minute` before `start_minute` is one on the next day where nothing else is
    said.
    """

    date: Day
    until: Day | None = None
    kind: Literal["closed", "extra"]
    start_minute: Minute = 0
    end_minute: Minute = 1440
    slot_minutes: SlotMinutes | None = None
    buffer_minutes: BufferMinutes | None = None
    note: Text | None = None
    dry_run: bool = False


class RemoveHours(Request, frozen=True, kw_only=True):
    dry_run: Flag | None = None


class AskChoice(Request, frozen=True, kw_only=True):
    clinic: Id | None = None
    """For visitors; a key's or link's is known."""


class AskSlots(Request, frozen=True, kw_only=True):
    """Without a practitioner: everybody's. At most a year; without dates the next four weeks."""

    type: Id
    practitioner: Id | None = None
    clinic: Id | None = None
    start: SpanEnd | None = msgspec.field(default=None, name="from")
    end: SpanEnd | None = msgspec.field(default=None, name="to")
    moving: Id | None = None
    """An appointment that is to have another time: its own counts as free. For the clinic's own callers."""


class MakeHold(Request, frozen=True, kw_only=True):
    practitioner: Id
    type: Id
    starts_at: InstantText
    patient: Id | None = None
    """For the clinic's own callers, who know them."""
    clinic: Id | None = None
    """For visitors."""


class HoldSecret(Request, frozen=True, kw_only=True):
    secret: Secret | None = None
    """Needed without a clinic's key."""


class HoldPatient(Request, frozen=True, kw_only=True):
    name: Name
    email: Email | None = None
    phone: Phone | None = None


class ConfirmHold(HoldSecret, frozen=True, kw_only=True):
    patient: HoldPatient | None = None
    """Left out where the hold has one."""


class Reschedule(Request, frozen=True, kw_only=True):
    starts_at: InstantText
    ends_at: InstantText


class SeatElsewhere(Request, frozen=True, kw_only=True):
    """Another practitioner, another time, or both; without an end it keeps its length."""

    also: ClassVar[Mapping[str, object]] = {
        "anyOf": [
            {"required": [name], "properties": {name: {"type": "string"}}}
            for name in ("practitioner", "starts_at")
        ]
    }

    practitioner: Id | None = None
    starts_at: InstantText | None = None
    ends_at: InstantText | None = None
    reason: Text


class Reallocate(SeatElsewhere, frozen=True, kw_only=True):
    seat: Id | None = None
    """The clash whose appointment takes the place (C7)."""


class SetByHand(Request, frozen=True, kw_only=True):
    reason: Text | None = None


class Undo(Request, frozen=True, kw_only=True):
    reason: Text
