"""What the HTTP side is given by `signalling.app`; it makes none of it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rooms.access.tokens import Keyring
from rooms.ports import Store
from rooms.service.administration.clinics import Clinics
from rooms.service.administration.erasure import Erasure
from rooms.service.administration.external import Databases, ExternalAppointments
from rooms.service.administration.people import AppointmentTypes, Patients, Practitioners
from rooms.service.appointments.appointments import Appointments
from rooms.service.appointments.reschedule import Reschedules
from rooms.service.booking.availability import Availability
from rooms.service.booking.confirm_hold import HoldActs
from rooms.service.booking.free_slots import FreeSlots
from rooms.service.booking.holds import Holds
from rooms.service.links.bookmarks import Bookmarks
from rooms.service.links.by_contact import ByContact
from rooms.service.links.diagnosis import Diagnosis
from rooms.service.links.forward import Forward
from rooms.service.links.guests import Guests
from rooms.service.links.issue import Links
from rooms.service.links.staff_acts import StaffActs
from rooms.service.links.support_bundle import SupportBundles
from rooms.service.messages.webhooks import Webhooks
from rooms.service.outcomes.automatic import Outcomes
from rooms.service.outcomes.by_hand import OutcomeByHand
from rooms.times import Instant
from signalling.config import Settings
from signalling.http.pages import WEB_FOLDER
from signalling.limits import PerMinute
from signalling.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpDeps:
    """Services, and what is shared with the socket side: the limit on refused tokens and the metrics."""

    settings: Settings
    keyring: Keyring
    clock: Callable[[], Instant]
    clinics: Clinics
    practitioners: Practitioners
    types: AppointmentTypes
    patients: Patients
    erasure: Erasure
    appointments: Appointments
    links: Links
    guests: Guests
    outcomes: Outcomes
    diagnosis: Diagnosis
    staff_acts: StaffActs
    forward: Forward
    by_contact: ByContact
    bookmarks: Bookmarks
    databases: Databases
    external: ExternalAppointments
    free_slots: FreeSlots
    holds: Holds
    hold_acts: HoldActs
    availability: Availability
    reschedules: Reschedules
    by_hand: OutcomeByHand
    webhooks: Webhooks
    support_bundles: SupportBundles
    after_response: Callable[[Coroutine[Any, Any, None]], None]
    """Have something done after the answer, where how long it takes must not show (A8)."""
    store: Store
    """For Idempotency-Keys and names beside a list; facts change through the services only."""
    ready: Callable[[], str | None]
    """None, or why this process cannot serve a join now."""
    refused: PerMinute
    visitors: PerMinute
    """Calls of the public booking page, by address on the network (C2)."""
    strangers: PerMinute
    """Calls of whoever proves nothing, by address on the network (A8)."""
    metrics: Metrics
    web: Path = WEB_FOLDER
    """The folder of the pages."""
