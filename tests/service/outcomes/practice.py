"""A practice in a store: appointments, and people who come and go by the pure functions of real visits."""

from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from rooms.changes import Change
from rooms.ids import AppointmentNo, ClinicId, RoomId, SessionId
from rooms.policy import Policy
from rooms.ports import (
    Append,
    Due,
    Lease,
    Put,
    Store,
)
from rooms.records import (
    Appointment,
    AppointmentType,
    Clinic,
    Entry,
    Floor,
    Guest,
    Practitioner,
    Seat,
    Status,
    Step,
)
from rooms.service.outcomes.automatic import Outcomes
from rooms.service.transaction import transact
from rooms.store import RedisStore
from rooms.times import DAY, HOUR, SECOND, Instant
from rooms.visit import admission
from rooms.visit.admission import Newcomer
from rooms.visit.transition import FloorChange
from tests.attendance.scenes import MIDNIGHT, PRACTITIONER_NO, ROOM, A, B, appointment, at

LEASE = 15 * SECOND
HARBOUR = ClinicId("harbour")
HOST = PRACTITIONER_NO
CLOSES = at("11:30")
"""When the window of the first appointment closes."""


class Practice:
    """One practitioner's day. Times are the caller's: nothing here reads a clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.outcomes = Outcomes(store)

    async def open(
        self, policy: Policy | None = None, *, video_enabled: bool = True, time_zone: str = "UTC"
    ) -> None:
        """The clinic, its practitioner, a video type and one that is none."""
        clinic = Clinic(
            id=HARBOUR, name="Harbour", time_zone=time_zone, salt="5a17", policy=policy or Policy()
        )
        host = Practitioner(id="dr", no=HOST, name="Dr Lee", video_enabled=video_enabled)
        kinds = [
            AppointmentType(id="video", name="Video visit", video=True, minutes=30),
            AppointmentType(id="desk", name="In person", video=False, minutes=30, external_ids=("17",)),
        ]
        await self.store.commit(HARBOUR, [Put(clinic), Put(host), *map(Put, kinds)])

    async def book(
        self,
        no: AppointmentNo = A,
        starts: str = "10:00",
        ends: str = "10:30",
        *,
        others: tuple[AppointmentNo, ...] = (),
        guests: tuple[Guest, ...] = (),
        stored_at: Instant = MIDNIGHT - DAY,
        extended: int = 0,
        type: str | None = "video",
        external_type: str | None = None,
        status: Status = "confirmed",
    ) -> Appointment:
        """A confirmed video appointment in the one room, due when its window closes."""
        plain = appointment(no, starts, ends, guests=guests, stored_at=stored_at)
        booked = replace(
            plain, type=type, external_type=external_type, others=others, extended=extended, status=status
        )
        due = Due(no, booked.ends_at + HOUR)
        await self.store.commit(HARBOUR, [Put(booked), due])
        return replace(booked, version=1)

    async def come(self, person: str, now: Instant, of: AppointmentNo = A, room: RoomId = ROOM) -> Seat:
        """By a link: waiting, or for the practitioner into the lobby."""
        sid = SessionId(f"{person}@{now}")
        new = Newcomer(
            sid=sid,
            key="key",
            person=person,
            number=1,
            room=None if person == "practitioner" else room,
            appointment=None if person == "practitioner" else of,
            device="Firefox",
            node="node",
        )
        return _seat(await self._turn(lambda floor: admission.arrive(floor, new, now, LEASE, move=True)), sid)

    async def admit(self, host: Seat, person: str, now: Instant, of: AppointmentNo = A) -> None:
        """The practitioner lets somebody in, and goes in."""
        await self._turn(
            lambda floor: admission.admit(floor, _seat(floor, host.sid), person, ROOM, of, now, LEASE)
        )

    async def meet(self, now: Instant, of: AppointmentNo = A) -> tuple[Seat, Seat]:
        """Patient and practitioner come and are together from `now` on. Practitioner first."""
        host = await self.come("practitioner", now - SECOND)
        patient = await self.come("patient", now - SECOND, of)
        await self.admit(host, "patient", now, of)
        return host, patient

    async def end(self, host: Seat, now: Instant, *, done: bool = False) -> None:
        """The practitioner ends the visit."""
        await self._turn(lambda floor: admission.end(floor, _seat(floor, host.sid), now, LEASE, done=done))

    async def drop(self, seat: Seat, seen: Instant, now: Instant) -> None:
        """A socket closes, last heard of at `seen`."""
        await self._turn(lambda floor: admission.disconnect(floor, _seat(floor, seat.sid), seen, now, LEASE))

    async def lapse(self, seat: Seat, seen: Instant, now: Instant) -> None:
        """A lease runs out: the seat's process was killed."""
        await self._turn(lambda floor: admission.lapse(floor, seat.sid, seen, now, LEASE))

    async def renew(self, until: Instant) -> None:
        """Everybody's sockets live on past `until`."""
        for lease in await self.store.expired(HARBOUR, until):
            await self.store.commit(HARBOUR, [Lease(HOST, lease.sid, until + 1, until)])

    async def try_in_vain(self, now: Instant, why: str = "too_early", person: str = "patient") -> None:
        """A refused hello."""
        entry = Entry(kind="try", at=now, person=person, why=why)
        await self.store.commit(HARBOUR, [Append(ROOM, HOST, entry)])

    async def decide(self, now: Instant, no: AppointmentNo = A) -> bool:
        return await self.outcomes.decide(HARBOUR, no, now)

    async def read(self, no: AppointmentNo = A) -> Appointment:
        found = await self.store.appointment(HARBOUR, no)
        assert found is not None
        return found

    async def result(self, no: AppointmentNo = A) -> tuple[str, str, bool]:
        """Status, outcome and whether it is for review."""
        found = await self.read(no)
        assert found.outcome is not None
        return found.status, found.outcome.name, found.outcome.review

    async def evidence(self, no: AppointmentNo = A) -> dict[str, object]:
        found = await self.read(no)
        assert found.outcome is not None
        return found.outcome.evidence

    async def history(self, no: AppointmentNo = A) -> list[Step]:
        return await self.store.history(HARBOUR, no)

    async def is_due(self, at: Instant, no: AppointmentNo = A) -> bool:
        return no in await self.store.due(HARBOUR, at)

    async def _turn(self, decide: Callable[[Floor], FloorChange]) -> Floor:
        return await transact(self.store, HARBOUR, HOST, decide)


def _seat(floor: Floor, sid: SessionId) -> Seat:
    return next(seat for seat in floor.seats if seat.sid == sid)


async def back_to_back(practice: Practice) -> None:
    await practice.book(A, "10:00", "10:30", others=(B,))
    await practice.book(B, "10:30", "11:00", others=(A,))


async def late(practice: Practice, now: int, person: str = "patient", no: AppointmentNo = A) -> None:
    await practice.outcomes.late_attempt(HARBOUR, await practice.read(no), refused(now, person, no))


def refused(now: int, person: str = "patient", no: AppointmentNo = A) -> Entry:
    """A hello after the close, as it is written down."""
    return Entry(kind="try", at=now, person=person, appointment=no, why="window_closed")


class Interrupted(RedisStore):
    """Something happens just before the first commit."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def commit(self, clinic: ClinicId, changes: Sequence[Change]) -> None:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        await super().commit(clinic, changes)
