"""What a call of the API is made of: its row in the table and what its handler is given.

The table is the truth: the router, the checks before a handler and `/v1/openapi.json` all come from it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

import msgspec

from rooms.changes import Remember
from rooms.ids import ClinicId
from rooms.times import Instant
from signalling.http.callers import Answer, Caller, Scope
from signalling.http.deps import HttpDeps
from signalling.http.idempotency import IdempotentRequest
from signalling.http.schemas.answers import Warned

B = TypeVar("B")
R = TypeVar("R")

APPOINTMENT_PATH = "/v1/appointments/{id}"

UNKNOWN_ERRORS = {404: "not_found"}
"""Of a call whose path names something that is not there, or not the caller's."""


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query of a call that takes none."""


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """One call, checked: a handler has only to carry it out."""

    deps: HttpDeps
    caller: Caller
    path: Mapping[str, str]
    asked: B
    """The body, or the query where there is no body."""
    now: Instant
    idempotent: IdempotentRequest | None = None
    """Set where an Idempotency-Key was sent."""
    address: str = ""
    """Whom a caller without a credential is counted as: an address on the network."""
    left_out: tuple[str, ...] = ()
    """Contacts in the body that cannot be used, by path: the rest is as it was asked, without them."""

    def unusable(self, path: str = "") -> tuple[str, ...]:
        """Those of one person of the body: the fields behind `path`."""
        behind = [each.removeprefix(path) for each in self.left_out if each.startswith(path)]
        return tuple(each for each in behind if each.isalpha())

    def warned(self, answer: Answer) -> Answer:
        """The answer, which names what was left out of what was asked."""
        body = answer.body
        if not self.left_out or not isinstance(body, msgspec.Struct) or not hasattr(body, "warnings"):
            return answer
        more = [Warned(code="contact_invalid", field=each) for each in self.left_out]
        body = msgspec.structs.replace(body, warnings=(*(body.warnings or ()), *more))
        return Answer(answer.status, body, answer.content_type)

    @property
    def clinic(self) -> ClinicId:
        """The caller's clinic: no call names another."""
        return self.caller.clinic

    def keep(self, render: Callable[[R], Answer]) -> Callable[[R], Remember] | None:
        """A service's `keep`: what `render` makes of the result is stored in the commit that makes it
        true.
        """
        idempotent = self.idempotent
        return None if idempotent is None else lambda result: idempotent.keeper(self.warned(render(result)))


@dataclass(frozen=True, kw_only=True)
class Route:
    """One row. `errors` are this call's own, by status; what every call may answer is added to the
    document.
    """

    method: Literal["GET", "PUT", "POST", "PATCH", "DELETE"]
    path: str
    handler: Callable[[Call[Any]], Awaitable[Answer]]
    summary: str
    scopes: frozenset[Scope] = frozenset()
    """Empty: anybody."""
    cancelled: frozenset[Scope] = frozenset()
    """Of these, whose link may still make it once its visit was cancelled (C6)."""
    closed: frozenset[Scope] = frozenset()
    """Of these, whose link may still make it once its window has closed (A7)."""
    public: bool = False
    """Visitors of the public booking page may make it too: without a credential, by a clinic's id or by the
    secret of what they hold."""
    media: str = "application/json"
    """Of the answer."""
    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] = Nothing
    answers: Mapping[int, Any] = field(default_factory=dict)
    """Status to the type of the body; None: without one."""
    errors: Mapping[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its `operationId`."""
        return self.handler.__name__

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(re.findall(r"{(\w+)}", self.path))
