"""A floor in words: who arrives, who is admitted, and what the ledgers then say."""

from rooms.ids import AppointmentNo, PractitionerNo, RoomId, SessionId
from rooms.records import Entry, Floor, Seat
from rooms.times import Instant
from rooms.visit import admission
from rooms.visit.admission import Newcomer
from rooms.visit.room import find
from rooms.visit.transition import FloorChange

LEASE = 15_000
ROOM, OTHER_ROOM = RoomId("room-a"), RoomId("room-b")
VISIT, OTHER_VISIT = AppointmentNo("visit-a"), AppointmentNo("visit-b")


def newcomer(
    sid: str, person: str, room: RoomId | None = ROOM, visit: AppointmentNo | None = VISIT
) -> Newcomer:
    """Somebody whose link is good."""
    number = {"practitioner": 0, "patient": 1}.get(person, 2)
    return Newcomer(
        sid=SessionId(sid), key=f"key of {sid}", person=person, number=number, room=room, appointment=visit,
        device="Firefox", node="node-1",
    )  # fmt: skip


class Story:
    """Plays commands one after another and keeps everything they wrote."""

    def __init__(self) -> None:
        self.floor = Floor(practitioner_no=PractitionerNo("p"))
        self.now: Instant = 1_000_000
        self.entries: list[tuple[RoomId | None, Entry]] = []
        self.leases: dict[str, Instant | None] = {}

    def play(self, change: FloorChange | None) -> None:
        assert change is not None
        self.floor = change.floor
        self.entries += change.entries
        self.leases |= {lease.sid: lease.until for lease in change.leases}

    def arrive(self, sid: str, person: str, room: RoomId | None = ROOM, visit: AppointmentNo | None = VISIT,
               *, move: bool = False, lapsed: Instant | None = None) -> Seat:  # fmt: skip
        new = newcomer(sid, person, room, visit)
        self.play(admission.arrive(self.floor, new, self.now, LEASE, move=move, lapsed=lapsed))
        return self.seat(sid)

    def admit(
        self, person: str = "patient", room: RoomId = ROOM, visit: AppointmentNo = VISIT, host: str = "host"
    ) -> None:
        self.play(admission.admit(self.floor, self.seat(host), person, room, visit, self.now, LEASE))

    def drop(self, sid: str, ago: int = 0) -> None:
        self.play(admission.disconnect(self.floor, self.seat(sid), self.now - ago, self.now, LEASE))

    def lapse(self, sid: str, seen: Instant) -> None:
        self.play(admission.lapse(self.floor, SessionId(sid), seen, self.now, LEASE))

    def resume(self, sid: str, key: str | None = None, seen: Instant | None = None) -> None:
        key = self.seat(sid).key if key is None else key
        self.play(admission.resume(self.floor, SessionId(sid), key, "node-2", self.now, LEASE, seen))

    def seat(self, sid: str) -> Seat:
        found = find(self.floor, SessionId(sid))
        assert found is not None, f"{sid} has no seat"
        return found

    def has(self, sid: str) -> bool:
        return find(self.floor, SessionId(sid)) is not None

    def why_gone(self, sid: str) -> str:
        return next(gone.why for gone in self.floor.departures if gone.sid == sid)

    def lines(self, sid: str) -> list[str]:
        """The ledger's lines about a session, as `open waiting`, `close waiting admitted` …"""
        mine = [entry for _, entry in self.entries if entry.sid == sid]
        return [" ".join(filter(None, (entry.kind, entry.state, entry.why))) for entry in mine]
