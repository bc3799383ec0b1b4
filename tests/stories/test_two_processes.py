"""Any process serves any token: two servers on one Redis, the patient on one and the practitioner on the
other (H2).
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from tests.stories.test_visit import in_call
from tests.support.api import Clinic
from tests.support.peer import CANDIDATE, OFFER, Peer, connected
from tests.support.server import RunningServer


class Alternating:
    """Every second socket goes to the other process."""

    def __init__(
        self, servers: list[RunningServer], session: aiohttp.ClientSession, stack: contextlib.AsyncExitStack
    ) -> None:
        self.servers, self.session, self.stack, self.count = servers, session, stack, 0

    async def __call__(self) -> Peer:
        self.count += 1
        return await self.on(self.count % 2)

    async def on(self, number: int) -> Peer:
        """A socket to the first or second process."""
        # A page of the public URL, which both serve.
        origin = self.servers[0].base_url
        return await self.stack.enter_async_context(
            connected(self.servers[number].base_url, self.session, origin=origin)
        )


@contextlib.asynccontextmanager
async def two_processes(
    server: RunningServer, session: aiohttp.ClientSession, folder: Path
) -> AsyncIterator[Alternating]:
    """This server and a second one on its Redis."""
    second = RunningServer(folder, {"CONSULTROOM_PUBLIC_URL": server.base_url})
    second.redis, second.keys = server.redis, server.keys
    second.start()
    try:
        async with contextlib.AsyncExitStack() as stack:
            yield Alternating([server, second], session, stack)
    finally:
        second.stop()


@pytest_asyncio.fixture
async def connect(
    server: RunningServer, session: aiohttp.ClientSession, tmp_path: Path
) -> AsyncIterator[Alternating]:
    async with two_processes(server, session, tmp_path) as opened:
        yield opened


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
