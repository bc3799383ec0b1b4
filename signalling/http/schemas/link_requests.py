"""What may be asked about links, by whoever holds one, whoever works with them, and other systems."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from rooms.events import EventType
from signalling.http.scalars import (
    Code,
    Email,
    Flag,
    Id,
    LocalTime,
    Name,
    OnceToken,
    Outside,
    Person,
    Phone,
    PlaceText,
    Text,
    Url,
)
from signalling.http.schemas.requests import Diary, PutPatient, Request, WantedAppointment


class SendCurrent(Request, frozen=True, kw_only=True):
    """The old link itself: it proves for whom the current one is (A7)."""

    token: OnceToken


class SendLinks(Request, frozen=True, kw_only=True):
    """How whoever lost their link is reached: as the clinic has it on file."""

    also: ClassVar[Mapping[str, object]] = {
        "anyOf": [
            {"required": [name], "properties": {name: {"type": "string"}}} for name in ("email", "phone")
        ]
    }

    clinic: Id
    email: Email | None = None
    phone: Phone | None = None


class AskCode(Request, frozen=True, kw_only=True):
    address: PlaceText


class OpenAddress(Request, frozen=True, kw_only=True):
    """By a code, or by a device that is remembered (A8)."""

    also: ClassVar[Mapping[str, object]] = {
        "anyOf": [
            {"required": [name], "properties": {name: {"type": "string"}}} for name in ("code", "device")
        ]
    }

    address: PlaceText
    code: Code | None = None
    device: OnceToken | None = None
    remember: bool = False


class ForgetDevice(Request, frozen=True, kw_only=True):
    address: PlaceText
    device: OnceToken


class Resend(Request, frozen=True, kw_only=True):
    person: Person
    reason: Text | None = None


class Revoke(Request, frozen=True, kw_only=True):
    person: Person
    reason: Text


class InviteGuest(Request, frozen=True, kw_only=True):
    """D9. `counts`: stands for the patient where attendance is concerned (F3)."""

    name: Name
    email: Email | None = None
    phone: Phone | None = None
    counts: bool = False


class Extend(Request, frozen=True, kw_only=True):
    minutes: Annotated[float, Meta(gt=0, le=1440)]
    reason: Text


class ListLinks(Diary, frozen=True, kw_only=True):
    """`usable=false`: what is to come without a usable link (B6); otherwise as the list of appointments."""

    usable: Flag | None = None


class FindLinks(Request, frozen=True, kw_only=True):
    """As a caller gives them: a name, and a time by the clinic's clock."""

    practitioner: Name
    at: LocalTime


EventName = Literal["*", EventType, "visit.joined", "visit.admitted", "visit.left", "visit.ended"]
"""What there is to subscribe to; visits are told of later, and may be asked for already."""


class PutHook(Request, frozen=True, kw_only=True):
    url: Url
    events: Annotated[tuple[EventName, ...], Meta(min_length=1, max_length=30)]


class Replay(Request, frozen=True, kw_only=True):
    """Dead letters: all, or those of these message ids."""

    ids: Annotated[tuple[Outside, ...], Meta(max_length=50)] | None = None


class PutDatabase(Request, frozen=True, kw_only=True):
    """`in_order`: the order of clinics settles what fits two of them; false: that is an error (B5)."""

    clinics: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=200)]
    in_order: bool = True


class PutExternal(WantedAppointment, frozen=True, kw_only=True):
    """As `PUT /v1/appointments/{id}`, in the external system's words (B5)."""

    id: Id
    external_practitioner: Outside
    external_type: Outside
    external_location: Outside | None = None
    patient_details: PutPatient | None = None
    """Creates or changes the patient in whichever clinic it is."""
