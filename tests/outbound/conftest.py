"""Receivers for all tests of one module; each test begins with nothing received."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from signalling.outbound.host_resolver import HostResolver
from signalling.outbound.webhook import WebhookSender
from tests.outbound.sending import LOOPBACK, SECRET
from tests.support.receiver import Receiver


@pytest.fixture(scope="module")
def shared() -> Iterator[Receiver]:
    with Receiver() as receiver:
        receiver.trust(SECRET)
        yield receiver


@pytest.fixture
def receiver(shared: Receiver) -> Receiver:
    shared.forget()
    return shared


@pytest.fixture(scope="module")
def shared_tls() -> Iterator[Receiver]:
    with Receiver(tls=True) as receiver:
        receiver.trust(SECRET)
        yield receiver


@pytest.fixture
def secure(shared_tls: Receiver) -> Receiver:
    shared_tls.forget()
    return shared_tls


@pytest_asyncio.fixture
async def resolver() -> AsyncIterator[HostResolver]:
    resolver = HostResolver()
    yield resolver
    await resolver.close()


@pytest_asyncio.fixture
async def sender(resolver: HostResolver) -> AsyncIterator[WebhookSender]:
    sender = WebhookSender(LOOPBACK, resolver, seconds=2)
    yield sender
    await sender.close()
