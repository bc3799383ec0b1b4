"""Who is calling (CONTRACT: `Authorization: Bearer <API key, or a link's token from our own pages>`)."""

import hmac
import time

from aiohttp import web

from rooms.booking import holds
from rooms.errors import Forbidden, LinkRefused, NotFound, TooMany
from rooms.ids import ClinicId, is_public_id, secret_digest
from rooms.service.administration.clinics import KEY_PREFIX
from rooms.service.administration.external import GROUP_PREFIX
from rooms.times import Instant
from signalling.client_address import client_address, limit_key
from signalling.http.callers import Caller
from signalling.http.deps import HttpDeps
from signalling.http.problem import Unauthenticated
from signalling.http.routes import Route
from signalling.limits import PerMinute

ANYBODY = Caller(scope="guest", name="", clinic=ClinicId(""))
"""Whoever calls what is open to all."""

ANY_VISITOR = Caller(scope="visitor", name="", clinic=ClinicId(""))
"""Whoever calls what the public page may, before it is known for which clinic."""


class Authenticator:
    """Proves callers and counts them. One per application."""

    def __init__(self, deps: HttpDeps) -> None:
        self._deps = deps
        self._calls = PerMinute(deps.settings.api_calls_per_minute)

    async def authenticate(self, request: web.Request, route: Route, now: Instant) -> Caller:
        """The caller of `route`. Raises 401 `unauthenticated`, 403 `forbidden` or 429 `rate_limited`."""
        if not route.scopes:
            return ANYBODY
        if route.public and "Authorization" not in request.headers:
            self._count(self._deps.visitors, request)
            return ANY_VISITOR
        try:
            caller = await self._prove(_credential(request), now)
        except Unauthenticated:
            # Guesses count together with those on the socket; good credentials never do.
            self._count(self._deps.refused, request)
            raise
        if caller.scope == "hold":
            # What the secret is worth, the call finds out.
            self._count(self._deps.visitors, request)
        if wait := self._calls.take(caller.name, time.monotonic()):
            raise TooMany(wait)
        if caller.scope not in route.scopes:
            raise Forbidden("forbidden", "This key or link may not do that.")
        _check_in_time(caller, route)
        return caller

    def _count(self, limit: PerMinute, request: web.Request) -> None:
        """By address on the network."""
        address = client_address(request, self._deps.settings.trusted_proxies)
        if wait := limit.take(limit_key(address), time.monotonic()):
            raise TooMany(wait)

    async def _prove(self, credential: str, now: Instant) -> Caller:
        if self._is_admin(credential):
            return Caller(scope="admin", name="admin", clinic=ClinicId(""), proof=credential)
        # No link's token begins like that: its first segment has eight characters.
        if credential.startswith(KEY_PREFIX):
            return await self._by_key(credential)
        if credential.startswith(GROUP_PREFIX):
            return await self._by_group_key(credential)
        if credential.startswith(holds.HOLD_PREFIX):
            return hold_caller(credential)
        return await self._by_link(credential, now)

    def _is_admin(self, credential: str) -> bool:
        admin = self._deps.settings.admin_key
        return admin is not None and hmac.compare_digest(credential.encode(), admin.encode())

    async def _by_key(self, credential: str) -> Caller:
        clinic = await self._deps.clinics.authenticate(credential)
        if clinic is None:
            raise Unauthenticated
        # Two keys of one clinic are two callers, so that rotating one never meets the other's limit.
        digest = secret_digest(credential)
        who = f"API key {digest[:8]}"
        return Caller(scope="key", name=f"key:{digest}", clinic=clinic, who=who, proof=credential)

    async def _by_group_key(self, credential: str) -> Caller:
        database = await self._deps.databases.authenticate(credential)
        if database is None:
            raise Unauthenticated
        digest = secret_digest(credential)
        who = f"group key {digest[:8]}"
        return Caller(
            scope="group",
            name=f"key:{digest}",
            clinic=ClinicId(""),
            who=who,
            database=database,
            proof=credential,
        )

    async def _by_link(self, credential: str, now: Instant) -> Caller:
        try:
            bearer = await self._deps.links.bearer(credential, now)
        except LinkRefused as refused:
            raise Unauthenticated(refused) from None
        parts = (bearer.role, bearer.clinic, bearer.practitioner or "", bearer.appointment or "")
        number = "" if bearer.number is None else str(bearer.number)
        return Caller(
            scope=bearer.role,
            name="/".join((*parts, number, bearer.grant or "")),
            who=bearer.name or bearer.role,
            number=bearer.number,
            clinic=bearer.clinic,
            practitioner=bearer.practitioner,
            appointment=bearer.appointment,
            token=credential,
            over=bearer.over,
        )


def _check_in_time(caller: Caller, route: Route) -> None:
    """A link whose time is over proves who its holder is and opens nothing but the way to a current one.
    Raises 401 with `cancelled`, `window_closed` or `not_confirmed`, as its room link's would; it is no guess,
    so that nobody counts it.
    """
    if caller.over is None:
        return
    left = route.cancelled if caller.over.code == "cancelled" else route.closed
    if caller.scope not in left:
        raise Unauthenticated(caller.over)


def hold_caller(secret: str) -> Caller:
    """Whoever sends the secret of a time they hold; that it is one, the hold itself says. Raises
    `hold_not_found` for what cannot be.
    """
    clinic = holds.clinic_of(secret)
    if clinic is None or not is_public_id(clinic):
        raise NotFound("hold_not_found", "There is no such hold.")
    name = f"hold:{secret_digest(secret)}"
    return Caller(scope="hold", name=name, clinic=clinic, secret=secret, proof=secret)


def visitor_caller(asked: object, address: str) -> Caller:
    """A visitor of a clinic's booking page, by the id or the secret in what they ask."""
    if (secret := getattr(asked, "secret", None)) is not None:
        return hold_caller(secret)
    if hasattr(asked, "secret"):
        raise NotFound("hold_not_found", "There is no such hold.")
    clinic = getattr(asked, "clinic", None)
    if clinic is None:
        raise Unauthenticated
    # Two visitors behind one address may have chosen the same Idempotency-Key only if they share a browser.
    return Caller(scope="visitor", name=f"visitor:{address}", clinic=ClinicId(clinic))


def stranger_caller(address: str) -> Caller:
    """Whoever calls what is open to all. Two of them may choose the same Idempotency-Key only if they share
    an address.
    """
    return Caller(scope="guest", name=f"stranger:{address}", clinic=ClinicId(""))


def _credential(request: web.Request) -> str:
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential.isascii():
        raise Unauthenticated
    return credential.strip()
