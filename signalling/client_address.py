"""Who is calling: the client's address, believed only as far as our own proxies vouch for it."""

import ipaddress
from collections.abc import Iterable, Sequence
from itertools import chain

from aiohttp import web

from signalling import ip
from signalling.ip import IpAddress, IpNetwork

HOPS_READ = 20
"""Hops read of X-Forwarded-For, counted from our end; a longer chain than any real one is somebody's game."""


def client_address(request: web.BaseRequest, trusted: Sequence[IpNetwork]) -> str:
    """The client's address; empty where the peer has none (a unix socket) and no proxy names one.

    X-Forwarded-For is read from right to left and only past peers in `trusted` (CONSULTROOM_TRUSTED_PROXIES):
    what a client writes into the header itself stands left of what our proxy appended and is never reached.
    """
    peer = _address(request.remote or "")
    if peer is None or not _within(peer, trusted):
        return str(peer or "")
    return str(_first_untrusted(peer, request.headers.getall("X-Forwarded-For", []), trusted))


def _first_untrusted(peer: IpAddress, headers: Sequence[str], trusted: Sequence[IpNetwork]) -> IpAddress:
    """The nearest hop that is not ours; at an entry that is no address, the hop that passed it on answers for
    it.
    """
    nearest = peer
    for text in _from_right(headers):
        hop = _address(text)
        if hop is None:
            break
        nearest = hop
        if not _within(hop, trusted):
            break
    return nearest


def _from_right(headers: Sequence[str]) -> Iterable[str]:
    hops = list(chain.from_iterable(header.split(",") for header in headers))
    return reversed(hops[-HOPS_READ:])


def _address(text: str) -> IpAddress | None:
    """`::ffff:192.0.2.1` is 192.0.2.1: one client, one limit, however the socket was bound."""
    address = ip.parse(text.strip().strip("[]").partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _within(address: IpAddress, networks: Sequence[IpNetwork]) -> bool:
    return any(address in network for network in networks)


def is_within(address: str, networks: Sequence[IpNetwork]) -> bool:
    """Whether it is an address of one of these networks."""
    parsed = _address(address) if networks else None
    return parsed is not None and _within(parsed, networks)


def is_loopback(address: str) -> bool:
    """Whether it is this machine, or a unix socket, which has none."""
    parsed = _address(address)
    return parsed is None or parsed.is_loopback


def limit_key(address: str) -> str:
    """What a limit per address counts by: an IPv6 customer has a whole /64 to choose addresses from."""
    parsed = _address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return address if parsed is None else str(parsed)
