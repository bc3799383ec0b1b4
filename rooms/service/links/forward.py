"""Any genuine old link leads its holder on: the current one is sent to the contact on file, and nowhere else
(A7).
"""

from msgspec.structs import replace

from rooms.access import tokens
from rooms.access.forward import forward_to
from rooms.access.tokens import Claims, Keyring, TokenKind
from rooms.access.window import LONGEST_LOOK_BACK
from rooms.changes import Change
from rooms.errors import LinkRefused, TooMany
from rooms.ids import PATIENT, PRACTITIONER, AppointmentNo, ClinicId, PractitionerNo
from rooms.ports import Log, Same, Store
from rooms.records import Appointment, By, Clinic, Step
from rooms.service.events import emits, happened, with_link
from rooms.service.idempotency import Keep, kept_answer
from rooms.service.live.link_holder import NO_LINK_OF_OURS, Door
from rooms.service.load import clinic_of, loaded_all, pages
from rooms.service.retry import until_consistent
from rooms.times import HOUR, SECOND, Instant

FORWARDS_AN_HOUR = 10
"""Messages to one person: whoever tries every old link they find still gets each, and nobody is flooded."""


NO_PERSON = -1
"""No person's number: of checks, only those that concern everybody."""


class Forward:
    """For whoever holds a link that no longer opens anything."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self.store, self.door = store, Door(store, keyring)

    async def clinic_of_link(self, token: object) -> ClinicId | None:
        """The clinic this link is of; None: it is none of ours. Raises `Unavailable`."""
        try:
            return (await self.door.resolve(tokens.recognise(self.door.keyring, token).affinity))[0]
        except LinkRefused:
            return None

    async def send(self, token: object, now: Instant, keep: Keep[None] | None = None) -> None:
        """Send the current link to whom this one was for. Whether there was one to send, or anywhere to send
        it, is not said.

        Raises `LinkRefused` for what is no link of ours, `TooMany`, `Unavailable`.
        """
        claims = tokens.recognise(self.door.keyring, token)
        if claims.kind != TokenKind.PERSON:
            raise LinkRefused("role_not_allowed", "Ask the front desk for a new one of these links.")
        clinic_id, old = await self._old(claims)
        wait = await self.store.take(
            clinic_id, f"onward/{counted_for(old, claims.person)}", FORWARDS_AN_HOUR, HOUR
        )
        if wait:
            raise TooMany(wait / SECOND)
        await until_consistent(lambda: self._send(clinic_id, old, claims.person, now, keep))

    async def _old(self, claims: Claims) -> tuple[ClinicId, Appointment]:
        async with self.door.doubting():
            clinic_id, practitioner, old = await self._named(claims)
        if claims.person == PRACTITIONER:
            # A colleague may have the appointment now: whoever was given this link is led on to their own.
            old = replace(old, practitioner_no=practitioner)
        return clinic_id, old

    async def _named(self, claims: Claims) -> tuple[ClinicId, PractitionerNo, Appointment]:
        clinic_id, practitioner = await self.door.resolve(claims.affinity)
        old = await self.store.appointment(clinic_id, AppointmentNo(claims.number))
        if practitioner is None or old is None:
            raise LinkRefused("token_invalid", NO_LINK_OF_OURS)
        return clinic_id, practitioner, old

    async def _send(
        self, clinic_id: ClinicId, old: Appointment, number: int, now: Instant, keep: Keep[None] | None
    ) -> None:
        clinic = await clinic_of(self.store, clinic_id)
        found = forward_to(old, number, await self._candidates(clinic, old, number, now), clinic.policy, now)
        if found is None:
            await self.store.commit(clinic_id, kept_answer(keep, None))
            return
        current, its = found
        await self.store.commit(clinic_id, [*requested(clinic, current, its, now), *kept_answer(keep, None)])

    async def _candidates(
        self, clinic: Clinic, old: Appointment, number: int, now: Instant
    ) -> list[Appointment]:
        """Theirs, with a link that works."""
        mine = (
            pages(self.store, clinic.id, now - LONGEST_LOOK_BACK, practitioner=old.practitioner_no)
            if number == PRACTITIONER
            else pages(self.store, clinic.id, now - LONGEST_LOOK_BACK, patient=old.patient_no)
        )
        return [
            each.appointment
            async for page in mine
            for each in await loaded_all(self.store, clinic, page)
            if not each.failed(now, NO_PERSON)
        ]


def requested(clinic: Clinic, current: Appointment, number: int, now: Instant) -> list[Change]:
    """Its link is sent to the contact on file."""
    event = with_link(happened("link.requested", current, now, number=number), clinic, current, number)
    by: By = "practitioner" if number == PRACTITIONER else "patient"
    step = Step(at=now, what="link_requested", by=by, facts={"person": number})
    return [Same(current), Log(current.no, step), *emits([event])]


def counted_for(appointment: Appointment, number: int) -> str:
    """Whom messages are counted for: a person, whatever number of links they hold."""
    if number == PRACTITIONER:
        return appointment.practitioner_no
    return appointment.patient_no if number == PATIENT else f"{appointment.patient_no}/{number}"
