"""`signalling.client_address`: whose address counts."""

from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from signalling.client_address import client_address, limit_key

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]


def seen(peer: str, *forwarded: str, trusted: bool = True) -> str:
    """The address taken from a request of `peer` with these X-Forwarded-For headers."""
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    return client_address(request, PROXIES if trusted else [])


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        # A stranger's own header counts for nothing.
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        # What the client claimed stands left of what our proxy saw.
        ("10.0.0.1", ["192.0.2.77, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.77", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["nonsense, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("2001:db8::1", ["[2001:4860::8888]"], "2001:4860::8888"),
        ("10.0.0.1", [", ".join(["198.51.100.1"] + ["10.0.0.2"] * 30)], "10.0.0.2"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_nearest_address_not_ours(peer: str, forwarded: list[str], expected: str) -> None:
    assert seen(peer, *forwarded) == expected


def test_nothing_is_believed_without_trusted_proxies() -> None:
    assert seen("10.0.0.1", "198.51.100.1", trusted=False) == "10.0.0.1"


def test_one_ipv6_customer_is_one_caller() -> None:
    assert limit_key("2001:db8:1:2:3:4:5:6") == limit_key("2001:db8:1:2::1") == "2001:db8:1:2::"
    assert limit_key("198.51.100.1") == "198.51.100.1"
