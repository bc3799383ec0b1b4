"""Lists of appointments: in order, page by page, whatever else is stored and however many start together."""

import pytest
from msgspec.structs import replace

from rooms.ids import ClinicId, PatientNo, PractitionerNo, new_number, new_session
from rooms.ports import Put, Whereabouts
from rooms.records import Appointment, Handed
from rooms.store import RedisStore, reads
from rooms.times import HOUR, Instant
from tests.store.build import DAY_LONG, NINE, an_appointment


async def _list(
    store: RedisStore,
    clinic: ClinicId,
    *,
    practitioner: PractitionerNo | None = None,
    patient: PatientNo | None = None,
    start: Instant = DAY_LONG[0],
    end: Instant = DAY_LONG[1],
    after: tuple[Instant, str] | None = None,
    limit: int = 1000,
    handed: bool = False,
) -> list[Appointment]:
    return await store.listing(
        clinic,
        practitioner=practitioner,
        patient=patient,
        start=start,
        end=end,
        after=after,
        limit=limit,
        handed=handed,
    )


async def _put(store: RedisStore, clinic: ClinicId, *appointments: Appointment) -> list[Appointment]:
    """Store them; as stored and in the order of a list."""
    for appointment in appointments:
        await store.commit(clinic, [Put(appointment)])
    stored = (replace(appointment, version=1) for appointment in appointments)
    return sorted(stored, key=lambda one: (one.starts_at, one.no))


async def test_a_list_is_by_start_then_number_from_start_to_before_end(
    store: RedisStore, clinic: ClinicId
) -> None:
    hours = [3, 1, 2, 1, 0]
    stored = await _put(store, clinic, *(an_appointment(starts_at=NINE + n * HOUR) for n in hours))
    assert await _list(store, clinic) == stored
    assert await _list(store, clinic, start=NINE + HOUR, end=NINE + 3 * HOUR) == stored[1:4]
    assert await _list(store, clinic, start=NINE + HOUR + 1, end=NINE + 2 * HOUR) == []


async def test_what_was_handed_to_a_practitioner_is_listed_where_asked_for(
    store: RedisStore, clinic: ClinicId
) -> None:
    lee, kim, roe = (PractitionerNo(new_number()) for _ in range(3))
    handed = Handed(to=kim, by=lee)
    [given, own] = await _put(
        store,
        clinic,
        replace(an_appointment(lee), handed=handed),
        an_appointment(kim, starts_at=NINE + HOUR),
    )
    assert await _list(store, clinic, practitioner=kim, handed=True) == [given, own]
    assert await _list(store, clinic, practitioner=kim) == [own]
    for also in (True, False):
        assert await _list(store, clinic, practitioner=lee, handed=also) == [given]
        assert await _list(store, clinic, practitioner=roe, handed=also) == []
    await store.commit(clinic, [Put(replace(given, handed=None))])
    assert await _list(store, clinic, practitioner=kim, handed=True) == [own]


async def test_where_a_session_was_handed_to(store: RedisStore, clinic: ClinicId) -> None:
    lee, kim, sid = PractitionerNo(new_number()), PractitionerNo(new_number()), new_session()
    assert await store.whereabouts(clinic, sid) is None
    await store.commit(clinic, [Whereabouts(sid, lee)])
    await store.commit(clinic, [Whereabouts(sid, kim)])
    assert await store.whereabouts(clinic, sid) == kim
    assert await store.whereabouts(clinic, new_session()) is None


async def test_a_list_is_of_one_practitioner_or_patient_or_both(store: RedisStore, clinic: ClinicId) -> None:
    lee, kim = PractitionerNo(new_number()), PractitionerNo(new_number())
    ada, bob = PatientNo(new_number()), PatientNo(new_number())
    pairs = [(lee, ada), (lee, bob), (kim, ada), (kim, bob), (lee, ada)]
    made = [
        an_appointment(who, patient=whom, starts_at=NINE + n * HOUR) for n, (who, whom) in enumerate(pairs)
    ]
    stored = await _put(store, clinic, *made)
    assert await _list(store, clinic, practitioner=lee) == [stored[0], stored[1], stored[4]]
    assert await _list(store, clinic, patient=bob) == [stored[1], stored[3]]
    assert await _list(store, clinic, practitioner=lee, patient=ada) == [stored[0], stored[4]]
    assert await _list(store, clinic, practitioner=PractitionerNo(new_number())) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
async def test_pages_together_are_the_list(
    store: RedisStore, clinic: ClinicId, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many start together: more than fit one read."""
    monkeypatch.setattr(reads, "READ_PAGE", 3)
    hours = [0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 3, 4]
    stored = await _put(store, clinic, *(an_appointment(starts_at=NINE + n * HOUR) for n in hours))
    pages, after = [], None
    while page := await _list(store, clinic, after=after, limit=limit):
        assert len(page) <= limit
        pages += page
        after = (page[-1].starts_at, page[-1].no)
    assert pages == stored


async def test_a_page_may_begin_after_one_that_is_gone_from_there(
    store: RedisStore, clinic: ClinicId
) -> None:
    stored = await _put(store, clinic, *(an_appointment(starts_at=NINE + n * HOUR) for n in range(3)))
    assert await _list(store, clinic, after=(NINE + HOUR - 1, "~")) == stored[1:]
    assert await _list(store, clinic, after=(NINE - HOUR, "~")) == stored


async def test_who_was_given_to_another_is_listed_there_only(store: RedisStore, clinic: ClinicId) -> None:
    lee, kim = PractitionerNo(new_number()), PractitionerNo(new_number())
    stored = await _put(store, clinic, *(an_appointment(lee, starts_at=NINE + n) for n in range(5)))
    moved = replace(stored[0], practitioner_no=kim, starts_at=NINE + HOUR)
    await store.commit(clinic, [Put(moved)])
    assert await _list(store, clinic, practitioner=kim) == [replace(moved, version=2)]
    assert await _list(store, clinic, practitioner=lee, limit=2) == stored[1:3]
    assert await _list(store, clinic) == [*stored[1:], replace(moved, version=2)]


async def test_one_that_moves_while_the_list_is_read_is_not_listed_twice(
    store: RedisStore, other: RedisStore, clinic: ClinicId, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await _put(store, clinic, *(an_appointment(starts_at=NINE + n * HOUR) for n in range(4)))
    monkeypatch.setattr(reads, "READ_PAGE", 2)
    read = store.appointments
    moved = replace(stored[0], starts_at=NINE + 9 * HOUR)

    async def move_first(*args: object) -> list[Appointment | None]:
        monkeypatch.undo()
        await other.commit(clinic, [Put(moved)])
        return await read(*args)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(store, "appointments", move_first)
    assert await _list(store, clinic, limit=9) == [*stored[1:], replace(moved, version=2)]
