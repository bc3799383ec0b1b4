"""C8, F5: it took place, nobody came, or neither: set by hand, undone with a reason, kept in the history."""

from typing import Any

import pytest

from rooms.attendance.outcome import BY_HAND
from rooms.errors import Refusal
from rooms.records import Appointment, By, Entry, Outcome
from rooms.service.idempotency import Act, Actor
from rooms.service.outcomes.automatic import Outcomes
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.service.emitted import events, kinds
from tests.service.front import Front, code, keep, refusal
from tests.service.live.scene import change
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import DESK

CLOSES = at("11:30")


async def complete(
    front: Front, by: By = "practitioner", reason: str | None = None, keep: Any = None
) -> Appointment:
    desk = front.desk
    done = await front.by_hand.complete(Act(desk.id, desk.now, Actor(by), reason=reason, keep=keep), "a")
    return done.appointment


async def no_show(
    front: Front, by: By = "practitioner", reason: str | None = None, keep: Any = None
) -> Appointment:
    desk = front.desk
    done = await front.by_hand.no_show(Act(desk.id, desk.now, Actor(by), reason=reason, keep=keep), "a")
    return done.appointment


async def undo(front: Front, keep: Any = None) -> Appointment:
    desk = front.desk
    done = await front.by_hand.undo(
        Act(desk.id, desk.now, Actor("staff"), reason="wrong day", keep=keep), "a"
    )
    return done.appointment


@pytest.fixture
async def booked(front: Front) -> Front:
    """An appointment of Ada with Dr Lee at ten: its window is 09:50 to 11:30."""
    await front.desk.book("a")
    return front


async def test_it_took_place(booked: Front) -> None:
    booked.desk.now = at("10:00")
    made = await complete(booked, keep=keep)
    assert made == await booked.desk.get("a")
    assert (made.status, made.outcome) == (
        "completed",
        Outcome(name="attended", at=at("10:00"), evidence={"by": "practitioner"}, rules=BY_HAND),
    )
    assert await booked.desk.due_at(made) is None
    assert await booked.is_kept()
    step = (await booked.history("a"))[-1]
    assert (step.what, step.by, step.at) == ("completed", "practitioner", at("10:00"))
    assert step.facts == {"outcome": "attended", "status": "completed", "revision": 1, "by": "practitioner"}
    [told] = await events(booked.desk, "appointment.completed")
    assert (told.facts["outcome"], told.facts["revision"]) == ("attended", 1)


async def test_not_before_it_began(booked: Front) -> None:
    booked.desk.now = at("10:00") - 1
    refused = await refusal(complete(booked))
    assert (refused.code, refused.facts) == ("state_conflict", {"status": "confirmed"})


async def test_nobody_came(booked: Front) -> None:
    booked.desk.now = CLOSES
    made = await no_show(booked, reason="waited until eleven", keep=keep)
    assert (made.status, made.outcome) == (
        "no_show",
        Outcome(
            name="patient_absent",
            at=CLOSES,
            evidence={"by": "practitioner", "reason": "waited until eleven"},
            rules=BY_HAND,
        ),
    )
    assert await booked.is_kept()
    assert (await booked.history("a"))[-1].facts["reason"] == "waited until eleven"
    assert (await kinds(booked.desk, "a"))[-1] == "appointment.no_show"


@pytest.mark.parametrize("by", ["practitioner", "staff"])
async def test_while_its_window_is_open_the_patient_may_still_come(booked: Front, by: By) -> None:
    booked.desk.now = CLOSES - 1
    assert await code(no_show(booked, by)) == "state_conflict"
    await booked.desk.staff_acts.extend(
        Act(booked.desk.id, booked.desk.now, DESK, reason="late"), "a", minutes=10
    )
    booked.desk.now = CLOSES
    assert await code(no_show(booked, by)) == "state_conflict"
    booked.desk.now = CLOSES + 10 * MINUTE
    await no_show(booked, by)


async def _waited(front: Front) -> None:
    """Ada came, nobody let her in, and she went."""
    front.desk.now = at("10:00")
    entered = await front.desk.come(await front.desk.link("a"))
    await front.desk.visits.leave(entered.here, at("10:20"))
    front.desk.now = CLOSES


async def test_against_the_record_only_staff_say_that_nobody_came(booked: Front) -> None:
    await _waited(booked)
    refused = await refusal(no_show(booked))
    assert (refused.code, refused.facts) == ("evidence_contradicts", {"line": "d"})
    assert (await booked.desk.get("a")).status == "confirmed"
    assert (await no_show(booked, "staff", "it was her sister")).status == "no_show"


async def test_what_comes_to_be_known_meanwhile_counts(
    booked: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked.desk.now = at("10:00")
    link = await booked.desk.link("a")
    booked.desk.now = CLOSES

    async def came() -> None:
        booked.desk.now = CLOSES - MINUTE
        await booked.desk.come(link)
        booked.desk.now = CLOSES

    at_commit(monkeypatch, store, before=came)
    assert await code(no_show(booked)) == "evidence_contradicts"


async def test_only_what_is_confirmed_is_settled(booked: Front) -> None:
    booked.desk.now = CLOSES
    assert await code(undo(booked)) == "state_conflict"
    await complete(booked)
    for again in (complete(booked), no_show(booked, "staff")):
        refused: Refusal = await refusal(again)
        assert (refused.code, refused.facts) == ("state_conflict", {"status": "completed"})
    desk = booked.desk
    nothing = booked.by_hand.undo(Act(desk.id, desk.now, Actor("staff"), reason="x"), "nothing")
    assert await code(nothing) == "not_found"


async def test_what_is_held_is_not_settled(front: Front) -> None:
    await front.desk.book("a", "09:00", status="held")
    front.desk.now = at("09:00")
    assert (await refusal(complete(front))).facts == {"status": "held"}


async def test_a_review_is_settled_with_the_next_revision(booked: Front) -> None:
    review = Outcome(name="left_unseen", at=CLOSES, evidence={}, review=True)
    await change(booked.desk, "a", outcome=review)
    booked.desk.now = CLOSES + MINUTE
    made = await complete(booked, "staff", "they spoke by phone")
    assert made.outcome is not None
    assert (made.outcome.revision, made.outcome.review) == (2, False)


async def test_undone_it_is_confirmed_and_not_decided_again(booked: Front) -> None:
    booked.desk.now = CLOSES
    await no_show(booked)
    booked.desk.now += MINUTE
    made = await undo(booked, keep=keep)
    assert (made.status, made.outcome, made.undone) == ("confirmed", None, True)
    assert made == await booked.desk.get("a")
    assert await booked.is_kept()
    step = (await booked.history("a"))[-1]
    assert (step.what, step.by, step.facts) == (
        "undone",
        "staff",
        {"reason": "wrong day", "status": "no_show", "outcome": "patient_absent"},
    )
    assert (await events(booked.desk, "appointment.undone"))[0].facts["previous"] == "no_show"
    assert await booked.desk.due_at(made) is None
    again = await booked.desk.book("a", type=None, external_type="17")
    assert (again.undone, await booked.desk.due_at(again)) == (True, None)


async def test_its_window_extended_it_is_decided_again(booked: Front) -> None:
    """F5."""
    desk = booked.desk
    desk.now = CLOSES
    await no_show(booked)
    await undo(booked)
    await desk.staff_acts.extend(Act(desk.id, desk.now, DESK, reason="came late"), "a", minutes=30)
    longer = await desk.get("a")
    assert (longer.undone, await desk.due_at(longer)) == (False, at("12:00"))
    assert await Outcomes(desk.store).decide(desk.id, longer.no, at("12:00"))
    decided = await desk.get("a")
    assert decided.outcome is not None
    assert (decided.status, decided.outcome.name) == ("no_show", "both_absent")


async def test_undone_and_moved_it_is_decided_like_any(booked: Front) -> None:
    booked.desk.now = CLOSES
    await no_show(booked)
    await undo(booked)
    moved = await booked.desk.book("a", "15:00")
    assert (moved.undone, await booked.desk.due_at(moved)) == (False, at("16:30"))


async def test_what_is_completed_is_undone_likewise_and_its_time_is_still_its_own(booked: Front) -> None:
    booked.desk.now = at("10:10")
    await complete(booked)
    assert await code(booked.desk.book("b", patient="bob")) == "slot_taken"
    assert (await undo(booked)).status == "confirmed"
    assert await booked.what("a") == ["created", "completed", "undone"]


async def test_of_two_at_once_one_is_written_and_the_other_sees_it(
    booked: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked.desk.now = CLOSES
    at_commit(monkeypatch, store, before=lambda: complete(booked))
    assert (await refusal(no_show(booked, "staff"))).facts == {"status": "completed"}
    assert await booked.what("a") == ["created", "completed"]


async def test_a_late_try_does_not_revise_what_a_person_set(booked: Front) -> None:
    """F3 h follows an automatic decision."""
    booked.desk.now = CLOSES
    made = await no_show(booked)
    outcomes = Outcomes(booked.store)
    late = Entry(kind="try", at=CLOSES + MINUTE, person="patient", appointment=made.no, why="window_closed")
    await outcomes.late_attempt(booked.desk.id, made, late)
    assert await booked.desk.get("a") == made
