"""Letters between processes: in order, to whom they are addressed, and a loss is said."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rooms.errors import Unavailable
from rooms.ids import new_number
from rooms.store import RedisPubSub, connect_pubsub, pubsub
from tests.store.backends import Backend
from tests.store.documented import found
from tests.support.redis_server import redis_server


@pytest_asyncio.fixture
async def here(backend: Backend) -> AsyncIterator[RedisPubSub]:
    """A process's post."""
    made = backend.post()
    yield made
    await made.close()


class Reader:
    """Reads a node's letters until it is closed; `lost` is how it ended by itself."""

    def __init__(self, office: RedisPubSub, node: str) -> None:
        self.read: list[bytes] = []
        self._task = asyncio.create_task(self._run(office, node))

    async def _run(self, office: RedisPubSub, node: str) -> None:
        # `letters` is an async generator, which `AsyncIterator` does not say.
        async with contextlib.aclosing(office.messages(node)) as letters:  # type: ignore[type-var]  # see above
            async for letter in letters:
                self.read.append(letter)

    async def has(self, *letters: bytes) -> None:
        """Wait until exactly these have come."""
        async with asyncio.timeout(5):
            while len(self.read) < len(letters):  # noqa: ASYNC110 - a list has no event
                await asyncio.sleep(0.01)
        assert self.read == [*letters]

    async def lost(self) -> bool:
        """Wait until it ends by itself. Whether it said so."""
        async with asyncio.timeout(5):
            try:
                await self._task
            except Unavailable:
                return True
        return False

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@contextlib.asynccontextmanager
async def _listening(office: RedisPubSub, node: str) -> AsyncIterator[Reader]:
    """A reader that has begun: it has read a letter, which it then forgets."""
    reader = Reader(office, node)
    try:
        async with asyncio.timeout(5):
            while not reader.read:
                await office.send(node, b"begin")
                await asyncio.sleep(0.02)
        await office.send(node, b"begun")
        async with asyncio.timeout(5):
            while reader.read[-1] != b"begun":  # noqa: ASYNC110 - a list has no event
                await asyncio.sleep(0.01)
        reader.read.clear()
        yield reader
    finally:
        await reader.close()


async def test_letters_come_in_order_and_only_to_whom_they_are_addressed(
    backend: Backend, here: RedisPubSub
) -> None:
    there, ours, theirs = backend.post(), new_number(), new_number()
    letters = [b"\x00%d\r\n\xff" % n for n in range(300)]
    async with _listening(here, ours) as mine, _listening(there, theirs) as others:
        await asyncio.gather(*(there.send(ours, letter) for letter in letters))
        await here.send(theirs, b"back")
        await mine.has(*letters)
        await others.has(b"back")
    await there.close()


async def test_a_letter_to_nobody_is_nobodys_and_nothing_is_kept(backend: Backend, here: RedisPubSub) -> None:
    node = new_number()
    await here.send(node, b"lost")
    assert not [key for key in await found(backend) if node in key]
    async with _listening(here, node) as reader:
        await here.send(node, b"found")
        await reader.has(b"found")


async def test_silence_counts_as_a_loss(here: RedisPubSub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubsub, "LISTENER_SILENCE", 0.3)
    async with _listening(here, new_number()) as reader:
        assert await reader.lost()


async def test_a_frozen_redis_is_a_loss_and_heals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubsub, "LISTENER_SILENCE", 0.5)
    with redis_server() as server:
        office, node = connect_pubsub(server.url), new_number()
        async with _listening(office, node) as reader:
            server.freeze()
            assert await reader.lost()
            server.thaw()
        async with _listening(office, node) as reader:
            await office.send(node, b"again")
            await reader.has(b"again")
        await office.close()


async def test_a_killed_redis_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    with redis_server() as server:
        office, node = connect_pubsub(server.url), new_number()
        async with _listening(office, node) as reader:
            server.kill()
            assert await reader.lost()
        with pytest.raises(Unavailable):
            await office.send(node, b"into the void")
        async with asyncio.timeout(2):
            assert await Reader(office, node).lost()
        await office.close()
