"""The base of everything a commit may be made of (`rooms.ports`, `rooms.outgoing`), and that an id from
outside names nothing yet, and the answers to requests that may come again.
"""

import msgspec

from rooms.events import BackfillRun
from rooms.times import Instant


class Change(msgspec.Struct, frozen=True):
    """One part of a commit."""


class Overwrite(Change, frozen=True):
    """Write this record whatever is stored in its place, one version on: whoever rests on what was there
    decides again, and of two that do this at once neither does.
    """

    record: BackfillRun


class NoClash(Change, frozen=True):
    """Only compare: no clash of this id waits, as when the decision was made (C3)."""

    id: str


class NoAppointment(Change, frozen=True):
    """Only compare: the booking service calls no appointment so yet."""

    id: str


class Remember(Change, frozen=True):
    """Keep the answer to a POST under its Idempotency-Key, in the same commit as its effect; it must not be
    kept yet (`Repeated`).
    """

    key: str
    """SHA-256 of caller and Idempotency-Key, hex."""
    fingerprint: str
    """What was asked, as a keyed digest, hex."""
    status: int
    body: bytes
    """Sealed: only whoever asks again opens it."""
    seconds: int = 86_400
    sealed_by: int = 0
    """The id of the signing key it was sealed with; 0: it is not."""
    patients: tuple[str, ...] = ()
    """The ids of those it speaks of: where one is erased, nobody is told any more (H4)."""
    at: Instant = 0
    """When it was answered: whoever was erased since is meant, though the id may be somebody's again."""


class Remembered(msgspec.Struct, frozen=True):
    """What `Remember` kept."""

    fingerprint: str
    status: int
    body: bytes
    sealed_by: int = 0
    patients: tuple[str, ...] = ()
    at: Instant = 0


class Unremember(Change, frozen=True):
    """A request that was refused: its Idempotency-Key may come with another."""

    key: str
