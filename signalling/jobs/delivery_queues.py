"""One delivery queue in hand: what waits in it is sent one after the other (F6)."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from rooms.events import HookNo
from rooms.ids import ClinicId
from rooms.outgoing import MAIL, Task, TaskStill, delivery_queue_task
from rooms.ports import Store
from rooms.service.messages.dispatch import Dispatch, ToHook, Work
from rooms.times import SECOND, Instant
from signalling.jobs.message_sender import MessageSender
from signalling.jobs.receivers import AttemptSlot, Receivers
from signalling.metrics import Metrics
from signalling.outbound.delivery_result import DeliveryResult

TASK_TAKEN_FOR = 60 * SECOND
"""How long a task is kept from others: one message takes 20 s at most, ten batches of healing less."""


@dataclass(frozen=True, slots=True)
class DeliveryQueue:
    """`due`: since when it waited. `slot`: its place at the receiver, where it is a webhook's."""

    clinic: ClinicId
    hook: HookNo
    subject: str
    due: Instant
    taken: Instant
    slot: AttemptSlot | None = None

    @property
    def task(self) -> str:
        """Its task."""
        return delivery_queue_task(self.hook, self.subject)


class DeliveryQueues:
    """What can be done with one."""

    def __init__(
        self,
        store: Store,
        dispatch: Dispatch,
        sender: MessageSender,
        receivers: Receivers,
        metrics: Metrics,
        clock: Callable[[], Instant],
    ) -> None:
        self.store, self.dispatch, self.sender = store, dispatch, sender
        self.receivers, self.metrics, self.clock = receivers, metrics, clock

    async def run(self, queue: DeliveryQueue) -> None:
        """One after the other, until the queue is empty, one failed, or the time for it is over. Raises
        `Conflict`, `Unavailable`.
        """
        again = None
        while again is None and self.clock() < queue.taken - TASK_TAKEN_FOR // 2:
            work = await self.dispatch.open(queue.clinic, queue.hook, queue.subject)
            if work is None:
                if await self.dispatch.close_queue(queue.clinic, queue.hook, queue.subject, queue.taken):
                    return
            elif not await self._send(queue, work):
                return
            elif queue.slot is not None and self.receivers.is_backing_off(queue.slot.key):
                again = queue.due  # the next in it has waited as long, and is no second probe
        at = self.clock() if again is None else again
        await self.store.commit(queue.clinic, [TaskStill(queue.task, queue.taken), Task(queue.task, at)])

    async def give_up(self, queue: DeliveryQueue) -> None:
        """All that has waited in it for as long as anything is tried becomes a dead letter, untried: its
        receiver hangs. Raises `Conflict`, `Unavailable`.
        """
        while (message := (await self.store.head(queue.clinic, queue.hook, queue.subject))[0]) is not None:
            await self.dispatch.failed(
                queue.clinic, queue.hook, message, self.clock(), why="timeout", since=queue.due
            )
        await self.dispatch.close_queue(queue.clinic, queue.hook, queue.subject, queue.due)

    async def _send(self, queue: DeliveryQueue, work: Work) -> bool:
        """Whether the next may be tried."""
        if isinstance(work, ToHook) and queue.slot is not None:
            self.receivers.seen(queue.slot.key, work.hook.version)
            self.receivers.again(queue.slot)
        tried_at = self.clock()
        result = await self.sender.send(work, tried_at)
        target = "mail" if queue.hook == MAIL else "webhook"
        self.metrics.messages.labels(target=target, result=result.reason).inc()
        if queue.slot is not None:
            self.receivers.judge(queue.slot, result)
        if result.ok:
            await self.dispatch.arrived(queue.clinic, queue.hook, work.message, self.clock(), result.status)
            return True
        if isinstance(work, ToHook) and result.reason == "gone":
            await self.dispatch.gone(queue.clinic, work.hook, work.message, self.clock(), result.status)
            return True
        return await self._failed(queue, work, result, tried_at) == "given up"

    async def _failed(
        self, queue: DeliveryQueue, work: Work, result: DeliveryResult, tried_at: Instant
    ) -> str:
        return await self.dispatch.failed(
            queue.clinic,
            queue.hook,
            work.message,
            self.clock(),
            why=result.reason,
            status=result.status,
            final=result.final,
            chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
            wait=result.wait,
            since=queue.due,
            tried_at=tried_at,
        )
