"""C2, C4: what becomes of a hold: kept longer once, confirmed, or given back. Whoever confirms in time has
it.
"""

from msgspec.structs import replace

from rooms.access.tokens import affinity
from rooms.booking.diary import overlapping
from rooms.booking.holds import check_holder, check_still_held, extended
from rooms.booking.rooms import PairDay
from rooms.changes import Change
from rooms.errors import Forbidden, Gone, Invalid
from rooms.ids import ClinicId
from rooms.ports import Bus, Know, Put, Same, Store
from rooms.records import Appointment, By, Cancellation, Clinic, Hold, Patient, Step
from rooms.service.administration.people import PatientDetails
from rooms.service.appointments.backfill_run import not_backfilled_meanwhile
from rooms.service.appointments.change import cancelled
from rooms.service.appointments.commit import Edit, write
from rooms.service.appointments.diary import current, nobodys, recounted, still
from rooms.service.appointments.room_assignment import enter
from rooms.service.booking.free_slots import FreeSlots
from rooms.service.booking.holds import OwnHold, write_hold
from rooms.service.events import happened, issue_links
from rooms.service.idempotency import Act, kept_answer
from rooms.service.load import LoadedAppointment, clinic_of, loaded
from rooms.service.retry import retried
from rooms.times import Instant, local_day


class HoldActs:
    """`by` is who asks: a patient, or staff for the clinic's key; `secret` None for the latter."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self.store, self.bus, self.free_slots = store, bus, FreeSlots(store)

    async def get(self, clinic: ClinicId, id: str, secret: str | None) -> OwnHold:
        """Raises `hold_not_found`, `Unavailable`."""
        known, hold = await self._known(clinic, id, secret)
        seen = await loaded(self.store, await clinic_of(self.store, clinic), known)
        return OwnHold(seen=seen, hold=hold)

    async def _known(self, clinic: ClinicId, id: str, secret: str | None) -> tuple[Appointment, Hold]:
        found = await self.store.appointment_by_id(clinic, id)
        hold = check_holder(found, secret)
        assert found is not None  # noqa: S101 - `check_holder` has refused None
        return found, hold

    @retried
    async def extend(self, act: Act[OwnHold], id: str, secret: str | None) -> OwnHold:
        """Keep it longer, once. Raises `hold_not_found`, `hold_expired`, `already_extended`,
        `state_conflict`, `Unavailable`.
        """
        before, hold = await self._known(act.clinic, id, secret)
        clinic = await clinic_of(self.store, act.clinic)
        await self._check_kept(clinic, before, act.by, act.now)
        after = extended(before, hold, clinic.policy)
        longer = after.hold or hold
        changes = [
            *still(before, after),
            *await recounted(self.store, act.clinic, [before], act.now, longer.until),
        ]
        step = Step(at=act.now, what="hold_extended", by=act.by)
        edit = Edit(before=before, after=after, step=step, changes=changes)

        return await write_hold(self.store, self.bus, clinic, edit, longer, keep=act.keep)

    async def _check_kept(self, clinic: Clinic, known: Appointment, by: By, now: Instant) -> None:
        """As `check_still_held`; `hold_expired` says whether the time is still free (C4)."""
        try:
            check_still_held(known, now)
        except Gone as gone:
            gone.facts = await self._after_expiry(clinic, known, by, now)
            raise

    async def _after_expiry(
        self, clinic: Clinic, known: Appointment, by: By, now: Instant
    ) -> dict[str, object]:
        """Whether whoever asks could hold it again: of the public, only what is on offer."""
        seen = await self.store.diary(clinic.id, known.practitioner_no, known.starts_at, known.ends_at)
        others = overlapping(current(seen.entries, now), known.starts_at, known.ends_at)
        still_free = not others and known.starts_at >= now
        about = await loaded(self.store, clinic, known)
        if about.practitioner is None or about.type is None:
            return {"still_free": still_free, "nearest": []}
        near = await self.free_slots.nearest(
            clinic, about.practitioner, about.type, known.starts_at, now, public=by == "patient"
        )
        is_offered = known.starts_at in {each.starts_at for each in near}
        return {
            "still_free": still_free and (by != "patient" or is_offered),
            "nearest": [each.facts() for each in near],
        }

    @retried
    async def confirm(
        self, act: Act[LoadedAppointment], id: str, secret: str | None, details: PatientDetails | None
    ) -> LoadedAppointment:
        """C4: before the deadline it succeeds, and asked again it answers the same. `now` is when it was
        asked.

        Raises `Invalid` `field_required` (nobody knows who it is for), `hold_not_found`, `hold_expired`
        (facts `still_free`, `nearest`), `state_conflict`, `Unavailable`.
        """
        before, _ = await self._known(act.clinic, id, secret)
        backfill = await self.store.backfill_run(act.clinic)
        clinic = await clinic_of(self.store, act.clinic)
        if before.status == "confirmed":
            again = await loaded(self.store, clinic, before)
            if act.keep is not None:
                await self.store.commit(act.clinic, [Same(before), *kept_answer(act.keep, again)])
            return again
        await self._check_kept(clinic, before, act.by, act.now)
        patient, named = await self._patient(act.clinic, before, details, act.by)
        day = local_day(before.starts_at, clinic.time_zone)
        move = await enter(
            self.store, act.clinic, before.no, before, PairDay(before.practitioner_no, patient.no, day)
        )
        home = move.home
        after = replace(
            nobodys(before),
            status="confirmed",
            stored_at=act.now,
            room=home.room,
            day=home.day,
            others=home.others,
            handed=home.handed,
        )
        about = await loaded(self.store, clinic, after)
        after, news = issue_links(clinic, before, after, about.practitioner, about.type, act.now)
        rests_on = [Same(each) for each in (clinic, about.practitioner, about.type) if each is not None]
        edit = Edit(
            before=before,
            after=after,
            step=Step(at=act.now, what="confirmed", by=act.by),
            changes=[
                Know(affinity(clinic.salt, after.practitioner_no), after.practitioner_no),
                *rests_on,
                *not_backfilled_meanwhile(after, backfill),
                *named,
                *move.changes,
                *still(before, after),
                *await recounted(self.store, act.clinic, [before], act.now),
            ],
            events=[happened("appointment.confirmed", after, act.now), *news],
            seen=about,
        )
        return await write(self.store, self.bus, clinic, edit, keep=act.keep)

    async def _patient(
        self, clinic: ClinicId, held: Appointment, details: PatientDetails | None, by: By
    ) -> tuple[Patient, list[Change]]:
        """Who it is for: known before, or as they say now. A patient's link does not change who they are."""
        known = await self.store.patient(clinic, held.patient)
        if details is None:
            if known is None or known.erased:
                raise Invalid("field_required", "Say who it is for.", field="patient")
            return known, [Same(known)]
        if known is not None and by == "patient":
            raise Forbidden("forbidden", "This booking is for whom its link is for.")
        base = known or Patient(id=held.patient, no=held.patient_no)
        # What is on file and is not said anew stays: reminders go there. So does that it could not be used.
        email, phone = details.email or base.email, details.phone or base.phone
        said = {"email": details.email, "phone": details.phone}
        unusable = tuple(
            each for each in said if each in details.unusable or (each in base.unusable and not said[each])
        )
        after = replace(base, name=details.name, email=email, phone=phone, unusable=unusable, erased=False)
        return after, [Put(after)]

    @retried
    async def release(self, act: Act[None], id: str, secret: str | None) -> None:
        """Give it back; asked again, and of what has expired, nothing happens. Raises `hold_not_found`,
        `state_conflict` (it was confirmed), `Unavailable`.
        """
        before, _ = await self._known(act.clinic, id, secret)
        if before.status in {"cancelled", "expired"}:
            return
        try:
            check_still_held(before, act.now)
        except Gone:
            return
        clinic = await clinic_of(self.store, act.clinic)
        edit = await cancelled(self.store, clinic, before, Cancellation(by=act.by, at=act.now))
        await write(self.store, self.bus, clinic, edit)
