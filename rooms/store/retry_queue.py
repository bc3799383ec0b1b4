"""Who comes second at something waits its turn on this process, and backs off from other processes.

Most commands meet nobody: they load, decide and commit without a word to anybody else. Where a commit finds
that something has changed, its `Conflict` names the place, and whoever came second there is let through one
after the other, so that a crowd costs each of them one wasted try and not one for each of the crowd. Between
processes nobody queues: they wait at random, longer each time.
"""

import asyncio
import random
from contextvars import ContextVar, Token
from typing import Final
from weakref import WeakValueDictionary

from rooms.errors import Contended

RETRY_PATIENCE: Final = 20.0
"""Seconds from the first time that somebody else was faster. A crowd of 96 is through in less, also on a busy
machine, and booking services give up at 30."""

FIRST_BACKOFF: Final = 0.002
"""Seconds waited at most after the first loss: about what the other's commit takes. Doubled each time."""

LONGEST_BACKOFF: Final = 0.1
"""Seconds waited at most at once: with more, the last of a few processes would be idle while nobody is
there."""

_chance: Final = random.Random()  # noqa: S311 - nothing hangs on its being hard to guess


_has_turn: Final = ContextVar("has_turn", default=False)
"""Whether this task waited for its turn at one place: a command within its command does not queue at a
second, where somebody may wait for the first."""


class RetryQueue:
    """One process's. A lock for each place, for as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def at(self, place: str) -> "QueuedRetry":
        """Of a command that came second there just now."""
        lock = self._locks.get(place)
        if lock is None:
            lock = self._locks[place] = asyncio.Lock()
        return QueuedRetry(lock)


class QueuedRetry:
    """`rooms.ports.RetryTicket`. Cancelled while it waits, it holds nobody up."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock, self._most = lock, FIRST_BACKOFF
        self._deadline = asyncio.get_running_loop().time() + RETRY_PATIENCE
        self._token: Token[bool] | None = None

    async def __aenter__(self) -> None:
        if _has_turn.get():
            return
        try:
            async with asyncio.timeout_at(self._deadline):
                await self._lock.acquire()
        except TimeoutError:
            raise Contended from None
        self._token = _has_turn.set(True)

    async def __aexit__(self, *raised: object) -> None:
        if self._token is not None:
            _has_turn.reset(self._token)
            self._lock.release()

    async def lost(self) -> None:
        """See `Retry.lost`."""
        if asyncio.get_running_loop().time() >= self._deadline:
            raise Contended
        await asyncio.sleep(_chance.uniform(0, self._most))
        self._most = min(2 * self._most, LONGEST_BACKOFF)
