"""What each `Change` of a commit compares and writes (`commit.lua`), with its indexes and hints."""

from collections.abc import Callable, Iterable
from functools import singledispatch

from rooms.calendar import Clash, Hours, VisitorHolds
from rooms.changes import Change, NoAppointment, NoClash, Overwrite, Remember, Remembered, Unremember
from rooms.credentials import Challenge, Database, Device
from rooms.events import BackfillRun, Hook, HookNo
from rooms.ids import ClinicId
from rooms.policy import LONGEST_VISIT
from rooms.ports import (
    AddKey,
    Append,
    Book,
    Drop,
    Due,
    Free,
    KeepUntil,
    Know,
    Lease,
    LeaseStill,
    Log,
    Put,
    Same,
    Whereabouts,
)
from rooms.records import (
    Appointment,
    AppointmentType,
    Clinic,
    Floor,
    Grant,
    Patient,
    Practitioner,
    RoomEntry,
)
from rooms.store import keys
from rooms.store.encode import Stored, diary_member, line, pack, pack_text
from rooms.store.pipeline import Arg, Command
from rooms.times import Instant

RecordKey = tuple[str, str | None]
"""Where a record is: a key, and in a hash a field."""


_FIELDS: dict[type[Stored], tuple[Callable[[ClinicId], str], str]] = {
    Practitioner: (keys.practitioners, "id"),
    AppointmentType: (keys.types, "id"),
    Patient: (keys.patients, "id"),
    Grant: (keys.grants, "no"),
    Hook: (keys.hooks, "id"),
    Device: (keys.devices, "digest"),
    Hours: (keys.hours, "practitioner_no"),
    Clash: (keys.clashes, "id"),
}
"""Records in a hash, by a member of theirs."""


def record_key(clinic: ClinicId, record: Stored) -> RecordKey:
    """Where that record is stored."""
    if (kept := _FIELDS.get(type(record))) is not None:
        key, member = kept
        return key(clinic), getattr(record, member)
    match record:
        case Clinic():
            return keys.clinic(clinic), None
        case Appointment():
            return keys.appointment(clinic, record.no), None
        case RoomEntry():
            return keys.rooms(clinic), keys.room_field(record.practitioner_no, record.patient_no, record.day)
        case Floor():
            return keys.floor(clinic, record.practitioner_no), None
        case BackfillRun():
            return keys.backfill_run(clinic), None
        case Challenge():
            return keys.code(record.place), None
        case VisitorHolds():
            return keys.visitor_holds(clinic, record.client), None
        case Database():
            return keys.databases(), record.id
    raise ValueError(f"{type(record).__name__} is no record this store knows")


class CommitPlan:
    """A commit as `commit.lua` wants it, and the commands outside the clinic's slot around it.

    Hints are lowered before it, so that a crash in between leaves one that names a clinic for nothing, and
    once more after it: otherwise a `refresh_hints` that read the clinic's own lists before this commit, and
    writes after the first hint, would hide what this commit added.
    """

    def __init__(self, clinic: ClinicId) -> None:
        self.clinic = clinic
        self.before: list[Command] = []
        self.repeats = 0
        """Which check says that this very request was answered already; 0: none."""
        self._hints: dict[tuple[str, str], Instant] = {}
        self._keys: dict[str, int] = {}
        self._checks: list[Arg] = []
        self._compared: list[tuple[str, Arg | None]] = []
        self._writes: list[Arg] = []
        self._first: list[Arg] = []
        self._counts = [0, 0]
        self._put: set[RecordKey] = set()

    @property
    def keys(self) -> list[str]:
        """KEYS: each once."""
        return list(self._keys)

    @property
    def args(self) -> list[Arg]:
        """ARGV after the echo."""
        checks, writes = self._counts
        return [checks, *self._checks, writes, *self._first, *self._writes]

    @property
    def hints(self) -> list[Command]:
        """Lower the clinic's hints to the earliest of what is added; a hint is never raised here."""
        return [("ZADD", hint, "LT", at, member) for (hint, member), at in self._hints.items()]

    def hint(self, hint: str, at: Instant, member: str = "") -> None:
        """`member`: the clinic, unless it says otherwise."""
        place = hint, member or self.clinic
        self._hints[place] = min(at, self._hints.get(place, at))

    def check(self, kind: str, key: str, *args: Arg) -> int:
        """Which of the checks it is, from 1."""
        self._counts[0] += 1
        self._checks += (kind, self._key(key), *args)
        # A hash has many records, a list and a diary are one thing.
        self._compared.append((key, args[0] if kind in {"field", "score"} else None))
        return self._counts[0]

    def compared(self, check: int) -> str:
        """What the check of that number, from 1, was about."""
        key, member = self._compared[check - 1]
        return key if member is None else f"{key} {member!r}"

    def write(self, command: str, key: str, *args: Arg) -> None:
        self._counts[1] += 1
        self._writes += (command, self._key(key), len(args), *args)

    def write_first(self, command: str, key: str, *args: Arg) -> None:
        self._counts[1] += 1
        self._first += (command, self._key(key), len(args), *args)

    def index(self, key: str) -> int:
        """Its place among KEYS, for a write that has two."""
        return self._key(key)

    def _key(self, key: str) -> int:
        return self._keys.setdefault(key, len(self._keys) + 1)

    def check_version(self, record: Stored) -> None:
        key, field = record_key(self.clinic, record)
        if field is None:
            self.check("string", key, record.version)
        else:
            self.check("field", key, field, record.version)

    def claim(self, record: Stored) -> RecordKey:
        """A record is written once in a commit: the second would rest on what is no longer so."""
        where = record_key(self.clinic, record)
        if where in self._put:
            raise ValueError(f"{type(record).__name__} twice in one commit")
        self._put.add(where)
        return where


def plan(clinic: ClinicId, changes: Iterable[Change]) -> CommitPlan:
    """The whole commit. Raises `ValueError` for a change no command may ask for."""
    made = CommitPlan(clinic)
    for change in changes:
        add(change, made)
    return made


@singledispatch
def add(change: Change, made: CommitPlan) -> None:
    """What one change compares and writes; `rooms.store.outgoing_plan` has those of what leaves this
    server.
    """
    raise ValueError(f"{type(change).__name__} is no change this store knows")


@add.register
def _put(change: Put, made: CommitPlan) -> None:
    record = change.record
    made.check_version(record)
    key, field = made.claim(record)
    if field is not None:
        made.write("HSET", key, field, pack(record))
    elif isinstance(record, Floor):
        made.write("SET", key, pack(record, change.above), "PX", keys.FLOOR_LIFE)
    elif isinstance(record, Challenge):
        made.write("SET", key, pack(record), "PX", keys.CODE_KEPT)
    elif isinstance(record, VisitorHolds):
        made.write("SET", key, pack(record), "PX", record.life)
    else:
        made.write("SET", key, pack(record))
    if isinstance(record, Clinic):
        made.before.append(("SADD", keys.CLINICS, record.id))
    elif isinstance(record, Practitioner):
        made.write("HSET", keys.practitioner_ids(made.clinic), record.no, record.id)
    elif isinstance(record, Appointment):
        _index(made, record)


def _index(made: CommitPlan, appointment: Appointment) -> None:
    """A number stays under a practitioner or patient it no longer has; `listing` leaves those out."""
    clinic, no = made.clinic, appointment.no
    if appointment.version == 0:
        made.check("field", keys.appointment_numbers(clinic), appointment.id, 0)
        made.write("HSET", keys.appointment_numbers(clinic), appointment.id, no)
    for index in (
        keys.by_start(clinic),
        *(keys.by_start_of_practitioner(clinic, each) for each in appointment.floors),
        keys.by_start_of_patient(clinic, appointment.patient_no),
    ):
        made.write("ZADD", index, appointment.starts_at, no)
    if appointment.status == "confirmed" and not appointment.issued_at and appointment.outcome is None:
        made.write("ZADD", keys.unissued(clinic), appointment.starts_at, no)
    else:
        made.write("ZREM", keys.unissued(clinic), no)


@add.register
def _overwrite(change: Overwrite, made: CommitPlan) -> None:
    key, _ = made.claim(change.record)
    made.write("NEXT", key, pack_text(change.record))


@add.register
def _same(change: Same, made: CommitPlan) -> None:
    made.check_version(change.record)


@add.register
def _no_clash(change: NoClash, made: CommitPlan) -> None:
    made.check("field", keys.clashes(made.clinic), change.id, 0)


@add.register
def _no_appointment(change: NoAppointment, made: CommitPlan) -> None:
    made.check("field", keys.appointment_numbers(made.clinic), change.id, 0)


@add.register
def _drop(change: Drop, made: CommitPlan) -> None:
    record = change.record
    made.check_version(record)
    key, field = made.claim(record)
    if field is None:
        made.write("DEL", key)
    else:
        made.write("HDEL", key, field)
    if isinstance(record, Practitioner):
        made.write("HDEL", keys.practitioner_ids(made.clinic), record.no)
    elif isinstance(record, Hook):
        # Its delivery queues are forgotten one by one when they are next due (`AbandonQueue`); some may be
        # empty.
        forget_target(made, record.no)


def forget_target(made: CommitPlan, hook: HookNo) -> None:
    """What became of the messages to it."""
    for of_target in (keys.trying, keys.finished, keys.dead):
        made.write("DEL", of_target(made.clinic, hook))


@add.register
def _book(change: Book, made: CommitPlan) -> None:
    if not 0 < change.ends_at - change.starts_at <= LONGEST_VISIT:
        raise ValueError("a visit takes time, and not more than LONGEST_VISIT: the overlap test rests on it")
    if not change.seen.since <= change.starts_at < change.ends_at <= change.seen.until:
        raise ValueError("what was seen of the diary does not cover what is booked")
    seen: list[Arg] = []
    entries = [each for each in change.seen.entries if each.ends_at > change.past]
    for entry in entries:
        seen += (diary_member(entry.appointment, entry.ends_at, entry.until), entry.starts_at)
    diary = keys.diary(made.clinic, change.practitioner)
    made.check("range", diary, change.seen.since, change.seen.until, change.past, len(entries), *seen)
    member = diary_member(change.appointment, change.ends_at, change.until)
    made.write("ZADD", diary, change.starts_at, member)


@add.register
def _free(change: Free, made: CommitPlan) -> None:
    # First, because an appointment whose start moves and whose end stays keeps its member.
    member = diary_member(change.appointment, change.ends_at, change.until)
    made.write_first("ZREM", keys.diary(made.clinic, change.practitioner), member)


@add.register
def _keep_until(change: KeepUntil, made: CommitPlan) -> None:
    diary = keys.diary(made.clinic, change.practitioner)
    made.write("ZREM", diary, diary_member(change.appointment, change.ends_at, change.was))
    member = diary_member(change.appointment, change.ends_at, change.until)
    made.write("ZADD", diary, change.starts_at, member)


@add.register
def _log(change: Log, made: CommitPlan) -> None:
    made.write("RPUSH", keys.history(made.clinic, change.appointment), line(change.step))


@add.register
def _append(change: Append, made: CommitPlan) -> None:
    if change.room is None:
        key = keys.lobby(made.clinic, change.practitioner, keys.utc_day(change.entry.at))
    else:
        key = keys.ledger(made.clinic, change.room)
    made.write("RPUSH", key, line(change.entry))


@add.register
def _due(change: Due, made: CommitPlan) -> None:
    schedule(made, keys.due(made.clinic), change.appointment, change.at, keys.HINT_DUE)
    if change.at is None:
        # Nothing is to come of it any more, a link neither.
        made.write("ZREM", keys.unissued(made.clinic), change.appointment)


@add.register
def _lease(change: Lease, made: CommitPlan) -> None:
    member = keys.lease_member(change.practitioner, change.sid)
    schedule(made, keys.leases(made.clinic), member, change.until, keys.HINT_LEASES)
    if change.until is None:
        made.write("ZREM", keys.seen(made.clinic), member)
    else:
        made.write("ZADD", keys.seen(made.clinic), change.seen, member)


def schedule(
    made: CommitPlan, key: str, member: str, at: Instant | None, hint: str, hint_member: str = ""
) -> None:
    """An entry of a clinic's due list, leases or tasks, with the hint across clinics."""
    if at is None:
        made.write("ZREM", key, member)
    else:
        made.write("ZADD", key, at, member)
        made.hint(hint, at, hint_member)


@add.register
def _lease_still(change: LeaseStill, made: CommitPlan) -> None:
    member = keys.lease_member(change.practitioner, change.sid)
    made.check("score", keys.leases(made.clinic), member, change.until)


@add.register
def _whereabouts(change: Whereabouts, made: CommitPlan) -> None:
    key = keys.whereabouts(made.clinic, change.sid)
    made.write("SET", key, change.practitioner, "PX", keys.FLOOR_LIFE)


@add.register
def _know(change: Know, made: CommitPlan) -> None:
    # Where it stands for another, which 48 bits all but rule out, `affinity` says so to whoever comes by it.
    value = f"{made.clinic} {change.practitioner}"
    made.before.append(("SET", keys.affinity(change.affinity), value, "NX"))


@add.register
def _add_key(change: AddKey, made: CommitPlan) -> None:
    made.write("HSET", keys.api_keys(made.clinic), change.key.digest, line(change.key))


@add.register
def _remember(change: Remember, made: CommitPlan) -> None:
    key = keys.remembered(made.clinic, change.key)
    kept = Remembered(
        change.fingerprint, change.status, change.body, change.sealed_by, change.patients, change.at
    )
    made.repeats = made.check("string", key, 0)
    made.write("SET", key, line(kept), "EX", change.seconds)


@add.register
def _unremember(change: Unremember, made: CommitPlan) -> None:
    made.write("DEL", keys.remembered(made.clinic, change.key))
