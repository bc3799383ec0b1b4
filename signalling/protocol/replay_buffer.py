"""A session's frames to its client: numbered, and kept until acknowledged so that a short drop loses nothing
(CONTRACT).
"""

import msgspec

FRAMES_KEPT = 256
BYTES_KEPT = 256 * 1024
"""What a session may be behind and still be healed: minutes of negotiation, and no more memory than a slow
socket may hold.
"""

_ENCODER = msgspec.json.Encoder()


class ReplayBuffer:
    """Numbers frames from 1. Every method answers the bytes to send; none of them sends."""

    __slots__ = ("_kept", "_size", "seq")

    def __init__(self) -> None:
        self.seq = 0
        # A list: most sessions hold one or two frames, and an empty deque costs 600 bytes.
        self._kept: list[tuple[int, bytes]] = []
        self._size = 0

    def frame(self, kind: str, members: dict[str, object]) -> bytes:
        """The next frame, as JSON."""
        self.seq += 1
        return self._keep(_ENCODER.encode({"type": kind, "seq": self.seq, **members}))

    def signal(self, sender: str, data: bytes) -> bytes:
        """A relayed signal: `data` as it came, byte for byte (RELIABILITY 3: the relay is unchanged)."""
        self.seq += 1
        return self._keep(
            b'{"type":"signal","seq":%d,"from":"%b","data":%b}' % (self.seq, sender.encode(), data)
        )

    def _keep(self, frame: bytes) -> bytes:
        self._kept.append((self.seq, frame))
        self._size += len(frame)
        if len(self._kept) > FRAMES_KEPT or self._size > BYTES_KEPT:
            self._forget_oldest()
        return frame

    def _forget_oldest(self) -> None:
        """Down to three quarters of both bounds, so that a full buffer is not trimmed at every frame."""
        forget = max(0, len(self._kept) - FRAMES_KEPT * 3 // 4)
        size = self._size - sum(len(frame) for _, frame in self._kept[:forget])
        while size > BYTES_KEPT * 3 // 4:
            size -= len(self._kept[forget][1])
            forget += 1
        del self._kept[:forget]
        self._size = size

    def acknowledged(self, seq: int) -> None:
        """All up to `seq` have arrived."""
        arrived = sum(1 for number, _ in self._kept if number <= seq)
        self._size -= sum(len(frame) for _, frame in self._kept[:arrived])
        del self._kept[:arrived]

    def since(self, seq: int) -> list[bytes] | None:
        """The frames after `seq`, or None where they are not all held any more (or never were)."""
        if seq > self.seq or (seq < self.seq and (not self._kept or self._kept[0][0] > seq + 1)):
            return None
        return [frame for number, frame in self._kept if number > seq]

    def restart(self) -> None:
        """Number anew: the client has taken a whole snapshot."""
        self.seq, self._size = 0, 0
        self._kept.clear()


def resumed_welcome(seq: int, members: dict[str, object]) -> bytes:
    """The welcome of a healed drop: not a numbered frame, it names the number that the replay
    continues from.
    """
    return _ENCODER.encode({"type": "welcome", "seq": seq, **members})


def unnumbered(kind: str, members: dict[str, object]) -> bytes:
    """A frame for a socket that has no session yet: `seq` 0."""
    return _ENCODER.encode({"type": kind, "seq": 0, **members})
