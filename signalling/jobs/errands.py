"""Whatever is due by itself and is no window: messages on their way, reminders, healing (F6, A10, B4).

Every process looks; a task is taken by putting it off for as long as it may last, so that one does it, and
another takes it up where that one died.
"""

import asyncio
import logging
import random
from collections.abc import Callable

from rooms.errors import Unavailable
from rooms.events import HookNo
from rooms.ids import AppointmentNo, ClinicId
from rooms.outgoing import HEAL, OUTBOX, Task, TaskStill, lane_task
from rooms.ports import Conflict, Store
from rooms.service.clashes import ClashesOver
from rooms.service.healing import Healer
from rooms.service.occupying import Expiries
from rooms.service.posting import Posting
from rooms.service.reminding import Reminders
from rooms.times import SECOND, Instant
from signalling.jobs.carrier import Carrier
from signalling.jobs.health import Health
from signalling.metrics import Metrics

EVERY = 0.25
"""Seconds. A healed appointment's link is out within 2 s, and a page hears of a cancel long before."""

TAKEN = 60 * SECOND
"""How long a task is kept from others: one message takes 20 s at most, ten batches of healing less."""

AT_ONCE = 32
"""Tasks this process carries out at one time; a receiver that hangs holds one of them."""

OF_ONE_CLINIC = 8
"""Of these, one clinic's: the others' do not wait for its receivers."""

AGAIN = 60 * SECOND
"""When to look again at what failed in a way nobody foresaw."""

log = logging.getLogger(__name__)


class Errands:
    """Idle, it costs one Redis command a run."""

    def __init__(
        self,
        store: Store,
        posting: Posting,
        carrier: Carrier,
        health: Health,
        metrics: Metrics,
        clock: Callable[[], Instant],
    ) -> None:
        self.store, self.posting, self.carrier = store, posting, carrier
        self.health, self.metrics, self.clock = health, metrics, clock
        self.healer, self.reminders = Healer(store), Reminders(store)
        self.expiries, self.clashes = Expiries(store), ClashesOver(store)
        self.running: dict[asyncio.Task[None], ClinicId] = {}

    async def run(self) -> None:
        """Take what is due, as far as there is room, and do it beside this loop."""
        if not self.health.beats:
            return
        for clinic in await self.store.clinics_with_tasks(self.clock()):
            room = min(AT_ONCE - len(self.running), OF_ONE_CLINIC - self._of(clinic))
            if room <= 0:
                continue
            for task in await self.store.tasks(clinic, self.clock(), room):
                await self._take(clinic, task)
            await self.store.settle_hints(clinic)

    def _of(self, clinic: ClinicId) -> int:
        return sum(1 for each in self.running.values() if each == clinic)

    async def _take(self, clinic: ClinicId, task: Task) -> None:
        due = task.at or 0
        taken = self.clock() + TAKEN
        try:
            await self.store.commit(clinic, [TaskStill(task.name, due), Task(task.name, taken)])
        except Conflict:
            return  # another process was faster
        self.metrics.job_lag.labels(job=task.name.partition("/")[0]).observe(
            max(0, self.clock() - due) / SECOND
        )
        doing = asyncio.create_task(self._do(clinic, task.name, taken), name=f"errand {task.name[:6]}")
        self.running[doing] = clinic
        doing.add_done_callback(lambda done: self.running.pop(done, None))

    async def _do(self, clinic: ClinicId, name: str, taken: Instant) -> None:
        try:
            await self._errand(clinic, name, taken)
        except (Conflict, Unavailable):
            # Somebody else is at it, or nobody can be: it is due again when it is no longer taken.
            log.debug("an errand is left to its next time")
        except Exception:
            log.exception("an errand failed; it is tried again")
            await self._put_off(clinic, name, taken)

    async def _put_off(self, clinic: ClinicId, name: str, taken: Instant) -> None:
        again = Task(name, self.clock() + AGAIN)
        try:
            await self.store.commit(clinic, [TaskStill(name, taken), again])
        except (Conflict, Unavailable):
            log.debug("an errand is left to its next time")

    async def _errand(self, clinic: ClinicId, name: str, taken: Instant) -> None:
        kind, _, rest = name.partition("/")
        if name == OUTBOX:
            await self.posting.hand_on(clinic, taken, self.clock())
        elif name == HEAL:
            await self.healer.run(clinic, taken, self.clock())
        elif kind == "expire":
            await self.expiries.run(clinic, AppointmentNo(rest), taken, self.clock())
        elif kind == "clash":
            await self.clashes.run(clinic, rest, taken, self.clock())
        elif kind == "remind":
            await self.reminders.run(clinic, AppointmentNo(rest), taken, self.clock())
        else:
            hook, _, subject = rest.partition("/")
            await self._lane(clinic, HookNo(hook), subject, taken)

    async def _lane(self, clinic: ClinicId, hook: HookNo, subject: str, taken: Instant) -> None:
        """One after the other, until the lane is empty, one failed, or the time for it is over."""
        while self.clock() < taken - TAKEN // 2:
            work = await self.posting.open(clinic, hook, subject)
            if work is None:
                if await self.posting.rest(clinic, hook, subject, taken):
                    return
                continue
            answered = await self.carrier.carry(work, self.clock())
            target = "mail" if hook == "mail" else "webhook"
            self.metrics.messages.labels(target=target, result=answered.why).inc()
            if answered.ok:
                await self.posting.arrived(clinic, hook, work.parcel, self.clock(), answered.status)
                continue
            result = await self.posting.failed(
                clinic,
                hook,
                work.parcel,
                self.clock(),
                why=answered.why,
                status=answered.status,
                final=answered.final,
                chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
            )
            if result == "failed":
                return
        name = lane_task(hook, subject)
        await self.store.commit(clinic, [TaskStill(name, taken), Task(name, self.clock())])

    async def close(self) -> None:
        """Stop: what is under way is taken up by another process, when it is no longer taken."""
        for each in list(self.running):
            each.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        await self.carrier.close()
