"""`python -m tests.bench.contention [servers]`: how many PUTs a second are carried out where all are about
one thing: new practitioners, new types, one practitioner's appointments, one patient's visits of one day. One
to 96 at once; refused there should be none.
"""

import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from tests.bench import processes
from tests.bench.processes import ADMIN_KEY

AT_ONCE = (1, 8, 32, 96)

CALLS = 192
"""Of each kind at each width: twice the widest."""

ONE_DAY = 96
"""One patient's visits of a day: every one is told of every other (D2), so that more only measures that."""

Put = Callable[[int], tuple[str, dict[str, Any]]]


def practitioner(n: int) -> tuple[str, dict[str, Any]]:
    return f"practitioners/dr{n}", {"name": f"Dr {n}", "video_enabled": True}


def kind(n: int) -> tuple[str, dict[str, Any]]:
    return f"appointment-types/t{n}", {"name": f"Type {n}", "video": True, "minutes": 15}


def of_one_practitioner(n: int) -> tuple[str, dict[str, Any]]:
    return _appointment(n, f"p{n % 50}", timedelta(days=1, minutes=5 * n))


def of_one_patient(n: int) -> tuple[str, dict[str, Any]]:
    day = n // ONE_DAY
    return _appointment(n + 100_000, f"p{day}", timedelta(days=200 + day, minutes=5 * (n % ONE_DAY)))


def _appointment(n: int, patient: str, after: timedelta) -> tuple[str, dict[str, Any]]:
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + after
    body = {"practitioner": "dr", "patient": patient, "type": "t"}
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=5)).isoformat()}
    return f"appointments/a{n}", body | times


KINDS: tuple[tuple[str, Put, int], ...] = (
    ("practitioners", practitioner, CALLS),
    ("types", kind, CALLS),
    ("one practitioner's", of_one_practitioner, CALLS),
    ("one patient's day", of_one_patient, ONE_DAY),
)


class Booking:
    """A booking service that has more than one worker; `ports`: the servers, each call to the next."""

    def __init__(self, session: aiohttp.ClientSession, ports: list[int]) -> None:
        self._session, self._ports, self._key = session, ports, ADMIN_KEY
        self.sent = 0

    async def call(self, method: str, path: str, body: object) -> tuple[int, Any]:
        self.sent += 1
        url = f"http://127.0.0.1:{self._ports[self.sent % len(self._ports)]}/v1/{path}"
        headers = {"Authorization": f"Bearer {self._key}"}
        async with self._session.request(method, url, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def open(self) -> None:
        asked = {"id": "bench", "name": "Bench", "time_zone": "UTC"}
        _, made = await self.call("POST", "clinics", asked)
        self._key = made["api_key"]
        await self.call("PUT", "practitioners/dr", {"name": "Dr"})
        await self.call("PUT", "appointment-types/t", {"name": "T", "video": True, "minutes": 5})
        for n in range(50):
            await self.call("PUT", f"patients/p{n}", {"name": f"Patient {n}"})

    async def put(self, put: Put, first: int, count: int, at_once: int) -> tuple[float, list[int]]:
        """Calls a second, and the statuses of those that were not answered as they should be."""
        numbers, refused = iter(range(first, first + count)), list[int]()

        async def work() -> None:
            for n in numbers:
                path, body = put(n)
                status, _ = await self.call("PUT", path, body)
                if status != 201:
                    refused.append(status)

        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(at_once)))
        return count / (time.perf_counter() - begun), refused


async def measure(ports: list[int]) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        booking = Booking(session, ports)
        await booking.open()
        for name, put, count in KINDS:
            first, base = 0, 0.0
            for at_once in AT_ONCE:
                rate, refused = await booking.put(put, first, count, at_once)
                first += count
                base = base or rate
                told = f", {len(refused)} refused {sorted(set(refused))}" if refused else ""
                sys.stdout.write(f"{name:20} {at_once:3} at once {rate:7.0f}/s  {rate / base:5.2f}{told}\n")
                sys.stdout.flush()


async def main(servers: int) -> None:
    with tempfile.TemporaryDirectory() as folder, processes.redis(Path(folder)) as (_, url):
        # By the module, so that another checkout is measured by its own folder alone.
        key, command = secrets.token_urlsafe(32), [sys.executable, "-m", "signalling", "serve"]
        with processes.consultroom(Path(folder), url, key, command) as (one, port):
            await processes.ready(one, f"http://127.0.0.1:{port}/readyz", 200)
            if servers == 1:
                await measure([port])
                return
            with processes.consultroom(Path(folder), url, key, command) as (two, other):
                await processes.ready(two, f"http://127.0.0.1:{other}/readyz", 200)
                await measure([port, other])


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
