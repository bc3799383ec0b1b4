"""Redis comes back without its last seconds, or with nothing: a call goes on, somebody is told, and
no absence is made of it (RELIABILITY 4).
"""

import asyncio
import contextlib
import json
import time
from pathlib import Path

import aiohttp
import redis

from rooms.policy import OUTAGE
from rooms.store import keys
from rooms.times import SECOND
from tests.faults.readiness import readiness_says
from tests.faults.test_kills import clinic_on
from tests.stories.test_visit import both
from tests.support.peer import CANDIDATE, Connect
from tests.support.redis_server import went_back
from tests.support.server import RunningServer
from tests.support.two_processes import Alternating, beside


async def _losses(server: RunningServer, session: aiohttp.ClientSession) -> int:
    async with session.get(f"{server.base_url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    [line] = [each for each in lines if each.startswith("consultroom_data_losses_total ")]
    return round(float(line.split()[1]))


async def test_a_pair_that_was_admitted_in_the_lost_seconds_stays_in_its_room(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session, opens_before_minutes=1, closes_after_minutes=0)
    await clinic.book(lasts=600)
    host, patient = await both(clinic, connect)
    await asyncio.sleep(1.1)  # a beat of before that time
    began = time.time()

    with went_back(own_server.redis.folder, own_server.kill_redis, own_server.redis.start):
        assert (await host.ask("admit", person="patient", appointment="a-1"))["type"] == "ack"
        await patient.wait("admitted")
        await host.wait("admitted")
        await clinic.book("gone", starts=7200)
    await readiness_says(own_server, session, None)
    deadline = time.monotonic() + 10
    while not await _losses(own_server, session):
        assert time.monotonic() < deadline, "nobody noticed"
        await asyncio.sleep(0.05)
    await readiness_says(own_server, session, None)
    # The call goes on: what needs the store, too.
    await patient.say("signal", to=host.sid, data=CANDIDATE)
    assert (await host.wait("signal"))["data"] == CANDIDATE
    assert (await host.ask("lock", on=True))["type"] == "ack"
    for peer in (host, patient):
        assert not {"error", "left", "ended"} & peer.kinds()
        assert not peer.ws.closed
    attendance = await clinic.api.get("/v1/appointments/a-1/attendance")
    inside = {line["person"] for line in attendance["intervals"] if line["state"] == "in_room"}
    assert inside == {"patient", "practitioner"}
    assert "Redis has lost what it acknowledged since" in own_server.log.read_text()
    assert (await clinic.api.call("GET", "/v1/appointments/gone")).status == 404
    # Of whoever was expected in that time no absence is made: line b of F3, as long as it has to be.
    with redis.Redis(unix_socket_path=str(own_server.redis.socket), decode_responses=True) as asked:
        [span] = asked.zrange(keys.OUTAGES, 0, -1)
    start, end = map(int, span.split(":"))
    assert start + OUTAGE < began * SECOND < end - OUTAGE


async def test_whoever_is_not_on_the_floor_any_more_is_told_to_come_again_and_is_back(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    """The store gave their place up unseen, as another process does that does not hear of this one."""
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    patient, token = await connect(), await clinic.token()
    await patient.hello(token)
    await patient.wait("waiting")
    with redis.Redis(unix_socket_path=str(own_server.redis.socket)) as asked:
        [key] = [each for each in asked.keys("{c:*}:floor:*") if each.split(b":")[-2] == b"floor"]
        version, _, floor = str(asked.get(key), "utf-8").partition(" ")
        without = {**json.loads(floor), "seats": []}
        asked.set(key, f"{int(version) + 1} {json.dumps(without)}", keepttl=True)
    host = await connect()
    await host.hello(await clinic.token("practitioner"))
    assert (await patient.wait("error"))["code"] == "connection_lost"
    assert await patient.closed() == 4014
    back = await connect()
    assert (await back.resume(patient))["code"] == "resume_refused"
    assert (await back.hello(token))["state"] == "waiting"
    assert (await host.wait("queue"))["items"][0]["online"]


async def test_an_empty_redis_ends_no_call_and_no_link(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    token = await clinic.token()
    host, patient = await both(clinic, connect)
    assert (await host.ask("admit", person="patient", appointment="a-1"))["type"] == "ack"
    await patient.wait("admitted")
    await host.wait("admitted")
    with redis.Redis(unix_socket_path=str(own_server.redis.socket)) as asked:
        asked.flushall()
        await readiness_says(own_server, session, "redis_lost_all")
        late = await connect()
        assert (await late.hello(token))["code"] == "backend_unavailable"
        assert await late.closed() == 4011
        assert await _losses(own_server, session) == 1
        assert {name.split(b":")[-2] for name in asked.keys("{c:*}:floor:*")} == {b"floor"}
    await patient.say("signal", to=host.sid, data=CANDIDATE)
    assert (await host.wait("signal"))["data"] == CANDIDATE
    for peer in (host, patient):
        assert not {"error", "left", "ended"} & peer.kinds()


async def test_a_pair_on_two_processes_stays_in_its_room_too(
    own_server: RunningServer, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    (tmp_path / "second").mkdir()
    async with contextlib.AsyncExitStack() as stack:
        second = stack.enter_context(beside(own_server, tmp_path / "second"))
        connect = Alternating([own_server, second], session, stack)
        host, patient = await both(clinic, connect)
        with went_back(own_server.redis.folder, own_server.kill_redis, own_server.redis.start):
            assert (await host.ask("admit", person="patient", appointment="a-1"))["type"] == "ack"
            await patient.wait("admitted")
            await host.wait("admitted")
        for server in connect.servers:
            await readiness_says(server, session, None)
        # Messages between processes are lost until each listens again; a floor is read anew meanwhile.
        heard = asyncio.create_task(host.wait("chat", within=10))
        while not heard.done():
            await patient.say("chat", text="still here")
            await asyncio.sleep(0.2)
        assert (await heard)["from"] == patient.sid
        await asyncio.sleep(1.5)
        assert (await host.ask("end", outcome="done"))["type"] == "ack"
        assert (await patient.wait("ended"))["why"] == "done"
        for peer in (host, patient):
            assert not {"error", "left"} & peer.kinds()
