"""The machinery of `signalling.http` around calls of the test's own: one that takes every kind of value, and
one that breaks.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, cast

from aiohttp import web
from msgspec import Meta

from rooms.errors import LinkRefused
from rooms.ids import ClinicId
from signalling.config import Settings
from signalling.http import HttpDeps, setup
from signalling.http.callers import Answer
from signalling.http.handlers import health
from signalling.http.pages import WEB_FOLDER
from signalling.http.routes import Call, Route
from signalling.http.scalars import Email, Id, InstantText, Name, Phone, Text, Zone
from signalling.http.schemas.requests import ListAppointments, Request
from signalling.limits import PerMinute
from signalling.metrics import Metrics

ADMIN = "an-admin-key-for-tests-only-0123456789"
KEY = "crk.here.a-secret"
CANARY = "canary-7f3a"


class Part(Request, frozen=True, kw_only=True):
    id: Id
    name: Name | None = None


class Thing(Request, frozen=True, kw_only=True):
    """Every kind of value a request may hold."""

    practitioner: Id
    name: Name | None = None
    text: Text | None = None
    email: Email | None = None
    phone: Phone | None = None
    zone: Zone | None = None
    when: InstantText | None = None
    hours: Annotated[float, Meta(gt=0, le=24)] | None = None
    minutes: Annotated[int, Meta(ge=1, le=480)] | None = None
    flag: bool = False
    parts: Annotated[tuple[Part, ...], Meta(max_length=2)] = ()


async def take(call: Call[Thing]) -> Answer:
    """Answers what it understood."""
    return Answer(200, call.asked)


async def take_query(call: Call[ListAppointments]) -> Answer:
    return Answer(200, {"limit": call.asked.limit})


async def break_down(call: Call[Thing]) -> Answer:
    raise ValueError(f"{CANARY} {call.asked.practitioner}")


async def who(call: Call[Any]) -> Answer:
    return Answer(200, {"clinic": call.clinic, "id": call.path["id"]})


ROUTES = (
    *health.HEALTH_ROUTES,
    Route(method="POST", path="/t/things", handler=take, summary="", body=Thing, answers={200: Thing}),
    Route(method="POST", path="/t/broken", handler=break_down, summary="", body=Thing, answers={200: Thing}),
    Route(method="GET", path="/t/list", handler=take_query, summary="", query=ListAppointments),
    Route(method="GET", path="/t/who/{id}", handler=who, summary="", scopes=frozenset({"key"})),
)


class Clinics:
    async def authenticate(self, api_key: str) -> ClinicId | None:
        return ClinicId("here") if api_key == KEY else None


class Links:
    async def bearer(self, token: object, now: int) -> None:
        if token == "retired":
            raise LinkRefused("token_revoked", "This link was replaced by a newer one.", can_resend=True)
        raise LinkRefused("token_invalid", "This is not a link of ours.")


def build(
    *,
    calls: int = 6000,
    refused: int = 300,
    web_folder: Path = WEB_FOLDER,
    ready: str | None = None,
    public_url: str = "https://visit.example.org",
) -> web.Application:
    """An application with the machinery and the calls above."""
    settings = Settings(
        redis_url="unix:///nowhere",
        public_url=public_url,
        admin_key=ADMIN,
        api_calls_per_minute=calls,
        refused_tokens_per_minute=refused,
    )
    unused = cast(Any, SimpleNamespace())
    app = web.Application()
    setup(
        app,
        HttpDeps(
            settings=settings,
            keyring=unused,
            clock=lambda: 0,
            clinics=cast(Any, Clinics()),
            links=cast(Any, Links()),
            practitioners=unused,
            types=unused,
            patients=unused,
            erasure=unused,
            appointments=unused,
            outcomes=unused,
            guests=unused,
            diagnosis=unused,
            staff_acts=unused,
            forward=unused,
            by_contact=unused,
            bookmarks=unused,
            databases=unused,
            external=unused,
            free_slots=unused,
            holds=unused,
            hold_acts=unused,
            availability=unused,
            reschedules=unused,
            by_hand=unused,
            webhooks=unused,
            support_bundles=unused,
            after_response=unused,
            visitors=unused,
            strangers=unused,
            store=unused,
            ready=lambda: ready,
            refused=PerMinute(refused),
            metrics=Metrics(),
            web=web_folder,
        ),
        ROUTES,
    )
    return app
