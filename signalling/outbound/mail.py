"""One mail, sent once to one person through the operator's relay (A7, A10)."""

import asyncio
import contextlib
import datetime as dt
import logging
import socket
import ssl
from collections.abc import Callable

import aiosmtplib
import idna
from aiosmtplib import SMTP

from rooms.times import SECOND, Instant
from signalling.clock import wall
from signalling.outbound.delivery_result import DeliveryReason, DeliveryResult, delivered, failed
from signalling.outbound.host_resolver import HostResolver
from signalling.outbound.mime_message import CalendarAttachment, is_header_text, mime_message
from signalling.outbound.settings import MAIL_ADDRESS, Mailbox, Relay

MAIL_SEND_SECONDS = 60.0
"""For everything. Relays keep strangers waiting before their greeting; giving up after the mail was sent and
before it was taken would send it twice."""

_QUIT_SECONDS = 5.0
"""For a goodbye that changes nothing."""

_LOGIN_WANTED = 530
"""RFC 4954 section 6: at any step, and about us, not about the recipient."""

_log = logging.getLogger(__name__)


class MailSender:
    """Sends mail in plain text, on a connection of its own for each. `tls` is for tests; `clock` dates it;
    `resolver` finds the relay."""

    def __init__(
        self,
        relay: Relay,
        sender: Mailbox,
        resolver: HostResolver,
        *,
        seconds: float = MAIL_SEND_SECONDS,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], Instant] = wall,
    ) -> None:
        self._clock, self._resolver = clock, resolver
        self._relay, self._sender, self._seconds = relay, sender, seconds
        # Once, because it reads every authority this machine trusts.
        self._tls = tls or ssl.create_default_context()

    @property
    def address(self) -> str:
        """Whom mail is from."""
        return self._sender.address

    async def send(
        self, to: str, subject: str, text: str, id: str, attached: CalendarAttachment | None = None
    ) -> DeliveryResult:
        """Send `text` to the address `to`, and a calendar file with it. Every attempt with one `id` is the
        same mail.

        Never raises, but for being cancelled. `final` where this mail to this address will never be taken:
        a 5xx to the recipient or the mail, an address that is none, a subject of two lines.
        """
        to = _in_ascii(to)
        if not MAIL_ADDRESS.fullmatch(to):
            return failed("bad_address")
        if not is_header_text(subject):
            return failed("bad_message")
        session = _SmtpSession(self._relay, self._sender.address, self._tls, self._seconds, self._resolver)
        try:
            now = dt.datetime.fromtimestamp(self._clock() / SECOND, dt.UTC)
            mail = mime_message(self._sender, to, subject, text, id, now, attached)
            async with asyncio.timeout(self._seconds):
                await session.deliver(to, mail)
        except Exception as error:
            return session.judged(error)
        else:
            await session.goodbye()
            return delivered(250)
        finally:
            session.end()


def _in_ascii(address: str) -> str:
    """With its domain as mail carries it (RFC 5891): every relay takes that, few take another. Anything else
    stays, and is no address.
    """
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


class _SmtpSession:
    """One conversation with the relay. `_stage` is what an error without a better name is called."""

    def __init__(
        self, relay: Relay, sender: str, tls: ssl.SSLContext, seconds: float, resolver: HostResolver
    ) -> None:
        self._relay, self._sender, self._resolver = relay, sender, resolver
        self._stage: DeliveryReason = "unreachable"
        self._smtp = SMTP(
            # The name of its certificate; who is connected to is `deliver`'s.
            hostname=relay.host,
            # The sender's domain: a real name, where this machine's own may be none or nobody's business.
            local_hostname=sender.rpartition("@")[2],
            use_tls=relay.security == "tls",
            start_tls=False,  # done below, where a relay without it is told apart
            tls_context=tls,
            timeout=seconds,
        )

    async def deliver(self, to: str, mail: bytes) -> None:
        """From the connection to the relay's last word. Raises what `judged` knows."""
        sock = await self._resolver.connected(self._relay.host, self._relay.port)
        try:
            await self._smtp.connect(sock=sock)
        except BaseException:
            sock.close()
            raise
        if self._relay.security == "starttls":
            self._stage = "tls"
            await self._smtp.starttls()
        if self._relay.user is not None:
            self._stage = "login_refused"
            await self._smtp.login(self._relay.user, self._relay.password or "")
        self._stage = "dropped"
        await self._smtp.sendmail(self._sender, to, mail)

    async def goodbye(self) -> None:
        """QUIT; the mail has been taken, whatever the relay says to that."""
        with contextlib.suppress(aiosmtplib.SMTPException):
            await self._smtp.quit(timeout=_QUIT_SECONDS)

    def end(self) -> None:
        """Hang up."""
        self._smtp.close()

    def judged(self, error: Exception) -> DeliveryResult:
        """What an error says about the mail."""
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            error = error.recipients[0]  # there was one
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._refused(error)
        causes = (error, error.__cause__)
        for kind, reason in _REASONS:
            if any(isinstance(each, kind) for each in causes):
                return failed(reason)
        if isinstance(error, aiosmtplib.SMTPException | OSError):
            return failed(self._stage)
        # Its text may hold the address.
        _log.error("a mail could not be sent: %s", type(error).__name__)
        return failed("internal")

    def _refused(self, error: aiosmtplib.SMTPResponseException) -> DeliveryResult:
        """A reply with a code. Only a 5xx about the recipient or the mail itself is for good; one about the
        sender or the login is the operator's to mend."""
        if error.code < 0:  # aiosmtplib's for what is no SMTP
            return failed("dropped")
        if error.code == _LOGIN_WANTED:
            return failed("login_refused", error.code)
        if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
            return failed("refused", error.code, final=500 <= error.code < 600)
        if isinstance(error, aiosmtplib.SMTPSenderRefused):
            return failed("sender_refused", error.code)
        return failed("refused" if self._stage in ("unreachable", "dropped") else self._stage, error.code)


_REASONS: tuple[tuple[type[Exception], DeliveryReason], ...] = (
    (ssl.SSLError, "tls"),
    (TimeoutError, "timeout"),
    (socket.gaierror, "unresolved"),
    (aiosmtplib.SMTPServerDisconnected, "dropped"),
)
