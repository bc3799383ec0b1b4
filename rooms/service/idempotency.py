"""Who asks, and the answer that a command's own commit keeps for whoever asks again (G1)."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from rooms.changes import Remember
from rooms.records import By

T = TypeVar("T")

Keep = Callable[[T], Remember]
"""Makes of a command's result the answer that its own commit keeps under the Idempotency-Key (G1)."""


class Actor(msgspec.Struct, frozen=True):
    """Who does something: in what role, and who that is, for the audit (A9)."""

    by: By
    who: str


def kept_answer(keep: Keep[T] | None, result: T) -> list[Remember]:
    """The part of a commit that keeps its answer."""
    return [keep(result)] if keep else []
