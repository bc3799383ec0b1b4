"""How sending one message went: a verdict, never an exception (HOUSE, example 7)."""

from typing import Final, Literal

import msgspec

DeliveryReason = Literal[
    "delivered",
    "refused",  # HTTP 4xx and 5xx; SMTP: this recipient or this mail
    "gone",  # HTTP 410: the receiver wants no more
    "redirect",  # HTTP 3xx: never followed
    "timeout",  # connected, and no answer in time
    "connect_timeout",  # no connection in time, or no TLS on it
    "unresolved",  # no address for the name
    "unreachable",  # nobody listens there
    "dropped",  # connected, then no answer or one that is none: it may have arrived
    "tls",  # the certificate or the handshake
    "forbidden_address",  # a URL or an address that webhooks may not reach
    "contact_missing",  # mail: there is no address on file
    "no_relay",  # mail: there is none any more
    "bad_address",  # mail: no address at all
    "bad_message",  # mail: a subject with a line break
    "sender_refused",  # mail: the relay takes nothing from CONSULTROOM_MAIL_FROM
    "login_refused",  # mail: user or password
    "internal",  # our mistake; logged
]
"""Stable words for logs, lists of deliveries and metrics; a clinic is told fewer (`rooms.events.public_why`).
Never data."""


class DeliveryResult(msgspec.Struct, frozen=True):
    """`status` is the HTTP status or SMTP reply code, 0 where there was none. `final`: trying again will not
    help. `wait`: milliseconds the other side asks to be left alone, 0 where it did not."""

    ok: bool
    status: int
    reason: DeliveryReason = msgspec.field(name="why")
    final: bool
    wait: int = 0


_FINAL: Final = frozenset({"contact_missing", "bad_address", "bad_message"})


def failed(reason: DeliveryReason, status: int = 0, *, final: bool = False, wait: int = 0) -> DeliveryResult:
    """It did not arrive, or nobody knows that it did."""
    return DeliveryResult(ok=False, status=status, reason=reason, final=final or reason in _FINAL, wait=wait)


def delivered(status: int) -> DeliveryResult:
    """The other side has it."""
    return DeliveryResult(ok=True, status=status, reason="delivered", final=True)
