"""Requests in crumbs: thousands of one-byte chunks or of the shortest requests in one go, each a call of the
parser's. How many of them one connection may send.
"""

import re
import time
from collections.abc import Callable

from signalling.limits import Bucket

CRUMBS_FROM, CRUMB_BYTES = 4096, 16
"""Bytes of one piece from which on it is looked at, and bytes to a line's end below which it is crumbs."""

CRUMBS_AT_ONCE, CRUMBS_A_SECOND = 10_000, 5_000
"""Ends of lines of crumbs that one connection may send at once, and a second then: a program that writes a
document of 20 KB token by token, each in a chunk of its own, and some 10 ms of the parser's.
"""

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)


class RequestCrumbs:
    """Those of one connection. One that sends none costs no memory for it."""

    __slots__ = ("_allowance",)

    def __init__(self) -> None:
        self._allowance: Bucket | None = None

    def are_flood(self, data: bytes, missing: Callable[[], int]) -> bool:
        """Whether they come faster than they may. A body whose length was said is one piece to the parser,
        however short the lines in it are; `missing`: bytes that are to come of one that has begun.
        """
        if not _crumbs_in(data):
            return False
        crumbs = _crumbs_in(data[_body_in(data, missing()) :])
        if self._allowance is None:
            self._allowance = Bucket(CRUMBS_A_SECOND, CRUMBS_AT_ONCE, time.monotonic())
        return not self._allowance.take(time.monotonic(), crumbs)


def _crumbs_in(data: bytes) -> int:
    """How many ends of lines there are in it, if they are too many for its size."""
    if len(data) <= CRUMBS_FROM:
        return 0
    ends = data.count(b"\r\n")
    return ends if ends * CRUMB_BYTES > len(data) else 0


def _body_in(data: bytes, missing: int) -> int:
    """How far the body goes, of a length that was said, that `data` goes on with or whose request it begins
    with.
    """
    if missing:
        return missing
    head = data.find(b"\r\n\r\n") + 4
    said = _LENGTH.search(data, 0, head - 2)
    return head + int(said[1]) if said else 0
