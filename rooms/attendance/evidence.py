"""All the facts an outcome rests on, gathered once, so that deciding is reading a table (F3)."""

from collections.abc import Sequence

import msgspec

from rooms.attendance.ledger import Interval, Shared, intervals, shared, together
from rooms.ids import AppointmentNo
from rooms.policy import ATTEMPT_BEFORE_OPENING
from rooms.records import Appointment, DeviceCheck, Entry
from rooms.stretches import Stretch, intersection, total, union
from rooms.times import SECOND, Instant, show


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What was loaded about an appointment: window `[opens_at, closes_at)`, the ledgers of room and lobby."""

    appointment: Appointment
    siblings: tuple[Appointment, ...]
    """The other appointments of the room that stand, whether decided or not: their time is not this one's."""
    opens_at: Instant
    closes_at: Instant
    ledger: Sequence[Entry] = ()
    lobby: Sequence[Entry] = ()
    outages: Sequence[Stretch] = ()
    link_failed: tuple[str, ...] = ()
    """The blocking checks that failed just before the close: why there was no usable link (B3)."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of F3's table, kept with the outcome (RELIABILITY 7.5). Lengths in milliseconds; no names."""

    opens_at: Instant
    closes_at: Instant
    stored_at: Instant
    observed_until: Instant
    overlap: int = 0
    """Time together that belongs to this appointment."""
    done: bool = False
    """The practitioner ended the visit as done."""
    media: str = "unreported"
    """`connected`, `failed` or `unreported`, while together."""
    outage: int = 0
    """The longest run of the window, from when it was stored, in which nobody could have joined."""
    patient_seen: bool = False
    """The patient, or a guest who counts, waited or was in the room inside the window."""
    guest_seen: bool = False
    practitioner_seen: bool = False
    """In the lobby or this room inside the window."""
    tried: tuple[str, ...] = ()
    """Why the patient's attempts failed: codes, each once, in order."""
    link_failed: tuple[str, ...] = ()
    device_check: DeviceCheck | None = None
    """The last one by the patient's link, or by that of a guest who counts (E4)."""

    def facts(self) -> dict[str, object]:
        """As JSON: RFC 3339 times, lengths in seconds."""
        return {
            "window": {"opens_at": show(self.opens_at), "closes_at": show(self.closes_at)},
            "stored_at": show(self.stored_at),
            "observed_until": show(self.observed_until),
            "overlap_seconds": self.overlap / SECOND,
            "done": self.done,
            "media": self.media,
            "outage_seconds": self.outage / SECOND,
            "patient_seen": self.patient_seen,
            "guest_seen": self.guest_seen,
            "practitioner_seen": self.practitioner_seen,
            "tried": list(self.tried),
            "link_failed": list(self.link_failed),
            "device_check": self.device_check.facts() if self.device_check else None,
        }


def counting(appointment: Appointment) -> frozenset[str]:
    """Who stands for the patient on every line of F3: the patient, and guests who count for the patient."""
    return frozenset({"patient", *(f"guest:{guest.id}" for guest in appointment.guests if guest.counts)})


def gather(seen: Observed, until: Instant) -> Evidence:
    """The evidence as it stands at `until`; what still lasts then counts up to it."""
    patients = counting(seen.appointment)
    found = intervals(seen.ledger)
    inside = [each for each in found if _present(each) and each.touches(seen.opens_at, seen.closes_at, until)]
    pieces = shared(seen.ledger, (seen.appointment, *seen.siblings), patients, until, seen.outages)
    mine = union(piece.span for piece in pieces if piece.appointment == seen.appointment.no)
    return Evidence(
        opens_at=seen.opens_at,
        closes_at=seen.closes_at,
        stored_at=seen.appointment.stored_at,
        observed_until=until,
        overlap=total(mine),
        done=_done(seen.ledger, pieces, seen.appointment.no),
        media=_media(seen.ledger, found, mine, until),
        outage=_outage(seen),
        patient_seen=any(each.person in patients for each in inside),
        guest_seen=any(each.person not in patients and each.person != "practitioner" for each in inside),
        practitioner_seen=_practitioner_seen(seen, inside, until),
        tried=_tried(seen, patients),
        link_failed=seen.link_failed,
        device_check=_last_check(seen.appointment, patients),
    )


def visit(seen: Observed, until: Instant) -> tuple[Interval, ...]:
    """F1: the room's intervals in the window or of this appointment, and the practitioner's in the lobby."""
    everyone = (seen.appointment, *seen.siblings)
    patients = counting(seen.appointment)
    mine = together(seen.ledger, seen.appointment.no, everyone, patients, until, seen.outages)
    spans = [(seen.opens_at, seen.closes_at), *mine]
    room = [
        each
        for each in intervals(seen.ledger)
        if _is_for(each, seen.appointment) or any(each.touches(*span, until) for span in spans)
    ]
    lobby = [each for each in intervals(seen.lobby) if each.touches(seen.opens_at, seen.closes_at, until)]
    return tuple(sorted([*room, *lobby], key=lambda each: each.started_at))


def _is_for(interval: Interval, appointment: Appointment) -> bool:
    """Admitted for it. A wait by its link may be for another appointment of the day."""
    return interval.state != "waiting" and interval.appointment == appointment.no


def _present(interval: Interval) -> bool:
    return interval.state in ("waiting", "in_room")


def _practitioner_seen(seen: Observed, inside: Sequence[Interval], until: Instant) -> bool:
    lobby = (each.touches(seen.opens_at, seen.closes_at, until) for each in intervals(seen.lobby))
    return any(each.person == "practitioner" for each in inside) or any(lobby)


def _done(ledger: Sequence[Entry], pieces: Sequence[Shared], appointment: AppointmentNo) -> bool:
    """Each `done` ends the visit that was together last before it: the patient may just have dropped off."""
    ends = [entry.at for entry in ledger if entry.kind == "done"]
    before = [[piece.appointment for piece in pieces if piece.span[0] < at] for at in ends]
    return any(owners[-1] == appointment for owners in before if owners)


def _media(
    ledger: Sequence[Entry], found: Sequence[Interval], mine: Sequence[Stretch], until: Instant
) -> str:
    """Failed: somebody said so while they were together, and all that time media was connected for nobody."""
    connected = union(each.span(until) for each in found if each.state == "media")
    if intersection(connected, mine):
        return "connected"
    reports = [entry.at for entry in ledger if entry.kind == "failed"]
    failed = any(start <= at <= end for at in reports for start, end in mine)
    return "failed" if failed else "unreported"


def _outage(seen: Observed) -> int:
    """F3 b: an appointment stored late is watched from then on only."""
    watched = (max(seen.opens_at, seen.appointment.stored_at), seen.closes_at)
    return max((total([run]) for run in intersection([watched], union(seen.outages))), default=0)


def _tried(seen: Observed, patients: frozenset[str]) -> tuple[str, ...]:
    """F3 f, in favour of the patient: any failed attempt from an hour before the opening up to the close."""
    first = seen.opens_at - ATTEMPT_BEFORE_OPENING
    codes = [
        entry.why or "media_failed"
        for entry in seen.ledger
        if entry.kind in ("try", "failed") and entry.person in patients and first <= entry.at < seen.closes_at
    ]
    return tuple(dict.fromkeys(codes))


def _last_check(appointment: Appointment, patients: frozenset[str]) -> DeviceCheck | None:
    made = (check for person, check in appointment.checks.items() if person in patients)
    return max(made, key=lambda check: check.at, default=None)
