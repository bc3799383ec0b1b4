"""What is remembered, as frozen facts. Times are `Instant`s (milliseconds UTC). `version` is 0 for what is
not stored yet.

`version` is not part of the stored text: the store keeps it beside the record and compares it at every write
(`rooms.ports`).
"""

from typing import Literal

import msgspec

from rooms.ids import AppointmentNo, ClinicId, GrantNo, PatientNo, PractitionerNo, RoomId, SessionId
from rooms.policy import Policy
from rooms.preserving import Preserving
from rooms.times import Instant, show

Status = Literal["held", "confirmed", "cancelled", "expired", "completed", "no_show"]
"""The six there are; `completed` and `no_show` come from an outcome or a person (C8)."""

LIVE: frozenset[Status] = frozenset({"held", "confirmed"})
"""What occupies the diary, but for a hold past its deadline (`rooms.booking.holds`)."""

OutcomeName = Literal[
    "attended",
    "system",
    "technical",
    "brief",
    "practitioner_absent",
    "left_unseen",
    "guest_only",
    "patient_absent",
    "both_absent",
    "too_late",
]
"""F3's table."""

By = Literal["practitioner", "patient", "staff", "system"]
Role = Literal["patient", "practitioner", "guest"]
SeatState = Literal["lobby", "waiting", "in_room"]
Presence = Literal["lobby", "waiting", "in_room", "media"]
"""F1's interval states; `media` runs beside `in_room` while media is connected."""


EntryKind = Literal["open", "close", "try", "failed", "done", "check"]

CheckFindings = dict[str, str | bool | float]
"""What a device check found, by the names of PROTOCOL.md's `check`; what was not tried is not in it."""


Unusable = tuple[str, ...]
"""Of somebody's contacts, `email` and `phone`, those that were given and cannot be used. What was given is
not kept.
"""


class Record(Preserving, frozen=True, kw_only=True):
    """Base of what is stored under a version."""


class DeviceCheck(Preserving, frozen=True, kw_only=True):
    """E4: the last device check of one person for one appointment."""

    at: Instant
    ok: bool
    """Nothing was found that keeps a call from being seen and heard."""
    found: CheckFindings
    made: int = 1
    """How many there have been, this one among them."""

    def facts(self) -> dict[str, object]:
        """As queue and evidence show it: what was found, `ok` and when."""
        return {**self.found, "ok": self.ok, "at": show(self.at)}


class Clinic(Record, frozen=True, kw_only=True):
    """One clinic. `salt` (hex) keys its affinities: random, never shown, never changed (A2, CONTRACT
    WebSocket).
    """

    id: ClinicId
    name: str
    time_zone: str
    salt: str
    phone: str | None = None
    policy: Policy = Policy()
    external_ids: tuple[str, ...] = ()
    version: int = 0


class Practitioner(Record, frozen=True, kw_only=True):
    id: str
    no: PractitionerNo
    name: str
    video_enabled: bool = True
    external_ids: tuple[str, ...] = ()
    email: str | None = None
    unusable: Unusable = ()
    version: int = 0


class AppointmentType(Record, frozen=True, kw_only=True):
    id: str
    name: str
    video: bool
    minutes: int
    external_ids: tuple[str, ...] = ()
    version: int = 0


class Patient(Record, frozen=True, kw_only=True):
    """`erased` keeps the number for the ledger when name and contact are gone (H4)."""

    id: str
    no: PatientNo
    name: str = ""
    email: str | None = None
    phone: str | None = None
    unusable: Unusable = ()
    erased: bool = False
    erased_at: Instant = 0
    """Stays where the id is somebody's again: what was answered before is gone. 0: never."""
    version: int = 0


class Guest(Preserving, frozen=True, kw_only=True):
    """Partner, carer, interpreter. `counts`: this guest stands for the patient in F3 (a parent, say)."""

    id: str
    number: int
    name: str
    email: str | None = None
    phone: str | None = None
    unusable: Unusable = ()
    counts: bool = False
    invited: bool = False
    """By the practitioner or staff (D9), with an id of ours: the booking service has never named them, so
    what it leaves out does not take them off.
    """


class Cancellation(Preserving, frozen=True, kw_only=True):
    """C6: the patient sees `reason`; `note` stays private."""

    by: By
    at: Instant
    reason: str | None = None
    note: str | None = None


class Outcome(Preserving, frozen=True, kw_only=True):
    """One decision about one appointment, with what it rests on (F3; RELIABILITY 7.5: rule version, evidence,
    coverage).
    """

    name: OutcomeName
    at: Instant
    evidence: dict[str, object]
    revision: int = 1
    review: bool = False
    """A person has to settle it; the status stays `confirmed` until then."""
    flagged: bool = False
    rules: str = "F3/1"


class Hold(Preserving, frozen=True, kw_only=True):
    """C2: until when a slot is kept, and what proves whose it is. It stays on what became of it, so that a
    confirm that comes twice is known.
    """

    until: Instant
    secret: str = ""
    """SHA-256 of the holder's secret, hex; empty: whoever has the clinic's key holds it."""
    extended: bool = False
    client: str = ""
    """Whose allowance it counts for (`rooms.calendar.VisitorHolds`)."""


SettledBy = Literal["location", "only_clinic", "first_in_order", "already_there"]
"""B5: why an appointment of a shared database is this clinic's. Its location says so; no other clinic has the
practitioner; the clinic is listed before the others that have; or it was there before, and still fits.
"""


class External(Preserving, frozen=True, kw_only=True):
    """B5: what an external database calls the practitioner and the place."""

    database: str
    practitioner: str
    location: str | None = None
    settled_by: SettledBy | None = None
    """None: it was stored before this was."""


class Handed(Preserving, frozen=True, kw_only=True):
    """D3: which colleague carries a room's visits, and who handed them over."""

    to: PractitionerNo
    by: PractitionerNo


class Appointment(Record, frozen=True, kw_only=True):
    """`id` is the booking service's; `no` is ours and what a token carries. `others` are the live
    appointments in the same room (D1, D2).
    """

    no: AppointmentNo
    id: str
    practitioner: str
    practitioner_no: PractitionerNo
    patient: str
    patient_no: PatientNo
    starts_at: Instant
    ends_at: Instant
    room: RoomId
    day: str = ""
    """The clinic-local day its room was given for (D1); it says where its `RoomEntry` is, whatever the zone
    is now. Empty: a hold, which has no room yet.
    """
    status: Status = "confirmed"
    type: str | None = None
    external_type: str | None = None
    guests: tuple[Guest, ...] = ()
    next_guest: int = 2
    others: tuple[AppointmentNo, ...] = ()
    stored_at: Instant = 0
    extended: int = 0
    """Milliseconds by which staff put off the close of this appointment's window (D2)."""
    generations: dict[int, int] = {}
    """Person number to the generation of that person's link, where it is not 1."""
    revoked: tuple[int, ...] = ()
    """Person numbers whose link was revoked and not issued again."""
    issued_at: Instant = 0
    """When its links first were usable; 0: not yet. From then on they go on working, whatever is switched off
    (B4)."""
    told: tuple[int, ...] = ()
    """Person numbers that were told of their link: each is told once (B4)."""
    reminded: tuple[float, ...] = ()
    """Of the clinic's `reminder_minutes`, those done with for the present start (A10)."""
    external: External | None = None
    """Where it came from, if by an external database (B5)."""
    cancelled: Cancellation | None = None
    outcome: Outcome | None = None
    undone: bool = False
    """Staff took its outcome back: it is decided again only after its window was extended (F5)."""
    revisions: int = 0
    """Of outcomes that were taken back: the next is numbered on from there, so that whoever counts by it
    misses none."""
    hold: Hold | None = None
    handed: Handed | None = None
    """Set for every appointment of a room whose visit was handed to a colleague; the diary is untouched
    (D3)."""
    checks: dict[str, DeviceCheck] = {}
    """Person, as in attendance, to the last device check by that person's link: every join reads this record
    anyway (E4)."""
    sequence: int = 0
    """How often its time, practitioner or being changed (RFC 5545 section 3.8.7.4)."""
    version: int = 0

    @property
    def host_no(self) -> PractitionerNo:
        """On whose floor its patient and guests are; `practitioner_no` says whose diary it is in."""
        return self.handed.to if self.handed else self.practitioner_no

    @property
    def floors(self) -> tuple[PractitionerNo, ...]:
        """Everybody's whose floor may have somebody because of it, the host's first."""
        return tuple(dict.fromkeys((self.host_no, self.practitioner_no)))


class RoomEntry(Record, frozen=True, kw_only=True):
    """D1: the room of a practitioner, a patient and a clinic-local day, and the live appointments in it."""

    practitioner_no: PractitionerNo
    patient_no: PatientNo
    day: str
    room: RoomId
    appointments: tuple[AppointmentNo, ...] = ()
    version: int = 0


class Grant(Record, frozen=True, kw_only=True):
    """A practitioner's room link or a staff link: expiring, revocable (I)."""

    no: GrantNo
    kind: Literal["practitioner", "staff"]
    name: str
    expires_at: Instant
    practitioner: str | None = None
    revoked: bool = False
    version: int = 0


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of an API key: SHA-256 of its secret, hex. The secret has 256 random bits, so a slow hash
    adds nothing.
    """

    digest: str
    created_at: Instant


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of an appointment's append-only history (C8)."""

    at: Instant
    what: str
    by: By
    facts: dict[str, object] = {}


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a ledger. Append-only: an interval is an `open` and a `close` of the same `sid` and `state`
    (F1).

    `kind`: `open`, `close` (an interval's ends); `try` (a well-signed hello refused, a failed device check:
    `why` is the code); `failed` (media failed for this person); `done` (the practitioner ended the visit as
    done); `check` (a device check, E4: `why` is `ok` or `failed`, `found` what it found). `at` is when it
    happened, for a `close` the last inbound frame (F2). `appointment` is, on an `in_room` open of a patient
    or guest, the appointment that was admitted; on `waiting`, `try` and `check`, the link's.
    """

    kind: EntryKind
    at: Instant
    person: str
    sid: str = ""
    state: Presence | None = None
    device: str = ""
    appointment: AppointmentNo | None = None
    why: str = ""
    found: CheckFindings = {}


class Seat(Preserving, frozen=True, kw_only=True):
    """One session on a practitioner's floor. `person` is `patient`, `practitioner` or `guest:<id>`; a seat is
    room + person (for a practitioner: clinic + practitioner). `epoch` fences: a stale socket or process
    cannot speak for a newer one.
    """

    sid: SessionId
    key: str
    """SHA-256 of the resume key, hex."""
    person: str
    number: int
    serial: int
    """Order of arrival on this floor; whoever came later is polite towards whoever came earlier."""
    state: SeatState
    node: str
    epoch: int
    arrived_at: Instant
    since: Instant
    """When the present state's open interval began."""
    room: RoomId | None = None
    appointment: AppointmentNo | None = None
    """The link's appointment; once admitted, the admitted one."""
    link: AppointmentNo | None = None
    """The appointment whose link this person came by (a guest may enter in this one's window only, D2)."""
    gone_at: Instant = 0
    """When it dropped off (last inbound frame); 0 while its socket is open."""
    media: Literal["", "connected", "failed"] = ""
    tested: DeviceCheck | None = None
    """This person's last device check, before joining or since; shown in the queue (D3, E4)."""
    device: str = ""
    grant: GrantNo | None = None
    """The room link a practitioner came by."""


class Departure(Preserving, frozen=True, kw_only=True):
    """Why a session is no longer on the floor; kept a short while so that every process can tell
    its socket.
    """

    sid: SessionId
    why: str
    at: Instant
    node: str = ""
    """The process that has, or had, its socket."""
    facts: dict[str, object] = {}
    person: str = ""
    room: RoomId | None = None
    """Whose seat it was; without a room for a practitioner, as in `rooms.visit.admission.seat_held_by`."""


class Floor(Record, frozen=True, kw_only=True):
    """Everybody present with one practitioner of one clinic: lobby, waiting and rooms. Live state only; names
    are not in it.
    """

    practitioner_no: PractitionerNo
    seats: tuple[Seat, ...] = ()
    locked: tuple[RoomId, ...] = ()
    late_until: Instant = 0
    """Running late: when the practitioner expects to be free (D5); 0 when not."""
    departures: tuple[Departure, ...] = ()
    serial: int = 0
    losses: int = 0
    """How often people were announced anew on it, because the store had lost its newest states."""
    restored: int = 0
    """The version whose state they were last put back in."""
    version: int = 0
