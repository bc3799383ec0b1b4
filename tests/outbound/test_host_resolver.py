"""Names are looked up beside each other: a name server that is silent keeps nobody else waiting (F6), for
webhooks, the mail relay and Redis alike."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from rooms.errors import Unavailable
from rooms.ids import ClinicId
from rooms.store import connect, connect_pubsub
from rooms.store.connection import NamedConnection, NamedTlsConnection
from signalling.outbound import settings
from signalling.outbound.host_resolver import HostResolver, Unresolved
from signalling.outbound.mail import MailSender
from signalling.outbound.webhook import WebhookSender
from tests.outbound.sending import LOOPBACK, send
from tests.support.name_server import NameServer
from tests.support.receiver import Receiver
from tests.support.redis_server import redis_server
from tests.support.server import free_port
from tests.support.smtp import Relay

HANGS = "hangs.example.org"
KNOWN = {
    "hooks.clinic.org": ["127.0.0.1"],
    "mail.clinic.org": ["127.0.0.1"],
    "redis.clinic.org": ["127.0.0.1"],
    "both.clinic.org": ["127.0.0.1", "::1"],
    "second.clinic.org": ["127.0.0.9", "127.0.0.1"],
    "inside.clinic.org": ["10.0.0.1"],
    "local.clinic.org": ["fe80::1"],
}


@pytest_asyncio.fixture
async def server() -> AsyncIterator[NameServer]:
    made = await NameServer.opened(KNOWN, {HANGS})
    yield made
    made.close()


@pytest_asyncio.fixture
async def resolver(server: NameServer) -> AsyncIterator[HostResolver]:
    made = HostResolver([server.address], seconds=0.8)
    yield made
    await made.close()


async def test_fifty_silent_look_ups_keep_nobody_waiting_and_end(
    resolver: HostResolver, server: NameServer
) -> None:
    began = time.monotonic()
    silent = [asyncio.create_task(resolver.addresses(HANGS)) for _ in range(50)]
    await server.was_asked(HANGS)
    assert await resolver.addresses("hooks.clinic.org") == ["127.0.0.1"]
    assert time.monotonic() - began < 0.6, "long before those end"
    ended = await asyncio.gather(*silent, return_exceptions=True)
    assert {type(each) for each in ended} == {Unresolved}
    assert 0.7 < time.monotonic() - began < 3


async def test_what_there_is_of_a_name(resolver: HostResolver) -> None:
    assert sorted(await resolver.addresses("both.clinic.org")) == ["127.0.0.1", "::1"]
    assert await resolver.addresses("both.clinic.org", socket.AF_INET6) == ["::1"]
    for nobody in ("nobody.clinic.org", "a" * 300 + ".org", "a..org", "é.org"):
        with pytest.raises(Unresolved):
            await resolver.addresses(nobody)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.1.2.3"])
async def test_an_address_is_its_own(resolver: HostResolver, server: NameServer, host: str) -> None:
    assert await resolver.addresses(host) == [host]
    assert server.asked == {}


async def test_this_machine_is_known_without_a_name_server() -> None:
    resolver = HostResolver([f"127.0.0.1:{free_port()}"], seconds=2)
    assert set(await resolver.addresses("localhost")) <= {"127.0.0.1", "::1"}
    await resolver.close()


async def test_another_address_is_tried_where_nobody_listens(
    resolver: HostResolver, receiver: Receiver
) -> None:
    sock = await resolver.connected("second.clinic.org", receiver.port)
    assert sock.getpeername()[0] == "127.0.0.1"
    sock.close()
    with pytest.raises(OSError, match=r"refused|failed"):
        await resolver.connected("hooks.clinic.org", free_port())


async def test_closed_it_begins_anew(resolver: HostResolver) -> None:
    assert await resolver.addresses("hooks.clinic.org") == ["127.0.0.1"]
    await resolver.close()
    assert await resolver.addresses("hooks.clinic.org") == ["127.0.0.1"]


async def test_webhooks(resolver: HostResolver, server: NameServer, secure: Receiver) -> None:
    assert secure.certificate
    sender = WebhookSender(LOOPBACK, resolver, tls=secure.certificate.client(), seconds=5)
    silent = [asyncio.create_task(send(sender, f"https://{HANGS}/")) for _ in range(20)]
    await server.was_asked(HANGS)
    assert (await send(sender, f"https://hooks.clinic.org:{secure.port}/")).reason == "delivered"
    assert not any(each.done() for each in silent)
    assert {each.reason for each in await asyncio.gather(*silent)} == {"unresolved"}
    # As strict as ever: what is not public is not connected to, nor are scoped addresses.
    for inside in ("inside.clinic.org", "local.clinic.org"):
        assert (await send(sender, f"https://{inside}/")).reason == "forbidden_address"
    assert (await send(sender, "https://nobody.clinic.org/")).reason == "unresolved"
    await sender.close()


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_by_the_relays_name_and_certificate(resolver: HostResolver, security: str) -> None:
    with Relay(security) as relay:  # type: ignore[arg-type]  # one of its words
        assert relay.certificate
        url = settings.smtp_url("URL", relay.url)._replace(host="mail.clinic.org")
        sender = settings.mail_from("FROM", relay.sender)
        tls = relay.certificate.client()

        async def sent(host: str) -> str:
            mail = MailSender(url._replace(host=host), sender, resolver, seconds=5, tls=tls)
            return (await mail.send("sam@patients.test", "Hello", "Hello\n", "1")).reason

        assert await sent("mail.clinic.org") == "delivered"
        assert await sent("redis.clinic.org") == "tls", "a certificate of another name"
        assert await sent(HANGS) == "unresolved"
        assert await sent("nobody.clinic.org") == "unresolved"


async def test_redis_by_name(resolver: HostResolver) -> None:
    with redis_server() as redis:
        port = urlsplit(redis.tcp_url).port
        for host in ("redis.clinic.org", "second.clinic.org"):
            store = connect(f"redis://{host}:{port}", resolver.addresses)
            assert await store.clinic(ClinicId("none")) is None
            await store.close()
        post = connect_pubsub(f"redis://redis.clinic.org:{port}", resolver.addresses)
        await post.send("nobody", b"news")
        await post.close()
        for host in (HANGS, "nobody.clinic.org"):
            store = connect(f"redis://{host}:{port}", resolver.addresses)
            with pytest.raises(Unavailable):
                await store.clinic(ClinicId("none"))
            await store.close()


async def test_redis_over_tls_is_asked_for_the_certificate_of_its_name(resolver: HostResolver) -> None:
    made = NamedTlsConnection(host="redis.clinic.org", port=1, resolve=resolver.addresses)
    made._address = "127.0.0.1"
    arguments = made._connection_arguments()
    assert (arguments["host"], arguments["server_hostname"]) == ("127.0.0.1", "redis.clinic.org")
    assert arguments["ssl"] is not None
    plain = NamedConnection(host="redis.clinic.org", port=1, resolve=resolver.addresses)
    assert "server_hostname" not in plain._connection_arguments()
