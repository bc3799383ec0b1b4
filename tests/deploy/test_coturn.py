"""The coturn configuration we ship, on a real coturn: whom it serves, and that it is no way into a network
(E2).
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aioice import stun, turn

from tests.support.coturn import SHIPPED, Coturn, denied

FAMILIES = {4: ("127.0.0.1", ()), 6: ("::1", ("allocation-default-address-family=ipv6",))}
"""Where it listens, and what makes it relay from there."""

PUBLIC = {4: ("8.8.8.8", "11.0.0.1", "223.255.255.255"), 6: ("2a00:1450::1", "2606:4700::1111")}
"""Addresses that a browser may have. Nothing is sent to them: only permission is asked for."""

SPECIAL = {
    4: ("10.1.2.3", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.1.2.3"),
    6: ("::1", "::", "fd00::1", "fe80::1", "64:ff9b::10.0.0.1", "2002:a00:1::", "::10.0.0.1"),
}
"""Where the interesting things of a network are; each is in a denied range."""

MAPPED = tuple(f"::ffff:{address}" for address in (*SPECIAL[4], "8.8.8.8", "255.255.255.255"))
"""IPv4-mapped ones were let past in coturn before 4.9.0 (CVE-2026-27624)."""

Client = turn.TurnClientUdpProtocol


@asynccontextmanager
async def allocated(coturn: Coturn, user: str, password: str) -> AsyncIterator[Client]:
    """An allocation, as a browser makes it."""
    server = (coturn.address, coturn.port)
    _, client = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Client(server, user, password, lifetime=600, channel_refresh_time=500), remote_addr=server
    )
    try:
        await client.connect()
        yield client
    finally:
        if client.refresh_task is None:
            client.transport.close()
        else:
            await client.delete()


async def permission(client: Client, peer: str) -> int:
    """The error code of CREATE_PERMISSION; 0 where it is given."""
    asked = stun.Message(message_method=stun.Method.CREATE_PERMISSION, message_class=stun.Class.REQUEST)
    asked.attributes["XOR-PEER-ADDRESS"] = (peer, 40_000)
    try:
        await client.request_with_retry(asked)
    except stun.TransactionFailed as refused:
        return refused.response.error_code or -1
    return 0


async def channel(client: Client, number: int, peer: str) -> int:
    """The same of CHANNEL_BIND."""
    try:
        await client.channel_bind(number, (peer, 40_000))
    except stun.TransactionFailed as refused:
        return refused.response.error_code or -1
    return 0


def ends(family: int) -> list[str]:
    """First and last address of every denied range of a family."""
    found = [end for ends in denied() for end in ends]
    return [each for each in found if ipaddress.ip_address(each).version == family]


@pytest.mark.parametrize("family", [4, 6])
async def test_no_address_that_is_not_public_is_relayed_to(family: int) -> None:
    address, extra = FAMILIES[family]
    peers = [*ends(family), *SPECIAL[family], *(MAPPED if family == 6 else ())]
    with Coturn(address=address, peers=(), extra=extra) as coturn:
        async with allocated(coturn, *coturn.credential()) as client:
            assert client.relayed_address is not None
            assert client.relayed_address[0] == address
            answers = {peer: await permission(client, peer) for peer in peers}
            assert set(answers.values()) == {403}, answers
            bound = {peer: await channel(client, 0x4000 + n, peer) for n, peer in enumerate(peers)}
            assert set(bound.values()) == {403}, bound
            for n, peer in enumerate(PUBLIC[family]):
                assert await permission(client, peer) == 0, f"{peer} is public"
                assert await channel(client, 0x4800 + n, peer) == 0, f"{peer} is public"


async def test_only_a_credential_of_ours_that_has_not_expired_is_served() -> None:
    with Coturn() as coturn:
        refused = {"expired": coturn.credential(-10), "foreign": coturn.credential(secret="somebody else's")}
        for user, password in refused.values():
            with pytest.raises(stun.TransactionFailed, match="401"):
                async with allocated(coturn, user, password):
                    pass
        async with allocated(coturn, *coturn.credential()) as client:
            assert client.relayed_address is not None


def test_every_special_purpose_range_of_the_registries_is_denied() -> None:
    """By Python's copy of the IANA registries, at an address of every /8 of IPv4 and of what is special."""
    documentation = ["192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"]
    asked = [*SPECIAL[4], *SPECIAL[6], *documentation, *(f"{first}.0.0.1" for first in range(256))]
    for each in map(ipaddress.ip_address, asked):
        is_denied = any(_holds(low, high, each.packed) for low, high in denied()) or each.is_unspecified
        assert is_denied or (each.is_global and not each.is_multicast), each


def _holds(low: str, high: str, packed: bytes) -> bool:
    first, last = ipaddress.ip_address(low).packed, ipaddress.ip_address(high).packed
    return len(first) == len(packed) and first <= packed <= last


def test_what_must_not_be_forgotten_is_there() -> None:
    lines = set(SHIPPED.read_text().splitlines())
    assert {"use-auth-secret", "no-cli", "no-multicast-peers", "stale-nonce=600"} <= lines
    assert not [
        line for line in lines if line.startswith(("allow-loopback-peers", "allowed-peer-ip", "user="))
    ]
