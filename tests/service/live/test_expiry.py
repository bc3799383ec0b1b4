"""Leases nobody renews and graces that are over (F2, D6)."""

import asyncio

import pytest

from rooms.ids import SessionId
from rooms.ports import Lease
from rooms.store import RedisStore
from rooms.times import SECOND
from tests.service.live.scene import (
    LEASE,
    alive,
    departure,
    doctor,
    drop,
    endings,
    floor,
    host,
    lines,
    present,
)
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk


async def reap(desk: Desk) -> int:
    return await endings(desk).lapse(desk.id, desk.now)


async def test_a_killed_processs_sessions_end_at_their_last_frame_and_keep_the_grace(
    open_desk: Desk,
) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    open_desk.now = at("10:00:10")
    await alive(open_desk, patient)
    open_desk.now += LEASE - 1
    assert await reap(open_desk) == 0
    open_desk.now += 1
    assert await reap(open_desk) == 1
    assert await present(open_desk) == {"patient": "away"}
    room = (await open_desk.get("a")).room
    assert (await lines(open_desk, room))[-1] == ("close waiting lapsed", at("10:00:10"))
    assert open_desk.bus.floors[-1] == await floor(open_desk)


@pytest.mark.parametrize(("state", "grace"), [("waiting", 120), ("in_room", 30)])
async def test_a_grace_ends_to_the_millisecond(open_desk: Desk, state: str, grace: int) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    if state == "in_room":
        await open_desk.visits.admit((await host(open_desk)).here, "patient", "a", open_desk.now)
    await drop(open_desk, patient)
    open_desk.now += grace * SECOND - 1
    await reap(open_desk)
    assert (await present(open_desk))["patient"] == "away"
    open_desk.now += 1
    await reap(open_desk)
    assert "patient" not in await present(open_desk)
    assert (await departure(open_desk, patient)).why == "gone"


async def test_a_session_dead_for_longer_than_its_grace_is_gone_at_once(open_desk: Desk) -> None:
    """No process was up to see it."""
    patient = await open_desk.come(await open_desk.link("a"))
    open_desk.now = at("10:02")
    assert await reap(open_desk) == 1
    assert (await departure(open_desk, patient)).why == "gone"
    told = await lines(open_desk, (await open_desk.get("a")).room)
    assert told[-1] == ("close waiting lapsed", at("10:00"))
    assert await reap(open_desk) == 0


async def test_a_renewal_in_between_wins(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    open_desk.now += LEASE
    at_commit(monkeypatch, store, before=lambda: alive(open_desk, patient))
    assert await reap(open_desk) == 1
    assert await present(open_desk) == {"patient": "waiting"}
    assert open_desk.bus.floors == []


async def test_a_resume_in_between_wins(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    open_desk.now += LEASE
    at_commit(
        monkeypatch,
        store,
        before=lambda: open_desk.visits.resume(patient.here.sid, patient.key, open_desk.now),
    )
    await reap(open_desk)
    assert await present(open_desk) == {"patient": "waiting"}


async def test_of_many_processes_one_ends_it(open_desk: Desk) -> None:
    await open_desk.come(await open_desk.link("a"))
    open_desk.now += LEASE
    await asyncio.gather(*(reap(open_desk) for _ in range(4)))
    told = await lines(open_desk, (await open_desk.get("a")).room)
    assert [line for line, _ in told] == ["open waiting", "close waiting lapsed"]
    assert len(open_desk.bus.floors) == 1


async def test_a_lease_without_a_seat_is_dropped(open_desk: Desk) -> None:
    """A Redis that was restored to a second ago may hold one."""
    number, sid = (await doctor(open_desk)).no, SessionId("nobody")
    await open_desk.store.commit(open_desk.id, [Lease(number, sid, open_desk.now, open_desk.now)])
    assert await reap(open_desk) == 1
    assert await open_desk.store.lease(open_desk.id, number, sid) is None
    assert ((await floor(open_desk)).version, open_desk.bus.floors) == (0, [])


async def test_one_without_a_seat_that_is_renewed_meanwhile_stays(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its seat is being written at this moment."""
    number, sid = (await doctor(open_desk)).no, SessionId("somebody")
    await store.commit(open_desk.id, [Lease(number, sid, open_desk.now, open_desk.now)])
    later = Lease(number, sid, open_desk.now + LEASE, open_desk.now)
    at_commit(monkeypatch, store, before=lambda: store.commit(open_desk.id, [later]))
    await reap(open_desk)
    assert await store.lease(open_desk.id, number, sid) is not None


async def test_everybody_of_a_clinic_at_once(open_desk: Desk) -> None:
    """A whole process died: floors of several practitioners, several seats on one."""
    await open_desk.book("b", practitioner="dr-kim", patient="bob")
    for id, person in (("a", "patient"), ("a", "guest:carer"), ("b", "patient")):
        await open_desk.come(await open_desk.link(id, person))
    open_desk.now += LEASE
    assert await reap(open_desk) == 3
    assert await present(open_desk) == {"patient": "away", "guest:carer": "away"}
    assert await present(open_desk, "dr-kim") == {"patient": "away"}
