"""What is first_shown of a floor whose newest states the store has lost, and of one that was put back."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.ids import ClinicId
from rooms.records import DeviceCheck, Floor
from rooms.service.live.names import FloorNames
from rooms.store import connect, connect_pubsub
from signalling.ice.servers import IceServers
from signalling.metrics import Metrics
from signalling.ws.node_bus import FloorMessage, NodeBus, _decoded, _encoded
from signalling.ws.session_registry import SessionRegistry, ShownFloor
from tests.store.build import a_clinic
from tests.support.redis_server import RedisServer, redis_server
from tests.visit.test_floor_restore import KNOWN, NOW, WAITS

CLINIC = a_clinic(ClinicId("c"))


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest_asyncio.fixture
async def registry(redis: RedisServer) -> AsyncIterator[SessionRegistry]:
    store, post = connect(redis.url), connect_pubsub(redis.url)
    bus = NodeBus(post, "here", Metrics())
    yield SessionRegistry(FloorNames(store), IceServers((), None, 600), bus, lambda: NOW)
    await post.close()
    await store.close()


def first_shown(registry: SessionRegistry, floor: Floor) -> ShownFloor:
    shown = ShownFloor(CLINIC, floor)
    registry.floors[CLINIC.id, floor.practitioner_no] = shown
    return shown


async def test_what_went_on_is_not_shown_as_it_was_put_back(registry: SessionRegistry) -> None:
    known = replace(KNOWN, seats=())
    shown = first_shown(registry, known)
    put_back = replace(known, version=10, losses=1, restored=9)
    newer = replace(put_back, version=11)
    await registry.show(CLINIC, newer)
    await registry.show_restored(shown, known, put_back)
    assert shown.floor is newer
    went_back = replace(newer, version=3)
    await registry.show_restored(shown, newer, went_back)
    assert shown.floor is went_back, "nothing was missing on it"


async def test_a_version_that_is_written_a_second_time_is_a_loss(registry: SessionRegistry) -> None:
    shown, lost = first_shown(registry, KNOWN), asyncio.Queue[ShownFloor]()
    registry.on_loss = lost.put
    await registry.show(CLINIC, replace(KNOWN, seats=()))
    assert lost.get_nowait() is shown
    assert shown.floor is KNOWN, "nobody was sent back to waiting"


async def test_the_same_floor_by_letter_is_none(registry: SessionRegistry) -> None:
    found: dict[str, str | bool | float] = {"camera": True, "bitrate": 3, "browser": "Firefox"}
    checked = replace(WAITS, tested=DeviceCheck(at=NOW, ok=True, found=found))
    known = replace(KNOWN, seats=(checked, *KNOWN.seats[1:]))
    first_shown(registry, known)
    lost = asyncio.Queue[ShownFloor]()
    registry.on_loss = lost.put
    [message], _ = _decoded(_encoded([FloorMessage(CLINIC.id, known)]))
    await registry.receive(message)
    assert lost.empty()
