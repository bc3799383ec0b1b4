"""Places for echo calls and the child behind them (E4): what becomes of a place nobody uses, a
call that does not end, and a child that is not well."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from signalling.ice import echo as echoing
from signalling.ice import echo_process
from signalling.ice.echo import Echo, EchoCall, NoEcho
from signalling.ice.servers import IceServers

OFFER = b'{"description":{"type":"offer","sdp":"v=0"}}'

SILENT = "import sys; sys.stdin.read()"
MAD = "import sys; print('no JSON', flush=True); sys.stdin.read()"
DEAF = "import time; print('{}', flush=True); time.sleep(60)"
ECHO = """
import json, sys
for line in sys.stdin:
    said = json.loads(line)
    if 'data' in said:
        data = {'servers': servers, 'got': said['data']}
        print(json.dumps({'call': said['call'], 'data': data}), flush=True)
    elif 'ice' in said:
        servers = said['ice']
"""
"""Children that speak the pipe's language, or do not."""


class Counted:
    """What was counted."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.refused: list[str] = []
        self.worked = 0.0

    def echo_ended(self, result: str, seconds: float) -> None:
        assert seconds >= 0
        self.ended.append(result)

    def echo_refused(self, code: str) -> None:
        self.refused.append(code)

    def echo_worked(self, seconds: float) -> None:
        self.worked += seconds


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest_asyncio.fixture
async def echo(counted: Counted) -> AsyncIterator[Echo]:
    """Two places."""
    ice = IceServers(["turn:turn.example:3478"], "0123456789abcdef0123")
    made = Echo(ice, 2, [], counted, lambda: 1_000_000)
    yield made
    await made.close()


def child(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(echo_process, "ECHO_COMMAND", (sys.executable, "-c", program))


async def until(true: Callable[[], object], within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - a condition of the code under test, which tells nobody
            await asyncio.sleep(0.02)


def opened(echo: Echo) -> EchoCall:
    call = echo.open()
    assert isinstance(call, EchoCall)
    return call


async def test_signals_go_to_the_child_with_its_own_turn_credentials(
    echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    child(monkeypatch, ECHO)
    call, other = opened(echo), opened(echo)
    heard: list[bytes] = []
    call.answer = heard.append
    assert call.send(OFFER)
    await until(lambda: heard)
    assert b'"got": {"description"' in heard[0]
    assert b'"username": "1600:' in heard[0]
    assert call.sid != other.sid
    call.hang_up()
    call.hang_up()
    assert not call.send(OFFER)


async def test_a_place_nobody_uses_is_given_up(
    echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    child(monkeypatch, SILENT)
    monkeypatch.setattr(echoing, "OFFER_SECONDS", 0.1)
    call = opened(echo)
    await until(lambda: counted.ended)
    assert (counted.ended, call.send(OFFER)) == (["idle"], False)


async def test_a_call_has_its_limit(echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, SILENT)
    monkeypatch.setattr(echoing, "CALL_SECONDS", 0.2)
    opened(echo).send(OFFER)
    await until(lambda: counted.ended)
    assert counted.ended == ["limit"]


async def test_all_places_taken(echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, SILENT)
    one, _ = opened(echo), opened(echo)
    assert echo.open() == echoing.ECHO_BUSY
    one.hang_up()
    opened(echo)
    assert (counted.refused, counted.ended) == (["echo_busy"], ["ended"])


@pytest.mark.parametrize("program", ["import sys; sys.exit(3)", MAD, DEAF])
async def test_a_child_that_is_not_well_is_replaced_and_not_at_once(
    echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """One that ends, one that talks nonsense, one that neither reads nor ends."""
    child(monkeypatch, program)
    monkeypatch.setattr(echo_process, "ECHO_SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(echo_process, "ECHO_END_SECONDS", 0.2)
    opened(echo)
    await until(lambda: counted.ended)
    assert counted.ended == ["died"]
    refused = echo.open()
    assert isinstance(refused, NoEcho)
    assert (refused.code, refused.retry_after) == ("echo_unavailable", 3)


async def test_one_that_lived_is_replaced_at_once(
    echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(echoing, "STEADY_SECONDS", 0.0)
    child(monkeypatch, "pass")
    opened(echo)
    await until(lambda: counted.ended)
    opened(echo)


async def test_one_that_cannot_be_started(
    echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(echo_process, "ECHO_COMMAND", ("/nowhere/python",))
    opened(echo)
    await until(lambda: counted.ended)
    assert counted.ended == ["died"]


async def test_one_that_reads_nothing_is_killed(
    echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    child(monkeypatch, DEAF)
    monkeypatch.setattr(echo_process, "ECHO_BACKLOG_BYTES", 1000)
    call = opened(echo)

    def full() -> bool:
        call.send(b'"' + b"x" * 30_000 + b'"')
        return bool(counted.ended)

    await until(full)
    assert counted.ended == ["died"]


async def test_without_calls_it_rests(echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, SILENT)
    monkeypatch.setattr(echoing, "REST_SECONDS", 0.1)
    opened(echo).hang_up()
    opened(echo)
    await asyncio.sleep(0.3)
    assert counted.ended == ["ended"], "a new call keeps it"
    process = echo._process
    assert process is not None
    for call in list(echo._calls.values()):
        call.hang_up()
    await until(lambda: echo._process is None)
    opened(echo)
    assert echo._process is not process


async def test_its_work_is_counted(echo: Echo, counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = 'print(\'{"alive": 1.5}\\n{"alive": 2.25}\', flush=True)'
    child(monkeypatch, f"import sys; {lines}; sys.stdin.read()")
    opened(echo)
    await until(lambda: counted.worked >= 2.25)
    assert counted.worked == 2.25


async def test_where_it_is_not_installed_or_switched_off(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    ice = IceServers([], None)
    assert Echo(ice, 0, [], counted, lambda: 0).open() == echoing.ECHO_UNAVAILABLE
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert Echo(ice, 4, [], counted, lambda: 0).open() == echoing.ECHO_UNAVAILABLE


def test_the_child_sees_nothing_of_our_settings() -> None:
    assert echo_process.environment({"PATH": "/bin", "CONSULTROOM_KEYS": "x"}) == {"PATH": "/bin"}
