"""Everything that is known of one appointment, loaded in the order that makes deciding on it safe (F3)."""

from collections.abc import Sequence

import msgspec

from rooms.access import diagnosis, window
from rooms.access.window import Window
from rooms.attendance.evidence import Observed
from rooms.ids import ClinicId
from rooms.ports import Same, Store
from rooms.records import LIVE, Appointment, AppointmentType, Clinic, Floor, Practitioner
from rooms.service.load import type_of
from rooms.times import DAY

COUNTING_STATUSES = LIVE | {"completed", "no_show"}
"""Decided ones too: a decision does not hand an appointment's minutes to another."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """All that was loaded to decide about one appointment."""

    clinic: Clinic
    observed: Observed
    video: bool
    rests_on: tuple[Same, ...]
    """To be compared at the commit, beside the appointment itself."""

    @property
    def is_left_alone(self) -> bool:
        """No video appointment, or stored when its window had closed (CONTRACT, settled details)."""
        return not self.video or self.observed.appointment.stored_at >= self.observed.closes_at


async def floors_of(store: Store, clinic: ClinicId, appointment: Appointment) -> list[Floor]:
    """Where anybody may be because of it: of a visit that was handed over, on either practitioner's (D3)."""
    return [await store.floor(clinic, number) for number in appointment.floors]


async def load(store: Store, clinic: Clinic, appointment: Appointment, floors: Sequence[Floor]) -> Case:
    """`floors` were read before: no interval begins or ends without a change of them, so that comparing them
    at the commit covers the ledgers, which are read here."""
    practitioner = await store.practitioner(clinic.id, appointment.practitioner)
    kind = await type_of(store, clinic.id, appointment)
    siblings = await _siblings(store, clinic.id, appointment)
    join = window.of(appointment, clinic.policy)
    seen = Observed(
        appointment=appointment,
        siblings=siblings,
        opens_at=join.opens_at,
        closes_at=join.closes_at,
        ledger=await store.ledger(clinic.id, appointment.room),
        # A day beyond the close: whoever is in the lobby for longer was there.
        lobby=[
            entry
            for number in appointment.floors
            for entry in await store.lobby(clinic.id, number, join.opens_at, join.closes_at + DAY)
        ],
        # And here: a call under way goes on after the close.
        outages=[(each.start, each.end) for each in await store.outages(join.opens_at, join.closes_at + DAY)],
        link_failed=_link_failed(clinic, appointment, practitioner, kind, join),
    )
    records = (clinic, *floors, practitioner, kind, *siblings)
    rests_on = tuple(Same(record) for record in records if record is not None)
    return Case(clinic=clinic, observed=seen, video=diagnosis.is_video(appointment, kind), rests_on=rests_on)


async def _siblings(store: Store, clinic: ClinicId, appointment: Appointment) -> tuple[Appointment, ...]:
    others = await store.appointments(clinic, appointment.others) if appointment.others else []
    return tuple(each for each in others if each is not None and each.status in COUNTING_STATUSES)


def _link_failed(
    clinic: Clinic,
    appointment: Appointment,
    practitioner: Practitioner | None,
    kind: AppointmentType | None,
    join: Window,
) -> tuple[str, ...]:
    """Usability is judged just before the window closes (CONTRACT, settled details)."""
    return diagnosis.failed(clinic, appointment, practitioner, kind, join.closes_at - 1)
