"""What two hostile readers found: crowds, races, older data, and stops with somebody in the door."""

import asyncio
import time

import aiohttp
import redis

from tests.faults.test_kills import clinic_on
from tests.stories.test_visit import in_call
from tests.support.peer import Closed, Connect, Peer
from tests.support.server import RunningServer


async def test_a_full_waiting_room_comes_back_at_once(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    count, tokens = 40, []
    for number in range(count):
        await clinic.api.put(f"/v1/patients/p{number}", name=f"Patient {number}")
        await clinic.book(f"a-{number}", starts=-60 * (count - number), lasts=60, patient=f"p{number}")
        tokens.append(await clinic.token("patient", f"a-{number}"))
    peers = [await connect() for _ in tokens]
    welcomes = await asyncio.gather(*(peer.hello(token) for peer, token in zip(peers, tokens, strict=True)))
    assert [welcome.get("state") for welcome in welcomes] == ["waiting"] * count
    host = await connect()
    queue = (await host.hello(await clinic.token("practitioner", "a-0")))["queue"]
    assert {item["appointment"] for item in queue} == {f"a-{number}" for number in range(count)}


async def test_a_stop_does_not_wait_for_somebody_in_the_door(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    checking, silent = await connect(), await connect()
    assert (await checking.hello(await clinic.token(), for_="check"))["state"] == "checking"
    codes = asyncio.gather(checking.closed(within=10), silent.closed(within=10))
    began = time.monotonic()
    assert await asyncio.to_thread(own_server.stop) == 0
    assert time.monotonic() - began < 8
    assert set(await codes) == {4012}


async def test_of_two_resumes_of_one_session_one_stays(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    own_server.kill()
    own_server.start()
    host_back = await connect()
    await host_back.resume(host)
    rivals = [await connect() for _ in range(4)]
    await asyncio.gather(*(rival.resume(patient, seq=0) for rival in rivals))
    await asyncio.sleep(0.5)
    alive = [rival for rival in rivals if await answers(rival)]
    assert len(alive) == 1
    await alive[0].say("chat", text="it is me")
    assert (await host_back.wait("chat"))["from"] == patient.sid
    assert [frame for frame in await host_back.quiet() if frame["type"] == "chat"] == []


async def answers(peer: Peer) -> bool:
    """Whether the socket is still open and spoken to."""
    try:
        await peer.say("ping")
        await peer.wait("pong", within=1)
    except (Closed, TimeoutError, ConnectionError):
        return False
    return True


async def test_redis_with_older_data_is_noticed(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    """Whoever the older data does not know is announced anew, and does not notice."""
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    host = await connect()
    await host.hello(await clinic.token("practitioner"))
    store = redis.Redis.from_url(own_server.redis.url)
    [key] = store.keys(f"{{c:{clinic.id}}}:floor:*")
    older = store.get(key)
    assert isinstance(older, bytes)
    patient = await connect()
    await patient.hello(await clinic.token())
    store.set(key, older)
    deadline = time.monotonic() + 25
    while True:
        kept = store.get(key)
        assert isinstance(kept, bytes)
        if patient.sid.encode() in kept:
            break
        assert time.monotonic() < deadline, "nobody announced who is there"
        await asyncio.sleep(0.1)
    store.close()
    assert (await host.ask("admit", person="patient", appointment="a-1"))["type"] == "ack"
    await patient.wait("admitted")
    assert "error" not in patient.kinds()


async def test_the_same_cid_twice_at_once_is_answered_once(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    host, patient = await connect(), await connect()
    await host.hello(await clinic.token("practitioner"))
    await patient.hello(await clinic.token())
    for _ in range(2):
        await host.say("admit", person="patient", appointment="a-1", cid="twice")
    answers_to_it = [frame for frame in await host.quiet(0.7) if frame.get("cid") == "twice"]
    assert {frame["type"] for frame in answers_to_it} == {"ack"}
