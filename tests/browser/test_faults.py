"""A call survives its signalling (E6): the server is killed, media goes on, the pages say so and return."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.api import Clinic
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def call(chromium: Browser, own_server: RunningServer) -> AsyncIterator[Visit]:
    """A call on a server of its own."""
    async with aiohttp.ClientSession() as session:
        clinic = await Clinic.opened(own_server.base_url, own_server.admin_key, session)
        await clinic.book()
        people = [await Person.sits_down(chromium, own_server.base_url) for _ in range(2)]
        visit = await Visit.of(clinic, *people)
        await visit.begins()
        yield visit
        for person in people:
            await person.leaves()
        # The browser itself writes a refused connection to the console; everything else is a problem as ever.
        assert [p for person in people for p in person.problems if "ERR_CONNECTION_REFUSED" not in p] == []


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
