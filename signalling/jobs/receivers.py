"""How each webhook's receiver does, and how many tries at it may be under way: one that hangs holds only its
own.

A process remembers this by itself and learns it anew after a start, which costs two tries at each that hangs.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from rooms.events import HookNo
from rooms.ids import ClinicId
from rooms.service.posting import LONGEST_WAIT, delay
from rooms.times import SECOND
from signalling.metrics import Metrics
from signalling.outbound.answered import Answered

SLOW = 3.0
"""Seconds after which a try counts as hanging: by Standard Webhooks they answer first and work later."""

OF_ONE = 8
"""Tries at a receiver that answers, at one time: four processes with a bulk import leave it a life."""

EXPRESS = 4
"""More of them for what goes before the rest."""

UNPROVEN = 2
"""Tries at one that has yet to answer: two that hang are what it takes to let it rest."""

ANSWERING = 128
"""Tries under way at receivers that answer, of all clinics."""

DOUBTED = 256
"""Tries under way at all others. A socket and 50 kB each; beyond, they wait for one another."""

LONGEST_REST = 4
"""Rests grow by the retries' delays up to this one: 5 minutes and what chance adds."""

LOOK_AGAIN = 5.0
"""Seconds between looks whether a resting receiver's webhook was PUT anew, to a better address perhaps."""

REMEMBERED = 10_000
"""Receivers; beyond, those that nothing is under way at are forgotten and proven anew."""

Key = tuple[ClinicId, HookNo]

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Try:
    """A slot at a receiver, where one is sent after the other. `began` is the present one's."""

    key: Key
    began: float
    is_doubted: bool


@dataclass(eq=False, slots=True)
class _Receiver:
    has_answered: bool = False
    hung: int = 0
    """Tries in a row that hung."""
    rests_until: float = 0.0
    look_at: float = 0.0
    version: int | None = None
    under_way: set[Try] = field(default_factory=set)


class Receivers:
    """`clock`: seconds, never set back."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float]) -> None:
        self._metrics, self._clock = metrics, clock
        self._known: dict[Key, _Receiver] = {}
        self._answering = self._doubted = 0

    def count(self) -> None:
        """How many are under way by now, before one looks for room."""
        tries = [each for one in self._known.values() for each in one.under_way]
        fresh = self._clock() - SLOW
        self._doubted = sum(each.is_doubted or each.began < fresh for each in tries)
        self._answering = len(tries) - self._doubted
        self._metrics.webhooks_resting.set(sum(one.hung >= UNPROVEN for one in self._known.values()))
        if len(self._known) > REMEMBERED:
            self._known = {key: one for key, one in self._known.items() if one.under_way}

    def room(self, key: Key, *, express: bool = False) -> int:
        """How many more tries there may be now."""
        one = self._known.get(key) or _Receiver()
        under_way = len(one.under_way)
        if self.is_resting(key):
            return 0
        if self._is_doubted(one):
            most = 1 if one.hung >= UNPROVEN else UNPROVEN
            return max(0, min(most - under_way, DOUBTED - self._doubted))
        most, of_all = (OF_ONE + EXPRESS, ANSWERING * 2) if express else (OF_ONE, ANSWERING)
        return max(0, min(most - under_way, of_all - self._answering))

    def is_resting(self, key: Key) -> bool:
        """Whether nothing is tried for now: it hung again and again, or asked for it."""
        one = self._known.get(key)
        return one is not None and self._clock() < one.rests_until

    def has_hung(self, key: Key) -> bool:
        """Whether one probe after the other is all there is, until it answers."""
        one = self._known.get(key)
        return one is not None and one.hung >= UNPROVEN

    def is_to_be_looked_at(self, key: Key) -> bool:
        """Whether it is time to see if a resting one's webhook is another by now (`seen`)."""
        one = self._known[key]
        if self._clock() < one.look_at:
            return False
        one.look_at = self._clock() + LOOK_AGAIN
        return True

    def seen(self, key: Key, version: int | None) -> None:
        """The webhook is at this version, or gone: another one is not the one that hung."""
        one = self._known.setdefault(key, _Receiver())
        if one.version is not None and one.version != version:
            one.has_answered, one.hung, one.rests_until = False, 0, 0.0
        one.version = version

    def begin(self, key: Key) -> Try:
        """A slot is taken; give it back by `end`."""
        one = self._known.setdefault(key, _Receiver())
        made = Try(key, self._clock(), self._is_doubted(one))
        one.under_way.add(made)
        if made.is_doubted:
            self._doubted += 1
        else:
            self._answering += 1
        return made

    def again(self, slot: Try) -> None:
        """In it, the next try begins."""
        slot.began = self._clock()

    def end(self, slot: Try) -> None:
        """It is free."""
        self._known[slot.key].under_way.discard(slot)

    def judge(self, slot: Try, answered: Answered) -> None:
        """What the try that began last says of the receiver."""
        one, took = self._known[slot.key], self._clock() - slot.began
        if not answered.ok and took >= SLOW:
            self._hung(one, slot.key, answered.why)
            return
        if one.hung >= UNPROVEN:
            log.info("webhook %s answers again", slot.key[1])
        one.has_answered, one.hung, slot.is_doubted = True, 0, False
        if answered.wait and answered.status in (429, 503):
            # Said of the receiver, so that what else waits for it waits, too.
            one.rests_until = self._clock() + min(answered.wait, LONGEST_WAIT) / SECOND

    def _hung(self, one: _Receiver, key: Key, why: str) -> None:
        one.hung += 1
        if one.hung == UNPROVEN:
            log.warning("webhook %s rests, for it hung twice: %s", key[1], why)
        if one.hung >= UNPROVEN:
            count = min(one.hung - UNPROVEN + 1, LONGEST_REST)
            chance = random.random()  # noqa: S311 - spreads tries, guards nothing
            one.rests_until = self._clock() + delay(count, chance) / SECOND

    def _is_doubted(self, one: _Receiver) -> bool:
        fresh = self._clock() - SLOW
        hanging = sum(each.began < fresh for each in one.under_way)
        return not one.has_answered or one.hung > 0 or hanging >= UNPROVEN
