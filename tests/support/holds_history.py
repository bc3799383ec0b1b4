"""A history of holds as clients saw it, and what it must not show (C3, C4, I5): a slot promised
to two at once, or a promise that was forgotten.

Every operation has the moments at which it was sent and answered; it took effect somewhere between. A hold is
certainly kept from its answer until the moment its release was sent, or its deadline; confirmed before that,
until its cancel was sent. Another hold of the same slot whose sending and answer both lie in there was
promised what somebody else had.
"""

import bisect
from collections import defaultdict
from dataclasses import dataclass, field

FOREVER = float("inf")


@dataclass
class Hold:
    """One promise: 201 was answered. Times are seconds since 1970."""

    id: str
    slot: tuple[str, str]
    sent: float
    answered: float
    expires: float
    confirmed: bool | None = False
    """None: it is not known whether the confirm took effect."""
    ended: float = FOREVER
    """When its release or cancel was sent."""
    ended_surely: bool = False

    @property
    def kept_until(self) -> float:
        """It is certainly nobody else's before."""
        return min(self.ended, FOREVER if self.confirmed else self.expires)

    def may_be(self) -> set[str]:
        """The statuses it may have in the end."""
        if self.ended_surely:
            return {"cancelled"}
        ends = {"confirmed"} if self.confirmed else {"expired", "held"}
        ends |= {"confirmed", "expired", "held"} if self.confirmed is None else set()
        return ends | ({"cancelled"} if self.ended < FOREVER else set())


@dataclass
class History:
    """All promises, and how many attempts there were."""

    holds: list[Hold] = field(default_factory=list)
    attempts: int = 0
    unknown: int = 0
    """Attempts that were not answered: what became of them nobody knows."""

    def doubles(self) -> list[tuple[Hold, Hold]]:
        """Pairs that were promised the same slot at one time."""
        by_slot: dict[tuple[str, str], list[Hold]] = defaultdict(list)
        for each in self.holds:
            by_slot[each.slot].append(each)
        found: list[tuple[Hold, Hold]] = []
        for same in by_slot.values():
            same.sort(key=lambda each: each.sent)
            sent = [each.sent for each in same]
            for one in same:
                for other in same[bisect.bisect_left(sent, one.answered) :]:
                    if other.sent >= one.kept_until:
                        break
                    if other is not one and other.answered <= one.kept_until:
                        found.append((one, other))
        return found
