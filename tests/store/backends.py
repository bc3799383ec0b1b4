"""The three Redises every test of the store runs on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import fakeredis
from redis.asyncio.connection import AbstractConnection

from rooms.store import RedisPubSub, RedisStore, connect
from rooms.store.pipeline import Arg, Pipeline
from tests.support.redis_server import RedisServer, redis_server

NAMES = ("fakeredis", "redis", "cluster")


class Backend:
    """One Redis. Each `store()` is a connection of its own, as another process would have."""

    def __init__(
        self, name: str, connection: Callable[[], AbstractConnection], server: RedisServer | None
    ) -> None:
        self.name = name
        self.server = server
        self._connection = connection

    def lane(self) -> Pipeline:
        """A lane on a new connection; to be closed."""
        return Pipeline(self._connection())

    def store(self) -> RedisStore:
        """A store on a new connection; to be closed."""
        return RedisStore(self.lane())

    def post(self) -> RedisPubSub:
        """Letters over connections of its own; to be closed."""
        return RedisPubSub(self.lane(), self._connection)

    async def ask(self, *command: Arg) -> Any:
        """One command, past the store."""
        lane = self.lane()
        try:
            return await lane.call(*command)
        finally:
            await lane.close()


@contextmanager
def backend(name: str) -> Iterator[Backend]:
    """A running one of that name."""
    if name == "fakeredis":
        pool = fakeredis.FakeAsyncRedis(
            server=fakeredis.FakeServer(), protocol=2, socket_timeout=None
        ).connection_pool
        yield Backend(name, pool.make_connection, None)
        return
    with redis_server(cluster=name == "cluster") as server:
        # What `connect` sets up is what is tested.
        yield Backend(name, lambda: connect(server.url)._pipeline._connection, server)
