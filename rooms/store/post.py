"""Letters between processes, by Redis' publish and subscribe: at most once, in order, and nothing is kept.

What is lost with a connection is healed by whoever reads: floors are read anew, and two browsers negotiate
again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from rooms.errors import Unavailable
from rooms.store import keys
from rooms.store.batch import CONNECT_TIMEOUT, Lane

SILENCE: Final = 5.0
"""Seconds without any letter, and the connection counts as lost: whoever listens writes to itself more often
(FEASIBILITY 6: a frozen Redis is not noticed by a listener that only waits)."""


class RedisPost:
    """Sends on a lane of its own, so that a signal never waits behind a commit; listens on another
    connection.
    """

    def __init__(self, lane: Lane, connect: Callable[[], AbstractConnection]) -> None:
        self._lane, self._connect = lane, connect

    async def close(self) -> None:
        """Hang up."""
        await self._lane.close()

    async def send(self, node: str, letter: bytes) -> None:
        """See `rooms.ports.Post.send`."""
        await self._lane.call("PUBLISH", keys.post(node), letter)

    async def letters(self, node: str) -> AsyncIterator[bytes]:
        """See `rooms.ports.Post.letters`."""
        connection = self._connect()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await connection.connect()  # type: ignore[no-untyped-call]  # redis-py has not typed it
                await connection.send_command("SUBSCRIBE", keys.post(node))
            while True:
                async with asyncio.timeout(SILENCE):
                    kind, _, letter = await connection.read_response()
                if kind == b"message":
                    yield letter
        except (RedisError, OSError, TimeoutError):
            raise Unavailable from None
        finally:
            await connection.disconnect(nowait=True)
