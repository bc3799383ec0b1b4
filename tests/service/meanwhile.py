"""What somebody else does between a command's reading and its writing, or right after it."""

from collections.abc import Awaitable, Callable, Sequence
from inspect import iscoroutinefunction
from typing import Any, cast

import pytest

from rooms.changes import Change
from rooms.ids import ClinicId
from rooms.ports import Store
from rooms.store import RedisStore

MOST = 60
"""Calls that one command makes of its store, and some to spare."""

Deed = Callable[[], Awaitable[object]]
When = Callable[[Sequence[Change]], bool]


def at_commit(
    patch: pytest.MonkeyPatch,
    store: RedisStore,
    *,
    when: When = bool,
    before: Deed | None = None,
    after: Deed | None = None,
) -> list[Sequence[Change]]:
    """Around the first commit that fits `when`. Answers a list that holds it once it came."""
    commit, seen = store.commit, list[Sequence[Change]]()

    async def watched(clinic: ClinicId, changes: Sequence[Change]) -> None:
        fits = not seen and when(changes)
        if fits:
            seen.append(changes)
        if fits and before:
            await before()
        await commit(clinic, changes)
        if fits and after:
            await after()

    patch.setattr(store, "commit", watched)
    return seen


class Between:
    """A process's store, and what another process does just before the call of it that comes `nth`, counted
    from 0. `came`: whether there was such a call.
    """

    def __init__(self, store: Store, nth: int, deed: Deed) -> None:
        self._store, self._left, self._deed = store, nth, deed
        self.came = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if not iscoroutinefunction(method):
            return method

        async def watched(*args: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left == -1:
                self.came = True
                await self._deed()
            return await method(*args, **options)

        return watched


async def at_every_call(
    store: Store, attempt: Callable[[int, Callable[[Deed], Store]], Awaitable[None]]
) -> int:
    """Run `attempt` once for each call that it makes of its store, with somebody else's deed before that one;
    how often. It is given a number of its own, and what makes its store of the deed.
    """
    for nth in range(MOST):
        made: list[Between] = []

        def with_deed(deed: Deed, nth: int = nth, made: list[Between] = made) -> Store:
            made.append(Between(store, nth, deed))
            return cast(Store, made[0])

        await attempt(nth, with_deed)
        if not made[0].came:
            return nth
    raise AssertionError("it never ends")
