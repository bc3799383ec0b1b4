"""A socket's bounded writer. Frames of one turn of the loop leave in one write; a reader that does not read
is cut off.

aiohttp's `send_str` waits for a slow reader inside the sender's loop, and takes 4.2 MB before it does
(RELIABILITY 1). Server frames are unmasked and unfragmented, so that their header is two to ten bytes (RFC
6455 section 5.2); we write them to the transport ourselves.
"""

import asyncio
import logging

log = logging.getLogger(__name__)

UNSENT_BYTES = 256 * 1024
"""Bytes that may be unsent (RELIABILITY 4, slow consumer)."""

UNSENT_MS = 5_000
"""Milliseconds that anything may be unsent."""

CLOSE_WAIT = 2.0
"""Seconds a client may take to answer our close frame."""

OP_TEXT, OP_CLOSE, OP_PING, OP_PONG = 0x81, 0x88, 0x89, 0x8A
"""RFC 6455 opcodes with FIN."""


def header(opcode: int, length: int) -> bytes:
    """An unmasked frame's header."""
    if length < 126:
        return bytes((opcode, length))
    if length < 65536:
        return bytes((opcode, 126)) + length.to_bytes(2, "big")
    return bytes((opcode, 127)) + length.to_bytes(8, "big")


class Flusher:
    """One call at the end of a loop's turn for every socket that was written to in it."""

    def __init__(self) -> None:
        self._waiting: list[SendQueue] = []

    def add(self, send_queue: "SendQueue") -> None:
        """Flush this one, too."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(send_queue)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for send_queue in waiting:
            try:
                send_queue.flush()
            except Exception:
                # One broken transport must not silence the others.
                log.exception("a socket could not be written to")
                send_queue.give_up()


class SendQueue:
    """Write with `send`. A reader that is given up loses its connection, which ends its read loop."""

    __slots__ = ("_flusher", "_parts", "_since", "_transport", "closed")

    def __init__(self, transport: asyncio.Transport, flusher: Flusher) -> None:
        self._transport, self._flusher = transport, flusher
        self._parts: list[bytes] = []
        self._since = 0
        self.closed = False

    def send(self, payload: bytes, opcode: int = OP_TEXT) -> None:
        """Queue one frame. Never waits; does nothing after the socket closed."""
        if self.closed:
            return
        if not self._parts:
            self._flusher.add(self)
        self._parts.append(header(opcode, len(payload)))
        self._parts.append(payload)

    def flush(self) -> None:
        """Hand everything queued to the transport."""
        if self.closed or not self._parts:
            return
        if self._transport.is_closing():
            self.closed = True
            return
        if self._transport.get_write_buffer_size() > UNSENT_BYTES:
            self.give_up()
            return
        self._transport.write(b"".join(self._parts))
        self._parts.clear()

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after everything queued. A client that does not answer it in time is
        hung up on.
        """
        self.send(code.to_bytes(2, "big") + reason.encode()[:123], OP_CLOSE)
        self.flush()
        asyncio.get_running_loop().call_later(CLOSE_WAIT, self._transport.abort)

    def stalled(self, now: int) -> bool:
        """Whether something has been unsent for too long; ask now and then. `now`: monotonic milliseconds."""
        if self.closed or not self._transport.get_write_buffer_size():
            self._since = 0
            return False
        self._since = self._since or now
        return now - self._since > UNSENT_MS

    def give_up(self) -> None:
        """The reader does not read: close 4008 where it still can be said, and abort."""
        if not self.closed:
            self.closed = True
            self._transport.write(header(OP_CLOSE, 2) + (4008).to_bytes(2, "big"))
            self._transport.abort()
