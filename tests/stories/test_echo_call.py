"""The echo call of a device check (E4), against the real echo process: who may call, how often, and that it
comes and goes with its server."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.support.api import Clinic
from tests.support.echo import LOOPBACK, calling, use_loopback
from tests.support.peer import OFFER, Connect, Peer, connecting
from tests.support.server import RunningServer


@pytest.fixture(scope="module")
def echoing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Two calls at once."""
    settings = {**LOOPBACK, "CONSULTROOM_ECHO_CALLS": "2"}
    with RunningServer(tmp_path_factory.mktemp("echo"), settings) as running:
        yield running


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    use_loopback(monkeypatch)


@pytest_asyncio.fixture
async def link(echoing: RunningServer, session: aiohttp.ClientSession) -> str:
    """A patient's, days before."""
    clinic = await Clinic.opened(echoing.base_url, echoing.admin_key, session)
    await clinic.book(starts=30 * 86_400)
    return await clinic.token()


@pytest_asyncio.fixture
async def check(echoing: RunningServer, session: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    async with connecting(echoing.base_url, session) as opened:
        yield opened


def children(server: RunningServer) -> list[int]:
    """The echo processes of a server."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_text().split("\0")
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except (OSError, ValueError, IndexError):
            continue
        if "signalling.ice.echo_peer" in words and parent == str(server.process.pid):
            found.append(int(folder.name))
    return found


def environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def until_gone(pid: int, within: float) -> None:
    deadline = time.monotonic() + within
    while str(pid) in os.listdir("/proc"):  # noqa: PTH208 - names are all that is wanted
        assert time.monotonic() < deadline, "the echo process is still there"
        await asyncio.sleep(0.05)


async def metric(server: RunningServer, session: aiohttp.ClientSession, name: str) -> float:
    async with session.get(f"{server.base_url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


async def test_sound_and_picture_come_back(
    echoing: RunningServer, session: aiohttp.ClientSession, link: str, check: Connect
) -> None:
    peer = await check()
    welcome = await peer.hello(link, for_="check")
    assert welcome["echo"]["polite"] is False
    assert "echo_refused" not in welcome
    before = await metric(echoing, session, "consultroom_echo_calls_total")
    async with calling(peer, video=True) as call:
        await call.connect()
        assert sorted(track.kind for track in call.came) == ["audio", "video"]
    # The page hung up: the place is free, and the socket still takes the result.
    deadline = time.monotonic() + 10
    while await metric(echoing, session, "consultroom_echo_calls_total") == before:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    await peer.say("signal", to=welcome["echo"]["sid"], data=OFFER)
    assert (await peer.wait("error"))["code"] == "peer_not_found"
    assert (await peer.ask("check", echo="ok", rtt_ms=3, loss=0, bitrate=90_000, candidate_type="host"))[
        "type"
    ] == "ack"
    assert await metric(echoing, session, "consultroom_echo_seconds_total") > 0
    assert await metric(echoing, session, "consultroom_echo_cpu_seconds_total") > 0


async def test_it_has_time_for_others_only_when_they_do_not_need_it(
    echoing: RunningServer, link: str, check: Connect
) -> None:
    peer = await check()
    await peer.hello(link, for_="check")
    async with calling(peer) as call:
        await call.connect()
        (child,) = children(echoing)
    assert os.getpriority(os.PRIO_PROCESS, child) == 10
    assert b"CONSULTROOM_" not in environment(child)


async def test_no_more_calls_than_there_are_places(link: str, check: Connect) -> None:
    peers = [await check() for _ in range(3)]
    welcomes = [await peer.hello(link, for_="check") for peer in peers]
    assert [welcome["echo"] is None for welcome in welcomes] == [False, False, True]
    assert welcomes[2]["echo_refused"] == {
        "code": "echo_busy",
        "message": "Too many people are testing just now. Try again in a minute.",
        "retry_after": 60,
    }
    assert (await peers[2].ask("check", camera="ok"))["type"] == "ack", "a check without a call is still one"
    await peers[0].ask("leave")
    assert await peers[0].closed() == 1000
    again = await check()
    assert (await again.hello(link, for_="check"))["echo"] is not None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"description": {"type": "offer", "sdp": "v=0"}}, "description_invalid"),
        ({"candidate": {"candidate": "x" * 3000}}, "candidate_invalid"),
    ],
)
async def test_signals_are_checked_as_all_are(link: str, check: Connect, data: object, code: str) -> None:
    peer = await check()
    welcome = await peer.hello(link, for_="check")
    assert (await peer.ask("signal", to=welcome["echo"]["sid"], data=data))["code"] == code


async def test_nobody_else_can_be_called(link: str, check: Connect) -> None:
    one, other = await check(), await check()
    await one.hello(link, for_="check")
    theirs = await other.hello(link, for_="check")
    assert (await one.ask("signal", to=theirs["echo"]["sid"], data=OFFER))["code"] == "not_admitted"
    assert (await one.ask("chat", text="hello"))["code"] == "not_admitted"


async def test_an_offer_it_cannot_read_ends_that_call_alone(link: str, check: Connect) -> None:
    good, bad = await check(), await check()
    await good.hello(link, for_="check")
    await bad.hello(link, for_="check")
    async with calling(good) as call:
        await call.connect()
        await bad.ask("signal", to=bad.welcome["echo"]["sid"], data=OFFER)
        await _over(bad)
        await call.came[0].recv()


async def _over(peer: Peer) -> None:
    """Until its call is."""
    for _ in range(100):
        answer = await peer.ask("signal", to=peer.welcome["echo"]["sid"], data=OFFER)
        if answer["type"] == "error":
            assert answer["code"] == "peer_not_found"
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the call goes on")


async def test_a_child_that_dies_is_started_again(echoing: RunningServer, link: str, check: Connect) -> None:
    peer = await check()
    await peer.hello(link, for_="check")
    async with calling(peer) as call:
        await call.connect()
        (child,) = children(echoing)
        os.kill(child, signal.SIGKILL)
        await until_gone(child, 5)
        assert (await peer.ask("ping"))["type"] == "ack", "the check goes on"
    again = await _welcomed(check, link)
    async with calling(again) as call:
        await call.connect()
    assert children(echoing) != [child]


async def _welcomed(check: Connect, link: str) -> Peer:
    """A check with an echo peer; one that died young is not started again at once."""
    while True:
        peer = await check()
        welcome = await peer.hello(link, for_="check")
        if welcome["echo"] is not None:
            return peer
        assert welcome["echo_refused"]["code"] == "echo_unavailable"
        await asyncio.sleep(welcome["echo_refused"]["retry_after"])


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_it_ends_with_its_server(tmp_path: Path, session: aiohttp.ClientSession, end: str) -> None:
    """Also when the server is killed and cannot say so: its end of the pipe is gone."""
    with RunningServer(tmp_path, LOOPBACK) as server:
        clinic = await Clinic.opened(server.base_url, server.admin_key, session)
        await clinic.book()
        async with AsyncExitStack() as stack:
            connect = await stack.enter_async_context(connecting(server.base_url, session))
            peer = await connect()
            await peer.hello(await clinic.token(), for_="check")
            call = await stack.enter_async_context(calling(peer))
            await call.connect()
            (child,) = children(server)
            (server.kill if end == "kill" else server.stop)()
            await until_gone(child, 6)


async def test_switched_off(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    with RunningServer(tmp_path, {"CONSULTROOM_ECHO_CALLS": "0"}) as server:
        clinic = await Clinic.opened(server.base_url, server.admin_key, session)
        await clinic.book()
        async with connecting(server.base_url, session) as connect:
            peer = await connect()
            welcome = await peer.hello(await clinic.token(), for_="check")
            assert welcome["echo"] is None
            assert welcome["echo_refused"] == {
                "code": "echo_unavailable",
                "message": "The connection cannot be measured on this server.",
            }
            assert (await peer.ask("check", camera="ok"))["type"] == "ack"
            assert children(server) == []


async def test_calls_take_nothing_from_those_who_talk(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    """Ping to pong of somebody who waits, beside four calls with picture. Their other ends are a process
    that is niced still more: elsewhere they would be other machines."""
    with RunningServer(tmp_path, LOOPBACK) as server:
        clinic = await Clinic.opened(server.base_url, server.admin_key, session)
        await clinic.book(guests=[{"id": "mum", "name": "Mum"}])
        token = await clinic.token()
        # Two each: one link has three checks at most.
        links = [token, await clinic.token("guest:mum")] * 2
        async with connecting(server.base_url, session) as connect:
            waiting = await connect()
            await waiting.hello(token)
            alone = await _pings(waiting)
            command = (sys.executable, "-m", "tests.support.echo", server.base_url, *links)
            callers = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stdin=PIPE)
            assert callers.stdout is not None
            try:
                async with asyncio.timeout(60):
                    assert await callers.stdout.readline() == b"connected\n"
                before = await metric(server, session, "consultroom_echo_cpu_seconds_total")
                began = time.monotonic()
                beside = await _pings(waiting)
                await asyncio.sleep(4)
                used = await metric(server, session, "consultroom_echo_cpu_seconds_total") - before
                cores = used / (time.monotonic() - began)
            finally:
                callers.kill()
                await callers.wait()
    sys.stdout.write(
        f"\nping to pong, p99: {alone * 1e3:.1f} ms alone, {beside * 1e3:.1f} ms beside four echo calls "
        f"that use {cores:.2f} cores\n"
    )
    assert cores > 0.02, "nothing was echoed"
    assert beside < 0.1


async def _pings(peer: Peer, count: int = 200) -> float:
    """Seconds, the 99th of a hundred."""
    took = []
    for _ in range(count):
        began = time.monotonic()
        await peer.say("ping")
        await peer.wait("pong")
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.01)
    return sorted(took)[int(count * 0.99) - 1]
