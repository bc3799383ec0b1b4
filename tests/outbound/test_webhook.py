"""One webhook on a real receiver: signed, bounded, to the address that was looked at, and every failure has
its name."""

import asyncio
import contextlib
import datetime as dt
import json
import logging
import re
import secrets
import time

import msgspec
import pytest

from signalling.outbound import retry_after
from signalling.outbound.delivery_result import DeliveryResult
from signalling.outbound.host_resolver import HostResolver
from signalling.outbound.settings import allow
from signalling.outbound.webhook import WebhookSender
from signalling.outbound.webhook_signature import new_secret, signed
from tests.outbound.sending import BODY, LOOPBACK, SECRET, now, send
from tests.support.receiver import Receiver
from tests.support.server import free_port


def test_the_signature_is_that_of_the_specification() -> None:
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330_999,
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_secrets_are_new_and_long() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", each) for each in made)


async def test_what_arrives(receiver: Receiver, sender: WebhookSender) -> None:
    assert await send(sender, f"{receiver.url}/a%2Fb?c=d%20e") == DeliveryResult(True, 200, "delivered", True)
    [came] = receiver.received
    assert (came.method, came.target, came.body) == ("POST", "/hook/a%2Fb?c=d%20e", BODY)
    assert came.verified
    assert abs(int(came.headers["webhook-timestamp"]) - came.at) < 2
    assert set(came.headers) == {
        "host",
        "user-agent",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "content-type",
        "content-length",
        "connection",
    }
    assert came.headers["user-agent"] == "consultroom"
    assert came.headers["content-type"] == "application/json"


async def test_both_secrets_verify_while_one_is_changed(receiver: Receiver, sender: WebhookSender) -> None:
    old, new = new_secret(), new_secret()
    await sender.send(receiver.url, [new, old], "msg_2", now(), BODY)
    [came] = receiver.received
    assert (came.verifies(old), came.verifies(new), came.verifies(SECRET)) == (True, True, False)
    assert not came.verified  # it trusts SECRET only


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, "refused"), (404, "refused"), (410, "gone"), (429, "refused"), (500, "refused"), (503, "refused")],
)
async def test_what_is_no_2xx_is_not_delivered(
    receiver: Receiver, sender: WebhookSender, status: int, reason: str
) -> None:
    receiver.answer(status)
    answered = await send(sender, receiver.url)
    assert (answered.ok, answered.status, answered.reason, answered.final) == (False, status, reason, False)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_is_delivered(receiver: Receiver, sender: WebhookSender, status: int) -> None:
    receiver.answer(status)
    assert await send(sender, receiver.url) == DeliveryResult(True, status, "delivered", True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300, 304])
async def test_redirects_are_not_followed(receiver: Receiver, sender: WebhookSender, status: int) -> None:
    receiver.redirect(f"{receiver.url}/elsewhere", status=status)
    assert await send(sender, receiver.url) == DeliveryResult(False, status, "redirect", False)
    assert len(receiver.received) == 1


async def test_a_dropped_reply_is_sent_again_and_takes_effect_once(
    receiver: Receiver, sender: WebhookSender
) -> None:
    receiver.drop(2)
    whys = [(await send(sender, receiver.url, "msg_3")).reason for _ in range(3)]
    assert whys == ["dropped", "dropped", "delivered"]
    assert len({(each.id, each.body) for each in receiver.received}) == 1
    assert (len(receiver.received), len(receiver.effects)) == (3, 1)


async def test_a_late_answer_is_a_timeout(receiver: Receiver) -> None:
    sender = WebhookSender(LOOPBACK, HostResolver(), seconds=0.4)
    receiver.delay(1.5)
    began = time.monotonic()
    assert await send(sender, receiver.url) == DeliveryResult(False, 0, "timeout", False)
    assert 0.3 < time.monotonic() - began < 1.2
    await sender.close()


async def test_who_takes_connections_and_says_nothing_is_told_apart_from_who_is_slow() -> None:
    """Only who was reached is slow; without TLS nobody was."""
    silent = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    sender = WebhookSender(LOOPBACK, HostResolver(), seconds=0.3)
    assert (await send(sender, f"http://127.0.0.1:{port}/")).reason == "timeout"
    assert (await send(sender, f"https://127.0.0.1:{port}/")).reason == "connect_timeout"
    await sender.close()
    silent.close()


async def test_headers_that_trickle_are_no_answer() -> None:
    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while not writer.is_closing():
                writer.write(b"X-More: 1\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    sender = WebhookSender(LOOPBACK, HostResolver(), seconds=0.3)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    assert (await send(sender, url)).reason == "timeout"
    await sender.close()
    server.close()


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("20", 20_000),
        ("0", 0),
        ("99999999999999999999", 10**9),
        (" 7 ", 7_000),
        ("soon", 0),
        ("-1", 0),
        ("1.5", 0),
        ("２０", 0),
        ("", 0),
        ("Mon, 02 Mar 2026 01:00:20 GMT", 20_000),
        ("Monday, 02-Mar-26 01:00:20 GMT", 20_000),
        ("Mon Mar  2 01:00:20 2026", 20_000),
        ("Mon, 02 Mar 2026 00:59:59 GMT", 0),
        ("Mon, 99 Mar 2026 01:00:20 GMT", 0),
        (None, 0),
    ],
)
def test_how_long_a_receiver_asks_to_be_left_alone(text: str | None, milliseconds: int) -> None:
    now = dt.datetime(2026, 3, 2, 1, 0, 0, tzinfo=dt.UTC)
    assert retry_after.milliseconds(text, now) == milliseconds


async def test_an_answer_without_end_is_cut_off_and_counts(receiver: Receiver) -> None:
    sender = WebhookSender(LOOPBACK, HostResolver(), seconds=0.6)
    receiver.babble(-1)
    began = time.monotonic()
    assert (await send(sender, receiver.url)).reason == "delivered"
    assert time.monotonic() - began < 2
    receiver.babble(-1, status=500)
    assert await send(sender, receiver.url) == DeliveryResult(False, 500, "refused", False)
    await sender.close()


async def test_of_a_large_answer_little_is_read(sender: WebhookSender) -> None:
    wrote = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal wrote
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
                wrote += 65_536
        except ConnectionError:
            writer.close()

    async with await asyncio.start_server(pour, "127.0.0.1", port := free_port()):
        assert (await send(sender, f"http://127.0.0.1:{port}/")).reason == "delivered"
    assert wrote < 20_000_000  # what fits into sockets' buffers, of a thousand million


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: ",
    ],
    ids=["nothing", "another protocol", "a strange status", "a long header", "half a head"],
)
async def test_no_answer_of_http_is_none(sender: WebhookSender, says: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(says)
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", port := free_port()):
        assert await send(sender, f"http://127.0.0.1:{port}/") == DeliveryResult(False, 0, "dropped", False)


async def test_nobody_there(sender: WebhookSender) -> None:
    assert (await send(sender, f"http://127.0.0.1:{free_port()}/")).reason == "unreachable"


async def test_a_name_without_an_address(resolver: HostResolver) -> None:
    sender = WebhookSender((), resolver, seconds=5)
    assert (await send(sender, "https://no-such-host.invalid/")).reason == "unresolved"
    await sender.close()


async def test_a_certificate_nobody_vouches_for(secure: Receiver, sender: WebhookSender) -> None:
    assert await send(sender, secure.url) == DeliveryResult(False, 0, "tls", False)
    assert secure.received == []


async def test_an_address_in_the_url_is_looked_at_when_sending(
    receiver: Receiver, resolver: HostResolver
) -> None:
    sender = WebhookSender((), resolver, seconds=2)
    for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost"), "https://127.1/", "nonsense"):
        assert await send(sender, url) == DeliveryResult(False, 0, "forbidden_address", False)
    assert receiver.received == []
    await sender.close()


async def test_no_proxy_of_the_environment_is_used(
    receiver: Receiver, sender: WebhookSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await send(sender, receiver.url)).reason == "delivered"
        assert (len(receiver.received), proxy.received) == (1, [])


async def test_cookies_are_not_kept(receiver: Receiver, resolver: HostResolver) -> None:
    # By name, for nobody keeps cookies of an address.
    sender = WebhookSender(allow("ALLOW", "localhost"), resolver)
    for _ in range(2):
        assert (await send(sender, receiver.url.replace("127.0.0.1", "localhost"))).ok
    await sender.close()
    assert [each.headers.get("cookie") for each in receiver.received] == [None, None]


async def test_many_at_once(receiver: Receiver) -> None:
    sender = WebhookSender(LOOPBACK, HostResolver())
    answers = await asyncio.gather(*(send(sender, receiver.url, f"msg_{n}") for n in range(100)))
    assert {each.reason for each in answers} == {"delivered"}
    assert len(receiver.effects) == 100
    await sender.close()


async def test_many_that_hang_hold_up_no_other(receiver: Receiver) -> None:
    sender = WebhookSender(LOOPBACK, HostResolver(), seconds=5)
    receiver.delay(5, times=120)  # more than aiohttp's pool would have at once
    async with asyncio.TaskGroup() as group:
        hanging = [group.create_task(send(sender, receiver.url, f"msg_{n}")) for n in range(120)]
        await receiver.wait_for(120)
        began = time.monotonic()
        assert (await send(sender, receiver.url)).ok
        assert time.monotonic() - began < 2
        for each in hanging:
            each.cancel()
    await sender.close()


async def test_a_cancel_is_one(receiver: Receiver, sender: WebhookSender) -> None:
    receiver.delay(1)
    task = asyncio.create_task(send(sender, receiver.url))
    await receiver.wait_for(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("keys", "id", "body"),
    [
        ([], "msg_4", BODY),
        (["whsec_"], "msg_4", BODY),
        (["whsec_\x00=a"], "msg_4", BODY),
        ([SECRET], "msg_4\r\nx: y", BODY),
        ([SECRET], "msg_4", b"\xff"),
    ],
)
async def test_our_own_mistakes_are_logged_without_data(
    receiver: Receiver,
    sender: WebhookSender,
    caplog: pytest.LogCaptureFixture,
    keys: list[str],
    id: str,
    body: bytes,
) -> None:
    token = secrets.token_hex(8)
    with caplog.at_level(logging.DEBUG):
        answered = await sender.send(f"{receiver.url}/{token}", keys, id, now(), body)
    assert answered == DeliveryResult(False, 0, "internal", False)
    assert "a webhook could not be sent: " in caplog.text
    assert token not in caplog.text
    assert receiver.received == []


async def test_a_closed_sender_opens_again(receiver: Receiver, sender: WebhookSender) -> None:
    for _ in range(2):
        assert (await send(sender, receiver.url)).ok
        await sender.close()
    await sender.close()


def test_how_it_went_can_be_kept() -> None:
    went = DeliveryResult(False, 500, "refused", False)
    assert msgspec.json.decode(msgspec.json.encode(went), type=DeliveryResult) == went
    assert json.loads(msgspec.json.encode(went)) == {
        "ok": False,
        "status": 500,
        "why": "refused",
        "final": False,
        "wait": 0,
    }


async def test_the_receiver_refuses_what_is_forged(receiver: Receiver, sender: WebhookSender) -> None:
    # The support server itself: a signature by a key it does not trust takes no effect.
    await sender.send(receiver.url, [new_secret()], "msg_5", now(), BODY)
    await sender.send(receiver.url, [SECRET], "msg_5", now() - 600_000, BODY)
    assert [each.verified for each in receiver.received] == [False, False]
    assert receiver.effects == []
