"""Processes that do what is due, by the desk's clock, on one real Redis."""

import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from rooms.policy import Policy
from rooms.service.messages.dispatch import Dispatch
from rooms.store import RedisStore, connect
from signalling.jobs.health import Health
from signalling.jobs.message_sender import MessageSender
from signalling.jobs.task_runner import TaskRunner
from signalling.metrics import Metrics
from signalling.outbound.host_resolver import HostResolver
from signalling.outbound.mail import MailSender
from signalling.outbound.settings import Mailbox, allow
from signalling.outbound.settings import smtp_url as relay_of
from signalling.outbound.webhook import WebhookSender
from tests.jobs.working import Process
from tests.support.clock import GivenClock
from tests.support.desk import PUBLIC_URL, Desk
from tests.support.receiver import Receiver
from tests.support.redis_server import RedisServer, redis_server
from tests.support.smtp import Relay

TEST_TIME = 20
"""Seconds of a test that are one of its processes': a busy machine does not outlast backing off from a
receiver."""

ALLOW = allow("CONSULTROOM_WEBHOOK_ALLOW", "127.0.0.1")


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest_asyncio.fixture
async def store(redis: RedisServer) -> AsyncIterator[RedisStore]:
    made = connect(redis.url)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def desk(store: RedisStore) -> Desk:
    return await Desk(store).open(policy=Policy(reminder_minutes=(60,)))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


@pytest_asyncio.fixture
async def process(desk: Desk, redis: RedisServer) -> AsyncIterator[Process]:
    """Another process's tasks, on a store of its own, by the desk's clock."""
    made: list[tuple[TaskRunner, RedisStore]] = []

    async def begun(relay: Relay | None = None, seconds: float = 15) -> TaskRunner:
        store, metrics = connect(redis.url), Metrics()
        health = Health(store, metrics, GivenClock(lambda: desk.now))
        await store.time()  # a process reads its clock before its first beat
        await health.beat()
        box, resolver = Mailbox("", "visits@clinic.org"), HostResolver()  # of addresses only: it asks nobody
        mail = MailSender(relay_of("x", relay.url), box, resolver) if relay else None
        dispatch = Dispatch(store, desk.links.keyring, PUBLIC_URL, mail=relay is not None)
        sender = MessageSender(WebhookSender(ALLOW, resolver, seconds=seconds), mail, PUBLIC_URL)
        task_runner = TaskRunner(
            store,
            dispatch,
            sender,
            health,
            metrics,
            lambda: desk.now,
            lambda: desk.now / 1000 + time.monotonic() / TEST_TIME,
        )
        made.append((task_runner, store))
        return task_runner

    yield begun
    for task_runner, store in made:
        await task_runner.close()
        await store.close()
