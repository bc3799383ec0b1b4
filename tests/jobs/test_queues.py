"""Neither a receiver that hangs nor a backlog stands before what is not its own; one that wants no more is
left alone (F6)."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from email.utils import format_datetime

import pytest
import pytest_asyncio

from rooms.access.codes import code
from rooms.errors import Contradiction
from rooms.events import Delivery
from rooms.outgoing import MAIL, OUTBOX, STORE_TASKS, TaskQueue, delivery_queue_task
from rooms.service.links.bookmarks import Bookmarks
from rooms.service.messages.dispatch import GIVEN_UP_AFTER
from rooms.store import RedisStore, keys
from signalling.jobs import receivers
from signalling.jobs import task_runner as job
from signalling.jobs.task_runner import TaskRunner
from tests.jobs.conftest import TEST_TIME
from tests.jobs.working import Process, hooked, work
from tests.service.dispatch_room import Room
from tests.support.desk import Desk
from tests.support.receiver import Receiver
from tests.support.smtp import Relay

SECOND = 1000


class Hanging:
    """Takes connections and says nothing; `came` counts them."""

    def __init__(self) -> None:
        self.came, self.url = 0, ""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()


@pytest_asyncio.fixture
async def hanging() -> AsyncIterator[Hanging]:
    made = Hanging()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield made
    server.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt hangs after a tenth of a second."""
    monkeypatch.setattr(receivers, "HANGING_AFTER", 0.1 / TEST_TIME)


async def later(desk: Desk, one: TaskRunner, milliseconds: int) -> None:
    desk.now += milliseconds
    await one.health.beat()


def arrived(receiver: Receiver) -> set[str]:
    """The ids of what it took; by the desk's clock they are of another day, so it verifies none."""
    return {each.id for each in receiver.received if each.status == 200}


async def deliveries(desk: Desk) -> list[Delivery]:
    return await Room(desk).hooks.deliveries(desk.id, "main")


async def test_one_that_hangs_is_probed_by_one_and_gets_all_once_it_answers(
    desk: Desk, hanging: Hanging, receiver: Receiver, process: Process
) -> None:
    room = await hooked(desk, receiver)
    await room.hooks.put(desk.id, "main", url=hanging.url, events=["*"])
    one = await process(seconds=0.15)
    for number in range(6):
        await desk.book(f"a{number}", f"{10 + number}:00")
    await work(one, rounds=4)
    assert hanging.came == 2
    assert one.metrics.registry.get_sample_value("consultroom_webhooks_backing_off") == 1
    for probes in (1, 2):
        await later(desk, one, 26 * SECOND)
        await work(one, rounds=3)
        assert hanging.came == 2 + probes
    # Another address is another receiver, and is found out at once.
    await room.hooks.put(desk.id, "main", url=receiver.url, events=["*"])
    await later(desk, one, 5 * SECOND)
    await work(one, rounds=4)
    assert len(arrived(receiver)) >= 3 * 3
    await later(desk, one, 25 * 60 * SECOND)
    await work(one, rounds=4)
    assert len(arrived(receiver)) == 6 * 3
    assert hanging.came == 4


async def test_what_waited_three_days_behind_one_that_hangs_is_given_up(
    desk: Desk, hanging: Hanging, receiver: Receiver, process: Process
) -> None:
    room = await hooked(desk, receiver)
    await room.hooks.put(desk.id, "main", url=hanging.url, events=["*"])
    one = await process(seconds=0.15)
    for number in range(5):
        await desk.book(f"a{number}", f"{10 + number}:00")
    await work(one, rounds=3)
    await later(desk, one, GIVEN_UP_AFTER + SECOND)
    await work(one, rounds=3)
    assert hanging.came == 3, "a probe"
    dead = [each for each in await deliveries(desk) if each.state == "dead"]
    assert len(dead) == 1 + 2 * 3, "the probe, and what two other delivery queues hold"
    assert {each.why for each in dead} == {"timeout"}
    await later(desk, one, 26 * SECOND)
    await work(one, rounds=3)
    assert hanging.came == 4
    assert [each.state for each in await deliveries(desk)].count("dead") == 7 + 1 + 2 * 3


async def test_a_cancel_and_a_code_go_before_what_an_import_left(
    desk: Desk, receiver: Receiver, relay: Relay, process: Process
) -> None:
    await hooked(desk, receiver)
    one = await process(relay)
    made = [await desk.book(f"a{number}", f"{8 + number // 2:02}:{number % 2 * 3}0") for number in range(20)]
    await work(one, rounds=2)
    before = {each.event["data"]["appointment"] for each in receiver.received}
    assert len(before) <= receivers.UNPROVEN_ATTEMPTS
    await desk.cancel("a19")
    text = (desk.links.address(await desk.clinics.get(desk.id), made[0], 1) or "").partition("#")[2]
    addresses = Bookmarks(desk.store, desk.links.keyring, desk.links)
    challenge = await addresses.ask(text, desk.now)
    await addresses.send(text, challenge, desk.now)
    mailed = len(relay.mails)
    await work(one, rounds=2)
    told = [each.event["data"].get("appointment") for each in receiver.received]
    assert "appointment.cancelled" in [each.event["type"] for each in receiver.received]
    assert len(set(told)) < 20, "others still wait"
    digits = code(desk.links.keyring, challenge.key, challenge.nonce)
    assert digits is not None
    assert any(digits in mail.text for mail in relay.mails[mailed:])
    seqs = [
        each.event["data"]["seq"]
        for each in receiver.received
        if each.event["data"].get("appointment") == "a19"
    ]
    assert seqs == sorted(seqs), "in order for each appointment all the same"
    await work(one, rounds=12)
    assert await desk.store.queues_due(desk.now) == []


async def test_an_express_task_waits_for_a_receiver_that_is_backed_off_from_and_comes_first_then(
    desk: Desk, hanging: Hanging, receiver: Receiver, process: Process
) -> None:
    room = await hooked(desk, receiver)
    await room.hooks.put(desk.id, "main", url=hanging.url, events=["*"])
    one = await process(seconds=0.15)
    for number in range(11):
        await desk.book(f"a{number}", f"{8 + number:02}:00")
    await work(one, rounds=3)
    assert hanging.came == 2
    # Booked after them, so that it is none of the two that were attempted: those wait for their next attempt.
    await desk.book("a11", "19:00")
    await desk.cancel("a11")
    await work(one, rounds=2)
    [waits] = await desk.store.queued(TaskQueue(desk.id, "urgent"), 10)
    assert waits.at == desk.now + job.EXPRESS_AGAIN
    await room.hooks.put(desk.id, "main", url=receiver.url, events=["*"])
    await later(desk, one, 5 * SECOND)
    await work(one, rounds=1)
    await later(desk, one, SECOND)
    await work(one, rounds=1)
    assert "appointment.cancelled" in [each.event["type"] for each in receiver.received]
    assert len({each.event["data"]["appointment"] for each in receiver.received}) < 12


async def test_an_express_task_that_is_not_due_goes_its_usual_way(
    desk: Desk, receiver: Receiver, process: Process
) -> None:
    await hooked(desk, receiver)
    one = await process()
    receiver.answer(500)
    await desk.book("a")
    await work(one, rounds=2)
    await desk.cancel("a")
    await work(one, rounds=3)
    assert len(receiver.received) == 1, "it waits for its head's next attempt"
    assert await desk.store.queued(TaskQueue(desk.id, "urgent"), 10) == []
    await later(desk, one, 5 * SECOND)
    await work(one, rounds=3)
    assert receiver.received[-1].event["type"] == "appointment.cancelled"


async def test_tasks_of_the_version_before_are_taken_up(
    desk: Desk, relay: Relay, process: Process, store: RedisStore
) -> None:
    one = await process(relay)
    made = await desk.book("a")
    await work(one, rounds=1)
    old = keys.tasks(desk.id)
    for name, queue in ((delivery_queue_task(MAIL, made.no), MAIL), (OUTBOX, OUTBOX)):
        await store._pipeline.call("ZREM", keys.tasks(desk.id, queue), name)
        await store._pipeline.call("ZADD", old, desk.now, name)
    await store.refresh_hints(desk.id)
    assert relay.mails == []
    await work(one, rounds=4)
    assert len(relay.mails) == 1
    assert {
        each.name.partition("/")[0] for each in await store.queued(TaskQueue(desk.id, STORE_TASKS), 9)
    } == {"remind"}


@pytest.mark.parametrize("status", [429, 503])
async def test_a_receiver_that_asks_for_time_is_given_it(
    desk: Desk, receiver: Receiver, process: Process, status: int
) -> None:
    room = await hooked(desk, receiver)
    one = await process()
    receiver.ask_to_wait("20", status=status)
    made = await desk.book("a")
    await work(one, rounds=3)
    hook = (await room.hooks.get(desk.id, "main")).no
    due = await desk.store.task(desk.id, delivery_queue_task(hook, made.no))
    assert due is not None
    assert 20_000 <= due - desk.now <= 20_100
    await desk.book("b", "12:00")
    await later(desk, one, 19 * SECOND)
    await work(one, rounds=3)
    assert len(receiver.received) == 1, "nor is anything else sent meanwhile"
    await later(desk, one, SECOND + 100)
    await work(one, rounds=3)
    assert len(arrived(receiver)) == 6


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("999999", 3_600_000, 3_600_000),
        ("1", 3_000, 5_000),
        ("soon", 3_000, 5_000),
        ("-5", 3_000, 5_000),
        ("date", 59_000, 61_000),
    ],
)
async def test_an_hour_at_most_and_never_sooner_than_usual(
    desk: Desk, receiver: Receiver, process: Process, text: str, least: int, most: int
) -> None:
    room = await hooked(desk, receiver)
    one = await process()
    if text == "date":
        text = format_datetime(dt.datetime.fromtimestamp(desk.now // 1000 + 60, dt.UTC), usegmt=True)
    receiver.ask_to_wait(text)
    made = await desk.book("a")
    await work(one, rounds=2)
    due = await desk.store.task(
        desk.id, delivery_queue_task((await room.hooks.get(desk.id, "main")).no, made.no)
    )
    assert due is not None
    assert least <= due - desk.now <= most


async def test_a_receiver_that_is_gone_is_left_alone_until_it_is_put_again(
    desk: Desk, receiver: Receiver, process: Process
) -> None:
    room = await hooked(desk, receiver)
    one = await process()
    await desk.book("before", "08:00")
    await work(one, rounds=3)
    receiver.answer(410)
    for number in range(4):
        await desk.book(f"a{number}", f"{10 + number}:00")
    await work(one, rounds=6)
    came = len(receiver.received)
    assert [each.status for each in receiver.received].count(410) == 1
    hook = await room.hooks.get(desk.id, "main")
    assert hook.disabled is not None
    assert (hook.disabled.at, hook.disabled.why) == (desk.now, "gone")
    dead = [each for each in await deliveries(desk) if each.state == "dead"]
    assert [each.why for each in dead].count("gone") == 1
    assert len(dead) + len(arrived(receiver)) == 5 * 3, "nothing is lost"
    assert await desk.store.queued(TaskQueue(desk.id, hook.no), 10) == []
    [_, line] = (await desk.store.audit(desk.id, None, 1))[0]
    assert (line.by, line.what, line.reason) == ("system", "webhook_disabled", "main")
    # What happens meanwhile is a dead letter, too.
    await desk.book("later", "18:00")
    await work(one, rounds=4)
    assert len(receiver.received) == came
    assert [each.why for each in await deliveries(desk) if each.message.event.appointment == "later"] == [
        "disabled"
    ] * 3
    with pytest.raises(Contradiction, match="webhook_disabled"):
        await room.hooks.replay(desk.id, "main", None, desk.now)
    await room.hooks.put(desk.id, "main", url=receiver.url, events=["*"])
    assert await room.hooks.replay(desk.id, "main", None, desk.now) == len(dead) + 3
    await work(one, rounds=6)
    assert len(arrived(receiver)) == 6 * 3
