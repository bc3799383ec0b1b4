"""F3: an outcome is given once, when the window closes or they part, and not before all is known.

The window is 09:50 to 11:30 unless said otherwise.
"""

import asyncio

import pytest

from rooms.ids import RoomId
from rooms.policy import CALL_GRACE
from rooms.ports import Lease
from rooms.service.outcomes.automatic import Outcomes
from rooms.times import DAY, MINUTE, SECOND
from tests.attendance.scenes import CARER, CHILD, A, B, at
from tests.service.outcomes.practice import (
    CLOSES,
    HARBOUR,
    HOST,
    LEASE,
    Practice,
)
from tests.store.backends import Backend


async def test_not_before_the_window_closes(practice: Practice) -> None:
    await practice.book()
    assert not await practice.decide(CLOSES - 1)
    assert (await practice.read()).outcome is None
    assert not await practice.is_due(CLOSES - 1)
    assert await practice.is_due(CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("no_show", "both_absent", False)


async def test_when_the_window_was_extended_the_due_time_follows(practice: Practice) -> None:
    await practice.book(extended=10 * MINUTE)
    assert not await practice.decide(CLOSES)
    assert not await practice.is_due(CLOSES + 10 * MINUTE - 1)
    assert await practice.decide(CLOSES + 10 * MINUTE)


async def test_decided_once_and_then_no_more(practice: Practice) -> None:
    await practice.book()
    assert await practice.decide(CLOSES)
    first = await practice.read()
    assert await practice.decide(CLOSES + MINUTE)
    assert await practice.read() == first
    assert not await practice.is_due(CLOSES + DAY)
    [step] = await practice.history()
    assert (step.at, step.what, step.by) == (CLOSES, "outcome", "system")
    assert step.facts == {"outcome": "both_absent", "status": "no_show", "revision": 1}


async def test_ten_processes_at_once_give_one_outcome(backend: Backend, practice: Practice) -> None:
    await practice.book()
    stores = [backend.store() for _ in range(10)]
    answers = await asyncio.gather(
        *(Outcomes(each).decide(HARBOUR, A, CLOSES + n) for n, each in enumerate(stores))
    )
    for each in stores:
        await each.close()
    assert all(answers)
    found = await practice.read()
    assert found.version == 2
    assert found.outcome is not None
    assert found.outcome.revision == 1
    assert len(await practice.history()) == 1


async def test_a_call_across_the_close_is_decided_when_they_part(practice: Practice) -> None:
    await practice.book()
    host, _ = await practice.meet(CLOSES - 20 * SECOND)
    await practice.renew(CLOSES + 10 * MINUTE)
    assert not await practice.decide(CLOSES)
    assert await practice.is_due(CLOSES + SECOND)
    assert not await practice.is_due(CLOSES + SECOND - 1)
    assert not await practice.decide(CLOSES + 5 * MINUTE)
    await practice.end(host, CLOSES + 6 * MINUTE)
    assert await practice.decide(CLOSES + 6 * MINUTE + SECOND)
    assert await practice.result() == ("completed", "attended", False)
    assert (await practice.evidence())["overlap_seconds"] == 380.0


@pytest.mark.parametrize("who", ["practitioner", "patient"])
async def test_whoever_drops_off_after_the_close_may_come_back_within_the_grace(
    practice: Practice, who: str
) -> None:
    await practice.book()
    host, patient = await practice.meet(CLOSES - 2 * MINUTE)
    await practice.renew(CLOSES + MINUTE)
    assert not await practice.decide(CLOSES)
    dropped = CLOSES + 5 * SECOND
    await practice.drop(host if who == "practitioner" else patient, dropped, dropped)
    assert not await practice.decide(dropped + CALL_GRACE - 1)
    assert await practice.decide(dropped + CALL_GRACE)
    assert await practice.result() == ("completed", "attended", False)
    assert (await practice.evidence())["overlap_seconds"] == 125.0


@pytest.mark.parametrize("who", ["practitioner", "patient"])
async def test_whoever_dropped_off_before_the_close_was_not_together_then(
    practice: Practice, who: str
) -> None:
    await practice.book()
    host, patient = await practice.meet(CLOSES - 2 * MINUTE)
    await practice.renew(CLOSES + MINUTE)
    await practice.drop(host if who == "practitioner" else patient, CLOSES - 5 * SECOND, CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("completed", "attended", False)
    assert (await practice.evidence())["overlap_seconds"] == 115.0


async def test_a_guest_who_counts_is_waited_for(practice: Practice) -> None:
    await practice.book(guests=(CHILD, CARER))
    host = await practice.come("practitioner", at("11:00"))
    await practice.come("guest:child", at("11:00"))
    await practice.admit(host, "guest:child", at("11:00"))
    await practice.renew(CLOSES + MINUTE)
    assert not await practice.decide(CLOSES)
    await practice.end(host, CLOSES + 1)
    assert await practice.decide(CLOSES + 1)
    assert await practice.result() == ("completed", "attended", False)


async def test_nobody_waits_for_a_guest_who_does_not_count(practice: Practice) -> None:
    await practice.book(guests=(CARER,))
    host = await practice.come("practitioner", at("11:00"))
    await practice.come("guest:carer", at("11:00"))
    await practice.admit(host, "guest:carer", at("11:00"))
    await practice.renew(CLOSES + MINUTE)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "guest_only", True)


async def test_not_while_a_dead_session_is_not_reaped(practice: Practice) -> None:
    """A process was killed in mid-call: the intervals end at the last inbound frames, once written down."""
    await practice.book()
    host, patient = await practice.meet(at("11:00"))
    assert not await practice.decide(CLOSES)
    await practice.lapse(host, at("11:00:30"), CLOSES)
    assert not await practice.decide(CLOSES)
    await practice.lapse(patient, at("11:00:40"), CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "brief", True)
    assert (await practice.evidence())["overlap_seconds"] == 30.0


async def test_a_dead_lobby_is_reaped_first_too(practice: Practice) -> None:
    """Otherwise a practitioner who died before the window would count as there."""
    await practice.book()
    host = await practice.come("practitioner", at("09:00"))
    assert not await practice.decide(CLOSES)
    await practice.lapse(host, at("09:10"), CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("no_show", "both_absent", False)


async def test_people_of_another_room_hold_nothing_up(practice: Practice) -> None:
    await practice.book()
    await practice.come("patient", at("11:00"), B, RoomId("another"))
    assert await practice.decide(CLOSES)


async def test_a_lease_has_run_out_at_its_very_end(practice: Practice) -> None:
    await practice.book()
    await practice.come("practitioner", CLOSES - LEASE)
    assert not await practice.decide(CLOSES)


async def test_live_leases_hold_nothing_up(practice: Practice) -> None:
    await practice.book()
    await practice.come("practitioner", CLOSES - LEASE + 1)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("no_show", "patient_absent", False)


async def test_a_seat_without_a_lease_holds_nothing_up(practice: Practice) -> None:
    await practice.book()
    host = await practice.come("practitioner", at("11:00"))
    await practice.store.commit(HARBOUR, [Lease(HOST, host.sid, None, at("11:00"))])
    assert await practice.decide(CLOSES)
