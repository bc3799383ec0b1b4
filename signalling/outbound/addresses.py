"""Where webhooks may go: public https, and what the operator named (RELIABILITY 3).

Written as a list of what is public, so that a new way to write an old address is refused.
"""

import ipaddress
import re
from typing import NamedTuple

from rooms.errors import Invalid
from signalling import ip
from signalling.ip import IpAddress
from signalling.outbound.settings import AllowedHosts

LONGEST_URL = 2048
"""Characters of a URL."""

HTTPS_PORT = 443
FIRST_FREE_PORT = 1024
"""Ports below belong to other protocols: nobody shall have us knock at a stranger's SSH or mail server."""

# Scheme, host and the characters of RFC 3986, with no user info, no fragment, no backslash, nothing beyond
# ASCII: digits of other scripts are digits to some resolvers, and a browser's idea of a host is not a
# library's.
_URL = re.compile(
    r"(https?)://(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::([0-9]{1,5}))?(?:[/?][\w.~:/?@!$&'()*+,;=%\[\]-]*)?",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

# RFC 6761, 6762, 8375, ICANN's .internal, and what local networks are called: such a name means another
# machine to everybody.
_LOCAL_NAMES = frozenset(
    {
        "localhost",
        "local",
        "localdomain",
        "internal",
        "intranet",
        "private",
        "corp",
        "home",
        "lan",
        "arpa",
        "onion",
    }
)

# IANA's IPv4 special-purpose registry, multicast and reserved.
_NOT_PUBLIC_4 = [
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # looks public; inside Azure it is the machine's keeper
        "169.254.0.0/16",  # link-local, and the clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out: no loopback, mapped, unique-local, link-local or multicast is in it."""
_NOT_PUBLIC_6 = [
    ipaddress.IPv6Network(each)
    for each in (
        "2001::/23",  # Teredo and other tunnels of IPv4
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address
        "3fff::/20",
    )
]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: on a network with IPv6 only, every IPv4 host is reached as one of these."""


class WebhookTarget(NamedTuple):
    """A URL taken apart. `host` is in lower case, without brackets; `address` where the host is one."""

    scheme: str
    host: str
    port: int | None
    address: IpAddress | None


def is_public(address: IpAddress) -> bool:
    """Whether an address is one of the public internet's."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(address.packed[-4:]))
    return address in _GLOBAL_6 and not any(address in network for network in _NOT_PUBLIC_6)


def is_named(allow: AllowedHosts, host: str, address: IpAddress | None) -> bool:
    """Whether the operator named this host or a network with this address."""
    if host in allow:
        return True
    return address is not None and any(
        address in network for network in allow if not isinstance(network, str)
    )


def target(url: str) -> WebhookTarget | None:
    """The parts of a URL, or None for one that could be read in two ways."""
    match = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if match is None:
        return None
    scheme, literal, name, port = match.groups()
    if port is not None and not 0 < int(port) < 65_536:
        return None
    host = (literal or name).lower()
    number = int(port) if port else None
    if literal or _NUMBER.fullmatch(host.rpartition(".")[2]):
        address = ip.parse(host)
        return WebhookTarget(scheme.lower(), host, number, address) if address else None
    if not all(_LABEL.fullmatch(label) for label in host.split(".")):
        return None
    return WebhookTarget(scheme.lower(), host, number, None)


def is_permitted(url: str, allow: AllowedHosts) -> bool:
    """Whether webhooks may be sent there, as far as a URL can tell; what a name resolves to is seen when
    sending (`signalling.outbound.guarded_resolver`)."""
    to = target(url)
    if to is None:
        return False
    if is_named(allow, to.host, to.address):
        return True
    if to.scheme != "https" or (to.port is not None and HTTPS_PORT != to.port < FIRST_FREE_PORT):
        return False
    return is_public(to.address) if to.address else _is_public_name(to.host)


def _is_public_name(host: str) -> bool:
    labels = host.split(".")
    return len(labels) > 1 and labels[-1] not in _LOCAL_NAMES


def check_url(url: str, allow: AllowedHosts) -> None:
    """Raises `Invalid` `webhook_url_forbidden` for a URL that webhooks are not sent to."""
    if not is_permitted(url, allow):
        raise Invalid(
            "webhook_url_forbidden",
            "Use https and a public host, with no user name or fragment, and 2048 characters at most.",
            field="url",
        )
