"""From ledger entries to intervals, and on to the time patient and practitioner were together (F1, F2)."""

from collections.abc import Iterator, Sequence

import msgspec

from rooms.ids import AppointmentNo
from rooms.policy import CALL_GRACE
from rooms.records import Appointment, Entry, Presence
from rooms.stretches import Stretch, difference, intersection, total, union
from rooms.times import Instant


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """One person on one device in one state. `ended_at` is None while it lasts; `ended_by`: why it ended."""

    person: str
    sid: str
    device: str
    state: Presence
    started_at: Instant
    ended_at: Instant | None = None
    ended_by: str = ""
    appointment: AppointmentNo | None = None
    """As in `Entry`: who was admitted for what, or waited by which link."""

    def span(self, until: Instant) -> Stretch:
        """From when to when; what still lasts counts until `until`."""
        end = until if self.ended_at is None else self.ended_at
        return self.started_at, max(self.started_at, end)

    def touches(self, start: Instant, end: Instant, until: Instant) -> bool:
        """Whether there was a sign of life in `[start, end)`; an interval of no length is one, too."""
        mine = self.span(until)
        return mine[0] < end and mine[1] >= start


def intervals(entries: Sequence[Entry]) -> list[Interval]:
    """Every interval in order of its `open` in the ledger.

    A `close` ends its own session's open interval of that state and nothing else: a stale leave cannot end a
    newer join. An `open` over an open one, which no writer of ours makes, ends it there (F2: nothing twice).
    """
    found: list[Interval] = []
    lasting: dict[tuple[str, str], int] = {}
    for entry in entries:
        if entry.state is None or entry.kind not in ("open", "close"):
            continue
        before = lasting.pop((entry.sid, entry.state), None)
        if before is not None:
            found[before] = _ended(found[before], entry)
        if entry.kind == "open":
            lasting[entry.sid, entry.state] = len(found)
            found.append(_begun(entry, entry.state))
    return found


def _begun(entry: Entry, state: Presence) -> Interval:
    return Interval(
        person=entry.person,
        sid=entry.sid,
        device=entry.device,
        state=state,
        started_at=entry.at,
        appointment=entry.appointment,
    )


def _ended(interval: Interval, by: Entry) -> Interval:
    """Never before it began: a last inbound frame may be older than the interval (RELIABILITY 2, clocks)."""
    why = by.why if by.kind == "close" else "reopened"
    return msgspec.structs.replace(interval, ended_at=max(interval.started_at, by.at), ended_by=why)


class Stay(msgspec.Struct, frozen=True):
    """A person in the room by one admission, which began `admitted_at`; drops below the grace are bridged,
    outages of ours too.
    """

    person: str
    sid: str
    span: Stretch
    appointment: AppointmentNo | None
    admitted_at: Instant


def stays(found: Sequence[Interval], until: Instant, outages: Sequence[Stretch] = ()) -> list[Stay]:
    """Every stay in the room, in order.

    Coming back after a drop or on another device is no new admission; after a wait it is one. `outages` are
    disjoint: while nobody could come back, media that was connected went on (E6).
    """
    with_media = {(each.sid, each.ended_at) for each in found if each.state == "media"}
    admission: dict[str, Stay] = {}
    result: dict[tuple[str, AppointmentNo | None, Instant], list[Stay]] = {}
    for interval in found:
        if interval.state == "waiting":
            admission.pop(interval.person, None)
        if interval.state != "in_room":
            continue
        first = admission.get(interval.person)
        if first is None or first.appointment != interval.appointment:
            first = Stay(
                interval.person, interval.sid, interval.span(until), interval.appointment, interval.started_at
            )
            admission[interval.person] = first
        stay = msgspec.structs.replace(first, sid=interval.sid, span=interval.span(until))
        group = result.setdefault((stay.sid, stay.appointment, stay.admitted_at), [])
        went_on = bool(group) and (stay.sid, group[-1].span[1]) in with_media
        _append(group, stay, outages if went_on else ())
    return sorted((stay for group in result.values() for stay in group), key=lambda stay: stay.span)


def _append(group: list[Stay], stay: Stay, outages: Sequence[Stretch]) -> None:
    """Bridge a gap below the grace, not counting outages: the same session came back, and media needs no
    server (F2, E6).
    """
    if group and total(difference([(group[-1].span[1], stay.span[0])], outages)) < CALL_GRACE:
        before = group.pop()
        stay = msgspec.structs.replace(stay, span=(before.span[0], max(before.span[1], stay.span[1])))
    group.append(stay)


class Shared(msgspec.Struct, frozen=True):
    """Time together, and the appointment it belongs to."""

    span: Stretch
    appointment: AppointmentNo | None


def shared(
    entries: Sequence[Entry],
    siblings: Sequence[Appointment],
    counting: frozenset[str],
    until: Instant,
    outages: Sequence[Stretch] = (),
) -> list[Shared]:
    """All time a practitioner and somebody of `counting` were in the room together, each instant once.

    In order. The patient's admission says whose time it is; a guest's only where the patient was not there.
    """
    everybody = stays(intervals(entries), until, union(outages))
    practitioner = union(stay.span for stay in everybody if stay.person == "practitioner")
    counted: list[Stretch] = []
    result: list[Shared] = []
    for person in sorted(counting, key=lambda name: (name != "patient", name)):
        for stay in (stay for stay in everybody if stay.person == person):
            for span in difference(intersection([stay.span], practitioner), counted):
                result.extend(_attributed(stay, span, siblings))
            counted = union([*counted, stay.span])
    return sorted(result, key=lambda piece: piece.span)


def _attributed(stay: Stay, span: Stretch, siblings: Sequence[Appointment]) -> Iterator[Shared]:
    """F3: to the appointment that was admitted, and from the next one's scheduled start on to that one."""
    starts = sorted((other.starts_at, other.no) for other in siblings if other.starts_at > stay.admitted_at)
    owners = [(stay.admitted_at, stay.appointment), *starts]
    ends = [*(start for start, _ in starts), span[1]]
    for (since, owner), before in zip(owners, ends, strict=True):
        piece = max(since, span[0]), min(before, span[1])
        if piece[0] < piece[1]:
            yield Shared(piece, owner)


def together(
    entries: Sequence[Entry],
    appointment: AppointmentNo,
    siblings: Sequence[Appointment],
    counting: frozenset[str],
    until: Instant,
    outages: Sequence[Stretch] = (),
) -> list[Stretch]:
    """The time together that belongs to `appointment`: ordered, disjoint spans in milliseconds.

    `siblings` are the appointments of this room that stand (itself too), `counting` who is the patient here.
    """
    return union(
        piece.span
        for piece in shared(entries, siblings, counting, until, outages)
        if piece.appointment == appointment
    )
