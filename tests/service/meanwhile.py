"""What somebody else does between a command's reading and its writing, or right after it."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from rooms.changes import Change
from rooms.ids import ClinicId
from rooms.store import RedisStore

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
