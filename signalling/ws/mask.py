"""Whether a client masks its frames, as RFC 6455 section 5.1 has it; aiohttp reads unmasked ones as well
(RELIABILITY 1).
"""

MASK = 0x80


class Masks:
    """Follows the frames of one socket through whatever pieces they arrive in, looking at headers only."""

    __slots__ = ("_head", "_skip")

    def __init__(self) -> None:
        self._head = b""
        self._skip = 0

    def are_set(self, data: bytes) -> bool:
        """False as soon as a frame in `data` is not masked. Ask with every piece, in order."""
        size, at = len(data), self._skip
        while at < size:
            head = self._head + data[at : at + 14 - len(self._head)]
            length = _length(head)
            if len(head) > 1 and not head[1] & MASK:
                return False
            if length is None:
                self._head = head
                self._skip = 0
                return True
            at += length - len(self._head)
            self._head = b""
        self._skip = at - size
        return True


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
