"""How each server under test is joined and left; the frames in between are the same."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tests.bench.call import Call, Dialect, Side
from tests.bench.processes import Process
from tests.bench.provision import Account
from tests.bench.wire import Socket, connect, masked

HEAD = 64
"""Bytes of a frame within which its type is told."""


class Joined(msgspec.Struct, frozen=True):
    """Two sockets that belong together; `appointment` is whose."""

    caller: Socket
    callee: Socket
    appointment: str = ""


class Driver(Protocol):
    """One server under test."""

    name: str
    process: Process

    async def join(self, number: int) -> Joined:
        """Both people of pair `number` arrive: two joins."""

    async def admit(self, pair: Joined) -> Call:
        """Both may signal to each other from now on."""

    async def leave(self, pair: Joined) -> None:
        """Both go, and give up their places."""

    async def wait(self, number: int) -> Socket:
        """One person arrives and waits, idle."""


class Opaque:
    """The bare relay's dialect: whatever arrives is a relayed frame."""

    def is_signal(self, _payload: bytes) -> bool:
        return True

    def ack(self, _payload: bytes) -> bytes:
        return b""


class Bare:
    """Drives `tests/bench/bare.py`."""

    name = "bare"

    def __init__(self, process: Process, port: int) -> None:
        self.process, self._port = process, port

    async def join(self, number: int) -> Joined:
        return Joined(await self.wait(number), await self.wait(number))

    async def wait(self, number: int) -> Socket:
        socket = await connect(self._port, "/ws", {})
        socket.send(masked(msgspec.json.encode({"pair": str(number)})))
        await socket.expect("joined")
        return socket

    async def admit(self, pair: Joined) -> Call:
        # As long as the name of a session of ours, so that the frames are too.
        dialect, to = Opaque(), "x" * 31
        return Call(Side(pair.caller, dialect, "offer", to), Side(pair.callee, dialect, "answer", to))

    async def leave(self, pair: Joined) -> None:
        pair.caller.close()
        pair.callee.close()


class Frame(msgspec.Struct, frozen=True):
    """What is read of the frames around a join."""

    seq: int = 0
    sid: str = ""
    people: tuple["Frame", ...] = ()
    items: tuple["Frame", ...] = ()
    appointment: str | None = None


class Version1:
    """The dialect of signalling/PROTOCOL.md."""

    def is_signal(self, payload: bytes) -> bool:
        return b'"signal"' in payload[:HEAD]

    def ack(self, payload: bytes) -> bytes:
        return masked(msgspec.json.encode({"type": "ack", "seq": _frame(payload).seq}))


def _frame(payload: bytes) -> Frame:
    return msgspec.json.decode(payload, type=Frame)


class Ours:
    """Drives `consultroom serve` as its pages do; `accounts` are the links of each pair's appointment."""

    name = "ours"

    def __init__(self, process: Process, port: int, accounts: Sequence[Account]) -> None:
        self.process, self._port, self._accounts = process, port, accounts

    async def join(self, number: int) -> Joined:
        account = self._accounts[number]
        practitioner = await self._hello(account.practitioner)
        patient = await self._hello(account.patient)
        queue = await practitioner.expect("queue", holding=b'"patient"')
        return Joined(practitioner, patient, _frame(queue).items[0].appointment or "")

    async def wait(self, number: int) -> Socket:
        socket = await self._hello(self._accounts[number].patient)
        # The page acknowledges what has come within a second; until then the server has to keep it.
        socket.send(Version1().ack(await socket.expect("waiting")))
        return socket

    async def _hello(self, token: str) -> Socket:
        headers = {"Origin": f"http://127.0.0.1:{self._port}", "Sec-WebSocket-Protocol": "consultroom.v1"}
        socket = await connect(self._port, f"/ws/{token.partition('.')[0]}", headers)
        socket.send(masked(msgspec.json.encode({"type": "hello", "v": 1, "token": token})))
        await socket.expect("welcome")
        return socket

    async def admit(self, pair: Joined) -> Call:
        order = {"type": "admit", "person": "patient", "appointment": pair.appointment, "cid": 1}
        pair.caller.send(masked(msgspec.json.encode(order)))
        patient = _frame(await pair.caller.expect("admitted")).people[0].sid
        practitioner = _frame(await pair.callee.expect("admitted")).people[0].sid
        dialect: Dialect = Version1()
        caller, callee = (
            Side(pair.caller, dialect, "offer", patient),
            Side(pair.callee, dialect, "answer", practitioner),
        )
        return Call(caller, callee)

    async def leave(self, pair: Joined) -> None:
        for socket in (pair.callee, pair.caller):
            socket.unlisten()
            socket.send(masked(b'{"type":"leave"}'))
            await socket.expect("ended")
            socket.close()
