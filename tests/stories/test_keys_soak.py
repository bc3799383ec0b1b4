"""Keys rotate every 5 s while people join and a call goes on (RELIABILITY 4, "key rotation mid-call"; A3).

Two servers read one file. Every join is by a link of a key whose state the file's history tells, and has to
be answered as that state says; at the end both servers' metrics have to have counted the same.
"""

import asyncio
import contextlib
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from signalling.ws.rate_limits import HELLO_EVERY, HELLOS_AT_ONCE
from tests.stories.test_visit import in_call
from tests.support.api import Api, Clinic
from tests.support.keys import READ_AGAIN, KeysFile, key_of, metric
from tests.support.peer import Peer, connected
from tests.support.server import RunningServer

ROTATE_EVERY = 5.0
"""Seconds."""

PEOPLE = 8
"""Patients who come and go with their guests, each with links by every key there was."""

EACH = ("patient", "guest:mum", "guest:dad", "guest:ivo")
"""Of one appointment: a link may not come as often as this test has to try."""

BEFORE = {"retire": 2, "revoke": 3, "drop": 4}
"""How many keys before the one that signs are treated so."""

STATES = {"retire": "retired", "revoke": "revoked", "drop": "gone"}

Told = tuple[str, object]

ANSWERS: dict[str, Told] = {
    "accepted": ("welcome", None),
    "retired": ("token_revoked", True),
    "revoked": ("token_revoked", False),
    "gone": ("token_invalid", None),
}


@dataclass
class History:
    """Which state a key was in, and when that began and ended for the last server."""

    changes: dict[int, list[tuple[str, float, float]]] = field(default_factory=dict)
    """By key: state, when the command began, when it had ended."""

    def change(self, key: int, state: str, begun: float) -> None:
        """From some moment between `begun` and a little after now on, it is so."""
        self.changes.setdefault(key, []).append((state, begun, time.monotonic() + READ_AGAIN))

    def states(self, key: int, start: float, end: float) -> set[str]:
        """Those a server may have known it in between these times."""
        known = self.changes[key]
        ends = [until for _, _, until in known[1:]] + [float("inf")]
        return {
            state
            for (state, begun, _), until in zip(known, ends, strict=True)
            if begun <= end and start <= until
        }


@dataclass
class Soak:
    """Two servers, their file, and what was counted."""

    file: KeysFile
    servers: list[RunningServer]
    session: aiohttp.ClientSession
    clinic: Clinic
    history: History = field(default_factory=History)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Key and result, as the metric has them."""
    slowest: float = 0
    relayed: int = 0
    rotations: int = 0

    def socket(self, number: int) -> contextlib.AbstractAsyncContextManager[Peer]:
        """To one of the servers, from a page of the first's."""
        return connected(self.servers[number].base_url, self.session, origin=self.servers[0].base_url)

    async def rotate(self) -> None:
        """A new key; those before it go their way."""
        begun = time.monotonic()
        await asyncio.to_thread(self.file.command, "rotate")
        newest = self.file.signing
        self.history.change(newest, "accepted", begun)
        self.rotations += 1
        for command, before in BEFORE.items():
            if newest > before:
                begun = time.monotonic()
                await asyncio.to_thread(self.file.command, command, newest - before)
                self.history.change(newest - before, STATES[command], begun)

    async def come_and_go(self, number: int, until: float, pause: float) -> None:
        """The people of one appointment in turn, by links of now and of before, made on either server and
        opened on either."""
        chance, links = random.Random(number), dict[tuple[str, int], str]()
        clinics = [self.clinic, Clinic(Api(self.servers[1].base_url, self.clinic.api.key, self.session), "")]
        for person in itertools.takewhile(lambda _: time.monotonic() < until, itertools.cycle(EACH)):
            token = await chance.choice(clinics).token(person, f"a-{number}")
            links[person, key_of(token)] = token
            # The newest half of the time; else any there ever was, but for those that are long gone.
            recent = sorted(key for who, key in links if who == person)[-2 - BEFORE["drop"] :]
            key = key_of(token) if chance.random() < 0.5 else chance.choice(recent)
            await self.join(chance.randrange(2), key, links[person, key])
            await asyncio.sleep(pause)

    async def join(self, server: int, key: int, token: str) -> None:
        """One hello, judged by the history."""
        async with self.socket(server) as peer:
            start = time.monotonic()
            answer = await peer.hello(token, move=True)
            end = time.monotonic()
            told = str(answer.get("code", answer["type"]))
            states = self.history.states(key, start, end)
            allowed = {ANSWERS[state] for state in states}
            assert (told, answer.get("can_resend")) in allowed, f"key {key}, {states}: {answer}"
            self.slowest = max(self.slowest, end - start)
            self.count(key, told)
            if told == "welcome":
                await peer.ask("leave")

    def count(self, key: int, told: str) -> None:
        """As the metric does: a token that proves nothing counts for no key."""
        self.told["" if told == "token_invalid" else str(key), told.replace("welcome", "joined")] += 1

    async def talk(self, host: Peer, patient: Peer, until: float) -> None:
        """The call: something of each reaches the other, all the time."""
        while time.monotonic() < until:
            self.relayed += 1
            for one, other in ((host, patient), (patient, host)):
                await one.say("signal", to=other.sid, data={"candidate": {"candidate": str(self.relayed)}})
                heard = await other.wait("signal")
                assert heard["data"]["candidate"]["candidate"] == str(self.relayed)
                one.heard.clear()
            await asyncio.sleep(0.25)

    async def counted(self) -> Counter[tuple[str, str]]:
        """What both servers' metrics say of joins."""
        found: Counter[tuple[str, str]] = Counter()
        for server in self.servers:
            for labels, value in (
                await metric(server.base_url, self.session, "consultroom_joins_total")
            ).items():
                found[labels[0], labels[1]] += round(value)
        return found


@pytest_asyncio.fixture
async def soak(tmp_path: Path, session: aiohttp.ClientSession) -> AsyncIterator[Soak]:
    file = KeysFile(tmp_path / "keys")
    settings = {
        "CONSULTROOM_REFUSED_TOKENS_PER_MINUTE": "1000000",
        "CONSULTROOM_API_CALLS_PER_MINUTE": "1000000",
    }
    first = file.server(tmp_path / "first", settings)
    second = file.server(tmp_path / "second", settings | {"CONSULTROOM_PUBLIC_URL": first.base_url})
    second.redis = first.redis
    try:
        first.start()
        second.start()
        clinic = await Clinic.opened(first.base_url, first.admin_key, session)
        made = Soak(file, [first, second], session, clinic)
        made.history.change(1, "accepted", time.monotonic())
        yield made
    finally:
        with contextlib.suppress(AssertionError):  # it was never started
            second.stop()
        first.end()


@pytest.mark.parametrize("seconds", [22, pytest.param(600, marks=pytest.mark.soak)])
async def test_rotating_breaks_no_link_and_no_call(
    soak: Soak, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic, until = soak.clinic, time.monotonic() + seconds
    # No link comes more often than a link may.
    pause = seconds / len(EACH) / (HELLOS_AT_ONCE + seconds / HELLO_EVERY)
    await clinic.book("call", lasts=seconds + 600)
    for number in range(PEOPLE):
        await clinic.api.put(f"/v1/patients/p-{number}", name=f"Pat {number}")
        await clinic.api.put(f"/v1/practitioners/d-{number}", name=f"Dr {number}", video_enabled=True)
        await clinic.book(
            f"a-{number}",
            patient=f"p-{number}",
            practitioner=f"d-{number}",
            lasts=seconds + 600,
            guests=[{"id": each.partition(":")[2], "name": "Guest"} for each in EACH[1:]],
        )
    async with soak.socket(0) as host, soak.socket(1) as patient:
        sockets = iter((host, patient))

        async def connect() -> Peer:
            return next(sockets)

        await in_call(clinic, connect, "call")
        soak.told["1", "joined"] += 2
        async with asyncio.TaskGroup() as group:
            group.create_task(soak.talk(host, patient, until))
            for number in range(PEOPLE):
                group.create_task(soak.come_and_go(number, until, pause))
            due = time.monotonic() + ROTATE_EVERY
            while due < until:
                await asyncio.sleep(due - time.monotonic())
                await soak.rotate()
                due += ROTATE_EVERY
    assert await soak.counted() == soak.told
    assert_nothing_went_wrong(soak)
    with capsys.disabled():
        sys.stdout.write(report(soak, seconds))


def assert_nothing_went_wrong(soak: Soak) -> None:
    """In the logs, and in what was tried: every answer there is was given, by every kind of key."""
    for server in soak.servers:
        lines = server.log.read_text().splitlines()
        assert not [line for line in lines if " ERROR " in line or " WARNING " in line or "Traceback" in line]
    results = {result for _, result in soak.told}
    # The first key is dropped by the fourth rotation, whose end may come before anybody tries it.
    may, must = soak.rotations >= BEFORE["drop"], soak.rotations > BEFORE["drop"] + 1
    assert results | {"token_invalid"} == {"joined", "token_revoked", "token_invalid"}
    assert ("token_invalid" in results) in {may, must}
    # All keys but the last, which may not have signed yet.
    assert {str(key) for key in range(1, soak.rotations + 1)} <= {
        key for key, told in soak.told if told == "joined"
    }


def report(soak: Soak, seconds: float) -> str:
    """The numbers."""
    results = Counter[str]()
    for (_, result), count in soak.told.items():
        results[result] += count
    joins = ", ".join(f"{count} {result}" for result, count in results.most_common())
    return (
        f"\n{soak.rotations} rotations in {seconds:g} s on two servers: {joins}; "
        f"{soak.relayed} rounds of the call; slowest hello {soak.slowest * 1000:.0f} ms\n"
    )
