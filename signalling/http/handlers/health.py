"""Is this process up, can it serve, and what does the API look like."""

from typing import Any, Literal

import msgspec

from signalling.http.callers import Answer
from signalling.http.problem import NotReady
from signalling.http.routes import Call, Nothing, Route


class HealthShown(msgspec.Struct, frozen=True):
    """This process answers."""

    status: Literal["ok"] = "ok"


async def get_health(call: Call[Nothing]) -> Answer:
    """Alive: restarting would not help."""
    return Answer(200, HealthShown())


async def get_readiness(call: Call[Nothing]) -> Answer:
    """Ready: a join sent here would be served."""
    if why := call.deps.ready():
        raise NotReady("not_ready", why)
    return Answer(200, HealthShown())


HEALTH_ROUTES = (
    Route(
        method="GET",
        path="/healthz",
        handler=get_health,
        summary="Is the process alive?",
        answers={200: HealthShown},
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=get_readiness,
        summary="Can it serve a join now?",
        answers={200: HealthShown},
        errors={503: "not_ready"},
    ),
)


def document_route(document: dict[str, Any]) -> Route:
    """The call that shows the document, which is itself in it."""

    async def get_openapi(call: Call[Nothing]) -> Answer:
        return Answer(200, document)

    return Route(
        method="GET",
        path="/v1/openapi.json",
        handler=get_openapi,
        summary="This document.",
        answers={200: dict[str, Any]},
    )
