"""A WebSocket by hand, for what a well-behaved client never sends (RFC 6455)."""

import asyncio
import base64
import json
import os
import struct
from typing import Any

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10


def frame(opcode: int, payload: bytes, *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """A client frame; masked unless told not to."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    size = len(payload)
    bit = 0x80 if masked else 0
    if size < 126:
        head += bytes([bit | size])
    elif size < 65_536:
        head += bytes([bit | 126]) + struct.pack(">H", size)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


class Wire:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def opened(cls, port: int) -> "Wire":
        """A TCP connection to the server."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def request(
        self, method: str, path: str, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """One HTTP request; status, headers (lower case) and body."""
        lines = [
            f"{method} {path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers.items()),
            "",
            "",
        ]
        self.writer.write("\r\n".join(lines).encode())
        async with asyncio.timeout(5):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            told = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
            }
            size = int(told.get("content-length", 0))
            return int(head[0].split()[1]), told, await self.reader.readexactly(size)

    async def upgrade(self, origin: str) -> int:
        """The handshake; its status."""
        status, _, _ = await self.request("GET", "/ws/any", handshake(origin))
        return status

    async def next_frame(self, within: float = 5) -> tuple[int, bytes]:
        """The next frame from the server."""
        async with asyncio.timeout(within):
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            assert not second & 0x80, "a server masks nothing"
            if size == 126:
                (size,) = struct.unpack(">H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
            return first & 0x0F, await self.reader.readexactly(size)

    async def close_code(self, within: float = 5) -> tuple[int | None, list[dict[str, Any]]]:
        """Read until the server closes; the code, and every text frame before it."""
        said: list[dict[str, Any]] = []
        try:
            while True:
                opcode, payload = await self.next_frame(within)
                if opcode == TEXT:
                    said.append(json.loads(payload))
                elif opcode == CLOSE:
                    return struct.unpack(">H", payload[:2])[0], said
        except (asyncio.IncompleteReadError, ConnectionError):
            return None, said

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()


def handshake(origin: str | None) -> dict[str, str]:
    """The headers of an upgrade."""
    headers = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Protocol": "consultroom.v1",
    }
    return headers if origin is None else {**headers, "Origin": origin}
