"""Two hundred clients, two processes, one Redis, all of it killed in between: nobody is promised what
somebody else has, and no promise is forgotten (C3, C4; I5). All of it, a million
attempts, runs with `--soak`.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.support.api import Answer, Api, Clinic
from tests.support.holds_history import History, Hold
from tests.support.server import RunningServer

CLIENTS = 200
UNLIMITED = {"CONSULTROOM_API_CALLS_PER_MINUTE": "10000000"}


@dataclass
class Crowd:
    """Clients of one clinic on two processes. `slots`: (practitioner, start) to want."""

    servers: list[RunningServer]
    clinic: Clinic
    session: aiohttp.ClientSession
    slots: list[tuple[str, str]]
    history: History = field(default_factory=History)
    answers: Counter[str] = field(default_factory=Counter)
    left: int = 0
    done: bool = False

    async def call(self, chance: random.Random, method: str, path: str, body: object = None) -> Answer | None:
        """On either process; None: no answer, or one that does not say what happened."""
        server = chance.choice(self.servers)
        try:
            async with asyncio.timeout(10):
                api = Api(server.base_url, self.clinic.api.key, self.session)
                answer = await api.call(method, path, body)
        except (aiohttp.ClientError, OSError, TimeoutError):
            self.answers["nothing"] += 1
            await asyncio.sleep(0.5)
            return None
        code = answer.body.get("code", "")
        self.answers[f"{answer.status} {code}".strip()] += 1
        return None if answer.status >= 500 else answer

    async def client(self, number: int) -> None:
        """Wants one slot after the other, and does something with what it gets."""
        chance = random.Random(number)
        while self.left > 0:
            self.left -= 1
            slot = chance.choice(self.slots)
            held = await self.hold(chance, slot)
            if held is not None:
                await self.use(chance, held)

    async def hold(self, chance: random.Random, slot: tuple[str, str]) -> Hold | None:
        """One attempt."""
        self.history.attempts += 1
        asked = {"practitioner": slot[0], "type": "video", "starts_at": slot[1], "patient": "pat"}
        sent = time.time()
        answer = await self.call(chance, "POST", "/v1/holds", asked)
        if answer is None:
            self.history.unknown += 1
            return None
        if answer.status == 409:
            return None
        assert answer.status == 201, answer
        expires = datetime.fromisoformat(answer.body["expires_at"]).timestamp()
        made = Hold(answer.body["id"], slot, sent, time.time(), expires)
        self.history.holds.append(made)
        return made

    async def use(self, chance: random.Random, held: Hold) -> None:
        """Left to expire, given back, or confirmed and mostly cancelled, so that slots go round."""
        what = chance.random()
        if what < 0.3:
            await self.release(chance, held)
        elif what < 0.6 and await self.confirm(chance, held) and chance.random() < 0.8:
            await self.cancel(chance, held)

    async def confirm(self, chance: random.Random, held: Hold) -> bool:
        """In time it has to succeed (C4)."""
        sent = time.time()
        answer = await self.call(chance, "POST", f"/v1/holds/{held.id}/confirm", {})
        if answer is None:
            held.confirmed = None
            return False
        if answer.status == 410:
            # A busy machine: it came late.
            assert time.time() >= held.expires, (held, sent, answer)
            return False
        assert answer.status == 200, (held, answer)
        held.confirmed = True
        return True

    async def release(self, chance: random.Random, held: Hold) -> None:
        held.ended = time.time()
        answer = await self.call(chance, "DELETE", f"/v1/holds/{held.id}")
        held.ended_surely = answer is not None and time.time() < held.expires

    async def cancel(self, chance: random.Random, held: Hold) -> None:
        held.ended = time.time()
        path = f"/v1/appointments/{held.id}/cancel"
        answer = await self.call(chance, "POST", path, {"reason": "to go round"})
        held.ended_surely = answer is not None and answer.status == 200

    async def forgotten(self) -> list[tuple[Hold, str]]:
        """Promises that are not there, or not as they were answered."""
        found, gate = list[tuple[Hold, str]](), asyncio.Semaphore(50)

        async def look(each: Hold) -> None:
            async with gate:
                answer = await self.clinic.api.call("GET", f"/v1/appointments/{each.id}")
            status = str(answer.body.get("status", answer.status))
            if status not in each.may_be():
                found.append((each, status))

        await asyncio.gather(*(look(each) for each in self.history.holds))
        return found


@pytest_asyncio.fixture
async def crowd(tmp_path: Path, session: aiohttp.ClientSession) -> AsyncIterator[Crowd]:
    first = RunningServer(tmp_path, UNLIMITED, sync="always")
    (tmp_path / "second").mkdir()
    second = RunningServer(tmp_path / "second", UNLIMITED | {"CONSULTROOM_PUBLIC_URL": first.base_url})
    second.redis, second.keys, second.admin_key = first.redis, first.keys, first.admin_key
    try:
        first.start()
        second.start()
        clinic = await Clinic.opened(first.base_url, first.admin_key, session, hold_minutes=0.05)
        yield Crowd([first, second], clinic, session, [])
    finally:
        if second._process is not None and second._process.poll() is None:
            second.stop()
        first.end()


async def _furnish(crowd: Crowd, slots: int) -> None:
    """So many slots of a quarter of an hour, 200 of each practitioner."""
    start = (datetime.now(UTC) + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    for number in range((slots + 199) // 200):
        await crowd.clinic.api.put(f"/v1/practitioners/d-{number}", name="Dr", video_enabled=True)
        each = range(min(200, slots - 200 * number))
        crowd.slots += [(f"d-{number}", (start + timedelta(minutes=15 * n)).isoformat()) for n in each]


async def _kill_in_turn(crowd: Crowd, every: float) -> None:
    """Redis, one process, the other; each is back in a moment."""
    first, second = crowd.servers
    while not crowd.done:
        await asyncio.sleep(every)
        await asyncio.to_thread(first.kill_redis)
        await asyncio.sleep(0.3)
        await asyncio.to_thread(first.redis.start)
        await asyncio.sleep(every)
        for server in (second, first):
            server.kill()
            await asyncio.sleep(0.3)
            await asyncio.to_thread(server.start)


@pytest.mark.parametrize(
    ("attempts", "slots", "every"),
    [(10_000, 300, 3.0), pytest.param(1_000_000, 10_000, 60.0, marks=pytest.mark.soak)],
)
async def test_nobody_is_promised_what_somebody_has(
    crowd: Crowd, attempts: int, slots: int, every: float, capfd: pytest.CaptureFixture[str]
) -> None:
    await _furnish(crowd, slots)
    crowd.left = attempts
    began = time.monotonic()
    killing = asyncio.create_task(_kill_in_turn(crowd, every))
    await asyncio.gather(*(crowd.client(number) for number in range(CLIENTS)))
    seconds, crowd.done = time.monotonic() - began, True
    await killing  # everything runs again then
    history = crowd.history
    with capfd.disabled():
        sys.stdout.write(
            f"\n{history.attempts:,} attempts by {CLIENTS} clients on {slots:,} slots in {seconds:.0f} s: "
            f"{len(history.holds):,} held, {history.unknown:,} not answered; {dict(crowd.answers)}\n"
        )
    assert not history.doubles()
    assert not await crowd.forgotten()
    # Kills were felt, and most was answered all the same.
    assert history.unknown > 0
    assert len(history.holds) > slots
