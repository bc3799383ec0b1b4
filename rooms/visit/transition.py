"""One change of a floor, with the ledger entries and leases that belong in the same commit."""

import msgspec

from rooms.ids import AppointmentNo, RoomId, SessionId
from rooms.policy import CALL_GRACE, WAITING_GRACE
from rooms.records import Departure, Entry, EntryKind, Floor, Presence, Seat
from rooms.times import MINUTE, Instant
from rooms.visit.room import whose_seat

DEPARTURES_KEPT = 5 * MINUTE
"""Longer than any process takes to hear of a departure and tell the socket why."""


DEPARTURES_OF_ONE = 3
"""Of one person's devices, kept at once: that of now, and of one that changed its mind. Whoever comes a
hundred times leaves no more behind; an older socket is told by who has its place
(`signalling.ws.session_registry`).
"""


class LeaseSet(msgspec.Struct, frozen=True):
    """Look at this session again at `until` (None: never); `seen` is its last inbound frame."""

    sid: SessionId
    until: Instant | None
    seen: Instant


class FloorChange(msgspec.Struct, frozen=True):
    """What a decision comes to: the next floor, what the ledgers say of it (`None`: the lobby's), and the
    leases.
    """

    floor: Floor
    entries: tuple[tuple[RoomId | None, Entry], ...] = ()
    leases: tuple[LeaseSet, ...] = ()
    above: int = 0
    """As in `rooms.ports.Put`."""


def grace(seat: Seat) -> int:
    """How long this seat is kept for somebody who dropped off, in milliseconds (D6)."""
    return CALL_GRACE if seat.state == "in_room" else WAITING_GRACE


class Transition:
    """A floor being changed. Every way a seat starts, changes or ends goes through here, so that no interval
    is left open or closed twice (F1, F2).
    """

    def __init__(self, floor: Floor, now: Instant, lease: int) -> None:
        self.floor, self.now, self.lease = floor, now, lease
        self.seats = {seat.sid: seat for seat in floor.seats}
        self.departures = [gone for gone in floor.departures if gone.at > now - DEPARTURES_KEPT]
        self.serial = floor.serial
        self.entries: list[tuple[RoomId | None, Entry]] = []
        self.leases: dict[SessionId, LeaseSet] = {}

    def floor_change(self, **changes: object) -> FloorChange:
        """The result; `changes` are other members of the floor."""
        floor = msgspec.structs.replace(
            self.floor,
            seats=tuple(self.seats.values()),
            departures=tuple(self.departures),
            serial=self.serial,
            **changes,
        )
        return FloorChange(floor, tuple(self.entries), tuple(self.leases.values()))

    def sit(self, seat: Seat) -> None:
        """A seat begins here and now: its intervals open and its lease runs."""
        self.seats[seat.sid] = seat
        self._open(seat)
        self.leases[seat.sid] = LeaseSet(seat.sid, self.now + self.lease, self.now)

    def restore(self, seat: Seat) -> None:
        """A seat as it was before the store went back in time: what it was in lasts since then, and whatever
        the store believes it was in ended there.
        """
        there = self.seats.get(seat.sid)
        if there is not None and not there.gone_at:
            self._close(there, seat.gone_at or seat.since, "restored")
        self.seats[seat.sid] = seat
        if seat.gone_at:
            self.leases[seat.sid] = LeaseSet(seat.sid, seat.gone_at + grace(seat), seat.gone_at)
            return
        self._write(seat, "open", seat.since, seat.state)
        if seat.media == "connected":
            self._write(seat, "open", self.now, "media")
        self.leases[seat.sid] = LeaseSet(seat.sid, self.now + self.lease, self.now)

    def shift(self, seat: Seat, why: str, **changes: object) -> Seat:
        """Somebody present changes state or room: one interval ends, the next begins."""
        if not seat.gone_at:
            self._close(seat, self.now, why)
        moved = msgspec.structs.replace(seat, since=self.now, media="", **changes)
        if seat.gone_at:
            # Whoever is away while being moved has the new state's grace from now on.
            moved = msgspec.structs.replace(moved, gone_at=self.now)
            self.leases[seat.sid] = LeaseSet(seat.sid, self.now + grace(moved), seat.gone_at)
        else:
            self._open(moved)
        self.seats[seat.sid] = moved
        return moved

    def disconnect(self, seat: Seat, at: Instant, why: str) -> Seat:
        """The socket is gone: intervals end at its last inbound frame, the seat is kept for the grace."""
        self._close(seat, at, why)
        away = msgspec.structs.replace(seat, gone_at=at)
        self.seats[seat.sid] = away
        self.leases[seat.sid] = LeaseSet(seat.sid, at + grace(seat), at)
        return away

    def look_again(self, seat: Seat, at: Instant) -> None:
        """Somebody away has until then to come back."""
        self.leases[seat.sid] = LeaseSet(seat.sid, at, seat.gone_at)

    def back(self, seat: Seat, **changes: object) -> Seat:
        """Whoever had dropped off is here again: new intervals, the same place."""
        here = msgspec.structs.replace(seat, gone_at=0, since=self.now, **changes)
        self.sit(here)
        return here

    def part(self, seat: Seat, why: str, facts: dict[str, object] | None = None) -> None:
        """The seat ends; `why` and `facts` are what its socket is told."""
        if not seat.gone_at:
            self._close(seat, self.now, why)
        del self.seats[seat.sid]
        gone = Departure(
            sid=seat.sid,
            why=why,
            at=self.now,
            node=seat.node,
            facts=facts or {},
            person=seat.person,
            room=whose_seat(seat.person, seat.room)[1],
        )
        self.departures = [*_squashed(self.departures, gone), gone]
        self.leases[seat.sid] = LeaseSet(seat.sid, None, self.now)

    def carry(self, seat: Seat, to: "Transition") -> None:
        """The seat goes over to another practitioner's floor, as one that has just dropped off: its session
        comes back by itself, to the same place (D3).
        """
        self.part(seat, "handed_over")
        to._receive(seat)

    def _receive(self, seat: Seat) -> None:
        self.serial += 1
        here = msgspec.structs.replace(seat, serial=self.serial, since=self.now, gone_at=self.now, media="")
        # It may have been here before.
        self.departures = [gone for gone in self.departures if gone.sid != seat.sid]
        self.seats[seat.sid] = here
        self.leases[seat.sid] = LeaseSet(seat.sid, self.now + grace(here), seat.gone_at or self.now)

    def media(self, seat: Seat, value: str) -> None:
        """Media connected or failed for somebody in the room (F1)."""
        if value == "connected":
            self._write(seat, "open", self.now, "media")
        elif seat.media == "connected":
            self._write(seat, "close", self.now, "media", "failed")
        if value == "failed":
            self._write(seat, "failed", self.now)
        self.seats[seat.sid] = msgspec.structs.replace(seat, media=value)

    def note(self, room: RoomId, entry: Entry) -> None:
        """A ledger entry that is no interval."""
        self.entries.append((room, entry))

    def _open(self, seat: Seat) -> None:
        self._write(seat, "open", self.now, seat.state)
        if seat.media == "connected":
            # The peers' media needs no server and went on while the socket was away (E6).
            self._write(seat, "open", self.now, "media")

    def _close(self, seat: Seat, at: Instant, why: str) -> None:
        at = max(at, seat.since)
        if seat.media == "connected":
            self._write(seat, "close", at, "media", why)
        self._write(seat, "close", at, seat.state, why)

    def _write(
        self, seat: Seat, kind: EntryKind, at: Instant, state: Presence | None = None, why: str = ""
    ) -> None:
        appointment: AppointmentNo | None = seat.appointment if kind == "open" else None
        room = None if seat.state == "lobby" else seat.room
        entry = Entry(
            kind=kind,
            at=at,
            person=seat.person,
            sid=seat.sid,
            state=state,
            device=seat.device if kind == "open" else "",
            appointment=appointment,
            why=why,
        )
        self.entries.append((room, entry))


def _squashed(departures: list[Departure], gone: Departure) -> list[Departure]:
    """Without the oldest of the same person's, where they would be too many: a floor is bounded by people,
    not by how often they come.
    """
    same = [each for each in departures if each.person == gone.person and each.room == gone.room]
    oldest = {each.sid for each in same[: max(0, len(same) + 1 - DEPARTURES_OF_ONE)]}
    return [each for each in departures if each.sid not in oldest]
