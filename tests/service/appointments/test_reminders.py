"""Reminders with the link: once each, by the time as it stands, never after a cancel (A10)."""

import pytest
import pytest_asyncio

from rooms.calendar import GuestRequest
from rooms.ids import AppointmentNo, new_number
from rooms.outgoing import Task, reminder_task
from rooms.policy import Policy
from rooms.ports import Put
from rooms.service import load
from rooms.service.appointments.reminders import Reminders
from rooms.service.idempotency import Act
from rooms.store import RedisStore
from rooms.times import HOUR, MINUTE
from tests.service.emitted import events, kinds, next_reminder, remind, take, told
from tests.service.live.scene import change
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import DESK, Desk

CARER = GuestRequest(id="carer", name="Cy")
TOMORROW = "2026-11-22"


@pytest_asyncio.fixture
async def desk(store: RedisStore) -> Desk:
    """A clinic that reminds a day and an hour before."""
    return await Desk(store).open(policy=Policy(reminder_minutes=(1440, 60)))


async def test_a_day_and_an_hour_before_everybody_but_the_practitioner(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW, guests=(CARER,))
    assert await next_reminder(desk, made.no) == at("10:00")
    desk.now = at("10:00") - 1
    assert not await remind(desk, made.no)
    desk.now = at("10:00")
    assert await remind(desk, made.no)
    assert await told(desk, "reminder.due") == [("a", "guest:carer"), ("a", "patient")]
    assert await next_reminder(desk, made.no) == at("09:00", TOMORROW)
    assert not await remind(desk, made.no)
    desk.now = at("09:00", TOMORROW)
    assert await remind(desk, made.no)
    assert len(await told(desk, "reminder.due")) == 4
    assert await next_reminder(desk, made.no) is None
    assert (await desk.get("a")).reminded == (60, 1440)


async def test_each_holds_the_link_of_whom_it_is_for(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW, guests=(CARER,))
    await change(desk, "a", generations={1: 3})
    desk.now = at("10:00")
    await remind(desk, made.no)
    links = {each.person: each.link for each in await events(desk, "reminder.due")}
    assert {who: (link.number, link.generation) for who, link in links.items() if link} == {
        "patient": (1, 3), "guest:carer": (2, 1),
    }  # fmt: skip
    steps = await desk.appointments.history(desk.id, "a")
    assert [(each.by, each.facts) for each in steps if each.what == "reminded"] == [
        ("system", {"people": [1, 2]})
    ]
    [undelivered] = await desk.store.undelivered(desk.id, [(made.no, "patient")])
    assert undelivered is not None
    assert (undelivered.why, undelivered.at) == ("pending", at("10:00"))


async def test_after_a_move_by_the_new_time(desk: Desk) -> None:
    """What was reminded of before is reminded of again: it is another time now."""
    made = await desk.book("a", day=TOMORROW)
    desk.now = at("10:00")
    await remind(desk, made.no)
    await desk.book("a", "15:00", day=TOMORROW)
    assert await next_reminder(desk, made.no) == at("15:00")
    desk.now = at("15:00")
    await remind(desk, made.no)
    assert [each.facts["starts_at"] for each in await events(desk, "reminder.due")] == [
        "2026-11-22T10:00:00Z", "2026-11-22T15:00:00Z",
    ]  # fmt: skip


async def test_an_edit_that_leaves_the_time_reminds_nobody_again(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW)
    desk.now = at("10:00")
    await remind(desk, made.no)
    await desk.book("a", day=TOMORROW, minutes=45)
    assert await next_reminder(desk, made.no) == at("09:00", TOMORROW)


async def test_none_after_a_cancel(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW)
    await desk.cancel("a")
    assert await next_reminder(desk, made.no) is None


async def test_a_cancel_that_comes_while_it_is_due_is_seen(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW)
    desk.now = at("10:00")
    taken = await take(desk, reminder_task(made.no))
    assert taken is not None
    await change(desk, "a", status="cancelled")
    await Reminders(desk.store).run(desk.id, made.no, taken, desk.now)
    assert await told(desk, "reminder.due") == []
    assert await next_reminder(desk, made.no) is None


async def test_one_that_was_put_off_meanwhile_is_left_to_whoever_did(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW)
    desk.now = at("10:00")
    taken = await take(desk, reminder_task(made.no))
    assert taken is not None
    await desk.book("a", "15:00", day=TOMORROW)
    await Reminders(desk.store).run(desk.id, made.no, taken, desk.now)
    assert await told(desk, "reminder.due") == []
    assert await next_reminder(desk, made.no) == at("15:00")


async def test_done_with_it_takes_nothing_from_whoever_moved_it(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Confirmed again at the very moment at which a held one's reminder is put away."""
    made = await desk.book("a", day=TOMORROW)
    desk.now = at("10:00")
    taken = await take(desk, reminder_task(made.no))
    assert taken is not None
    await change(desk, "a", status="held")
    moved = taken + HOUR
    at_commit(monkeypatch, store, before=lambda: store.commit(desk.id, [Task(reminder_task(made.no), moved)]))
    await Reminders(store).run(desk.id, made.no, taken, desk.now)
    assert await next_reminder(desk, made.no) == moved


async def test_moved_at_the_very_moment_it_is_sent(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await desk.book("a", day=TOMORROW)
    desk.now = at("10:00")
    seen = at_commit(
        monkeypatch,
        store,
        when=lambda changes: any(isinstance(each, Put) for each in changes),
        before=lambda: desk.book("a", "15:00", day=TOMORROW),
    )
    await remind(desk, made.no)
    assert seen
    assert await told(desk, "reminder.due") == []
    assert await next_reminder(desk, made.no) == at("15:00")


async def test_none_for_a_time_that_was_past_at_booking(desk: Desk) -> None:
    """Booked at 8 for 10: the day before is no use, the hour before is."""
    made = await desk.book("a")
    assert list(made.reminded) == [1440]
    assert await next_reminder(desk, made.no) == at("09:00")
    late = await desk.book("b", "09:00", patient="bob")
    assert list(late.reminded) == [60, 1440]
    assert await next_reminder(desk, late.no) is None


@pytest.mark.parametrize(("minutes_late", "is_sent"), [(0, True), (29.9, True), (30, False), (45, False)])
async def test_an_outages_late_one_in_the_first_half_only(
    desk: Desk, minutes_late: float, is_sent: bool
) -> None:
    made = await desk.book("a")
    desk.now = at("09:00") + round(minutes_late * MINUTE)
    assert await remind(desk, made.no)
    assert await told(desk, "reminder.due") == ([("a", "patient")] if is_sent else [])
    assert [step.what for step in await desk.appointments.history(desk.id, "a")] == (
        ["created", "reminded"] if is_sent else ["created"]
    )
    assert await next_reminder(desk, made.no) is None


async def test_two_that_are_due_at_once_send_one(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW)
    desk.now = at("09:05", TOMORROW)
    assert await remind(desk, made.no)
    assert await told(desk, "reminder.due") == [("a", "patient")]
    assert (await desk.get("a")).reminded == (60, 1440)
    assert await next_reminder(desk, made.no) is None


async def test_none_without_a_link_that_works(desk: Desk) -> None:
    """Not issued; or taken back from one of them."""
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    without = await desk.book("a")
    await desk.book("b", practitioner="dr-kim", patient="bob", guests=(CARER,))
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "b", "patient")
    desk.now = at("09:00")
    assert await remind(desk, without.no)
    assert await remind(desk, (await desk.get("b")).no)
    assert await told(desk, "reminder.due") == [("b", "guest:carer")]
    # It is done with: video on later does not make it late.
    assert await next_reminder(desk, without.no) is None


async def test_a_taken_back_link_of_the_practitioner_keeps_nobodys_back(desk: Desk) -> None:
    made = await desk.book("a")
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "a", "patient")
    await desk.staff_acts.resend(Act(desk.id, desk.now, DESK, reason=None), "a", "patient")
    desk.now = at("09:00")
    await remind(desk, made.no)
    assert await told(desk, "reminder.due") == [("a", "patient")]


async def test_held_is_not_reminded_of_until_it_is_confirmed(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW, status="held")
    assert await next_reminder(desk, made.no) is None
    await desk.book("a", day=TOMORROW)
    assert await next_reminder(desk, made.no) == at("10:00")


async def test_a_task_for_nothing_there_is_goes(desk: Desk) -> None:
    no = AppointmentNo(new_number())
    await desk.store.commit(desk.id, [Task(reminder_task(no), desk.now)])
    assert await remind(desk, no)
    assert await next_reminder(desk, no) is None


async def test_a_new_policy_moves_what_is_booked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what a clinic without reminders has booked; never what is cancelled, held or decided."""
    monkeypatch.setattr(load, "PAGE_SIZE", 2)
    await desk.clinics.change(desk.id, {"policy": {"reminder_minutes": ()}}, desk.now)
    made = [await desk.book(id, f"{n}:00", day=TOMORROW) for n, id in enumerate("abcde", 12)]
    await desk.cancel("d")
    await desk.book("e", "16:00", day=TOMORROW, status="held")
    assert {await next_reminder(desk, each.no) for each in made} == {None}
    await desk.clinics.change(desk.id, {"policy": {"reminder_minutes": (120,)}}, desk.now)
    assert [await next_reminder(desk, each.no) for each in made] == [
        *(at(f"{n}:00", TOMORROW) for n in (10, 11, 12)), None, None,
    ]  # fmt: skip
    desk.now = at("10:00", TOMORROW)
    assert await remind(desk, made[0].no)
    assert await told(desk, "reminder.due") == [("a", "patient")]
    await desk.clinics.change(desk.id, {"policy": {"reminder_minutes": None}}, desk.now)
    assert {await next_reminder(desk, each.no) for each in made} == {None}


async def test_what_was_reminded_of_is_not_again_by_a_new_policy(desk: Desk) -> None:
    made = await desk.book("a", day=TOMORROW)
    desk.now = at("10:00")
    await remind(desk, made.no)
    await desk.clinics.change(desk.id, {"policy": {"reminder_minutes": (1440, 30)}}, desk.now)
    assert await next_reminder(desk, made.no) == at("09:30", TOMORROW)
    assert (await kinds(desk)).count("reminder.due") == 1
