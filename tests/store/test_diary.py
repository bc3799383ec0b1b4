"""C3: two live appointments of a practitioner never overlap, whoever books how at once."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, new_number
from rooms.policy import LONGEST_VISIT
from rooms.ports import Book, Conflict, DiaryEntry, DiaryView, Free, Put
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.store.backends import Backend
from tests.store.build import DAY_LONG, NINE, a_clinic_id, an_appointment, book, move

HALF = 30 * MINUTE


@pytest.fixture
def lee() -> PractitionerNo:
    """A practitioner with an empty diary."""
    return PractitionerNo(new_number())


async def _entries(
    store: RedisStore, clinic: ClinicId, practitioner: PractitionerNo
) -> tuple[DiaryEntry, ...]:
    start = DAY_LONG[0]
    seen = [
        await store.diary(clinic, practitioner, at, at + LONGEST_VISIT)
        for at in range(start, DAY_LONG[1], LONGEST_VISIT)
    ]
    return tuple(sorted({entry for view in seen for entry in view.entries}))


async def test_an_empty_diary_is_seen_as_far_back_as_a_visit_may_last(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo
) -> None:
    assert await store.diary(clinic, lee, NINE, NINE + HALF) == DiaryView(
        NINE - LONGEST_VISIT, NINE + HALF, ()
    )


async def test_what_begins_before_and_reaches_in_is_seen(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo
) -> None:
    early = an_appointment(lee, starts_at=NINE - LONGEST_VISIT, minutes=LONGEST_VISIT // MINUTE)
    assert await book(store, clinic, early)
    view = await store.diary(clinic, lee, NINE - MINUTE, NINE + HALF)
    assert view.entries == (DiaryEntry(early.starts_at, NINE, early.no),)
    assert view.since == early.starts_at
    assert not await book(store, clinic, an_appointment(lee, starts_at=NINE - 1))
    assert await book(store, clinic, an_appointment(lee, starts_at=NINE))


async def test_only_the_last_that_begins_by_the_start_is_seen(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo
) -> None:
    made = [an_appointment(lee, starts_at=NINE + n * HALF) for n in range(5)]
    for appointment in made:
        assert await book(store, clinic, appointment)
    view = await store.diary(clinic, lee, made[2].starts_at + 1, made[4].starts_at)
    assert [entry.appointment for entry in view.entries] == [made[2].no, made[3].no]
    assert view.since == made[2].starts_at


@pytest.mark.parametrize(
    ("starts", "minutes", "free"),
    [
        (-30, 30, True),
        (30, 30, True),
        (0, 30, False),
        (-1, 30, False),
        (29, 5, False),
        (10, 5, False),
        (-60, 120, False),
    ],
)
async def test_neighbours_may_touch_and_not_overlap(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo, starts: int, minutes: int, *, free: bool
) -> None:
    assert await book(store, clinic, an_appointment(lee))
    assert (
        await book(store, clinic, an_appointment(lee, starts_at=NINE + starts * MINUTE, minutes=minutes))
        is free
    )


@pytest.mark.parametrize("meanwhile", [-HALF, -MINUTE, 0, MINUTE, HALF - 1])
async def test_a_diary_that_changed_since_it_was_seen_conflicts(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo, meanwhile: int
) -> None:
    view = await store.diary(clinic, lee, NINE, NINE + HALF)
    assert await book(store, clinic, an_appointment(lee, starts_at=NINE + meanwhile))
    ours = an_appointment(lee)
    with pytest.raises(Conflict):
        await store.commit(clinic, [Put(ours), Book(lee, ours.no, NINE, NINE + HALF, view)])
    assert await store.appointment(clinic, ours.no) is None


async def test_a_diary_from_which_one_was_freed_since_conflicts(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo
) -> None:
    before = an_appointment(lee, starts_at=NINE - HALF)
    assert await book(store, clinic, before)
    view = await store.diary(clinic, lee, NINE, NINE + HALF)
    await store.commit(clinic, [Free(lee, before.no, before.ends_at)])
    with pytest.raises(Conflict):
        await store.commit(clinic, [Book(lee, AppointmentNo(new_number()), NINE, NINE + HALF, view)])


async def test_another_practitioner_s_diary_is_another(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo
) -> None:
    assert await book(store, clinic, an_appointment(lee))
    assert await book(store, clinic, an_appointment())


async def test_a_cancelled_appointment_leaves_room(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo
) -> None:
    first = an_appointment(lee)
    assert await book(store, clinic, first)
    cancelled = replace(first, status="cancelled", version=1)
    await store.commit(clinic, [Put(cancelled), Free(lee, first.no, first.ends_at)])
    assert await book(store, clinic, an_appointment(lee))


@pytest.mark.parametrize(("starts", "minutes"), [(10, 30), (10, 20), (-10, 40), (0, 45), (600, 30)])
async def test_an_appointment_moves_also_over_its_own_place(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo, starts: int, minutes: int
) -> None:
    first = an_appointment(lee)
    assert await book(store, clinic, first)
    start = NINE + starts * MINUTE
    assert await move(store, clinic, first.no, start, minutes)
    assert await _entries(store, clinic, lee) == (DiaryEntry(start, start + minutes * MINUTE, first.no),)


async def test_of_a_hundred_at_once_one_has_the_slot(
    backend: Backend, clinic: ClinicId, lee: PractitionerNo
) -> None:
    stores = [backend.store() for _ in range(100)]
    try:
        wanted = [an_appointment(lee) for _ in stores]
        booked = await asyncio.gather(
            *(book(store, clinic, one) for store, one in zip(stores, wanted, strict=True))
        )
        assert booked.count(True) == 1
        winner = wanted[booked.index(True)]
        assert await _entries(stores[0], clinic, lee) == (DiaryEntry(NINE, NINE + HALF, winner.no),)
        there = await stores[0].appointments(clinic, [one.no for one in wanted])
        assert [one.no for one in there if one is not None] == [winner.no]
    finally:
        await asyncio.gather(*(store.close() for store in stores))


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        (NINE, NINE),
        (NINE, NINE - 1),
        (NINE, NINE + LONGEST_VISIT + 1),
        (NINE - 1, NINE + 1),
        (NINE, NINE + HALF + 1),
    ],
)
async def test_what_no_command_may_ask_for_is_a_mistake(
    store: RedisStore, clinic: ClinicId, lee: PractitionerNo, starts_at: int, ends_at: int
) -> None:
    view = DiaryView(NINE, NINE + HALF, ())
    with pytest.raises(ValueError, match=r"visit|diary"):
        await store.commit(clinic, [Book(lee, AppointmentNo(new_number()), starts_at, ends_at, view)])


_WISH = st.tuples(
    st.sampled_from(["book", "book", "move", "cancel"]),
    st.integers(0, 40).map(lambda n: NINE + n * 7 * MINUTE),
    st.sampled_from([1, 7, 20, 45, 300, LONGEST_VISIT // MINUTE]),
    st.integers(0, 5),
)


@given(rounds=st.lists(st.lists(_WISH, min_size=1, max_size=5), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
async def test_no_two_entries_ever_overlap(
    backend: Backend, rounds: list[list[tuple[str, int, int, int]]]
) -> None:
    """Several processes wish at once, round after round; whatever comes of it, the diary has no overlap."""
    clinic, lee = a_clinic_id(), PractitionerNo(new_number())
    stores = [backend.store() for _ in range(3)]
    booked: list[AppointmentNo] = []

    async def fulfil(store: RedisStore, wish: tuple[str, int, int, int]) -> None:
        what, start, minutes, which = wish
        if what == "book":
            made = an_appointment(lee, starts_at=start, minutes=minutes)
            if await book(store, clinic, made):
                booked.append(made.no)
        elif booked and what == "move":
            await move(store, clinic, booked[which % len(booked)], start, minutes)
        elif booked:
            await _cancel(store, clinic, booked.pop(which % len(booked)))

    try:
        for wishes in rounds:
            await asyncio.gather(*(fulfil(stores[n % 3], wish) for n, wish in enumerate(wishes)))
            entries = await _entries(stores[0], clinic, lee)
            assert all(a.ends_at <= b.starts_at for a, b in pairwise(entries))
            known = await stores[0].appointments(clinic, [entry.appointment for entry in entries])
            assert [(one.starts_at, one.ends_at) for one in known if one] == [
                (e.starts_at, e.ends_at) for e in entries
            ]
    finally:
        await asyncio.gather(*(store.close() for store in stores))


async def _cancel(store: RedisStore, clinic: ClinicId, no: AppointmentNo) -> None:
    while True:
        known = await store.appointment(clinic, no)
        assert known is not None
        if known.status == "cancelled":
            return
        try:
            gone = replace(known, status="cancelled")
            await store.commit(clinic, [Put(gone), Free(known.practitioner_no, no, known.ends_at)])
        except Conflict:
            continue
