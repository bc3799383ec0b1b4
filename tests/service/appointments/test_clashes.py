"""C3: what a sync could not place waits for staff, who see whose time it wanted, until that time is over."""

import pytest

from rooms.outgoing import Task, clash_task
from rooms.ports import Drop
from rooms.service.appointments import clashes
from rooms.service.appointments.clashes import ClashesOver, ClashSeen
from rooms.store import RedisStore
from tests.service.emitted import take
from tests.service.front import Front, code, refusal
from tests.service.meanwhile import at_commit
from tests.service.rescheduled import unplaced, waits
from tests.support.builders import at
from tests.support.desk import asking


async def listed(front: Front) -> list[ClashSeen]:
    return await clashes.listed(front.store, front.desk.id, front.desk.now)


async def due(front: Front, id: str = "b") -> int | None:
    return await front.store.task(front.desk.id, clash_task(id))


async def over(front: Front, taken: int) -> None:
    await ClashesOver(front.store).run(front.desk.id, "b", taken, front.desk.now)


async def test_it_is_listed_with_whose_time_it_wanted(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    [seen] = await listed(front)
    assert (seen.clash.id, seen.clash.request, seen.clash.at) == (
        "b", asking("10:15", patient="bob"), front.desk.now,
    )  # fmt: skip
    assert seen.other == await front.desk.appointments.get(front.desk.id, "a")
    assert seen.practitioner is not None
    assert seen.practitioner.name == "Dr Lee"
    assert seen.names == {"ada": "Ada", "bob": "Bob"}
    assert await due(front) == at("10:45")


async def test_they_are_listed_in_order_until_they_are_over(front: Front) -> None:
    await front.desk.book("a")
    for id, starts in (("d", "10:20"), ("c", "10:20"), ("b", "09:45")):
        await unplaced(front, id, starts, patient="bob")
    assert [each.clash.id for each in await listed(front)] == ["b", "c", "d"]
    front.desk.now = at("10:15")
    assert [each.clash.id for each in await listed(front)] == ["c", "d"]


async def test_asked_again_it_is_remembered_once_and_by_whom_it_clashes_now(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    first = await front.store.clash(front.desk.id, "b")
    front.desk.now = at("08:01")
    await unplaced(front, "b", "10:15", patient="bob")
    assert await front.store.clash(front.desk.id, "b") == first
    await front.desk.book("c", "11:00")
    await unplaced(front, "b", "11:15", patient="bob")
    [seen] = await listed(front)
    assert seen.other is not None
    assert (seen.other.appointment.id, seen.clash.at, await due(front)) == ("c", at("08:01"), at("11:45"))


async def test_what_passed_long_ago_is_forgotten_at_once(front: Front) -> None:
    await front.desk.book("a", "07:00")
    await unplaced(front, "b", "07:15", patient="bob")
    assert await due(front) == front.desk.now
    assert await listed(front) == []


async def test_a_sync_that_fits_takes_it_from_here(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    await front.desk.book("b", "10:30", patient="bob")
    assert (await listed(front), await due(front)) == ([], None)


async def test_a_sync_that_comes_back_to_what_is_booked_takes_it_too(front: Front) -> None:
    """It wanted to move, could not, and wants no more."""
    await front.desk.book("a")
    there = await front.desk.book("b", "12:00", patient="bob")
    await unplaced(front, "b", "10:15", patient="bob")
    assert await front.desk.book("b", "12:00", patient="bob") == there
    assert (await listed(front), await due(front)) == ([], None)


async def test_what_was_in_its_way_may_be_gone(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    await front.desk.cancel("a")
    [seen] = await listed(front)
    assert seen.other is not None
    assert seen.other.appointment.status == "cancelled"


async def test_staff_drop_what_was_settled_elsewhere(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    await clashes.drop(front.store, front.desk.id, "b")
    assert (await listed(front), await due(front)) == ([], None)
    assert await code(clashes.drop(front.store, front.desk.id, "b")) == "not_found"
    await clashes.forget(front.store, front.desk.id, "b")


async def test_an_erased_patient_waits_no_more(front: Front) -> None:
    """H4."""
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    await unplaced(front, "c", "10:15")
    await front.desk.erase("bob")
    assert [each.clash.id for each in await listed(front)] == ["c"]


async def test_when_its_time_is_over_it_is_forgotten(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    front.desk.now = at("10:45")
    taken = await take(front.desk, clash_task("b"))
    assert taken is not None
    await over(front, taken - 1)
    assert await waits(front, "b")
    await over(front, taken)
    assert (await waits(front, "b"), await due(front)) == (False, None)


async def test_what_wants_a_later_time_by_now_is_looked_at_then(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    await over(front, at("10:45"))
    assert (await waits(front, "b"), await due(front)) == (True, at("10:45"))


async def test_of_what_is_placed_nothing_is_left_to_do(front: Front) -> None:
    await front.store.commit(front.desk.id, [Task(clash_task("b"), 1)])
    await over(front, 1)
    assert await due(front) is None


async def test_a_sync_that_comes_meanwhile_is_not_forgotten(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    front.desk.now = at("10:45")
    taken = await take(front.desk, clash_task("b"))
    assert taken is not None
    await front.desk.book("c", "12:00")

    async def another() -> None:
        await unplaced(front, "b", "12:15", patient="bob")

    at_commit(
        monkeypatch, store, when=lambda made: any(isinstance(each, Drop) for each in made), before=another
    )
    await over(front, taken)
    assert (await waits(front, "b"), await due(front)) == (True, at("12:45"))


async def test_a_refusal_of_another_kind_is_no_clash(front: Front) -> None:
    await front.desk.book("b", patient="bob")
    await front.desk.cancel("b")
    assert (await refusal(front.desk.book("b", patient="bob"))).code == "state_conflict"
    assert await listed(front) == []


async def test_a_move_that_could_not_be_made_is_forgotten_when_its_appointment_is_cancelled(
    front: Front,
) -> None:
    await front.desk.book("a")
    await front.desk.book("b", "12:00", patient="bob")
    await unplaced(front, "b", "10:15", patient="bob")
    await front.desk.cancel("b")
    assert await listed(front) == []
    assert await due(front) is None
