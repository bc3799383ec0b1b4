"""Where webhooks may go: everything that is not plainly public is refused, however it is written
(RELIABILITY 3)."""

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from rooms.errors import Invalid
from signalling.outbound.addresses import LONGEST_URL, check_url, is_permitted, is_public, target
from signalling.outbound.settings import AllowedHosts, allow

DEMO = allow("DEMO", "127.0.0.1,::1,localhost")
"""What the demo allows."""

FORBIDDEN = [
    # Loopback, as every resolver reads it.
    "https://127.1/",
    "https://127.0.1/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://127.0.0.01/",
    "https://127.0.0.2/",
    "https://127.0.0.1./",
    "https://0/",
    "https://0.0.0.0/",
    "https://localhost./",
    "https://LOCALHOST.localdomain/",
    "https://app.localhost/",
    "https://[::]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[0:0:0:0:0:ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    # Other scripts' digits and dots, and what becomes ASCII when normalised.
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://ｌocalhost/",
    "https://exam\u00adple.org/",
    # Private, link-local, metadata.
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://192.0.0.192/",
    "https://metadata.google.internal/",
    "https://metadata/",
    "https://printer.local/",
    "https://router.home.arpa/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::1]/",
    "https://[ff02::1]/",
    # Documentation, benchmarks, multicast, reserved, broadcast.
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    # Not https, or read in two ways.
    "http://hooks.clinic.org/",
    "ftp://hooks.clinic.org/",
    "file:///etc/passwd",
    "gopher://hooks.clinic.org/",
    "javascript:alert(1)",
    "//hooks.clinic.org/",
    "hooks.clinic.org",
    "https:hooks.clinic.org",
    "https:///hooks.clinic.org",
    "https://",
    "https://user@hooks.clinic.org/",
    "https://user:password@hooks.clinic.org/",
    "https://hooks.clinic.org@127.0.0.1/",
    "https://127.0.0.1#@hooks.clinic.org/",
    "https://hooks.clinic.org/#fragment",
    "https://hooks.clinic.org\\@127.0.0.1/",
    "https://hooks.clinic.org\\.evil.org/",
    "https://127.0.0.1%2f@hooks.clinic.org/",
    "https://%31%32%37.0.0.1/",
    "https://hooks..clinic.org/",
    "https://-hooks.clinic.org/",
    "https://hooks.clinic.123/",
    "https://hooks.clinic.0x7f/",
    "https://hooks.clinic.org /",
    " https://hooks.clinic.org/",
    "https://hooks.clinic.org/\r\nHost: evil.org",
    "https://hooks.clinic.org/\x00",
    "https://hooks.clinic.org\n",
    # Ports of other protocols, and none.
    "https://hooks.clinic.org:22/",
    "https://hooks.clinic.org:25/",
    "https://hooks.clinic.org:80/",
    "https://hooks.clinic.org:0/",
    "https://hooks.clinic.org:65536/",
    "https://hooks.clinic.org:/",
    "https://hooks.clinic.org:port/",
    "https://hooks.clinic.org:-1/",
    "https://hooks.clinic.org/" + "a" * (LONGEST_URL - 24),
    "",
]

FINE = [
    "https://hooks.clinic.org",
    "https://hooks.clinic.org/",
    "HTTPS://Hooks.Clinic.ORG/Path?a=b&c=%20[d]",
    "https://hooks.clinic.org?a=b",
    "https://hooks.clinic.org:443/",
    "https://hooks.clinic.org:8443/hook",
    "https://xn--bcher-kva.example/hook",
    "https://under_score.clinic.org/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
    "https://[64:ff9b::808:808]/",
    "https://hooks.clinic.org/" + "a" * (LONGEST_URL - 25),
]


@pytest.mark.parametrize("url", FORBIDDEN)
@pytest.mark.parametrize("allowed", [(), DEMO], ids=["nothing allowed", "demo"])
def test_forbidden_urls_are_refused(url: str, allowed: AllowedHosts) -> None:
    with pytest.raises(Invalid) as caught:
        check_url(url, allowed)
    assert (caught.value.code, caught.value.field) == ("webhook_url_forbidden", "url")


@pytest.mark.parametrize("url", FINE)
def test_public_https_is_fine(url: str) -> None:
    check_url(url, ())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/hook",
        "https://127.0.0.1/",
        "http://[::1]:22/",
        "http://localhost:1/",
        "http://LocalHost/hook?a=b",
    ],
)
def test_what_is_named_may_be_loopback_on_any_port_over_http(url: str) -> None:
    assert is_permitted(url, DEMO)
    assert not is_permitted(url, ())


def test_naming_one_thing_names_no_other() -> None:
    assert not is_permitted("http://localhost/", allow("X", "127.0.0.1"))
    assert not is_permitted("http://127.0.0.1/", allow("X", "localhost"))
    assert not is_permitted("https://sub.hooks.internal/", allow("X", "hooks.internal"))
    assert is_permitted("http://hooks.internal/", allow("X", "Hooks.Internal"))
    assert is_permitted("http://10.1.2.3/", allow("X", "10.0.0.0/8"))
    assert not is_permitted("http://11.1.2.3/", allow("X", "10.0.0.0/8"))
    assert not is_permitted("http://[::ffff:10.1.2.3]/", allow("X", "10.0.0.0/8"))


@pytest.mark.parametrize("url", FINE)
def test_the_sending_library_reads_them_the_same(url: str) -> None:
    _agrees(url)


_PARTS = [
    "https://",
    "http://",
    "//",
    "127.0.0.1",
    "[::1]",
    "a.org",
    "b.net",
    ":",
    "@",
    "/",
    "\\",
    "?",
    "#",
    ".",
    "%",
    "443",
    "8443",
    "0x7f",
    "１",
    "。",
    "\t",
    " ",
    ";",
    "[",
    "]",
    "-",
    "xn--",
]


@given(
    st.lists(st.sampled_from(_PARTS), min_size=1, max_size=8).map(lambda parts: "https://" + "".join(parts))
)
@example("https://a.org?@b.net")
@example("https://a.org:443/@127.0.0.1")
def test_what_is_permitted_has_one_meaning(url: str) -> None:
    if is_permitted(url, ()):
        _agrees(url)


@given(st.text("htps:/.[]@#?\\%a1x0-", min_size=1, max_size=16).map("https://a.org".__add__))
def test_nothing_behind_a_host_changes_it(url: str) -> None:
    if is_permitted(url, ()):
        _agrees(url)


def _agrees(url: str) -> None:
    ours, theirs = target(url), URL(url)
    assert ours is not None
    assert (ours.scheme, ours.host) == (theirs.scheme, theirs.raw_host)
    assert (ours.port or 443) == theirs.port
    assert (theirs.user, theirs.password, theirs.fragment) == (None, None, "")


@given(st.ip_addresses())
@example(ipaddress.ip_address("168.63.129.16"))
@example(ipaddress.ip_address("192.88.99.1"))
def test_what_is_public_is_so_to_the_registry_too(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_carried_by_ipv6_is_no_way_around(address: ipaddress.IPv4Address) -> None:
    for prefix in ("::", "::ffff:0:0", "64:ff9b:1::", "2002::"):
        carrier = int(ipaddress.IPv6Address(prefix))
        shift = 80 if prefix == "2002::" else 0
        assert not is_public(ipaddress.IPv6Address(carrier | int(address) << shift))
    nat64 = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | int(address))
    assert is_public(nat64) == is_public(address)
