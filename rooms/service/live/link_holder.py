"""From a token to a seat: who this is, whether the window is open, and what a refusal leaves as evidence (A2,
D2, F3 f).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from rooms.access import tokens, window
from rooms.access.people import label
from rooms.access.window import Open, TooEarly, Window
from rooms.errors import Facts, LinkRefused, Unavailable
from rooms.ids import PRACTITIONER, AppointmentNo, ClinicId, GrantNo, PractitionerNo, RoomId
from rooms.policy import ATTEMPT_BEFORE_OPENING
from rooms.ports import Store
from rooms.records import Appointment, Clinic, Floor, Grant, Practitioner, Role, Seat
from rooms.times import Instant, local_day, show
from rooms.visit.admission import is_within_grace, seat_held_by


class LinkHolder(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever a good token names, with everything read to judge them. `appointment` None: a practitioner's
    room link.
    """

    clinic: Clinic
    practitioner: Practitioner
    floor: Floor
    person: str
    number: int
    appointment: Appointment | None
    siblings: tuple[Appointment, ...] = ()
    """The live appointments of the same room, the link's own among them."""
    grant: Grant | None = None
    """The room link a practitioner came by."""

    @property
    def role(self) -> Role:
        """From the token alone."""
        return role_of(self.person)

    @property
    def room(self) -> RoomId | None:
        """The link's room."""
        return self.appointment.room if self.appointment else None

    @property
    def window(self) -> Window | None:
        """The join window of the link's own appointment."""
        return window.of(self.appointment, self.clinic.policy) if self.appointment else None


def role_of(person: str) -> Role:
    """`guest:<id>` is a guest; the others are named as they are."""
    return "practitioner" if person == "practitioner" else "patient" if person == "patient" else "guest"


class Door:
    """Reads a token and looks up who it stands for."""

    def __init__(self, store: Store, keyring: tokens.Keyring) -> None:
        self.store, self.keyring = store, keyring
        # An affinity never changes its meaning, so that a process need ask once. Bounded by the number of
        # practitioners.
        self._places: dict[str, tuple[ClinicId, PractitionerNo | None]] = {}

    def recognise(self, token: object) -> tokens.Claims:
        """What a token says; asks no store. Raises `LinkRefused`."""
        return tokens.recognise(self.keyring, token)

    async def find(self, claims: tokens.Claims, now: Instant) -> LinkHolder:
        """Who these claims stand for. Raises `LinkRefused`."""
        try:
            async with self.doubting():
                return await self._holder(claims, now)
        except LinkRefused as refused:
            refused.signed_by = claims.key
            raise

    @asynccontextmanager
    async def doubting(self) -> AsyncIterator[None]:
        """Around looking up what a well-signed token names: where nothing is there, it may have been, if data
        was lost lately, and come back (RELIABILITY 4). Raises `Unavailable` then, which is not final.
        """
        try:
            yield
        except LinkRefused as refused:
            if refused.code == "token_invalid" and await self.store.has_lost():
                raise Unavailable from None
            raise

    async def _holder(self, claims: tokens.Claims, now: Instant) -> LinkHolder:
        if claims.kind == tokens.TokenKind.STAFF:
            raise LinkRefused("role_not_allowed", "A staff link opens no room.")
        clinic, practitioner = await self.resolve(claims.affinity)
        if practitioner is None:
            raise LinkRefused("token_invalid", NO_LINK_OF_OURS)
        if claims.kind == tokens.TokenKind.ROOM:
            return await self._host(clinic, practitioner, GrantNo(claims.number), now)
        return await self._person(clinic, practitioner, claims)

    async def resolve(self, affinity: str) -> tuple[ClinicId, PractitionerNo | None]:
        """The clinic and practitioner behind an affinity. Raises `token_invalid`."""
        place = self._places.get(affinity) or await self.store.affinity(affinity)
        if place is None:
            raise LinkRefused("token_invalid", NO_LINK_OF_OURS)
        self._places[affinity] = place
        return place

    async def grant(self, clinic: ClinicId, number: GrantNo, now: Instant) -> Grant:
        """A room link or staff link that is good now. Raises `LinkRefused`."""
        grant = await self.store.grant(clinic, number)
        if grant is None:
            raise LinkRefused("token_invalid", NO_LINK_OF_OURS)
        if grant.revoked:
            raise _withdrawn()
        if grant.expires_at <= now:
            raise LinkRefused("window_closed", "This link has expired.", closes_at=show(grant.expires_at))
        return grant

    async def _host(
        self, clinic_id: ClinicId, number: PractitionerNo, grant_no: GrantNo, now: Instant
    ) -> LinkHolder:
        grant = await self.grant(clinic_id, grant_no, now)
        found = await self.store.arrival(clinic_id, number, None)
        if found.clinic is None or found.practitioner is None:
            raise LinkRefused("token_invalid", NO_LINK_OF_OURS)
        return LinkHolder(
            clinic=found.clinic,
            practitioner=found.practitioner,
            floor=found.floor,
            person="practitioner",
            number=PRACTITIONER,
            appointment=None,
            grant=grant,
        )

    async def _person(self, clinic_id: ClinicId, number: PractitionerNo, claims: tokens.Claims) -> LinkHolder:
        found = await self.store.arrival(clinic_id, number, AppointmentNo(claims.number))
        # The floor read with it has to be the floor of whoever carries the appointment now.
        while (appointment := found.appointment) is not None and _floor_of(appointment, claims) != number:
            if claims.person == PRACTITIONER:
                raise LinkRefused("moved", "This appointment is with a colleague now.")
            number = appointment.host_no
            found = await self.store.arrival(clinic_id, number, appointment.no)
        if appointment is not None and found.practitioner is None:
            # A colleague it was handed to and who is there no more: whose diary it is in has it again.
            found = await self.store.arrival(clinic_id, appointment.practitioner_no, appointment.no)
            appointment = found.appointment
        if appointment is None or found.clinic is None or found.practitioner is None:
            raise LinkRefused("token_invalid", NO_LINK_OF_OURS)
        siblings = await self._siblings(clinic_id, appointment)
        return LinkHolder(
            clinic=found.clinic,
            practitioner=found.practitioner,
            floor=found.floor,
            person=_person(appointment, claims.person),
            number=claims.person,
            appointment=appointment,
            siblings=siblings,
        )

    async def _siblings(self, clinic: ClinicId, appointment: Appointment) -> tuple[Appointment, ...]:
        others = await self.store.appointments(clinic, appointment.others) if appointment.others else []
        return (
            appointment,
            *(other for other in others if other is not None and other.status == "confirmed"),
        )


NO_LINK_OF_OURS = "This is not one of our links. Check that it was copied whole."


def _floor_of(appointment: Appointment, claims: tokens.Claims) -> PractitionerNo:
    """A practitioner stays on their own; their patients go with a visit that was handed over (D3)."""
    return appointment.practitioner_no if claims.person == PRACTITIONER else appointment.host_no


def _person(appointment: Appointment, number: int) -> str:
    """A person number as the word everybody uses. Raises `token_revoked` for a guest who was taken off the
    appointment.
    """
    known = label(appointment, number)
    if known is None:
        raise _withdrawn()
    return known


def _withdrawn(clinic: Clinic | None = None, *, can_resend: bool = False) -> LinkRefused:
    """`can_resend`: there is a newer one, which its holder may have sent to the contact on file (A7)."""
    message = "This link was withdrawn. Ask the clinic for a new one."
    return LinkRefused("token_revoked", message, can_resend=can_resend, **_whom_to_call(clinic))


def _whom_to_call(clinic: Clinic | None) -> dict[str, object]:
    """For whoever stands before a closed door (A6)."""
    return {"phone": clinic.phone} if clinic and clinic.phone else {}


def check_not_withdrawn(holder: LinkHolder, claims: tokens.Claims) -> None:
    """Raises `token_revoked` for a link of a retired key, or one that was taken back or replaced by a newer
    one, whatever the time.
    """
    tokens.check_key(claims)
    appointment, number = holder.appointment, holder.number
    if appointment is None:
        return
    if number in appointment.revoked:
        raise _withdrawn(holder.clinic)
    if claims.generation != appointment.generations.get(number, 1):
        raise _withdrawn(holder.clinic, can_resend=True)


def check_may_join(
    holder: LinkHolder, claims: tokens.Claims, now: Instant, *, device_check: bool = False, since: Instant = 0
) -> None:
    """Whether this link opens its room now; `since` as in `rooms.visit.admission.is_within_grace`. Raises
    `LinkRefused`, with what the page needs to say what to do next (A6).
    """
    check_not_withdrawn(holder, claims)
    _check_opens(holder, now, device_check, since)


def _check_opens(holder: LinkHolder, now: Instant, device_check: bool, since: Instant = 0) -> None:
    appointment = holder.appointment
    if appointment is None:
        return
    call = _whom_to_call(holder.clinic)
    if appointment.status == "cancelled":
        reason = appointment.cancelled.reason if appointment.cancelled else None
        why = {"reason": reason} if reason else {}
        raise LinkRefused("cancelled", "This appointment was cancelled.", **why, **call)
    if appointment.status in ("held", "expired"):
        raise LinkRefused("not_confirmed", "This appointment is not confirmed.", **call)
    mine = (appointment,) if holder.role == "guest" else holder.siblings
    _check_window(holder, mine, now, device_check, since)


def over(holder: LinkHolder, claims: tokens.Claims, now: Instant) -> LinkRefused | None:
    """Why this link opens no more than the way to a current one: its visit was cancelled, or there is no
    window to come, and nobody is in a call by it. None: it opens what its role may.

    It is judged as a hello is, so that a page and its socket never tell two stories; too early is not over
    (E4, C6). Raises `LinkRefused` as `check_not_withdrawn`.
    """
    check_not_withdrawn(holder, claims)
    try:
        _check_opens(holder, now, device_check=True)
    except LinkRefused as refused:
        return refused
    return None


def _check_window(
    holder: LinkHolder, mine: Sequence[Appointment], now: Instant, device_check: bool, since: Instant
) -> None:
    """`mine`: in whose windows this person may come (D2)."""
    policy = holder.clinic.policy
    # It is at least as late as what is on record: a hello that was slow to be written down is judged again
    # after its visit's outcome was decided.
    now = max(now, *(each.outcome.at if each.outcome else now for each in mine))
    verdict = window.judge([window.of(each, policy) for each in mine], now)
    if isinstance(verdict, Open) or _returns(holder, now, since):
        return
    facts = window_facts(holder.clinic, window.whose(mine, policy, verdict.window), verdict.window, now)
    if not isinstance(verdict, TooEarly):
        raise LinkRefused("window_closed", "The time to join has passed.", **facts)
    if not device_check:
        raise LinkRefused("too_early", "It is too early. The room opens by itself.", **facts)


def window_facts(clinic: Clinic, appointment: Appointment, of: Window, now: Instant) -> dict[str, object]:
    """What an early or late answer carries, as RFC 3339; the clinic's zone and phone so that a page can say
    it in both.
    """
    facts: dict[str, object] = {
        "opens_at": show(of.opens_at),
        "closes_at": show(of.closes_at),
        "server_time": show(now),
        "time_zone": clinic.time_zone,
        "starts_at": show(appointment.starts_at),
    }
    if clinic.phone:
        facts["phone"] = clinic.phone
    return facts


def shut_facts(clinic: Clinic, appointments: Sequence[Appointment], now: Instant) -> Facts | None:
    """What people are told while no window of these appointments is open: `code` (`too_early` where one is to
    come) and that window's facts. None: one is open.
    """
    verdict = window.judge([window.of(each, clinic.policy) for each in appointments], now)
    if isinstance(verdict, Open):
        return None
    code = "too_early" if isinstance(verdict, TooEarly) else "window_closed"
    owner = window.whose(appointments, clinic.policy, verdict.window)
    return {"code": code, **window_facts(clinic, owner, verdict.window, now)}


def _returns(holder: LinkHolder, now: Instant, since: Instant) -> bool:
    """D2: after the close, whoever was in the call less than the grace ago comes back, though the room open
    again later that day.
    """
    seat: Seat | None = seat_held_by(holder.floor, holder.person, holder.room)
    return (
        seat is not None
        and seat.state == "in_room"
        and seat.room == holder.room
        and is_within_grace(seat, now, since)
    )


def is_attempt(holder: LinkHolder, refusal: LinkRefused, now: Instant) -> bool:
    """Whether a refused hello shows that the patient's side tried to come (F3 f and h)."""
    own = holder.window
    if own is None or holder.role == "practitioner" or refusal.code in ("cancelled", "not_confirmed"):
        return False
    if now < own.opens_at:
        return own.opens_at - now <= ATTEMPT_BEFORE_OPENING
    return now < own.closes_at or _same_day(holder.clinic, own.closes_at, now)


def _same_day(clinic: Clinic, one: Instant, other: Instant) -> bool:
    return local_day(one, clinic.time_zone) == local_day(other, clinic.time_zone)
