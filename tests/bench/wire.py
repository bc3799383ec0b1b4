"""A WebSocket client (RFC 6455) with almost no cost of its own, so that the server is what is measured.

Frames to send are masked once, beforehand, and written as they are; of what arrives only headers are read.
aiohttp's client would cost the generator as much per frame as the server it measures.
"""

import asyncio
import base64
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import cast

import msgspec

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
EXPECT_SECONDS = 20.0


class BenchError(Exception):
    """The server did not do what the measured call needs; the text says what came instead."""


class Head(msgspec.Struct, frozen=True):
    """What is read of a frame while joining."""

    type: str
    seq: int = 0


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """A client frame (RFC 6455, 5.2) around at most 65,535 bytes, to be written any number of times."""
    size, key = len(payload), os.urandom(4)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2)
    pad = (key * (size // 4 + 1))[:size]
    body = (int.from_bytes(payload) ^ int.from_bytes(pad)).to_bytes(size)
    return bytes([0x80 | opcode]) + length + key + body


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Whole unmasked server frames at the start of `data` as `(opcode, payload)`, and the bytes left over."""
    frames: list[tuple[int, bytes]] = []
    at, size = 0, len(data)
    while size - at >= 2:
        head, length = 2, data[at + 1]
        if length == 126:
            head, length = 4, int.from_bytes(data[at + 2 : at + 4])
        elif length == 127:
            head, length = 10, int.from_bytes(data[at + 2 : at + 10])
        end = at + head + length
        if size < at + head or size < end:
            break
        frames.append((data[at] & 0x0F, data[at + head : end]))
        at = end
    return frames, data[at:]


class Socket(asyncio.Protocol):
    """One open connection. Text goes to the inbox that `expect` reads, or to whoever called `listen`."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._rest = b""
        self._inbox: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._listener: Callable[[bytes], None] = self._keep
        self._upgraded = False
        self.closed = False
        self.closed_with = 0
        """The code of the server's close frame; 0: none came."""
        self.pinged_at = self.gap = 0.0
        """Of the server's pings: when the last came (monotonic), and the longest time between two."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its base class
        self.send = self._transport.write
        self.send(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._news.set()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        if not self._upgraded:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            self._upgrade(head)
        frames, self._rest = split(data)
        for opcode, payload in frames:
            if opcode == TEXT:
                self._listener(payload)
            elif opcode == PING:
                self.send(masked(payload, PONG))
                self._pinged()
            elif opcode == CLOSE:
                self.closed_with = int.from_bytes(payload[:2])
                self.close()

    def _pinged(self) -> None:
        now = time.monotonic()
        if self.pinged_at:
            self.gap = max(self.gap, now - self.pinged_at)
        self.pinged_at = now

    def _upgrade(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 101 "):
            self._keep(head)
            self.close()
        self._upgraded = True
        self._news.set()

    def _keep(self, payload: bytes) -> None:
        self._inbox.append(payload)
        self._news.set()

    def listen(self, listener: Callable[[bytes], None]) -> None:
        """Every text frame from now on goes to `listener`."""
        self._listener = listener

    def unlisten(self) -> None:
        """Text frames go to the inbox again."""
        self._listener = self._keep

    async def opened(self) -> None:
        """Returns when the upgrade has been answered with 101."""
        while not self._upgraded:
            await self._wait("101")
        if self.closed or self._transport.is_closing():
            raise BenchError(f"no upgrade: {bytes(self._inbox[0])[:300]!r}" if self._inbox else "no upgrade")

    async def expect(self, kind: str, holding: bytes = b"") -> bytes:
        """The next frame of that `type` in which `holding` occurs; others are dropped, an `error` raises."""
        while True:
            while self._inbox:
                payload = self._inbox.popleft()
                head = msgspec.json.decode(payload, type=Head)
                if head.type == kind and holding in payload:
                    return payload
                if head.type == "error":
                    raise BenchError(f"waiting for {kind}: {payload!r}")
            await self._wait(kind)

    async def _wait(self, what: str) -> None:
        if self.closed:
            raise BenchError(f"closed while waiting for {what}")
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), EXPECT_SECONDS)
        except TimeoutError:
            raise BenchError(f"no {what} within {EXPECT_SECONDS:.0f} s") from None

    def close(self) -> None:
        """Close the connection, without waiting for the other side."""
        if not self._transport.is_closing():
            self.send(masked((1000).to_bytes(2), CLOSE))
            self._transport.close()


async def connect(port: int, path: str, headers: Mapping[str, str]) -> Socket:
    """An upgraded connection to 127.0.0.1:`port`."""
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    request = f"GET {path} HTTP/1.1\r\n{head}\r\n"
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(request.encode()), "127.0.0.1", port)
    await socket.opened()
    return socket
