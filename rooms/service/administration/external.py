"""Appointments from a database that several clinics share, and the group keys it is known by (B5)."""

import hmac

from msgspec.structs import asdict, replace

from rooms.booking import clinics as fitting
from rooms.booking.clinics import Fit
from rooms.calendar import AppointmentRequest
from rooms.credentials import Database, ExternalKey
from rooms.errors import Contradiction, Invalid
from rooms.ids import ClinicId, is_public_id, secret_digest
from rooms.ports import Put, Store
from rooms.records import LIVE, Appointment, By, Clinic, External
from rooms.service.administration.home_claim import NO_CLINIC, home_claim
from rooms.service.administration.people import PatientDetails, Patients
from rooms.service.appointments.appointments import Appointments
from rooms.service.idempotency import Act, Actor, Keep
from rooms.service.load import LoadedAppointment, existing
from rooms.service.retry import retried
from rooms.times import Instant

GROUP_PREFIX = "crg."
"""What a group key begins with, so that it is recognised where it leaked."""


class Databases:
    """The operator's list of external databases."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @retried
    async def put(
        self, id: str, clinics: tuple[ClinicId, ...], *, in_order: bool, secret: str, now: Instant
    ) -> tuple[Database, str | None]:
        """Make it so. A new one gets a group key, shown this once. Raises `reference_unknown`."""
        for clinic in clinics:
            if await self.store.clinic(clinic) is None:
                raise Invalid("reference_unknown", "There is no such clinic.", field="clinics")
        before = await self.store.database(id)
        first = ExternalKey(digest=secret_digest(secret), created_at=now)
        base = before or Database(id=id, clinics=clinics, keys=(first,))
        after = replace(base, clinics=clinics, in_order=in_order)
        if after != before:
            await self.store.commit(NO_CLINIC, [Put(after)])
        return after, None if before else f"{GROUP_PREFIX}{id}.{secret}"

    async def get(self, id: str) -> Database:
        """Raises `NotFound`."""
        return existing(await self.store.database(id), "database")

    async def authenticate(self, group_key: str) -> str | None:
        """Whose group key this is: a database's id."""
        id, _, secret = group_key.removeprefix(GROUP_PREFIX).rpartition(".")
        if not group_key.startswith(GROUP_PREFIX) or not is_public_id(id):
            return None
        known, claimed = await self.store.database(id), secret_digest(secret)
        keys = known.keys if known else ()
        return id if any(hmac.compare_digest(each.digest, claimed) for each in keys) else None


class ExternalAppointments:
    """What a database sends becomes an appointment of the clinic it falls to."""

    def __init__(self, store: Store, appointments: Appointments, patients: Patients) -> None:
        self.store, self.appointments, self.patients = store, appointments, patients

    @retried
    async def put(
        self,
        database: str,
        id: str,
        external: External,
        request: AppointmentRequest,
        patient: PatientDetails | None,
        *,
        by: By,
        now: Instant,
        keep: Keep[tuple[LoadedAppointment, bool]] | None = None,
    ) -> tuple[LoadedAppointment, bool]:
        """Create, or make it what is asked; `request.practitioner` is replaced by the clinic's own. One that
        is known stays in its clinic as long as it fits there; two that come at once for two clinics are one
        and a refusal.

        Raises as `Appointments.put`, and `ambiguous_clinic`, `reference_unknown`.
        """
        known = await Databases(self.store).get(database)
        fits = await clinics_of(self.store, known, external.practitioner)
        home = await self._home(known, id)
        clinic, practitioner, settled_by = fitting.choose(known, fits, external.location, home)
        _check_home(home, clinic)
        there = replace(external, settled_by=settled_by)
        wanted = replace(request, practitioner=practitioner.id, external=there)
        if home is not None or len(known.clinics) == 1:
            return await self._put(clinic.id, id, wanted, patient, by, now, keep)
        async with home_claim(self.store, database, id, clinic.id):
            _check_home(await self._home(known, id), clinic)
            return await self._put(clinic.id, id, wanted, patient, by, now, keep)

    async def _put(
        self,
        clinic: ClinicId,
        id: str,
        wanted: AppointmentRequest,
        patient: PatientDetails | None,
        by: By,
        now: Instant,
        keep: Keep[tuple[LoadedAppointment, bool]] | None,
    ) -> tuple[LoadedAppointment, bool]:
        if patient is not None:
            await self.patients.put(clinic, wanted.patient, **asdict(patient), now=now)
        return await self.appointments.put(Act(clinic, now, Actor(by), keep=keep), id, wanted)

    async def _home(self, known: Database, id: str) -> ClinicId | None:
        """The clinic that has this appointment of the database, and it is not over there."""
        for clinic in known.clinics:
            there = await self.store.appointment_by_id(clinic, id)
            if there is None or there.external is None or there.external.database != known.id:
                continue
            if there.status in LIVE:
                return clinic
        return None


def _check_home(home: ClinicId | None, clinic: Clinic) -> None:
    """Two clinics may not both have it: the first has to be rid of it. Raises `state_conflict`."""
    if home not in (None, clinic.id):
        message = "Another clinic of the database has this appointment; cancel it there first."
        raise Contradiction("state_conflict", message, clinic=home)


async def clinics_of(store: Store, database: Database, external_practitioner: str) -> list[Fit]:
    """Every clinic of the database, in its order, with whom it calls so."""
    fits: list[Fit] = []
    for id in database.clinics:
        clinic = await store.clinic(id)
        if clinic is not None:
            called = fitting.called(await store.practitioners(id), external_practitioner)
            fits.append(Fit(clinic, called))
    return fits


async def rivals_of(store: Store, clinic: Clinic, appointment: Appointment) -> tuple[str, ...]:
    """The other clinics an appointment fits as well, with no rule between them."""
    external = appointment.external
    database = await store.database(external.database) if external else None
    if external is None or database is None:
        return ()
    fits = await clinics_of(store, database, external.practitioner)
    return fitting.rivals(database, fits, external.location, clinic)
