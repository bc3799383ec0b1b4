"""From a route of the table to a handler of aiohttp's: who is calling, what is asked, was it asked before."""

from collections.abc import Mapping

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from rooms.times import Instant
from signalling.client_address import client_address, limit_key
from signalling.http import body, convert, idempotency
from signalling.http.authentication import Authenticator, stranger_caller, visitor_caller
from signalling.http.callers import Answer, Caller
from signalling.http.deps import HttpDeps
from signalling.http.idempotency import IdempotentRequest, run_once
from signalling.http.routes import APPOINTMENT_PATH, Call, Nothing, Route
from signalling.http.scalars import Id


def endpoint(route: Route, deps: HttpDeps, authenticator: Authenticator) -> Handler:
    """The handler of `route`. Checks run from the cheapest proof of who asks to the dearest reading of
    what.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        now = deps.clock()
        caller = await authenticator.authenticate(request, route, now)
        path = {name: convert.path_segment(request.match_info[name], Id, name) for name in route.parameters}
        raw, asked, left_out = await _asked(request, route)
        # Only whoever proves nothing is counted by where they call from.
        is_open = not route.scopes or caller.scope in {"hold", "visitor"}
        address = limit_key(client_address(request, deps.settings.trusted_proxies)) if is_open else ""
        if caller.scope == "visitor":
            caller = visitor_caller(asked, address)
        elif not route.scopes:
            caller = stranger_caller(address)
        repeat = _repeat(request, caller, deps, raw, now, _appointment(route, path))
        call = Call(
            deps=deps,
            caller=caller,
            path=path,
            asked=asked,
            now=now,
            idempotent=repeat,
            address=address,
            left_out=left_out,
        )
        return _response(call.warned(await _once(route, call)))

    return handle


async def _asked(request: web.Request, route: Route) -> tuple[bytes, msgspec.Struct, tuple[str, ...]]:
    query = convert.query(request.query, route.query if route.body is None else Nothing)
    if route.body is None:
        return b"", query, ()
    raw, value = await body.read(request, merge=route.method == hdrs.METH_PATCH)
    return raw, *convert.convert_lenient(value, route.body)


def _appointment(route: Route, path: Mapping[str, str]) -> str | None:
    """The one it is about."""
    return path["id"] if route.path.startswith(APPOINTMENT_PATH) else None


def _repeat(
    request: web.Request, caller: Caller, deps: HttpDeps, raw: bytes, now: Instant, appointment: str | None
) -> IdempotentRequest | None:
    key = idempotency.key_of(request) if request.method == hdrs.METH_POST else None
    if key is None:
        return None
    return IdempotentRequest(deps.store, deps.keyring, caller, key, request, raw, now, appointment)


async def _once(route: Route, call: Call[msgspec.Struct]) -> Answer:
    """Carry out what was not carried out yet; of a caller of no clinic, whose answer is kept elsewhere, the
    handler does so.
    """
    if call.idempotent is None:
        return await route.handler(call)
    return await run_once(call.idempotent, [call.clinic], lambda: route.handler(call))


def _response(answer: Answer) -> web.Response:
    if answer.body is None:
        return web.Response(status=answer.status)
    return web.Response(
        status=answer.status,
        body=answer.encoded(),
        content_type=answer.content_type,
        charset=_charset(answer),
    )


def _charset(answer: Answer) -> str | None:
    return "utf-8" if answer.content_type.startswith("text/") else None
