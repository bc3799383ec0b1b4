"""C1: a practitioner's bookable hours as their page changes them. What is booked is never touched; every
change says which bookings lie outside the hours then (C7).
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from rooms.booking import availability
from rooms.booking.availability import window_of
from rooms.booking.holds import is_live
from rooms.booking.slots import LONGEST_RANGE
from rooms.booking.spans import covers
from rooms.calendar import DayException, Hours, WeeklyHours
from rooms.ids import ClinicId, new_number
from rooms.ports import Put, Same, Store
from rooms.records import Appointment, Clinic, Practitioner
from rooms.service.idempotency import Act, Keep, kept_answer
from rooms.service.load import LoadedAppointment, clinic_of, existing, loaded_all, names_of, pages
from rooms.service.retry import retried
from rooms.times import Instant

MOST_OUTSIDE = 200
"""Bookings named in one answer."""


class HoursChanged(msgspec.Struct, frozen=True, kw_only=True):
    """What is there now, and the bookings that were inside the hours and no longer are."""

    window: WeeklyHours | None = None
    exception: DayException | None = None
    affected: list[LoadedAppointment]
    names: dict[str, str]
    """Patient id to name, of those."""


class HoursShown(msgspec.Struct, frozen=True, kw_only=True):
    """All there are."""

    clinic: Clinic
    windows: list[WeeklyHours]
    exceptions: list[DayException]


class Availability:
    """Each change is one commit of one record. With `dry_run` nothing is written but the answer to keep."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def get(self, clinic_id: ClinicId, practitioner: str) -> HoursShown:
        """Raises `NotFound`, `Unavailable`."""
        clinic, _, hours = await self._loaded(clinic_id, practitioner)
        return HoursShown(
            clinic=clinic,
            windows=availability.windows(hours),
            exceptions=availability.exceptions(hours),
        )

    async def add_window(
        self, act: Act[HoursChanged], practitioner: str, window: WeeklyHours, *, dry_run: bool
    ) -> HoursChanged:
        """`window.id` is given here. Raises `interval_invalid`, `window_overlaps` naming the other one,
        `length_invalid`, `NotFound`, `Unavailable`.
        """
        made = replace(window, id=new_number())
        return await self._change(
            act.clinic,
            practitioner,
            lambda hours: availability.with_window(hours, made),
            act.now,
            dry_run,
            act.keep,
            window=made,
        )

    async def change_window(
        self, act: Act[None], practitioner: str, id: str, changes: dict[str, Any], *, dry_run: bool
    ) -> HoursChanged:
        """`changes`: members of `WeeklyHours` and their new values. Raises likewise."""
        made: list[WeeklyHours] = []

        def change(hours: Hours) -> Hours:
            made[:] = [replace(window_of(hours, id), **changes)]
            return availability.with_window(hours, made[0])

        done = await self._change(act.clinic, practitioner, change, act.now, dry_run, None)
        return replace(done, window=made[0])

    async def remove_window(
        self, act: Act[None], practitioner: str, id: str, *, dry_run: bool
    ) -> HoursChanged:
        """Soft delete. Raises `NotFound`, `Unavailable`."""
        return await self._change(
            act.clinic,
            practitioner,
            lambda hours: availability.without_window(hours, id, act.now),
            act.now,
            dry_run,
            None,
        )

    async def add_exception(
        self, act: Act[HoursChanged], practitioner: str, exception: DayException, *, dry_run: bool
    ) -> HoursChanged:
        """As `add_window`, for one day."""
        made = replace(exception, id=new_number())
        return await self._change(
            act.clinic,
            practitioner,
            lambda hours: availability.with_exception(hours, made),
            act.now,
            dry_run,
            act.keep,
            exception=made,
        )

    async def remove_exception(
        self, act: Act[None], practitioner: str, id: str, *, dry_run: bool
    ) -> HoursChanged:
        """Soft delete. Raises `NotFound`, `Unavailable`."""
        return await self._change(
            act.clinic,
            practitioner,
            lambda hours: availability.without_exception(hours, id, act.now),
            act.now,
            dry_run,
            None,
        )

    @retried
    async def _change(
        self,
        clinic_id: ClinicId,
        practitioner: str,
        change: Callable[[Hours], Hours],
        now: Instant,
        dry_run: bool,
        keep: Keep[HoursChanged] | None,
        window: WeeklyHours | None = None,
        exception: DayException | None = None,
    ) -> HoursChanged:
        clinic, person, before = await self._loaded(clinic_id, practitioner)
        after = change(before)
        affected = await self._affected(clinic, before, after, now)
        names = await names_of(self.store, clinic_id, [each.appointment.patient for each in affected])
        done = HoursChanged(window=window, exception=exception, affected=affected, names=names)
        changes = [] if dry_run else [Same(person), Put(after)]
        if changes or keep is not None:
            await self.store.commit(clinic_id, [*changes, *kept_answer(keep, done)])
        return done

    async def _loaded(self, clinic_id: ClinicId, practitioner: str) -> tuple[Clinic, Practitioner, Hours]:
        clinic = await clinic_of(self.store, clinic_id)
        person = existing(await self.store.practitioner(clinic_id, practitioner), "practitioner")
        return clinic, person, await self.store.hours(clinic_id, person.no)

    async def _affected(
        self, clinic: Clinic, before: Hours, after: Hours, now: Instant
    ) -> list[LoadedAppointment]:
        """To come, in the hours until now and outside them then; the first `MOST_OUTSIDE`."""
        zone, found = clinic.time_zone, list[Appointment]()
        booked = pages(
            self.store, clinic.id, now, end=now + LONGEST_RANGE, practitioner=before.practitioner_no
        )
        async for page in booked:
            for each in page:
                starts_at, ends_at = each.starts_at, each.ends_at
                if (
                    is_live(each, now)
                    and covers(before, zone, starts_at, ends_at)
                    and not covers(after, zone, starts_at, ends_at)
                ):
                    found.append(each)
            if len(found) >= MOST_OUTSIDE:
                break
        return await loaded_all(self.store, clinic, found[:MOST_OUTSIDE])
