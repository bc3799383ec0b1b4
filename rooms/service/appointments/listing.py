"""Lists of appointments, in order of start, a page at a time (C5)."""

import base64
import binascii

import msgspec

from rooms.access import window
from rooms.booking.holds import status_at
from rooms.errors import Invalid
from rooms.ids import PatientNo, PractitionerNo
from rooms.policy import Policy
from rooms.ports import Store
from rooms.records import LIVE, Appointment, Clinic
from rooms.service.load import LoadedAppointment, loaded_all
from rooms.times import EARLIEST, LATEST, Instant

ListPosition = tuple[Instant, str]
"""Where a page ended: start and number of its last appointment."""

SCANNED_AT_ONCE = 200
"""Appointments read together where only some of them are wanted."""

Page = tuple[list[LoadedAppointment], str | None]


class Wanted(msgspec.Struct, frozen=True):
    """Which appointments; None: any. `[start, end)` is about their starts, ids are the booking service's."""

    status: frozenset[str] | None = None
    start: Instant | None = None
    end: Instant | None = None
    practitioner: str | None = None
    patient: str | None = None


class Range(msgspec.Struct, frozen=True):
    """What the store is asked for, and what of it is wanted."""

    practitioner: PractitionerNo | None
    patient: PatientNo | None
    start: Instant
    end: Instant
    status: frozenset[str] | None
    open_by: Policy | None
    """Set: only what this policy's window has not closed on."""
    now: Instant

    def holds(self, appointment: Appointment) -> bool:
        """Held never shows among confirmed: a status is asked for exactly, as it is now."""
        if self.status is not None and status_at(appointment, self.now) not in self.status:
            return False
        return self.open_by is None or not window.has_closed(appointment, self.open_by, self.now)


async def page(
    store: Store, clinic: Clinic, wanted: Wanted, cursor: str | None, limit: int, now: Instant
) -> Page:
    """At most `limit`, and the cursor of the next page if there is one. Raises `Invalid` `cursor_invalid`."""
    after = position_of(cursor) if cursor else None
    asked = await _range(store, clinic, wanted, now)
    if asked is None:
        return [], None
    found = await _find(store, clinic, asked, after, limit + 1)
    items, last = found[:limit], found[limit - 1 : limit]
    return await loaded_all(store, clinic, items), cursor_of(last[0]) if len(found) > limit else None


async def _range(store: Store, clinic: Clinic, wanted: Wanted, now: Instant) -> Range | None:
    """None: somebody unknown here has no appointments."""
    practitioner = await store.practitioner(clinic.id, wanted.practitioner) if wanted.practitioner else None
    patient = await store.patient(clinic.id, wanted.patient) if wanted.patient else None
    if (wanted.practitioner and practitioner is None) or (wanted.patient and patient is None):
        return None
    is_default = wanted.status is None and wanted.start is None and wanted.end is None
    start = EARLIEST if wanted.start is None else wanted.start
    return Range(
        practitioner.no if practitioner else None,
        patient.no if patient else None,
        # Somebody may wait, or come, until the window closes: so long it is to come, however late it got.
        now - window.look_back(clinic.policy) if is_default else start,
        LATEST + 1 if wanted.end is None else wanted.end,
        LIVE if is_default else wanted.status,
        clinic.policy if is_default else None,
        now,
    )


async def _find(
    store: Store, clinic: Clinic, asked: Range, after: ListPosition | None, count: int
) -> list[Appointment]:
    """The first `count` that are wanted, read in pages of what there is."""
    found: list[Appointment] = []
    size = count if asked.status is None else max(count, SCANNED_AT_ONCE)
    while True:
        read = await store.listing(
            clinic.id,
            practitioner=asked.practitioner,
            patient=asked.patient,
            start=asked.start,
            end=asked.end,
            after=after,
            limit=size,
        )
        found += [each for each in read if asked.holds(each)]
        if len(found) >= count or len(read) < size:
            return found[:count]
        after = (read[-1].starts_at, read[-1].no)


def cursor_of(last: Appointment) -> str:
    """Where a page ended."""
    return base64.urlsafe_b64encode(f"{last.starts_at}/{last.no}".encode()).decode()


def position_of(cursor: str) -> ListPosition:
    """What `cursor_of` wrote. Raises `cursor_invalid`."""
    try:
        starts_at, _, no = base64.urlsafe_b64decode(cursor).decode().partition("/")
        if EARLIEST <= int(starts_at) <= LATEST:
            return int(starts_at), no
    except (binascii.Error, ValueError):
        pass  # answered as any other cursor that is none of ours
    raise Invalid("cursor_invalid", "Use next_cursor as it came.", field="cursor")
