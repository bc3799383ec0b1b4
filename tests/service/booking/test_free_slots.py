"""C1, C2: what can be booked, with whom and when; and what the public page lets people choose from."""

from typing import Any

import pytest

from rooms.calendar import Hours
from rooms.errors import Invalid
from rooms.events import Hook, HookNo
from rooms.ids import ClinicId, new_number
from rooms.policy import Policy
from rooms.ports import Put
from rooms.service.booking.free_slots import Offer
from rooms.times import DAY, MINUTE
from tests.service.front import Front, closed, code, refusal
from tests.support.builders import at
from tests.support.desk import Desk


async def test_what_is_free_of_a_practitioner(front: Front) -> None:
    await front.opens(9, 12)
    await front.desk.book("a", "10:00")
    assert await front.times() == ["09:00", "09:30", "10:30", "11:00", "11:30"]
    assert (await front.free("09:00", "09:01")) == [Offer(at("09:00"), at("09:30"), "dr-lee")]
    assert await front.times("09:30", "09:30") == []


async def test_the_own_time_of_what_is_moved_is_free_to_it(front: Front) -> None:
    """By a quarter of an hour, onto its own half (C7)."""
    await front.opens(9, 12, slot_minutes=15)
    await front.desk.book("a", "10:00")
    await front.desk.book("b", "11:00")
    near: dict[str, Any] = {"start": "09:30", "end": "10:46", "public": False}
    assert await front.times(**near) == ["09:30", "10:30"]
    assert await front.times(**near, moving="a") == ["09:30", "09:45", "10:00", "10:15", "10:30"]
    refused = await refusal(front.free(**near, moving="nobody"))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("reference_unknown", "moving")


async def test_of_everybody_where_nobody_is_named(front: Front) -> None:
    desk = front.desk
    await front.opens(9, 10)
    await front.opens(9, 9.5, practitioner="dr-kim")
    offers = await front.free(practitioner=None)
    assert [(each.starts_at, each.practitioner) for each in offers] == [
        (at("09:00"), "dr-kim"),
        (at("09:00"), "dr-lee"),
        (at("09:30"), "dr-lee"),
    ]
    await desk.practitioners.put(desk.id, "dr-kim", name="Dr Kim", video_enabled=False, now=desk.now)
    assert {each.practitioner for each in await front.free(practitioner=None)} == {"dr-lee"}
    refused = await refusal(front.free(practitioner="dr-kim"))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("practitioner_not_video_enabled", "practitioner")


async def test_of_somebody_without_hours_nothing(front: Front) -> None:
    assert await front.free() == []


async def test_nothing_that_has_begun(front: Front) -> None:
    await front.opens(9, 12)
    front.desk.now = at("10:00")
    assert await front.times() == ["10:00", "10:30", "11:00", "11:30"]
    front.desk.now += 1
    assert await front.times() == ["10:30", "11:00", "11:30"]
    assert await front.times("09:00", "10:00") == []


async def test_a_hold_is_not_offered_until_its_deadline(front: Front) -> None:
    await front.opens(9, 10)
    held = await front.hold("09:00")
    assert await front.times() == ["09:30"]
    front.desk.now = held.hold.until - 1
    assert await front.times() == ["09:30"]
    front.desk.now += 1
    assert await front.times() == ["09:00", "09:30"]


async def test_an_appointment_that_began_long_before_takes_what_it_reaches(front: Front) -> None:
    await front.opens(9, 17)
    await front.desk.book("a", "08:00", minutes=8 * 60)
    assert await front.times("15:00", "17:00") == ["16:00", "16:30"]


async def test_what_is_free_does_not_depend_on_where_the_question_begins(front: Front) -> None:
    """The cells of a visit reach far behind it, and another has come since."""
    await front.opens(9, 12, slot_minutes=10, buffer_minutes=10)
    await front.desk.book("a", "09:00", minutes=60)
    await front.desk.book("b", "10:05", minutes=5)
    assert await front.times("10:30") == await front.times() == ["11:00"]


async def test_a_range_of_a_year_at_most(front: Front) -> None:
    for start, end in ((at("10:00"), at("09:00")), (at("10:00"), at("10:00") + 366 * DAY + 1)):
        asked = front.free_slots.free(
            front.desk.id, "consult", None, start, end, front.desk.now, public=False
        )
        refused = await refusal(asked)
        assert isinstance(refused, Invalid)
        assert (refused.code, refused.field) == ("interval_invalid", "to")
    year = front.free_slots.free(
        front.desk.id, "consult", None, at("10:00"), at("10:00") + 366 * DAY, front.desk.now, public=True
    )
    assert await year == []


@pytest.mark.parametrize("field", ["practitioner", "type"])
async def test_what_it_refers_to_must_be_known(front: Front, field: str) -> None:
    refused = await refusal(front.free(**{field: "nobody"}))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("reference_unknown", field)


async def test_only_what_is_by_video(front: Front) -> None:
    desk = front.desk
    await desk.types.put(desk.id, "desk", name="In person", video=False, minutes=30, now=desk.now)
    refused = await refusal(front.free(type="desk"))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("type_not_video", "type")


async def test_where_people_do_not_book_themselves_the_clinic_still_sees(desk: Desk) -> None:
    shut = Front(await Desk(desk.store).open(policy=Policy(self_booking=False)))
    await shut.opens(9, 10)
    assert await code(shut.free()) == "self_booking_off"
    assert await shut.times(public=False) == ["09:00", "09:30"]
    assert await code(shut.free_slots.choice(ClinicId("nowhere"), public=True)) == "not_found"


async def test_by_the_clinics_own_clock(desk: Desk) -> None:
    sydney = Front(await Desk(desk.store).open(zone="Australia/Sydney"))
    await sydney.opens(20, 21)
    assert await sydney.times() == ["09:00", "09:30"]


async def test_people_choose_among_whoever_has_hours_and_what_is_by_video(front: Front) -> None:
    desk = front.desk
    await desk.types.put(desk.id, "desk", name="In person", video=False, minutes=30, now=desk.now)
    assert (await front.free_slots.choice(desk.id, public=True)).practitioners == []
    await front.opens()
    await front.opens(practitioner="dr-kim", active=False)
    choice = await front.free_slots.choice(desk.id, public=True)
    assert ([each.id for each in choice.practitioners], [each.id for each in choice.types]) == (
        ["dr-lee"],
        ["consult"],
    )
    assert choice.clinic.id == desk.id


async def test_extra_hours_alone_are_hours_and_without_video_there_are_none(front: Front) -> None:
    desk = front.desk
    await front.except_for(closed(9, 10, kind="extra", slot_minutes=30))
    assert [each.id for each in (await front.free_slots.choice(desk.id, public=True)).practitioners] == [
        "dr-lee"
    ]
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    assert (await front.free_slots.choice(desk.id, public=True)).practitioners == []


async def test_where_nobody_books_themselves_the_public_is_told_nobody(desk: Desk) -> None:
    shut = Front(await Desk(desk.store).open(policy=Policy(self_booking=False)))
    await shut.opens()
    public = await shut.free_slots.choice(shut.desk.id, public=True)
    assert (public.practitioners, public.types) == ([], [])
    known = await shut.free_slots.choice(shut.desk.id, public=False)
    assert [each.id for each in known.practitioners] == ["dr-lee"]


async def test_it_is_known_whether_links_are_sent_by_another(front: Front) -> None:
    desk = front.desk

    def hook(*events: str) -> Hook:
        no = HookNo(new_number())
        return Hook(id=no, no=no, url="https://booking.example", events=events, secret="whsec_")

    await desk.store.commit(desk.id, [Put(hook("review.needed"))])
    assert not (await front.free_slots.choice(desk.id, public=True)).told_elsewhere
    await desk.store.commit(desk.id, [Put(hook("link.issued"))])
    assert (await front.free_slots.choice(desk.id, public=True)).told_elsewhere


async def test_hours_of_a_practitioner_who_is_gone_are_nobodys(front: Front) -> None:
    desk = front.desk
    gone = Hours(practitioner_no=(await desk.practitioners.get(desk.id, "dr-lee")).no)
    await front.opens()
    await desk.practitioners.delete(desk.id, "dr-lee", now=desk.now)
    assert (await front.free_slots.choice(desk.id, public=True)).practitioners == []
    assert (await desk.store.hours(desk.id, gone.practitioner_no)).windows
    assert await front.free(practitioner=None) == []


async def _nearest(front: Front, wanted: int) -> list[str]:
    desk = front.desk
    clinic = await desk.clinics.get(desk.id)
    lee = await desk.practitioners.get(desk.id, "dr-lee")
    kind = await desk.types.get(desk.id, "consult")
    found = await front.free_slots.nearest(clinic, lee, kind, wanted, desk.now, public=True)
    return [each.facts()["starts_at"][5:16] for each in found]


async def test_the_nearest_of_the_same_day_or_else_of_the_week(front: Front) -> None:
    await front.opens(9, 10)
    assert await _nearest(front, at("09:10")) == ["11-21T09:00", "11-21T09:30", "11-28T09:00"]
    await front.opens(10, 11)
    assert await _nearest(front, at("10:00")) == ["11-21T09:30", "11-21T10:00", "11-21T10:30"]
    front.desk.now = at("10:30") + MINUTE
    assert await _nearest(front, at("10:00")) == ["11-28T09:00", "11-28T09:30", "11-28T10:00"]
