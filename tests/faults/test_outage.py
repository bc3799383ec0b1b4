"""Half a minute without any process: an absence proves nothing then (F3 b, I2)."""

import asyncio

import aiohttp

from tests.faults.test_kills import clinic_on
from tests.support.server import RunningServer


async def test_an_outage_in_the_window_goes_to_review_a_short_one_does_not(
    own_server: RunningServer, session: aiohttp.ClientSession
) -> None:
    clinic = await clinic_on(own_server, session, opens_before_minutes=1, closes_after_minutes=0)
    await clinic.api.put("/v1/practitioners/dr2", name="Dr Two", video_enabled=True)
    await clinic.api.put("/v1/patients/other", name="Olu Other")
    await clinic.book("long", lasts=36)
    await clinic.book("short", lasts=20, patient="other", practitioner="dr2")
    own_server.kill()
    await asyncio.sleep(32)
    own_server.start()
    # The window of the short one saw less than thirty seconds of it.
    missed = await clinic.outcome("short", within=6)
    assert (missed["status"], missed["outcome"]) == ("no_show", "both_absent")
    settled = await clinic.outcome("long", within=12)
    assert (settled["status"], settled["outcome"], settled["review"]) == ("confirmed", "system", True)
    evidence = (await clinic.api.get("/v1/appointments/long/attendance"))["evidence"]
    assert 30 <= evidence["outage_seconds"] < 36
