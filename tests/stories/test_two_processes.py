"""Any process serves any token: two servers on one Redis, the patient on one and the practitioner on the
other (H2).
"""

import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from tests.stories.test_visit import in_call
from tests.support.api import Clinic
from tests.support.peer import CANDIDATE, OFFER
from tests.support.server import RunningServer
from tests.support.two_processes import Alternating


@pytest_asyncio.fixture
async def connect(
    server: RunningServer, second: RunningServer, session: aiohttp.ClientSession
) -> AsyncIterator[Alternating]:
    async with contextlib.AsyncExitStack() as stack:
        yield Alternating([server, second], session, stack)


async def test_a_visit_across_processes(clinic: Clinic, connect: Alternating) -> None:
    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee"}])
    host, patient = await in_call(clinic, connect)
    await host.say("signal", to=patient.sid, data=OFFER)
    told = await patient.wait("signal")
    assert (told["from"], told["data"]) == (host.sid, OFFER)
    for number in range(20):
        await patient.say("signal", to=host.sid, data={"candidate": {"candidate": str(number)}})
    order = [(await host.wait("signal"))["data"]["candidate"]["candidate"] for _ in range(20)]
    assert order == [str(number) for number in range(20)]
    await patient.say("chat", text="hello from the other side")
    assert (await host.wait("chat"))["text"] == "hello from the other side"
    mum = await connect.on(0)
    await mum.hello(await clinic.token("guest:mum"))
    assert (await mum.wait("waiting"))["practitioner_here"] is True
    await mum.say("signal", to=host.sid, data=OFFER)
    assert (await mum.wait("error"))["code"] == "not_admitted"
    await host.ask("admit", person="guest:mum", appointment="a-1")
    assert (await patient.wait("joined"))["name"] == "Maria Lee"
    await host.ask("end", outcome="done")
    assert (await patient.wait("ended"))["why"] == "done"


async def test_a_second_device_on_the_other_process_takes_over(clinic: Clinic, connect: Alternating) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    other = await connect.on(1)
    assert (await other.hello(await clinic.token()))["code"] == "elsewhere"
    mover = await connect.on(1)
    assert (await mover.hello(await clinic.token(), move=True))["state"] == "in_room"
    assert await patient.closed() == 4506
    assert (await host.wait("joined"))["sid"] == mover.sid


async def test_a_resume_on_the_other_process_gets_a_snapshot(clinic: Clinic, connect: Alternating) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    await patient.cut()
    assert (await host.wait("state"))["online"] is False
    back = await connect.on(1)
    welcome = await back.resume(patient)
    assert (welcome["resumed"], welcome["state"], welcome["sid"]) == (False, "in_room", patient.sid)
    assert (await host.wait("state"))["online"] is True
    await back.say("signal", to=host.sid, data=CANDIDATE)
    assert (await host.wait("signal"))["from"] == patient.sid


async def test_a_cancel_on_one_process_reaches_the_other(clinic: Clinic, connect: Alternating) -> None:
    await clinic.book()
    patient = await connect.on(1)
    await patient.hello(await clinic.token())
    await clinic.api.post("/v1/appointments/a-1/cancel", reason="ill", by="staff")
    assert (await patient.wait("error", within=2))["code"] == "cancelled"
    assert await patient.closed() == 4504
