"""The bench works: its client, its call and its table are what they say. No timing is judged."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.bench import bare, booking, links, tokens, wire
from tests.bench.call import CANDIDATE_BYTES, DESCRIPTION_BYTES, ROUND, candidate, messages, sdp
from tests.bench.drivers import Bare
from tests.bench.measure import Idle, Options, Percentiles, Run, percentiles
from tests.bench.play import flat_out, paced
from tests.bench.table import Report, report, text
from tests.bench.wire import BenchError

ROOT = Path(__file__).parents[2]
ROWS = 16


def test_a_client_frame_is_masked_as_rfc_6455_says() -> None:
    frame = wire.masked(b"Hello", wire.TEXT)
    key, body = frame[2:6], frame[6:]
    assert frame[:2] == bytes([0x81, 0x80 | 5])
    assert bytes(byte ^ key[at % 4] for at, byte in enumerate(body)) == b"Hello"


@pytest.mark.parametrize("size", [0, 125, 126, 3000, 65_536])
@pytest.mark.parametrize("cut", [1, 2, 5, 11])
def test_server_frames_are_found_however_they_arrive(size: int, cut: int) -> None:
    length = (
        bytes([size])
        if size < 126
        else b"\x7e" + size.to_bytes(2)
        if size < 65_536
        else b"\x7f" + size.to_bytes(8)
    )
    data = b"\x89\x00" + b"\x81" + length + b"x" * size + b"\x88\x00"
    found, rest = wire.split(data[:cut])
    more, rest = wire.split(rest + data[cut:])
    assert [*found, *more] == [(wire.PING, b""), (wire.TEXT, b"x" * size), (wire.CLOSE, b"")]
    assert rest == b""


@pytest.mark.parametrize("kind", ["offer", "answer"])
def test_the_call_is_the_one_promised(kind: str) -> None:
    assert len(sdp(kind)) == DESCRIPTION_BYTES
    assert "\r\na=fingerprint:" in sdp(kind)
    assert {len(msgspec.json.encode(candidate(number))) for number in range(15)} == {CANDIDATE_BYTES}
    assert len(messages(kind)) == ROUND // 2


async def test_calls_are_played_whole_and_leave_nothing_behind() -> None:
    async with TestServer(bare.build()) as server:
        assert server.port is not None
        driver = Bare(None, server.port)  # type: ignore[arg-type]  # whose CPU nobody asks for here
        pairs = [await driver.join(number) for number in range(3)]
        calls = [await driver.admit(pair) for pair in pairs]
        for bursts in (False, True):
            latencies, seconds = await flat_out(calls, 2, bursts=bursts)
            assert len(latencies) == 3 * 2 * ROUND
            assert min(latencies) > 0 < seconds
        assert len(await paced(calls, 2000, 0.01)) == 3 * ROUND
        for pair in pairs:
            await driver.leave(pair)


async def test_a_refusal_is_told() -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=403, text="no")

    app = web.Application()
    app.router.add_get("/ws", refuse)
    async with TestServer(app) as server:
        assert server.port is not None
        with pytest.raises(BenchError, match="403"):
            await wire.connect(server.port, "/ws", {})


def test_percentiles_are_in_milliseconds() -> None:
    assert percentiles([number * 1_000_000 for number in range(1, 101)]) == Percentiles(51.0, 100.0)


def test_the_ratio_is_of_the_medians() -> None:
    ours, relay = ([_run(cpu) for cpu in cpus] for cpus in ((3.0, 4.0, 9.0), (1.0, 2.0, 2.0)))
    found = report(Options(), ours, relay, (Idle(20, 3), Idle(10, 0)))
    assert (found.rows[0].ours_min, found.rows[0].ours_median, found.rows[0].ratio) == (3.0, 4.0, 2.0)
    assert found.rows[-2].ratio == 2.0
    assert len(text(found).splitlines()) == ROWS + 2


def _run(cpu: float) -> Run:
    spread = Percentiles(cpu, cpu)
    return Run(cpu, cpu, cpu, cpu, cpu, cpu, cpu, cpu, spread, spread)


def test_a_quick_run_fills_the_table() -> None:
    command = [sys.executable, "-m", "tests.bench", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    found = msgspec.json.decode(done.stdout, type=Report)
    assert len(found.rows) == ROWS
    for row in found.rows:
        assert row.ours_median >= row.ours_min > 0, row
        assert row.ratio is None or row.ratio > 0, row
    both = [row.name for row in found.rows if row.ratio is not None]
    assert {"CPU per message, saturated", "CPU per join", "memory per idle connection"} <= set(both)


def test_tokens_are_counted_beside_a_bare_hmac() -> None:
    command = [sys.executable, "-m", "tests.bench.tokens", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    figures = msgspec.json.decode(done.stdout, type=list[tokens.Figure])
    assert [each.name for each in figures][1:] == ["links read", "forged links refused", "links made"]
    assert figures[0].ratio == 1
    for each in figures:
        assert each.best >= each.per_second > 0
    assert len(tokens.text(figures).splitlines()) == 5


def test_links_are_confirmed_and_healed_beside_a_bare_handler() -> None:
    command = [sys.executable, "-m", "tests.bench.links", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    found = msgspec.json.decode(done.stdout, type=links.Report)
    assert all(each.p99 >= each.p50 > 0 and each.cpu > 0 for each in (*found.ours, *found.bare))
    assert (found.healed.count, found.healed.per_second > 0) == (60, True)
    assert len(links.text(found).splitlines()) == 5


def test_a_quick_run_of_the_heartbeat_tells_pings_and_closed_sockets() -> None:
    command = [sys.executable, "-m", "tests.bench.heartbeat", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    busy, idle = done.stdout.decode().splitlines()
    assert busy.startswith("beside a busy API: 4 sockets, ")
    assert idle.startswith("idle: 20 sockets, 0 API calls a second")
    assert busy.endswith("closed: none")


def test_a_quick_run_of_the_skew_tells_who_is_cut_off() -> None:
    command = [sys.executable, "-m", "tests.bench.skew", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    said = "20 s ahead, 8 people: cut off nobody; outages recorded: 0; readyz of the wrong one: 200"
    assert done.stdout.decode().splitlines() == [said]


def test_a_quick_run_of_floods_tells_what_others_wait() -> None:
    command = [sys.executable, "-m", "tests.bench.floods", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    hellos, *floods = done.stdout.decode().splitlines()
    assert hellos.startswith("50 hellos of one link: ")
    names = [line.partition(":")[0] for line in floods]
    assert names == [f"{number} floods of empty fragments" for number in (0, 1, 2)]


def test_a_quick_run_of_booking_fills_its_table() -> None:
    command = [sys.executable, "-m", "tests.bench.booking", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    found = msgspec.json.decode(done.stdout, type=booking.Report)
    assert [each.stored for each in found.holds] == [0, 100]
    assert all(each.cpu > 0 for each in (*found.holds, found.bare))
    assert found.month > 0
    assert found.month_call > 0
    assert "a month of slots" in booking.text(found)
