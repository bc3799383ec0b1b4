"""A reader that does not read is cut off, and nobody else notices (RELIABILITY 4, slow consumer)."""

import asyncio
import time

import aiohttp

from tests.faults.test_kills import clinic_on
from tests.stories.test_visit import in_call
from tests.support.peer import Connect
from tests.support.server import RunningServer

SDP = "v=0\r\na=fingerprint:sha-256 00\r\n" + "a=x\r\n" * 6_000


async def test_a_reader_that_never_reads_is_given_up(
    own_server: RunningServer, session: aiohttp.ClientSession, connect: Connect
) -> None:
    clinic = await clinic_on(own_server, session)
    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee"}])
    host, patient = await in_call(clinic, connect)
    mum = await connect()
    await mum.hello(await clinic.token("guest:mum"))
    await host.ask("admit", person="guest:mum", appointment="a-1")
    await mum.wait("admitted")
    patient.deafen()
    given_up = asyncio.create_task(host.wait("state", within=30, online=False))
    slowest = 0.0
    for number in range(400):
        await host.say("signal", to=patient.sid, data={"description": {"type": "offer", "sdp": SDP}})
        if number % 20 == 0:
            began = time.monotonic()
            await host.say("chat", text="quick")
            await mum.wait("chat")
            slowest = max(slowest, time.monotonic() - began)
        if given_up.done():
            break
        await asyncio.sleep(0.025)
    assert (await given_up)["from"] == patient.sid
    assert slowest < 1
