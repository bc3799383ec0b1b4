"""Redis killed, frozen, full, demoted, not there: said in two seconds, no acknowledged entry lost."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from redis.exceptions import ResponseError

from rooms.errors import Unavailable
from rooms.ids import AppointmentNo, PractitionerNo, RoomId, new_room
from rooms.ports import Append, Due, Put
from rooms.records import Entry
from rooms.store import RedisStore, connect
from tests.store.build import NINE, a_clinic, a_clinic_id
from tests.support.redis_server import RedisServer, redis_server

CLINIC = a_clinic_id()
LEE = PractitionerNo("drleedrleed")


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """A Redis of this test's own, that keeps what it acknowledged."""
    with redis_server(append=True) as running:
        yield running


@pytest_asyncio.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisStore]:
    """On that Redis."""
    made = connect(server.url)
    yield made
    await made.close()


def _append(room: RoomId, n: int) -> Append:
    return Append(room, LEE, Entry(kind="try", at=NINE + n, person="patient"))


async def _until_available(store: RedisStore) -> float:
    """Seconds until it answers again."""
    began = time.monotonic()
    while time.monotonic() - began < 10:
        try:
            await store.clinic(CLINIC)
        except Unavailable:
            await asyncio.sleep(0.02)
        else:
            return time.monotonic() - began
    raise AssertionError("it did not come back")


async def test_killed_again_and_again_no_acknowledged_entry_is_lost_or_doubled(
    server: RedisServer, store: RedisStore
) -> None:
    room, acknowledged, unsure, ended = new_room(), list[int](), list[int](), False

    async def write(first: int) -> None:
        n = first
        while not ended:
            try:
                await store.commit(CLINIC, [_append(room, n)])
                acknowledged.append(n)
            except Unavailable:
                unsure.append(n)
                await asyncio.sleep(0.01)
            n += 10

    writers = [asyncio.ensure_future(write(first)) for first in range(10)]
    for _ in range(5):
        await asyncio.sleep(0.3)
        server.kill()
        await asyncio.sleep(0.1)
        server.start()
    await asyncio.sleep(0.2)
    ended = True
    await asyncio.gather(*writers)
    kept = [entry.at - NINE for entry in await store.ledger(CLINIC, room)]
    assert len(acknowledged) > 100
    assert unsure, "it was never killed while somebody wrote"
    assert set(acknowledged) <= set(kept)
    assert len(set(kept)) == len(kept)
    assert set(kept) <= {*acknowledged, *unsure}


async def test_a_frozen_redis_is_said_in_time_and_heals(server: RedisServer, store: RedisStore) -> None:
    await store.commit(CLINIC, [Put(a_clinic(CLINIC))])
    server.freeze()
    began = time.monotonic()
    calls = [asyncio.ensure_future(store.clinic(CLINIC)) for _ in range(20)]
    for late in range(5):
        await asyncio.sleep(0.3)
        calls += [asyncio.ensure_future(store.clinic(CLINIC)) for _ in range(20 + late)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    assert time.monotonic() - began < 2.5
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await store.clinic(CLINIC)
    assert time.monotonic() - began < 2.5
    server.thaw()
    assert await _until_available(store) < 3
    assert await store.clinic(CLINIC) is not None


async def test_what_was_sent_to_a_frozen_redis_is_not_sent_again(
    server: RedisServer, store: RedisStore
) -> None:
    room = new_room()
    await store.commit(CLINIC, [_append(room, 0)])
    server.freeze()
    with pytest.raises(Unavailable):
        await store.commit(CLINIC, [_append(room, 1)])
    server.thaw()
    await _until_available(store)
    await asyncio.sleep(0.2)
    kept = [entry.at - NINE for entry in await store.ledger(CLINIC, room)]
    assert kept in ([0], [0, 1])


async def test_a_redis_that_is_not_there_is_said_at_once(server: RedisServer, store: RedisStore) -> None:
    server.kill()
    began = time.monotonic()
    answers = await asyncio.gather(*(store.clinic(CLINIC) for _ in range(50)), return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    assert time.monotonic() - began < 0.5


async def test_a_restart_between_two_calls_is_not_noticed(server: RedisServer, store: RedisStore) -> None:
    """Scripts are gone, the connection is closed; the commit is sent once, on a new one."""
    room = new_room()
    await store.commit(CLINIC, [_append(room, 0)])
    server.kill()
    server.start()
    await asyncio.sleep(0.05)
    await store.commit(CLINIC, [_append(room, 1)])
    assert len(await store.ledger(CLINIC, room)) == 2


async def test_connections_cut_by_the_server_are_made_anew(server: RedisServer, store: RedisStore) -> None:
    for _ in range(3):
        await store.clinic(CLINIC)
        server.ask("CLIENT", "KILL", "TYPE", "normal")
        await asyncio.sleep(0.05)
        assert await store.clinic(CLINIC) is None


@pytest.mark.parametrize(
    ("trouble", "relief"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),  # OOM
        (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),  # READONLY
        (("CONFIG", "SET", "min-replicas-to-write", "1"), ("CONFIG", "SET", "min-replicas-to-write", "0")),
    ],
)
async def test_a_redis_that_cannot_write_is_unavailable_and_writes_nothing(
    server: RedisServer, store: RedisStore, trouble: tuple[str, ...], relief: tuple[str, ...]
) -> None:
    room = new_room()
    await store.commit(CLINIC, [_append(room, 0)])
    server.ask(*trouble)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await store.commit(CLINIC, [_append(room, 1)])
    with pytest.raises(Unavailable):
        await store.beat(NINE)
    server.ask(*relief)
    await store.commit(CLINIC, [_append(room, 2)])
    assert [entry.at - NINE for entry in await store.ledger(CLINIC, room)] == [0, 2]


async def test_after_a_failover_the_next_call_looks_for_the_primary_anew(
    server: RedisServer, store: RedisStore
) -> None:
    """A name may lead elsewhere by now; a connection to what was the primary would refuse writes for ever."""
    connection = await store._pipeline.call("CLIENT", "ID")
    server.ask("REPLICAOF", "127.0.0.1", "1")
    with pytest.raises(Unavailable):
        await store.beat(NINE)
    assert await store._pipeline.call("CLIENT", "ID") != connection


async def test_a_disk_that_fails_is_unavailable(server: RedisServer, store: RedisStore) -> None:
    """MISCONF: Redis refuses what it could not keep."""
    await store.commit(CLINIC, [Put(a_clinic(CLINIC))])
    server.ask("CONFIG", "SET", "save", "3600 1")
    server.lose_its_disk()
    with pytest.raises(Unavailable):
        await store.commit(CLINIC, [_append(new_room(), 0)])
    assert await store.clinic(CLINIC) is not None


async def test_a_redis_that_is_busy_with_another_s_script_is_unavailable(
    server: RedisServer, store: RedisStore
) -> None:
    await store.clinic(CLINIC)
    server.ask("CONFIG", "SET", "busy-reply-threshold", "50")
    stuck = asyncio.create_task(asyncio.to_thread(_ask_and_be_killed, server, "EVAL", "while true do end", 0))
    await asyncio.sleep(0.3)
    with pytest.raises(Unavailable):
        await store.clinic(CLINIC)
    server.ask("SCRIPT", "KILL")
    await stuck
    assert await store.clinic(CLINIC) is None


def _ask_and_be_killed(server: RedisServer, *command: str | int) -> None:
    with pytest.raises(ResponseError, match="killed"):
        server.ask(*command)


async def test_trouble_is_said_to_the_log_once_in_a_while_and_without_data(
    server: RedisServer, store: RedisStore, caplog: pytest.LogCaptureFixture
) -> None:
    server.ask("CONFIG", "SET", "maxmemory", "1")
    for n in range(20):
        with pytest.raises(Unavailable):
            await store.commit(CLINIC, [_append(new_room(), n)])
    assert [record.getMessage() for record in caplog.records] == ["Redis cannot serve: OOM"]


@pytest.mark.parametrize("query", ["", "/0", "/0?socket_timeout=9&protocol=3&decode_responses=True"])
async def test_over_tcp_and_whatever_the_url_asks_for(server: RedisServer, query: str) -> None:
    """What must not change (RESP2, bytes, our own timeouts) cannot be changed by the URL."""
    made = connect(server.tcp_url + query)
    try:
        await made.commit(CLINIC, [Put(a_clinic(CLINIC)), Due(AppointmentNo("appointment"), NINE)])
        assert await made.due(CLINIC, NINE) == ["appointment"]
        assert await made.clinics_due(NINE) == [CLINIC]
    finally:
        await made.close()


def test_a_url_says_whether_to_use_tls() -> None:
    kinds = {
        url: type(connect(url)._pipeline._connection).__name__
        for url in ("redis://h", "rediss://h", "unix:///s")
    }
    assert list(kinds.values()) == ["Connection", "SSLConnection", "UnixDomainSocketConnection"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "127.0.0.1:6379", ""])
def test_a_url_that_is_none_of_redis_is_a_mistake(url: str) -> None:
    with pytest.raises(ValueError, match="Redis URL"):
        connect(url)


async def test_a_wrong_password_is_unavailable(server: RedisServer, store: RedisStore) -> None:
    server.ask("CONFIG", "SET", "requirepass", "secret")
    wrong = connect(f"{server.url}?password=guess")
    right = connect(f"{server.url}?password=secret")
    try:
        with pytest.raises(Unavailable):
            await wrong.clinic(CLINIC)
        assert await right.clinic(CLINIC) is None
    finally:
        await asyncio.gather(wrong.close(), right.close())
