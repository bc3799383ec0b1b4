"""What a socket may say and when, without the socket: hello first, one hello, not too fast, JSON (RELIABILITY
5).
"""

from typing import NamedTuple

from rooms.errors import Invalid, Refusal
from signalling.limits import Bucket
from signalling.protocol import parse
from signalling.protocol.messages import Frame, Hello

STRIKES = 3
"""Frames that are not JSON before the socket is closed: a page never sends one."""

CIDS_KEPT = 64
"""Answers remembered for a repeated `cid`: more than a client has under way, bounded."""


class Refused(NamedTuple):
    """Answer this error; `close` (4501, say) also ends the socket."""

    refusal: Refusal
    close: str | None = None
    cid: object = None


class Incoming:
    """One socket's reading side. `receive` answers a frame to act on or a refusal to send."""

    __slots__ = ("_allowance", "_answers", "_strikes", "hello_seen")

    def __init__(self, allowance: Bucket) -> None:
        self._allowance, self._strikes = allowance, 0
        self._answers: dict[object, tuple[str, dict[str, object]]] | None = None
        self.hello_seen = False

    def spend(self, now: float) -> Refused | None:
        """One message of whatever kind; a refusal where there were too many."""
        if self._allowance.take(now):
            return None
        return too_fast()

    def receive(self, text: str, now: float) -> Frame | Refused:
        """`now` in monotonic seconds."""
        slow = self.spend(now)
        if slow is not None:
            return slow
        try:
            said = parse.frame(text)
        except Invalid as invalid:
            return self._bad(invalid, parse.cid_of(text))
        return self._in_order(said)

    def _bad(self, invalid: Invalid, cid: object) -> Refused:
        if invalid.code == "json_invalid":
            self._strikes += 1
            return Refused(invalid, "hello_required" if self._strikes >= STRIKES else None)
        if not self.hello_seen and invalid.code == "type_unknown":
            return Refused(_hello_required(), "hello_required")
        return Refused(invalid, cid=cid)

    def _in_order(self, said: Frame) -> Frame | Refused:
        if isinstance(said, Hello):
            if self.hello_seen:
                return Refused(Refusal("already_joined", "This connection has said hello already."))
            if said.v != 1:
                return Refused(
                    Refusal("version_unsupported", "This server speaks version 1."), "version_unsupported"
                )
        elif not self.hello_seen:
            return Refused(_hello_required(), "hello_required")
        return said

    def answered(self, cid: object) -> tuple[str, dict[str, object]] | None:
        """What was answered to this `cid` before."""
        return self._answers.get(cid) if self._answers else None

    def remember(self, cid: object, kind: str, members: dict[str, object]) -> None:
        """Keep an answer, so that a repeated `cid` has no second effect."""
        if self._answers is None:
            self._answers = {}
        self._answers[cid] = (kind, members)
        if len(self._answers) > CIDS_KEPT:
            del self._answers[next(iter(self._answers))]


def too_fast() -> Refused:
    """What a socket hears that sends more than it may."""
    slow = Refusal("rate_limited", "Too many messages. Please wait a moment.", retry_after=1)
    return Refused(slow, "rate_limited")


def _hello_required() -> Refusal:
    return Refusal("hello_required", "The first frame must be hello.")
