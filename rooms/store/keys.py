"""Every key there is in Redis: shape, type, lifetime, writer. Nothing else in the project names a key.

| key | type | holds | lives | written by |
|---|---|---|---|---|
| `{c:X}` | string | the clinic's record | for ever | `Put(Clinic)` |
| `{c:X}:practitioners` | hash id → record | practitioners | until dropped | `Put`, `Drop` |
| `{c:X}:pn` | hash number → id | practitioners by our number | until dropped | `Put`, `Drop` |
| `{c:X}:types` | hash id → record | appointment types | until dropped | `Put`, `Drop` |
| `{c:X}:patients` | hash id → record | patients | for ever; erased in place (H4) | `Put(Patient)` |
| `{c:X}:ids` | hash id → number | appointments by the booking service's id | for ever | `Put(Appointment)` |
| `{c:X}:a:<no>` | string | an appointment's record | for ever | `Put(Appointment)` |
| `{c:X}:rooms` | hash digest → record | D1's room of practitioner, patient and day | for ever | `Put(RoomEntry)` |
| `{c:X}:by-start` | zset number → start | every appointment | for ever | `Put(Appointment)` |
| `{c:X}:by-start:p:<pno>` | zset number → start | those of a practitioner, and some that were | for ever | `Put(Appointment)` |
| `{c:X}:by-start:u:<patient no>` | zset number → start | those of a patient, and some that were | for ever | `Put(Appointment)` |
| `{c:X}:diary:<pno>` | zset `<no>:<end>` → start | what occupies a practitioner (C3) | until freed | `Book`, `Free` |
| `{c:X}:h:<no>` | list | an appointment's history (C8) | for ever, only appended to | `Log` |
| `{c:X}:floor:<pno>` | string | a floor: live state | `FLOOR_LIFE` after its last change | `Put(Floor)`, `Drop` |
| `{c:X}:ledger:<room>` | list | a room's ledger (F1) | 7 years and more: no expiry, only appended to | `Append` |
| `{c:X}:lobby:<pno>:<UTC day>` | list | a practitioner's presence outside rooms | as the ledger | `Append` |
| `{c:X}:leases` | zset `<pno>/<sid>` → until | who has to be looked at, when | until reaped | `Lease`, `renew` |
| `{c:X}:seen` | zset `<pno>/<sid>` → instant | last inbound frame of the same | with its lease | `Lease`, `renew` |
| `{c:X}:due` | zset number → instant | outcomes to decide | until decided | `Due` |
| `{c:X}:grants` | hash number → record | room links, staff links | for ever | `Put(Grant)` |
| `{c:X}:api-keys` | hash digest → record | API keys, hashed | for ever | `AddKey` |
| `{c:X}:idem:<sha256>` | string | answer kept for an Idempotency-Key | `Remember.seconds` | `Remember` |
| `clinics` | set | every clinic's id | for ever | before a commit with `Put(Clinic)` |
| `hint:due`, `hint:leases` | zset clinic → instant | the earliest of its `due`, of its `leases`, or earlier | while there is one | beside commits, `settle_hints` |
| `affinity:<affinity>` | string | `<clinic>` and, but for a staff link's, ` <pno>` | for ever | `know_affinity` |
| `{fleet}:beat` | string | newest instant at which joins were served | for ever | `beat` |
| `{fleet}:outages` | zset `<start>:<end>` → end | silences (F3 b) | for ever | `beat` |

`X` is a clinic's id; it is the only name a booking service chose that is part of a key (RELIABILITY 7.1: an id may be a person's name or
a specialty), the others are hash fields. The braces are Redis Cluster's hash tag: whatever one commit touches is in one slot (CONTRACT).
A record is the text `<version> <json>`. Instants are milliseconds UTC, exact as zset scores (doubles) up to 2^53.
"""

import re
from hashlib import sha256
from typing import Final

from rooms.ids import AppointmentNo, ClinicId, PatientNo, PractitionerNo, RoomId, SessionId
from rooms.times import DAY, Instant, show

FLOOR_LIFE: Final = 7 * DAY
"""Milliseconds. A floor that nothing touched for a week is nobody's: the longest visit is 8 hours, the longest grace minutes."""

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
    """128 bits of a digest: who sees whom on which day is health data, so it is no name of anything (RELIABILITY 7.1)."""
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
