"""One webhook, sent once (F6)."""

import asyncio
import contextlib
import datetime as dt
import logging
import ssl
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver

from rooms.errors import Invalid
from rooms.times import SECOND, Instant
from signalling.outbound.addresses import check_url
from signalling.outbound.delivery_result import DeliveryReason, DeliveryResult, delivered, failed
from signalling.outbound.guarded_resolver import ForbiddenAddress, GuardedResolver
from signalling.outbound.retry_after import milliseconds
from signalling.outbound.settings import AllowedHosts
from signalling.outbound.webhook_signature import signed

WEBHOOK_SECONDS = 15.0
"""For everything, from the name to the answer's status: Standard Webhooks recommends 15 to 30 s."""

ANSWER_BYTES = 65_536
"""Of an answer that is read, and thrown away: a receiver that writes one should not see a reset."""

ANSWER_SECONDS = 1.0
"""For that reading, once the status has come: whoever trickles an answer holds no place for it."""

_log = logging.getLogger(__name__)


class WebhookSender:
    """Sends signed webhooks. It holds no connection between two of them, so that each one's address is looked
    at anew, and none is lost to a connection that was closed meanwhile.

    It does not limit how many are under way; whoever calls does. `resolver` finds the receivers. `tls` is for
    tests.
    """

    def __init__(
        self,
        allow: AllowedHosts,
        resolver: AbstractResolver,
        *,
        seconds: float = WEBHOOK_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow, self._seconds = allow, seconds
        self._tls, self._guard = tls, GuardedResolver(allow, resolver)
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, url: str, secrets: Sequence[str], id: str, at: Instant, body: bytes
    ) -> DeliveryResult:
        """POST `body` (JSON) as the message `id`, signed with every one of `secrets` (`whsec_…`) for the
        moment `at` of this attempt, in ms.

        Only a 2xx is delivered. Never raises, but for being cancelled; never `final`, for a receiver can be
        mended at any time.
        """
        reached = SimpleNamespace(connected=False)
        try:
            check_url(url, self._allow)
            return await self._post(url, signed(id, at, body, secrets), body, at, reached)
        except TimeoutError:
            return failed("timeout" if reached.connected else "connect_timeout")
        except Exception as error:
            return failed(_reason(error))

    async def close(self) -> None:
        """End what is under way."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(
        self, url: str, headers: dict[str, str], body: bytes, at: Instant, reached: SimpleNamespace
    ) -> DeliveryResult:
        async with asyncio.timeout(self._seconds):
            response = await self._http.post(
                url,
                data=body,
                headers=headers | {"Content-Type": "application/json"},
                allow_redirects=False,
                trace_request_ctx=reached,
            )
        try:
            # The status is the answer; what follows it can break off without changing it.
            with contextlib.suppress(OSError, aiohttp.ClientError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await _read_away(response.content)
        finally:
            response.close()
        return _judged(response, at)

    @property
    def _http(self) -> aiohttp.ClientSession:
        # Made at the first use, because it belongs to a running loop.
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=self._guard,
                use_dns_cache=False,
                force_close=True,
                limit=0,
                ssl=True if self._tls is None else self._tls,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # `_post` has one for all
                headers={"User-Agent": "consultroom"},
                skip_auto_headers=("Accept", "Accept-Encoding"),
                auto_decompress=False,
                trust_env=False,
                trace_configs=[_watching()],
            )
        return self._session


async def _read_away(content: aiohttp.StreamReader) -> None:
    left = ANSWER_BYTES
    while left > 0 and (chunk := await content.read(left)):
        left -= len(chunk)


def _watching() -> aiohttp.TraceConfig:
    """What tells a receiver that is slow from one that nobody reaches."""

    async def connected(_: aiohttp.ClientSession, context: Any, __: object) -> None:
        context.trace_request_ctx.connected = True

    watching = aiohttp.TraceConfig()
    watching.on_connection_create_end.append(connected)
    return watching


def _judged(response: aiohttp.ClientResponse, at: Instant) -> DeliveryResult:
    status = response.status
    if 200 <= status < 300:
        return delivered(status)
    if 300 <= status < 400:
        return failed("redirect", status)
    now = dt.datetime.fromtimestamp(at / SECOND, dt.UTC)
    wait = milliseconds(response.headers.get("Retry-After"), now)
    return failed("gone" if status == 410 else "refused", status, wait=wait)


_REASONS: tuple[tuple[type[Exception], DeliveryReason], ...] = (
    (Invalid, "forbidden_address"),
    (aiohttp.ClientSSLError, "tls"),
    (aiohttp.ClientConnectorError, "unreachable"),
    (aiohttp.ClientError, "dropped"),
    (OSError, "dropped"),
)


def _reason(error: Exception) -> DeliveryReason:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "forbidden_address" if isinstance(error.os_error, ForbiddenAddress) else "unresolved"
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    # Its text may hold the URL, and that may hold a receiver's secret.
    _log.error("a webhook could not be sent: %s", type(error).__name__)
    return "internal"
