"""Who asks for what, and the answer that a command's own commit keeps for whoever asks again (G1)."""

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from rooms.changes import Remember
from rooms.ids import ClinicId
from rooms.records import By
from rooms.times import Instant

T = TypeVar("T")
U = TypeVar("U")

Keep = Callable[[T], Remember]
"""Makes of a command's result the answer that its own commit keeps under the Idempotency-Key (G1)."""


class Actor(msgspec.Struct, frozen=True):
    """Who does something: in what role, and who that is, for the audit (A9)."""

    by: By
    who: str = ""


SYSTEM = Actor("system")
"""Nobody in particular: what is done leaves no line that says who."""


class Act(msgspec.Struct, Generic[T], frozen=True):
    """What every command is told first: for which clinic, when, by whom and why, and which answer its commit
    keeps.
    """

    clinic: ClinicId
    now: Instant
    actor: Actor = SYSTEM
    reason: str | None = None
    keep: Keep[T] | None = None

    @property
    def by(self) -> By:
        """In what role, for histories."""
        return self.actor.by


def keep_of(keep: Keep[T] | None, made: Callable[[U], T]) -> Keep[U] | None:
    """The same answer, kept by a commit whose own result is what the command's result is made of."""
    return None if keep is None else lambda result: keep(made(result))


def kept_answer(keep: Keep[T] | None, result: T) -> list[Remember]:
    """The part of a commit that keeps its answer."""
    return [keep(result)] if keep else []
