"""Refusals: a stable code for programs, a sentence for people, facts for pages. A command raises one; a
question returns a verdict.

The code is the contract. How a code becomes an HTTP status or a WebSocket close code is decided where it is
carried (`signalling.http.problem`, `signalling.protocol.codes`), never here.
"""

from collections.abc import Mapping
from math import ceil

Fact = str | int | float | bool | None
Facts = Mapping[str, object]


class Refusal(Exception):
    """Something was asked that is not to be. `code` is stable, `message` never echoes input, `facts` are safe
    to show the asker.
    """

    def __init__(self, code: str, message: str, /, **facts: object) -> None:
        super().__init__(code)
        self.code, self.message, self.facts = code, message, facts


class Invalid(Refusal):
    """The request itself is wrong; asking again changes nothing. `field` names the member at fault where one
    is.
    """

    def __init__(self, code: str, message: str, /, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code, message, **facts)
        self.field = field


class NotFound(Refusal):
    """Unknown here. A foreign clinic's thing answers the same."""


class Contradiction(Refusal):
    """It clashes with what is so now: `slot_taken`, `state_conflict`, `visit_open`, `room_full` …"""


class Gone(Refusal):
    """It was, and is no more: `hold_expired`."""


class LinkRefused(Refusal):
    """A link or token that does not open anything now: `token_invalid`, `too_early`, `window_closed`,
    `cancelled` …
    """

    signed_by: int | None = None
    """The id of the key that signed the link, once that is proven: for the metrics, never shown (A3)."""


class Forbidden(Refusal):
    """Known, but not allowed to do this."""


class TooMany(Refusal):
    """Asked too often. Ask again after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("rate_limited", "Too many requests. Slow down.", retry_after=ceil(retry_after))


class TooManyHolds(Refusal):
    """Keeping as much as one visitor may, until `retry_after` seconds from now (C2)."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            "too_many_holds",
            "You are keeping as many times as one person can. Confirm one or give one back.",
            retry_after=ceil(retry_after),
        )


class Unavailable(Refusal):
    """The store cannot answer now; nothing was acknowledged. Try again after `retry_after` seconds."""

    def __init__(
        self,
        retry_after: float = 1.0,
        *,
        code: str = "backend_unavailable",
        message: str = "We cannot reach our records just now. Please try again.",
    ) -> None:
        super().__init__(code, message, retry_after=retry_after)


class Contended(Unavailable):
    """The store is well, and so many change the same thing at once that this did not come through in time."""

    def __init__(self) -> None:
        message = "Too many changes of this come at once. Please try again."
        super().__init__(code="contended", message=message)
