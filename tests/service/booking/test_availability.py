"""C1, C7: hours change, and what is booked does not; whoever changes them is told what lies outside then."""

import asyncio

import pytest
from msgspec.structs import replace

from rooms.errors import Contradiction, Invalid
from rooms.ids import ClinicId
from rooms.service.booking import availability as service
from rooms.service.booking.availability import HoursChanged
from rooms.service.idempotency import Act
from rooms.store import RedisStore
from tests.service.front import Front, a_window, closed, code, keep, refusal
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk


def affected(done: HoursChanged) -> list[str]:
    return [each.appointment.id for each in done.affected]


async def change(front: Front, id: str, *, dry_run: bool = False, **changes: object) -> HoursChanged:
    return await front.hours.change_window(
        Act(front.desk.id, front.desk.now), "dr-lee", id, changes, dry_run=dry_run
    )


async def remove(front: Front, id: str, *, dry_run: bool = False) -> HoursChanged:
    return await front.hours.remove_window(Act(front.desk.id, front.desk.now), "dr-lee", id, dry_run=dry_run)


async def test_what_is_added_is_there(front: Front) -> None:
    assert (await front.hours.get(front.desk.id, "dr-lee")).windows == []
    late, early = await front.opens(13, 17), await front.opens(9, 12)
    assert early.id != late.id
    done = await front.except_for(closed(9, 10))
    assert done.exception is not None
    shown = await front.hours.get(front.desk.id, "dr-lee")
    assert (shown.windows, shown.exceptions) == ([early, late], [done.exception])
    assert shown.clinic.id == front.desk.id
    assert (await front.hours.get(front.desk.id, "dr-kim")).windows == []


async def test_what_is_wrong_is_refused_and_changes_nothing(front: Front) -> None:
    known = await front.opens(9, 12)
    refused = await refusal(front.opens(11, 13))
    assert isinstance(refused, Contradiction)
    assert (refused.code, refused.facts["other"]) == ("window_overlaps", known.id)
    assert isinstance(await refusal(front.opens(14, 14)), Invalid)
    assert await code(change(front, known.id, end_minute=0)) == "interval_invalid"
    assert await code(front.except_for(closed(9, 13, kind="extra", slot_minutes=5))) == "window_overlaps"
    assert (await front.hours.get(front.desk.id, "dr-lee")).windows == [known]


@pytest.mark.parametrize(("clinic", "practitioner"), [("", "nobody"), ("nowhere", "dr-lee")])
async def test_of_somebody_unknown_there_are_none(front: Front, clinic: str, practitioner: str) -> None:
    id = ClinicId(clinic) if clinic else front.desk.id
    assert await code(front.hours.get(id, practitioner)) == "not_found"


async def test_what_is_not_there_cannot_be_changed(front: Front) -> None:
    id, now = front.desk.id, front.desk.now
    assert await code(change(front, "nothing", active=False)) == "not_found"
    assert await code(remove(front, "nothing")) == "not_found"
    gone = front.hours.remove_exception(Act(id, now), "dr-lee", "nothing", dry_run=True)
    assert await code(gone) == "not_found"


async def test_a_window_is_changed_in_its_place(front: Front) -> None:
    window = await front.opens(9, 12)
    done = await change(front, window.id, active=False, slot_minutes=20)
    assert done.window == replace(window, active=False, slot_minutes=20)
    assert (await front.hours.get(front.desk.id, "dr-lee")).windows == [done.window]
    assert await front.times() == []


async def test_a_window_is_removed_and_kept_for_whoever_asks_what_it_was(front: Front) -> None:
    window = await front.opens(9, 12)
    assert (await remove(front, window.id)).window is None
    assert (await front.hours.get(front.desk.id, "dr-lee")).windows == []
    lee = await front.desk.practitioners.get(front.desk.id, "dr-lee")
    kept = await front.store.hours(front.desk.id, lee.no)
    assert kept.windows == (replace(window, deleted_at=front.desk.now),)
    assert await front.times() == []


async def test_a_dry_run_says_what_would_be_and_writes_nothing(front: Front) -> None:
    window = await front.opens(9, 12)
    await front.desk.book("a", "10:00")
    for done in (
        await change(front, window.id, dry_run=True, start_minute=11 * 60),
        await remove(front, window.id, dry_run=True),
        await front.except_for(closed(), dry_run=True),
    ):
        assert affected(done) == ["a"]
    shown = await front.hours.get(front.desk.id, "dr-lee")
    assert (shown.windows, shown.exceptions) == ([window], [])
    assert not await front.is_kept()
    # Its answer is kept as any: the same key may not come with another body.
    assert affected(await front.except_for(closed(), dry_run=True, keep=keep)) == ["a"]
    assert await front.is_kept()
    assert await front.hours.get(front.desk.id, "dr-lee") == shown


async def test_what_is_booked_stays_and_is_named(front: Front) -> None:
    """C7."""
    window = await front.opens(9, 12)
    await front.desk.book("a", "10:00")
    await front.desk.book("b", "11:30", patient="bob")
    done = await change(front, window.id, end_minute=11 * 60)
    assert affected(done) == ["b"]
    assert done.names == {"bob": "Bob"}
    assert (await front.desk.get("b")).status == "confirmed"
    assert affected(await change(front, window.id, active=False)) == ["a"]
    assert affected(await remove(front, window.id)) == []


async def test_who_was_erased_has_no_name(front: Front) -> None:
    window = await front.opens(9, 12)
    await front.desk.book("b", "10:00", patient="bob")
    await front.desk.nameless("bob")
    done = await remove(front, window.id, dry_run=True)
    assert (affected(done), done.names) == (["b"], {})


async def test_what_was_outside_before_or_is_over_is_not_affected(front: Front) -> None:
    window = await front.opens(9, 12)
    await front.desk.book("outside", "11:45")
    await front.desk.book("cancelled", "09:30")
    await front.desk.cancel("cancelled")
    held = await front.hold("10:00", client=None)
    await front.desk.book("dr-kims", "10:00", practitioner="dr-kim")
    assert affected(await remove(front, window.id, dry_run=True)) == [held.seen.appointment.id]
    front.desk.now = held.hold.until
    assert affected(await remove(front, window.id, dry_run=True)) == []
    await front.desk.book("soon", "10:00")
    front.desk.now = at("10:01")
    assert affected(await remove(front, window.id, dry_run=True)) == []


async def test_a_closed_day_affects_what_is_booked_then_and_opened_again_nothing(front: Front) -> None:
    await front.opens(9, 12)
    await front.desk.book("a", "10:00")
    done = await front.except_for(closed(10, 11))
    assert affected(done) == ["a"]
    assert done.exception is not None
    gone = await front.hours.remove_exception(
        Act(front.desk.id, front.desk.now), "dr-lee", done.exception.id, dry_run=False
    )
    assert (affected(gone), gone.exception) == ([], None)
    assert "10:30" in await front.times()


async def test_extra_hours_that_are_taken_back_affect_what_is_booked_in_them(front: Front) -> None:
    await front.opens(9, 12)
    await front.except_for(closed())
    extra = (await front.except_for(closed(10, 11, kind="extra", slot_minutes=30))).exception
    assert extra is not None
    await front.desk.book("a", "10:00")
    done = await front.hours.remove_exception(
        Act(front.desk.id, front.desk.now), "dr-lee", extra.id, dry_run=False
    )
    assert affected(done) == ["a"]


async def test_so_many_are_named_at_most(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_OUTSIDE", 2)
    window = await front.opens(9, 12)
    for n in range(3):
        await front.desk.book(f"a{n}", f"1{n}:00", minutes=15)
    assert affected(await remove(front, window.id, dry_run=True)) == ["a0", "a1"]


async def test_of_two_that_overlap_at_once_one_is_added(front: Front) -> None:
    answers = await asyncio.gather(*(front.opens(9, 12 + n) for n in range(4)), return_exceptions=True)
    refused = [each.code for each in answers if isinstance(each, Contradiction)]
    assert refused == ["window_overlaps"] * 3


async def test_a_practitioner_who_is_deleted_meanwhile_gets_no_hours(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = front.desk
    at_commit(monkeypatch, store, before=lambda: desk.practitioners.delete(desk.id, "dr-lee", now=desk.now))
    assert await code(front.opens()) == "not_found"


async def test_answers_are_kept_in_the_same_commit(front: Front, desk: Desk) -> None:
    window = a_window()
    await front.hours.add_window(Act(desk.id, desk.now, keep=keep), "dr-lee", window, dry_run=False)
    assert await front.is_kept()
    other = Front(await Desk(desk.store).open())
    await other.except_for(closed(), keep=keep)
    assert await other.is_kept()
