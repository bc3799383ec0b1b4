"""The HTTP server under the application: what a connection may cost before there is a request to handle.

aiohttp has no deadline for headers, answers a broken request in its own format and logs it with the bytes
that were sent, a bearer token included. All three are settled here, and the application is served by
`HttpRunner`.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.http_parser import RawRequestMessage
from aiohttp.web_protocol import RequestHandler

from rooms.errors import TooMany
from signalling.connections import Connections
from signalling.http import problem, trace
from signalling.http.flood import RequestCrumbs
from signalling.http.middleware import RESPONSE_HEADERS, SERVER_NAME

HEADERS_WITHIN = 8.0
"""Seconds from the first byte of a request, or from the connection, to the end of its headers: twice what a
bad phone line needs, and whoever sends a byte a second holds a connection no longer.
"""

IDLE_SECONDS = 130.0
"""Seconds a connection may rest between requests: longer than the proxies of deploy/ keep theirs (Caddy 120
s), so that it is never us who closes just as they send.
"""

LONGEST_LINE, LONGEST_FIELD = 8_192, 8_190
"""Bytes of a request line and of a header. They differ so that aiohttp's one exception for both tells
which.
"""

EARLY_BYTES = 16 * 1024
"""Bytes that may come after an upgrade's headers before it was answered: a client waits for that (RFC 6455
section 4.1), and sends a hello at most.
"""

UNREAD_WITHIN = 3.0
"""Seconds for which a client that has asked so much that nothing more is read of it may leave its answers
unread: a page asked for a thousand times at once holds megabytes, and whoever asks so reads none of them.
"""

CONNECTIONS = web.AppKey("CONNECTIONS", Connections)
"""Where an application keeps its count of connections."""

TOO_MANY_CONNECTIONS = TooMany(10)
"""What a connection too many is answered; ten seconds are a page's next try."""

_log = logging.getLogger("consultroom.http")


class HttpConnection(RequestHandler):
    """One client's connection."""

    __slots__ = ("_connections", "_crumbs", "_deadline", "_headers", "_peer", "_refused", "_unread", "watch")

    def __init__(
        self,
        *args: Any,
        connections: Connections | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._connections, self._headers = connections, headers or {}
        self._peer, self._refused = "", False
        self._deadline: asyncio.TimerHandle | None = None
        self._crumbs = RequestCrumbs()
        self._unread: asyncio.TimerHandle | None = None
        self.watch: Callable[[bytes], bool] | None = None
        """Sees what a WebSocket sends before it is read; False: it is not to be read."""

    def watch_with(self, watch: Callable[[bytes], bool]) -> None:
        """Show `watch` everything that comes after the upgrade's headers, also what has come already."""
        self.watch = watch
        if self._message_tail and not watch(self._message_tail):
            self._message_tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The first request is awaited from here on, if this connection is to be had."""
        if self._connections is not None and not self._may_open(self._connections, transport):
            return
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nothing is awaited any more."""
        if self._refused:
            return
        if self._connections is not None:
            self._connections.close(self._peer)
        self._arrived()
        self._stop_expecting_to_be_read()
        super().connection_lost(exc)

    def _may_open(self, connections: Connections, transport: asyncio.BaseTransport) -> bool:
        """Answer at once where it is not: whoever asks has mostly not asked yet, and reads it all the
        same.
        """
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else ""
        reason = connections.open(self._peer)
        self._refused = reason is not None
        if self._refused:
            # uvloop's is one in all but its base class.
            wire = cast("asyncio.Transport", transport)
            wire.write(problem.raw(TOO_MANY_CONNECTIONS, trace.new_request_id()))
            wire.close()
        return not self._refused

    def data_received(self, data: bytes) -> None:
        """Headers complete stop the clock; their first byte after a pause starts it again."""
        if self._refused:
            return
        if self.watch is not None:
            if self.watch(data):
                super().data_received(data)
            return
        if self._crumbs.are_flood(data, self._missing):
            self._cut()
            return
        super().data_received(data)
        self._expect_to_be_read()
        if self._upgraded and len(self._message_tail) > EARLY_BYTES:
            # Asked to switch protocols, and did not wait for it, or where nothing switches.
            self._cut()
            return
        if self._current_request is not None or self._messages:
            # The way of every body chunk, hence short.
            if self._deadline is not None:
                self._arrived()
        elif self._deadline is None:
            self._expect()

    def _missing(self) -> int:
        """What is to come of the newest request's body, if its length was said."""
        if self._messages:
            message, payload = self._messages[-1]
            said = message.headers.get("Content-Length") if isinstance(message, RawRequestMessage) else None
        elif self._current_request is not None:
            payload = self._current_request.content
            said = self._current_request.headers.get("Content-Length")
        else:
            return 0
        return 0 if said is None or payload.is_eof() else int(said) - payload.total_bytes

    def pause_writing(self) -> None:
        """Answers are no longer read as fast as they are given."""
        super().pause_writing()
        self._expect_to_be_read()

    def resume_writing(self) -> None:
        """Some were read."""
        super().resume_writing()
        self._stop_expecting_to_be_read()

    def _expect_to_be_read(self) -> None:
        if self._unread is None and self._paused and self._buffer_paused and not self._upgraded:
            self._unread = self._loop.call_later(UNREAD_WITHIN, self._cut)

    def _stop_expecting_to_be_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _cut(self) -> None:
        """What it sends, or leaves unread, costs more than anybody honest does."""
        if self._connections is not None:
            self._connections.refused("flood")
        if self.transport is not None:
            self.transport.abort()

    def _expect(self) -> None:
        self._deadline = self._loop.call_later(HEADERS_WITHIN, self._give_up)

    def _arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        # Only while nothing is being handled, as aiohttp's own keep-alive timer does.
        if self._waiter is not None and not self._waiter.done():
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What the parser refused, as a problem. The exception quotes the request, so it is not logged."""
        request_id = trace.new_request_id()
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun; the connection is closed instead.")
        status = _status(exc, status)
        facts = {"request_id": request_id, "status": status, "error": type(exc).__name__}
        trace.line(_log, logging.INFO, "refused by the parser", **facts)
        response = problem.of_status(status, request_id)
        response.headers.update({**self._headers, "X-Request-Id": request_id, "Server": SERVER_NAME})
        response.force_close()
        return response


def _status(error: BaseException | None, status: int) -> int:
    if isinstance(error, LineTooLong):
        return 414 if error.args[1] == LONGEST_LINE else 431
    return status


class HttpListener(web.Server):
    """Makes a `HttpConnection` for every client."""

    counted: Connections | None = None
    headers: Mapping[str, str] | None = None

    def __call__(self) -> RequestHandler:
        return HttpConnection(
            self, loop=self._loop, connections=self.counted, headers=self.headers, **self._kwargs
        )


class HttpRunner(web.AppRunner):
    """Serves an application: use it wherever `web.AppRunner` would be."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        listener = HttpListener(
            made.request_handler,
            request_factory=made.request_factory,
            keepalive_timeout=IDLE_SECONDS,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_FIELD,
            # `signalling.http.body` does it, up to its limit; what nobody reads is then never unpacked.
            auto_decompress=False,
            # Our own line is written by `signalling.http.middleware`.
            access_log=None,
        )
        listener.counted, listener.headers = self.app.get(CONNECTIONS), self.app.get(RESPONSE_HEADERS)
        return listener
