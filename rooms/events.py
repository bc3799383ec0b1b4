"""What happened, as other systems and people are told of it (F6, A7, A10), and how far that has come.

An event holds numbers and facts, never a name, a contact, a token or a code: whoever reads the store cannot
use what is in it, and an erased person is in no outbox (H4). Links and codes are made when it is sent, from
what is said here, so that a retry has the same body.
"""

import secrets
from typing import Final, Literal, NewType

import msgspec

from rooms.preserving import Preserving
from rooms.records import By, Record
from rooms.times import Instant

HookNo = NewType("HookNo", str)
"""Our own random 64-bit number of a webhook."""

EventType = Literal[
    "appointment.held",
    "appointment.confirmed",
    "appointment.rescheduled",
    "appointment.reallocated",
    "appointment.cancelled",
    "appointment.expired",
    "appointment.completed",
    "appointment.no_show",
    "appointment.undone",
    "link.issued",
    "link.unusable",
    "link.revoked",
    "link.requested",
    "reminder.due",
    "code.requested",
    "review.needed",
]
"""CONTRACT's event types, and `reminder.due` (A10)."""


class LinkOf(Preserving, frozen=True, kw_only=True):
    """All a link is made of but the secret. `number` is the person's on the appointment; `key` 0: not yet
    chosen.
    """

    affinity: str
    number: int
    generation: int = 1
    key: int = 0


class CodeOf(Preserving, frozen=True, kw_only=True):
    """All a one-time code is made of but the secret."""

    nonce: str
    key: int
    expires_at: Instant


class Event(Preserving, frozen=True, kw_only=True):
    """`subject`: what its order belongs to, an appointment's number or a person's. `appointment`: the booking
    service's id. `person` is who is to be told, where somebody is.
    """

    id: str
    type: EventType
    at: Instant
    subject: str
    appointment: str | None = None
    person: str | None = None
    facts: dict[str, object] = {}
    link: LinkOf | None = None
    code: CodeOf | None = None


def new_message_id() -> str:
    """The id of an event, the same on every retry: 128 random bits."""
    return f"msg_{secrets.token_urlsafe(16)}"


class Numbered(msgspec.Struct, frozen=True):
    """An event as Redis numbered it within its subject, from 1."""

    seq: int
    event: Event
    line: bytes
    """As it is stored, to be compared."""


class Message(Preserving, frozen=True, kw_only=True):
    """One event on its way to one target. `person`: whom a mail is for."""

    event: Event
    seq: int
    person: str | None = None


class SendAttempts(Preserving, frozen=True, kw_only=True):
    """How often the message at the head of a delivery queue was tried without success."""

    id: str
    count: int
    first_at: Instant
    last_at: Instant
    why: str
    status: int = 0


DeliveryState = Literal["pending", "delivered", "dead"]


class Delivery(Preserving, frozen=True, kw_only=True):
    """What became of a message."""

    message: Message = msgspec.field(name="parcel")
    state: DeliveryState
    attempts: int
    at: Instant
    """Of the last try."""
    why: str = ""
    status: int = 0


def waiting(message: Message, tried: SendAttempts) -> Delivery:
    """A message that waits for another try."""
    return Delivery(
        message=message,
        state="pending",
        attempts=tried.count,
        at=tried.last_at,
        why=tried.why,
        status=tried.status,
    )


class Disabled(Preserving, frozen=True, kw_only=True):
    """Since when nothing is sent to a webhook, and why: `gone`, its receiver wants no more (HTTP 410)."""

    at: Instant
    why: str


class Hook(Record, frozen=True, kw_only=True):
    """A webhook (Standard Webhooks 1.0.0). `events` may be `*`. `former` signs along until `former_until`."""

    id: str
    no: HookNo
    url: str
    events: tuple[str, ...]
    secret: str
    former: str | None = None
    former_until: Instant = 0
    disabled: Disabled | None = None
    version: int = 0

    def wants(self, type: EventType) -> bool:
        """Whether it is to be told of such events."""
        return "*" in self.events or type in self.events

    def secrets(self, now: Instant) -> tuple[str, ...]:
        """What to sign with."""
        return (self.secret, self.former) if self.former and now < self.former_until else (self.secret,)


MESSAGES: frozenset[EventType] = frozenset(
    {"link.issued", "link.requested", "reminder.due", "code.requested"}
)
"""Events that are for one person to read."""


_UNREACHED = frozenset({"unresolved", "forbidden_address", "connect_timeout", "unreachable"})


def public_why(why: str) -> str:
    """Why a try failed, as far as a clinic is told: where nobody was reached, not whether a name resolves, to
    where, and who listens there, for that is the operator's network (RELIABILITY 3)."""
    return "unreachable" if why in _UNREACHED else why


PENDING = "pending"
"""Why a message has not arrived: it is on its way."""


class Undelivered(msgspec.Struct, frozen=True, kw_only=True):
    """The last message to a person has not arrived, or not yet (`PENDING`)."""

    at: Instant
    why: str

    @property
    def has_failed(self) -> bool:
        """Whether somebody should look."""
        return self.why != PENDING


BackfillCause = Literal["practitioner", "type", "contact"]


class BackfillRun(Record, frozen=True, kw_only=True):
    """How far the clinic's unusable links have been looked at since something was put right (B4)."""

    cause: BackfillCause
    started_at: Instant
    total: int = 0
    seen: int = 0
    healed: int = 0
    after_start: Instant = 0
    after_no: str = ""
    finished_at: Instant = 0
    version: int = 0


class AuditLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who did what to whose link, and why (A9). `who` is a staff link's name or a key; never a patient's
    name.
    """

    at: Instant
    by: By
    who: str
    what: str
    appointment: str | None = None
    person: str | None = None
    reason: str | None = None


NO_CONTACT: Final = "contact_missing"
"""Why a mail was not sent: there is nowhere to send it."""
