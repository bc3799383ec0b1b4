"""A name is looked at once for each webhook, and the address that was looked at is the one connected to,
whatever the resolver says next (RELIABILITY 2, rebinding)."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from signalling.outbound.delivery_result import DeliveryResult
from signalling.outbound.settings import allow
from signalling.outbound.webhook import WebhookSender
from tests.outbound.sending import LOOPBACK, send
from tests.support.receiver import Receiver


class Lying(AbstractResolver):
    """Answers what it was told, one answer after another; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for each in found
        ]

    async def close(self) -> None:
        """The sender does not own it."""
        self.asked.append("close")


async def test_a_certificate_for_another_name(secure: Receiver) -> None:
    assert secure.certificate
    sender = WebhookSender(LOOPBACK, Lying(["127.0.0.1"]), tls=secure.certificate.client(), seconds=2)
    assert (await send(sender, f"https://hooks.clinic.org:{secure.port}/")).reason == "delivered"
    assert (await send(sender, f"https://other.clinic.org:{secure.port}/")).reason == "tls"
    await sender.close()


async def test_a_name_is_resolved_once_and_that_address_connected_to(secure: Receiver) -> None:
    assert secure.certificate
    lying = Lying(["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"])
    sender = WebhookSender(LOOPBACK, lying, tls=secure.certificate.client(), seconds=2)
    url = f"https://hooks.clinic.org:{secure.port}/"
    assert (await send(sender, url)).reason == "delivered"
    assert lying.asked == ["hooks.clinic.org"]
    [came] = secure.received
    assert came.headers["host"] == f"hooks.clinic.org:{secure.port}"
    # Nothing is remembered of the first answer: the second is looked at anew, and so is the third.
    assert (await send(sender, url)).reason == "forbidden_address"
    assert (await send(sender, url)).reason == "delivered"
    assert len(lying.asked) == 3
    await sender.close()
    assert lying.asked[3:] == [], "whoever made it closes it"


@pytest.mark.parametrize(
    "then",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["fe80::1%lo"],
        ["169.254.169.254"],
        ["2130706433"],
        ["localhost"],
    ],
    ids=str,
)
async def test_a_name_that_turns_to_loopback_reaches_nobody(secure: Receiver, then: list[str]) -> None:
    assert secure.certificate
    # First public, as when the URL was registered: of those the one that nobody has been given.
    lying = Lying(["2e00::1"], then)
    sender = WebhookSender((), lying, tls=secure.certificate.client(), seconds=0.3)
    url = f"https://hooks.clinic.org:{secure.port}/"
    assert (await send(sender, url)).reason in ("unreachable", "connect_timeout")
    assert await send(sender, url) == DeliveryResult(False, 0, "forbidden_address", False)
    assert secure.received == []
    await sender.close()


async def test_a_named_host_may_resolve_to_anything(secure: Receiver) -> None:
    assert secure.certificate
    sender = WebhookSender(
        allow("ALLOW", "localhost"), Lying(["127.0.0.1"]), tls=secure.certificate.client(), seconds=2
    )
    assert (await send(sender, f"https://LOCALHOST:{secure.port}/")).reason == "delivered"
    await sender.close()
