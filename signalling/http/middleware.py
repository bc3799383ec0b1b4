"""Around every request: its id, one log line, its metrics, and a problem for whatever was refused or broke.

The line names the route's template and never the path: a booking service's ids may be names (DESIGN of the
keys says the same of Redis), a query may hold anything, and the address of a patient is nobody's business.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from aiohttp import HttpVersion10, hdrs, web
from aiohttp.typedefs import Handler, Middleware

from rooms.errors import Refusal, Unavailable
from rooms.times import SECOND, Instant
from signalling.http import problem, trace
from signalling.http.jsontext import Malformed
from signalling.metrics import Metrics

_access = logging.getLogger("consultroom.access")
_errors = logging.getLogger("consultroom.http")

UNMATCHED_ROUTE = "unmatched"
"""The route of a request that found none."""

_NEVER = frozenset({hdrs.METH_TRACE, hdrs.METH_CONNECT})

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_HSTS = "max-age=31536000"
"""RFC 6797, a year: links live for months and people come by once in a while, and whoever came once is not
to be led over http again. Not for subdomains, which are the clinic's; no preload, which is its own choice.
"""

SERVER_NAME = "consultroom"
"""What runs here and in which version is nobody's business."""

RESPONSE_HEADERS = web.AppKey("RESPONSE_HEADERS", dict[str, str])
"""Where an application keeps `response_headers` its public URL, for answers no handler gives."""


def response_headers(public_url: str) -> dict[str, str]:
    """What every answer carries unless it says otherwise. Over plain http a browser must not be told of https
    (RFC 6797 7.2), and with a public URL of http there is none.
    """
    return _HEADERS | ({"Strict-Transport-Security": _HSTS} if public_url.startswith("https:") else {})


def add_response_headers(
    headers: Mapping[str, str], clock: Callable[[], Instant]
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """`on_response_prepare`: these, and what differs. `Date` is of the clock by which rooms open, since the
    pages count down by it.
    """

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        if response.status == HTTPStatus.SWITCHING_PROTOCOLS:
            return  # no page, no body, and kept as long as its socket
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers["Server"] = SERVER_NAME
        response.headers["Date"] = _http_date(clock() // SECOND)
        response.headers["X-Request-Id"] = request.get(trace.REQUEST_ID, "")

    return add_headers


@lru_cache(maxsize=2)
def _http_date(second: int) -> str:
    """RFC 9110, 5.6.7; put together once a second, not once an answer."""
    return formatdate(second, usegmt=True)


ProblemPage = Callable[[web.Request, web.StreamResponse], web.StreamResponse]
"""Shows a person in a browser what a program is told by a problem."""


def answer_problems(metrics: Metrics, in_words: ProblemPage) -> Middleware:
    """The outermost middleware."""

    @web.middleware
    async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[trace.REQUEST_ID] = request_id = trace.new_request_id()
        started = time.perf_counter()
        response = in_words(request, await _answer(request, handler, request_id, metrics))
        _record(metrics, request, response, time.perf_counter() - started)
        return response

    return observe


async def _answer(
    request: web.Request, handler: Handler, request_id: str, metrics: Metrics
) -> web.StreamResponse:
    try:
        _refuse_outright(request)
        return await handler(request)
    except Refusal as refusal:
        if isinstance(refusal, Unavailable):
            metrics.redis_errors.labels("http").inc()
        return problem.of_refusal(refusal, request_id)
    except web.HTTPException as error:
        return problem.of_http(error, request_id)
    except Exception as error:
        facts = {"request_id": request_id, "route": route_of(request)}
        kind, frames = type(error).__name__, trace.where(error)
        trace.line(_errors, logging.ERROR, "internal", **facts, error=kind, frames=frames)
        if request.writer.output_size > 0:
            raise  # the answer has begun, a socket's for one; only closing is left
        return problem.internal(request_id)


def _refuse_outright(request: web.Request) -> None:
    if request.method in _NEVER:
        raise web.HTTPMethodNotAllowed(request.method, [hdrs.METH_GET, hdrs.METH_HEAD])
    if request.version < HttpVersion10:
        raise web.HTTPBadRequest  # the parser takes HTTP/0.9, a line without headers
    if any(name.lower() == "token" for name in request.query):
        # It is in a proxy's log by now, but not in ours, and whoever sent it learns of it (A4).
        raise Malformed("token_in_url", "Never put a token into an address; it would be logged on its way.")


def route_of(request: web.Request) -> str:
    """The template of the route, `/v1/patients/{id}`: one value however many patients there are."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else UNMATCHED_ROUTE


def _record(metrics: Metrics, request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    route, method, status = route_of(request), request.method, response.status
    metrics.requests.labels(route, method, str(status)).inc()
    if status != 101:  # a socket's whole life is no time to answer
        metrics.request_seconds.labels(route).observe(seconds)
    trace.line(
        _access,
        logging.INFO,
        "request",
        request_id=request[trace.REQUEST_ID],
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
    )
