"""Signing keys change while a visit runs (A3): accepted, retired, revoked, gone; wrong files; two servers."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.stories.test_visit import in_call
from tests.support.api import Api, Clinic
from tests.support.keys import READ_AGAIN, SIGNS, KeysFile, key_of, metric, used
from tests.support.peer import CANDIDATE, OFFER, Connect, Peer, connected, connecting
from tests.support.server import RunningServer


@pytest.fixture
def file(tmp_path: Path) -> KeysFile:
    return KeysFile(tmp_path / "keys")


@pytest_asyncio.fixture
async def rotating(file: KeysFile, tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A server that reads the file."""
    with file.server(tmp_path / "first") as running:
        yield running


@pytest_asyncio.fixture
async def clinic(rotating: RunningServer, session: aiohttp.ClientSession) -> Clinic:
    made = await Clinic.opened(rotating.base_url, rotating.admin_key, session)
    await made.book(guests=[{"id": name, "name": name} for name in ("mum", "dad", "ivo")])
    return made


@pytest_asyncio.fixture
async def connect(rotating: RunningServer, session: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    async with connecting(rotating.base_url, session) as opened:
        yield opened


async def relay(host: Peer, patient: Peer) -> None:
    """Something of each of them reaches the other."""
    await host.say("signal", to=patient.sid, data=OFFER)
    assert (await patient.wait("signal"))["data"] == OFFER
    await patient.say("signal", to=host.sid, data=CANDIDATE)
    assert (await host.wait("signal"))["data"] == CANDIDATE


async def test_a_call_goes_on_while_its_key_is_rotated_retired_and_revoked(
    clinic: Clinic,
    connect: Connect,
    rotating: RunningServer,
    session: aiohttp.ClientSession,
    file: KeysFile,
) -> None:
    links = {name: await clinic.token(f"guest:{name}") for name in ("mum", "dad", "ivo")}
    host, patient = await in_call(clinic, connect)

    file.command("rotate")
    await used(rotating.base_url, session, {2: "signing", 1: "accepted"}, SIGNS)
    await relay(host, patient)
    assert (await (await connect()).hello(links["mum"]))["type"] == "welcome"
    fresh = await clinic.token("guest:dad")
    assert [key_of(each) for each in (links["dad"], fresh)] == [1, 2]
    assert (await (await connect()).hello(fresh))["type"] == "welcome"

    for command, state, can_resend in (("retire", "retired", True), ("revoke", "revoked", False)):
        file.command(command, 1)
        await used(rotating.base_url, session, {2: "signing", 1: state}, READ_AGAIN)
        await relay(host, patient)
        late = await connect()
        refused = await late.hello(links["ivo"])
        assert (refused["code"], refused["can_resend"]) == ("token_revoked", can_resend)
        assert await late.closed() == 4502

    file.command("drop", 1)
    await used(rotating.base_url, session, {2: "signing"}, READ_AGAIN)
    late = await connect()
    assert (await late.hello(links["ivo"]))["code"] == "token_invalid"
    await relay(host, patient)
    await patient.cut()
    back = await connect()
    assert (await back.resume(patient))["state"] == "in_room", "a session outlives the key of its link"

    joins = await metric(rotating.base_url, session, "consultroom_joins_total")
    assert joins == {
        ("1", "joined"): 3,
        ("2", "joined"): 1,
        ("1", "token_revoked"): 2,
        ("", "token_invalid"): 1,
        ("", "resumed"): 1,
    }


async def test_too_early_counts_for_the_key_of_the_link(
    clinic: Clinic, connect: Connect, rotating: RunningServer, session: aiohttp.ClientSession
) -> None:
    """A link that was refused for the time is one more that its key still serves."""
    await clinic.book("a-2", starts=86_400)
    staff = await clinic.api.post("/v1/staff-links", name="Front desk", hours=1)
    assert (await (await connect()).hello(await clinic.token(id="a-2")))["code"] == "too_early"
    assert (await (await connect()).hello(staff["token"]))["code"] == "role_not_allowed"
    joins = await metric(rotating.base_url, session, "consultroom_joins_total")
    assert joins == {("1", "too_early"): 1, ("1", "role_not_allowed"): 1}


async def test_a_wrong_file_leaves_everything_as_it_was(
    clinic: Clinic,
    connect: Connect,
    rotating: RunningServer,
    session: aiohttp.ClientSession,
    file: KeysFile,
) -> None:
    token, good = await clinic.token(), file.path.read_text()
    secret = good.split(":")[1]
    file.path.write_text(f"1:{secret}:accepted\n")
    assert await stale(rotating, session) == 1
    assert (await (await connect()).hello(token))["type"] == "welcome"
    assert await clinic.token("guest:mum")
    [line] = [line for line in rotating.log.read_text().splitlines() if " ERROR " in line]
    assert line.endswith(
        "CONSULTROOM_KEYS_FILE needs exactly one key in the state signing. The keys of before stay in use."
    )
    file.path.write_text(good)
    assert await stale(rotating, session) == 0
    assert secret not in rotating.log.read_text()
    async with session.get(f"{rotating.base_url}/metrics") as answer:
        assert secret not in await answer.text()


async def stale(server: RunningServer, session: aiohttp.ClientSession) -> float:
    """The gauge, once it had time to change."""
    await asyncio.sleep(READ_AGAIN)
    [value] = (await metric(server.base_url, session, "consultroom_keys_stale")).values()
    return value


async def test_no_process_meets_a_link_by_a_key_it_does_not_know(
    clinic: Clinic,
    rotating: RunningServer,
    session: aiohttp.ClientSession,
    file: KeysFile,
    tmp_path: Path,
) -> None:
    """Links made on one process open on the other at every moment of a rotation."""
    second = file.server(tmp_path / "second", {"CONSULTROOM_PUBLIC_URL": rotating.base_url})
    second.redis = rotating.redis
    second.start()
    there = Clinic(Api(second.base_url, clinic.api.key, session), clinic.id)
    # Two links each, and a pause: one alone comes more often than a link may.
    ways = ((clinic, ("patient", "guest:ivo"), second), (there, ("guest:mum", "guest:dad"), rotating))
    try:
        file.command("rotate")
        until, keys = time.monotonic() + SIGNS, set()
        for turn in itertools.takewhile(lambda _: time.monotonic() < until, itertools.count()):
            await asyncio.sleep(0.1)
            for made, people, other in ways:
                token = await made.token(people[turn % 2])
                keys.add(key_of(token))
                async with connected(other.base_url, session, origin=rotating.base_url) as peer:
                    assert (await peer.hello(token, move=True))["type"] == "welcome"
        assert keys == {1, 2}
    finally:
        second.stop()


async def test_a_clinics_creation_is_repeated_under_the_keys_of_now(
    rotating: RunningServer, session: aiohttp.ClientSession, file: KeysFile
) -> None:
    """The API key that is shown again is made by a signing key: by one that has been changed, too."""
    admin = Api(rotating.base_url, rotating.admin_key, session)
    asked = {"id": "north", "name": "North", "time_zone": "Europe/Berlin"}

    async def made(once: str, id: str = "north") -> str:
        reply = await admin.call("POST", "/v1/clinics", asked | {"id": id}, **{"Idempotency-Key": once})
        return str(reply.ok()["api_key"])

    first = await made("one")
    file.command("rotate")
    await used(rotating.base_url, session, {2: "signing", 1: "accepted"}, SIGNS)
    assert await made("one") == first
    by_the_new = await made("two", "south")
    file.command("revoke", 1)
    file.command("drop", 1)
    await used(rotating.base_url, session, {2: "signing"}, READ_AGAIN)
    assert await made("two", "south") == by_the_new
