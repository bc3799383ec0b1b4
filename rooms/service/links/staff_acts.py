"""What staff do with links: send again, take back, keep open for longer; each written down with who, when and
why (A9, D2).
"""

from collections.abc import Sequence

from msgspec.structs import replace

from rooms.access import diagnosis
from rooms.access.people import numbered
from rooms.booking.request import check_live, check_undecided
from rooms.changes import Change
from rooms.errors import Invalid
from rooms.events import AuditLine, Event
from rooms.ids import ClinicId, GrantNo, PractitionerNo
from rooms.outgoing import Audit
from rooms.policy import LONGEST_EXTENSION
from rooms.ports import Bus, Put, Same, Store
from rooms.records import Appointment, Clinic, Floor, Grant, Step
from rooms.service import transaction
from rooms.service.appointments.commit import Edit, write
from rooms.service.appointments.live_effects import NO_LEASE
from rooms.service.events import happened, issue_links, with_link
from rooms.service.idempotency import Act, Actor
from rooms.service.load import LoadedAppointment, appointment_of, clinic_of, existing, type_of
from rooms.service.retry import retried, until_consistent
from rooms.times import MINUTE, Instant
from rooms.visit.live_effects import grant_revoked


def audited(
    actor: Actor,
    what: str,
    now: Instant,
    *,
    appointment: str | None = None,
    person: str | None = None,
    reason: str | None = None,
) -> Audit:
    """The part of a commit that writes down who did it."""
    return Audit(
        AuditLine(
            at=now,
            by=actor.by,
            who=actor.who,
            what=what,
            appointment=appointment,
            person=person,
            reason=reason,
        )
    )


class StaffActs:
    """Each act is one commit: the record, its history, the audit, and whoever is here because of it."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self.store, self.bus = store, bus

    @retried
    async def resend(self, act: Act[LoadedAppointment], id: str, person: str) -> LoadedAppointment:
        """Send a person their link again; one that was taken back is issued anew, the old one stays dead.

        Raises `Contradiction` with the blocking check's code, `NotFound` (`not_found`, `person_unknown`),
        `Unavailable`.
        """
        clinic, before, number = await self._whose(act.clinic, id, person)
        check_live(before, act.now)
        after = _issued_anew(before, number)
        rests_on = await self._check_usable(clinic, after, number, act.now)
        event = with_link(happened("link.requested", after, act.now, number=number), clinic, after, number)
        step = Step(at=act.now, what="link_resent", by=act.by, facts=_facts(number, act.reason))
        audit = audited(act.actor, "link_resent", act.now, appointment=id, person=person, reason=act.reason)
        edit = Edit(before=before, after=after, step=step, changes=[*rests_on, audit], events=[event])
        return await write(self.store, self.bus, clinic, edit, keep=act.keep)

    async def _check_usable(
        self, clinic: Clinic, appointment: Appointment, number: int, now: Instant
    ) -> list[Same]:
        practitioner = await self.store.practitioner(clinic.id, appointment.practitioner)
        kind = await type_of(self.store, clinic.id, appointment)
        diagnosis.check_usable(diagnosis.checks(clinic, appointment, practitioner, kind, now, number))
        return [Same(record) for record in (clinic, practitioner, kind) if record is not None]

    @retried
    async def revoke(self, act: Act[LoadedAppointment], id: str, person: str) -> LoadedAppointment:
        """A person's link opens nothing from now on, and what it opened ends, a call too (A2): also of an
        appointment that is over, whose link still leads its holder on (A7). Raises `NotFound`, `Unavailable`.
        """
        clinic, before, number = await self._whose(act.clinic, id, person)
        after = replace(before, revoked=tuple(sorted({*before.revoked, number})))
        step = Step(at=act.now, what="link_revoked", by=act.by, facts=_facts(number, act.reason))
        audit = audited(act.actor, "link_revoked", act.now, appointment=id, person=person, reason=act.reason)
        events = [happened("link.revoked", after, act.now, number=number)] if after != before else []
        edit = Edit(before=before, after=after, step=step, changes=[audit], events=events)
        return await write(self.store, self.bus, clinic, edit, keep=act.keep)

    async def _whose(self, clinic_id: ClinicId, id: str, person: str) -> tuple[Clinic, Appointment, int]:
        clinic = await clinic_of(self.store, clinic_id)
        appointment = await appointment_of(self.store, clinic_id, id)
        return clinic, appointment, numbered(appointment, person)

    @retried
    async def extend(self, act: Act[LoadedAppointment], id: str, minutes: float) -> LoadedAppointment:
        """Keep one appointment's window open for longer (D2): links that had closed open again.

        Raises `Invalid` `number_out_of_range` beyond a day in all, `state_conflict` where it is over or has
        its outcome, `NotFound`, `Unavailable`.
        """
        clinic = await clinic_of(self.store, act.clinic)
        before = await appointment_of(self.store, act.clinic, id)
        check_live(before, act.now)
        check_undecided(before)
        longer = replace(before, extended=before.extended + round(minutes * MINUTE), undone=False)
        if longer.extended > LONGEST_EXTENSION:
            raise Invalid("number_out_of_range", "A day in all is the most.", field="minutes")
        after, events = await self._issued_again(clinic, before, longer, act.now)
        step = Step(
            at=act.now,
            what="window_extended",
            by=act.by,
            facts={"minutes": minutes, "reason": act.reason},
        )
        audit = audited(act.actor, "window_extended", act.now, appointment=id, reason=act.reason)
        changes = [Same(clinic), audit]
        edit = Edit(before=before, after=after, step=step, changes=changes, events=events)
        return await write(self.store, self.bus, clinic, edit, keep=act.keep)

    async def _issued_again(
        self, clinic: Clinic, before: Appointment, after: Appointment, now: Instant
    ) -> tuple[Appointment, list[Event]]:
        """One that was stored when its time had passed gets its links where it is open now."""
        practitioner = await self.store.practitioner(clinic.id, after.practitioner)
        return issue_links(
            clinic, before, after, practitioner, await type_of(self.store, clinic.id, after), now
        )

    async def revoke_grant(self, act: Act[None], number: GrantNo) -> None:
        """A room link or staff link opens nothing from now on; a host who came by it is out. Raises
        `NotFound`.
        """

        async def write() -> Floor | None:
            known = existing(await self.store.grant(act.clinic, number), "link")
            if known.revoked:
                return None
            changes, floor = await self._host_out(act.clinic, known, act.now)
            audit = audited(act.actor, "grant_revoked", act.now, person=known.name)
            await self.store.commit(act.clinic, [Put(replace(known, revoked=True)), audit, *changes])
            return floor

        floor = await until_consistent(write)
        if floor is not None:
            await self.bus.floor_changed(await clinic_of(self.store, act.clinic), floor)

    async def _host_out(
        self, clinic: ClinicId, grant: Grant, now: Instant
    ) -> tuple[Sequence[Change], Floor | None]:
        """A hello by this link that is being written just now compares the grant, and is judged again."""
        number = await self._practitioner(clinic, grant)
        if number is None:
            return [], None
        change = grant_revoked(await self.store.floor(clinic, number), grant.no, now, NO_LEASE)
        return (
            ([], None)
            if change is None
            else (transaction.floor_changes(number, change), transaction.stored(change.floor))
        )

    async def _practitioner(self, clinic: ClinicId, grant: Grant) -> PractitionerNo | None:
        known = await self.store.practitioner(clinic, grant.practitioner) if grant.practitioner else None
        return known.no if known else None


def _issued_anew(before: Appointment, number: int) -> Appointment:
    """With a new generation, where the link was taken back (CONTRACT, `tokens`). Whoever is sent it need not
    be told of it once more.
    """
    told = tuple(sorted({*before.told, number}))
    if number not in before.revoked:
        return replace(before, told=told)
    return replace(
        before,
        revoked=tuple(each for each in before.revoked if each != number),
        generations=before.generations | {number: before.generations.get(number, 1) + 1},
        told=told,
    )


def _facts(number: int, reason: str | None) -> dict[str, object]:
    return {"person": number, **({"reason": reason} if reason else {})}
