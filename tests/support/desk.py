"""A clinic's front desk on a store: every booking command in few words, at a time you move."""

from typing import Any

from rooms.access.tokens import Keyring, SigningKey
from rooms.calendar import AppointmentRequest, GuestRequest
from rooms.ids import ClinicId, new_number, new_secret
from rooms.policy import Policy
from rooms.ports import Put, Store
from rooms.records import Appointment, By, Clinic, Floor, Patient
from rooms.service.administration.clinics import Clinics
from rooms.service.administration.erasure import Erasure
from rooms.service.administration.people import AppointmentTypes, Patients, Practitioners
from rooms.service.appointments.appointments import Appointments
from rooms.service.idempotency import Act, Actor
from rooms.service.links.diagnosis import Diagnosis
from rooms.service.links.guests import Guests
from rooms.service.links.issue import Links
from rooms.service.links.staff_acts import StaffActs
from rooms.service.live.commands import Visits
from rooms.service.live.hello import Entered
from rooms.service.load import LoadedAppointment
from rooms.times import HOUR, MINUTE, SECOND, Instant
from tests.support.builders import DAY, at

PUBLIC_URL = "https://video.example.org"

DESK = Actor("staff", "Eve")
"""Somebody at the front desk."""


class Heard:
    """A bus that remembers what it was told."""

    def __init__(self) -> None:
        self.floors: list[Floor] = []

    async def floor_changed(self, clinic: Clinic, floor: Floor) -> None:
        self.floors.append(floor)

    async def appointment_changed(self, clinic: Clinic, floor: Floor) -> None:
        self.floors.append(floor)


class Desk:
    """Dr Lee and Dr Kim see Ada and Bob; `now` is 08:00 UTC of the builders' day until you move it."""

    def __init__(self, store: Store) -> None:
        self.store, self.bus, self.now = store, Heard(), at("08:00")
        self.id = ClinicId(f"clinic.{new_number()}")
        keyring = Keyring([SigningKey(1, b"0f1e2d3c4b5a69788796a5b4c3d2e1f0", "signing")])
        self.clinics = Clinics(store)
        self.practitioners, self.types, self.patients = (
            Practitioners(store),
            AppointmentTypes(store),
            Patients(store),
        )
        self.appointments = Appointments(store, self.bus)
        self.erasure = Erasure(store, self.bus)
        self.links = Links(store, keyring, PUBLIC_URL)
        self.guests = Guests(store, self.bus, self.links)
        self.staff_acts = StaffActs(store, self.bus)
        self.diagnosis = Diagnosis(store)
        self.visits = Visits(store, self.bus, keyring, "node", 15 * SECOND, _nothing_more)

    async def open(self, *, zone: str = "UTC", policy: Policy | None = None) -> "Desk":
        """The clinic, and everybody in it."""
        await self.clinics.create(
            self.id, "Harbour Street", zone, policy=policy or Policy(), api_secret=new_secret(), now=self.now
        )
        now = self.now
        await self.practitioners.put(self.id, "dr-lee", name="Dr Lee", now=now)
        await self.practitioners.put(self.id, "dr-kim", name="Dr Kim", now=now)
        await self.patients.put(self.id, "ada", name="Ada", email="ada@mail.example", now=now)
        await self.patients.put(self.id, "bob", name="Bob", now=now)
        await self.types.put(self.id, "consult", name="Consultation", video=True, minutes=30, now=now)
        return self

    async def put(
        self, id: str, request: AppointmentRequest, by: By = "staff"
    ) -> tuple[LoadedAppointment, bool]:
        """As the booking service does; whether it is new."""
        return await self.appointments.put(Act(self.id, self.now, Actor(by)), id, request)

    async def book(self, id: str, starts: str = "10:00", **asked: Any) -> Appointment:
        """Half an hour of Dr Lee's for Ada, but for what is `asked` otherwise (see `asking`)."""
        return (await self.put(id, asking(starts, **asked)))[0].appointment

    async def cancel(
        self, id: str, by: By = "staff", reason: str | None = "ill", note: str | None = None
    ) -> LoadedAppointment:
        """C6."""
        return await self.appointments.cancel(Act(self.id, self.now, Actor(by), reason=reason), id, note=note)

    async def erase(self, patient: str) -> None:
        """H4, with all that is to come."""
        await self.erasure.erase(self.id, patient, now=self.now, cancel=True)

    async def nameless(self, patient: str) -> None:
        """Erased, and still booked, as an earlier version left it."""
        known = await self.patients.get(self.id, patient)
        gone = Patient(id=patient, no=known.no, erased=True, version=known.version)
        await self.store.commit(self.id, [Put(gone)])

    async def get(self, id: str) -> Appointment:
        """As it is stored now."""
        return (await self.appointments.get(self.id, id)).appointment

    async def link(self, id: str, person: str = "patient") -> str:
        """The token."""
        return (await self.links.token(Act(self.id, self.now), id, person)).token

    async def come(self, token: str) -> Entered:
        """A hello with this token, now."""
        return await self.visits.hello(token, move=False, device="Firefox", now=self.now)

    async def due_at(self, appointment: Appointment) -> Instant | None:
        """When this appointment's outcome is due, as the job would find it."""
        early, late = at("00:00"), at("00:00") + 7 * 24 * HOUR
        if appointment.no not in await self.store.due(self.id, late):
            return None
        while early < late:
            middle = (early + late) // 2
            is_due = appointment.no in await self.store.due(self.id, middle)
            early, late = (early, middle) if is_due else (middle + 1, late)
        return late


def asking(
    starts: str = "10:00",
    *,
    day: str = DAY,
    minutes: float = 30,
    practitioner: str = "dr-lee",
    patient: str = "ada",
    type: str | None = "consult",
    external_type: str | None = None,
    guests: tuple[GuestRequest, ...] = (),
    status: Any = "confirmed",
) -> AppointmentRequest:
    """What the booking service sends."""
    starts_at = at(starts, day)
    return AppointmentRequest(
        practitioner=practitioner,
        patient=patient,
        guests=guests,
        type=type,
        external_type=external_type,
        starts_at=starts_at,
        ends_at=starts_at + round(minutes * MINUTE),
        status=status,
    )


async def _nothing_more(*_: object) -> None:
    """Line h of F3 is not what these tests are about."""
