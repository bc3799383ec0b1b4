"""How many connections there may be, and that whoever is one too many is told, counted and harms nobody."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from signalling.connections import Connections
from signalling.metrics import Metrics
from signalling.setting_readers import networks
from tests.support.server import RunningServer
from tests.support.wire import Wire, handshake


def refused(metrics: Metrics, why: str) -> float:
    value = metrics.registry.get_sample_value("consultroom_connections_refused_total", {"why": why})
    return value or 0


def test_each_address_has_so_many_and_an_ipv6_customer_is_one() -> None:
    metrics = Metrics()
    counted = Connections(metrics, 2)
    assert [counted.open(f"2001:db8::{n}") for n in range(3)] == [None, None, "address"]
    assert [counted.open("192.0.2.1"), counted.open("::ffff:192.0.2.1")] == [None, None]
    assert counted.open("192.0.2.1") == "address"
    assert counted.open("192.0.2.2") is None
    counted.close("192.0.2.1")
    assert counted.open("192.0.2.1") is None
    assert refused(metrics, "address") == 2


def test_loopback_is_counted_only_where_that_was_said() -> None:
    free, held = Connections(Metrics()), Connections(Metrics(), 1)
    assert [free.open("127.0.0.1") for _ in range(5)] == [None] * 5
    assert [held.open("127.0.0.1") for _ in range(2)] == [None, "address"]
    assert [free.open("") for _ in range(3)] == [None] * 3, "a unix socket"


def test_a_trusted_proxy_has_as_many_as_it_likes_and_its_clients_have_not() -> None:
    counted = Connections(Metrics(), 1, networks("X", "192.0.2.0/24"))
    assert [counted.open("192.0.2.7") for _ in range(3)] == [None] * 3
    assert [counted.enter("198.51.100.1"), counted.enter("198.51.100.1")] == [True, False]
    counted.leave("198.51.100.1")
    assert counted.enter("198.51.100.1")
    counted.close("192.0.2.7")


def test_a_process_keeps_files_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    counted = Connections(Metrics(), 100, monotonic=lambda: now)
    counted.limit_to(8)
    with caplog.at_level(logging.WARNING):
        assert [counted.open("192.0.2.1") for _ in range(8)] == [None] * 6 + ["full"] * 2
        assert len(caplog.messages) == 1, "said once a minute"
        now += 61
        assert counted.open("192.0.2.1") == "full"
    assert "3 so far" in caplog.messages[1]
    counted.limit_to(20_000)
    assert counted.most == 20_000 - 256


async def test_what_accept_raised_is_counted_and_anything_else_left_to_the_loop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    metrics = Metrics()
    loop, counted = asyncio.get_running_loop(), Connections(metrics, 1)
    message = "socket.accept() out of system resource"
    counted.on_loop_error(loop, {"message": message, "exception": OSError(24, "Too many open files")})
    assert refused(metrics, "accept") == 1
    counted.on_loop_error(loop, {"message": "something else"})
    assert "something else" in caplog.text
    assert refused(metrics, "accept") == 1


def test_the_limit_of_files_is_raised_to_the_hard_one() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128));"
        "from signalling.connections import raise_file_limit;"
        "print(raise_file_limit(), resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == "128 (128, 128)"


class Few(RunningServer):
    """With 100 open files and no more."""

    wrapped = ("sh", "-c", 'ulimit -n 100; exec "$0" "$@"')


@asynccontextmanager
async def wires(port: int) -> AsyncIterator[Callable[[], Awaitable[Wire]]]:
    """Opens connections; all are closed in the end, whoever was faster."""
    made: list[Wire] = []

    async def opened() -> Wire:
        made.append(await Wire.opened(port))
        return made[-1]

    try:
        yield opened
    finally:
        for wire in made:
            wire.writer.close()
        await asyncio.gather(*(wire.writer.wait_closed() for wire in made), return_exceptions=True)


async def test_a_process_without_files_tells_who_is_too_many_and_serves_those_it_has(
    tmp_path: Path,
) -> None:
    with Few(tmp_path) as server:
        async with wires(server.port) as opened:
            first = await opened()
            last = [await opened() for _ in range(120)][-1]
            async with asyncio.timeout(10):
                # It is answered without having asked, and closed.
                answer = await last.reader.read()
            assert answer.startswith(b"HTTP/1.1 429 ")
            assert b'"rate_limited"' in answer
            assert b"Retry-After: 10" in answer
            status, _, told = await first.request("GET", "/metrics", {"Host": "x"})
            assert status == 200
            assert b'connections_refused_total{why="full"}' in told
            status, _, _ = await first.request("GET", "/readyz", {"Host": "x"})
            assert status == 200
        assert "connections refused, 1 so far: this process has as many" in server.log.read_text()


async def test_sockets_of_one_client_behind_a_proxy_are_counted(tmp_path: Path) -> None:
    settings = {
        "CONSULTROOM_TRUSTED_PROXIES": "127.0.0.1",
        "CONSULTROOM_CONNECTIONS_PER_ADDRESS": "2",
    }
    with RunningServer(tmp_path, settings) as server:
        async with wires(server.port) as opened:

            async def ask(client: str) -> tuple[Wire, int]:
                wire = await opened()
                headers = {**handshake(server.base_url), "X-Forwarded-For": client}
                return wire, (await wire.request("GET", "/ws/any", headers))[0]

            answers = [await ask("198.51.100.1") for _ in range(3)]
            assert [status for _, status in answers] == [101, 101, 429]
            assert (await ask("198.51.100.2"))[1] == 101
            # One that goes makes room.
            await answers[0][0].close()
            async with asyncio.timeout(5):
                # Closing is the server's to notice; each try is a request of its own.
                while (await ask("198.51.100.1"))[1] != 101:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
