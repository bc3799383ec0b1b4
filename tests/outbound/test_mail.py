"""One mail through a real relay: what is read at the other end, and every refusal has its name."""

import asyncio
import datetime as dt
import email.utils
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import get_args
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signalling.letters import LetterFacts, LetterKind, letter
from signalling.outbound import settings as outbound
from signalling.outbound.delivery_result import DeliveryResult
from signalling.outbound.host_resolver import HostResolver
from signalling.outbound.mail import MailSender
from signalling.outbound.mime_message import mime_message
from signalling.outbound.settings import Mailbox
from tests.support.server import free_port
from tests.support.smtp import PASSWORD, USER, Relay, Security

FROM = "Ihre Termine – Visits <visits@clinic.org>"
TO = "sam@patients.test"
LINK = "https://visits.clinic.org/j#" + "aB3-_.=" * 12
FACTS = LetterFacts(
    starts_at=1_795_525_500_000,
    time_zone="Europe/Zurich",
    link=LINK,
    address="https://visits.clinic.org/a#" + "x" * 60,
    phone="+41 44 123 45 67",
    code="012345",
    reason="Die Praxis ist leider geschlossen.",
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Relay]:
    with Relay() as relay:
        yield relay


@pytest.fixture
def relay(shared: Relay) -> Relay:
    shared.forget()
    return shared


def sender_to(
    relay: Relay, *, login: str | None = None, seconds: float = 5, trusted: bool = True
) -> MailSender:
    url = relay.url.replace("//", f"//{login}@") if login else relay.url
    tls = relay.certificate.client() if relay.certificate and trusted else None
    return MailSender(
        outbound.smtp_url("URL", url),
        outbound.mail_from("FROM", FROM),
        HostResolver(),
        seconds=seconds,
        tls=tls,
    )


async def send(sender: MailSender, id: str = "out_1") -> DeliveryResult:
    return await sender.send(TO, "Ihr Termin", "Grüße\n", id)


async def test_a_domain_in_its_own_script_goes_as_mail_carries_it(relay: Relay) -> None:
    """RFC 5891: also by a relay that knows nothing of other scripts."""
    went = await sender_to(relay).send("sam@patiénts.test", "Ihr Termin", "Grüße\n", "out_1")
    assert went == DeliveryResult(True, 250, "delivered", True)
    [mail] = relay.mails
    assert mail.to == ["sam@xn--patints-eya.test"]
    assert mail.message["To"] == "sam@xn--patints-eya.test"


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", get_args(LetterKind))
async def test_letters_are_read_as_they_were_written(relay: Relay, kind: LetterKind, language: str) -> None:
    subject, text = letter(kind, language, FACTS)
    assert await sender_to(relay).send(TO, subject, text, "out_1") == DeliveryResult(
        True, 250, "delivered", True
    )
    [mail] = relay.mails
    assert mail.text == text
    assert mail.message["subject"] == subject
    assert (mail.sender, mail.to) == ("visits@clinic.org", [TO])
    assert (LINK in mail.text.split("\n")) == (kind not in ("code", "cancelled"))
    assert max(len(line) for line in mail.raw.split(b"\r\n")) <= 78
    assert mail.raw.isascii()


async def test_the_headers_and_no_other(relay: Relay) -> None:
    await send(sender_to(relay))
    [mail] = relay.mails
    hashed = hashlib.sha256(b"out_1").hexdigest()[:32]
    sent = dict(mail.message.items())
    assert abs(email.utils.parsedate_to_datetime(sent.pop("Date")).timestamp() - mail.at) < 3
    assert sent == {
        "From": "Ihre Termine – Visits <visits@clinic.org>",
        "To": TO,
        "Subject": "Ihr Termin",
        "Message-ID": f"<{hashed}@clinic.org>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": sent["Content-Transfer-Encoding"],
    }


async def test_a_retry_is_the_same_mail_and_another_is_not(relay: Relay) -> None:
    sender = sender_to(relay)
    relay.drop("data", taken=True)  # taken, and the reply is lost
    assert await send(sender) == DeliveryResult(False, 0, "dropped", False)
    assert (await send(sender)).ok
    assert (await send(sender, "out_2")).ok
    ids = [mail.message["message-id"] for mail in relay.mails]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("step", "reply", "went"),
    [
        ("rcpt", "451 4.7.1 Greylisted", DeliveryResult(False, 451, "refused", False)),
        ("rcpt", "421 4.3.2 Closing", DeliveryResult(False, 421, "refused", False)),
        ("rcpt", "550 5.1.1 No such user", DeliveryResult(False, 550, "refused", True)),
        ("rcpt", "552 5.2.2 Mailbox full", DeliveryResult(False, 552, "refused", True)),
        ("rcpt", "530 5.7.0 Authentication required", DeliveryResult(False, 530, "login_refused", False)),
        ("data", "452 4.3.1 No space", DeliveryResult(False, 452, "refused", False)),
        ("data", "554 5.6.0 No", DeliveryResult(False, 554, "refused", True)),
        ("mail", "451 4.3.0 Later", DeliveryResult(False, 451, "sender_refused", False)),
        ("mail", "553 5.7.1 Not yours", DeliveryResult(False, 553, "sender_refused", False)),
        ("mail", "530 5.7.0 Authentication required", DeliveryResult(False, 530, "login_refused", False)),
    ],
)
async def test_refusals(relay: Relay, step: str, reply: str, went: DeliveryResult) -> None:
    relay.refuse(step, reply)  # type: ignore[arg-type]  # from the table above
    sender = sender_to(relay)
    assert await send(sender) == went
    assert relay.mails == []
    assert (await send(sender)).ok


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
async def test_cut_off(relay: Relay, step: str) -> None:
    relay.drop(step)  # type: ignore[arg-type]  # from the list above
    assert await send(sender_to(relay)) == DeliveryResult(False, 0, "dropped", False)
    assert relay.mails == []


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
async def test_kept_waiting(relay: Relay, step: str) -> None:
    relay.delay(step, 1.0)  # type: ignore[arg-type]  # from the list above
    began = time.monotonic()
    assert await send(sender_to(relay, seconds=0.3)) == DeliveryResult(False, 0, "timeout", False)
    assert time.monotonic() - began < 0.9


async def test_nobody_there(relay: Relay, resolver: HostResolver) -> None:
    gone = MailSender(
        outbound.smtp_url("URL", f"smtp+plain://127.0.0.1:{free_port()}"),
        Mailbox("", "a@clinic.org"),
        resolver,
    )
    assert await send(gone) == DeliveryResult(False, 0, "unreachable", False)
    nameless = MailSender(
        outbound.smtp_url("URL", "smtp+plain://no-such-host.invalid"), Mailbox("", "a@clinic.org"), resolver
    )
    assert await send(nameless) == DeliveryResult(False, 0, "unresolved", False)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("login", [False, True])
async def test_over_tls(security: Security, *, login: bool) -> None:
    with Relay(security, login=login) as relay:
        if login:
            wrong = sender_to(relay, login=f"{quote(USER, '')}:wrong")
            assert await send(wrong) == DeliveryResult(False, 535, "login_refused", False)
            right = sender_to(relay, login=f"{quote(USER, '')}:{quote(PASSWORD, '')}")
        else:
            right = sender_to(relay)
        assert (await send(right)).ok
        [mail] = relay.mails
        assert mail.tls
        assert mail.user == (USER if login else None)
        untrusting = sender_to(relay, trusted=False)
        assert await send(untrusting) == DeliveryResult(False, 0, "tls", False)
        assert len(relay.mails) == 1


async def test_a_relay_that_wants_a_login_we_do_not_have() -> None:
    with Relay("starttls", login=True) as relay:
        assert await send(sender_to(relay)) == DeliveryResult(False, 530, "login_refused", False)


Speaking = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _spoken_to(speak: Speaking, scheme: str = "smtp+plain://") -> DeliveryResult:
    done = asyncio.Event()

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await speak(reader, writer)
        finally:
            writer.close()
            done.set()

    async with await asyncio.start_server(once, "127.0.0.1", port := free_port()):
        url = outbound.smtp_url("URL", f"{scheme}127.0.0.1:{port}")
        went = await send(MailSender(url, Mailbox("", "a@clinic.org"), HostResolver(), seconds=2))
        async with asyncio.timeout(5):  # it has hung up, too
            await done.wait()
        return went


@pytest.mark.parametrize(
    ("greeting", "went"),
    [
        (b"554 5.7.1 Not you\r\n", DeliveryResult(False, 554, "refused", False)),
        (b"421 Too busy\r\n", DeliveryResult(False, 421, "refused", False)),
        (b"", DeliveryResult(False, 0, "dropped", False)),
        (b"HTTP/1.1 400 Bad Request\r\n", DeliveryResult(False, 0, "dropped", False)),
    ],
)
async def test_odd_greetings(greeting: bytes, went: DeliveryResult) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()

    assert await _spoken_to(speak) == went


async def test_without_starttls_no_password_and_no_mail_is_sent() -> None:
    # As where somebody between us and the relay strikes STARTTLS from what it offers.
    heard: list[bytes] = []

    async def stripped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        heard.append(await reader.readline())
        writer.write(b"250-hello\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n")
        heard.append(await reader.read())

    answered = await _spoken_to(stripped, "smtp://user:password@")
    assert answered == DeliveryResult(False, 0, "tls", False)
    assert heard == [b"EHLO clinic.org\r\n", b""]


async def test_starttls_that_is_refused_or_none() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(b"250-hello\r\n250 STARTTLS\r\n")
        await reader.readline()
        writer.write(b"454 4.7.0 TLS not available\r\n")
        await reader.read()

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(b"250-hello\r\n250 STARTTLS\r\n")
        await reader.readline()
        # The go-ahead, and what somebody in between would like to have been said inside.
        writer.write(b"220 go\r\n250-hello\r\n250 AUTH PLAIN\r\n250 OK\r\n250 OK\r\n354 go\r\n250 OK\r\n")
        heard.append(await reader.read(100))

    heard: list[bytes] = []
    assert await _spoken_to(refuse, "smtp://") == DeliveryResult(False, 454, "tls", False)
    assert (await _spoken_to(pretend, "smtp://")).reason in ("tls", "dropped")
    assert heard[0][:3] == b"\x16\x03\x01"  # a TLS hello, whatever had been said


@pytest.mark.parametrize(
    "to",
    [
        "",
        "sam",
        "sam@",
        "@patients.test",
        "sam@patients.test\r\nRCPT TO:<eve@evil.test>",
        "sam@patients.test\nBcc: eve@evil.test",
        "sam@patients.test\r\n",
        "sam@patients.test,eve@evil.test",
        "sam@patients.test eve@evil.test",
        "Sam <sam@patients.test>",
        "<sam@patients.test>",
        "sam@patients.test> SIZE=1",
        '"sam eve"@patients.test',
        "sam@patients.test\x00",
        "sam@-patients.test",
        "sam@[127.0.0.1]",
        "säm@patients.test",
        "a" * 65 + "@patients.test",
        "a@" + "b." * 130 + "test",
    ],
)
async def test_no_address_is_final_and_nothing_is_sent(relay: Relay, to: str) -> None:
    went = await sender_to(relay).send(to, "Your appointment", "Hello\n", "out_1")
    assert went == DeliveryResult(False, 0, "bad_address", True)
    assert relay.mails == []


@pytest.mark.parametrize(
    "subject",
    ["", "Your\r\nBcc: eve@evil.test", "Your\nappointment", "Your\rlink", "a\x00b", "a\u2028b", "a" * 201],
)
async def test_a_subject_is_one_line(relay: Relay, subject: str) -> None:
    went = await sender_to(relay).send(TO, subject, "Hello\n", "out_1")
    assert went == DeliveryResult(False, 0, "bad_message", True)
    assert relay.mails == []


@pytest.mark.parametrize(
    "to",
    ["a..b.@patients.test", "!#$%&'*+/=?^_`{|}~@x.org", "a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + ".org"],
)
async def test_odd_addresses_that_are_some(relay: Relay, to: str) -> None:
    assert (await sender_to(relay).send(to, "Hello", "Hello\n", "out_1")).ok
    [mail] = relay.mails
    assert mail.to == [to]
    assert mail.message["to"].replace("\r\n", "") == to


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n.\t"), max_size=500))
async def test_any_text_arrives(relay: Relay, text: str) -> None:
    relay.forget()
    assert (await sender_to(relay).send(TO, "Hello", text, "out_1")).ok
    [mail] = relay.mails
    assert mail.text.rstrip("\n") == text.rstrip("\n")


async def test_a_text_is_no_way_to_a_second_mail(relay: Relay) -> None:
    text = "Hello\n.\nMAIL FROM:<eve@evil.test>\nRCPT TO:<eve@evil.test>\nDATA\n.\n"
    assert (await sender_to(relay).send(TO, "Hello", text, "out_1")).ok
    [mail] = relay.mails
    assert mail.text == text


async def test_our_own_mistakes_are_logged_without_data(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert await sender_to(relay).send(TO, "Hello", "\ud800 a secret", "out_1") == DeliveryResult(
            False, 0, "internal", False
        )
    assert "a mail could not be sent: UnicodeEncodeError" in caplog.text
    assert "secret" not in caplog.text
    assert TO not in caplog.text


async def test_a_cancel_is_one_and_leaves_nothing_open(relay: Relay) -> None:
    relay.delay("rcpt", 1)
    task = asyncio.create_task(send(sender_to(relay)))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_many_at_once(relay: Relay) -> None:
    sender = sender_to(relay)
    went = await asyncio.gather(*(send(sender, f"out_{n}") for n in range(50)))
    assert {each.reason for each in went} == {"delivered"}
    assert len({mail.message["message-id"] for mail in relay.mails}) == 50


def test_a_name_is_no_way_into_the_header() -> None:
    # Settings refuse these; the message would, too.
    with pytest.raises(ValueError, match="CR"):
        mime_message(
            Mailbox("Visits\r\nBcc: eve", "a@clinic.org"), TO, "s", "t", "1", dt.datetime.now(dt.UTC)
        )
