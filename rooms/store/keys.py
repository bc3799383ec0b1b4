"""Every key there is in Redis: shape, type, lifetime, writer. Nothing else in the project names a key.

A record is the text `<version> <json>`. Instants are milliseconds UTC, exact as zset scores (doubles) below
2^53. `X` is a clinic's id, the only name chosen by a booking service that is part of a key: an id may be a
person's name or a specialty (RELIABILITY 7.1), so the others are hash fields. The braces are Redis
Cluster's hash tag: whatever one commit touches is in one slot (CONTRACT). What has no lifetime here is kept
until retention removes it.

| key | type | holds | written by |
|---|---|---|---|
| `{c:X}` | string | the clinic's record | `Put(Clinic)` |
| `{c:X}:practitioners` | hash | id → record, until dropped | `Put`, `Drop` |
| `{c:X}:pn` | hash | practitioner number → id, until dropped | `Put`, `Drop` |
| `{c:X}:types` | hash | id → record, until dropped | `Put`, `Drop` |
| `{c:X}:patients` | hash | id → record; erased in place (H4) | `Put(Patient)` |
| `{c:X}:ids` | hash | appointment id → number | `Put(Appointment)` |
| `{c:X}:a:<no>` | string | an appointment's record | `Put(Appointment)` |
| `{c:X}:rooms` | hash | digest of practitioner, patient, day → record (D1) | `Put(RoomEntry)` |
| `{c:X}:by-start` | zset | appointment number → start: all of them | `Put(Appointment)` |
| `{c:X}:by-start:p:<pno>` | zset | those a practitioner has, had or was handed | `Put(Appointment)` |
| `{c:X}:by-start:u:<patient no>` | zset | those a patient has or had | `Put(Appointment)` |
| `{c:X}:diary:<pno>` | zset | `<no>:<end>[:<until>]` → start (C3) | `Book`, `Free`, `KeepUntil` |
| `{c:X}:hours` | hash | practitioner number → record of bookable hours (C1) | `Put(Hours)` |
| `{c:X}:holder:<digest>` | string | what a visitor holds (C2); expires with the last of it | `Put(Holder)` |
| `{c:X}:clashes` | hash | appointment id → what a sync could not place (C3) | `Put(Clash)`, `Drop` |
| `{c:X}:h:<no>` | list | an appointment's history (C8), only appended to | `Log` |
| `{c:X}:floor:<pno>` | string | a floor; expires `FLOOR_LIFE` after its last change | `Put(Floor)`, `Drop` |
| `{c:X}:ledger:<room>` | list | a room's ledger (F1), 7 years and more, only appended to | `Append` |
| `{c:X}:lobby:<pno>:<UTC day>` | list | presence outside rooms, kept like the ledger | `Append` |
| `{c:X}:leases` | zset | `<pno>/<sid>` → when to look at it, until reaped | `Lease`, `renew` |
| `{c:X}:seen` | zset | `<pno>/<sid>` → last inbound frame, until reaped | `Lease`, `renew` |
| `{c:X}:at:<sid>` | string | whose floor a session was handed to (D3); expires like a floor | `Whereabouts` |
| `{c:X}:due` | zset | appointment number → when its outcome is due, until decided | `Due` |
| `{c:X}:grants` | hash | number → record of a room link or staff link | `Put(Grant)` |
| `{c:X}:outbox` | list | `<seq> <event>`: what is not handed on yet (F6) | `Emit`, `HandOn` |
| `{c:X}:seqs` | hash | subject → number of its last event | `Emit` |
| `{c:X}:lane:<hook>:<subject>` | list | messages to one target on one subject | `Enqueue`, `FinishDelivery` |
| `{c:X}:trying:<hook>` | hash | subject → attempts at its head | `SendFailed`, `FinishDelivery`, `Drop` |
| `{c:X}:settled:<hook>` | list | the last `FINISHED_KEPT`, newest first | `FinishDelivery`, `Drop` |
| `{c:X}:dead:<hook>` | hash | id (and person) → dead letter | `FinishDelivery`, `ReplayDeadLetter`, `Drop` |
| `{c:X}:undelivered` | hash | `<no>/<person>` → why the last message has not arrived | `MessageStatus` |
| `{c:X}:tasks` | zset | name → when due: reminders, deadlines, backfill | `Task` |
| `{c:X}:tasks:<queue>` | zset | of `outbox`, `codes`, `urgent`, `mail`, a hook | `Task`, `Emit`, `Enqueue` |
| `{c:X}:hooks` | hash | id → record of a webhook | `Put(Hook)`, `Drop` |
| `{c:X}:healing` | string | record of the last backfill run (B4) | `Put(BackfillRun)` |
| `{c:X}:unissued` | zset | appointment number → start: no link yet (B6) | `Put(Appointment)`, `Due` |
| `{c:X}:audit` | list | who did what to whose link (A9), only appended to | `Audit` |
| `{c:X}:devices` | hash | digest → record of a remembered device (A8) | `Put(Device)`, `Drop` |
| `{c:X}:limit:<digest>` | string | how often something was asked; expires with its window | `take` |
| `{c:}:code:<digest>` | string | record of a one-time code; expires after `CODE_KEPT` | `Put(Challenge)` |
| `{c:}:databases` | hash | id → record of an external database (B5) | `Put(Database)` |
| `{c:X}:api-keys` | hash | digest → record | `AddKey` |
| `{c:X}:idem:<sha256>` | string | sealed answer to a key, or a claim; expires | `Remember`, `Unremember` |
| `clinics` | set | every clinic's id | `Put(Clinic)`, before its commit |
| `hint:due` | zset | clinic → the earliest of its `due`, or earlier | around commits, `refresh_hints` |
| `hint:tasks` | zset | clinic → the earliest of its `tasks`, or earlier | around commits, `refresh_hints` |
| `hint:queues` | zset | `<clinic>/<queue>` → its earliest, or earlier | around commits, `refresh_queue` |
| `hint:leases` | zset | clinic → the earliest of its `leases`, or earlier | around commits, `refresh_hints` |
| `affinity:<affinity>` | string | `<clinic> <pno>`; `<clinic>` for staff links | `know_affinity`, `Know` |
| `post:<node>` | channel | messages to a process, not kept | `RedisPubSub.send` |
| `{fleet}:beat` | string | newest instant at which joins were served | `beat` |
| `{fleet}:outages` | zset | `<start>:<end>` → end of a silence (F3 b) | `beat`, `note_loss` |
| `{fleet}:mark:<process>` | string | commits and beats it was told of; expires `MARK_LIFE` after it | both |
| `{fleet}:lost` | string | when data was last found missing; expires after `LOSS_KEPT` | `note_loss` |
"""

import re
from hashlib import sha256
from typing import Final

from rooms.events import HookNo
from rooms.ids import AppointmentNo, ClinicId, PatientNo, PractitionerNo, RoomId, SessionId
from rooms.times import DAY, HOUR, Instant, show

FINISHED_KEPT: Final = 200
"""Deliveries remembered for each target: enough to see how it goes, and 100 kB at most."""

CODE_KEPT: Final = HOUR
"""Milliseconds. A code lasts ten minutes; its tries are remembered for longer."""

FLOOR_LIFE: Final = 7 * DAY
"""Milliseconds. A floor that nothing touched for a week is nobody's: visits last hours, graces minutes."""

CLINICS: Final = "clinics"
HINT_DUE: Final = "hint:due"
HINT_LEASES: Final = "hint:leases"
HINT_TASKS: Final = "hint:tasks"
HINT_QUEUES: Final = "hint:queues"
BEAT: Final = "{fleet}:beat"
OUTAGES: Final = "{fleet}:outages"
LOST: Final = "{fleet}:lost"

MARK_LIFE: Final = DAY
"""Milliseconds. A process that beats no more for a day is gone, or finds its mark gone with reason."""


def mark(process: str) -> str:
    return f"{{fleet}}:mark:{process}"


def clinic(id: ClinicId) -> str:
    return f"{{c:{id}}}"


def practitioners(id: ClinicId) -> str:
    return f"{{c:{id}}}:practitioners"


def practitioner_ids(id: ClinicId) -> str:
    return f"{{c:{id}}}:pn"


def types(id: ClinicId) -> str:
    return f"{{c:{id}}}:types"


def patients(id: ClinicId) -> str:
    return f"{{c:{id}}}:patients"


def appointment_numbers(id: ClinicId) -> str:
    return f"{{c:{id}}}:ids"


def appointment(id: ClinicId, no: AppointmentNo) -> str:
    return f"{{c:{id}}}:a:{no}"


def rooms(id: ClinicId) -> str:
    return f"{{c:{id}}}:rooms"


def room_field(practitioner: PractitionerNo, patient: PatientNo, day: str) -> str:
    """128 bits of a digest: who sees whom on which day is health data, so it names nothing."""
    return sha256(f"{practitioner}/{patient}/{day}".encode()).hexdigest()[:32]


def by_start(id: ClinicId) -> str:
    return f"{{c:{id}}}:by-start"


def by_start_of_practitioner(id: ClinicId, no: PractitionerNo) -> str:
    return f"{{c:{id}}}:by-start:p:{no}"


def by_start_of_patient(id: ClinicId, no: PatientNo) -> str:
    return f"{{c:{id}}}:by-start:u:{no}"


def diary(id: ClinicId, practitioner: PractitionerNo) -> str:
    return f"{{c:{id}}}:diary:{practitioner}"


def hours(id: ClinicId) -> str:
    return f"{{c:{id}}}:hours"


def visitor_holds(id: ClinicId, client: str) -> str:
    return f"{{c:{id}}}:holder:{client}"


def clashes(id: ClinicId) -> str:
    return f"{{c:{id}}}:clashes"


def history(id: ClinicId, no: AppointmentNo) -> str:
    return f"{{c:{id}}}:h:{no}"


def floor(id: ClinicId, practitioner: PractitionerNo) -> str:
    return f"{{c:{id}}}:floor:{practitioner}"


def ledger(id: ClinicId, room: RoomId) -> str:
    return f"{{c:{id}}}:ledger:{room}"


def lobby(id: ClinicId, practitioner: PractitionerNo, day: str) -> str:
    return f"{{c:{id}}}:lobby:{practitioner}:{day}"


def utc_day(at: Instant) -> str:
    """`YYYY-MM-DD`."""
    return show(at)[:10]


def leases(id: ClinicId) -> str:
    return f"{{c:{id}}}:leases"


def seen(id: ClinicId) -> str:
    return f"{{c:{id}}}:seen"


def lease_member(practitioner: PractitionerNo, sid: SessionId) -> str:
    """Neither part has a `/`: both are base64url."""
    return f"{practitioner}/{sid}"


def whereabouts(id: ClinicId, sid: SessionId) -> str:
    return f"{{c:{id}}}:at:{sid}"


def due(id: ClinicId) -> str:
    return f"{{c:{id}}}:due"


def grants(id: ClinicId) -> str:
    return f"{{c:{id}}}:grants"


def outbox(id: ClinicId) -> str:
    return f"{{c:{id}}}:outbox"


def seqs(id: ClinicId) -> str:
    return f"{{c:{id}}}:seqs"


def delivery_queue(id: ClinicId, hook: HookNo, subject: str) -> str:
    return f"{{c:{id}}}:lane:{hook}:{subject}"


def trying(id: ClinicId, hook: HookNo) -> str:
    return f"{{c:{id}}}:trying:{hook}"


def finished(id: ClinicId, hook: HookNo) -> str:
    return f"{{c:{id}}}:settled:{hook}"


def dead(id: ClinicId, hook: HookNo) -> str:
    return f"{{c:{id}}}:dead:{hook}"


def undelivered(id: ClinicId) -> str:
    return f"{{c:{id}}}:undelivered"


def tasks(id: ClinicId, queue: str = "") -> str:
    return f"{{c:{id}}}:tasks:{queue}" if queue else f"{{c:{id}}}:tasks"


def queue_member(id: ClinicId, queue: str) -> str:
    """Neither part has a `/`."""
    return f"{id}/{queue}"


def queue_hint(id: ClinicId, queue: str) -> tuple[str, str]:
    """The hint that leads to a queue of tasks, and the member in it."""
    return (HINT_QUEUES, queue_member(id, queue)) if queue else (HINT_TASKS, id)


def hooks(id: ClinicId) -> str:
    return f"{{c:{id}}}:hooks"


def backfill_run(id: ClinicId) -> str:
    return f"{{c:{id}}}:healing"


def unissued(id: ClinicId) -> str:
    return f"{{c:{id}}}:unissued"


def audit(id: ClinicId) -> str:
    return f"{{c:{id}}}:audit"


def devices(id: ClinicId) -> str:
    return f"{{c:{id}}}:devices"


def limit(id: ClinicId, what: str) -> str:
    """A digest: what is limited may be an address somebody made up."""
    return f"{{c:{id}}}:limit:{sha256(what.encode()).hexdigest()[:32]}"


def code(place: str) -> str:
    """Under no clinic: whether the address is one of ours is not known yet, and must not show."""
    return f"{{c:}}:code:{place}"


def databases() -> str:
    return "{c:}:databases"


def api_keys(id: ClinicId) -> str:
    return f"{{c:{id}}}:api-keys"


def remembered(id: ClinicId, key: str) -> str:
    return f"{{c:{id}}}:idem:{key}"


def node_channel(node: str) -> str:
    """A channel, not a key: published to, never stored."""
    return f"post:{node}"


def affinity(value: str) -> str:
    return f"affinity:{value}"


_CLINIC = r"\{c:[A-Za-z0-9._~-]{1,64}\}"
_NUMBER, _LONG = r"[A-Za-z0-9_-]{11}", r"[A-Za-z0-9_-]{22}"

SHAPES: Final[dict[str, re.Pattern[str]]] = {
    shape: re.compile(pattern + r"\Z")
    for shape, pattern in {
        "{c:X}": _CLINIC,
        "{c:X}:practitioners": _CLINIC + ":practitioners",
        "{c:X}:pn": _CLINIC + ":pn",
        "{c:X}:types": _CLINIC + ":types",
        "{c:X}:patients": _CLINIC + ":patients",
        "{c:X}:ids": _CLINIC + ":ids",
        "{c:X}:a:<no>": f"{_CLINIC}:a:{_NUMBER}",
        "{c:X}:rooms": _CLINIC + ":rooms",
        "{c:X}:by-start": _CLINIC + ":by-start",
        "{c:X}:by-start:p:<pno>": f"{_CLINIC}:by-start:p:{_NUMBER}",
        "{c:X}:by-start:u:<patient no>": f"{_CLINIC}:by-start:u:{_NUMBER}",
        "{c:X}:diary:<pno>": f"{_CLINIC}:diary:{_NUMBER}",
        "{c:X}:hours": _CLINIC + ":hours",
        "{c:X}:holder:<digest>": _CLINIC + ":holder:[0-9a-f]{32}",
        "{c:X}:clashes": _CLINIC + ":clashes",
        "{c:X}:h:<no>": f"{_CLINIC}:h:{_NUMBER}",
        "{c:X}:floor:<pno>": f"{_CLINIC}:floor:{_NUMBER}",
        "{c:X}:ledger:<room>": f"{_CLINIC}:ledger:{_LONG}",
        "{c:X}:lobby:<pno>:<UTC day>": rf"{_CLINIC}:lobby:{_NUMBER}:\d{{4}}-\d\d-\d\d",
        "{c:X}:leases": _CLINIC + ":leases",
        "{c:X}:seen": _CLINIC + ":seen",
        "{c:X}:at:<sid>": rf"{_CLINIC}:at:([A-Za-z0-9_-]{{8}}\.)?{_LONG}",
        "{c:X}:due": _CLINIC + ":due",
        "{c:X}:grants": _CLINIC + ":grants",
        "{c:X}:outbox": _CLINIC + ":outbox",
        "{c:X}:seqs": _CLINIC + ":seqs",
        "{c:X}:lane:<hook>:<subject>": f"{_CLINIC}:lane:({_NUMBER}|mail):{_NUMBER}",
        "{c:X}:trying:<hook>": f"{_CLINIC}:trying:({_NUMBER}|mail)",
        "{c:X}:settled:<hook>": f"{_CLINIC}:settled:({_NUMBER}|mail)",
        "{c:X}:dead:<hook>": f"{_CLINIC}:dead:({_NUMBER}|mail)",
        "{c:X}:undelivered": _CLINIC + ":undelivered",
        "{c:X}:tasks": _CLINIC + ":tasks",
        "{c:X}:tasks:<queue>": f"{_CLINIC}:tasks:({_NUMBER}|outbox|codes|urgent|mail)",
        "{c:X}:hooks": _CLINIC + ":hooks",
        "{c:X}:healing": _CLINIC + ":healing",
        "{c:X}:unissued": _CLINIC + ":unissued",
        "{c:X}:audit": _CLINIC + ":audit",
        "{c:X}:devices": _CLINIC + ":devices",
        "{c:X}:limit:<digest>": r"\{c:[A-Za-z0-9._~-]{0,64}\}:limit:[0-9a-f]{32}",
        "{c:}:code:<digest>": r"\{c:\}:code:[0-9a-f]{32}",
        "{c:}:databases": r"\{c:\}:databases",
        "{c:X}:api-keys": _CLINIC + ":api-keys",
        "{c:X}:idem:<sha256>": _CLINIC + ":idem:[0-9a-f]{64}",
        "clinics": CLINICS,
        "hint:due": HINT_DUE,
        "hint:leases": HINT_LEASES,
        "hint:tasks": HINT_TASKS,
        "hint:queues": HINT_QUEUES,
        "affinity:<affinity>": r"affinity:[A-Za-z0-9_-]{8}",
        "{fleet}:beat": re.escape(BEAT),
        "{fleet}:outages": re.escape(OUTAGES),
        "{fleet}:mark:<process>": r"\{fleet\}:mark:" + _NUMBER,
        "{fleet}:lost": re.escape(LOST),
    }.items()
}
"""The table's keys as patterns; the store's tests hold every key that appears in Redis against them."""
