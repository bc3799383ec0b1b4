"""How each webhook's receiver does, and how many attempts at it may be under way: one that hangs holds only
its own.

A process remembers this by itself and learns it anew after a start, which costs two attempts at each
that hangs.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from rooms.events import HookNo
from rooms.ids import ClinicId
from rooms.service.messages.dispatch import LONGEST_RETRY_AFTER, retry_delay
from rooms.times import SECOND
from signalling.metrics import Metrics
from signalling.outbound.delivery_result import DeliveryResult

HANGING_AFTER = 3.0
"""Seconds after which an attempt counts as hanging: by Standard Webhooks they answer first and work later."""

ATTEMPTS_AT_ONE = 8
"""Attempts at a receiver that answers, at one time: four processes with a bulk import leave it a life."""

EXPRESS_ATTEMPTS = 4
"""More of them for what goes before the rest."""

UNPROVEN_ATTEMPTS = 2
"""Attempts at one that has yet to answer: two that hang are what it takes to back off from it."""

ATTEMPTS_AT_ANSWERING = 128
"""Attempts under way at receivers that answer, of all clinics."""

ATTEMPTS_AT_DOUBTED = 256
"""Attempts under way at all others. A socket and 50 kB each; beyond, they wait for one another."""

BACKOFF_STEPS = 4
"""Backing off grows by the retries' delays up to this one: 5 minutes and what chance adds."""

WEBHOOK_CHECKED_EVERY = 5.0
"""Seconds between looks whether the webhook of a receiver that is backed off from was PUT anew, to a better
address perhaps."""

RECEIVERS_REMEMBERED = 10_000
"""Receivers; beyond, those that nothing is under way at are forgotten and proven anew."""

ReceiverKey = tuple[ClinicId, HookNo]

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class AttemptSlot:
    """A slot at a receiver, where one is sent after the other. `began` is the present one's."""

    key: ReceiverKey
    began: float
    is_doubted: bool


@dataclass(eq=False, slots=True)
class _Receiver:
    has_answered: bool = False
    hung: int = 0
    """Attempts in a row that hung."""
    backs_off_until: float = 0.0
    look_at: float = 0.0
    version: int | None = None
    under_way: set[AttemptSlot] = field(default_factory=set)


class Receivers:
    """`clock`: seconds, never set back."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float]) -> None:
        self._metrics, self._clock = metrics, clock
        self._known: dict[ReceiverKey, _Receiver] = {}
        self._under_way: set[AttemptSlot] = set()
        self._hanging: set[ReceiverKey] = set()
        self._answering = self._doubted = 0

    def count(self) -> None:
        """How many are under way by now, before one looks for room."""
        fresh = self._clock() - HANGING_AFTER
        self._doubted = sum(each.is_doubted or each.began < fresh for each in self._under_way)
        self._answering = len(self._under_way) - self._doubted
        if len(self._known) > RECEIVERS_REMEMBERED:
            self._known = {key: one for key, one in self._known.items() if one.under_way}
            self._hanging = {key for key in self._hanging if key in self._known}
        self._metrics.webhooks_backing_off.set(len(self._hanging))

    def room(self, key: ReceiverKey, *, express: bool = False) -> int:
        """How many more attempts there may be now."""
        one = self._known.get(key) or _Receiver()
        under_way = len(one.under_way)
        if self.is_backing_off(key):
            return 0
        if self._is_doubted(one):
            most = 1 if one.hung >= UNPROVEN_ATTEMPTS else UNPROVEN_ATTEMPTS
            return max(0, min(most - under_way, ATTEMPTS_AT_DOUBTED - self._doubted))
        most, of_all = (
            (ATTEMPTS_AT_ONE + EXPRESS_ATTEMPTS, ATTEMPTS_AT_ANSWERING * 2)
            if express
            else (ATTEMPTS_AT_ONE, ATTEMPTS_AT_ANSWERING)
        )
        return max(0, min(most - under_way, of_all - self._answering))

    def is_backing_off(self, key: ReceiverKey) -> bool:
        """Whether nothing is attempted for now: it hung again and again, or asked for it."""
        one = self._known.get(key)
        return one is not None and self._clock() < one.backs_off_until

    def has_hung(self, key: ReceiverKey) -> bool:
        """Whether one probe after the other is all there is, until it answers."""
        return key in self._hanging

    def is_to_be_looked_at(self, key: ReceiverKey) -> bool:
        """Whether it is time to see if the webhook of one that is backed off from is another by now
        (`seen`)."""
        one = self._known[key]
        if self._clock() < one.look_at:
            return False
        one.look_at = self._clock() + WEBHOOK_CHECKED_EVERY
        return True

    def seen(self, key: ReceiverKey, version: int | None) -> None:
        """The webhook is at this version, or gone: another one is not the one that hung."""
        one = self._known.setdefault(key, _Receiver())
        if one.version is not None and one.version != version:
            one.has_answered, one.hung, one.backs_off_until = False, 0, 0.0
            self._hanging.discard(key)
        one.version = version

    def begin(self, key: ReceiverKey) -> AttemptSlot:
        """A slot is taken; give it back by `end`."""
        one = self._known.setdefault(key, _Receiver())
        made = AttemptSlot(key, self._clock(), self._is_doubted(one))
        one.under_way.add(made)
        self._under_way.add(made)
        if made.is_doubted:
            self._doubted += 1
        else:
            self._answering += 1
        return made

    def again(self, slot: AttemptSlot) -> None:
        """In it, the next attempt begins."""
        slot.began = self._clock()

    def end(self, slot: AttemptSlot) -> None:
        """It is free."""
        self._known[slot.key].under_way.discard(slot)
        self._under_way.discard(slot)

    def judge(self, slot: AttemptSlot, result: DeliveryResult) -> None:
        """What the attempt that began last says of the receiver."""
        one, took = self._known[slot.key], self._clock() - slot.began
        if not result.ok and took >= HANGING_AFTER:
            self._count_hang(one, slot.key, result.reason)
            return
        if one.hung >= UNPROVEN_ATTEMPTS:
            log.info("webhook %s answers again", slot.key[1])
        one.has_answered, one.hung, slot.is_doubted = True, 0, False
        self._hanging.discard(slot.key)
        if result.wait and result.status in (429, 503):
            # Said of the receiver, so that what else waits for it waits, too.
            one.backs_off_until = self._clock() + min(result.wait, LONGEST_RETRY_AFTER) / SECOND

    def _count_hang(self, one: _Receiver, key: ReceiverKey, reason: str) -> None:
        one.hung += 1
        if one.hung == UNPROVEN_ATTEMPTS:
            log.warning("webhook %s is backed off from, for it hung twice: %s", key[1], reason)
        if one.hung >= UNPROVEN_ATTEMPTS:
            self._hanging.add(key)
            count = min(one.hung - UNPROVEN_ATTEMPTS + 1, BACKOFF_STEPS)
            chance = random.random()  # noqa: S311 - spreads attempts, guards nothing
            one.backs_off_until = self._clock() + retry_delay(count, chance) / SECOND

    def _is_doubted(self, one: _Receiver) -> bool:
        fresh = self._clock() - HANGING_AFTER
        hanging = sum(each.began < fresh for each in one.under_way)
        return not one.has_answered or one.hung > 0 or hanging >= UNPROVEN_ATTEMPTS
