"""A clinic with a visit open now, people with real browsers, and the mails they get."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.inbox import Inbox
from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.api import Clinic
from tests.support.server import RunningServer
from tests.support.smtp import Relay

Invite = Callable[..., Awaitable[Person]]


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    """Takes every mail that these tests cause."""
    with Relay() as running:
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, relay: Relay) -> Iterator[RunningServer]:
    """As everywhere, but it sends mail and may tell this machine."""
    sends = {
        "CONSULTROOM_SMTP_URL": relay.url,
        "CONSULTROOM_MAIL_FROM": relay.sender,
        "CONSULTROOM_WEBHOOK_ALLOW": "127.0.0.1",
    }
    with RunningServer(tmp_path_factory.mktemp("server"), sends) as running:
        yield running


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest_asyncio.fixture
async def clinic(server: RunningServer, http: aiohttp.ClientSession) -> Clinic:
    """Of this test alone."""
    return await Clinic.opened(server.base_url, server.admin_key, http)


@pytest_asyncio.fixture
async def inbox(clinic: Clinic, relay: Relay) -> Inbox:
    """Sam Lee's, whose address no other test has."""
    address = f"sam.{clinic.id}@example.org"
    await clinic.api.put("/v1/patients/pat", name="Sam Lee", email=address)
    return Inbox(relay, address)


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
