"""A clinic with a visit open now, and people with real browsers."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.api import Clinic
from tests.support.server import RunningServer

Invite = Callable[..., Awaitable[Person]]


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest_asyncio.fixture
async def clinic(server: RunningServer, http: aiohttp.ClientSession) -> Clinic:
    """Of this test alone."""
    return await Clinic.opened(server.base_url, server.admin_key, http)


@pytest_asyncio.fixture
async def invite(chromium: Browser, server: RunningServer) -> AsyncIterator[Invite]:
    """Makes people; afterwards all of them leave, and none has met a problem."""
    people: list[Person] = []

    async def come(**how: object) -> Person:
        people.append(await Person.sits_down(chromium, server.base_url, **how))
        return people[-1]

    yield come
    problems = [problem for person in people for problem in person.problems]
    for person in people:
        await person.leaves()
    assert problems == []


@pytest_asyncio.fixture
async def visit(clinic: Clinic, invite: Invite) -> Visit:
    """A visit of Sam Lee with Dr Ada Okafor, open now; both have their link and have not clicked yet."""
    await clinic.book()
    return await Visit.of(clinic, await invite(), await invite(viewport={"width": 1280, "height": 800}))
