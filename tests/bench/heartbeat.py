"""`python -m tests.bench.heartbeat`: does anybody who answers lose the connection; how late do pings come?

First one patient waits with each of many practitioners while the API serves as fast as it can; then very many
sockets sit idle. `--checkout` measures another checkout's server with this client.
"""

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import msgspec
import uvloop

from tests.bench import processes
from tests.bench.__main__ import Ground, prepare
from tests.bench.drivers import Version1
from tests.bench.measure import each
from tests.bench.provision import Account, Api
from tests.bench.wire import BenchError, Socket, connect, masked

SLOT = timedelta(minutes=5)
PLACES = 10
"""Patients of one practitioner at most: their visits follow each other, and all their windows are open."""

CALLERS = 16
"""Connections that call the API, each one call after another."""


class Options(msgspec.Struct, frozen=True):
    """How much of everything."""

    busy: int = 1000
    busy_seconds: float = 60
    idle: int = 10_000
    idle_seconds: float = 60


class Found(msgspec.Struct, frozen=True):
    """`longest`, `median`: seconds between two pings of one socket, or since its last, of all and of the
    median one. `closed`: how many sockets by close code (0: no close frame). `calls`: API calls a second;
    `cpu`: of the server, in percent of a core.
    """

    sockets: int
    closed: dict[int, int]
    longest: float
    median: float
    calls: float
    cpu: float


class Caller(asyncio.Protocol):
    """One kept-alive connection that asks again as soon as it is answered."""

    def __init__(self, request: bytes) -> None:
        self._request, self._missing, self._rest = request, 0, b""
        self.answered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        head, found, body = self._rest.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.lower().split(b"\r\n")
        size = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
        if len(body) >= size:
            self._rest = b""
            self.answered += 1
            self.transport.write(self._request)


class Crowd:
    """Everybody who waits."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.sockets: list[Socket] = []

    async def come(self, account: Account) -> None:
        """One patient arrives."""
        token = account.patient
        headers = {"Origin": f"http://127.0.0.1:{self._port}", "Sec-WebSocket-Protocol": "consultroom.v1"}
        socket = await connect(self._port, f"/ws/{token.partition('.')[0]}", headers)
        socket.send(masked(msgspec.json.encode({"type": "hello", "v": 1, "token": token})))
        socket.send(Version1().ack(await socket.expect("waiting")))
        socket.pinged_at = time.monotonic()
        self.sockets.append(socket)

    def found(self, calls: float, cpu: float) -> Found:
        """As it stands now."""
        now = time.monotonic()
        gaps = sorted(max(socket.gap, now - socket.pinged_at) for socket in self.sockets if not socket.closed)
        closed = Counter(socket.closed_with for socket in self.sockets if socket.closed)
        longest, median = (gaps[-1], gaps[len(gaps) // 2]) if gaps else (0.0, 0.0)
        return Found(len(self.sockets), dict(closed), longest, median, calls, cpu)


async def accounts(api: Api, count: int) -> list[Account]:
    """Links of `count` patients, `PLACES` to a practitioner or one, whatever takes fewer calls."""
    places = 1 if count <= 1000 else PLACES
    await each(api.practitioner, range(-(-count // places)))
    await each(api.patient, range(places))
    now = datetime.now(UTC)

    async def one(number: int) -> Account:
        practitioner, place = divmod(number, places)
        return Account(await api.patients_link(practitioner, place, now - (place + 1) * SLOT, SLOT), "")

    return await each(one, range(count))


async def hold(ground: Ground, command: Sequence[str], count: int, seconds: float, *, busy: bool) -> Found:
    """A fresh server and `count` people who wait there, on a clinic of their own."""
    with processes.consultroom(ground.directory, ground.redis_url, ground.key, command) as (process, port):
        await processes.ready(process, f"http://127.0.0.1:{port}/readyz", 200)
        api, crowd = Api(port), Crowd(port)
        try:
            await api.clinic(closes_after_minutes=120, opens_before_minutes=60)
            links = await accounts(api, count)
            await each(crowd.come, links)
            callers = await _call(port, api.key) if busy else []
            began, spent = time.monotonic(), process.cpu_us()
            await asyncio.sleep(seconds)
            process.running()
            took = time.monotonic() - began
            calls = sum(caller.answered for caller in callers) / took
            return crowd.found(calls, (process.cpu_us() - spent) / took / 10_000)
        finally:
            for socket in crowd.sockets:
                socket.close()
            await api.close()


async def _call(port: int, key: str) -> list[Caller]:
    lines = ("GET /v1/appointments/a0 HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {key}")
    request = "\r\n".join([*lines, "", ""]).encode()
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Caller(request), "127.0.0.1", port) for _ in range(CALLERS)]
    return [caller for _, caller in made]


async def bench(options: Options, command: Sequence[str]) -> tuple[Found | None, Found | None]:
    """Both, each on a Redis of its own; one that is asked for 0 sockets is left out."""
    found: list[Found | None] = []
    for count, seconds, busy in (
        (options.busy, options.busy_seconds, True),
        (options.idle, options.idle_seconds, False),
    ):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            directory = Path(name)
            with processes.redis(directory) as (redis, url):
                ground = Ground(directory, redis, url)
                found.append(await hold(ground, command, count, seconds, busy=busy) if count else None)
    return found[0], found[1]


def text(name: str, found: Found) -> str:
    """One line."""
    closed = ", ".join(f"{count} with {code}" for code, count in sorted(found.closed.items())) or "none"
    return (
        f"{name}: {found.sockets:,} sockets, {found.calls:,.0f} API calls a second, CPU {found.cpu:.0f} %; "
        f"pings at most {found.longest:.1f} s apart (median socket {found.median:.1f} s); closed: {closed}\n"
    )


def main() -> int:
    """0 and two lines on stdout, or 1 and a sentence on stderr."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.heartbeat", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of everything: only that it works")
    parser.add_argument("--busy", type=int, help="patients who wait beside a busy API (1000; 0: left out)")
    parser.add_argument("--idle", type=int, help="idle sockets (10000; 0: left out)")
    parser.add_argument("--seconds", type=float, help="how long each is held (60)")
    parser.add_argument("--checkout", help="another checkout whose server is measured")
    given = parser.parse_args()
    options = Options(busy=4, busy_seconds=1, idle=20, idle_seconds=1) if given.quick else Options()
    for name in ("busy", "idle"):
        if (count := getattr(given, name)) is not None:
            options = msgspec.structs.replace(options, **{name: count})
    if given.seconds:
        options = msgspec.structs.replace(options, busy_seconds=given.seconds, idle_seconds=given.seconds)
    elsewhere = ["env", "-C", given.checkout, sys.executable, "-m", "signalling", "serve"]
    command = elsewhere if given.checkout else []
    prepare()
    gc.enable()
    try:
        busy, idle = uvloop.run(bench(options, command))
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, found in (("beside a busy API", busy), ("idle", idle)):
        if found is not None:
            sys.stdout.write(text(name, found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
