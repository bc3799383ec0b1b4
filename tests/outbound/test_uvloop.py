"""The same on the event loop that servers run on, whose connections and errors are made by other code."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvloop

from signalling.outbound import settings
from signalling.outbound.delivery_result import DeliveryResult
from signalling.outbound.host_resolver import HostResolver
from signalling.outbound.mail import MailSender
from signalling.outbound.webhook import WebhookSender
from signalling.outbound.webhook_signature import new_secret
from tests.support.receiver import Receiver
from tests.support.server import free_port
from tests.support.smtp import Relay

TLS_ENDS = 0.5
"""Seconds. TLS goes on to say goodbye after a client is closed (aiohttp, "Graceful shutdown"), and a loop
that is closed meanwhile says that it is busy.
"""


def run(what: Callable[[], Coroutine[Any, Any, list[DeliveryResult]]]) -> list[str]:
    """In a thread, because this one has the tests' loop."""

    def in_thread() -> list[DeliveryResult]:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            results = runner.run(what())
            runner.run(asyncio.sleep(TLS_ENDS))
            return results

    with ThreadPoolExecutor(1) as threads:
        return [each.reason for each in threads.submit(in_thread).result()]


def test_webhooks() -> None:
    secret = new_secret()
    with Receiver(tls=True) as receiver:
        assert receiver.certificate
        tls = receiver.certificate.client()
        receiver.trust(secret)

        async def send() -> list[DeliveryResult]:
            resolver = HostResolver()
            sender = WebhookSender(settings.allow("ALLOW", "localhost"), resolver, seconds=1, tls=tls)
            receiver.drop()
            receiver.delay(1.5)
            nobody = f"https://localhost:{free_port()}/"
            named = f"https://localhost:{receiver.port}/"
            urls = (named, named, named, nobody, "https://no-such-host.invalid/")
            went = [await sender.send(url, [secret], "1", time.time_ns() // 10**6, b"{}") for url in urls]
            await sender.close()
            await resolver.close()
            return went

        assert run(send) == ["dropped", "timeout", "delivered", "unreachable", "unresolved"]
        assert len(receiver.effects) == 1


def test_mail() -> None:
    with Relay("starttls") as relay:
        assert relay.certificate
        tls = relay.certificate.client()

        async def send() -> list[DeliveryResult]:
            url, sender = settings.smtp_url("URL", relay.url), settings.mail_from("FROM", relay.sender)
            relay.drop("data")
            relay.delay("rcpt", 1.5)
            resolver = HostResolver()
            trusting = MailSender(url, sender, resolver, seconds=1, tls=tls)
            to_nobody = MailSender(url._replace(port=free_port()), sender, resolver)
            nameless = MailSender(url._replace(host="no-such-host.invalid"), sender, resolver)
            senders = (trusting, trusting, trusting, MailSender(url, sender, resolver), to_nobody, nameless)
            went = [await each.send("sam@patients.test", "Hello", "Hello\n", "1") for each in senders]
            await resolver.close()
            return went

        assert run(send) == ["dropped", "timeout", "delivered", "tls", "unreachable", "unresolved"]
        assert len(relay.mails) == 1
