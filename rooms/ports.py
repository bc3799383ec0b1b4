"""What a service needs from the world: a store that compares and writes, and a bus that carries the news.

A command loads records, decides in Python, and commits a list of `Change`s of one clinic. The store writes
all of them or, when a record is not at the version that was loaded, none (`Conflict`): the command then loads
and decides again.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from rooms.calendar import Clash, Hours, VisitorHolds
from rooms.changes import Change, Remembered
from rooms.credentials import Challenge, Database, Device
from rooms.events import BackfillRun, Hook
from rooms.fleet import Fleet
from rooms.ids import AppointmentNo, ClinicId, GrantNo, PatientNo, PractitionerNo, RoomId, SessionId
from rooms.outgoing import OutgoingStore
from rooms.records import (
    ApiKey,
    Appointment,
    AppointmentType,
    Clinic,
    Entry,
    Floor,
    Grant,
    Patient,
    Practitioner,
    RoomEntry,
    Step,
)
from rooms.times import Instant


class RetryTicket(Protocol):
    """Of one command that came second: first come, first served among all of this process that came second at
    the same thing. Entered before it loads and decides again, and left when it has come through.
    """

    async def __aenter__(self) -> object:
        """Wait for it. Raises `Unavailable` where it did not come in time."""

    async def __aexit__(self, *raised: object) -> None: ...
    async def lost(self) -> None:
        """Another process was faster, or somebody who came just now: wait a moment. Raises `Unavailable` when
        it has been too long.
        """


class Conflict(Exception):
    """Something that was loaded has changed since: load and decide again. `ticket`: when, where a store says
    so.
    """

    def __init__(self, ticket: RetryTicket | None = None) -> None:
        super().__init__()
        self.ticket = ticket


class Repeated(Exception):
    """The answer to this very request is kept already (`Remember`): its twin was faster. Not to be tried
    again.
    """


Recorded = (
    Clinic
    | Practitioner
    | AppointmentType
    | Patient
    | Appointment
    | RoomEntry
    | Floor
    | Grant
    | Hook
    | BackfillRun
    | Challenge
    | Device
    | Database
    | Hours
    | VisitorHolds
    | Clash
)
"""What is stored under a version."""


class Put(Change, frozen=True):
    """Write a record that was loaded at `record.version` (0: must not exist yet); it is stored at `version +
    1`.
    """

    record: Recorded
    above: int = 0
    """It is stored above this version at least, because that one was shown and lost (RELIABILITY 4)."""


class Same(Change, frozen=True):
    """Only compare: the decision rests on this record as it was loaded."""

    record: Recorded


class Drop(Change, frozen=True):
    """Remove a record of these kinds that was loaded at `record.version`."""

    record: Practitioner | AppointmentType | Floor | Hook | Challenge | Device | Clash


class Book(Change, frozen=True):
    """Enter `[starts_at, ends_at)` of `appointment` in a practitioner's diary, in place of `frees`, if what
    the diary holds between is still exactly `seen` (what `Store.diary` answered), so that no two live
    appointments can overlap (C3).
    """

    practitioner: PractitionerNo
    appointment: AppointmentNo
    starts_at: Instant
    ends_at: Instant
    seen: "DiaryView"
    until: Instant = 0
    """When it expires, for a hold; else 0."""
    past: Instant = 0
    """What ends by then may come and go: whoever only minds what overlaps is in nobody's way beside it."""


class Free(Change, frozen=True):
    """Take an appointment out of a diary."""

    practitioner: PractitionerNo
    appointment: AppointmentNo
    ends_at: Instant
    until: Instant = 0


class KeepUntil(Change, frozen=True):
    """Of an entry that is in the diary: it expires at another time, or (0) not at all. That its appointment
    is still as it was loaded, its `Put` compares.
    """

    practitioner: PractitionerNo
    appointment: AppointmentNo
    starts_at: Instant
    ends_at: Instant
    was: Instant
    until: Instant


class Log(Change, frozen=True):
    """Append to an appointment's history."""

    appointment: AppointmentNo
    step: Step


class Append(Change, frozen=True):
    """Append to a room's ledger, or with `room` None to the practitioner's lobby ledger of the UTC day of
    `entry.at`.
    """

    room: RoomId | None
    practitioner: PractitionerNo
    entry: Entry


class Due(Change, frozen=True):
    """Decide this appointment's outcome at `at`; None: nothing is due."""

    appointment: AppointmentNo
    at: Instant | None


class Lease(Change, frozen=True):
    """Somebody has to look at this session at `until` (None: never again); `seen` is its last
    inbound frame.
    """

    practitioner: PractitionerNo
    sid: SessionId
    until: Instant | None
    seen: Instant


class Whereabouts(Change, frozen=True):
    """A session is on the floor of another practitioner than its id says: a resume looks there (D3)."""

    sid: SessionId
    practitioner: PractitionerNo


class LeaseStill(Change, frozen=True):
    """Only compare: the lease still ends at `until`, so nobody renewed it meanwhile."""

    practitioner: PractitionerNo
    sid: SessionId
    until: Instant


class Know(Change, frozen=True):
    """Before this commit: which practitioner an affinity stands for, so that no token can be out while its
    affinity is unknown.
    """

    affinity: str
    practitioner: PractitionerNo


class AddKey(Change, frozen=True):
    """Store an API key of the clinic."""

    key: ApiKey


class DiaryEntry(msgspec.Struct, frozen=True, order=True):
    """`until`: when it expires, for a hold; 0 for what stays."""

    starts_at: Instant
    ends_at: Instant
    appointment: AppointmentNo
    until: Instant = 0


class DiaryView(msgspec.Struct, frozen=True):
    """Every entry that starts in `[since, until)`. `since` is early enough to hold whatever could overlap
    what was asked.
    """

    since: Instant
    until: Instant
    entries: tuple[DiaryEntry, ...]


class Referred(msgspec.Struct, frozen=True):
    """All that a booking refers to, read in one round trip; None for what is not stored. `backfill_run` was
    read before the rest: what it was when a link was judged.
    """

    backfill_run: BackfillRun | None
    clinic: Clinic | None
    practitioner: Practitioner | None
    patient: Patient | None
    type: AppointmentType | None
    appointment: AppointmentNo | None
    """The number of the appointment the booking service calls so."""
    clash: Clash | None
    """What is known of an appointment called so that could not be placed (C3)."""


class Arrival(msgspec.Struct, frozen=True):
    """All a join needs, read in one round trip. None or an empty floor for what is not stored."""

    clinic: Clinic | None
    practitioner: Practitioner | None
    appointment: Appointment | None
    floor: Floor


class LeaseView(msgspec.Struct, frozen=True):
    practitioner: PractitionerNo
    sid: SessionId
    until: Instant
    seen: Instant


class Renewal(msgspec.Struct, frozen=True):
    """One session's proof of life, for `Store.renew`."""

    clinic: ClinicId
    practitioner: PractitionerNo
    sid: SessionId
    until: Instant
    seen: Instant


class Store(OutgoingStore, Fleet, Protocol):
    """Every method may raise `rooms.errors.Unavailable`; then nothing was acknowledged, and whether a commit
    happened is unknown.
    """

    async def commit(self, clinic: ClinicId, changes: Sequence[Change]) -> None:
        """Write all changes or raise `Conflict` or `Repeated` having written none. Keeps indexes, due lists
        and hints in step.
        """

    def retry_ticket(self, clinic: ClinicId, about: str) -> RetryTicket:
        """Of a command that is not to begin beside another of this process that is `about` the same."""

    async def clinic(self, clinic: ClinicId) -> Clinic | None: ...
    async def practitioner(self, clinic: ClinicId, id: str) -> Practitioner | None: ...
    async def practitioner_by_no(self, clinic: ClinicId, no: PractitionerNo) -> Practitioner | None: ...
    async def practitioners(self, clinic: ClinicId) -> list[Practitioner]: ...
    async def appointment_type(self, clinic: ClinicId, id: str) -> AppointmentType | None: ...
    async def appointment_types(self, clinic: ClinicId) -> list[AppointmentType]: ...
    async def patient(self, clinic: ClinicId, id: str) -> Patient | None: ...
    async def patients(self, clinic: ClinicId, ids: Sequence[str]) -> list[Patient | None]: ...
    async def appointment(self, clinic: ClinicId, no: AppointmentNo) -> Appointment | None: ...
    async def appointment_by_id(self, clinic: ClinicId, id: str) -> Appointment | None: ...
    async def appointments(
        self, clinic: ClinicId, nos: Sequence[AppointmentNo]
    ) -> list[Appointment | None]: ...
    async def referred(
        self, clinic: ClinicId, practitioner: str, patient: str, type: str | None, appointment: str
    ) -> Referred: ...
    async def listing(
        self,
        clinic: ClinicId,
        *,
        practitioner: PractitionerNo | None,
        patient: PatientNo | None,
        start: Instant,
        end: Instant,
        after: tuple[Instant, str] | None,
        limit: int,
        handed: bool = False,
    ) -> list[Appointment]:
        """Appointments of any status with `start <= starts_at < end`, ordered by `(starts_at, no)`, after the
        given pair, at most `limit`. `handed`: a practitioner's, and those handed to them.
        """

    async def room(
        self, clinic: ClinicId, practitioner: PractitionerNo, patient: PatientNo, day: str
    ) -> RoomEntry | None: ...
    async def diary(
        self, clinic: ClinicId, practitioner: PractitionerNo, starts_at: Instant, ends_at: Instant
    ) -> DiaryView: ...
    async def hours(self, clinic: ClinicId, practitioner: PractitionerNo) -> Hours:
        """None at all, version 0, where nobody has set any."""

    async def all_hours(self, clinic: ClinicId) -> list[Hours]: ...
    async def visitor_holds(self, clinic: ClinicId, client: str) -> VisitorHolds:
        """Holding nothing, version 0, where nothing is known."""

    async def clash(self, clinic: ClinicId, id: str) -> Clash | None: ...
    async def clashes(self, clinic: ClinicId) -> list[Clash]: ...
    async def history(self, clinic: ClinicId, no: AppointmentNo) -> list[Step]: ...
    async def floor(self, clinic: ClinicId, practitioner: PractitionerNo) -> Floor:
        """An empty one, version 0, where nobody is present."""

    async def whereabouts(self, clinic: ClinicId, sid: SessionId) -> PractitionerNo | None:
        """The last `Whereabouts` of this session."""

    async def arrival(
        self, clinic: ClinicId, practitioner: PractitionerNo, appointment: AppointmentNo | None
    ) -> Arrival: ...
    async def ledger(self, clinic: ClinicId, room: RoomId) -> list[Entry]: ...
    async def lobby(
        self, clinic: ClinicId, practitioner: PractitionerNo, start: Instant, end: Instant
    ) -> list[Entry]:
        """The lobby ledger of every UTC day from the day before `start` to that of `end`, oldest first."""

    async def lease(
        self, clinic: ClinicId, practitioner: PractitionerNo, sid: SessionId
    ) -> LeaseView | None: ...
    async def expired(self, clinic: ClinicId, now: Instant, limit: int = 100) -> list[LeaseView]:
        """Leases whose `until` is past."""

    async def renew(self, renewals: Sequence[Renewal]) -> list[Renewal]:
        """Renew leases that still exist, in one batch; answers those that no longer do (they were reaped)."""

    async def due(self, clinic: ClinicId, now: Instant, limit: int = 100) -> list[AppointmentNo]: ...
    async def clinics_due(self, now: Instant, limit: int = 100) -> list[ClinicId]:
        """Clinics that may have an outcome due (a hint: never misses one, may name one too many)."""

    async def clinics_lapsed(self, now: Instant, limit: int = 100) -> list[ClinicId]:
        """Clinics that may have expired leases (a hint likewise)."""

    async def refresh_hints(self, clinic: ClinicId) -> None:
        """Set the clinic's two hints anew from its own due list and leases."""

    async def sweep(self) -> int:
        """Rebuild every cross-clinic hint from the clinics themselves; answers how many clinics were seen."""

    async def grant(self, clinic: ClinicId, no: GrantNo) -> Grant | None: ...
    async def api_key(self, clinic: ClinicId, digest: str) -> ApiKey | None: ...
    async def remembered(self, clinic: ClinicId, key: str) -> Remembered | None: ...
    async def affinity(self, affinity: str) -> tuple[ClinicId, PractitionerNo | None] | None:
        """Which clinic and practitioner an affinity stands for (None for a staff link's)."""

    async def know_affinity(
        self, affinity: str, clinic: ClinicId, practitioner: PractitionerNo | None
    ) -> None:
        """Written before the commit that first uses it, so that no token can be out while its affinity is
        unknown.
        """


class Bus(Protocol):
    """Carries what was committed to whoever is connected, here or on another process."""

    async def floor_changed(self, clinic: Clinic, floor: Floor) -> None: ...
    async def appointment_changed(self, clinic: Clinic, floor: Floor) -> None:
        """As `floor_changed`, and what was known of the clinic's appointments and names is out of date."""
