"""What is remembered beside appointments: bookable hours, who holds how much, what a sync could not place;
and entries of a diary that end by themselves (C1-C4).
"""

import asyncio

import pytest
from msgspec.structs import replace

from rooms.calendar import (
    AppointmentRequest,
    Clash,
    DayException,
    GuestRequest,
    Held,
    Hours,
    VisitorHolds,
    WeeklyHours,
    with_holds,
)
from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, new_number
from rooms.ports import Book, Conflict, DiaryEntry, Drop, Free, KeepUntil, Put, Same
from rooms.records import External
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.store.build import NINE, a_clinic_id, an_appointment

LEE, KIM = PractitionerNo("L" * 11), PractitionerNo("K" * 11)
HALF = 30 * MINUTE
MORNING = WeeklyHours(id="w", weekday=6, start_minute=0, end_minute=1440, slot_minutes=1)
CLOSED = DayException(id="e", date="2026-11-23", kind="closed", note="Zoë's wedding")


def a_clash(id: str = "a.1", *, minutes: int = 30) -> Clash:
    request = AppointmentRequest(
        practitioner="dr-lee",
        patient="ada",
        starts_at=NINE,
        ends_at=NINE + minutes * MINUTE,
        guests=(GuestRequest(id="carer", name="Cy", counts=True),),
        external_type="HD-17",
        external=External(database="db", practitioner="17", location="1"),
    )
    return Clash(id=id, other=AppointmentNo(new_number()), request=request, at=NINE)


async def test_nobody_has_hours_until_they_are_set(store: RedisStore, clinic: ClinicId) -> None:
    assert await store.hours(clinic, LEE) == Hours(practitioner_no=LEE)
    assert await store.all_hours(clinic) == []


async def test_hours_keep_every_field(store: RedisStore, clinic: ClinicId) -> None:
    full = replace(
        MORNING,
        buffer_minutes=5,
        active=False,
        valid_from="2026-11-01",
        valid_until="2027-01-01",
        deleted_at=NINE,
    )
    extra = DayException(
        id="x", date="2026-11-24", kind="extra", start_minute=60, end_minute=90, slot_minutes=5, deleted_at=1
    )
    made = Hours(practitioner_no=LEE, windows=(MORNING, full), exceptions=(CLOSED, extra))
    await store.commit(clinic, [Put(made), Put(Hours(practitioner_no=KIM))])
    assert await store.hours(clinic, LEE) == replace(made, version=1)
    everybodys = {each.practitioner_no: each for each in await store.all_hours(clinic)}
    assert everybodys == {
        LEE: replace(made, version=1),
        KIM: Hours(practitioner_no=KIM, version=1),
    }
    assert await store.all_hours(a_clinic_id()) == []


async def test_of_two_changes_of_the_hours_one_conflicts(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    mine, theirs = await store.hours(clinic, LEE), await other.hours(clinic, LEE)
    await other.commit(clinic, [Put(replace(theirs, windows=(MORNING,)))])
    for change in (Put(replace(mine, exceptions=(CLOSED,))), Same(mine)):
        with pytest.raises(Conflict):
            await store.commit(clinic, [change])
    assert (await store.hours(clinic, LEE)).exceptions == ()


async def test_a_visitor_holds_nothing_at_first(store: RedisStore, clinic: ClinicId) -> None:
    assert await store.visitor_holds(clinic, "a" * 32) == VisitorHolds(client="a" * 32)


async def test_what_a_visitor_holds_is_theirs_alone(store: RedisStore, clinic: ClinicId) -> None:
    held = (Held(AppointmentNo(new_number()), NINE + MINUTE),)
    made = with_holds(VisitorHolds(client="a" * 32), held, NINE)
    await store.commit(clinic, [Put(made)])
    assert await store.visitor_holds(clinic, "a" * 32) == replace(made, version=1)
    assert (await store.visitor_holds(clinic, "b" * 32)).holds == ()
    with pytest.raises(Conflict):
        await store.commit(clinic, [Put(made)])


async def test_a_holder_is_forgotten_with_the_last_deadline(store: RedisStore, clinic: ClinicId) -> None:
    """Where somebody called from is kept no longer than it is needed (RELIABILITY 7.2)."""
    held = (Held(AppointmentNo(new_number()), NINE + 50), Held(AppointmentNo(new_number()), NINE + 20))
    made = with_holds(VisitorHolds(client="a" * 32), held, NINE)
    assert made.life == 50
    await store.commit(clinic, [Put(made)])
    await asyncio.sleep(0.2)
    assert (await store.visitor_holds(clinic, "a" * 32)).version == 0
    assert with_holds(made, (), NINE).life == 1


async def test_a_clash_keeps_every_field_until_it_is_dropped(store: RedisStore, clinic: ClinicId) -> None:
    made, another = a_clash(), a_clash("b", minutes=45)
    assert await store.clash(clinic, made.id) is None
    await store.commit(clinic, [Put(made), Put(another)])
    stored = replace(made, version=1)
    assert await store.clash(clinic, made.id) == stored
    assert {each.id for each in await store.clashes(clinic)} == {"a.1", "b"}
    with pytest.raises(Conflict):
        await store.commit(clinic, [Drop(made)])
    await store.commit(clinic, [Drop(stored)])
    assert await store.clash(clinic, made.id) is None
    assert [each.id for each in await store.clashes(clinic)] == ["b"]


async def test_what_a_booking_refers_to_names_its_clash(store: RedisStore, clinic: ClinicId) -> None:
    made = a_clash()
    await store.commit(clinic, [Put(made)])
    found = await store.referred(clinic, "dr-lee", "ada", None, made.id)
    assert (found.clash, found.appointment) == (replace(made, version=1), None)
    assert (await store.referred(clinic, "dr-lee", "ada", None, "other")).clash is None


async def _held(store: RedisStore, clinic: ClinicId, until: int) -> AppointmentNo:
    made = an_appointment(LEE)
    view = await store.diary(clinic, LEE, NINE, NINE + HALF)
    await store.commit(clinic, [Put(made), Book(LEE, made.no, NINE, NINE + HALF, view, until)])
    return made.no


async def _entries(store: RedisStore, clinic: ClinicId) -> tuple[DiaryEntry, ...]:
    return (await store.diary(clinic, LEE, NINE, NINE + HALF)).entries


async def test_an_entry_says_until_when_it_is_kept(store: RedisStore, clinic: ClinicId) -> None:
    no = await _held(store, clinic, NINE - 1)
    assert await _entries(store, clinic) == (DiaryEntry(NINE, NINE + HALF, no, NINE - 1),)


async def test_it_is_kept_longer_and_then_for_good(store: RedisStore, clinic: ClinicId) -> None:
    no, until = await _held(store, clinic, NINE - 1), NINE - 1
    for then in (NINE + 5, 0):
        await store.commit(clinic, [KeepUntil(LEE, no, NINE, NINE + HALF, was=until, until=then)])
        assert await _entries(store, clinic) == (DiaryEntry(NINE, NINE + HALF, no, then),)
        until = then


async def test_whoever_saw_another_deadline_conflicts(store: RedisStore, clinic: ClinicId) -> None:
    no = await _held(store, clinic, NINE - 1)
    view = await store.diary(clinic, LEE, NINE + HALF - 1, NINE + 2 * HALF)
    assert [each.appointment for each in view.entries] == [no]
    await store.commit(clinic, [KeepUntil(LEE, no, NINE, NINE + HALF, was=NINE - 1, until=0)])
    late = an_appointment(LEE, starts_at=NINE + HALF)
    with pytest.raises(Conflict):
        await store.commit(clinic, [Put(late), Book(LEE, late.no, late.starts_at, late.ends_at, view)])
    assert await store.appointment(clinic, late.no) is None


async def test_what_is_given_back_is_named_with_its_deadline(store: RedisStore, clinic: ClinicId) -> None:
    no = await _held(store, clinic, NINE - 1)
    await store.commit(clinic, [Free(LEE, no, NINE + HALF)])
    assert len(await _entries(store, clinic)) == 1
    await store.commit(clinic, [Free(LEE, no, NINE + HALF, NINE - 1)])
    assert await _entries(store, clinic) == ()
