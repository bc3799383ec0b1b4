"""Names to addresses, without threads: a name server that is silent keeps nobody waiting but who asks for its
names. `getaddrinfo` runs in four threads of the whole process, and eight silent look-ups stop them all.

It reads /etc/resolv.conf and /etc/hosts (c-ares), and no other source of /etc/nsswitch.conf.
"""

import asyncio
import socket
from collections.abc import Sequence

import aiodns
import aiohappyeyeballs
from aiohttp.abc import AbstractResolver, ResolveResult

from signalling import ip

LOOKUP_SECONDS = 5.0
"""For one look-up, however many servers are asked: one that works answers in a fraction of one."""

QUERY_SECONDS, QUERY_ATTEMPTS = 1.0, 2
"""For each question to each server: where the first is down, the second has answered within the deadline."""

NEXT_ADDRESS_AFTER = 0.25
"""Seconds until another address of a name is tried beside the first (RFC 8305)."""


class Unresolved(socket.gaierror):
    """There is no address for this name, or nobody says so in time. An `OSError`, as whoever connects
    expects."""


class HostResolver(AbstractResolver):
    """One process's, on the loop that first uses it. `nameservers`, `address:port`, are for tests."""

    def __init__(self, nameservers: Sequence[str] | None = None, *, seconds: float = LOOKUP_SECONDS) -> None:
        self._nameservers, self._seconds = nameservers, seconds
        self._resolver: aiodns.DNSResolver | None = None

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """As aiohttp wants it. Raises `Unresolved`."""
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for each in await self.addresses(host, family)
        ]

    async def addresses(self, host: str, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[str]:
        """All of a host's addresses, IPv4 or IPv6; an address is its own. Raises `Unresolved`."""
        if ip.parse(host) is not None:
            return [host]
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._asked.getaddrinfo(host, family=family, type=socket.SOCK_STREAM)
        except (aiodns.error.DNSError, TimeoutError, UnicodeError):
            raise Unresolved("no address for this name") from None
        if not found.nodes:
            raise Unresolved("no address for this name")
        return [_shown(node.addr) for node in found.nodes]

    async def connected(self, host: str, port: int) -> socket.socket:
        """A socket that is connected to it. Raises `OSError`."""
        places = [_place(each, port) for each in await self.addresses(host)]
        return await aiohappyeyeballs.start_connection(places, happy_eyeballs_delay=NEXT_ADDRESS_AFTER)

    async def close(self) -> None:
        """End what is under way. Used again, it begins anew."""
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    @property
    def _asked(self) -> aiodns.DNSResolver:
        # Made at the first use, because it belongs to a running loop.
        if self._resolver is None:
            self._resolver = aiodns.DNSResolver(
                nameservers=self._nameservers,
                loop=asyncio.get_running_loop(),
                timeout=QUERY_SECONDS,
                tries=QUERY_ATTEMPTS,
            )
        return self._resolver


def _shown(address: tuple[bytes, int] | tuple[bytes, int, int, int]) -> str:
    """With the scope of one that is link-local, which is no address of the internet's."""
    text = address[0].decode("ascii")
    return f"{text}%{address[3]}" if len(address) > 3 and address[3] else text


def _place(address: str, port: int) -> aiohappyeyeballs.AddrInfoType:
    if ":" not in address:
        return socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)
    text, _, scope = address.partition("%")
    return socket.AF_INET6, socket.SOCK_STREAM, 0, "", (text, port, 0, int(scope or 0))
