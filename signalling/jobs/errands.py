"""Whatever is due by itself and is no window: messages on their way, reminders, healing (F6, A10, B4).

Every process looks; a task is taken by putting it off for as long as it may last, so that one does it, and
another takes it up where that one died. Tasks wait in queues (`rooms.outgoing.Queue`), and each kind of queue
has hands of its own: a relay that is slow, receivers that hang and a backlog hold up nobody else's.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from rooms.errors import Unavailable
from rooms.events import HookNo
from rooms.ids import AppointmentNo, ClinicId
from rooms.outgoing import HEAL, MAIL, OURS, OUTBOX, Queue, Requeue, Task, TaskStill, lane_task, queue_of
from rooms.ports import Conflict, Store
from rooms.service.clashes import ClashesOver
from rooms.service.healing import Healer
from rooms.service.occupying import Expiries
from rooms.service.posting import GIVEN_UP, Posting
from rooms.service.reminding import Reminders
from rooms.times import SECOND, Instant
from signalling.jobs.carrier import Carrier
from signalling.jobs.health import Health
from signalling.jobs.lanes import TAKEN, Lane, Lanes
from signalling.jobs.receivers import Key, Receivers
from signalling.metrics import Metrics

EVERY = 0.25
"""Seconds. A healed appointment's link is out within 2 s, and a page hears of a cancel long before."""

AGAIN = 60 * SECOND
"""When to look again at what failed in a way nobody foresaw."""

EXPRESS_AGAIN = SECOND
"""When to look again at an express lane whose receiver has no room: others of its clinic come before it."""

QUEUES = 1000
"""Queues looked at in one run. Where more are due, the next run looks at those after them."""

BESIDE = 16
"""Queues served beside each other: each waits for Redis some five times, and all share its round trips."""

OVERDUE = 200
"""Lanes given up at once whose receiver has hung for as long as anything is tried."""

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Hands:
    """What carries out one kind of task: so many at one time, and so many of one clinic."""

    at_once: int
    of_one: int
    of: Counter[ClinicId] = field(default_factory=Counter)

    def room(self, clinic: ClinicId) -> int:
        """How many more there may be now."""
        return min(self.at_once - self.of.total(), self.of_one - self.of[clinic])

    def take(self, clinic: ClinicId) -> None:
        """One more."""
        self.of[clinic] += 1

    def free(self, clinic: ClinicId) -> None:
        """One less."""
        self.of[clinic] -= 1
        if not self.of[clinic]:
            del self.of[clinic]


def _hands() -> dict[str, Hands]:
    """The store's own tasks take milliseconds; a mail takes up to 20 s where the relay hangs."""
    return {
        OURS: Hands(64, 16),
        OUTBOX: Hands(64, 1),
        "codes": Hands(16, 4),
        "urgent": Hands(16, 4),
        MAIL: Hands(32, 8),
    }


class Errands:
    """Idle, it costs one Redis command a run. `ticks`: seconds, never set back."""

    def __init__(
        self,
        store: Store,
        posting: Posting,
        carrier: Carrier,
        health: Health,
        metrics: Metrics,
        clock: Callable[[], Instant],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store, self.posting, self.carrier = store, posting, carrier
        self.health, self.metrics, self.clock = health, metrics, clock
        self.healer, self.reminders = Healer(store), Reminders(store)
        self.expiries, self.clashes = Expiries(store), ClashesOver(store)
        self.receivers = Receivers(metrics, ticks)
        self.lanes = Lanes(store, posting, carrier, self.receivers, metrics, clock)
        self.hands: Final = _hands()
        self.running: set[asyncio.Task[None]] = set()
        self._served: dict[Queue, int] = {}
        self._runs = self._skip = 0

    async def run(self) -> None:
        """Take what is due, as far as there is room, and do it beside this loop. Of those that wait, whoever
        was served longest ago comes first.
        """
        if not self.health.beats:
            return
        due = await self.store.queues_due(self.clock(), QUEUES, self._skip)
        self._skip = self._skip + QUEUES if len(due) >= QUEUES else 0
        self._runs += 1
        self.receivers.count()
        self._served = {queue: self._served.get(queue, 0) for queue in due}
        order = sorted(due, key=lambda each: (each.name not in self.hands, self._served[each]))
        for start in range(0, len(order), BESIDE):
            served = (self._serve(queue) for queue in order[start : start + BESIDE])
            for done in await asyncio.gather(*served, return_exceptions=True):
                if done is not None:
                    raise done

    async def _serve(self, queue: Queue) -> None:
        """As far as there is room."""
        if queue.name not in self.hands:
            await self._look_at_receiver(queue)
        room = self._room(queue)
        if room <= 0:
            return
        self._served[queue] = self._runs
        tasks = await self.store.tasks(queue, self.clock(), room)
        for task in tasks:
            if self._room(queue) > 0:  # others of these hands are served beside this one
                await self._take(queue, task)
        if len(tasks) < room:
            await self.store.settle_queue(queue)

    def _room(self, queue: Queue) -> int:
        if queue.name in self.hands:
            return self.hands[queue.name].room(queue.clinic)
        return self.receivers.room((queue.clinic, HookNo(queue.name)))

    async def _look_at_receiver(self, queue: Queue) -> None:
        key = (queue.clinic, HookNo(queue.name))
        if self.receivers.is_resting(key) and self.receivers.is_to_be_looked_at(key):
            hooks = await self.store.hooks(queue.clinic)
            self.receivers.seen(key, next((each.version for each in hooks if each.no == queue.name), None))
        if self.receivers.has_hung(key) and self.receivers.room(key):
            # The first is the probe.
            for task in (await self.store.tasks(queue, self.clock() - GIVEN_UP, OVERDUE))[1:]:
                await self._give_up(key, task)

    async def _give_up(self, key: Key, task: Task) -> None:
        due = task.at or 0
        try:
            await self.lanes.give_up(Lane(*key, task.name.rpartition("/")[2], due, due))
        except Conflict:
            log.debug("it was tried meanwhile")

    async def _take(self, queue: Queue, task: Task) -> None:
        due, taken = task.at or 0, self.clock() + TAKEN
        try:
            if queue_of(task.name) != queue.name:
                await self.store.commit(queue.clinic, [Requeue(task.name, due)])
            elif queue.name in (OURS, OUTBOX):
                work = partial(self._ours, queue.clinic, task.name, taken)
                await self._begin(queue.clinic, task, taken, work, self._hold(queue))
            elif queue.name in ("codes", "urgent"):
                await self._take_express(queue, task, taken)
            else:
                await self._take_lane(queue, task.name, due, taken)
        except Conflict:
            log.debug("another process was faster")

    async def _take_express(self, queue: Queue, task: Task, taken: Instant) -> None:
        """The lane it names, before those that wait in its own queue. If it is not due it goes its usual way;
        where its receiver has no room now, it is looked at again.
        """
        _, hook, subject = task.name.split("/")
        key, name = (queue.clinic, HookNo(hook)), lane_task(HookNo(hook), subject)
        due, now = await self.store.task(queue.clinic, name), self.clock()
        if due is not None and due <= now and (hook == MAIL or self.receivers.room(key, express=True)):
            hands = queue if hook == MAIL else queue._replace(name=hook)
            await self._take_lane(hands, name, due, taken, Task(task.name, None))
        else:
            again = now + EXPRESS_AGAIN if due is not None and due <= now else None
            still = TaskStill(task.name, task.at or 0)
            await self.store.commit(queue.clinic, [still, Task(task.name, again)])

    async def _take_lane(self, queue: Queue, name: str, due: Instant, taken: Instant, *also: Task) -> None:
        """`queue` says whose hands it is in."""
        _, hook, subject = name.split("/")
        slot = None if hook == MAIL else self.receivers.begin((queue.clinic, HookNo(hook)))
        free = self._hold(queue) if slot is None else partial(self.receivers.end, slot)
        work = partial(self.lanes.run, Lane(queue.clinic, HookNo(hook), subject, due, taken, slot))
        await self._begin(queue.clinic, Task(name, due), taken, work, free, *also)

    def _hold(self, queue: Queue) -> Callable[[], None]:
        """Keeps a hand; what gives it back."""
        hands = self.hands[queue.name]
        hands.take(queue.clinic)
        return partial(hands.free, queue.clinic)

    async def _begin(
        self,
        clinic: ClinicId,
        task: Task,
        taken: Instant,
        work: Callable[[], Awaitable[None]],
        free: Callable[[], None],
        *also: Task,
    ) -> None:
        """Take it and do it beside this loop. Its hand is kept from before, so that nobody else has it."""
        due = task.at or 0
        try:
            await self.store.commit(clinic, [TaskStill(task.name, due), Task(task.name, taken), *also])
        except BaseException:
            free()
            raise
        kind = task.name.partition("/")[0]
        self.metrics.job_lag.labels(job=kind).observe(max(0, self.clock() - due) / SECOND)
        doing = asyncio.create_task(self._do(clinic, task.name, taken, work), name=f"errand {kind}")
        self.running.add(doing)
        doing.add_done_callback(self.running.discard)
        doing.add_done_callback(lambda _: free())

    async def _do(
        self, clinic: ClinicId, name: str, taken: Instant, work: Callable[[], Awaitable[None]]
    ) -> None:
        try:
            await work()
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

    async def _ours(self, clinic: ClinicId, name: str, taken: Instant) -> None:
        kind, _, rest = name.partition("/")
        if name == OUTBOX:
            await self.posting.hand_on(clinic, taken, self.clock())
        elif name == HEAL:
            await self.healer.run(clinic, taken, self.clock())
        elif kind == "expire":
            await self.expiries.run(clinic, AppointmentNo(rest), taken, self.clock())
        elif kind == "clash":
            await self.clashes.run(clinic, rest, taken, self.clock())
        elif kind == "bury":
            await self.posting.bury(clinic, HookNo(rest), taken, self.clock())
        else:
            await self.reminders.run(clinic, AppointmentNo(rest), taken, self.clock())

    async def close(self) -> None:
        """Stop: what is under way is taken up by another process, when it is no longer taken."""
        for each in list(self.running):
            each.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        await self.carrier.close()
