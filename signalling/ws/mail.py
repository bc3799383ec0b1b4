"""Between processes: floors that changed and frames for people who are connected elsewhere (H2).

Everybody who can meet is usually on one process, because a proxy hashes the affinity; this is for when they
are not. A letter tells what was committed or passes a frame on, and is acted on in order. A lost letter costs
a while, never a fact: floors are read anew now and then.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine

import msgspec
from msgspec import inspect

from rooms.errors import Unavailable
from rooms.ids import ClinicId, SessionId
from rooms.post import Post
from rooms.preserving import decode, encode
from rooms.records import Floor
from rooms.service.turns import Here
from signalling.metrics import Metrics


class News(msgspec.Struct, frozen=True, tag="news"):
    """A floor as committed. `renamed`: names or appointments have changed with it."""

    clinic: ClinicId
    floor: Floor
    renamed: bool = False


class Passed(msgspec.Struct, frozen=True, tag="signal"):
    """A signal, `data` as it came."""

    to: SessionId
    sender: SessionId
    data: msgspec.Raw


class Told(msgspec.Struct, frozen=True, tag="told"):
    """Another frame from somebody in the same room."""

    to: SessionId
    sender: SessionId
    kind: str
    members: dict[str, object]


Letter = News | Passed | Told
_DECODER: msgspec.json.Decoder[list[Letter]] = msgspec.json.Decoder(list[Letter])
_ONE: msgspec.json.Decoder[Letter] = msgspec.json.Decoder(Letter)
_KIND = inspect.type_info(Letter)
_ENCODER = msgspec.json.Encoder()
_PARTS: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])


def _packed(letters: list[Letter]) -> bytes:
    """Only a floor has members that are kept apart (`rooms.preserving`). What clients say to each other goes
    as it came, whatever their names for it are.
    """
    texts = (encode(each) if isinstance(each, News) else _ENCODER.encode(each) for each in letters)
    return b"[" + b",".join(texts) + b"]"


def _opened(bag: bytes) -> tuple[list[Letter], int]:
    """The letters, and how many there were that nobody here understands: a process of another version may
    write what this one does not know. Members it does not know stay in the floor they are of.
    """
    with contextlib.suppress(msgspec.DecodeError):
        return _DECODER.decode(bag), 0
    try:
        parts = _PARTS.decode(bag)
    except msgspec.DecodeError:
        return [], 1
    letters: list[Letter] = []
    for part in parts:
        with contextlib.suppress(msgspec.ValidationError):
            letters.append(decode(_ONE, _KIND, bytes(part)))
    return letters, len(parts) - len(letters)


class Mail:
    """Sends what gathers for each process in one turn of the loop as one letter."""

    def __init__(self, post: Post, node: str, metrics: Metrics) -> None:
        self.post, self.node, self.metrics = post, node, metrics
        self._bags: dict[str, list[Letter]] = {}
        self._sending: set[asyncio.Task[None]] = set()

    def put(self, node: str, letter: Letter) -> None:
        """For another process; nothing is promised."""
        bag = self._bags.setdefault(node, [])
        if not bag:
            self._start(self._send(node))
        bag.append(letter)

    def _start(self, sending: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, node: str) -> None:
        letters = self._bags.pop(node)
        try:
            await self.post.send(node, _packed(letters))
        except Unavailable:
            # Floors are read anew when Redis is back, and the browsers negotiate again.
            return

    async def beat(self) -> None:
        """A letter to oneself: silence then means that nothing arrives. Raises `Unavailable`."""
        await self.post.send(self.node, b"[]")

    async def read(self, act: Callable[[Letter], Coroutine[object, object, None]]) -> None:
        """Act on every letter to this process, in order, until letters may have been lost. What is not
        understood is counted and passed over. Raises `Unavailable`.
        """
        async for bag in self.post.letters(self.node):
            letters, unknown = _opened(bag)
            if unknown:
                self.metrics.letters_skipped.inc(unknown)
            for letter in letters:
                await act(letter)


class Elsewhere:
    """Somebody in the same room whose socket is on another process."""

    __slots__ = ("_mail", "_me", "_node", "_to")

    def __init__(self, mail: Mail, node: str, me: Here, to: SessionId) -> None:
        self._mail, self._node, self._me, self._to = mail, node, me, to

    def pass_on(self, sender: SessionId, data: bytes) -> None:
        """A signal."""
        self._mail.put(self._node, Passed(self._to, sender, msgspec.Raw(data)))

    def tell(self, kind: str, members: dict[str, object]) -> None:
        """Another frame."""
        self._mail.put(self._node, Told(self._to, self._me.sid, kind, members))
