"""F3 h: who comes after the close, later that day."""

import pytest

from rooms.service.outcomes.automatic import Outcomes
from rooms.store import RedisStore
from tests.attendance.scenes import CARER, A, B, at
from tests.service.outcomes.practice import (
    CLOSES,
    HARBOUR,
    Interrupted,
    Practice,
    back_to_back,
    late,
    refused,
)


async def test_too_late(practice: Practice) -> None:
    await practice.book()
    await practice.decide(CLOSES)
    await late(practice, at("11:45"))
    found = await practice.read()
    assert found.outcome is not None
    assert (found.status, found.outcome.name, found.outcome.revision) == ("no_show", "too_late", 2)
    assert found.outcome.flagged
    assert found.outcome.evidence["late_try_at"] == "2026-03-02T11:45:00Z"
    assert [step.facts["outcome"] for step in await practice.history()] == ["both_absent", "too_late"]
    [entry] = await practice.store.ledger(HARBOUR, found.room)
    assert (entry.kind, entry.person, entry.appointment, entry.why) == ("try", "patient", A, "window_closed")


async def test_too_late_once_and_every_try_is_kept(practice: Practice) -> None:
    await practice.book()
    await practice.decide(CLOSES)
    await late(practice, at("11:45"))
    first = await practice.read()
    await late(practice, at("11:50"))
    assert await practice.read() == first
    assert len(await practice.store.ledger(HARBOUR, first.room)) == 2
    assert len(await practice.history()) == 2


@pytest.mark.parametrize(
    ("now", "person"),
    [(at("24:00"), "patient"), (at("11:45"), "guest:carer"), (at("11:29"), "patient")],
    ids=["next day", "guest", "not closed"],
)
async def test_not_too_late(practice: Practice, now: int, person: str) -> None:
    await practice.book(guests=(CARER,))
    await practice.decide(CLOSES)
    before = await practice.read()
    await late(practice, now, person)
    assert await practice.read() == before


async def test_not_over_what_is_no_no_show(practice: Practice) -> None:
    await practice.book()
    await practice.try_in_vain(at("10:00"))
    await practice.decide(CLOSES)
    before = await practice.read()
    await late(practice, at("11:45"))
    assert await practice.read() == before


async def test_too_late_for_every_appointment_of_the_room(practice: Practice) -> None:
    await back_to_back(practice)
    for no in (A, B):
        await practice.decide(at("12:00"), no)
    await late(practice, at("12:10"), no=B)
    assert await practice.result(A) == await practice.result(B) == ("no_show", "too_late", False)


async def test_a_try_after_the_close_and_before_the_decision(practice: Practice) -> None:
    await practice.book()
    await late(practice, CLOSES + 500)
    assert await practice.decide(CLOSES + 900)
    found = await practice.read()
    assert found.outcome is not None
    assert (found.outcome.name, found.outcome.revision, found.outcome.at) == ("too_late", 2, CLOSES + 900)
    assert [step.facts["revision"] for step in await practice.history()] == [1, 2]


async def test_a_try_while_it_is_being_decided(practice: Practice, interrupted: Interrupted) -> None:
    """Whoever commits second sees the other: line h is not lost between the two."""
    await practice.book()
    interrupted.meanwhile = lambda: late(practice, CLOSES + 500)
    assert await Outcomes(interrupted).decide(HARBOUR, A, CLOSES + 900)
    assert await practice.result() == ("no_show", "too_late", False)
    assert [step.facts["revision"] for step in await practice.history()] == [1, 2]


async def test_a_decision_while_a_try_is_being_written(practice: Practice, interrupted: Interrupted) -> None:
    booked = await practice.book()
    interrupted.meanwhile = lambda: practice.decide(CLOSES + 400)
    await Outcomes(interrupted).late_attempt(HARBOUR, booked, refused(CLOSES + 500))
    assert await practice.result() == ("no_show", "too_late", False)
    assert len(await practice.store.ledger(HARBOUR, booked.room)) == 1


async def test_a_late_try_in_a_clinic_that_is_gone_is_only_written_down(store: RedisStore) -> None:
    practice = Practice(store)
    booked = await practice.book()
    await practice.outcomes.late_attempt(HARBOUR, booked, refused(at("11:45")))
    assert len(await store.ledger(HARBOUR, booked.room)) == 1
    assert (await practice.read()).version == 1
