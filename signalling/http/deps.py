"""What the HTTP side is given by `signalling.app`; it makes none of it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rooms.access.tokens import Keyring
from rooms.ports import Store
from rooms.service.addresses import Addresses
from rooms.service.appointments import Appointments
from rooms.service.bundle import Bundle
from rooms.service.by_contact import ByContact
from rooms.service.clinics import Clinics
from rooms.service.diagnosing import Diagnosing
from rooms.service.erasure import Erasure
from rooms.service.external import Databases, ExternalAppointments
from rooms.service.guests import Guests
from rooms.service.holding import Holds
from rooms.service.hooks import Hooks
from rooms.service.hours import Availability
from rooms.service.keeping import Keeping
from rooms.service.links import Links
from rooms.service.moving import Moves
from rooms.service.offering import Offering
from rooms.service.onward import Onward
from rooms.service.outcomes import Outcomes
from rooms.service.people import AppointmentTypes, Patients, Practitioners
from rooms.service.settling import ByHand
from rooms.service.standing import Standing
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
    diagnosing: Diagnosing
    standing: Standing
    onward: Onward
    by_contact: ByContact
    addresses: Addresses
    databases: Databases
    external: ExternalAppointments
    offering: Offering
    holds: Holds
    keeping: Keeping
    availability: Availability
    moves: Moves
    by_hand: ByHand
    hooks: Hooks
    bundle: Bundle
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
