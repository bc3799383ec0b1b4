"""A call outlives a minute without its server, and one without its Redis (E6): picture and sound never stop,
everybody is in the room again by themselves, and attendance is whole.
"""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.person import REMEMBER_SOCKETS
from tests.browser.visit import Visit
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.media]

OUTAGE, SLICE = 60.0, 5.0
"""Seconds. Twice the grace of a call (D6)."""

DOWN = "document.querySelector('.banner').classList.contains('shown')"


@pytest_asyncio.fixture
async def call(chromium: Browser, own_server: RunningServer) -> AsyncIterator[Visit]:
    """A call on a server of its own."""
    async with Visit.on(own_server, chromium, REMEMBER_SOCKETS) as visit:
        await visit.begins()
        yield visit
    visit.met_no_problem()


async def media_goes_on(call: Visit, seconds: float) -> None:
    """Frames and sound of both grow in every slice."""
    people = {"patient": call.patient, "practitioner": call.practitioner}
    before = {name: await person.received() for name, person in people.items()}
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        await asyncio.sleep(SLICE)
        for name, person in people.items():
            now = await person.received()
            assert now["frames"] > before[name]["frames"], f"{name}: no picture for {SLICE} s"
            assert now["sound"] > before[name]["sound"], f"{name}: no sound for {SLICE} s"
            before[name] = now


async def everybody_is_back(call: Visit) -> None:
    """In the call, by the same connection between the browsers, and heard by the server again."""
    for person in (call.patient, call.practitioner):
        await person.until(f"!{DOWN}")
        await person.sees(".call")
        assert await person.page.evaluate("globalThis.peers.length") == 1, "media never stopped: nothing new"
    await call.patient.click("#mute")
    await call.practitioner.sees(".stage figcaption", "Microphone off")
    await call.patient.click("#mute")
    await call.practitioner.until(
        "!document.querySelector('.stage figcaption').innerText.includes('Microphone')"
    )
    assert await call.practitioner.sees(".people") == "Dr Ada Okafor (you)\nSam Lee"


async def all_of_it_counts(call: Visit, since: float, had: float) -> None:
    """Attendance is whole from `since` on, as soon as the end of the outage is written down."""
    deadline = time.monotonic() + 10
    while (got := await overlap(call) - had) < (lasted := time.monotonic() - since) - 2:
        assert time.monotonic() < deadline, f"{got:.0f} s together of {lasted:.0f} s"
        await asyncio.sleep(0.5)


async def overlap(call: Visit) -> float:
    attendance = await call.clinic.api.get("/v1/appointments/a-1/attendance")
    return float(attendance["overlap_seconds"])


async def test_a_minute_without_the_server_and_one_without_redis(
    call: Visit, own_server: RunningServer
) -> None:
    began, had = time.monotonic(), await overlap(call)

    own_server.kill()
    for person in (call.patient, call.practitioner):
        await person.sees(".banner.shown", "Reconnecting. Your call goes on meanwhile.")
    await media_goes_on(call, OUTAGE)
    await asyncio.to_thread(own_server.start)
    await everybody_is_back(call)
    await all_of_it_counts(call, began, had)

    # The practitioner's socket stands all the time, the patient's breaks in the middle of it.
    own_server.kill_redis()
    await call.patient.page.evaluate("globalThis.sockets.at(-1).close()")
    await call.patient.sees(".banner.shown", "Reconnecting. Your call goes on meanwhile.")
    await media_goes_on(call, OUTAGE)
    await asyncio.to_thread(own_server.redis.start)
    await everybody_is_back(call)
    await all_of_it_counts(call, began, had)

    # Nobody is put out afterwards, when what nobody renewed is reaped again.
    await media_goes_on(call, 35)
    await all_of_it_counts(call, began, had)
    await call.practitioner.click("#end")
    await call.patient.sees("h1", "Your visit has ended")
