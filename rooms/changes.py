"""The base of everything a commit may be made of (`rooms.ports`, `rooms.outgoing`)."""

import msgspec


class Change(msgspec.Struct, frozen=True):
    """One part of a commit."""
