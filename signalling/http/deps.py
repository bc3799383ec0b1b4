"""What the HTTP side is given by `signalling.app`; it makes none of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rooms.access.tokens import Keyring
from rooms.ports import Store
from rooms.service.appointments import Appointments
from rooms.service.clinics import Clinics
from rooms.service.links import Links
from rooms.service.outcomes import Outcomes
from rooms.service.people import AppointmentTypes, Patients, Practitioners
from rooms.times import Instant
from signalling.config import Settings
from signalling.http.pages import WEB
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
    appointments: Appointments
    links: Links
    outcomes: Outcomes
    store: Store
    """For Idempotency-Keys and names beside a list; facts change through the services only."""
    ready: Callable[[], str | None]
    """None, or why this process cannot serve a join now."""
    refused: PerMinute
    metrics: Metrics
    web: Path = WEB
    """The folder of the pages."""
