"""A companion or interpreter who is invited: by the practitioner, in mid-call too, or by the clinic (D9).

Their link is there in the commit that puts them on the appointment; they wait and are admitted as everybody.
"""

import msgspec
from msgspec.structs import asdict

from rooms.access import diagnosis
from rooms.access.people import guest as guest_of
from rooms.access.people import label, numbered
from rooms.booking.guests import invited, withdrawn
from rooms.booking.request import check_live, check_undecided
from rooms.calendar import GuestRequest
from rooms.changes import Change
from rooms.errors import Contradiction
from rooms.events import PENDING, Undelivered
from rooms.ids import ClinicId, new_guest
from rooms.ports import Bus, Same, Store
from rooms.records import Appointment, Clinic, Guest, Patient, Step, Unusable
from rooms.service.appointments.commit import Edit, write
from rooms.service.events import happened, issue_links
from rooms.service.idempotency import Act, keep_of
from rooms.service.links.issue import IssuedToken, Links
from rooms.service.links.staff_acts import audited
from rooms.service.load import LoadedAppointment, appointment_of, clinic_of, loaded
from rooms.service.retry import retried
from rooms.times import Instant


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to come. `counts`: stands for the patient in F3."""

    name: str
    email: str | None = None
    phone: str | None = None
    unusable: Unusable = ()
    counts: bool = False


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """One who was invited, with their link. `undelivered`: what is known of the last message to them; None:
    it arrived.
    """

    guest: Guest
    issued: IssuedToken
    undelivered: Undelivered | None
    usable: bool
    """Whether the link opens the room inside the window: nobody took it back, and the visit is not over."""


class Guests:
    """Each act is one commit: the record, its history, the audit, and whoever is here because of it."""

    def __init__(self, store: Store, bus: Bus, links: Links) -> None:
        self.store, self.bus, self.links = store, bus, links

    async def invite(self, act: Act[Invited], id: str, asked: Invitation) -> Invited:
        """Put somebody on the appointment, and send them their link where there is a contact.

        Raises `Contradiction` with the blocking check's code (as `Links.token`), `state_conflict`,
        `guests_used_up`; `Invalid` `length_invalid`; `NotFound`, `Unavailable`.
        """
        wanted = GuestRequest(id=new_guest(), **asdict(asked))
        return await self._invite(act, id, wanted)

    @retried
    async def _invite(self, act: Act[Invited], id: str, wanted: GuestRequest) -> Invited:
        clinic = await clinic_of(self.store, act.clinic)
        seen = await loaded(self.store, clinic, await appointment_of(self.store, act.clinic, id))
        patient = await self.store.patient(act.clinic, seen.appointment.patient)
        before, number = seen.appointment, seen.appointment.next_guest
        _check_open(seen, number, act.now)
        _check_known(patient)
        after, news = issue_links(
            clinic, before, invited(before, wanted), seen.practitioner, seen.type, act.now
        )
        edit = Edit(
            before=before,
            after=after,
            step=Step(at=act.now, what="guest_invited", by=act.by, facts={"person": number}),
            changes=[
                *_rests_on(seen, patient),
                audited(act.actor, "guest_invited", act.now, **_who(after, number)),
            ],
            events=news,
            seen=seen,
        )

        def made(result: LoadedAppointment) -> Invited:
            return self._invited(clinic, result.appointment, number, Undelivered(at=act.now, why=PENDING))

        return made(await write(self.store, self.bus, clinic, edit, keep=keep_of(act.keep, made)))

    async def listed(self, clinic_id: ClinicId, id: str, now: Instant) -> list[Invited]:
        """Everybody who was invited, in order; not the booking service's own guests, whose links are not the
        practitioner's to give away. Raises `NotFound`.
        """
        clinic = await clinic_of(self.store, clinic_id)
        seen = await loaded(self.store, clinic, await appointment_of(self.store, clinic_id, id))
        record = seen.appointment
        guests = [each for each in record.guests if each.invited]
        last = await self.store.undelivered(clinic_id, [(record.no, f"guest:{each.id}") for each in guests])
        return [
            self._invited(
                clinic, record, guest.number, undelivered, usable=_is_usable(seen, guest.number, now)
            )
            for guest, undelivered in zip(guests, last, strict=True)
        ]

    def _invited(
        self,
        clinic: Clinic,
        appointment: Appointment,
        number: int,
        undelivered: Undelivered | None,
        *,
        usable: bool = True,
    ) -> Invited:
        guest = guest_of(appointment, number)
        assert guest is not None  # noqa: S101 - whoever asks has just found or made them
        issued = self.links.issued(clinic, appointment, number)
        return Invited(guest=guest, issued=issued, undelivered=undelivered, usable=usable)

    @retried
    async def withdraw(self, act: Act[None], id: str, guest: str) -> None:
        """Take somebody who was invited off again: their link opens nothing any more, and what it opened
        ends, a call too. Raises `state_conflict` for an appointment that is over or has its outcome, and for
        a guest of the booking service's; `NotFound` (`not_found`, `person_unknown`), `Unavailable`.
        """
        clinic = await clinic_of(self.store, act.clinic)
        before = await appointment_of(self.store, act.clinic, id)
        known = _known(before, guest)
        check_live(before, act.now)
        check_undecided(before)
        edit = Edit(
            before=before,
            after=withdrawn(before, known),
            step=Step(at=act.now, what="guest_withdrawn", by=act.by, facts={"person": known.number}),
            changes=[audited(act.actor, "guest_withdrawn", act.now, **_who(before, known.number))],
            events=[happened("link.revoked", before, act.now, number=known.number)],
        )
        await write(self.store, self.bus, clinic, edit)


def _check_open(seen: LoadedAppointment, number: int, now: Instant) -> None:
    diagnosis.check_usable(
        diagnosis.checks(seen.clinic, seen.appointment, seen.practitioner, seen.type, now, number)
    )
    check_live(seen.appointment, now)
    check_undecided(seen.appointment)


def _is_usable(seen: LoadedAppointment, number: int, now: Instant) -> bool:
    return not seen.failed(now, number)


def _check_known(patient: Patient | None) -> None:
    """No name comes onto an appointment after its patient was erased (H4)."""
    if patient is None or patient.erased:
        raise Contradiction("state_conflict", "The patient of this appointment was erased.")


def _rests_on(seen: LoadedAppointment, patient: Patient | None) -> list[Change]:
    records = (seen.clinic, seen.practitioner, seen.type, patient)
    return [Same(record) for record in records if record is not None]


def _known(appointment: Appointment, guest: str) -> Guest:
    known = guest_of(appointment, numbered(appointment, f"guest:{guest}", "guest"))
    assert known is not None  # noqa: S101 - `numbered` has just found them
    return known


def _who(appointment: Appointment, number: int) -> dict[str, str | None]:
    return {"appointment": appointment.id, "person": label(appointment, number)}
