"""Messages between processes, by Redis' publish and subscribe: at most once, in order, and nothing is kept.

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
from rooms.store.pipeline import CONNECT_TIMEOUT, Pipeline

LISTENER_SILENCE: Final = 5.0
"""Seconds without any message, and the connection counts as lost: whoever listens writes to itself more often
(a frozen Redis is not noticed by a listener that only waits)."""


class RedisPubSub:
    """Sends on a pipeline of its own, so that a signal never waits behind a commit; listens on another
    connection.
    """

    def __init__(self, pipeline: Pipeline, connect: Callable[[], AbstractConnection]) -> None:
        self._pipeline, self._connect = pipeline, connect

    async def close(self) -> None:
        """Hang up."""
        await self._pipeline.close()

    async def send(self, node: str, message: bytes) -> None:
        """See `rooms.pubsub.PubSub.send`."""
        await self._pipeline.call("PUBLISH", keys.node_channel(node), message)

    async def messages(self, node: str) -> AsyncIterator[bytes]:
        """See `rooms.pubsub.PubSub.messages`."""
        connection = self._connect()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await connection.connect()  # type: ignore[no-untyped-call]  # redis-py has not typed it
                await connection.send_command("SUBSCRIBE", keys.node_channel(node))
            while True:
                async with asyncio.timeout(LISTENER_SILENCE):
                    kind, _, message = await connection.read_response()
                if kind == b"message":
                    yield message
        except (RedisError, OSError, TimeoutError):
            raise Unavailable from None
        finally:
            await connection.disconnect(nowait=True)
