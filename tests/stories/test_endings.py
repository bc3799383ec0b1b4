"""A link that was cancelled, revoked or moved fails at once and ends what is open, a call too, within 2 s, on
whatever process (A2, C6).
"""

import time
from collections.abc import Awaitable, Callable

import pytest

from tests.stories.test_two_processes import connect
from tests.stories.test_visit import in_call
from tests.support.api import Clinic
from tests.support.peer import Peer
from tests.support.two_processes import Alternating

__all__ = ["connect"]

WITHIN = 2.0
"""Seconds (CONTRACT)."""

Change = Callable[[Clinic], Awaitable[object]]


async def cancel(clinic: Clinic) -> object:
    return await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Dr Okafor is ill.")


async def revoke(clinic: Clinic) -> object:
    return await clinic.api.post("/v1/appointments/a-1/revoke", person="patient", reason="phone lost")


async def move(clinic: Clinic) -> object:
    return await clinic.book(starts=7200)


CHANGES = {"cancelled": (cancel, 4504), "token_revoked": (revoke, 4502), "too_early": (move, 4010)}


async def told(peer: Peer, code: str, close: int) -> float:
    """Seconds until the socket was told and closed."""
    began = time.monotonic()
    assert (await peer.wait("error"))["code"] == code
    assert await peer.closed() == close
    return time.monotonic() - began


@pytest.mark.parametrize("code", CHANGES)
async def test_the_waiting_are_told(clinic: Clinic, connect: Alternating, code: str) -> None:
    change, close = CHANGES[code]
    await clinic.book()
    token = await clinic.token()
    here, there = await connect.on(0), await connect.on(1)
    await here.hello(token)
    await there.hello(await clinic.token("practitioner"))
    await change(clinic)
    assert await told(here, code, close) < WITHIN
    again = await connect.on(1)
    assert (await again.hello(token))["code"] == code


@pytest.mark.parametrize("code", CHANGES)
async def test_a_call_over_two_processes_ends(clinic: Clinic, connect: Alternating, code: str) -> None:
    change, close = CHANGES[code]
    await clinic.book()
    _, patient = await in_call(clinic, connect)
    await change(clinic)
    assert await told(patient, code, close) < WITHIN


async def test_a_room_link_that_is_revoked_ends_the_hosts_call(clinic: Clinic, connect: Alternating) -> None:
    await clinic.book()
    made = await clinic.api.post("/v1/practitioners/dr/room-link", hours=1)
    host, patient = await connect.on(0), await connect.on(1)
    await patient.hello(await clinic.token())
    await host.hello(made["token"])
    await host.ask("admit", person="patient", appointment="a-1")
    await patient.wait("admitted")
    assert (await clinic.api.call("DELETE", f"/v1/links/{made['id']}")).status == 204
    assert await told(host, "token_revoked", 4502) < WITHIN
    assert (await patient.wait("left"))["why"] == "revoked"


async def test_a_practitioners_own_link_that_is_revoked_ends_their_call(
    clinic: Clinic, connect: Alternating
) -> None:
    await clinic.book()
    host, patient = await connect.on(0), await connect.on(1)
    await patient.hello(await clinic.token())
    await host.hello(await clinic.token("practitioner"))
    await host.ask("admit", person="patient", appointment="a-1")
    await patient.wait("admitted")
    await clinic.api.post("/v1/appointments/a-1/revoke", person="practitioner", reason="left the practice")
    assert await told(host, "token_revoked", 4502) < WITHIN


async def test_a_new_generation_and_a_longer_window_move_nobody(clinic: Clinic, connect: Alternating) -> None:
    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee"}])
    host, patient = await in_call(clinic, connect)
    await clinic.api.post("/v1/appointments/a-1/revoke", person="guest:mum", reason="wrong person")
    await clinic.api.post("/v1/appointments/a-1/resend", person="guest:mum")
    await clinic.api.post("/v1/appointments/a-1/resend", person="patient")
    await clinic.api.post("/v1/appointments/a-1/extend", minutes=30, reason="runs late")
    await patient.say("chat", text="still here")
    assert (await host.wait("chat"))["text"] == "still here"
    assert not [frame for frame in patient.heard if frame["type"] in ("error", "ended", "sent_back")]


async def test_what_opens_no_room_counts_as_nothing(clinic: Clinic, connect: Alternating) -> None:
    """A5: a hundred looks of a scanner, by GET and HEAD, at every page."""
    await clinic.book()
    for page in ("j", "p", "s", f"b/{clinic.id}"):
        for method in ("GET", "HEAD"):
            for _ in range(12):
                url = f"{clinic.api.base_url}/{page}"
                async with clinic.api.session.request(method, url) as answer:
                    assert answer.status == 200
    history = (await clinic.api.get("/v1/appointments/a-1/history"))["items"]
    assert [step["what"] for step in history] == ["created"]
    assert (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"] == []


async def test_moved_within_the_window_they_wait_on(clinic: Clinic, connect: Alternating) -> None:
    await clinic.book()
    patient = await connect.on(1)
    await patient.hello(await clinic.token())
    moved = await clinic.book(starts=120)
    began = time.monotonic()
    while (await patient.wait("waiting")).get("starts_at") != moved["starts_at"]:
        assert time.monotonic() - began < WITHIN
    assert not [frame for frame in patient.heard if frame["type"] == "error"]
