"""Names to addresses, once for each connection, and only to where webhooks may go.

A name may be public when it is registered and loopback when we connect (DNS rebinding). So the addresses that
were looked at are the ones connected to: aiohttp asks no resolver again in between.
"""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from signalling import ip
from signalling.outbound.addresses import is_named, is_public
from signalling.outbound.settings import AllowedHosts


class ForbiddenAddress(OSError):
    """The name leads to somewhere webhooks may not go. An `OSError`, as aiohttp expects of a resolver."""


class GuardedResolver(AbstractResolver):
    """Another resolver's answers, if every one of them may be reached.

    All of them, because which of several is connected to is decided by who answers first.
    """

    def __init__(self, allow: AllowedHosts, inner: AbstractResolver) -> None:
        self._allow, self._inner = allow, inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises `ForbiddenAddress`, or `OSError` where there is no address."""
        found = await self._inner.resolve(host, port, family)
        if not all(self._is_permitted(host.lower(), each["host"]) for each in found):
            raise ForbiddenAddress(None, "Webhooks may not go there")
        return found

    def _is_permitted(self, host: str, text: str) -> bool:
        address = ip.parse(text)
        if address is None:  # with a scope (fe80::1%eth0), or no address: it would be resolved again
            return False
        return is_named(self._allow, host, address) or is_public(address)

    async def close(self) -> None:
        """Nothing: the other one belongs to whoever made it."""
