"""Practitioners, appointment types and patients: what appointments refer to (CONTRACT, HTTP)."""

from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from rooms.access.forward import may_still
from rooms.access.window import LONGEST_LOOK_BACK
from rooms.changes import Change
from rooms.errors import Contradiction, NotFound
from rooms.events import NO_CONTACT, Undelivered
from rooms.ids import PATIENT, AppointmentNo, ClinicId, PatientNo, PractitionerNo, new_number
from rooms.ports import Drop, Put, Store
from rooms.records import AppointmentType, Patient, Practitioner, Unusable
from rooms.service.appointments.backfill_run import begin_backfill
from rooms.service.events import emits, happened, with_link
from rooms.service.load import clinic_of, existing, needed, pages, to_come
from rooms.service.retry import retried, until_consistent
from rooms.times import Instant

R = TypeVar("R", Practitioner, AppointmentType)


async def _put(
    store: Store, clinic: ClinicId, before: R | None, after: R, changes: Sequence[Change]
) -> tuple[R, bool]:
    """As it is stored then, and whether it is new; nothing is written where it is so already."""
    if after == before:
        return after, False
    await store.commit(clinic, [Put(after), *changes])
    return replace(after, version=after.version + 1), before is None


class Practitioners:
    """A practitioner keeps the number they got first: affinities, diaries and rooms hang on it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @retried
    async def put(
        self,
        clinic: ClinicId,
        id: str,
        *,
        name: str,
        video_enabled: bool = True,
        external_ids: tuple[str, ...] = (),
        email: str | None = None,
        unusable: Unusable = (),
        now: Instant,
        also: Sequence[Change] = (),
    ) -> tuple[Practitioner, bool]:
        """Make it so; whether it is new. Where video is switched on, links are there by themselves (B4)."""
        before = await self.store.practitioner(clinic, id)
        base = before or Practitioner(id=id, no=PractitionerNo(new_number()), name=name)
        after = replace(
            base,
            name=name,
            video_enabled=video_enabled,
            external_ids=external_ids,
            email=email,
            unusable=unusable,
        )
        unblocks = video_enabled and not (before and before.video_enabled)
        backfill = await begin_backfill(self.store, clinic, "practitioner", now) if unblocks else []
        return await _put(self.store, clinic, before, after, [*backfill, *also])

    async def listed(self, clinic: ClinicId) -> list[Practitioner]:
        """All of them, by id."""
        return await self.store.practitioners(clinic)

    async def get(self, clinic: ClinicId, id: str) -> Practitioner:
        """Raises `NotFound`."""
        return existing(await self.store.practitioner(clinic, id), "practitioner")

    @retried
    async def delete(self, clinic: ClinicId, id: str, *, now: Instant) -> None:
        """Raises `Contradiction` `state_conflict` while appointments are to come, `NotFound`."""
        known = await self.get(clinic, id)
        await self._check_unneeded(clinic, known, now)
        await self.store.commit(clinic, [Drop(known)])
        try:
            # From here on nobody can refer to it; whoever did so since the first look is seen now.
            await self._check_unneeded(clinic, known, now)
        except Contradiction:
            await self.store.commit(clinic, [Put(replace(known, version=0))])
            raise

    async def _check_unneeded(self, clinic_id: ClinicId, practitioner: Practitioner, now: Instant) -> None:
        clinic = await clinic_of(self.store, clinic_id)
        number = practitioner.no
        theirs = pages(self.store, clinic_id, now - LONGEST_LOOK_BACK, practitioner=number, handed=True)
        async for page in theirs:
            if coming := [each for each in page if to_come(each, clinic, now)]:
                raise needed(coming)


class AppointmentTypes:
    """What kinds of appointment the clinic offers, and what other systems call them."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @retried
    async def put(
        self,
        clinic: ClinicId,
        id: str,
        *,
        name: str,
        video: bool,
        minutes: int,
        external_ids: tuple[str, ...] = (),
        now: Instant,
        also: Sequence[Change] = (),
    ) -> tuple[AppointmentType, bool]:
        """Make it so; whether it is new. Appointments by an external id it now has get their links by
        themselves (B4).
        """
        before = await self.store.appointment_type(clinic, id)
        base = before or AppointmentType(id=id, name=name, video=video, minutes=minutes)
        after = replace(base, name=name, video=video, minutes=minutes, external_ids=external_ids)
        unblocks = after != before and _may_unblock(before, after)
        backfill = await begin_backfill(self.store, clinic, "type", now) if unblocks else []
        return await _put(self.store, clinic, before, after, [*backfill, *also])

    async def listed(self, clinic: ClinicId) -> list[AppointmentType]:
        """All of them, by id."""
        return await self.store.appointment_types(clinic)

    async def get(self, clinic: ClinicId, id: str) -> AppointmentType:
        """Raises `NotFound`."""
        return existing(await self.store.appointment_type(clinic, id), "appointment type")

    @retried
    async def delete(self, clinic: ClinicId, id: str, *, now: Instant) -> None:
        """Its appointments are diagnosed `type_not_linked` from then on; those by an external id that it had
        may be another type's. Raises `NotFound`.
        """
        known = await self.get(clinic, id)
        backfill = await begin_backfill(self.store, clinic, "type", now) if known.external_ids else []
        await self.store.commit(clinic, [Drop(known), *backfill])


def _may_unblock(before: AppointmentType | None, after: AppointmentType) -> bool:
    """It is video now, or has another external id that is; or it let go of one that another type has too."""
    was = (before.video, before.external_ids) if before else (False, ())
    has_let_go = not set(was[1]) <= set(after.external_ids)
    return has_let_go or (after.video and was != (True, after.external_ids))


class PatientDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an appointment is for, as whoever books says it; they may not be known yet."""

    name: str
    email: str | None = None
    phone: str | None = None
    unusable: Unusable = ()


class Patients:
    """A patient keeps the number they got first; it is all the ledger knows of them (H4)."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def put(
        self,
        clinic: ClinicId,
        id: str,
        *,
        name: str,
        email: str | None = None,
        phone: str | None = None,
        unusable: Unusable = (),
        now: Instant,
    ) -> tuple[Patient, bool]:
        """Make it so; whether it is new. Whoever was erased is new. Where there is a contact now, what could
        not be sent for want of one is sent (B4).
        """
        before: list[Patient | None] = []

        async def write() -> tuple[Patient, bool]:
            before[:] = [known] = [await self.store.patient(clinic, id)]
            base = known or Patient(id=id, no=PatientNo(new_number()))
            after = replace(base, name=name, email=email, phone=phone, unusable=unusable, erased=False)
            if after == known:
                return after, False
            await self.store.commit(clinic, [Put(after)])
            return replace(after, version=after.version + 1), known is None or known.erased

        made, is_new = await until_consistent(write)
        had = any((known.email, known.phone)) if (known := before[0]) else True
        # By mail also where nothing changed: whoever asks again after a crash half-way brings it to its end.
        if (email and known) or (phone and not had):
            await tell_again(self.store, clinic, made.no, now)
        return made, is_new

    async def get(self, clinic: ClinicId, id: str) -> Patient:
        """Raises `NotFound`, also for whoever was erased."""
        found = await self.store.patient(clinic, id)
        if found is None or found.erased:
            raise NotFound("not_found", "There is no such patient.")
        return found


async def tell_again(store: Store, clinic_id: ClinicId, patient: PatientNo, now: Instant) -> None:
    """A patient who had no contact has one: whoever could not be sent a link of what is to come is sent it.

    Asked again after a crash half-way, it tells those that were not told: a message that is on its way is no
    longer missing.
    """
    async for page in pages(store, clinic_id, now - LONGEST_LOOK_BACK, patient=patient):
        failures = await store.undelivered(clinic_id, [(each.no, "patient") for each in page])
        for each, failure in zip(page, failures, strict=True):
            if _is_missing(failure):
                await until_consistent(partial(_tell_again, store, clinic_id, each.no, now))


async def _tell_again(store: Store, clinic_id: ClinicId, no: AppointmentNo, now: Instant) -> None:
    """In a commit that moves the appointment's version on: of two that do this at once, one tells."""
    clinic, known = await clinic_of(store, clinic_id), await store.appointment(clinic_id, no)
    [failure] = await store.undelivered(clinic_id, [(no, "patient")])
    if known is None or not _is_missing(failure) or not may_still(known, PATIENT, clinic.policy, now):
        return
    event = with_link(happened("link.issued", known, now, number=PATIENT), clinic, known, PATIENT)
    await store.commit(clinic_id, [Put(known), *emits([event])])


def _is_missing(failure: Undelivered | None) -> bool:
    return failure is not None and failure.why == NO_CONTACT
