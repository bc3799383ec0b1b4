"""What booking answers (C1 to C8)."""

from rooms.calendar import ExceptionKind
from rooms.records import Status
from signalling.http.schemas.answers import AnswerBody, AppointmentShown, Time


class AffectedShown(AnswerBody, frozen=True, kw_only=True):
    """A booking that lies outside the hours then. It stays as it is (C7)."""

    id: str
    starts_at: Time
    ends_at: Time
    status: Status
    patient: str
    patient_name: str | None


class Affected(AnswerBody, frozen=True, kw_only=True):
    affected: list[AffectedShown]


class WeeklyHoursShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    weekday: int
    start_minute: int
    end_minute: int
    slot_minutes: int
    buffer_minutes: int
    active: bool
    valid_from: str | None
    valid_until: str | None


class WindowChanged(WeeklyHoursShown, frozen=True, kw_only=True):
    affected: list[AffectedShown]


class ExceptionShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    date: str
    until: str | None
    """Closed over days: the last one, on which `end_minute` is (C10)."""
    kind: ExceptionKind
    start_minute: int
    end_minute: int
    slot_minutes: int | None
    buffer_minutes: int | None
    note: str | None


class ExceptionChanged(ExceptionShown, frozen=True, kw_only=True):
    affected: list[AffectedShown]


class AvailabilityShown(AnswerBody, frozen=True, kw_only=True):
    items: list[WeeklyHoursShown]
    exceptions: list[ExceptionShown]
    time_zone: str
    self_booking: bool


class ExceptionList(AnswerBody, frozen=True, kw_only=True):
    items: list[ExceptionShown]


class BookingClinic(AnswerBody, frozen=True, kw_only=True):
    id: str
    name: str
    time_zone: str
    phone: str | None
    language: str


class Named(AnswerBody, frozen=True, kw_only=True):
    id: str
    name: str


class TypeNamed(Named, frozen=True, kw_only=True):
    minutes: int


class BookingShown(AnswerBody, frozen=True, kw_only=True):
    """What the public page lets people choose from."""

    clinic: BookingClinic
    self_booking: bool
    hold_minutes: float
    lead_minutes: float
    """Nothing that starts sooner can be booked there (C10)."""
    cancel_minutes: float
    """Nor cancelled by its patient any later than this before the start; 0: as long as it is not over."""
    sends_links: bool
    """Whether a link goes to the contact that is given, by mail or by the clinic's webhooks."""
    practitioners: list[Named]
    types: list[TypeNamed]
    server_time: Time


class SlotShown(AnswerBody, frozen=True, kw_only=True):
    starts_at: Time
    ends_at: Time
    practitioner: str


class SlotList(AnswerBody, frozen=True, kw_only=True):
    items: list[SlotShown]


class HoldShown(AnswerBody, frozen=True, kw_only=True):
    """`appointment`: its id, which is the hold's too."""

    id: str
    appointment: str
    status: Status
    expires_at: Time
    extended: bool
    starts_at: Time
    ends_at: Time
    practitioner: str
    practitioner_name: str | None
    type: str | None
    type_name: str | None
    server_time: Time


class HoldMade(HoldShown, frozen=True, kw_only=True):
    secret: str
    """Shown this once; whoever has it may confirm."""


class LinkMade(AnswerBody, frozen=True, kw_only=True):
    token: str
    link: str
    address: str | None


class Confirmed(AppointmentShown, frozen=True, kw_only=True):
    links: dict[str, LinkMade]
    """By person: to visitors the patient's, to the clinic everybody's; empty where there can be none."""


class ClashShown(AnswerBody, frozen=True, kw_only=True):
    """What a sync could not place (C3). `other`: whoever has its time."""

    id: str
    other: AppointmentShown | None
    practitioner: str
    practitioner_name: str | None
    patient: str
    patient_name: str | None
    type: str | None
    external_type: str | None
    starts_at: Time
    ends_at: Time
    at: Time


class ClashList(AnswerBody, frozen=True, kw_only=True):
    items: list[ClashShown]
    next_cursor: str | None
