"""Receivers that hang hold up their own clinics' webhooks and nobody else's (F6)."""

import asyncio
import time
from pathlib import Path

import aiohttp

from tests.bench.receivers import arrived, hanging, hooked
from tests.support.receiver import Receiver
from tests.support.server import RunningServer

QUICK = 5.0
"""Seconds. A try that hangs lasts 15, and where all hands are taken everybody waits for one to end."""


async def test_a_healthy_receiver_is_told_at_once_beside_eight_that_hang(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    allow: dict[str, str] = {"CONSULTROOM_WEBHOOK_ALLOW": "127.0.0.1"}
    with Receiver() as receiver, RunningServer(tmp_path, allow) as server:
        async with hanging() as nowhere:
            others = [await hooked(server, session, nowhere) for _ in range(8)]
            # A clinic that comes new is no worse off than one whose receiver is known.
            healthy = await hooked(server, session, receiver.url)
            for number in range(4):
                starts = 3600 * (number + 1)
                await asyncio.gather(*(each.book(f"h-{number}", starts=starts) for each in others))
            for id in ("first", "second"):
                began = time.time()
                await healthy.book(id, starts=3600 * (1 + len(id)))
                assert await arrived(receiver, id, "appointment.confirmed", began, 20) < QUICK
