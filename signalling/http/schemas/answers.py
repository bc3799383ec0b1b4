"""What is answered: the bodies of every call, as `/v1/openapi.json` shows them."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rooms.policy import Policy
from rooms.records import By, OutcomeName, Status

Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""RFC 3339 in UTC."""


class AnswerBody(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what is answered."""


class Warned(AnswerBody, frozen=True, kw_only=True):
    """Done as asked, but for this. `contact_invalid`: the contact in `field` cannot be used and was left out;
    `patient_busy`: the patient has the appointment `other` at this time, too.
    """

    code: Literal["contact_invalid", "patient_busy"]
    field: str | UnsetType = UNSET
    other: str | UnsetType = UNSET


Warnings = tuple[Warned, ...]


class PolicyShown(Policy, frozen=True, kw_only=True, omit_defaults=False):
    """Every rule, the untouched ones too."""


class ClinicShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    name: str
    time_zone: str
    phone: str | None
    policy: PolicyShown
    external_ids: tuple[str, ...]
    warnings: Warnings = ()


class ClinicCreated(ClinicShown, frozen=True, kw_only=True):
    api_key: str
    """Shown this once."""


class PractitionerShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    name: str
    video_enabled: bool
    external_ids: tuple[str, ...]
    email: str | None
    warnings: Warnings = ()


class PractitionerList(AnswerBody, frozen=True, kw_only=True):
    items: list[PractitionerShown]


class ColleagueShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    name: str


class Colleagues(AnswerBody, frozen=True, kw_only=True):
    """Whom a visit can be handed to (D3), by name."""

    items: list[ColleagueShown]


class AppointmentTypeShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    name: str
    video: bool
    minutes: int
    external_ids: tuple[str, ...]


class AppointmentTypeList(AnswerBody, frozen=True, kw_only=True):
    items: list[AppointmentTypeShown]


class PatientShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    name: str
    email: str | None
    phone: str | None
    warnings: Warnings = ()


class JoinWindowShown(AnswerBody, frozen=True, kw_only=True):
    """D2: open from `opens_at` on, until before `closes_at`."""

    opens_at: Time
    closes_at: Time


class LinkShown(AnswerBody, frozen=True, kw_only=True):
    """Whether the patient's link opens the room inside the window, and the codes of the checks that block
    it.
    """

    usable: bool
    failed: tuple[str, ...]


class GuestShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    name: str
    counts: bool
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    invited: Literal[True] | UnsetType = UNSET
    """By the practitioner or staff (D9): a PUT that does not name them leaves them there."""


class CancelledShown(AnswerBody, frozen=True, kw_only=True):
    by: By
    at: Time
    reason: str | None
    note: str | UnsetType | None = UNSET
    """Absent for a patient (C6)."""


class AppointmentShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    status: Status
    outcome: OutcomeName | None
    outcome_revision: int
    """0 while there is none."""
    review: bool
    flagged: bool
    room: str
    window: JoinWindowShown
    link: LinkShown
    practitioner: str
    practitioner_name: str | None
    patient: str
    guests: tuple[GuestShown, ...]
    type: str | None
    external_type: str | None
    starts_at: Time
    ends_at: Time
    cancelled: CancelledShown | None
    patient_name: str | UnsetType | None = UNSET
    """In lists, for whoever works at the clinic."""
    warnings: Warnings | UnsetType = UNSET
    """Of one appointment, for whoever works at the clinic; lists leave it out."""


class AppointmentList(AnswerBody, frozen=True, kw_only=True):
    items: list[AppointmentShown]
    next_cursor: str | None


class IssuedShown(AnswerBody, frozen=True, kw_only=True):
    token: str
    link: str
    address: str | None
    """Where this person may always come; no credential (A8)."""
    room: str
    opens_at: Time
    closes_at: Time
    status: Status


class GrantShown(AnswerBody, frozen=True, kw_only=True):
    id: str
    token: str
    link: str
    expires_at: Time


class CheckShown(AnswerBody, frozen=True, kw_only=True):
    code: str
    passed: bool
    blocking: bool
    message: str
    who: str
    where: str


class DiagnosisShown(AnswerBody, frozen=True, kw_only=True):
    usable: bool
    checks: list[CheckShown]


class IntervalShown(AnswerBody, frozen=True, kw_only=True):
    """F1. `ended_at` and `ended_by` are null while it goes on."""

    person: str
    device: str
    state: str
    started_at: Time
    ended_at: Time | None
    ended_by: str | None


class AttendanceShown(AnswerBody, frozen=True, kw_only=True):
    intervals: list[IntervalShown]
    overlap_seconds: float
    """Patient and practitioner together: what billing reads (F7)."""
    outcome: OutcomeName | None
    evidence: dict[str, Any] | None
    """F3's facts; beside them `device_check`, what the patient's last one found, with `ok` and `at` (E4)."""


class StepShown(AnswerBody, frozen=True, kw_only=True):
    at: Time
    what: str
    by: By
    facts: dict[str, Any]


class History(AnswerBody, frozen=True, kw_only=True):
    items: list[StepShown]
