"""The HTTP side: the booking service's API, the pages, health and metrics."""

from collections.abc import Sequence

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from signalling.http import openapi
from signalling.http.authentication import Authenticator
from signalling.http.deps import HttpDeps
from signalling.http.endpoint import endpoint
from signalling.http.handlers import health
from signalling.http.middleware import (
    RESPONSE_HEADERS,
    add_response_headers,
    answer_problems,
    response_headers,
)
from signalling.http.pages import Pages
from signalling.http.routes import Route
from signalling.http.table import ROUTES
from signalling.metrics import Metrics

__all__ = ["HttpDeps", "described", "setup"]


def setup(app: web.Application, deps: HttpDeps, routes: Sequence[Route] = ROUTES) -> None:
    """Add every HTTP route, and the middleware that answers refusals from any route of `app` as problems.

    Serve the application with `signalling.http.server.Runner`: deadlines belong to the connection.
    """
    table, _ = described(deps.settings.public_url, routes)
    _add_calls(app.router, table, deps)
    app.router.add_get("/metrics", _metrics(deps.metrics))
    pages = Pages(deps.settings.public_url, deps.web)
    pages.add_to(app.router)
    app.middlewares.insert(0, answer_problems(deps.metrics, pages.in_words))
    headers = app[RESPONSE_HEADERS] = response_headers(deps.settings.public_url)
    app.on_response_prepare.append(add_response_headers(headers, deps.clock))


def described(public_url: str, routes: Sequence[Route] = ROUTES) -> tuple[Sequence[Route], openapi.Document]:
    """The whole table, with the call that shows the OpenAPI document, and that document."""
    document: openapi.Document = {}
    table = [*routes, health.document_route(document)]
    document |= openapi.document(table, public_url)
    return table, document


def _add_calls(router: web.UrlDispatcher, table: Sequence[Route], deps: HttpDeps) -> None:
    authenticator = Authenticator(deps)
    resources = {path: router.add_resource(path) for path in dict.fromkeys(route.path for route in table)}
    for route in table:
        handler = endpoint(route, deps, authenticator)
        resources[route.path].add_route(route.method, handler)
        if route.method == hdrs.METH_GET:
            resources[route.path].add_route(hdrs.METH_HEAD, handler)


def _metrics(metrics: Metrics) -> Handler:
    async def show_metrics(request: web.Request) -> web.StreamResponse:
        return web.Response(body=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})

    return show_metrics
