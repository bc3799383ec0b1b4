"""What is answered about links, addresses, webhooks and the audit."""

from typing import Any, Literal

from rooms.events import BackfillCause, DeliveryState
from rooms.records import By, SettledBy
from signalling.http.schemas.answers import (
    AnswerBody,
    AppointmentShown,
    CheckShown,
    GuestShown,
    JoinWindowShown,
    Time,
    Warnings,
)


class Sent(AnswerBody, frozen=True, kw_only=True):
    """Always the same: whether there was anybody to send it to is not said (A7, A8)."""

    sent: Literal[True] = True


class OwnLink(AnswerBody, frozen=True, kw_only=True):
    """A link to whoever holds it."""

    person: str
    appointment: AppointmentShown
    usable: bool
    checks: list[CheckShown]
    can_cancel: bool
    cancel_until: Time | None
    """How late its patient can cancel by it (C10); null: as long as the visit is not over, or not theirs."""
    address: str | None
    time_zone: str
    phone: str | None
    server_time: Time


class EntryShown(AnswerBody, frozen=True, kw_only=True):
    """One visit to come; `link` null: there is none, `failed` says why."""

    starts_at: Time
    ends_at: Time
    window: JoinWindowShown
    practitioner_name: str | None
    link: str | None
    is_open: bool
    failed: tuple[str, ...]


class AddressOpened(AnswerBody, frozen=True, kw_only=True):
    """A patient's visits, the current one apart; a practitioner has only `link`, to their page."""

    role: Literal["patient", "practitioner"]
    current: EntryShown | None
    upcoming: list[EntryShown]
    link: str | None
    time_zone: str
    phone: str | None
    server_time: Time
    device: str | None
    """To be kept by a browser that is to be remembered; shown this once."""
    device_expires_at: Time | None


class MessageShown(AnswerBody, frozen=True, kw_only=True):
    """The last message to this person: none was sent, it is on its way, it arrived, or it has not (`why`)."""

    state: Literal["none", "pending", "delivered", "failed"]
    at: Time | None
    why: str | None


class PersonsLinkShown(AnswerBody, frozen=True, kw_only=True):
    person: str
    name: str | None
    usable: bool
    failed: tuple[str, ...]
    revoked: bool
    has_contact: bool
    told: bool
    message: MessageShown


class InvitedShown(GuestShown, frozen=True, kw_only=True):
    """Somebody who was invited, for whoever invited them: their link to be sent or shown, and how the message
    to them is getting on (D9).
    """

    person: str
    link: str | None
    """null: it was taken back, or the visit is over."""
    room: str
    opens_at: Time
    closes_at: Time
    message: MessageShown
    warnings: Warnings = ()


class InvitedList(AnswerBody, frozen=True, kw_only=True):
    items: list[InvitedShown]


class LinkRowShown(AnswerBody, frozen=True, kw_only=True):
    """`checks` of the patient's link, failing ones first."""

    appointment: AppointmentShown
    checks: list[CheckShown]
    people: list[PersonsLinkShown]


class HealingShown(AnswerBody, frozen=True, kw_only=True):
    """B4: how far the appointments without a link have been looked at since something was put right."""

    cause: BackfillCause
    started_at: Time
    seen: int
    healed: int
    total: int
    finished_at: Time | None


class LinkRows(AnswerBody, frozen=True, kw_only=True):
    items: list[LinkRowShown]
    next_cursor: str | None
    healing: HealingShown | None


class FoundShown(AnswerBody, frozen=True, kw_only=True):
    appointment: AppointmentShown
    usable: bool
    checks: list[CheckShown]


class FoundList(AnswerBody, frozen=True, kw_only=True):
    """The nearest first."""

    items: list[FoundShown]


class AuditShown(AnswerBody, frozen=True, kw_only=True):
    at: Time
    by: By
    who: str
    what: str
    appointment: str | None
    person: str | None
    reason: str | None


class AuditList(AnswerBody, frozen=True, kw_only=True):
    """Newest first."""

    items: list[AuditShown]
    next_cursor: str | None


class DisabledShown(AnswerBody, frozen=True, kw_only=True):
    """Nothing is sent since `at`; `why` is `gone`: the receiver answered 410. What waited, and what happens
    meanwhile, are dead letters. A PUT enables it again."""

    at: Time
    why: str


class HookShown(AnswerBody, frozen=True, kw_only=True):
    """`former_until`: until then messages carry a signature by the former secret, too. `disabled` null: it is
    in use."""

    id: str
    url: str
    events: tuple[str, ...]
    secret: str
    former_until: Time | None
    disabled: DisabledShown | None


class DisabledHookShown(DisabledShown, frozen=True, kw_only=True):
    id: str


class DisabledHookList(AnswerBody, frozen=True, kw_only=True):
    """For staff, who see no secret and no address of a receiver, which may hold one."""

    items: list[DisabledHookShown]


class HookList(AnswerBody, frozen=True, kw_only=True):
    items: list[HookShown]


class DeliveryShown(AnswerBody, frozen=True, kw_only=True):
    """`at` is when the last try began, `why` what went wrong with it; `unreachable` is all that is said where
    no connection came about."""

    id: str
    type: str
    appointment: str | None
    seq: int
    state: DeliveryState
    attempts: int
    at: Time
    why: str
    status: int


class Deliveries(AnswerBody, frozen=True, kw_only=True):
    """What waits for another try, what was given up (`dead`), and the last that arrived, newest first."""

    items: list[DeliveryShown]


class Replayed(AnswerBody, frozen=True, kw_only=True):
    """How many are sent once more; at most 50 at once."""

    replayed: int


class DatabaseShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    clinics: tuple[str, ...]
    in_order: bool


class DatabaseMade(DatabaseShown, frozen=True, kw_only=True):
    group_key: str
    """Shown this once."""


class ExternalShown(AppointmentShown, frozen=True, kw_only=True):
    clinic: str
    """The one it fell to (B5)."""
    settled_by: SettledBy | None
    """By which rule. `location`: the clinic at `external_location`; `only_clinic`: no other has the
    practitioner; `first_in_order`: it is listed before the others; `already_there`: it has the appointment,
    and still fits."""


SupportBundle = dict[str, Any]
