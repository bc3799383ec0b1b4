"""Who may call, and what is answered: the words the table of routes is written in."""

from typing import Literal

import msgspec

from rooms.errors import LinkRefused
from rooms.ids import AppointmentNo, ClinicId
from rooms.records import By
from rooms.service.idempotency import Actor

Scope = Literal["admin", "group", "key", "staff", "practitioner", "patient", "guest", "hold", "visitor"]
"""Who may make a call: the operator, an external database's key, a clinic's API key, or a link's token by its
role; whoever holds a time by its secret; a visitor of the public booking page.
"""

STAFF_SCOPES: frozenset[Scope] = frozenset({"key", "staff"})
"""API keys and staff links count as staff (CONTRACT)."""

OPERATOR_SCOPE: frozenset[Scope] = frozenset({"admin"})
KEY_SCOPE: frozenset[Scope] = frozenset({"key"})

PATIENT_SCOPE: frozenset[Scope] = frozenset({"patient"})

VISITING_SCOPES: frozenset[Scope] = PATIENT_SCOPE | {"guest"}
"""Whoever comes to be seen."""

CLINIC_SCOPES: frozenset[Scope] = STAFF_SCOPES | {"practitioner"}
"""Whoever works there; a practitioner sees their own only."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a call, proven. `name` tells callers apart for limits and Idempotency-Keys; it is no
    secret.
    """

    scope: Scope
    name: str
    clinic: ClinicId
    """Empty for the operator."""
    practitioner: str | None = None
    """The booking service's id of the practitioner whose link this is."""
    appointment: AppointmentNo | None = None
    """The only appointment this link may see."""
    number: int | None = None
    """The person's number on it."""
    who: str = ""
    """For the audit: whose staff link, or which key (A9)."""
    secret: str | None = None
    """Of the time this caller holds (C2)."""
    token: str | None = None
    """Of the link that calls, to give it back as a picture of itself; it is logged nowhere (A4)."""
    database: str | None = None
    """The external database a group key is for (B5)."""
    proof: str = ""
    """The credential, where `name` stands for this one alone; kept and logged nowhere. A link's is not: a
    person may come again with another of theirs."""
    over: LinkRefused | None = None
    """Why this link opens no more than `Route.cancelled` and `Route.closed` leave it."""

    @property
    def by(self) -> By:
        """For the history; API keys and staff links count as staff (CONTRACT)."""
        if self.scope in ("patient", "practitioner"):
            return self.scope
        return "patient" if self.scope in ("hold", "visitor") else "staff"

    @property
    def actor(self) -> Actor:
        """For the audit."""
        return Actor(self.by, self.who)


class Answer(msgspec.Struct, frozen=True):
    """A status and what is sent as JSON, or bytes of another kind as they are; None: no body."""

    status: int
    body: object = None
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        """The body's bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else msgspec.json.encode(self.body)
