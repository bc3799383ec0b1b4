"""`python -m tests.bench.floods`: what everybody else waits while somebody floods, and what is left of it.

Sockets that never say hello send empty fragments as fast as they can; then one link takes its own place over
and over. `--checkout` measures another checkout's server with this client.
"""

import argparse
import asyncio
import contextlib
import gc
import multiprocessing
import socket as sockets
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import msgspec
import uvloop

from rooms.store import connect as store_at
from tests.bench import processes
from tests.bench.__main__ import Ground, prepare
from tests.bench.measure import percentiles
from tests.bench.provision import Account
from tests.bench.wire import BenchError, Socket, connect, masked
from tests.support.wire import CONTINUATION, TEXT, frame, handshake

EMPTY = frame(CONTINUATION, b"", fin=False) * 4_000
EVERY = 12
"""Hellos to each command of the practitioner's."""


START = 3.0
"""Seconds for the flooding processes to begin."""


class Options(msgspec.Struct, frozen=True):
    """How much of everything."""

    seconds: float = 5.0
    hellos: int = 600


def flood(port: int, seconds: float) -> None:
    """One socket's, in a process of its own; it comes again when it is cut, as one who means it does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with sockets.create_connection(("127.0.0.1", port), timeout=1) as made:
                lines = [f"{name}: {value}" for name, value in handshake(f"http://127.0.0.1:{port}").items()]
                made.sendall("\r\n".join(["GET /ws/any HTTP/1.1", *lines, "", ""]).encode())
                made.recv(4096)
                made.sendall(frame(TEXT, b"", fin=False))
                while time.monotonic() < until:
                    made.sendall(EMPTY)
        except OSError:
            time.sleep(0.05)


async def answers(port: int, seconds: float) -> str:
    """How long `/readyz` takes, asked one after another, and how often it was not 200."""
    spent, failed, until = list[int](), 0, time.monotonic() + seconds
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        while time.monotonic() < until:
            began = time.perf_counter_ns()
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    failed += answer.status != 200
            except (aiohttp.ClientError, TimeoutError):
                failed += 1
            spent.append(time.perf_counter_ns() - began)
            await asyncio.sleep(0.005)
    found = percentiles(spent)
    return f"p50 {found.p50:.1f} ms, p99 {found.p99:.1f} ms, {failed} of {len(spent)} failed"


async def fragments(port: int, options: Options) -> None:
    """Quiet, then one flood, then two."""
    for count in (0, 1, 2):
        floods = [
            multiprocessing.get_context("spawn").Process(target=flood, args=(port, options.seconds + START))
            for _ in range(count)
        ]
        for each in floods:
            each.start()
        try:
            await asyncio.sleep(START)
            sys.stdout.write(f"{count} floods of empty fragments: {await answers(port, options.seconds)}\n")
        finally:
            for each in floods:
                each.kill()
                each.join()


async def hellos(port: int, account: Account, redis_url: str, options: Options) -> None:
    """One link takes its own place over and over, while its practitioner asks for something now and then."""
    spent, welcomed = list[int](), 0
    host = await _hello(port, account.practitioner)
    for number in range(options.hellos):
        patient = await _open(port, account.patient)
        patient.send(_asked(account.patient))
        with contextlib.suppress(BenchError):  # refused, or closed: it says so, and that is the point
            await patient.expect("welcome")
            welcomed += 1
        if number % EVERY == 0:
            began = time.perf_counter_ns()
            host.send(masked(msgspec.json.encode({"type": "running_late", "minutes": 0, "cid": number})))
            await host.expect("ack")
            spent.append(time.perf_counter_ns() - began)
        patient.close()
    host.close()
    size, lines = await _left(redis_url)
    few = max(1, len(spent) // 10)
    first, last = percentiles(spent[:few]).p50, percentiles(spent[-few:]).p50
    sys.stdout.write(
        f"{options.hellos} hellos of one link: {welcomed} welcomed; the practitioner's p50 {first:.1f} ms at "
        f"first, {last:.1f} ms in the end; floor {size / 1024:.1f} KB, ledger {lines} lines\n"
    )


def _asked(token: str) -> bytes:
    return masked(msgspec.json.encode({"type": "hello", "v": 1, "token": token, "move": True}))


async def _open(port: int, token: str) -> Socket:
    headers = {"Origin": f"http://127.0.0.1:{port}", "Sec-WebSocket-Protocol": "consultroom.v1"}
    return await connect(port, f"/ws/{token.partition('.')[0]}", headers)


async def _hello(port: int, token: str) -> Socket:
    socket = await _open(port, token)
    socket.send(_asked(token))
    await socket.expect("welcome")
    return socket


async def _left(redis_url: str) -> tuple[int, int]:
    """Bytes of the largest floor, and lines of the longest ledger."""
    store = store_at(redis_url)
    try:
        found = [bytes(key).decode() for key in await store._pipeline.call("KEYS", "*")]
        floors = [key for key in found if ":floor:" in key]
        ledgers = [key for key in found if ":ledger:" in key]
        sizes = [await store._pipeline.call("STRLEN", key) for key in floors]
        lines = [await store._pipeline.call("LLEN", key) for key in ledgers]
        return max(sizes, default=0), max(lines, default=0)
    finally:
        await store.close()


async def bench(options: Options, command: Sequence[str]) -> None:
    """Both, on one server whose limits are those of production."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        with processes.redis(directory) as (redis, url):
            ground = Ground(directory, redis, url)
            await ground.provision(1)
            with processes.consultroom(directory, url, ground.key, command, lifted=False) as (process, port):
                await processes.ready(process, f"http://127.0.0.1:{port}/readyz", 200)
                await hellos(port, ground.accounts[0], url, options)
                await fragments(port, options)


def main() -> int:
    """0 and four lines on stdout, or 1 and a sentence on stderr."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.floods", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of everything: only that it works")
    parser.add_argument("--checkout", help="another checkout whose server is measured")
    given = parser.parse_args()
    elsewhere = ["env", "-C", given.checkout, sys.executable, "-m", "signalling", "serve"]
    prepare()
    gc.enable()
    try:
        uvloop.run(bench(Options(1, 50) if given.quick else Options(), elsewhere if given.checkout else []))
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
