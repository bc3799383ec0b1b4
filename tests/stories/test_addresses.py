"""Whether an address is anybody's shows neither in an answer nor in its time (A8): those of sixty patients,
and sixty that nobody has.
"""

import itertools
import random
import secrets
import statistics
import time
from collections.abc import Iterator

import aiohttp
import pytest

from tests.support.api import Answer, Api, Clinic
from tests.support.ranks import NOISE, deviations
from tests.support.server import RunningServer

EACH = 60

CODES: tuple[str, dict[str, str]] = ("/v1/addresses/code", {})
GUESSES: tuple[str, dict[str, str]] = ("/v1/addresses/open", {"code": "12"})


@pytest.fixture
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One that believes where a call comes from: each of ours comes from an address of its own, so that no
    limit stands in the way of what is looked at.
    """
    with RunningServer(
        tmp_path_factory.mktemp("addresses"), {"CONSULTROOM_TRUSTED_PROXIES": "127.0.0.1"}
    ) as running:
        yield running


async def those_of(clinic: Clinic) -> list[str]:
    """The addresses of sixty patients."""
    found = []
    for number in range(EACH):
        await clinic.api.put(f"/v1/patients/p{number}", name="Sam Lee", email=f"p{number}@example.org")
        await clinic.book(f"a{number}", starts=3600 * (number + 1), patient=f"p{number}")
        made = await clinic.api.post(f"/v1/appointments/a{number}/tokens", person="patient")
        found.append(str(made["address"]).partition("#")[2])
    return found


def of_nobody(known: str) -> str:
    """The right practitioner and nobody's number, or nobody's at all."""
    affinity = known.partition(".")[0] if random.random() < 0.5 else secrets.token_urlsafe(6)
    return f"{affinity}.{secrets.token_urlsafe(8)}"


async def test_no_answer_and_no_time_tells(proxied: RunningServer, session: aiohttp.ClientSession) -> None:
    clinic = await Clinic.opened(proxied.base_url, proxied.admin_key, session)
    known = await those_of(clinic)
    pairs = [(each, of_nobody(each)) for each in known]
    stranger, callers = Api(proxied.base_url, "", session), itertools.count()

    async def ask(path: str, **body: object) -> tuple[Answer, float]:
        where = f"10.1.{next(callers) // 200}.{next(callers) % 200}"
        began = time.perf_counter()
        answer = await stranger.call("POST", path, body, **{"X-Forwarded-For": where})
        return answer, time.perf_counter() - began

    for path, more in (CODES, GUESSES, GUESSES):
        answers, times = set(), {True: list[float](), False: list[float]()}
        for ours, nobodys in random.sample(pairs, EACH):
            for is_there, each in random.sample([(True, ours), (False, nobodys)], 2):
                answer, seconds = await ask(path, address=each, **more)
                answers.add((answer.status, answer.body.get("code"), answer.body.get("sent")))
                times[is_there].append(seconds)
        assert len(answers) == 1, answers
        off = deviations(times[True], times[False])
        medians = [round(1e6 * statistics.median(each)) for each in times.values()]
        assert abs(off) < NOISE, f"{path}: {off:.1f} deviations, medians {medians} µs"
