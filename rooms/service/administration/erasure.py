"""H4: a patient is erased. Nothing stays booked in a name that is gone: what is to come has to be cancelled
first, or is cancelled with it.
"""

from functools import partial

from msgspec.structs import replace

from rooms.access.window import LONGEST_LOOK_BACK
from rooms.changes import Change
from rooms.ids import ClinicId, PatientNo
from rooms.ports import Bus, Conflict, Put, Same, Store
from rooms.records import Appointment, Cancellation, Clinic, Guest, Patient
from rooms.service.appointments.change import cancelled_together
from rooms.service.appointments.clashes import forget
from rooms.service.appointments.commit import write_all
from rooms.service.load import clinic_of, existing, needed, pages, to_come
from rooms.service.retry import until_consistent
from rooms.times import EARLIEST, Instant


class Erasure:
    """Name and contact go, the ledger keeps a number."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self.store, self.bus = store, bus

    async def erase(
        self, clinic: ClinicId, id: str, *, now: Instant, cancel: bool = False, reason: str | None = None
    ) -> None:
        """Name and contact of the patient and of their guests, and what a sync could not place.

        With `cancel` all that is to come is cancelled in the commit that erases, a visit under way too; who
        is here is told, and so are the webhooks. The patient is sent no letter: their address is gone with
        that commit, and is kept for no message. Asked again, it erases what an interrupted one left.

        Raises `Contradiction` `state_conflict` (facts `appointment`, `appointments`) where something is to
        come and `cancel` is not said, `NotFound`, `Unavailable`.
        """
        cancellation = Cancellation(by="staff", at=now, reason=reason) if cancel else None
        number = await until_consistent(lambda: self._erase(clinic, id, cancellation, now))
        # From here on nobody can book for the patient, so that no name comes after the last page.
        async for page in pages(self.store, clinic, EARLIEST, patient=number):
            for each in page:
                await until_consistent(partial(self._erase_guests, clinic, each))
        for clash in await self.store.clashes(clinic):
            if clash.request.patient == id:
                await until_consistent(partial(forget, self.store, clinic, clash.id))

    async def _erase(
        self, clinic_id: ClinicId, id: str, cancellation: Cancellation | None, now: Instant
    ) -> PatientNo:
        clinic = await clinic_of(self.store, clinic_id)
        known = existing(await self.store.patient(clinic_id, id), "patient")
        coming = await self._to_come(clinic, known, now)
        if coming and cancellation is None:
            raise needed(coming)
        gone = Patient(id=id, no=known.no, erased=True, erased_at=now, version=known.version)
        forgotten: list[Change] = [Same(known) if known.erased else Put(gone)]
        if cancellation is not None and coming:
            edits, rest = await cancelled_together(self.store, clinic, coming, cancellation)
            edits = [replace(each, after=_nameless(each.after)) for each in edits]
            await write_all(self.store, self.bus, clinic, edits, [*forgotten, *rest])
        elif not known.erased:
            await self.store.commit(clinic_id, forgotten)
        await self._check_nothing_came(clinic, known, cancellation, now)
        return known.no

    async def _check_nothing_came(
        self, clinic: Clinic, known: Patient, cancellation: Cancellation | None, now: Instant
    ) -> None:
        """Whoever booked for the patient since the first look is seen now: from the commit on nobody could.
        Raises `Conflict` to have that cancelled too, else `state_conflict`, and who was erased is back.
        """
        coming = await self._to_come(clinic, known, now)
        if not coming:
            return
        if cancellation is not None:
            raise Conflict
        await self.store.commit(clinic.id, [Put(replace(known, version=known.version + 1))])
        raise needed(coming)

    async def _to_come(self, clinic: Clinic, patient: Patient, now: Instant) -> list[Appointment]:
        mine = pages(self.store, clinic.id, now - LONGEST_LOOK_BACK, patient=patient.no)
        return [each async for page in mine for each in page if to_come(each, clinic, now)]

    async def _erase_guests(self, clinic: ClinicId, listed: Appointment) -> None:
        known = await self.store.appointment(clinic, listed.no)
        if known is not None and (after := _nameless(known)) != known:
            await self.store.commit(clinic, [Put(after)])


def _nameless(appointment: Appointment) -> Appointment:
    """With guests as numbers only."""
    return replace(appointment, guests=tuple(_no_name(each) for each in appointment.guests))


def _no_name(guest: Guest) -> Guest:
    # What a newer version knows of them, too: nobody here could say that it is no name.
    return replace(guest, name="", email=None, phone=None, unusable=(), unknown_fields=None)
