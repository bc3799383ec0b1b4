"""Whoever guesses learns nothing (RELIABILITY 3, "call content", and 5, rule a): every guess is answered with
the same bytes, and as fast where it names something real as where it does not.
"""

import base64
import json
import math
import os
import random
import statistics
import time
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio

from tests.support.api import Clinic
from tests.support.peer import connected
from tests.support.ranks import NOISE, deviations
from tests.support.server import RunningServer
from tests.support.wire import TEXT, Wire, frame, handshake

ROUNDS = 400
"""Guesses of each kind whose time is taken."""


@pytest.fixture(scope="module")
def patient_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One that takes a million refused tokens a minute, so that it is the answer that is looked at."""
    with RunningServer(
        tmp_path_factory.mktemp("guesses"), {"CONSULTROOM_REFUSED_TOKENS_PER_MINUTE": "1000000"}
    ) as running:
        yield running


@pytest_asyncio.fixture
async def there(
    patient_server: RunningServer, session: aiohttp.ClientSession
) -> AsyncIterator[tuple[Clinic, list[str]]]:
    """A clinic, and the tokens of two people of one visit."""
    clinic = await Clinic.opened(patient_server.base_url, patient_server.admin_key, session)
    await clinic.book()
    yield clinic, [await clinic.token(), await clinic.token("practitioner")]


def drawn(size: int) -> str:
    return base64.urlsafe_b64encode(os.urandom(size)).rstrip(b"=").decode()


def of_a_real_visit(token: str) -> str:
    """Everything is right but the signature."""
    return f"{token.rpartition('.')[0]}.{drawn(32)}"


def of_no_visit(token: str) -> str:
    """The right place and key, and a number that nobody has."""
    affinity, payload, _ = token.split(".")
    data = base64.urlsafe_b64decode(payload + "==")
    made = base64.urlsafe_b64encode(data[:2] + os.urandom(8) + data[10:]).rstrip(b"=").decode()
    return f"{affinity}.{made}.{drawn(32)}"


def of_no_clinic(token: str) -> str:
    """The place is nobody's, either."""
    return f"{drawn(6)}.{of_no_visit(token).split('.', 1)[1]}"


def of_no_key(token: str) -> str:
    """A key id that was never given."""
    affinity, payload, _ = token.split(".")
    data = bytearray(base64.urlsafe_b64decode(payload + "=="))
    data[1] = 200
    return f"{affinity}.{base64.urlsafe_b64encode(data).rstrip(b'=').decode()}.{drawn(32)}"


KINDS = (of_a_real_visit, of_no_visit, of_no_clinic, of_no_key)


async def test_every_guess_is_answered_with_the_same_bytes(
    patient_server: RunningServer, there: tuple[Clinic, list[str]]
) -> None:
    _, tokens = there
    answers = set()
    for token in tokens:
        for guess in (*(kind(token) for kind in KINDS for _ in range(10)), token[:-1], "guess", ""):
            answers.add(await bytes_answered(patient_server, guess))
    [(answer, closing)] = answers
    assert b'"code":"token_invalid"' in answer
    assert closing[:2] == (4500).to_bytes(2)


async def bytes_answered(server: RunningServer, guess: str) -> tuple[bytes, bytes]:
    """The payloads of the error and of the close."""
    wire = await Wire.opened(server.port)
    try:
        assert await wire.upgrade(server.base_url) == 101
        wire.writer.write(frame(TEXT, json.dumps({"type": "hello", "v": 1, "token": guess}).encode()))
        return (await wire.next_frame())[1], (await wire.next_frame())[1]
    finally:
        await wire.close()


async def test_over_http_too(
    patient_server: RunningServer, session: aiohttp.ClientSession, there: tuple[Clinic, list[str]]
) -> None:
    _, [token, _] = there
    answers = set()
    for guess in (kind(token) for kind in KINDS for _ in range(5)):
        asked = {"Authorization": f"Bearer {guess}"}
        async with session.get(f"{patient_server.base_url}/v1/clinic", headers=asked) as answer:
            body, id = await answer.read(), answer.headers["X-Request-Id"]
            headers = frozenset((name, value) for name, value in answer.headers.items() if name != "Date")
            told = frozenset((name, value.replace(id, "")) for name, value in headers)
            answers.add((answer.status, body.replace(id.encode(), b""), told))
    [(status, body, _)] = answers
    assert status == 401
    assert b'"code":"unauthenticated"' in body


async def test_a_guess_at_something_real_takes_as_long(
    patient_server: RunningServer, session: aiohttp.ClientSession, there: tuple[Clinic, list[str]]
) -> None:
    """By rank (Mann and Whitney): were one kind slower by a lookup, its times would rank above the rest."""
    _, [token, _] = there
    chance = random.Random(20_261_123)
    took: dict[str, list[float]] = {kind.__name__: [] for kind in KINDS}
    for _ in range(ROUNDS):
        # In turn and in any order, so that the machine's moods fall on all of them alike.
        for kind in chance.sample(KINDS, len(KINDS)):
            guess = kind(token)
            async with connected(patient_server.base_url, session) as peer:
                started = time.perf_counter()
                assert (await peer.hello(guess))["code"] == "token_invalid"
                took[kind.__name__].append(time.perf_counter() - started)
    real = took.pop("of_a_real_visit")
    for name, others in took.items():
        off = deviations(real, others)
        told = f"{statistics.median(real) * 1e6:.0f} and {statistics.median(others) * 1e6:.0f} µs"
        assert abs(off) < NOISE, f"{name}: {off:.1f} deviations, medians {told}"


async def test_the_rank_test_would_show_a_lookup() -> None:
    """A tenth of the noise's width is enough, at this many guesses."""
    base = [abs(math.sin(n)) for n in range(ROUNDS)]
    assert abs(deviations(base, [abs(math.sin(n + 0.5)) for n in range(ROUNDS)])) < NOISE
    assert deviations([value + 0.2 for value in base], base) > NOISE


async def test_a_token_in_the_sockets_url(
    patient_server: RunningServer, there: tuple[Clinic, list[str]]
) -> None:
    """Refused before the upgrade, and in no log of ours."""
    _, [token, _] = there
    wire = await Wire.opened(patient_server.port)
    status, _, body = await wire.request("GET", f"/ws/any?token={token}", handshake(patient_server.base_url))
    await wire.close()
    assert status == 400
    assert b'"code":"token_in_url"' in body
    assert token.encode() not in body
    assert token not in patient_server.log.read_text()
