"""No token and no secret is where others look: logs, metrics, headers, Redis (RELIABILITY 3, "token"; A4).

Everything a visit does is done, well and badly; then all that was written is searched.
"""

from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
import redis

from tests.support.api import Api, Clinic
from tests.support.keys import KeysFile
from tests.support.peer import OFFER, connected
from tests.support.server import RunningServer

Seeds = dict[str, str]


@pytest.fixture
def file(tmp_path: Path) -> KeysFile:
    return KeysFile(tmp_path / "keys")


@pytest.fixture
def running(file: KeysFile, tmp_path: Path) -> Iterator[RunningServer]:
    with file.server(tmp_path / "server", {"CONSULTROOM_REFUSED_TOKENS_PER_MINUTE": "10"}) as server:
        yield server


async def live(clinic: Clinic, server: RunningServer, session: aiohttp.ClientSession) -> Seeds:
    """A visit with everything that may go wrong with links; all its secrets."""
    await clinic.book()
    seeds = {person: await clinic.token(person) for person in ("patient", "practitioner")}
    room = await clinic.api.post("/v1/practitioners/dr/room-link", hours=1)
    staff = await clinic.api.post("/v1/staff-links", name="Front desk", hours=1)
    seeds |= {"room link": room["token"], "staff link": staff["token"]}
    async with connected(server.base_url, session) as host, connected(server.base_url, session) as patient:
        await host.hello(seeds["practitioner"])
        await patient.hello(seeds["patient"])
        await host.ask("admit", person="patient", appointment="a-1")
        await patient.ask("signal", to=host.sid, data=OFFER)
        seeds |= {"host's key": host.welcome["key"], "patient's key": patient.welcome["key"]}
        await patient.cut()
        async with connected(server.base_url, session) as back:
            await back.resume(patient)
            await back.resume(patient, key="wrong")
        await host.ask("end", outcome="done")
    for token in [*seeds.values(), *(f"{seeds['patient']}=" for _ in range(15))]:
        async with connected(server.base_url, session) as peer:
            await peer.hello(token)
    await clinic.api.post("/v1/appointments/a-1/cancel", reason="ill", by="staff")
    async with connected(server.base_url, session) as peer:
        await peer.hello(seeds["patient"])
    return seeds


async def call(clinic: Clinic, seeds: Seeds) -> list[str]:
    """Every link as a bearer, and in the wrong places; the headers answered."""
    headers: list[str] = []
    for token in [*seeds.values(), f"{seeds['patient']}="]:
        for path in (
            "/v1/clinic",
            "/v1/appointments/a-1",
            f"/v1/appointments/{token}",
            f"/v1/clinic?token={token}",
        ):
            answer = await Api(clinic.api.base_url, token, clinic.api.session).call("GET", path)
            headers += (f"{name}: {value}" for name, value in answer.headers.items())
        answer = await clinic.api.call("POST", "/v1/appointments/a-1/cancel", {"by": token, "reason": 1})
        headers += (f"{name}: {value}" for name, value in answer.headers.items())
    return headers


async def test_no_token_and_no_secret_is_where_others_look(
    running: RunningServer, session: aiohttp.ClientSession, file: KeysFile
) -> None:
    clinic = await Clinic.opened(running.base_url, running.admin_key, session)
    seeds = await live(clinic, running, session)
    headers = await call(clinic, seeds)
    async with session.get(f"{running.base_url}/metrics") as answer:
        metrics = await answer.text()
    secrets = {
        "admin": running.admin_key,
        "api": clinic.api.key,
        "signing": file.path.read_text().split(":")[1],
    }
    with redis.Redis.from_url(running.redis.url) as client:
        keys = [name.decode() for name in client.keys("*")]
        written = b"".join(path.read_bytes() for path in (running.log.parent / "redis").rglob("*.aof"))
    places = {
        "log": running.log.read_text(),
        "metrics": metrics,
        "headers": "\n".join(headers),
        "keys": "\n".join(keys),
    }
    for place, text in places.items():
        assert len(text) > 200, f"{place}: there is something to search"
        assert [name for name, secret in (seeds | secrets).items() if part(secret) in text] == [], place
    assert len(written) > 10_000
    assert [name for name, secret in (seeds | secrets).items() if part(secret).encode() in written] == []


def part(secret: str) -> str:
    """What nobody has by chance: the signature of a link, the end of a key."""
    return secret.rpartition(".")[2][-30:]
