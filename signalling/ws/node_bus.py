"""Between processes: floors that changed and frames for people who are connected elsewhere (H2).

Everybody who can meet is usually on one process, because a proxy hashes the affinity; this is for when they
are not. A message tells what was committed or passes a frame on, and is acted on in order. A lost message
costs a while, never a fact: floors are read anew now and then.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine

import msgspec
from msgspec import inspect

from rooms.errors import Unavailable
from rooms.ids import ClinicId, SessionId
from rooms.preserving import decode, encode
from rooms.pubsub import PubSub
from rooms.records import Floor
from rooms.service.transaction import Here
from signalling.metrics import Metrics


class FloorMessage(msgspec.Struct, frozen=True, tag="news"):
    """A floor as committed. `renamed`: names or appointments have changed with it."""

    clinic: ClinicId
    floor: Floor
    renamed: bool = False


class SignalMessage(msgspec.Struct, frozen=True, tag="signal"):
    """A signal, `data` as it came."""

    to: SessionId
    sender: SessionId
    data: msgspec.Raw


class FrameMessage(msgspec.Struct, frozen=True, tag="told"):
    """Another frame from somebody in the same room."""

    to: SessionId
    sender: SessionId
    kind: str
    members: dict[str, object]


NodeMessage = FloorMessage | SignalMessage | FrameMessage
_DECODER: msgspec.json.Decoder[list[NodeMessage]] = msgspec.json.Decoder(list[NodeMessage])
_ONE: msgspec.json.Decoder[NodeMessage] = msgspec.json.Decoder(NodeMessage)
_KIND = inspect.type_info(NodeMessage)
_ENCODER = msgspec.json.Encoder()
_PARTS: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])


def _encoded(messages: list[NodeMessage]) -> bytes:
    """Only a floor has members that are kept apart (`rooms.preserving`). What clients say to each other goes
    as it came, whatever their names for it are.
    """
    texts = (encode(each) if isinstance(each, FloorMessage) else _ENCODER.encode(each) for each in messages)
    return b"[" + b",".join(texts) + b"]"


def _decoded(batch: bytes) -> tuple[list[NodeMessage], int]:
    """The messages, and how many there were that nobody here understands: a process of another version may
    write what this one does not know. Members it does not know stay in the floor they are of.
    """
    with contextlib.suppress(msgspec.DecodeError):
        return _DECODER.decode(batch), 0
    try:
        parts = _PARTS.decode(batch)
    except msgspec.DecodeError:
        return [], 1
    messages: list[NodeMessage] = []
    for part in parts:
        with contextlib.suppress(msgspec.ValidationError):
            messages.append(decode(_ONE, _KIND, bytes(part)))
    return messages, len(parts) - len(messages)


class NodeBus:
    """Sends what gathers for each process in one turn of the loop as one batch."""

    def __init__(self, post: PubSub, node: str, metrics: Metrics) -> None:
        self.post, self.node, self.metrics = post, node, metrics
        self._batches: dict[str, list[NodeMessage]] = {}
        self._sending: set[asyncio.Task[None]] = set()

    def put(self, node: str, message: NodeMessage) -> None:
        """For another process; nothing is promised."""
        batch = self._batches.setdefault(node, [])
        if not batch:
            self._start(self._send(node))
        batch.append(message)

    def _start(self, sending: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, node: str) -> None:
        messages = self._batches.pop(node)
        try:
            await self.post.send(node, _encoded(messages))
        except Unavailable:
            # Floors are read anew when Redis is back, and the browsers negotiate again.
            return

    async def probe(self) -> None:
        """A message to oneself: silence then means that nothing arrives. Raises `Unavailable`."""
        await self.post.send(self.node, b"[]")

    async def read(self, act: Callable[[NodeMessage], Coroutine[object, object, None]]) -> None:
        """Act on every message to this process, in order, until messages may have been lost. What is not
        understood is counted and passed over. Raises `Unavailable`.
        """
        async for batch in self.post.messages(self.node):
            messages, unknown = _decoded(batch)
            if unknown:
                self.metrics.node_messages_skipped.inc(unknown)
            for message in messages:
                await act(message)


class RemoteSession:
    """Somebody in the same room whose socket is on another process."""

    __slots__ = ("_bus", "_me", "_node", "_to")

    def __init__(self, bus: NodeBus, node: str, me: Here, to: SessionId) -> None:
        self._bus, self._node, self._me, self._to = bus, node, me, to

    def pass_on(self, sender: SessionId, data: bytes) -> None:
        """A signal."""
        self._bus.put(self._node, SignalMessage(self._to, sender, msgspec.Raw(data)))

    def tell(self, kind: str, members: dict[str, object]) -> None:
        """Another frame."""
        self._bus.put(self._node, FrameMessage(self._to, self._me.sid, kind, members))
