"""C7: one of two that clash makes room for the other, or the other goes elsewhere; history is kept."""

import pytest
from msgspec.structs import replace

from rooms.booking.request import as_request
from rooms.calendar import Clash
from rooms.errors import Refusal
from rooms.ports import Put
from rooms.service.idempotency import Act, Actor
from rooms.service.live.hello import Entered
from rooms.service.load import LoadedAppointment
from rooms.store import RedisStore
from tests.service.front import Front, code, keep, refusal
from tests.service.meanwhile import at_commit
from tests.service.rescheduled import floor, gone, reallocate, unplaced, waits
from tests.support.builders import at


async def test_one_makes_room_and_the_other_is_seated_in_the_same_commit(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    commits = at_commit(monkeypatch, store)
    after = await reallocate(front, "a", "14:00", seat="b", keep=keep)
    assert len(commits) == 1
    assert after.starts_at == at("14:00")
    seated = await front.desk.get("b")
    assert (seated.patient, seated.starts_at, seated.status) == ("bob", at("10:15"), "confirmed")
    assert not await waits(front, "b")
    assert await front.is_kept()
    assert [(step.what, step.facts["reason"]) for step in (await front.history("a"))[1:]] == [
        ("reallocated", "two at once")
    ]
    assert [(step.what, step.facts["reason"]) for step in await front.history("b")] == [
        ("created", "two at once")
    ]
    assert await front.desk.link("b")


async def test_what_still_overlaps_or_stays_makes_no_room(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob")
    for starts in ("10:00", "10:30", "09:50"):
        refused: Refusal = await refusal(reallocate(front, "a", starts, seat="b"))
        assert (refused.code, refused.facts) == ("slot_taken", {"other": "a"})
    assert (await front.desk.get("a")).starts_at == at("10:00")
    assert await waits(front, "b")
    await reallocate(front, "a", "10:45", seat="b")
    assert (await front.desk.get("b")).starts_at == at("10:15")


async def test_to_a_colleague_it_may_go_at_the_same_time(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:00", patient="bob")
    await reallocate(front, "a", practitioner="dr-kim", seat="b")
    assert [(await front.desk.get(id)).practitioner for id in ("a", "b")] == ["dr-kim", "dr-lee"]


async def test_a_third_is_in_the_way_of_either(front: Front) -> None:
    await front.desk.book("a")
    await front.desk.book("c", "10:30", patient="bob")
    await unplaced(front, "b", "10:15", patient="bob")
    assert (await refusal(reallocate(front, "a", "14:00", seat="b"))).facts == {"other": "c"}
    assert (await front.desk.get("a")).starts_at == at("10:00")


async def test_what_is_where_it_wants_to_be_needs_no_seat(front: Front) -> None:
    """Whoever remembered that it was in somebody's way was late."""
    await front.desk.book("a")
    there = await front.desk.book("b", "11:00", patient="bob")
    clash = Clash(id="b", other=(await front.desk.get("a")).no, request=as_request(there), at=front.desk.now)
    await front.store.commit(front.desk.id, [Put(clash)])
    await reallocate(front, "a", "14:00", seat="b", keep=keep)
    assert [(await front.desk.get(id)).starts_at for id in ("a", "b")] == [at("14:00"), at("11:00")]
    assert not await waits(front, "b")


async def test_of_one_patient_they_are_two_commits(front: Front) -> None:
    """One patient has one room a day."""
    await front.desk.book("a")
    await unplaced(front, "b", "10:15")
    await reallocate(front, "a", "14:00", seat="b", keep=keep)
    one, other = await front.desk.get("a"), await front.desk.get("b")
    assert (one.room, one.others, other.others) == (other.room, (other.no,), (one.no,))
    assert not await waits(front, "b")
    assert await front.is_kept()
    [step] = await front.history("b")
    assert (step.what, step.facts["reason"]) == ("created", "two at once")


async def test_of_what_was_one_patients_they_are_two_commits(front: Front) -> None:
    """Both leave the room that they shared."""
    await front.desk.book("a")
    await front.desk.book("b", "12:00")
    await unplaced(front, "b", "10:15", patient="bob")
    await reallocate(front, "a", practitioner="dr-kim", seat="b")
    one, other = await front.desk.get("a"), await front.desk.get("b")
    assert (one.practitioner, other.patient, other.starts_at) == ("dr-kim", "bob", at("10:15"))
    assert (one.others, other.others) == ((), ())
    assert one.room != other.room


async def test_between_those_two_somebody_may_come_and_what_waits_still_waits(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15")
    at_commit(monkeypatch, store, after=lambda: front.desk.book("c", "10:00", patient="bob"))
    assert (await refusal(reallocate(front, "a", "14:00", seat="b"))).facts == {"other": "c"}
    assert (await front.desk.get("a")).starts_at == at("14:00")
    clash = await front.store.clash(front.desk.id, "b")
    assert clash is not None
    assert clash.other == (await front.desk.get("c")).no


async def _both_here(
    front: Front, *, practitioner: str = "dr-lee", wanted_for: str = "bob"
) -> tuple[Entered, Entered]:
    """Ada waits for a, Bob for b, and b's sync wants some of a's time."""
    desk = front.desk
    await desk.book("a")
    await desk.book("b", "10:40", patient="bob", practitioner=practitioner)
    desk.now = at("10:30")
    ada, bob = [await desk.come(await desk.link(id)) for id in ("a", "b")]
    await unplaced(front, "b", "10:15", patient=wanted_for)
    return ada, bob


async def test_both_are_on_one_floor_which_is_written_once(front: Front) -> None:
    ada, bob = await _both_here(front)
    told = len(front.desk.bus.floors)
    await reallocate(front, "a", "15:00", seat="b")
    there = await floor(front)
    assert [(seat.sid, seat.state) for seat in there.seats] == [(bob.here.sid, "waiting")]
    departure = await gone(front, ada)
    assert (departure.why, departure.facts["code"]) == ("moved_away", "too_early")
    assert front.desk.bus.floors[told:] == [there]


async def test_both_are_told_where_both_have_to_go(front: Front) -> None:
    """What the first does to the floor is not lost by what the second does."""
    desk = front.desk
    await desk.patients.put(desk.id, "cid", name="Cid", now=desk.now)
    ada, bob = await _both_here(front, wanted_for="cid")
    await reallocate(front, "a", "15:00", seat="b")
    assert ((await gone(front, ada)).why, (await gone(front, bob)).why) == ("moved_away", "revoked")
    assert (await floor(front)).seats == ()


async def test_each_is_on_a_floor_of_its_own(front: Front) -> None:
    ada, bob = await _both_here(front, practitioner="dr-kim")
    told = len(front.desk.bus.floors)
    await reallocate(front, "a", "15:00", seat="b")
    assert (await gone(front, ada)).why == "moved_away"
    assert (await gone(front, bob, "dr-kim")).why == "reassigned"
    lee, kim = await floor(front), await floor(front, "dr-kim")
    assert (lee.seats, kim.seats) == ((), ())
    assert front.desk.bus.floors[told:] == [lee, kim]


async def test_whoever_comes_meanwhile_is_told_too(
    front: Front, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await front.desk.book("a")
    await front.desk.book("b", "10:40", patient="bob")
    front.desk.now = at("10:30")
    await unplaced(front, "b", "10:15", patient="bob")
    link = await front.desk.link("a")
    at_commit(monkeypatch, store, before=lambda: front.desk.come(link))
    await reallocate(front, "a", "15:00", seat="b")
    there = await floor(front)
    assert (there.seats, [each.why for each in there.departures]) == ((), ["moved_away"])


async def test_the_other_way_out_what_waits_goes_elsewhere(front: Front) -> None:
    await front.desk.book("a")
    await unplaced(front, "b", "10:15", patient="bob", minutes=20)
    seat = front.reschedules.seat
    act = Act[LoadedAppointment](front.desk.id, front.desk.now, Actor("staff"), "Dr Lee is busy")
    taken = seat(act, "b", practitioner=None, starts_at=at("10:20"), ends_at=None)
    assert await code(taken) == "slot_taken"
    done = await seat(replace(act, keep=keep), "b", practitioner="dr-kim", starts_at=None, ends_at=None)
    assert (done.appointment.practitioner, done.appointment.starts_at, done.appointment.ends_at) == (
        "dr-kim", at("10:15"), at("10:35"),
    )  # fmt: skip
    assert not await waits(front, "b")
    assert await front.is_kept()
    again = seat(act, "b", practitioner="dr-kim", starts_at=None, ends_at=None)
    assert await code(again) == "not_found"
