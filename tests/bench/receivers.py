"""`python -m tests.bench.receivers`: how long a clinic's webhook takes, alone, beside 50 clinics whose
receivers hang, and beside another clinic with 10,000 messages to be sent; and a cancel of that one's own.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from rooms.events import Event, new_message_id
from rooms.ids import ClinicId, new_number
from rooms.outgoing import Emit
from rooms.store import connect
from tests.support.api import Clinic
from tests.support.receiver import Receiver
from tests.support.server import RunningServer


class Options(msgspec.Struct, frozen=True):
    """`tries` webhooks are timed in each part, each for `within` seconds at most; each of `hanging` clinics
    has `waiting` of its own; `left` is what an import left to be sent."""

    within: float = 90
    tries: int = 25
    hanging: int = 50
    waiting: int = 4
    left: int = 10_000


class Seconds(msgspec.Struct, frozen=True):
    """From the call to the receiver."""

    median: float
    p99: float

    @classmethod
    def of(cls, taken: list[float]) -> "Seconds":
        """Of so few the 99th percentile is the longest."""
        return cls(sorted(taken)[len(taken) // 2], max(taken))


class Report(msgspec.Struct, frozen=True):
    alone: Seconds
    beside_hanging: Seconds
    beside_import: Seconds
    own_cancel: float


@asynccontextmanager
async def hanging() -> AsyncIterator[str]:
    """The URL of a receiver that takes connections and says nothing."""

    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    server.close()


async def arrived(receiver: Receiver, appointment: str, type: str, began: float, within: float) -> float:
    """Seconds from then until it was told of this."""
    while time.time() - began < within:
        for each in receiver.received:
            data = each.event["data"]
            if data.get("appointment") == appointment and each.event["type"] == type:
                return each.at - began
        await asyncio.sleep(0.05)
    return within


async def hooked(server: RunningServer, session: aiohttp.ClientSession, url: str) -> Clinic:
    """A clinic that has everything told there."""
    clinic = await Clinic.opened(server.base_url, server.admin_key, session)
    await clinic.api.put("/v1/webhooks/main", url=url, events=["*"])
    return clinic


async def timed(clinic: Clinic, receiver: Receiver, part: str, options: Options) -> Seconds:
    """So many appointments, one after the other."""
    taken: list[float] = []
    for number in range(options.tries):
        began, id = time.time(), f"{part}-{number}"
        await clinic.book(id, starts=3600 * (number + 1), lasts=60, practitioner=part)
        taken.append(await arrived(receiver, id, "appointment.confirmed", began, options.within))
    return Seconds.of(taken)


async def measure(options: Options, folder: Path) -> Report:
    """All parts, on one server."""
    allow: dict[str, str] = {"CONSULTROOM_WEBHOOK_ALLOW": "127.0.0.1"}
    with Receiver() as receiver, Receiver() as bulk, RunningServer(folder, allow) as server:
        async with aiohttp.ClientSession() as session, hanging() as nowhere:
            healthy = await hooked(server, session, receiver.url)
            for part in ("alone", "hanging", "import"):
                await healthy.api.put(f"/v1/practitioners/{part}", name=part, video_enabled=True)
            alone = await timed(healthy, receiver, "alone", options)
            importing = await hooked(server, session, bulk.url)
            await importing.book("cancelled", starts=7200)
            await arrived(bulk, "cancelled", "appointment.confirmed", time.time(), options.within)
            await leave(server, importing.id, options.left)
            beside_import = await timed(healthy, receiver, "import", options)
            began = time.time()
            await importing.api.post("/v1/appointments/cancelled/cancel", reason="Closed")
            own_cancel = await arrived(bulk, "cancelled", "appointment.cancelled", began, options.within)
            await importing.api.call("DELETE", "/v1/webhooks/main")
            others = [await hooked(server, session, nowhere) for _ in range(options.hanging)]
            for number in range(options.waiting):
                await asyncio.gather(
                    *(each.book(f"h-{number}", starts=3600 * (number + 1)) for each in others)
                )
            beside_hanging = await timed(healthy, receiver, "hanging", options)
    return Report(alone, beside_hanging, beside_import, own_cancel)


async def leave(server: RunningServer, clinic: str, count: int) -> None:
    """As an import leaves it: each about another appointment."""
    store, now = connect(server.redis.url), time.time_ns() // 10**6
    for start in range(0, count, 50):
        events = [
            Event(
                id=new_message_id(),
                type="appointment.confirmed",
                at=now,
                subject=new_number(),
                appointment=f"i-{n}",
            )
            for n in range(start, min(start + 50, count))
        ]
        await store.commit(ClinicId(clinic), [Emit(each) for each in events])
    await store.close()


def main() -> int:
    """Print the report."""
    options: Any = msgspec.convert(dict(each.split("=") for each in sys.argv[1:]), Options, strict=False)
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(measure(options, Path(folder)))
    for name in ("alone", "beside_hanging", "beside_import"):
        found: Seconds = getattr(report, name)
        sys.stdout.write(f"{name:15} median {found.median:6.2f} s   p99 {found.p99:6.2f} s\n")
    sys.stdout.write(f"{'own_cancel':15} {report.own_cancel:6.2f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
