"""What is shown of a floor whose newest states the store has lost, and of one that was put back."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.ids import ClinicId
from rooms.records import DeviceCheck, Floor
from rooms.service.roster import Roster
from rooms.store import connect, connect_post
from signalling.ice.servers import IceServers
from signalling.metrics import Metrics
from signalling.ws.hub import Hub, Scene
from signalling.ws.mail import Mail, News, _opened, _packed
from tests.store.build import a_clinic
from tests.support.redis_server import RedisServer, redis_server
from tests.visit.test_announcing import KNOWN, NOW, WAITS

CLINIC = a_clinic(ClinicId("c"))


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest_asyncio.fixture
async def hub(redis: RedisServer) -> AsyncIterator[Hub]:
    store, post = connect(redis.url), connect_post(redis.url)
    yield Hub(Roster(store), IceServers((), None, 600), Mail(post, "here", Metrics()), lambda: NOW)
    await post.close()
    await store.close()


def shown(hub: Hub, floor: Floor) -> Scene:
    scene = Scene(CLINIC, floor)
    hub.scenes[CLINIC.id, floor.practitioner_no] = scene
    return scene


async def test_what_went_on_is_not_shown_as_it_was_put_back(hub: Hub) -> None:
    known = replace(KNOWN, seats=())
    scene = shown(hub, known)
    put_back = replace(known, version=10, losses=1, restored=9)
    newer = replace(put_back, version=11)
    await hub.show(CLINIC, newer)
    await hub.restored(scene, known, put_back)
    assert scene.floor is newer
    went_back = replace(newer, version=3)
    await hub.restored(scene, newer, went_back)
    assert scene.floor is went_back, "nothing was missing on it"


async def test_a_version_that_is_written_a_second_time_is_a_loss(hub: Hub) -> None:
    scene, lost = shown(hub, KNOWN), asyncio.Queue[Scene]()
    hub.on_loss = lost.put
    await hub.show(CLINIC, replace(KNOWN, seats=()))
    assert lost.get_nowait() is scene
    assert scene.floor is KNOWN, "nobody was sent back to waiting"


async def test_the_same_floor_by_letter_is_none(hub: Hub) -> None:
    found: dict[str, str | bool | float] = {"camera": True, "bitrate": 3, "browser": "Firefox"}
    checked = replace(WAITS, tested=DeviceCheck(at=NOW, ok=True, found=found))
    known = replace(KNOWN, seats=(checked, *KNOWN.seats[1:]))
    shown(hub, known)
    lost = asyncio.Queue[Scene]()
    hub.on_loss = lost.put
    [letter], _ = _opened(_packed([News(CLINIC.id, known)]))
    await hub.receive(letter)
    assert lost.empty()
