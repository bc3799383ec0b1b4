"""`kill -9` of the server and of Redis during a visit: nothing acknowledged is lost, nobody who came is
absent (I1, I2).
"""

import asyncio
import time
from datetime import datetime

import aiohttp

from tests.faults.readiness import readiness_says
from tests.stories.test_visit import in_call
from tests.support.api import Clinic
from tests.support.peer import CANDIDATE, Connect
from tests.support.server import RunningServer


async def clinic_on(server: RunningServer, session: aiohttp.ClientSession, **policy: object) -> Clinic:
    return await Clinic.opened(server.base_url, server.admin_key, session, **policy)  # type: ignore[arg-type]  # no zone in it


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


async def test_the_server_is_killed_in_mid_call_and_both_come_back(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(
        own_server, session, opens_before_minutes=1, closes_after_minutes=0, attended_seconds=2
    )
    await clinic.book(lasts=14)
    host, patient = await in_call(clinic, connect)
    for _ in range(3):
        await patient.say("ping")
        await asyncio.sleep(0.7)
    own_server.kill()
    killed = time.time()
    await asyncio.sleep(1.5)
    own_server.start()
    back, host_back = await connect(), await connect()
    welcome = await back.resume(patient)
    assert (welcome["resumed"], welcome["state"], welcome["sid"]) == (False, "in_room", patient.sid)
    assert (await host_back.resume(host))["state"] == "in_room"
    await back.say("signal", to=host.sid, data=CANDIDATE)
    assert (await host_back.wait("signal"))["from"] == patient.sid
    attendance = await clinic.api.get("/v1/appointments/a-1/attendance")
    inside = [
        line for line in attendance["intervals"] if (line["person"], line["state"]) == ("patient", "in_room")
    ]
    assert len(inside) == 2
    assert killed - 2.5 < seconds(inside[0]["ended_at"]) <= killed
    assert seconds(inside[1]["started_at"]) > killed + 1
    await host_back.ask("end", outcome="done")
    settled = await clinic.outcome(within=15)
    assert (settled["status"], settled["outcome"]) == ("completed", "attended")


async def test_the_server_stays_away_over_the_close_and_decides_when_it_is_back(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(
        own_server, session, opens_before_minutes=1, closes_after_minutes=0, attended_seconds=1
    )
    await clinic.book(lasts=5)
    await clinic.api.put("/v1/practitioners/dr2", name="Dr Two", video_enabled=True)
    await clinic.api.put("/v1/patients/other", name="Olu Other")
    await clinic.book("a-2", lasts=5, patient="other", practitioner="dr2")
    host, patient = await in_call(clinic, connect)
    for _ in range(5):
        # What came in last is what a crash leaves of an interval.
        await asyncio.sleep(0.5)
        await asyncio.gather(patient.say("ping"), host.say("ping"))
    await asyncio.sleep(1.2)
    own_server.kill()
    killed = time.time()
    await asyncio.sleep(3)
    own_server.start()
    missed = await clinic.outcome("a-2", within=6)
    assert (missed["status"], missed["outcome"]) == ("no_show", "both_absent")
    # Sessions of the dead process are reaped first, a lease and five seconds after the start.
    settled = await clinic.outcome("a-1", within=60)
    assert (settled["status"], settled["outcome"]) == ("completed", "attended")
    attendance = await clinic.api.get("/v1/appointments/a-1/attendance")
    ended = {line["ended_by"] for line in attendance["intervals"] if line["state"] == "in_room"}
    assert ended == {"lapsed"}
    assert all(seconds(line["ended_at"]) <= killed for line in attendance["intervals"])
    history = await clinic.api.get("/v1/appointments/a-1/history")
    assert [line["facts"]["outcome"] for line in history["items"] if line["what"] == "outcome"] == [
        "attended"
    ]


async def test_redis_is_killed_and_the_call_goes_on(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee"}])
    mum_token = await clinic.token("guest:mum")
    host, patient = await in_call(clinic, connect)
    before = (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"]
    own_server.kill_redis()
    await patient.say("signal", to=host.sid, data=CANDIDATE)
    assert (await host.wait("signal"))["data"] == CANDIDATE
    mum = await connect()
    refused = await mum.hello(mum_token)
    assert (refused["code"], refused["retry_after"] <= 2) == ("backend_unavailable", True)
    assert await mum.closed() == 4011
    unacknowledged = await host.ask("end", outcome="done")
    assert unacknowledged["code"] == "backend_unavailable"
    answer = await clinic.api.call("GET", "/v1/appointments/a-1")
    assert (answer.status, answer.body["code"]) == (503, "backend_unavailable")
    own_server.redis.start()
    await readiness_says(own_server, session, None)
    after = (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"]
    assert [line["started_at"] for line in after] == [line["started_at"] for line in before]
    again = await connect()
    assert (await again.hello(mum_token))["state"] == "waiting"
    assert (await host.ask("end", outcome="done"))["type"] == "ack"
    assert (await patient.wait("ended"))["why"] == "done"


async def test_a_drop_while_redis_is_away_is_written_down_later(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    _, patient = await in_call(clinic, connect)
    own_server.kill_redis()
    dropped = time.time()
    await patient.cut()
    await asyncio.sleep(1)
    own_server.redis.start()
    await readiness_says(own_server, session, None)
    await asyncio.sleep(2.5)
    lines = (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"]
    [inside] = [line for line in lines if (line["person"], line["state"]) == ("patient", "in_room")]
    assert inside["ended_by"] == "dropped"
    assert abs(seconds(inside["ended_at"]) - dropped) < 1


async def test_a_stopping_server_says_so_and_writes_the_drops_down(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    listening = asyncio.create_task(patient.wait("error"))
    hosting = asyncio.create_task(host.closed())
    await asyncio.sleep(0)
    assert await asyncio.to_thread(own_server.stop) == 0
    assert (await listening)["code"] == "draining"
    assert await hosting == 4012
    own_server.start()
    lines = (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"]
    assert {line["ended_by"] for line in lines if line["state"] == "in_room"} == {"drained"}
    back = await connect()
    assert (await back.resume(patient))["state"] == "in_room"


async def test_a_silent_client_is_absent_from_its_last_frame_on(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    """Half-open: nothing comes in, and nothing that goes out keeps the session alive."""
    clinic = await clinic_on(own_server, session)
    await clinic.book()
    patient = await connect()
    await patient.hello(await clinic.token())
    await patient.wait("waiting")
    silent_since = time.time()
    patient.deafen()
    host = await connect()
    await host.hello(await clinic.token("practitioner"))
    await asyncio.sleep(3)
    assert host.welcome["queue"][0]["online"] is True
    async with asyncio.timeout(60):
        while (await host.wait("queue", within=60))["items"][0]["online"]:
            pass
    lines = (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"]
    [waited] = [line for line in lines if line["person"] == "patient"]
    assert waited["ended_by"] == "lapsed"
    assert seconds(waited["ended_at"]) - silent_since < 2
    patient.hear_again()
    assert await patient.closed() == 4014
    assert patient.heard[-1]["code"] == "connection_lost"
    back = await connect()
    welcome = await back.resume(patient)
    assert (welcome["state"], welcome["sid"]) == ("waiting", patient.sid)
