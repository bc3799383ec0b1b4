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
| `{c:X}:by-start:p:<pno>` | zset | those a practitioner has or had | `Put(Appointment)` |
| `{c:X}:by-start:u:<patient no>` | zset | those a patient has or had | `Put(Appointment)` |
| `{c:X}:diary:<pno>` | zset | `<no>:<end>` → start: what occupies the practitioner (C3) | `Book`, `Free` |
| `{c:X}:h:<no>` | list | an appointment's history (C8), only appended to | `Log` |
| `{c:X}:floor:<pno>` | string | a floor; expires `FLOOR_LIFE` after its last change | `Put(Floor)`, `Drop` |
| `{c:X}:ledger:<room>` | list | a room's ledger (F1), 7 years and more, only appended to | `Append` |
| `{c:X}:lobby:<pno>:<UTC day>` | list | presence outside rooms, kept like the ledger | `Append` |
| `{c:X}:leases` | zset | `<pno>/<sid>` → when to look at it, until reaped | `Lease`, `renew` |
| `{c:X}:seen` | zset | `<pno>/<sid>` → last inbound frame, until reaped | `Lease`, `renew` |
| `{c:X}:due` | zset | appointment number → when its outcome is due, until decided | `Due` |
| `{c:X}:grants` | hash | number → record of a room link or staff link | `Put(Grant)` |
| `{c:X}:api-keys` | hash | digest → record | `AddKey` |
| `{c:X}:idem:<sha256>` | string | answer to an Idempotency-Key; expires by `Remember.seconds` | `Remember` |
| `clinics` | set | every clinic's id | `Put(Clinic)`, before its commit |
| `hint:due` | zset | clinic → the earliest of its `due`, or earlier | around commits, `settle_hints` |
| `hint:leases` | zset | clinic → the earliest of its `leases`, or earlier | around commits, `settle_hints` |
| `affinity:<affinity>` | string | `<clinic> <pno>`; `<clinic>` for staff links | `know_affinity` |
| `post:<node>` | channel | letters to a process, not kept | `RedisPost.send` |
| `{fleet}:beat` | string | newest instant at which joins were served | `beat` |
| `{fleet}:outages` | zset | `<start>:<end>` → end of a silence (F3 b) | `beat` |
"""

import re
from hashlib import sha256
from typing import Final

from rooms.ids import AppointmentNo, ClinicId, PatientNo, PractitionerNo, RoomId, SessionId
from rooms.times import DAY, Instant, show

FLOOR_LIFE: Final = 7 * DAY
"""Milliseconds. A floor that nothing touched for a week is nobody's: visits last hours, graces minutes."""

CLINICS: Final = "clinics"
HINT_DUE: Final = "hint:due"
HINT_LEASES: Final = "hint:leases"
BEAT: Final = "{fleet}:beat"
OUTAGES: Final = "{fleet}:outages"


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


def due(id: ClinicId) -> str:
    return f"{{c:{id}}}:due"


def grants(id: ClinicId) -> str:
    return f"{{c:{id}}}:grants"


def api_keys(id: ClinicId) -> str:
    return f"{{c:{id}}}:api-keys"


def remembered(id: ClinicId, key: str) -> str:
    return f"{{c:{id}}}:idem:{key}"


def post(node: str) -> str:
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
        "{c:X}:h:<no>": f"{_CLINIC}:h:{_NUMBER}",
        "{c:X}:floor:<pno>": f"{_CLINIC}:floor:{_NUMBER}",
        "{c:X}:ledger:<room>": f"{_CLINIC}:ledger:{_LONG}",
        "{c:X}:lobby:<pno>:<UTC day>": rf"{_CLINIC}:lobby:{_NUMBER}:\d{{4}}-\d\d-\d\d",
        "{c:X}:leases": _CLINIC + ":leases",
        "{c:X}:seen": _CLINIC + ":seen",
        "{c:X}:due": _CLINIC + ":due",
        "{c:X}:grants": _CLINIC + ":grants",
        "{c:X}:api-keys": _CLINIC + ":api-keys",
        "{c:X}:idem:<sha256>": _CLINIC + ":idem:[0-9a-f]{64}",
        "clinics": CLINICS,
        "hint:due": HINT_DUE,
        "hint:leases": HINT_LEASES,
        "affinity:<affinity>": r"affinity:[A-Za-z0-9_-]{8}",
        "{fleet}:beat": re.escape(BEAT),
        "{fleet}:outages": re.escape(OUTAGES),
    }.items()
}
"""The table's keys as patterns; the store's tests hold every key that appears in Redis against them."""
