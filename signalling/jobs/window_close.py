"""When a window closes: the waiting are told, and the appointment gets its outcome (D2, F3). Any process may
do it; one does.
"""

import logging
from collections.abc import Callable

from rooms.access.window import of as window_of
from rooms.errors import Unavailable
from rooms.ids import AppointmentNo, ClinicId
from rooms.ports import Due, Store
from rooms.records import Appointment, Clinic
from rooms.service.live.expiry import Expiry
from rooms.service.outcomes.automatic import Outcomes
from rooms.times import SECOND, Instant
from signalling.jobs.health import Health
from signalling.metrics import Metrics

LAST_HELLO_WITHIN = 3 * SECOND // 2
"""Whoever said hello in the last moment may still be being written down, and is not to be called
absent (I2).
"""

UNDECIDED_AGAIN = 60 * SECOND
"""When to look again at an appointment that could not be decided."""

WINDOW_CLOSE_EVERY = 0.5
"""Seconds. An outcome is set within 3 s of the close (CONTRACT)."""

log = logging.getLogger(__name__)


class WindowClose:
    """Runs what is due. Idle, it costs one Redis command a run."""

    def __init__(
        self,
        store: Store,
        expiry: Expiry,
        outcomes: Outcomes,
        health: Health,
        metrics: Metrics,
        clock: Callable[[], Instant],
    ) -> None:
        self.store, self.expiry, self.outcomes = store, expiry, outcomes
        self.health, self.metrics, self.clock = health, metrics, clock

    async def run(self) -> None:
        """Everything due now. Not before this process's own beat: a silence that has just ended must be on
        record (F3 b).
        """
        if not self.health.beats:
            return
        for clinic in await self.store.clinics_due(self.clock()):
            for appointment in await self.store.due(clinic, self.clock()):
                await self._close_one(clinic, appointment)
            await self.store.refresh_hints(clinic)

    async def _close_one(self, clinic: ClinicId, appointment: AppointmentNo) -> None:
        """One that cannot be closed waits, and does not hold up the others."""
        try:
            await self._close(clinic, appointment)
        except Unavailable:
            raise
        except Exception:
            log.exception("an appointment could not be closed; it is tried again")
            await self.store.commit(clinic, [Due(appointment, self.clock() + UNDECIDED_AGAIN)])

    async def _close(self, clinic_id: ClinicId, number: AppointmentNo) -> None:
        clinic, appointment = (
            await self.store.clinic(clinic_id),
            await self.store.appointment(clinic_id, number),
        )
        if clinic is not None and appointment is not None:
            await self.expiry.close_windows(clinic, appointment, self.clock())
            settled = window_of(appointment, clinic.policy).closes_at + LAST_HELLO_WITHIN
            if self.clock() < settled:
                await self.store.commit(clinic_id, [Due(number, settled)])
                return
        if await self.outcomes.decide(clinic_id, number, self.clock()) and clinic is not None:
            await self._measure(clinic, await self.store.appointment(clinic_id, number))

    async def _measure(self, clinic: Clinic, appointment: Appointment | None) -> None:
        if appointment is None or appointment.outcome is None:
            return
        self.metrics.outcomes.labels(outcome=appointment.outcome.name).inc()
        late = appointment.outcome.at - window_of(appointment, clinic.policy).closes_at
        self.metrics.job_lag.labels(job="outcome").observe(max(0, late) / SECOND)
