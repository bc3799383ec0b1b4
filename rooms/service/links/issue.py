"""Links: an appointment's own, one for each person, and the expiring ones the clinic's people work with (A1,
A2, G2).
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from rooms.access import diagnosis, tokens, window
from rooms.access.bookmark import Bookmark
from rooms.access.people import numbered
from rooms.access.tokens import Claims, Keyring, TokenKind, affinity
from rooms.changes import Change
from rooms.errors import LinkRefused
from rooms.events import LinkOf
from rooms.ids import PATIENT, PRACTITIONER, AppointmentNo, ClinicId, GrantNo, PractitionerNo, new_number
from rooms.ports import Put, Same, Store
from rooms.records import Appointment, Clinic, Grant, Status
from rooms.service.events import link_of
from rooms.service.idempotency import Act, Keep, kept_answer
from rooms.service.live.link_holder import Door, over
from rooms.service.load import appointment_of, clinic_of, existing, loaded
from rooms.service.retry import retried, until_consistent
from rooms.times import HOUR, Instant

BearerRole = Literal["patient", "guest", "practitioner", "staff"]


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """G2: link, room, window and status in one answer."""

    token: str
    link: str
    address: str | None
    """Where this person may always come (A8); a guest has none."""
    room: str
    opens_at: Instant
    closes_at: Instant
    status: Status


class IssuedGrant(msgspec.Struct, frozen=True, kw_only=True):
    """`id` revokes it."""

    id: GrantNo
    token: str
    link: str
    expires_at: Instant


class Bearer(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls the API by a link's token; its role decides what for (CONTRACT, HTTP)."""

    clinic: ClinicId
    role: BearerRole
    practitioner: str | None = None
    """The booking service's id of the practitioner whose link this is."""
    appointment: AppointmentNo | None = None
    """The appointment whose link this is."""
    number: int | None = None
    """The person's number on it."""
    grant: GrantNo | None = None
    """The room link or staff link this is."""
    name: str = ""
    """Whose staff link this is (A9)."""
    over: LinkRefused | None = None
    """Set for an appointment's link whose visit was cancelled or is past: why it opens nothing more (A2)."""


class Links:
    """`public_url`: of this deployment, without a slash at its end."""

    def __init__(self, store: Store, keyring: Keyring, public_url: str) -> None:
        self.store, self.keyring, self.public_url = store, keyring, public_url
        self.door = Door(store, keyring)

    @retried
    async def token(
        self, act: Act[IssuedToken], id: str, person: str, *, also: Sequence[Change] = ()
    ) -> IssuedToken:
        """The link of `patient`, `practitioner` or `guest:<id>`: the same until its key or generation changes
        (A2).

        Raises `Contradiction` with the code of the first blocking check (fact `failed`: all of them),
        `NotFound` (`not_found`, `person_unknown`), `Unavailable`.
        """
        clinic = await clinic_of(self.store, act.clinic)
        appointment = await appointment_of(self.store, act.clinic, id)
        number = numbered(appointment, person)
        seen = await loaded(self.store, clinic, appointment)
        diagnosis.check_usable(
            diagnosis.checks(clinic, appointment, seen.practitioner, seen.type, act.now, number)
        )
        issued = self.issued(clinic, appointment, number)
        if also or act.keep is not None:
            await self.store.commit(act.clinic, [Same(appointment), *also, *kept_answer(act.keep, issued)])
        return issued

    def issued(self, clinic: Clinic, appointment: Appointment, number: int) -> IssuedToken:
        """A person's link, whatever it opens now."""
        token, link = self.made_of(appointment.no, link_of(clinic, appointment, number))
        opens = window.of(appointment, clinic.policy)
        return IssuedToken(
            token=token,
            link=link,
            address=self.address(clinic, appointment, number),
            room=appointment.room,
            opens_at=opens.opens_at,
            closes_at=opens.closes_at,
            status=appointment.status,
        )

    def made_of(self, appointment: AppointmentNo, its: LinkOf) -> tuple[str, str]:
        """A person's token and the link it stands in."""
        token = tokens.issue(
            self.keyring, TokenKind.PERSON, its.affinity, appointment, its.number, its.generation, key=its.key
        )
        return token, self._link("p" if its.number == PRACTITIONER else "j", token)

    @retried
    async def room_link(
        self, act: Act[IssuedGrant], practitioner_id: str, hours: float, *, also: Sequence[Change] = ()
    ) -> IssuedGrant:
        """A practitioner's way into Meeting for some hours. Raises `NotFound`, `Unavailable`."""
        known = existing(await self.store.practitioner(act.clinic, practitioner_id), "practitioner")
        grant = _grant("practitioner", known.name, act.now, hours, known.id)
        return await self._write(act.clinic, grant, known.no, [Same(known), *also], act.keep)

    async def staff_link(
        self, act: Act[IssuedGrant], name: str, hours: float, *, also: Sequence[Change] = ()
    ) -> IssuedGrant:
        """Somebody's way to the staff page for some hours; `name` says whose. Raises `Unavailable`."""
        grant = _grant("staff", name, act.now, hours)
        return await until_consistent(lambda: self._write(act.clinic, grant, None, also, act.keep))

    async def _write(
        self,
        clinic_id: ClinicId,
        grant: Grant,
        practitioner: PractitionerNo | None,
        also: Sequence[Change],
        keep: Keep[IssuedGrant] | None,
    ) -> IssuedGrant:
        clinic = await clinic_of(self.store, clinic_id)
        of_whom = affinity(clinic.salt, practitioner)
        kind, page = (TokenKind.STAFF, "s") if practitioner is None else (TokenKind.ROOM, "p")
        token = tokens.issue(self.keyring, kind, of_whom, grant.no)
        issued = IssuedGrant(
            id=grant.no, token=token, link=self._link(page, token), expires_at=grant.expires_at
        )
        await self.store.know_affinity(of_whom, clinic_id, practitioner)
        await self.store.commit(clinic_id, [Put(grant), *also, *kept_answer(keep, issued)])
        return issued

    async def bearer(self, token: object, now: Instant) -> Bearer:
        """Whose token this is, window open or not: a page shows and cancels before, and says what became of
        it after (C6). What it may do then, `over` says.

        Raises `LinkRefused`: `token_invalid` and its kin, `token_revoked`, `moved`, `window_closed` for an
        expired room or staff link.
        """
        claims = tokens.read(self.keyring, token)
        if claims.kind == TokenKind.STAFF:
            return await self._staff(claims, now)
        holder = await self.door.find(claims, now)
        return Bearer(
            clinic=holder.clinic.id,
            role=holder.role,
            practitioner=holder.practitioner.id if holder.role == "practitioner" else None,
            appointment=holder.appointment.no if holder.appointment else None,
            number=holder.number if holder.appointment else None,
            grant=holder.grant.no if holder.grant else None,
            over=over(holder, claims, now),
        )

    async def _staff(self, claims: Claims, now: Instant) -> Bearer:
        async with self.door.doubting():
            clinic, _ = await self.door.resolve(claims.affinity)
            grant = await self.door.grant(clinic, GrantNo(claims.number), now)
        return Bearer(clinic=clinic, role="staff", grant=grant.no, name=grant.name)

    def address(self, clinic: Clinic, appointment: Appointment, number: int) -> str | None:
        """The bookmarkable address: a patient's with this practitioner, or the practitioner's own (A8)."""
        if number not in (PATIENT, PRACTITIONER):
            return None
        patient = appointment.patient_no if number == PATIENT else None
        text = Bookmark(affinity(clinic.salt, appointment.practitioner_no), patient).text
        return self._link("a", text)

    def held(self, role: str, token: str) -> str:
        """The link that a proven token stands in, by its role; a guest's as a patient's."""
        return self._link({"practitioner": "p", "staff": "s"}.get(role, "j"), token)

    def _link(self, page: str, token: str) -> str:
        """The token is in the fragment: it reaches no log, proxy or Referer (A4)."""
        return f"{self.public_url}/{page}#{token}"


def _grant(
    kind: Literal["practitioner", "staff"],
    name: str,
    now: Instant,
    hours: float,
    practitioner: str | None = None,
) -> Grant:
    return Grant(
        no=GrantNo(new_number()),
        kind=kind,
        name=name,
        expires_at=now + round(hours * HOUR),
        practitioner=practitioner,
    )
