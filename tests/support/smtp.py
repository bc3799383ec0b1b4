"""A real mail relay (aiosmtpd): what it took, and refusals at every step.

with Relay() as relay:
    relay.refuse("rcpt", "451 4.7.1 Greylisted, try again later", times=2)
    ... CONSULTROOM_SMTP_URL=relay.url, CONSULTROOM_MAIL_FROM=relay.sender
    relay.mails
"""

import asyncio
import email
import email.policy
import json
import signal
import ssl
import sys
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal, NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.beside import Beside
from tests.support.certificate import Certificate, certificate
from tests.support.spool import Spool

Step = Literal["mail", "rcpt", "data"]
"""Where a relay can refuse; `data` is after the whole text has come."""

Security = Literal["starttls", "tls", "none"]

_SCHEMES: dict[Security, str] = {"starttls": "smtp", "tls": "smtps", "none": "smtp+plain"}

USER, PASSWORD = "visits@clinic.org", "p@ss: wörd/%"
"""What `login` demands. Not the easiest to put into a URL, on purpose."""


class Mail(NamedTuple):
    """One mail that the relay took."""

    at: float
    sender: str
    to: list[str]
    raw: bytes
    tls: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        """Read as a mail program does."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def text(self) -> str:
        """What a person reads."""
        body = self.message.get_body(("plain",))
        text: str = body.get_content() if body else ""
        return text.replace("\r\n", "\n")

    @property
    def calendars(self) -> list[EmailMessage]:
        """The calendar files with it."""
        return [each for each in self.message.iter_attachments() if each.get_content_subtype() == "calendar"]


class Relay(Beside):
    """One relay on loopback; `login` demands `USER` and `PASSWORD`."""

    module = "tests.support.smtp"

    sender = "Visits <visits@clinic.org>"

    def __init__(self, security: Security = "none", *, login: bool = False) -> None:
        super().__init__(security=security, login=login)
        self._security = security
        self.certificate: Certificate | None = certificate(self.folder) if security != "none" else None

    @property
    def url(self) -> str:
        """As `CONSULTROOM_SMTP_URL`, without a login."""
        return f"{_SCHEMES[self._security]}://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[Mail]:
        """What was taken, the oldest first; one whose reply was dropped too, as relays do."""
        return [Mail(**each | {"raw": each["raw"].encode("latin-1")}) for each in self._came.all()]

    async def wait_for(self, count: int, within: float = 10) -> list[Mail]:
        """At least so many mails, or an `AssertionError`."""
        deadline = time.monotonic() + within
        while len(self.mails) < count:
            assert time.monotonic() < deadline, f"{len(self.mails)} of {count} mails came"
            await asyncio.sleep(0.02)
        return self.mails

    def refuse(self, step: Step, reply: str, times: int = 1) -> None:
        """Answer the next such steps with this reply: `451 …`, `550 …`."""
        self._order(times, step=step, reply=reply)

    def drop(self, step: Step, times: int = 1, *, taken: bool = False) -> None:
        """Cut the connection at the next such steps; with `taken`, after having taken the mail."""
        self._order(times, step=step, drop=True, taken=taken)

    def delay(self, step: Step, seconds: float, times: int = 1) -> None:
        """Answer the next such steps late."""
        self._order(times, step=step, seconds=seconds)


class _Handler:
    """The child's side. An order waits for the step it is for."""

    def __init__(self, folder: Path) -> None:
        self._orders, self._came = Spool(folder / "orders"), Spool(folder / "came")
        self._next: dict[str, Any] | None = None

    async def _carried_out(self, step: Step, server: SMTP) -> tuple[str | None, bool]:
        """The reply that is ordered, or None; and whether a mail is taken all the same."""
        self._next = self._next or self._orders.take()
        if self._next is None or self._next["step"] != step:
            return None, True
        order, self._next = self._next, None
        await asyncio.sleep(order.get("seconds", 0))
        if order.get("drop"):
            _transport(server).abort()
        return order.get("reply"), "reply" not in order and order.get("taken", True)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply, _ = await self._carried_out("mail", server)
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply, _ = await self._carried_out("rcpt", server)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        reply, taken = await self._carried_out("data", server)
        raw = envelope.original_content or b""
        if taken:
            self._came.add(
                {
                    "at": time.time(),
                    "sender": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "raw": raw.decode("latin-1"),
                    "tls": _transport(server).get_extra_info("sslcontext") is not None,
                    "user": _user(session.auth_data),
                }
            )
        return reply or "250 OK"


def _transport(server: SMTP) -> asyncio.Transport:
    assert isinstance(server.transport, asyncio.Transport)
    return server.transport


def _user(login: object) -> str | None:
    return login.login.decode() if isinstance(login, LoginPassword) else None


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == right, handled=False, auth_data=data)


async def serve(options: dict[str, Any]) -> None:
    """Until SIGTERM."""
    folder = Path(options["folder"])
    handler, security = _Handler(folder), options["security"]
    tls: ssl.SSLContext | None = None
    if security != "none":
        tls = Certificate(folder / "cert.pem", folder / "key.pem").server()

    def protocol() -> SMTP:
        return SMTP(
            handler,
            hostname="mail.clinic.org",
            tls_context=tls if security == "starttls" else None,
            require_starttls=security == "starttls",
            auth_require_tls=security == "starttls",
            auth_required=options["login"],
            authenticator=_authenticate,
        )

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await loop.create_server(protocol, "127.0.0.1", options["port"], ssl=tls if security == "tls" else None)
    await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
