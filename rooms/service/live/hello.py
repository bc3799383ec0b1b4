"""From a hello, or a resume, to a seat on a floor (D6, A2). What it writes is in the store before it returns
(CONTRACT: facts first).
"""

from collections.abc import Callable

import msgspec

from rooms.access.tokens import Claims, Keyring, affinity
from rooms.access.window import Window, of
from rooms.errors import LinkRefused, Unavailable
from rooms.ids import ClinicId, PractitionerNo, RoomId, SessionId, new_secret, new_session, secret_digest
from rooms.ports import Bus, Conflict, Same, Store
from rooms.records import Appointment, Clinic, Floor, Seat
from rooms.service.live.attempts import JoinAttempts, LateAttempt
from rooms.service.live.link_holder import Door, LinkHolder, check_may_join
from rooms.service.load import clinic_of
from rooms.service.transaction import (
    MAX_FLOOR_ATTEMPTS,
    FloorLock,
    Here,
    floor_changes,
    no_floor_lock,
    stored,
    transact,
)
from rooms.times import Instant
from rooms.visit import admission
from rooms.visit.admission import Newcomer
from rooms.visit.transition import FloorChange

SESSION_OVER = "This session is over. Use the link again."


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """A seat taken or taken up again. `key` resumes it; it is known to nobody else."""

    here: Here
    key: str
    clinic: Clinic
    floor: Floor
    link: Appointment | None
    window: Window | None
    siblings: tuple[Appointment, ...] = ()
    practitioner: str | None = None
    """The practitioner's name, where it was read anyway."""
    signed_by: int | None = None
    """The id of the key that signed the token (A3)."""
    came_from: str = ""
    """The process that had its socket before."""


class Seating:
    """Taking a seat, and taking it up again. `lease`: milliseconds a session lives without proof; `node`:
    this process's name; `late_attempt` writes F3's line h; `since` answers from when on this process could
    serve joins without a break, before which nobody's grace runs (E6); `limit` refuses a link that comes too
    often, before anything is read for it.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        keyring: Keyring,
        node: str,
        lease: int,
        late_attempt: LateAttempt,
        floor_lock: FloorLock = no_floor_lock,
        since: Callable[[], Instant] = lambda: 0,
        limit: Callable[[Claims], None] = lambda _: None,
    ) -> None:
        self.since, self.limit = since, limit
        self.store, self.bus, self.node, self.lease, self.floor_lock = store, bus, node, lease, floor_lock
        self.door, self.attempts = Door(store, keyring), JoinAttempts(store, late_attempt)
        # As last read; every hello reads it anew. It is told along with a floor, and judges nothing here.
        self._clinics: dict[ClinicId, Clinic] = {}
        self.unsure: list[Here] = []
        """Seats whose commit got no answer: nobody was told, so whoever looks after disconnects gives them
        up.
        """

    async def hello(self, token: object, *, move: bool, device: str, now: Instant) -> Entered:
        """Take the seat a token stands for. The caller welcomes the newcomer, then tells the others.

        Raises `LinkRefused`, `Unavailable`.
        """
        claims = self.door.recognise(token)
        self.limit(claims)
        entered, holder = await self._enter(claims, move, device, now)
        if entered is not None:
            return entered
        # Somebody else wrote first. If many come at once, they come one after the other from here on.
        async with self.floor_lock(holder.clinic.id, holder.practitioner.no):
            for _ in range(MAX_FLOOR_ATTEMPTS):
                entered, holder = await self._enter(claims, move, device, now)
                if entered is not None:
                    return entered
        raise Unavailable

    async def _enter(
        self, claims: Claims, move: bool, device: str, now: Instant
    ) -> tuple[Entered | None, LinkHolder]:
        """Read, judge, and one try at the seat."""
        holder = await self.door.find(claims, now)
        self._clinics[holder.clinic.id] = holder.clinic
        try:
            check_may_join(holder, claims, now, since=self.since())
        except LinkRefused as refusal:
            refusal.signed_by = claims.key
            await self.attempts.refused(holder, refusal, now)
            raise
        entered = await self._sit(holder, move, device, now)
        if entered is not None:
            entered = msgspec.structs.replace(entered, signed_by=claims.key)
        return entered, holder

    async def _sit(self, holder: LinkHolder, move: bool, device: str, now: Instant) -> Entered | None:
        """One try at the seat; None where somebody else wrote first."""
        number, key = holder.practitioner.no, new_secret()
        sid = SessionId(f"{affinity(holder.clinic.salt, number)}.{new_session()}")
        new = Newcomer(
            sid=sid,
            key=secret_digest(key),
            person=holder.person,
            number=holder.number,
            room=holder.room,
            appointment=holder.appointment.no if holder.appointment else None,
            device=device,
            node=self.node,
            grant=holder.grant.no if holder.grant else None,
            tested=holder.appointment.checks.get(holder.person) if holder.appointment else None,
        )
        lapsed = await self._lapsed(holder.clinic.id, holder.floor, holder.person, holder.room, now)
        change = admission.arrive(
            holder.floor, new, now, self.lease, move=move, lapsed=lapsed, since=self.since()
        )
        here = Here(holder.clinic.id, number, sid, 1)
        # The appointment, too: whoever is giving it its outcome at this moment must see who came (I2).
        proof = holder.appointment or holder.grant
        rests_on = [Same(proof)] if proof else []
        try:
            await self.store.commit(holder.clinic.id, [*rests_on, *floor_changes(number, change)])
        except Conflict:
            return None
        except Unavailable:
            self.unsure.append(here)
            raise
        return Entered(
            here=here,
            key=key,
            clinic=holder.clinic,
            floor=stored(change.floor),
            link=holder.appointment,
            window=holder.window,
            siblings=holder.siblings,
            practitioner=holder.practitioner.name,
        )

    async def _lapsed(
        self, clinic: ClinicId, floor: Floor, person: str, room: RoomId | None, now: Instant
    ) -> Instant | None:
        """The last sign of life of whoever holds the seat by a lease that ran out: its process died."""
        seat = admission.seat_held_by(floor, person, room)
        if seat is None or seat.gone_at:
            return None
        lease = await self.store.lease(clinic, floor.practitioner_no, seat.sid)
        return lease.seen if lease is not None and lease.until <= now else None

    async def check_link(self, token: object, now: Instant) -> LinkHolder:
        """Whether a link is good for a device check: at any time until its window closes (E4). Never
        presence.
        """
        claims = self.door.recognise(token)
        self.limit(claims)
        holder = await self.door.find(claims, now)
        check_may_join(holder, claims, now, device_check=True)
        return holder

    async def resume(self, sid: str, key: str, now: Instant) -> Entered:
        """Take up a session again; knows nothing of windows, since a call under way is not cut (D2).

        The key stays what it was: were it changed, a welcome that is lost on its way would end the session.
        The caller welcomes, then tells the others. Raises `resume_refused`, `Unavailable`.
        """
        clinic, number = await self._place_of(sid)
        try:
            return await self._resume(clinic, number, SessionId(sid), key, now)
        except LinkRefused:
            elsewhere = await self.store.whereabouts(clinic.id, SessionId(sid))
            if elsewhere is None or elsewhere == number:
                raise
        return await self._resume(clinic, elsewhere, SessionId(sid), key, now)

    async def _resume(
        self, clinic: Clinic, number: PractitionerNo, sid: SessionId, key: str, now: Instant
    ) -> Entered:
        lease = await self.store.lease(clinic.id, number, sid)
        seen = lease.seen if lease else None

        before: list[Seat] = []

        def decide(floor: Floor) -> FloorChange:
            before[:] = [seat for seat in floor.seats if seat.sid == sid]
            return admission.resume(
                floor, sid, secret_digest(key), self.node, now, self.lease, seen, self.since()
            )

        floor = await self._transact(clinic.id, number, decide)
        seat = next(seat for seat in floor.seats if seat.sid == sid)
        link = await self.store.appointment(clinic.id, seat.link) if seat.link else None
        return Entered(
            here=Here(clinic.id, number, seat.sid, seat.epoch),
            key=key,
            clinic=clinic,
            floor=floor,
            link=link,
            window=of(link, clinic.policy) if link else None,
            came_from=before[0].node,
        )

    async def _transact(
        self, clinic: ClinicId, practitioner: PractitionerNo, decide: Callable[[Floor], FloorChange | None]
    ) -> Floor:
        async with self.floor_lock(clinic, practitioner):
            return await transact(self.store, clinic, practitioner, decide)

    async def _place_of(self, sid: str) -> tuple[Clinic, PractitionerNo]:
        """Where a session's floor is: its id begins with the affinity. Raises `resume_refused`."""
        try:
            clinic_id, number = await self.door.resolve(sid.partition(".")[0])
        except LinkRefused:
            raise LinkRefused("resume_refused", SESSION_OVER) from None
        if number is None:
            raise LinkRefused("resume_refused", SESSION_OVER)
        clinic = self._clinics[clinic_id] = await clinic_of(self.store, clinic_id)
        return clinic, number
