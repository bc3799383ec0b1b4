"""Who has lost their link is sent it to the contact on file, for saying it (A7, A8). Whether it is anybody's
shows neither in the answer nor in its time: both come before anybody is looked for.

They are looked for among the visits to come. No key and no index holds a contact, in whatever form
(RELIABILITY 7), so that nothing has to follow one that changes or is erased.
"""

from collections.abc import Sequence

from rooms.access.contact_match import StatedContact
from rooms.access.forward import may_still
from rooms.access.people import contact, everybody
from rooms.access.window import LONGEST_LOOK_BACK
from rooms.errors import TooMany
from rooms.ids import PRACTITIONER, AppointmentNo, ClinicId, keyed_digest
from rooms.ports import Store
from rooms.records import Appointment, Clinic, Patient
from rooms.service.idempotency import Keep, kept_answer
from rooms.service.links.forward import FORWARDS_AN_HOUR, NO_PERSON, counted_for, requested
from rooms.service.load import clinic_of, loaded_all, pages
from rooms.service.retry import until_consistent
from rooms.times import HOUR, SECOND, Instant

ASKED_BY_ONE = 5
"""Times an hour for one contact: a letter may be slow, and nobody is written to for fun."""

ASKED_OF_CLINIC = 300
"""Times an hour for a clinic: each looks through what is to come."""

MOST_LOOKED_AT = 20_000
"""Visits, the next ones first: some seconds of reading at most, which nobody waits for."""

MOST_SENT = 5
"""Links for one asking, the next ones: a message each."""

FoundLink = tuple[AppointmentNo, int]
"""A visit, and whose link it is by the person number."""


class ByContact:
    """`ask` comes first and is answered; `send` follows."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def ask(
        self, clinic_id: ClinicId, said: StatedContact, now: Instant, keep: Keep[None] | None = None
    ) -> None:
        """Count it. Raises `NotFound` (no such clinic), `TooMany`, `Unavailable`."""
        clinic = await clinic_of(self.store, clinic_id)
        # A keyed digest: a contact is not even guessed from a key.
        whose = keyed_digest(clinic.salt, said.text)
        for place, most in ((f"by-contact/{whose}", ASKED_BY_ONE), ("by-contact", ASKED_OF_CLINIC)):
            if wait := await self.store.take(clinic_id, place, most, HOUR):
                raise TooMany(wait / SECOND)
        await self.store.commit(clinic_id, kept_answer(keep, None))

    async def send(self, clinic_id: ClinicId, said: StatedContact, now: Instant) -> None:
        """The links of their next visits, each in a message to the contact on file. Raises `Unavailable`."""
        clinic, seen, found = await clinic_of(self.store, clinic_id), 0, list[FoundLink]()
        async for page in pages(self.store, clinic_id, now - LONGEST_LOOK_BACK):
            seen += len(page)
            found += await self._theirs(clinic, page, said, now)
            if len(found) >= MOST_SENT or seen >= MOST_LOOKED_AT:
                break
        for each in found[:MOST_SENT]:
            await self._send(clinic, each, now)

    async def _theirs(
        self, clinic: Clinic, page: Sequence[Appointment], said: StatedContact, now: Instant
    ) -> list[FoundLink]:
        """Whose links they are that can be used."""
        ids = sorted({each.patient for each in page})
        patients = dict(zip(ids, await self.store.patients(clinic.id, ids), strict=True))
        mine = {each.no: _numbers(clinic, each, patients[each.patient], said, now) for each in page}
        shown = await loaded_all(self.store, clinic, [each for each in page if mine[each.no]])
        usable = [each.appointment.no for each in shown if not each.failed(now, NO_PERSON)]
        return [(no, number) for no in usable for number in mine[no]]

    async def _send(self, clinic: Clinic, found: FoundLink, now: Instant) -> None:
        no, number = found

        async def write() -> None:
            current = await self.store.appointment(clinic.id, no)
            if current is not None and may_still(current, number, clinic.policy, now):
                await self.store.commit(clinic.id, requested(clinic, current, number, now))

        known = await self.store.appointment(clinic.id, no)
        # Counted with what old links ask for: nobody is flooded, whatever is tried.
        if known and not await self.store.take(
            clinic.id, f"onward/{counted_for(known, number)}", FORWARDS_AN_HOUR, HOUR
        ):
            await until_consistent(write)


def _numbers(
    clinic: Clinic, appointment: Appointment, patient: Patient | None, said: StatedContact, now: Instant
) -> list[int]:
    """Who on it is reached so and may have their link."""
    return [
        number
        for number in everybody(appointment)
        if number != PRACTITIONER
        and said.is_on_file(*contact(appointment, number, None, patient))
        and may_still(appointment, number, clinic.policy, now)
    ]
