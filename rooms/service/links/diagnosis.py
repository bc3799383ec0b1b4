"""Why is there no link? For one appointment, for what a caller can say of it, and for all that have none (B3,
B6).
"""

from collections.abc import Mapping, Sequence

import msgspec

from rooms.access import diagnosis, window
from rooms.access.diagnosis import LinkCheck
from rooms.access.people import contact, guest, words
from rooms.errors import Invalid, NotFound
from rooms.events import BackfillRun, Undelivered, public_why
from rooms.ids import PATIENT, PRACTITIONER, AppointmentNo, ClinicId
from rooms.ports import Store
from rooms.records import Appointment, Clinic, Patient, Practitioner
from rooms.service.administration.external import rivals_of
from rooms.service.appointments.listing import cursor_of, position_of
from rooms.service.load import (
    LoadedAppointment,
    appointment_of,
    clinic_of,
    loaded,
    loaded_all,
    match_type,
    overlapping_visits,
    pages,
)
from rooms.times import MINUTE, Instant, from_local, parse

CALLER_TOLERANCE = 90 * MINUTE
"""Milliseconds. Whoever calls says "the ten o'clock one" of what is booked for 10:15."""


Failures = Mapping[tuple[AppointmentNo, str], Undelivered | None]
"""By appointment and person, as attendance names them."""


class PersonsLink(msgspec.Struct, frozen=True, kw_only=True):
    """How one person's link is. `failed`: blocking codes; `undelivered`: the last message, unless it
    arrived.
    """

    person: str
    name: str | None
    failed: tuple[str, ...]
    revoked: bool
    has_contact: bool
    told: bool
    undelivered: Undelivered | None


class LinkRow(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment on the staff page."""

    shown: LoadedAppointment
    patient: Patient | None
    checks: tuple[LinkCheck, ...]
    people: tuple[PersonsLink, ...]


class Diagnosis:
    """One pure function (`rooms.access.diagnosis`) over what is stored."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def of(
        self, clinic_id: ClinicId, id: str, now: Instant, person: int = PATIENT
    ) -> tuple[LinkCheck, ...]:
        """Every check of one person's link. Raises `NotFound`."""
        clinic = await clinic_of(self.store, clinic_id)
        return await self.checks(clinic, await appointment_of(self.store, clinic_id, id), now, person)

    async def checks(
        self,
        clinic: Clinic,
        appointment: Appointment,
        now: Instant,
        person: int = PATIENT,
        *,
        by_staff: bool = True,
    ) -> tuple[LinkCheck, ...]:
        """The same for an appointment that was read. What else the patient has is for `by_staff` alone."""
        seen = await loaded(self.store, clinic, appointment)
        failures = await failures_of(self.store, clinic.id, [appointment])
        patient = await self.store.patient(clinic.id, appointment.patient)
        undelivered = failures.get((appointment.no, words(appointment).get(person, "")))
        return await self._checks(seen, patient, undelivered, now, person, by_staff=by_staff)

    async def _checks(
        self,
        seen: LoadedAppointment,
        patient: Patient | None,
        undelivered: Undelivered | None,
        now: Instant,
        person: int = PATIENT,
        *,
        by_staff: bool = True,
    ) -> tuple[LinkCheck, ...]:
        return diagnosis.checks(
            seen.clinic,
            seen.appointment,
            seen.practitioner,
            seen.type,
            now,
            person,
            patient=patient,
            rivals=await rivals_of(self.store, seen.clinic, seen.appointment),
            undelivered=public_why(undelivered.why) if undelivered and undelivered.has_failed else None,
            busy=await overlapping_visits(self.store, seen.clinic.id, seen.appointment, now)
            if by_staff
            else None,
        )

    async def found(self, clinic_id: ClinicId, practitioner: str, at: str, now: Instant) -> list[LinkRow]:
        """Appointments of whoever is called so (name or id, as a caller would say it) around a time, which
        is RFC 3339 or the clinic's local time.

        Raises `NotFound`; `Invalid`: `time_invalid`, `time_nonexistent`, `time_ambiguous`.
        """
        clinic = await clinic_of(self.store, clinic_id)
        meant = [each for each in await self.store.practitioners(clinic_id) if _is_called(each, practitioner)]
        if not meant:
            raise NotFound("practitioner_unknown", "There is no such practitioner.", field="practitioner")
        instant = when(at, clinic.time_zone)
        near: list[Appointment] = []
        for each in meant:
            async for page in pages(
                self.store,
                clinic_id,
                instant - CALLER_TOLERANCE,
                end=instant + CALLER_TOLERANCE,
                practitioner=each.no,
            ):
                near += page
        near.sort(key=lambda each: abs(each.starts_at - instant))
        return await self.rows(await loaded_all(self.store, clinic, near), now)

    async def unusable(
        self, clinic_id: ClinicId, cursor: str | None, limit: int, now: Instant
    ) -> tuple[list[LinkRow], str | None]:
        """Video appointments to come without a usable link, in order of start (B6). Raises
        `cursor_invalid`.
        """
        clinic, types = await clinic_of(self.store, clinic_id), await self.store.appointment_types(clinic_id)
        after, found = position_of(cursor) if cursor else None, list[Appointment]()
        while len(found) <= limit:
            page = await self.store.unissued(clinic_id, after, limit + 1)
            known = await self.store.appointments(clinic_id, [no for _, no in page])
            found += [
                each
                for each in known
                if each is not None
                and diagnosis.is_video(each, match_type(each, types))
                and not window.has_closed(each, clinic.policy, now)
            ]
            if len(page) <= limit:
                break
            after = page[-1]
        more = cursor_of(found[limit - 1]) if len(found) > limit else None
        return await self.rows(await loaded_all(self.store, clinic, found[:limit]), now), more

    async def affected(
        self, clinic: ClinicId, now: Instant, *, practitioner: str | None = None, type: str | None = None
    ) -> list[LoadedAppointment]:
        """What has its link, and a window that has not closed, with this practitioner or of this type: what
        switching video off would touch, were it not that links already issued go on working (B4). At most
        200.
        """
        home, types = await clinic_of(self.store, clinic), await self.store.appointment_types(clinic)
        known = await self.store.practitioner(clinic, practitioner) if practitioner else None
        if (practitioner and known is None) or (type and type not in {each.id for each in types}):
            raise NotFound("not_found", "There is nothing here of that id.")
        found: list[Appointment] = []
        async for page in pages(
            self.store, clinic, now - window.LONGEST_LOOK_BACK, practitioner=known.no if known else None
        ):
            for each in page:
                kind = match_type(each, types)
                is_meant = type is None or (kind is not None and kind.id == type)
                if (
                    is_meant
                    and each.status == "confirmed"
                    and each.issued_at
                    and not window.has_closed(each, home.policy, now)
                ):
                    found.append(each)
            if len(found) >= MOST_AFFECTED:
                break
        return await loaded_all(self.store, home, found[:MOST_AFFECTED])

    async def backfill_run(self, clinic: ClinicId) -> BackfillRun | None:
        """How the last backfill run goes (B4)."""
        return await self.store.backfill_run(clinic)

    async def rows(self, listed: Sequence[LoadedAppointment], now: Instant) -> list[LinkRow]:
        """With everybody's link."""
        if not listed:
            return []
        clinic, records = listed[0].clinic.id, [each.appointment for each in listed]
        patients = await self.store.patients(clinic, [each.patient for each in records])
        failures = await failures_of(self.store, clinic, records)
        return [
            await self._row(seen, patient, failures, now)
            for seen, patient in zip(listed, patients, strict=True)
        ]

    async def _row(
        self, seen: LoadedAppointment, patient: Patient | None, failures: Failures, now: Instant
    ) -> LinkRow:
        record = seen.appointment
        links = tuple(
            _link(seen, patient, number, person, failures[record.no, person], now)
            for number, person in words(record).items()
        )
        checks = await self._checks(seen, patient, failures[record.no, words(record)[PATIENT]], now)
        failing_first = tuple(sorted(checks, key=lambda check: (check.passed, not check.blocking)))
        return LinkRow(shown=seen, patient=patient, checks=failing_first, people=links)


async def failures_of(store: Store, clinic: ClinicId, appointments: Sequence[Appointment]) -> Failures:
    """The last message to everybody on these appointments, where it has not arrived."""
    asked = [(each.no, person) for each in appointments for person in words(each).values()]
    return dict(zip(asked, await store.undelivered(clinic, asked), strict=True))


MOST_AFFECTED = 200
"""More than anybody reads before switching something off."""


def _link(
    seen: LoadedAppointment,
    patient: Patient | None,
    number: int,
    person: str,
    undelivered: Undelivered | None,
    now: Instant,
) -> PersonsLink:
    record = seen.appointment
    failed = seen.failed(now, number)
    return PersonsLink(
        person=person,
        name=_name(seen, patient, number),
        failed=failed,
        revoked=number in record.revoked,
        has_contact=any(contact(record, number, seen.practitioner, patient)),
        told=number in record.told,
        undelivered=undelivered,
    )


def _name(seen: LoadedAppointment, patient: Patient | None, number: int) -> str | None:
    if number == PRACTITIONER:
        return seen.practitioner.name if seen.practitioner else None
    if number == PATIENT:
        return patient.name if patient and patient.name else None
    known = guest(seen.appointment, number)
    return known.name or None if known else None


def _is_called(practitioner: Practitioner, said: str) -> bool:
    """By id, or by some words of the name: "okafor" is Dr Ada Okafor."""
    words = practitioner.name.casefold().split()
    return practitioner.id == said or all(
        any(word.startswith(each) for word in words) for each in said.casefold().split()
    )


def when(at: str, time_zone: str) -> Instant:
    """RFC 3339, or the local time as a caller says it. Raises `Invalid`."""
    try:
        return parse(at, "at")
    except Invalid as invalid:
        if invalid.code != "time_invalid":
            raise
        return from_local(at, time_zone, "at")
