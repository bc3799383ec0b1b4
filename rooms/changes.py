"""The base of everything a commit may be made of (`rooms.ports`, `rooms.outgoing`), and that an id from
outside names nothing yet.
"""

import msgspec


class Change(msgspec.Struct, frozen=True):
    """One part of a commit."""


class NoClash(Change, frozen=True):
    """Only compare: no clash of this id waits, as when the decision was made (C3)."""

    id: str


class NoAppointment(Change, frozen=True):
    """Only compare: the booking service calls no appointment so yet."""

    id: str
