"""What a server's readiness probe says, for tests in which a part of it fails."""

import asyncio
import json
import time

import aiohttp

from tests.support.server import RunningServer

PATIENCE = 10.0
"""Seconds; a change is noticed within about one."""


async def readiness_says(server: RunningServer, session: aiohttp.ClientSession, why: str | None) -> None:
    """Wait until it says that; None: that it is ready."""
    deadline = time.monotonic() + PATIENCE
    while True:
        async with session.get(f"{server.base_url}/readyz") as answer:
            said = json.loads(await answer.text()).get("detail")
        if said == why:
            return
        assert time.monotonic() < deadline, said
        await asyncio.sleep(0.05)
