"""What may be asked: the bodies and queries of every call, each field checked as it is read."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rooms.policy import GUESTS, Ahead, Minutes, Policy
from signalling.http.scalars import (
    Cursor,
    Email,
    Flag,
    Id,
    InstantText,
    Name,
    Outside,
    PageLimit,
    Person,
    Phone,
    SpanEnd,
    Statuses,
    Text,
    Zone,
)

OutsideIds = Annotated[tuple[Outside, ...], Meta(max_length=50)]
"""What other systems call it (B5)."""

LinkHours = Annotated[float, Meta(gt=0, le=744)]
"""How long a link of the clinic's own people lasts: at most a month of 31 days."""


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what is asked: a member we do not know is refused, never dropped: it may be a misspelt one."""

    also: ClassVar[Mapping[str, object]] = {}
    """JSON Schema of what no single field can say; the services check it."""


class CreateClinic(Request, frozen=True, kw_only=True):
    id: Id
    name: Name
    time_zone: Zone
    phone: Phone | None = None
    policy: Policy = Policy()
    external_ids: OutsideIds = ()


class ChangePolicy(Request, frozen=True, kw_only=True):
    """RFC 7396: what is absent stays, null is the default again."""

    opens_before_minutes: Minutes | UnsetType | None = UNSET
    closes_after_minutes: Minutes | UnsetType | None = UNSET
    hold_minutes: Annotated[float, Meta(gt=0, le=1440)] | UnsetType | None = UNSET
    holds_per_visitor: Annotated[int, Meta(ge=1, le=100)] | UnsetType | None = UNSET
    attended_seconds: Annotated[float, Meta(ge=0, le=28800)] | UnsetType | None = UNSET
    absent_after_minutes: Minutes | UnsetType | None = UNSET
    no_show_needs_practitioner: bool | UnsetType | None = UNSET
    self_booking: bool | UnsetType | None = UNSET
    lead_minutes: Ahead | UnsetType | None = UNSET
    cancel_minutes: Ahead | UnsetType | None = UNSET
    reminder_minutes: (
        Annotated[tuple[Annotated[float, Meta(gt=0, le=43200)], ...], Meta(max_length=8)] | UnsetType | None
    ) = UNSET
    retention_days: Annotated[int, Meta(ge=1, le=3650)] | UnsetType | None = UNSET
    language: Literal["en", "de"] | UnsetType | None = UNSET


class ChangeClinic(Request, frozen=True, kw_only=True):
    """RFC 7396: what is absent stays, null takes away what may be missing."""

    name: Name | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    policy: ChangePolicy | UnsetType | None = UNSET
    external_ids: OutsideIds | UnsetType | None = UNSET


class PutPractitioner(Request, frozen=True, kw_only=True):
    name: Name
    video_enabled: bool = True
    external_ids: OutsideIds = ()
    email: Email | None = None


class PutAppointmentType(Request, frozen=True, kw_only=True):
    name: Name
    video: bool
    minutes: Annotated[int, Meta(ge=1, le=480)]
    external_ids: OutsideIds = ()


class PutPatient(Request, frozen=True, kw_only=True):
    name: Name
    email: Email | None = None
    phone: Phone | None = None


class ErasePatient(Request, frozen=True, kw_only=True):
    cancel: Flag | None = None
    """Cancel all that is to come in the same commit; else 409 names it."""
    reason: Text | None = None
    """Of that cancel; the patient's page shows it."""


class PutGuest(Request, frozen=True, kw_only=True):
    id: Id
    name: Name
    email: Email | None = None
    phone: Phone | None = None
    counts: bool = False
    """Stands for the patient where attendance is concerned (F3): a parent, say."""


class WantedAppointment(Request, frozen=True, kw_only=True):
    """What every system says of an appointment."""

    patient: Id
    starts_at: InstantText
    ends_at: InstantText
    guests: Annotated[tuple[PutGuest, ...], Meta(max_length=GUESTS)] = ()
    status: Literal["held", "confirmed"] = "confirmed"


class PutAppointment(WantedAppointment, frozen=True, kw_only=True):
    """Create or change: the appointment is as this says."""

    also: ClassVar[Mapping[str, object]] = {
        "anyOf": [
            {"required": [name], "properties": {name: {"type": "string"}}}
            for name in ("type", "external_type")
        ]
    }

    practitioner: Id
    type: Id | None = None
    external_type: Outside | None = None


class Paged(Request, frozen=True, kw_only=True):
    """One page of a list."""

    cursor: Cursor | None = None
    limit: PageLimit | None = None


class Diary(Paged, frozen=True, kw_only=True):
    """Of which appointments."""

    start: SpanEnd | None = msgspec.field(default=None, name="from")
    end: SpanEnd | None = msgspec.field(default=None, name="to")
    practitioner: Id | None = None
    patient: Id | None = None


class ListAppointments(Diary, frozen=True, kw_only=True):
    status: Statuses | None = None


class CancelAppointment(Request, frozen=True, kw_only=True):
    """`by` and `reason` may be left out on a patient's own link, `by` on any link: its role says it."""

    by: Literal["practitioner", "patient", "staff"] | None = None
    reason: Text | None = None
    note: Text | None = None
    """Private: the patient never sees it (C6)."""


class AskToken(Request, frozen=True, kw_only=True):
    person: Person


class AskRoomLink(Request, frozen=True, kw_only=True):
    hours: LinkHours = 12


class AskStaffLink(Request, frozen=True, kw_only=True):
    name: Name
    hours: LinkHours = 12
