"""One lane in hand: what is on it is sent one after the other (F6)."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from rooms.events import HookNo
from rooms.ids import ClinicId
from rooms.outgoing import MAIL, Task, TaskStill, lane_task
from rooms.ports import Store
from rooms.service.posting import Posting, ToHook, Work
from rooms.times import SECOND, Instant
from signalling.jobs.carrier import Carrier
from signalling.jobs.receivers import Receivers, Try
from signalling.metrics import Metrics
from signalling.outbound.answered import Answered

TAKEN = 60 * SECOND
"""How long a task is kept from others: one message takes 20 s at most, ten batches of healing less."""


@dataclass(frozen=True, slots=True)
class Lane:
    """`due`: since when it waited. `slot`: its place at the receiver, where it is a webhook's."""

    clinic: ClinicId
    hook: HookNo
    subject: str
    due: Instant
    taken: Instant
    slot: Try | None = None

    @property
    def task(self) -> str:
        """Its task."""
        return lane_task(self.hook, self.subject)


class Lanes:
    """What can be done with one."""

    def __init__(
        self,
        store: Store,
        posting: Posting,
        carrier: Carrier,
        receivers: Receivers,
        metrics: Metrics,
        clock: Callable[[], Instant],
    ) -> None:
        self.store, self.posting, self.carrier = store, posting, carrier
        self.receivers, self.metrics, self.clock = receivers, metrics, clock

    async def run(self, lane: Lane) -> None:
        """One after the other, until the lane is empty, one failed, or the time for it is over. Raises
        `Conflict`, `Unavailable`.
        """
        again = None
        while again is None and self.clock() < lane.taken - TAKEN // 2:
            work = await self.posting.open(lane.clinic, lane.hook, lane.subject)
            if work is None:
                if await self.posting.rest(lane.clinic, lane.hook, lane.subject, lane.taken):
                    return
            elif not await self._send(lane, work):
                return
            elif lane.slot is not None and self.receivers.is_resting(lane.slot.key):
                again = lane.due  # the next on it has waited as long, and is no second probe
        at = self.clock() if again is None else again
        await self.store.commit(lane.clinic, [TaskStill(lane.task, lane.taken), Task(lane.task, at)])

    async def give_up(self, lane: Lane) -> None:
        """All that has waited on it for as long as anything is tried becomes a dead letter, untried: its
        receiver hangs. Raises `Conflict`, `Unavailable`.
        """
        while (parcel := (await self.store.head(lane.clinic, lane.hook, lane.subject))[0]) is not None:
            await self.posting.failed(
                lane.clinic, lane.hook, parcel, self.clock(), why="timeout", since=lane.due
            )
        await self.posting.rest(lane.clinic, lane.hook, lane.subject, lane.due)

    async def _send(self, lane: Lane, work: Work) -> bool:
        """Whether the next may be tried."""
        if isinstance(work, ToHook) and lane.slot is not None:
            self.receivers.seen(lane.slot.key, work.hook.version)
            self.receivers.again(lane.slot)
        tried_at = self.clock()
        answered = await self.carrier.carry(work, tried_at)
        target = "mail" if lane.hook == MAIL else "webhook"
        self.metrics.messages.labels(target=target, result=answered.why).inc()
        if lane.slot is not None:
            self.receivers.judge(lane.slot, answered)
        if answered.ok:
            await self.posting.arrived(lane.clinic, lane.hook, work.parcel, self.clock(), answered.status)
            return True
        if isinstance(work, ToHook) and answered.why == "gone":
            await self.posting.gone(lane.clinic, work.hook, work.parcel, self.clock(), answered.status)
            return True
        return await self._failed(lane, work, answered, tried_at) == "given up"

    async def _failed(self, lane: Lane, work: Work, answered: Answered, tried_at: Instant) -> str:
        return await self.posting.failed(
            lane.clinic,
            lane.hook,
            work.parcel,
            self.clock(),
            why=answered.why,
            status=answered.status,
            final=answered.final,
            chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
            wait=answered.wait,
            since=lane.due,
            tried_at=tried_at,
        )
