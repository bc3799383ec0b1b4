"""Messages between processes, one of which is of another version."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from rooms.ids import ClinicId, PractitionerNo, SessionId
from rooms.pubsub import PubSub
from rooms.records import Floor
from rooms.store import connect_pubsub
from signalling.metrics import Metrics
from signalling.ws.node_bus import FloorMessage, FrameMessage, NodeBus, NodeMessage, SignalMessage
from tests.support.redis_server import redis_server

FLOOR = Floor(practitioner_no=PractitionerNo("p" * 11), late_until=5)
NEWS = FloorMessage(ClinicId("c"), FLOOR)
TOLD = FrameMessage(SessionId("a"), SessionId("b"), "chat", {"text": "hi"})


@pytest_asyncio.fixture
async def post() -> AsyncIterator[PubSub]:
    with redis_server() as redis:
        made = connect_pubsub(redis.url)
        yield made
        await made.close()


class Reader:
    """A process that acts on its messages, and what it acted on."""

    def __init__(self, post: PubSub) -> None:
        self.metrics = Metrics()
        self.bus = NodeBus(post, "here", self.metrics)
        self.got: asyncio.Queue[NodeMessage] = asyncio.Queue()

    async def read(self) -> None:
        await self.bus.read(self.got.put)

    def skipped(self) -> float:
        value = self.metrics.registry.get_sample_value("consultroom_node_messages_skipped_total")
        assert value is not None
        return value


@pytest.fixture
def reader(post: PubSub) -> Reader:
    return Reader(post)


async def test_what_is_not_understood_is_counted_and_the_reader_goes_on(post: PubSub, reader: Reader) -> None:
    reading = asyncio.create_task(reader.read())
    try:
        async with asyncio.timeout(5):
            while reader.got.empty():  # until it listens
                await post.send("here", msgspec.json.encode([TOLD]))
                await asyncio.sleep(0.01)
            theirs = msgspec.json.decode(msgspec.json.encode(NEWS))
            theirs["floor"]["of_the_next_version"] = theirs["why"] = 1
            strange = [{"type": "fanfare", "tune": 1}, {"type": "told", "to": 5}, 7, theirs]
            await post.send("here", msgspec.json.encode([*strange, TOLD]))
            await post.send("here", b"{")
            await post.send("here", msgspec.json.encode([NEWS]))
            while (last := await reader.got.get()) == TOLD:
                pass
            assert isinstance(last, FloorMessage)
            assert last.floor.late_until == 5
            assert last.floor.unknown_fields is not None, "it is written back as it came"
            assert [await reader.got.get(), await reader.got.get()] == [TOLD, NEWS]
        assert reader.skipped() == 4
        assert not reading.done()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


@pytest.mark.parametrize("data", [b'{"~":1}', b'{"a":{"~":{"b":[0,1]}}}', b'{"~":{"b":{}}}'])
async def test_no_signal_changes_or_loses_what_is_sent_with_it(reader: Reader, data: bytes) -> None:
    signal = SignalMessage(SessionId("a"), SessionId("b"), msgspec.Raw(data))
    floor = msgspec.structs.replace(FLOOR, unknown_fields={"of_the_next_version": [0, 1]})
    messages: list[NodeMessage] = [signal, FloorMessage(ClinicId("c"), floor), TOLD]
    reading = asyncio.create_task(reader.read())
    try:
        async with asyncio.timeout(5):
            while reader.got.empty():  # until it listens
                for message in messages:
                    reader.bus.put("here", message)
                await asyncio.sleep(0.01)
            got = [await reader.got.get() for _ in messages]
        assert isinstance(got[0], SignalMessage)
        assert bytes(got[0].data) == data
        assert got[1:] == messages[1:]
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
