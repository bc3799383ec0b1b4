"""A connection to a Redis that is named: redis-py would look its name up in threads that everything else of a
process waits for, too.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from redis.asyncio.connection import Connection, SSLConnection

Resolve = Callable[[str], Awaitable[list[str]]]
"""A host's addresses. Raises `OSError`."""


class _Resolving(Connection):
    """Looks up, and takes the first address that somebody listens at, by the host's own name in TLS."""

    def __init__(self, *, resolve: Resolve, **options: Any) -> None:
        self._resolve, self._address = resolve, ""
        super().__init__(**options)

    def _connection_arguments(self) -> Mapping[str, Any]:
        arguments = {**super()._connection_arguments(), "host": self._address}
        return arguments | {"server_hostname": self.host} if "ssl" in arguments else arguments

    async def _connect(self) -> None:
        async with asyncio.timeout(self.socket_connect_timeout):
            *others, last = await self._resolve(self.host)
            for self._address in others:
                with contextlib.suppress(OSError):
                    await super()._connect()  # type: ignore[no-untyped-call]  # redis-py has not typed it
                    return
            self._address = last
            await super()._connect()  # type: ignore[no-untyped-call]  # as above


class NamedConnection(_Resolving):
    """`redis://`."""


class NamedTlsConnection(_Resolving, SSLConnection):
    """`rediss://`."""
