"""What is to be told is told, whatever dies: same id and body on every retry, in order for each appointment
(F6).
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.api import Clinic
from tests.support.receiver import Received, Receiver
from tests.support.server import RunningServer


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that may tell this machine."""
    with RunningServer(tmp_path, {"CONSULTROOM_WEBHOOK_ALLOW": "127.0.0.1"}) as running:
        yield running


async def hooked(server: RunningServer, receiver: Receiver, session: aiohttp.ClientSession) -> Clinic:
    """A clinic that has its events told to the receiver."""
    clinic = await Clinic.opened(server.base_url, server.admin_key, session)
    hook = await clinic.api.put("/v1/webhooks/main", url=receiver.url, events=["*"])
    receiver.trust(hook["secret"])
    return clinic


def by_appointment(received: list[Received]) -> dict[str, list[Received]]:
    found: dict[str, list[Received]] = defaultdict(list)
    for each in received:
        found[each.event["data"]["appointment"]].append(each)
    return found


def in_order(effects: list[Received]) -> bool:
    numbers = [each.event["data"]["seq"] for each in effects]
    return numbers == sorted(numbers)


async def settled(receiver: Receiver, count: int, within: float) -> list[Received]:
    """That many messages have taken effect."""
    deadline = time.monotonic() + within
    while len(receiver.effects) < count:
        assert time.monotonic() < deadline, f"{len(receiver.effects)} of {count} took effect"
        await asyncio.sleep(0.1)
    return receiver.effects


@pytest.mark.parametrize("failing", ["refused", "dropped"])
async def test_a_retry_comes_after_three_to_five_seconds_and_is_the_same(
    telling: RunningServer, receiver: Receiver, session: aiohttp.ClientSession, failing: str
) -> None:
    clinic = await hooked(telling, receiver, session)
    if failing == "refused":
        receiver.answer(503)
    else:
        receiver.drop()
    await clinic.book()
    first, second, *_ = await receiver.wait_for(4, within=20)
    assert first.id == second.id
    assert first.body == second.body
    assert 2.9 <= second.at - first.at <= 6.5
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert all(each.verified for each in receiver.received)
    [confirmed, *links] = receiver.effects
    assert confirmed.event["type"] == "appointment.confirmed"
    assert [each.event["type"] for each in links] == ["link.issued", "link.issued"]
    assert [each.event["data"]["seq"] for each in receiver.effects] == [1, 2, 3]


async def test_a_receiver_that_fails_for_one_appointment_holds_up_no_other(
    telling: RunningServer, receiver: Receiver, session: aiohttp.ClientSession
) -> None:
    clinic = await hooked(telling, receiver, session)
    receiver.delay(8)
    await clinic.book("slow", starts=3600)
    await receiver_has(receiver, "slow")
    began = time.monotonic()
    await clinic.book("quick", starts=7200)
    await receiver_has(receiver, "quick")
    assert time.monotonic() - began < 4


async def receiver_has(receiver: Receiver, appointment: str) -> None:
    deadline = time.monotonic() + 10
    while not any(each.event["data"].get("appointment") == appointment for each in receiver.received):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("kills", "busy"), [(6, 0.0), pytest.param(50, 0.25, marks=pytest.mark.soak)], ids=["6", "50 while busy"]
)
async def test_servers_killed_again_and_again_lose_no_event(
    telling: RunningServer,
    receiver: Receiver,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    kills: int,
    busy: float,
) -> None:
    """Whatever was acknowledged is told, in order; a crash may tell it twice, by one id. `busy`: seconds the
    receiver takes for each, so that a kill hits messages under way.
    """
    folder = tmp_path / "second"
    folder.mkdir()
    second = RunningServer(
        folder, {"CONSULTROOM_WEBHOOK_ALLOW": "127.0.0.1", "CONSULTROOM_PUBLIC_URL": telling.base_url}
    )
    second.redis, second.keys, second.admin_key = telling.redis, telling.keys, telling.admin_key
    second.start()
    try:
        clinic = await hooked(telling, receiver, session)
        booked = 0
        if busy:
            receiver.delay(busy, times=kills * 20)
        for _ in range(kills):
            for _ in range(5):
                await clinic.book(f"a-{booked}", starts=3600 * (booked + 1))
                booked += 1
            await asyncio.sleep(random.uniform(0, 0.4))
            victim = random.choice([telling, second])
            victim.kill()
            victim.start()
        # What a killed process had taken is taken up a minute later.
        await settled(receiver, booked * 3, within=90 + kills * 4 * busy)
    finally:
        second.stop()
    told = by_appointment(receiver.effects)
    assert len(told) == booked
    for effects in told.values():
        types = [each.event["type"] for each in effects]
        assert types == ["appointment.confirmed", "link.issued", "link.issued"]
        assert in_order(effects)
    bodies = defaultdict(set)
    for each in receiver.received:
        bodies[each.id].add(each.body)
    assert all(len(each) == 1 for each in bodies.values())


async def test_redis_killed_between_takes_nothing_back(
    telling: RunningServer, receiver: Receiver, session: aiohttp.ClientSession
) -> None:
    clinic = await hooked(telling, receiver, session)
    await clinic.book("first", starts=3600)
    telling.kill_redis()
    telling.redis.start()
    deadline = time.monotonic() + 20
    while (await clinic.api.call("GET", "/readyz")).status != 200:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    await clinic.book("second", starts=7200)
    await settled(receiver, 6, within=80)
    assert {each.event["data"]["appointment"] for each in receiver.effects} == {"first", "second"}
