"""`rooms.ports.Store` on Redis: one server, or one node of a Cluster; fakeredis in quick tests."""

from collections.abc import Callable, Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from rooms.changes import Change
from rooms.ids import ClinicId
from rooms.ports import Conflict, Repeated
from rooms.store.connection import NamedConnection, NamedTlsConnection, Resolve
from rooms.store.outgoing_plan import plan
from rooms.store.outgoing_reads import OutgoingReads
from rooms.store.pipeline import CONNECT_TIMEOUT, Pipeline
from rooms.store.pubsub import RedisPubSub
from rooms.store.reads import RecordReads
from rooms.store.retry_queue import QueuedRetry, RetryQueue
from rooms.store.safety import Safety
from rooms.store.scripts import COMMIT_SCRIPT


class RedisStore(RecordReads, OutgoingReads, Safety):
    """Everything a process stores and reads, on one connection. It belongs to the loop that first uses it."""

    def __init__(self, pipeline: Pipeline) -> None:
        Safety.__init__(self, pipeline)  # and so those of the others, which only keep the pipeline
        self._retries = RetryQueue()

    async def commit(self, clinic: ClinicId, changes: Sequence[Change]) -> None:
        """See `rooms.ports.Store.commit`. A record dropped and made again begins at version 1 again."""
        made = plan(clinic, changes)
        if not made.keys:
            return
        script, echo = self._pipeline.script(COMMIT_SCRIPT, made.keys, *made.args)
        before, hints = made.before + made.hints, made.hints
        *replies, count = await self._pipeline.calls([*before, script, *hints, self._counting])
        self._count(count)
        self._had_clinics = True
        said, *rest = self._pipeline.echoed(replies[len(before)], echo)
        if said != b"ok":
            raise Repeated if rest == [made.repeats] else Conflict(self._retries.at(made.compared(rest[0])))

    def retry_ticket(self, clinic: ClinicId, about: str) -> QueuedRetry:
        """See `rooms.ports.Store.retry_ticket`."""
        return self._retries.at(f"{clinic} {about}")

    async def close(self) -> None:
        """Refuse what is waiting and hang up."""
        await self._pipeline.close()


def connect(url: str, resolve: Resolve | None = None) -> RedisStore:
    """A store on `redis://`, `rediss://` or `unix://` (`CONSULTROOM_REDIS_URL`); it connects when first used.
    `resolve` looks up the host's name; None: in one of the loop's threads.

    Raises `ValueError` for another scheme or a malformed URL.
    """
    return RedisStore(Pipeline(_connections(url, resolve)()))


def connect_pubsub(url: str, resolve: Resolve | None = None) -> RedisPubSub:
    """Letters between processes on the same Redis; it connects when first used. Raises as `connect`."""
    connections = _connections(url, resolve)
    return RedisPubSub(Pipeline(connections()), connections)


_NAMED: dict[type[AbstractConnection], type[AbstractConnection]] = {
    Connection: NamedConnection,
    SSLConnection: NamedTlsConnection,
}


def _connections(url: str, resolve: Resolve | None) -> Callable[[], AbstractConnection]:
    options: dict[str, Any] = {**parse_url(url)}
    kind: type[AbstractConnection] = options.pop("connection_class", Connection)
    # RESP2: scores come as text. No retries: they re-send what may have been done. No
    # timeout for each read: the pipeline has one for the whole batch.
    options |= {
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
        "socket_timeout": None,
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "decode_responses": False,
    }
    if resolve is not None and kind in _NAMED:
        kind, options["resolve"] = _NAMED[kind], resolve
    return lambda: kind(**options)
