"""Builders in domain words: times of one day as `at("10:00")`, people in a room, what is observed of it."""

from collections.abc import Iterable, Sequence

from rooms.attendance.evidence import Evidence, Observed, gather
from rooms.attendance.outcome import RuleVerdict, decide
from rooms.ids import AppointmentNo, PatientNo, PractitionerNo, RoomId
from rooms.policy import Policy
from rooms.records import Appointment, Entry, EntryKind, Guest, Presence
from rooms.times import DAY, HOUR, MINUTE, Instant, parse

MIDNIGHT = parse("2026-03-02T00:00:00Z")
ROOM = RoomId("room")
PRACTITIONER_NO = PractitionerNo("prac-no")
A, B, C = AppointmentNo("A"), AppointmentNo("B"), AppointmentNo("C")

CHILD = Guest(id="child", number=2, name="Child", counts=True)
CARER = Guest(id="carer", number=3, name="Carer")


def at(clock: str, millis: int = 0) -> Instant:
    """`10:00` or `10:00:30` of the day, plus milliseconds."""
    hours, minutes, seconds = (clock + ":00").split(":")[:3]
    return MIDNIGHT + int(hours) * HOUR + int(minutes) * MINUTE + int(seconds) * 1_000 + millis


def appointment(
    no: AppointmentNo = A,
    starts: str = "10:00",
    ends: str = "10:30",
    *,
    guests: Sequence[Guest] = (),
    stored_at: Instant = MIDNIGHT - DAY,
) -> Appointment:
    return Appointment(
        no=no,
        id=f"booking-{no}",
        practitioner="dr",
        practitioner_no=PRACTITIONER_NO,
        patient="pat",
        patient_no=PatientNo("pat-no"),
        starts_at=at(starts),
        ends_at=at(ends),
        room=ROOM,
        guests=tuple(guests),
        stored_at=stored_at,
    )


def stay(
    person: str,
    state: Presence,
    start: Instant,
    end: Instant | None,
    *,
    sid: str = "",
    of: AppointmentNo | None = A,
    why: str = "left",
) -> list[Entry]:
    """An interval as the ledger has it; `end` None while it lasts."""
    sid = sid or f"sid-{person}"
    admitted = None if person == "practitioner" else of
    opened = Entry(
        kind="open", at=start, person=person, sid=sid, state=state, appointment=admitted, device="Firefox"
    )
    closed = Entry(
        kind="close", at=start if end is None else end, person=person, sid=sid, state=state, why=why
    )
    return [opened] if end is None else [opened, closed]


def note(kind: EntryKind, when: Instant, person: str = "patient", why: str = "") -> list[Entry]:
    return [Entry(kind=kind, at=when, person=person, why=why)]


def written(*parts: Iterable[Entry]) -> list[Entry]:
    """One ledger in order of time; within one instant in the order given."""
    return sorted((entry for part in parts for entry in part), key=lambda entry: entry.at)


def call(start: Instant, end: Instant, of: AppointmentNo = A) -> list[Entry]:
    """Patient and practitioner in the room together."""
    return [*stay("practitioner", "in_room", start, end), *stay("patient", "in_room", start, end, of=of)]


def observed(
    *ledger: Iterable[Entry],
    subject: Appointment | None = None,
    siblings: Sequence[Appointment] = (),
    lobby: Sequence[Entry] = (),
    outages: Sequence[tuple[Instant, Instant]] = (),
    link_failed: tuple[str, ...] = (),
) -> Observed:
    """The window is the default policy's: from ten minutes before the start to an hour after the end."""
    mine = subject or appointment()
    return Observed(
        appointment=mine,
        siblings=tuple(siblings),
        opens_at=mine.starts_at - 10 * MINUTE,
        closes_at=mine.ends_at + HOUR,
        ledger=written(*ledger),
        lobby=lobby,
        outages=outages,
        link_failed=link_failed,
    )


def evidence(seen: Observed) -> Evidence:
    """As it stands when the window closes."""
    return gather(seen, seen.closes_at)


DEFAULT = Policy()


def verdict(seen: Observed, policy: Policy = DEFAULT) -> RuleVerdict:
    return decide(evidence(seen), policy)


def named(seen: Observed, policy: Policy = DEFAULT) -> tuple[str, str, str]:
    """Line, name and what becomes of it: the status, or `review`."""
    given = verdict(seen, policy)
    assert given.review == (given.status == "confirmed")
    return given.line, given.name, "review" if given.review else given.status
