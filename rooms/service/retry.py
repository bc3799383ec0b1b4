"""Reading and deciding again, as long as somebody else's commit comes first."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from rooms.errors import Unavailable
from rooms.ports import Conflict, RetryTicket

P = ParamSpec("P")
T = TypeVar("T")


MAX_ATTEMPTS = 100
"""Where what was read did not fit together, and no commit says what about: the next reading is another."""


async def until_consistent(command: Callable[[], Awaitable[T]], ticket: RetryTicket | None = None) -> T:
    """Load and decide again as long as somebody else's commit comes first: in turn, where the store says what
    that was about. `ticket`: in turn from the start, where it is known that a crowd would meet. Raises
    `Unavailable`; `Contended` where others came first for too long.

    Two people at the desk move one visit at once. Both have read version 7; one commit writes 8, the other
    finds that 7 is gone and writes nothing. It must not be written with the new number in it either, for it
    was decided on what is no more: perhaps the visit has been cancelled. So everything is read and decided
    again, and may be refused. Where a crowd meets at one thing, such as a sync of 96 appointments of one
    practitioner, all but one would come second again and again, and the unluckiest never come through; so
    whoever came second once waits for their turn among those of this process.
    """
    if ticket is not None:
        return await _with_ticket(command, ticket)
    for _ in range(MAX_ATTEMPTS):
        try:
            return await command()
        except Conflict as conflict:
            if conflict.ticket is not None:
                return await _with_ticket(command, conflict.ticket)
    raise Unavailable


def retried(command: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """A command that loads and decides again, all of it, as `until_consistent` does."""

    @wraps(command)
    async def until_written(*args: P.args, **kwargs: P.kwargs) -> T:
        return await until_consistent(lambda: command(*args, **kwargs))

    return until_written


async def _with_ticket(command: Callable[[], Awaitable[T]], ticket: RetryTicket) -> T:
    unfit = 0
    async with ticket:
        while unfit < MAX_ATTEMPTS:
            try:
                return await command()
            except Conflict as conflict:
                if conflict.ticket is None:
                    unfit += 1
                else:
                    await ticket.lost()
    raise Unavailable
