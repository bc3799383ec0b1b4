"""What a client's bytes are, frame by frame, before anybody reads them: whether each is masked, as RFC 6455
section 5.1 has it (aiohttp reads unmasked ones as well, RELIABILITY 1), and how many there are.

Messages have their own limit (`protocol.incoming`), but a message is what comes out at the far end of a
parser: one that is never finished, in millions of empty fragments, never does. So every frame counts here, of
whatever kind, also before the hello and after a close; and every byte.
"""

import time
from collections.abc import Callable
from typing import Literal

MASK = 0x80

FRAMES_A_MESSAGE = 4
"""Frames a socket may send for each message it may: no browser splits 64 KiB into more than two, and the pong
to each of our pings is a frame besides.
"""

BYTES_A_MESSAGE = 16 * 1024
"""Likewise of bytes. Candidates have some hundred, descriptions up to 32 KB and are one in ten."""

LONGEST_HEAD = 14
"""Bytes of a masked frame before its payload, at most."""

FrameFault = Literal["unmasked", "flood"]


class RawFrames:
    """Follows one socket through whatever pieces its frames arrive in, looking at headers only. `rate`,
    `burst`: the messages it may send, a second and at once.
    """

    __slots__ = ("_burst", "_bytes", "_filled_at", "_frames", "_head", "_monotonic", "_rate", "_skip")

    def __init__(self, rate: float, burst: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._monotonic = rate, burst, monotonic
        self._frames, self._bytes = burst * FRAMES_A_MESSAGE, burst * BYTES_A_MESSAGE
        self._filled_at = monotonic()
        self._head = b""
        self._skip = 0

    def fault(self, data: bytes) -> FrameFault | None:
        """What is wrong with it, None if nothing. Ask with every piece, in order, until there is a fault."""
        # The way of every message of every call. A clock is only read when what was left is used up.
        size, at = len(data), self._skip
        self._bytes -= size
        while at < size:
            second = data[at + 1] if size - at >= LONGEST_HEAD and not self._head else 0
            if MASK <= second < MASK + 126:
                at += second - MASK + 6
            elif second == MASK + 126:
                at += (data[at + 2] << 8 | data[at + 3]) + 8
            else:
                end = self._end(data, at)
                if end is None:
                    return "unmasked"
                at = end
            self._frames -= 1
            if self._frames < 0 and self._is_empty():
                return "flood"
        self._skip = at - size
        return "flood" if self._bytes < 0 and self._is_empty() else None

    def _end(self, data: bytes, at: int) -> int | None:
        """Where the frame ends that begins at `at`, or began in the piece before; the end of `data` while too
        little of it has come. None: it is not masked.
        """
        head = self._head + data[at : at + LONGEST_HEAD - len(self._head)]
        if len(head) > 1 and not head[1] & MASK:
            return None
        length = _length(head)
        if length is None:
            self._head = head
            self._frames += 1  # it counts when it is known
            return len(data)
        end = at + length - len(self._head)
        self._head = b""
        return end

    def _is_empty(self) -> bool:
        self._refill()
        return self._frames < 0 or self._bytes < 0

    def _refill(self) -> None:
        """Two token buckets, filled when one runs dry: never more than a burst, and then the rate."""
        now = self._monotonic()
        messages = (now - self._filled_at) * self._rate
        self._filled_at = now
        self._frames = min(self._burst, self._frames / FRAMES_A_MESSAGE + messages) * FRAMES_A_MESSAGE
        self._bytes = min(self._burst, self._bytes / BYTES_A_MESSAGE + messages) * BYTES_A_MESSAGE


def _length(head: bytes) -> int | None:
    """A masked frame's length from its first bytes, header included; None: too few of them."""
    if len(head) < 2:
        return None
    short = head[1] & 0x7F
    if short < 126:
        return 6 + short
    wide = 2 if short == 126 else 8
    if len(head) < 2 + wide:
        return None
    return 2 + wide + 4 + int.from_bytes(head[2 : 2 + wide], "big")
