"""IP addresses, as far as everything that reads one agrees."""

import ipaddress

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse(text: str) -> IpAddress | None:
    """The usual way to write one: no octal, hexadecimal, short or single-number IPv4. None: none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
