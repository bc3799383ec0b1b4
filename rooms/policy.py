"""A clinic's rules, each with its unit, its default and its reason."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rooms.times import MINUTE, SECOND

WAITING_GRACE = 2 * MINUTE
"""D6: somebody waiting who drops off keeps place and arrival time this long: a lift, a locked phone, a
reload.
"""

CALL_GRACE = 30 * SECOND
"""D6: somebody in a call who drops off keeps the seat this long. Overlap bridges gaps below it (F2)."""

ROOM_SEATS = 4
"""E1: a mesh of four is what an ordinary phone can encode for; the fifth is refused (`room_full`)."""

GUESTS = 8
"""Guests one appointment may name: more than ever fit the room, so that an interpreter can be swapped."""

LONGEST_VISIT = 8 * 60 * MINUTE
"""Milliseconds. Longer than any consultation: what is longer is a mistake (`interval_invalid`). The diary's
overlap test and `access.window.LONGEST_LOOK_BACK` rely on it."""

LONGEST_MARGIN = 24 * 60 * MINUTE
"""The most that a policy's `opens_before_minutes` or `closes_after_minutes` may say, and any other of its
`Minutes`."""

LONGEST_EXTENSION = 24 * 60 * MINUTE
"""By which staff may put off one appointment's close in all (D2): a day that was mixed up, and no second."""

OUTAGE = 30 * SECOND
"""F3 b: this long in a row without a process that could serve a join, and the absence proves nothing."""

ATTEMPT_BEFORE_OPENING = 60 * MINUTE
"""F3 f: a hello refused as too early counts as trying within this long before the window opens."""

Minutes = Annotated[float, Meta(ge=0, le=LONGEST_MARGIN // MINUTE)]

Ahead = Annotated[float, Meta(ge=0, le=43200)]
"""Minutes before a start: at most 30 days."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Minutes may be fractions, so that tests can be short (CONTRACT)."""

    opens_before_minutes: Minutes = 10
    closes_after_minutes: Minutes = 60
    hold_minutes: Annotated[float, Meta(gt=0, le=1440)] = 15
    holds_per_visitor: Annotated[int, Meta(ge=1, le=100)] = 3
    """How many times one visitor of the public page may keep at once: a family's, and no hoarder's (C2)."""
    attended_seconds: Annotated[float, Meta(ge=0, le=28800)] = 60
    absent_after_minutes: Minutes = 15
    no_show_needs_practitioner: bool = False
    self_booking: bool = True
    lead_minutes: Ahead = 0
    """C10: a patient books nothing that starts sooner than this; the clinic itself may."""
    cancel_minutes: Ahead = 0
    """C10: a patient cancels no later than this before the start; 0: as long as it is not over."""
    reminder_minutes: Annotated[tuple[Annotated[float, Meta(gt=0, le=43200)], ...], Meta(max_length=8)] = ()
    retention_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    language: Literal["en", "de"] = "en"
    """Of mails to patients and guests, for whom no language is on file."""

    @property
    def opens_before(self) -> int:
        """Milliseconds before the start at which the join window opens (D2)."""
        return round(self.opens_before_minutes * MINUTE)

    @property
    def closes_after(self) -> int:
        """Milliseconds after the scheduled end at which the join window closes (D2)."""
        return round(self.closes_after_minutes * MINUTE)

    @property
    def lead(self) -> int:
        """Milliseconds from now within which no patient books (C10)."""
        return round(self.lead_minutes * MINUTE)

    @property
    def cancel_before(self) -> int:
        """Milliseconds before the start in which no patient cancels (C10)."""
        return round(self.cancel_minutes * MINUTE)

    @property
    def absent_after(self) -> int:
        """Milliseconds after which a wait is long: the clinic's phone number is shown (D5), absent so far is
        said (F4).
        """
        return round(self.absent_after_minutes * MINUTE)
