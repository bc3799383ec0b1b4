"""The call that is played: what two browsers say to each other, and the two who say it.

An offer and an answer of 3 kB, 15 candidates of 250 B each way: 32 messages.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

import msgspec

from tests.bench.wire import Socket, masked

DESCRIPTION_BYTES = 3000
CANDIDATE_BYTES = 250
CANDIDATES = 15
ROUND = 2 * (1 + CANDIDATES)
"""Messages of one exchange, both ways together."""

_FINGERPRINT = "a=fingerprint:sha-256 " + ":".join(f"{byte:02X}" for byte in range(32))


def sdp(kind: str) -> str:
    """A description of exactly `DESCRIPTION_BYTES` bytes with the fingerprint line the protocol asks for."""
    lines = ["v=0", f"o=- {len(kind)} 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-ufrag:bnch", _FINGERPRINT]
    text = "".join(line + "\r\n" for line in [*lines, "m=audio 9 RTP/SAVPF 111"])
    while len(text) < DESCRIPTION_BYTES - 60:
        text += f"a=rtpmap:{len(text) % 100 + 28} VP8/90000\r\n"
    return text + "a=x:" + "x" * (DESCRIPTION_BYTES - len(text) - 6) + "\r\n"


def candidate(number: int) -> dict[str, object]:
    """A candidate whose JSON is exactly `CANDIDATE_BYTES` bytes."""
    line = f"candidate:{number} 1 udp 2122260223 192.0.2.{number} 54321 typ host generation 0 ufrag bnch ext "
    rest: dict[str, object] = {"sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "bnch"}
    missing = CANDIDATE_BYTES - len(msgspec.json.encode({"candidate": line, **rest}))
    return {"candidate": line + "x" * missing, **rest}


def messages(kind: str) -> list[dict[str, object]]:
    """The `data` of everything one side sends in a round: its description, then its candidates."""
    candidates: list[dict[str, object]] = [{"candidate": candidate(number)} for number in range(CANDIDATES)]
    return [{"description": {"type": kind, "sdp": sdp(kind)}}, *candidates]


class Dialect(Protocol):
    """What a side must know of its server's frames while signalling."""

    def is_signal(self, payload: bytes) -> bool:
        """Whether a frame is a relayed one."""

    def ack(self, payload: bytes) -> bytes:
        """The masked frame that acknowledges all up to this one; empty where there is no such thing."""


class Side:
    """One person of a call: sends, receives, and times what arrives by the generator's clock, in ns."""

    def __init__(self, socket: Socket, dialect: Dialect, kind: str, to: str) -> None:
        frames = ({"type": "signal", "to": to, "data": data} for data in messages(kind))
        self.frames = [masked(msgspec.json.encode(frame)) for frame in frames]
        self.socket = socket
        self.peer = self
        self.received = 0
        self.stray: bytes | None = None
        self.on_signal: Callable[[int], None] = _nothing
        self._dialect = dialect
        self._sent: deque[int] = deque()
        self._latencies: list[int] = []
        socket.listen(self._text)

    def send(self, first: int, last: int) -> None:
        """Write the frames `first` to `last` (excluded) of a round, each by itself."""
        write, sent = self.socket.send, self._sent.append
        for frame in self.frames[first:last]:
            sent(time.perf_counter_ns())
            write(frame)

    def _text(self, payload: bytes) -> None:
        if not self._dialect.is_signal(payload):
            self.stray = payload
            return
        # Order between two people is kept (CONTRACT), so the first one sent is the first to arrive.
        self._latencies.append(time.perf_counter_ns() - self.peer._sent.popleft())
        self.received += 1
        if self.received % (ROUND // 2) == 0:
            ack = self._dialect.ack(payload)
            if ack:
                self.socket.send(ack)
        self.on_signal(self.received)

    def start(self, latencies: list[int]) -> None:
        """Count anew and answer nothing; what arrives is timed into `latencies`."""
        self.received, self._latencies, self.on_signal = 0, latencies, _nothing


def _nothing(_received: int) -> None:
    """Nobody waits for what arrives."""


class Call:
    """Two people who can signal to each other: `caller` sends the offer."""

    def __init__(self, caller: Side, callee: Side) -> None:
        self.caller, self.callee = caller, callee
        caller.peer, callee.peer = callee, caller
