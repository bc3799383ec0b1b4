"""The one mapping from refusals to RFC 9457 `application/problem+json`. Everything that is not an answer is
made here, whoever refused: a service, the body reader, aiohttp's router or its parser.
"""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil

import msgspec
from aiohttp import web

from rooms.errors import (
    Contradiction,
    Forbidden,
    Gone,
    Invalid,
    LinkRefused,
    NotFound,
    Refusal,
    TooMany,
    TooManyHolds,
    Unavailable,
)
from signalling.http.body import TooLarge, TooSlow, Unsupported
from signalling.http.jsontext import Malformed

PROBLEM_TYPE = "application/problem+json"


class Unauthenticated(Refusal):
    """401. Before a good signature it says no more than that; after one, what is wrong with the link
    (RELIABILITY 5, rule a).
    """

    def __init__(self, link: LinkRefused | None = None) -> None:
        if link is None or link.code in {"token_invalid", "token_not_canonical", "token_too_long"}:
            super().__init__("unauthenticated", "Send a valid key or link token as Authorization: Bearer …")
        else:
            super().__init__(link.code, link.message, **link.facts)


class NotReady(Refusal):
    """503: alive, but joins would fail here now. A balancer sends them elsewhere."""


class Problem(msgspec.Struct, kw_only=True):
    """RFC 9457, with `code` for programs. Some codes add facts of their own, such as `other` to
    `slot_taken`.
    """

    title: str
    status: int
    code: str
    detail: str
    request_id: str
    type: str = "about:blank"
    field: str | msgspec.UnsetType = msgspec.UNSET


_STATUS: tuple[tuple[type[Refusal], HTTPStatus], ...] = (
    (Malformed, HTTPStatus.BAD_REQUEST),
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (TooSlow, HTTPStatus.REQUEST_TIMEOUT),
    (Contradiction, HTTPStatus.CONFLICT),
    (Gone, HTTPStatus.GONE),
    # Asked for over HTTP, a link that cannot be is a clash with how things stand (CONTRACT, `tokens`).
    (LinkRefused, HTTPStatus.CONFLICT),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (Unsupported, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (TooManyHolds, HTTPStatus.TOO_MANY_REQUESTS),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotReady, HTTPStatus.SERVICE_UNAVAILABLE),
)

# What aiohttp itself refuses, in our words. Its own texts may quote the request.
_AIOHTTP: Mapping[int, tuple[str, str]] = {
    400: ("request_invalid", "This is not a valid HTTP request."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This method does nothing here; Allow lists those that do."),
    413: ("body_too_large", "The body is too large."),
    414: ("uri_too_long", "The address is too long."),
    417: ("expectation_failed", "Expect: 100-continue is the only expectation met."),
    426: ("upgrade_required", "Use WebSocket version 13."),
    431: ("header_too_large", "A header is too large."),
}


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status of a refusal."""
    return next((status for kind, status in _STATUS if isinstance(refusal, kind)), HTTPStatus.BAD_REQUEST)


def of_refusal(refusal: Refusal, request_id: str) -> web.Response:
    """The answer to a request that was refused."""
    status = status_of(refusal)
    response = _response(status, refusal.code, refusal.message, request_id, _facts(refusal))
    if "retry_after" in refusal.facts:
        response.headers["Retry-After"] = str(max(1, ceil(float(str(refusal.facts["retry_after"])))))
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="consultroom"'
    return response


def raw(refusal: Refusal, request_id: str) -> bytes:
    """The answer as bytes, to a connection whose requests are not read at all; it is closed after it."""
    made = of_refusal(refusal, request_id)
    body = made.body if isinstance(made.body, bytes) else b""
    told = {**made.headers, "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"HTTP/1.1 {made.status} {made.reason}", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _facts(refusal: Refusal) -> dict[str, object]:
    field = getattr(refusal, "field", None)
    return dict(refusal.facts) | ({"field": field} if field else {})


def of_http(error: web.HTTPException, request_id: str) -> web.Response:
    """aiohttp's own refusals; what a client needs to do better is kept (RFC 9110 sections 10.2.1 and
    15.5.22).
    """
    response = of_status(error.status, request_id)
    for name in ("Allow", "Upgrade", "Sec-WebSocket-Version"):
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return response


def of_status(status: int, request_id: str) -> web.Response:
    """A problem for which there is only a status."""
    known = HTTPStatus(status)
    code, detail = _AIOHTTP.get(status, (known.name.lower(), f"{known.phrase}."))
    return _response(known, code, detail, request_id, {})


def internal(request_id: str) -> web.Response:
    """Our own fault, of which the log knows more under the same `request_id`."""
    detail = "Something went wrong here. It is logged under this request_id."
    return _response(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail, request_id, {})


def _response(
    status: HTTPStatus, code: str, detail: str, request_id: str, facts: Mapping[str, object]
) -> web.Response:
    problem = Problem(title=status.phrase, status=status, code=code, detail=detail, request_id=request_id)
    # A fact can add to a problem and never change what it says.
    body = msgspec.json.encode({**facts, **msgspec.to_builtins(problem)})
    return web.Response(status=status, body=body, content_type=PROBLEM_TYPE)
