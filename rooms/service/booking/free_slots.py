"""What can be booked: the free times of a practitioner or of all of them, and what the public page shows (C1,
C2).
"""

from collections.abc import Sequence

import msgspec

from rooms.booking import slots
from rooms.booking.availability import windows
from rooms.booking.deadlines import bookable_from
from rooms.booking.slots import LONGEST_RANGE
from rooms.calendar import Hours
from rooms.errors import Forbidden, Invalid
from rooms.ids import AppointmentNo, ClinicId
from rooms.policy import LONGEST_VISIT
from rooms.ports import DiaryEntry, Store
from rooms.records import AppointmentType, Clinic, Practitioner
from rooms.service.appointments.change import unknown
from rooms.service.appointments.diary import current
from rooms.service.load import clinic_of
from rooms.times import DAY, HOUR, Instant, show


class Offer(msgspec.Struct, frozen=True, order=True):
    """One free time with somebody."""

    starts_at: Instant
    ends_at: Instant
    practitioner: str

    def facts(self) -> dict[str, str]:
        """As a refusal names it."""
        times = {"starts_at": show(self.starts_at), "ends_at": show(self.ends_at)}
        return {**times, "practitioner": self.practitioner}


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What the public page lets people choose from: whoever has hours and video on, and what is by video."""

    clinic: Clinic
    practitioners: list[Practitioner]
    types: list[AppointmentType]
    told_elsewhere: bool
    """A webhook is told of every link."""


NEAREST_WITHIN = (12 * HOUR, 7 * DAY)
"""Milliseconds around a lost slot in which others are looked for, the near ones first."""

MOST_OFFERS = 2000
"""Free times shown to the public at once, the earliest: a page shows a week's."""

ENOUGH = 3
"""Others that are named."""


def check_self_booking(clinic: Clinic) -> None:
    """Raises `self_booking_off` where the clinic's policy does not let people book themselves (C1)."""
    if not clinic.policy.self_booking:
        raise Forbidden("self_booking_off", "This clinic takes no bookings online. Please call it.")


class FreeSlots:
    """Questions only: nothing is written."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def choice(self, clinic_id: ClinicId, *, public: bool) -> Choice:
        """To the public nobody and nothing where the clinic's policy lets nobody book themselves. Raises
        `NotFound`, `Unavailable`.
        """
        clinic = await clinic_of(self.store, clinic_id)
        booked = {each.practitioner_no for each in await self.store.all_hours(clinic_id) if _has_any(each)}
        people = [each for each in await self.store.practitioners(clinic_id) if each.video_enabled]
        types = [each for each in await self.store.appointment_types(clinic_id) if each.video]
        if public and not clinic.policy.self_booking:
            people, types = [], []
        found = [each for each in people if each.no in booked]
        hooks = await self.store.hooks(clinic_id)
        told = any(each.wants("link.issued") for each in hooks)
        return Choice(clinic=clinic, practitioners=found, types=types, told_elsewhere=told)

    async def free(
        self,
        clinic_id: ClinicId,
        type: str,
        practitioner: str | None,
        start: Instant,
        end: Instant,
        now: Instant,
        *,
        public: bool,
        moving: str | None = None,
    ) -> list[Offer]:
        """The free times with `start <= starts_at < end`, none past, in order; of everybody with hours where
        no practitioner is named. To the public the first `MOST_OFFERS`, and none sooner than `lead_minutes`.
        `moving`: for this appointment, whose own time is as free to it as `reschedule` takes it (C7).

        Raises `Invalid`: `reference_unknown`, `interval_invalid` (over a year), `type_not_video`,
        `practitioner_not_video_enabled`; `self_booking_off` to the public; `NotFound`, `Unavailable`.
        """
        clinic = await clinic_of(self.store, clinic_id)
        if public:
            check_self_booking(clinic)
        if not 0 <= end - start <= LONGEST_RANGE:
            raise Invalid("interval_invalid", "Ask for a year at most, `to` after `from`.", field="to")
        kind = await self.store.appointment_type(clinic_id, type)
        if kind is None:
            raise unknown("type")
        if not kind.video:
            raise Invalid("type_not_video", "This type is not by video.", field="type")
        people = await self._people(clinic_id, practitioner)
        itself = None if moving is None else await self._moved(clinic_id, moving)
        found: list[Offer] = []
        begin = max(start, _first(clinic, now, public=public))
        # Week by week, so that nobody else waits for a year of many people, and none more than is shown.
        while begin < end and not (public and len(found) >= MOST_OFFERS):
            until = min(end, begin + 7 * DAY)
            for person, hours in people:
                found += await self._of(clinic, hours, person, kind, begin, until, now, itself)
            begin = until
        return sorted(found)[:MOST_OFFERS] if public else sorted(found)

    async def _moved(self, clinic: ClinicId, id: str) -> AppointmentNo:
        found = await self.store.appointment_by_id(clinic, id)
        if found is None:
            raise unknown("moving")
        return found.no

    async def _people(
        self, clinic: ClinicId, practitioner: str | None
    ) -> Sequence[tuple[Practitioner, Hours]]:
        """With their hours: those of all are read at once."""
        if practitioner is None:
            hours = {each.practitioner_no: each for each in await self.store.all_hours(clinic)}
            known = [each for each in await self.store.practitioners(clinic) if each.video_enabled]
            return [(each, hours[each.no]) for each in known if each.no in hours]
        person = await self.store.practitioner(clinic, practitioner)
        if person is None:
            raise unknown("practitioner")
        if not person.video_enabled:
            message = "This practitioner does not see people by video."
            raise Invalid("practitioner_not_video_enabled", message, field="practitioner")
        return [(person, await self.store.hours(clinic, person.no))]

    async def _of(
        self,
        clinic: Clinic,
        hours: Hours,
        person: Practitioner,
        kind: AppointmentType,
        start: Instant,
        end: Instant,
        now: Instant,
        itself: AppointmentNo | None = None,
    ) -> list[Offer]:
        if end <= start or not (hours.windows or hours.exceptions):
            return []
        taken = await taken_between(self.store, clinic.id, hours, start, end, now)
        others = [each for each in taken if each.appointment != itself]
        found = slots.free(hours, clinic.time_zone, kind.minutes, others, start, end)
        return [Offer(each.starts_at, each.ends_at, person.id) for each in found]

    async def nearest(
        self,
        clinic: Clinic,
        person: Practitioner,
        kind: AppointmentType,
        wanted: Instant,
        now: Instant,
        *,
        public: bool,
    ) -> list[Offer]:
        """The free ones nearest to a time that is not to be had."""
        hours = await self.store.hours(clinic.id, person.no)
        first = _first(clinic, now, public=public)
        offers: list[Offer] = []
        for reach in NEAREST_WITHIN:
            start, end = max(first, wanted - reach), max(first, wanted) + reach
            offers = await self._of(clinic, hours, person, kind, start, end, now)
            if len(offers) >= ENOUGH:
                break
        return slots.nearest(offers, wanted, ENOUGH)


async def taken_between(
    store: Store, clinic: ClinicId, hours: Hours, start: Instant, end: Instant, now: Instant
) -> list[DiaryEntry]:
    """What counts in a diary around those slots, in order of start."""
    seen = await store.diary(
        clinic, hours.practitioner_no, start - 2 * LONGEST_VISIT, end + 2 * LONGEST_VISIT
    )
    return current(seen.entries, now)


def _first(clinic: Clinic, now: Instant, *, public: bool) -> Instant:
    """The first start on offer: to the public none sooner than the clinic's policy says (C10)."""
    return bookable_from(clinic.policy, now) if public else now


def _has_any(hours: Hours) -> bool:
    return any(each.active for each in windows(hours)) or bool(hours.exceptions)
