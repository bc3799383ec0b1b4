"""Each person is told once, and reminded once, of the time that holds (B4, A10): mails at a real relay."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.api import Clinic
from tests.support.server import RunningServer
from tests.support.smtp import Relay


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


@pytest.fixture
def mailing(tmp_path: Path, relay: Relay) -> Iterator[RunningServer]:
    with RunningServer(
        tmp_path, {"CONSULTROOM_SMTP_URL": relay.url, "CONSULTROOM_MAIL_FROM": relay.sender}
    ) as running:
        yield running


def subjects(relay: Relay) -> list[str]:
    return [str(mail.message["subject"]) for mail in relay.mails]


async def reminded(relay: Relay, count: int, within: float) -> None:
    deadline = time.monotonic() + within
    while subjects(relay).count("Reminder: your appointment") < count:
        assert time.monotonic() < deadline, subjects(relay)
        await asyncio.sleep(0.05)


async def test_reminders_follow_a_move_and_stop_at_a_cancel(
    mailing: RunningServer, relay: Relay, session: aiohttp.ClientSession
) -> None:
    """Reminded a minute before, for appointments that begin a minute and some seconds from now."""
    clinic = await Clinic.opened(mailing.base_url, mailing.admin_key, session, reminder_minutes=[1])
    await clinic.book(starts=62, guests=[{"id": "mum", "name": "Maria Lee", "email": "mum@example.org"}])
    await reminded(relay, 2, within=5)
    await clinic.book(starts=64, guests=[{"id": "mum", "name": "Maria Lee", "email": "mum@example.org"}])
    await reminded(relay, 4, within=7)
    await clinic.book(starts=63, guests=[{"id": "mum", "name": "Maria Lee", "email": "mum@example.org"}])
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Dr Okafor is ill.")
    await asyncio.sleep(4.5)
    told = subjects(relay)
    assert told.count("Reminder: your appointment") == 4, "none after the cancel"
    assert told.count("Your appointment") == 2, "each person once"
    assert told.count("Your appointment was cancelled") == 2
    [first] = [mail for mail in relay.mails if mail.message["subject"] == "Your appointment"][:1]
    link = next(line for line in first.text.splitlines() if "/j#" in line)
    last = next(
        mail
        for mail in relay.mails[::-1]
        if mail.message["subject"].startswith("Reminder") and mail.to == first.to
    )
    assert link in last.text, "the link stays the same"


async def test_a_contact_that_comes_later_is_told(
    mailing: RunningServer, relay: Relay, session: aiohttp.ClientSession
) -> None:
    clinic = await Clinic.opened(mailing.base_url, mailing.admin_key, session)
    await clinic.api.put("/v1/patients/bo", name="Bo Tran")
    await clinic.book("b-1", starts=3600, patient="bo")
    deadline = time.monotonic() + 5
    while await missing(clinic) != ["contact_missing", "message_undelivered"]:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    assert relay.mails == []
    await clinic.api.put("/v1/patients/bo", name="Bo Tran", email="bo@example.org")
    while [mail.to for mail in relay.mails] != [["bo@example.org"]]:
        assert time.monotonic() < deadline + 5
        await asyncio.sleep(0.1)
    while await missing(clinic):
        assert time.monotonic() < deadline + 5
        await asyncio.sleep(0.1)


async def missing(clinic: Clinic) -> list[str]:
    checks = (await clinic.api.get("/v1/appointments/b-1/diagnosis"))["checks"]
    return [check["code"] for check in checks if not check["passed"]]
