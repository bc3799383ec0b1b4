"""Whatever is due by itself and is no window: messages on their way, reminders, healing (F6, A10, B4).

Every process looks; a task is taken by putting it off for as long as it may last, so that one does it, and
another takes it up where that one died. Tasks wait in queues (`rooms.outgoing.TaskQueue`), and each kind of
queue has slots of its own: a relay that is slow, receivers that hang and a backlog hold up nobody else's.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from rooms.errors import Unavailable
from rooms.events import HookNo
from rooms.ids import AppointmentNo, ClinicId
from rooms.outgoing import (
    BACKFILL,
    CLASH,
    DEAD_LETTERS,
    EXPRESS,
    HOLD_EXPIRY,
    MAIL,
    OUTBOX,
    STORE_TASKS,
    Requeue,
    Task,
    TaskQueue,
    TaskStill,
    about,
    delivery_queue_of,
    delivery_queue_task,
    kind_of,
    queue_of,
)
from rooms.ports import Conflict, Store
from rooms.service.appointments.clashes import ClashesOver
from rooms.service.appointments.diary import Expiries
from rooms.service.appointments.reminders import Reminders
from rooms.service.links.backfill import Backfill
from rooms.service.messages.dispatch import GIVEN_UP_AFTER, Dispatch
from rooms.times import SECOND, Instant
from signalling.jobs.delivery_queues import TASK_TAKEN_FOR, DeliveryQueue, DeliveryQueues
from signalling.jobs.health import Health
from signalling.jobs.message_sender import MessageSender
from signalling.jobs.receivers import ReceiverKey, Receivers
from signalling.limits import AtOnce
from signalling.metrics import Metrics

TASKS_EVERY = 0.25
"""Seconds. A healed appointment's link is out within 2 s, and a page hears of a cancel long before."""

FAILED_TASK_AGAIN = 60 * SECOND
"""When to look again at what failed in a way nobody foresaw."""

EXPRESS_AGAIN = SECOND
"""When to look again at an express task whose receiver has no room: others of its clinic come before it."""

QUEUES_IN_A_RUN = 1000
"""Queues looked at in one run. Where more are due, the next run looks at those after them."""

QUEUES_AT_ONCE = 16
"""Queues served beside each other: each waits for Redis some five times, and all share its round trips."""

OVERDUE_AT_ONCE = 200
"""Delivery queues given up at once whose receiver has hung for as long as anything is tried."""

log = logging.getLogger(__name__)


def _slots_by_queue() -> dict[str, AtOnce]:
    """The store's own tasks take milliseconds; a mail takes up to 20 s where the relay hangs."""
    return {
        STORE_TASKS: AtOnce(64, of_one=16),
        OUTBOX: AtOnce(64, of_one=1),
        **{each: AtOnce(16, of_one=4) for each in EXPRESS},
        MAIL: AtOnce(32, of_one=8),
    }


class TaskRunner:
    """Idle, it costs one Redis command a run. `ticks`: seconds, never set back."""

    def __init__(
        self,
        store: Store,
        dispatch: Dispatch,
        sender: MessageSender,
        health: Health,
        metrics: Metrics,
        clock: Callable[[], Instant],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store, self.dispatch, self.sender = store, dispatch, sender
        self.health, self.metrics, self.clock = health, metrics, clock
        self.backfill, self.reminders = Backfill(store), Reminders(store)
        self.expiries, self.clashes = Expiries(store), ClashesOver(store)
        self.receivers = Receivers(metrics, ticks)
        self.delivery_queues = DeliveryQueues(store, dispatch, sender, self.receivers, metrics, clock)
        self.slots: Final = _slots_by_queue()
        self.running: set[asyncio.Task[None]] = set()
        self._served: dict[TaskQueue, int] = {}
        self._runs = self._skip = 0

    async def run(self) -> None:
        """Take what is due, as far as there is room, and do it beside this loop. Of those that wait, whoever
        was served longest ago comes first.
        """
        if not self.health.beats:
            return
        due = await self.store.queues_due(self.clock(), QUEUES_IN_A_RUN, self._skip)
        self._skip = self._skip + QUEUES_IN_A_RUN if len(due) >= QUEUES_IN_A_RUN else 0
        self._runs += 1
        self.receivers.count()
        self._served = {queue: self._served.get(queue, 0) for queue in due}
        order = sorted(due, key=lambda each: (each.name not in self.slots, self._served[each]))
        for start in range(0, len(order), QUEUES_AT_ONCE):
            served = (self._serve(queue) for queue in order[start : start + QUEUES_AT_ONCE])
            for done in await asyncio.gather(*served, return_exceptions=True):
                if done is not None:
                    raise done

    async def _serve(self, queue: TaskQueue) -> None:
        """As far as there is room."""
        if queue.name not in self.slots:
            await self._look_at_receiver(queue)
        room = self._room(queue)
        if room <= 0:
            return
        self._served[queue] = self._runs
        tasks = await self.store.tasks(queue, self.clock(), room)
        for task in tasks:
            if self._room(queue) > 0:  # others of these slots are served beside this one
                await self._take(queue, task)
        if len(tasks) < room:
            await self.store.refresh_queue(queue)

    def _room(self, queue: TaskQueue) -> int:
        if queue.name in self.slots:
            return self.slots[queue.name].room(queue.clinic)
        return self.receivers.room((queue.clinic, HookNo(queue.name)))

    async def _look_at_receiver(self, queue: TaskQueue) -> None:
        key = (queue.clinic, HookNo(queue.name))
        if self.receivers.is_backing_off(key) and self.receivers.is_to_be_looked_at(key):
            hooks = await self.store.hooks(queue.clinic)
            self.receivers.seen(key, next((each.version for each in hooks if each.no == queue.name), None))
        if self.receivers.has_hung(key) and self.receivers.room(key):
            # The first is the probe.
            for task in (await self.store.tasks(queue, self.clock() - GIVEN_UP_AFTER, OVERDUE_AT_ONCE))[1:]:
                await self._give_up(key, task)

    async def _give_up(self, key: ReceiverKey, task: Task) -> None:
        due = task.at or 0
        try:
            _, subject = delivery_queue_of(task.name)
            await self.delivery_queues.give_up(DeliveryQueue(*key, subject, due, due))
        except Conflict:
            log.debug("it was tried meanwhile")

    async def _take(self, queue: TaskQueue, task: Task) -> None:
        due, taken = task.at or 0, self.clock() + TASK_TAKEN_FOR
        try:
            if queue_of(task.name) != queue.name:
                await self.store.commit(queue.clinic, [Requeue(task.name, due)])
            elif queue.name in (STORE_TASKS, OUTBOX):
                work = partial(self._run_internal, queue.clinic, task.name, taken)
                await self._begin(queue.clinic, task, taken, work, self._hold(queue))
            elif queue.name in EXPRESS:
                await self._take_express(queue, task, taken)
            else:
                await self._take_delivery_queue(queue, task.name, due, taken)
        except Conflict:
            log.debug("another process was faster")

    async def _take_express(self, queue: TaskQueue, task: Task, taken: Instant) -> None:
        """The delivery queue it names, before those that wait beside it. If it is not due it goes its usual
        way; where its receiver has no room now, it is looked at again."""
        hook, subject = delivery_queue_of(task.name)
        key, name = (queue.clinic, hook), delivery_queue_task(hook, subject)
        due, now = await self.store.task(queue.clinic, name), self.clock()
        if due is not None and due <= now and (hook == MAIL or self.receivers.room(key, express=True)):
            slots = queue if hook == MAIL else queue._replace(name=hook)
            await self._take_delivery_queue(slots, name, due, taken, Task(task.name, None))
        else:
            again = now + EXPRESS_AGAIN if due is not None and due <= now else None
            still = TaskStill(task.name, task.at or 0)
            await self.store.commit(queue.clinic, [still, Task(task.name, again)])

    async def _take_delivery_queue(
        self, queue: TaskQueue, name: str, due: Instant, taken: Instant, *also: Task
    ) -> None:
        """`queue` says whose slots it takes one of."""
        hook, subject = delivery_queue_of(name)
        slot = None if hook == MAIL else self.receivers.begin((queue.clinic, hook))
        free = self._hold(queue) if slot is None else partial(self.receivers.end, slot)
        work = partial(self.delivery_queues.run, DeliveryQueue(queue.clinic, hook, subject, due, taken, slot))
        await self._begin(queue.clinic, Task(name, due), taken, work, free, *also)

    def _hold(self, queue: TaskQueue) -> Callable[[], None]:
        """Keeps a slot; what gives it back."""
        slots = self.slots[queue.name]
        slots.take(queue.clinic)
        return partial(slots.free, queue.clinic)

    async def _begin(
        self,
        clinic: ClinicId,
        task: Task,
        taken: Instant,
        work: Callable[[], Awaitable[None]],
        free: Callable[[], None],
        *also: Task,
    ) -> None:
        """Take it and do it beside this loop. Its slot is kept from before, so that nobody else has it."""
        due = task.at or 0
        try:
            await self.store.commit(clinic, [TaskStill(task.name, due), Task(task.name, taken), *also])
        except BaseException:
            free()
            raise
        kind = kind_of(task.name)
        self.metrics.job_lag.labels(job=kind).observe(max(0, self.clock() - due) / SECOND)
        doing = asyncio.create_task(self._do(clinic, task.name, taken, work), name=f"task {kind}")
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
            log.debug("a task is left to its next time")
        except Exception:
            log.exception("a task failed; it is tried again")
            await self._put_off(clinic, name, taken)

    async def _put_off(self, clinic: ClinicId, name: str, taken: Instant) -> None:
        again = Task(name, self.clock() + FAILED_TASK_AGAIN)
        try:
            await self.store.commit(clinic, [TaskStill(name, taken), again])
        except (Conflict, Unavailable):
            log.debug("a task is left to its next time")

    async def _run_internal(self, clinic: ClinicId, name: str, taken: Instant) -> None:
        kind, number = kind_of(name), about(name)
        if name == OUTBOX:
            await self.dispatch.hand_on(clinic, taken, self.clock())
        elif name == BACKFILL:
            await self.backfill.run(clinic, taken, self.clock())
        elif kind == HOLD_EXPIRY:
            await self.expiries.run(clinic, AppointmentNo(number), taken, self.clock())
        elif kind == CLASH:
            await self.clashes.run(clinic, number, taken, self.clock())
        elif kind == DEAD_LETTERS:
            await self.dispatch.to_dead_letters(clinic, HookNo(number), taken, self.clock())
        else:
            await self.reminders.run(clinic, AppointmentNo(number), taken, self.clock())

    async def close(self) -> None:
        """Stop: what is under way is taken up by another process, when it is no longer taken."""
        for each in list(self.running):
            each.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        await self.sender.close()
