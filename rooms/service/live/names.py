"""Names and appointments of whoever is on a floor. A floor has numbers only, so that erasing a name needs one
place (H4).
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from rooms.access import window
from rooms.access.window import Open
from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, SessionId
from rooms.ports import Store
from rooms.records import Appointment, Clinic, Floor, Seat
from rooms.times import SECOND, Instant

NAMES_FRESH = 10 * SECOND
"""A name or an appointment read this long ago is read again. Changes made on this process are forgotten at
once.
"""

CARDS_KEPT = 20_000
"""Entries per cache before the stale ones are dropped."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a seat to the practitioner, and its name to everybody inside. `appointment` is the
    booking service's id of the room's appointment in its window nearest by start (CONTRACT, settled details).
    `patient`: of a guest, whose.
    """

    name: str
    patient: str = ""
    appointment: str = ""
    starts_at: Instant = 0
    ends_at: Instant = 0
    handed_by: str = ""
    """The colleague who handed this visit to whoever's floor it is on (D3)."""


class FloorNames:
    """Caches what a floor's people are called."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._appointments: dict[tuple[ClinicId, AppointmentNo], tuple[Instant, Appointment]] = {}
        self._names: dict[tuple[ClinicId, str], tuple[Instant, str]] = {}

    def learn(self, clinic: ClinicId, appointments: Iterable[Appointment], now: Instant) -> None:
        """These were just read for another reason."""
        for appointment in appointments:
            self._appointments[clinic, appointment.no] = (now, appointment)

    def learn_practitioner(self, clinic: ClinicId, number: str, name: str, now: Instant) -> None:
        """A practitioner's name was just read for another reason."""
        self._names[clinic, number] = (now, name)

    def forget(self, clinic: ClinicId) -> None:
        """Something of this clinic was changed."""
        self._appointments = {key: value for key, value in self._appointments.items() if key[0] != clinic}
        self._names = {key: value for key, value in self._names.items() if key[0] != clinic}

    def forget_all(self) -> None:
        """When anything was read says nothing any more: the time was set."""
        self._appointments.clear()
        self._names.clear()

    async def cards(self, clinic: Clinic, floor: Floor, now: Instant) -> Mapping[SessionId, Card]:
        """A card for every seat of the floor."""
        self._trim(now)
        visitors = [seat for seat in floor.seats if seat.person != "practitioner"]
        wanted = dict.fromkeys(seat.link for seat in visitors if seat.link is not None)
        self._doubt(clinic.id, wanted, floor)
        own = await self._load(clinic.id, list(wanted), now)
        siblings = await self._load(clinic.id, [no for each in own.values() for no in each.others], now)
        known = {**siblings, **own}
        visitors = [seat for seat in floor.seats if seat.person != "practitioner"]
        patients = {own[seat.link].patient for seat in visitors if seat.link in own}
        names = await self._load_patients(clinic.id, sorted(patients), now)
        host = Card(name=await self.practitioner(clinic.id, floor, now))
        given = await self._givers(clinic.id, floor, own, now)
        return {
            seat.sid: host
            if seat.person == "practitioner"
            else self._card(clinic, seat, known, names, given, now)
            for seat in floor.seats
        }

    def _doubt(self, clinic: ClinicId, wanted: Iterable[AppointmentNo], floor: Floor) -> None:
        """Whoever is on this floor because of a visit that was with another practitioner when it was read:
        it was handed over meanwhile, and no message about that came here (D3).
        """
        for no in wanted:
            known = self._appointments.get((clinic, no))
            if known is not None and known[1].host_no != floor.practitioner_no:
                del self._appointments[clinic, no]

    async def _givers(
        self, clinic: ClinicId, floor: Floor, own: Mapping[AppointmentNo, Appointment], now: Instant
    ) -> dict[AppointmentNo, str]:
        """By whom appointments were handed to this floor's practitioner."""
        here = floor.practitioner_no
        handed = {no: each.handed.by for no, each in own.items() if each.handed and each.handed.to == here}
        return {no: await self._practitioner(clinic, by, now) for no, by in handed.items()}

    def _card(
        self,
        clinic: Clinic,
        seat: Seat,
        known: Mapping[AppointmentNo, Appointment],
        names: Mapping[str, str],
        given: Mapping[AppointmentNo, str],
        now: Instant,
    ) -> Card:
        link = known.get(seat.link) if seat.link else None
        if link is None:
            return Card(name="")
        nearest = _nearest(clinic, [link, *(known[no] for no in link.others if no in known)], now)
        return Card(
            name=_name(seat, link, names),
            patient="" if seat.person == "patient" else names.get(link.patient, ""),
            appointment=nearest.id,
            starts_at=nearest.starts_at,
            ends_at=nearest.ends_at,
            handed_by=given.get(link.no, ""),
        )

    async def _load(
        self, clinic: ClinicId, numbers: Sequence[AppointmentNo], now: Instant
    ) -> dict[AppointmentNo, Appointment]:
        stale = [
            no
            for no in numbers
            if now - self._appointments.get((clinic, no), (-NAMES_FRESH,))[0] >= NAMES_FRESH
        ]
        # What is fresh is taken before the wait: somebody may `forget` meanwhile.
        found = {no: self._appointments[clinic, no][1] for no in numbers if no not in stale}
        if stale:
            read = [each for each in await self.store.appointments(clinic, stale) if each]
            self.learn(clinic, read, now)
            found |= {each.no: each for each in read}
        return found

    async def _load_patients(self, clinic: ClinicId, ids: Sequence[str], now: Instant) -> dict[str, str]:
        stale = [
            id
            for id in ids
            if now - self._names.get((clinic, f"patient {id}"), (-NAMES_FRESH,))[0] >= NAMES_FRESH
        ]
        found = {id: self._names[clinic, f"patient {id}"][1] for id in ids if id not in stale}
        if stale:
            for id, patient in zip(stale, await self.store.patients(clinic, stale), strict=True):
                found[id] = patient.name if patient else ""
                self._names[clinic, f"patient {id}"] = (now, found[id])
        return found

    async def practitioner(self, clinic: ClinicId, floor: Floor, now: Instant) -> str:
        """The name of the practitioner whose floor this is."""
        return await self._practitioner(clinic, floor.practitioner_no, now)

    async def _practitioner(self, clinic: ClinicId, number: PractitionerNo, now: Instant) -> str:
        key = (clinic, str(number))
        if now - self._names.get(key, (-NAMES_FRESH,))[0] >= NAMES_FRESH:
            found = await self.store.practitioner_by_no(clinic, number)
            name = found.name if found else ""
            self._names[key] = (now, name)
            return name
        return self._names[key][1]

    def _trim(self, now: Instant) -> None:
        if len(self._appointments) > CARDS_KEPT:
            self._appointments = {k: v for k, v in self._appointments.items() if now - v[0] < NAMES_FRESH}
        if len(self._names) > CARDS_KEPT:
            self._names = {k: v for k, v in self._names.items() if now - v[0] < NAMES_FRESH}


def _name(seat: Seat, link: Appointment, names: Mapping[str, str]) -> str:
    if seat.person == "patient":
        return names.get(link.patient, "")
    return next((guest.name for guest in link.guests if guest.number == seat.number), "")


def _nearest(clinic: Clinic, appointments: Sequence[Appointment], now: Instant) -> Appointment:
    """The live appointment in its window whose start is nearest; the link's own where none is."""
    if len(appointments) == 1:
        return appointments[0]
    open_now = [
        each
        for each in appointments
        if each.status == "confirmed"
        and isinstance(window.judge([window.of(each, clinic.policy)], now), Open)
    ]
    return min(open_now, key=lambda each: abs(each.starts_at - now), default=appointments[0])
