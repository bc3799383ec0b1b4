"""A call survives its signalling (E6): the server is killed, media goes on, the pages say so and return."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.visit import Visit
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.media]


@pytest_asyncio.fixture
async def call(chromium: Browser, own_server: RunningServer) -> AsyncIterator[Visit]:
    """A call on a server of its own."""
    async with Visit.on(own_server, chromium) as visit:
        await visit.begins()
        yield visit
    visit.met_no_problem()


async def test_a_call_survives_the_death_of_its_server(call: Visit, own_server: RunningServer) -> None:
    own_server.kill()
    for person in (call.patient, call.practitioner):
        await person.sees(".banner.shown", "Reconnecting. Your call goes on meanwhile.")
        await person.sees_and_hears(5)

    await asyncio.to_thread(own_server.start)
    for person in (call.patient, call.practitioner):
        await person.until("!document.querySelector('.banner').classList.contains('shown')")
        await person.sees(".call")
        assert await person.page.evaluate("globalThis.peers.length") == 1, "media never stopped: nothing new"
    await call.both_see_and_hear()

    await call.patient.click("#mute")
    await call.practitioner.sees(".stage figcaption", "Microphone off")
    await call.practitioner.click("#end")
    await call.patient.sees("h1", "Your visit has ended")
