"""Two processes on machines whose clocks disagree, and one whose clock is set while it runs: nobody notices
(RELIABILITY 4).
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import redis

from rooms.store import keys
from tests.faults.readiness import readiness_says
from tests.faults.test_kills import clinic_on
from tests.stories.test_visit import in_call
from tests.support.api import Api
from tests.support.peer import Peer
from tests.support.server import RunningServer
from tests.support.skewed import SkewedServer
from tests.support.two_processes import Alternating

LEASE = 1.0
"""Seconds: a skew of 20 s is more to it than one of 40 s is to a lease of 15 s."""

REAPS_AFTER = LEASE + 5
"""Seconds for which a process has written without error (`jobs.expiry`)."""

HOUR = 3_600_000


@contextlib.asynccontextmanager
async def talking(*peers: Peer) -> AsyncIterator[None]:
    """They prove life more often than a lease lasts."""

    async def talk() -> None:
        while True:
            await asyncio.gather(*(peer.say("ping") for peer in peers))
            await asyncio.sleep(LEASE / 4)

    task = asyncio.create_task(talk())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_clock_that_is_wrong_and_one_that_is_set_end_nothing(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    for name in ("right", "wrong"):
        (tmp_path / name).mkdir()
    settings = {"CONSULTROOM_LEASE_SECONDS": str(LEASE)}
    async with contextlib.AsyncExitStack() as stack:
        right = stack.enter_context(RunningServer(tmp_path / "right", settings))
        wrong = stack.enter_context(SkewedServer(tmp_path / "wrong", right, 20_000))
        begun = time.monotonic()
        connect = Alternating([right, wrong], session, stack)
        clinic = await clinic_on(right, session, opens_before_minutes=0)
        await clinic.book()
        await clinic.api.put("/v1/practitioners/dr2", name="Dr Two", video_enabled=True)
        await clinic.book("later", starts=6, practitioner="dr2")
        await clinic.book("held", starts=7200, practitioner="dr2", status="held")
        host, patient = await in_call(clinic, connect)
        there = Api(wrong.base_url, clinic.api.key, session)
        early = await clinic.token(id="later")
        async with talking(host, patient):
            for ahead in (HOUR, -HOUR):
                wrong.set_clock(ahead)
                await readiness_says(wrong, session, "clock_offset")
                # Its window is judged by the right time, whatever this process's machine says.
                refused = await (await connect.on(1)).hello(early)
                assert refused["code"] == "too_early"
                assert (await there.get("/v1/appointments/held"))["status"] == "held"
            await asyncio.sleep(max(0, begun + REAPS_AFTER + 1.5 - time.monotonic()))
            assert (await (await connect.on(1)).hello(early))["state"] == "waiting"
            wrong.set_clock(0)
            await readiness_says(wrong, session, None)
        for peer in (host, patient):
            await peer.quiet(0.1)
            assert not {"error", "left", "state", "ended"} & peer.kinds()
            assert not peer.ws.closed
        with redis.Redis(unix_socket_path=str(right.redis.socket), decode_responses=True) as asked:
            assert asked.zrange(keys.OUTAGES, 0, -1) == []
        assert "this machine's clock is 20.0 s ahead of Redis's" in wrong.log.read_text()
