"""A name server on loopback (RFC 1035), for the names it is given; to others' it answers that there are none,
or nothing at all."""

import asyncio
import ipaddress
import struct
from collections import Counter, defaultdict

A, AAAA = 1, 28


class NameServer(asyncio.DatagramProtocol):
    """`address` is where it listens; `asked` counts questions by name."""

    def __init__(self, known: dict[str, list[str]], silent: set[str]) -> None:
        self.known, self.silent = known, silent
        self.asked: Counter[str] = Counter()
        self._came: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.address = ""
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def opened(cls, known: dict[str, list[str]], silent: set[str]) -> "NameServer":
        """It listens."""
        loop = asyncio.get_running_loop()
        transport, made = await loop.create_datagram_endpoint(
            lambda: cls(known, silent), local_addr=("127.0.0.1", 0)
        )
        made._transport = transport
        made.address = f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
        return made

    async def was_asked(self, name: str) -> None:
        """Once it was."""
        await self._came[name].wait()

    def close(self) -> None:
        """It does no more."""
        assert self._transport is not None
        self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One question."""
        name, kind, end = _question(data)
        self.asked[name] += 1
        self._came[name].set()
        if name in self.silent or self._transport is None:
            return
        found = [
            each
            for each in map(ipaddress.ip_address, self.known.get(name, []))
            if each.version == (4 if kind == A else 6)
        ]
        code = 0 if name in self.known else 3  # NXDOMAIN
        head = data[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(found), 0, 0)
        answers = b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(each.packed)) + each.packed for each in found
        )
        self._transport.sendto(head + data[12:end] + answers, addr)


def _question(data: bytes) -> tuple[str, int, int]:
    """Name, kind and where it ends."""
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1 : at + 1 + data[at]].decode())
        at += 1 + data[at]
    return ".".join(labels).lower(), struct.unpack(">H", data[at + 1 : at + 3])[0], at + 5
