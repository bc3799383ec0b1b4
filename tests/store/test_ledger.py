"""Append-only lists: ledgers, lobbies, histories."""

import asyncio

from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, SessionId, new_number, new_room, new_session
from rooms.ports import Append, Log
from rooms.records import Entry, Step
from rooms.store import RedisStore
from rooms.times import DAY, HOUR, SECOND
from tests.store.build import NINE

LEE = PractitionerNo("drleedrleed")


def _open(at: int, sid: SessionId) -> Entry:
    return Entry(
        kind="open",
        at=at,
        person="patient",
        sid=sid,
        state="in_room",
        appointment=AppointmentNo(new_number()),
    )


async def test_a_ledger_keeps_every_entry_in_order(store: RedisStore, clinic: ClinicId) -> None:
    room, sid = new_room(), new_session()
    entries = [
        _open(NINE, sid),
        Entry(kind="failed", at=NINE + SECOND, person="guest:sister", device="phone"),
        Entry(kind="close", at=NINE + HOUR, person="patient", sid=sid, state="in_room", why="left"),
    ]
    await store.commit(clinic, [Append(room, LEE, entry) for entry in entries[:2]])
    await store.commit(clinic, [Append(room, LEE, entries[2])])
    assert await store.ledger(clinic, room) == entries
    assert await store.ledger(clinic, new_room()) == []


async def test_entries_of_many_processes_are_all_there(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    room = new_room()
    entries = [_open(NINE + n, new_session()) for n in range(200)]
    await asyncio.gather(
        *((store, other)[n % 2].commit(clinic, [Append(room, LEE, entry)]) for n, entry in enumerate(entries))
    )
    assert sorted(await store.ledger(clinic, room), key=lambda entry: entry.at) == entries


async def test_a_lobby_is_read_from_the_day_before_to_the_day_of_the_end(
    store: RedisStore, clinic: ClinicId
) -> None:
    days = [NINE + n * DAY for n in range(-2, 3)]
    entries = [Entry(kind="open", at=at, person="practitioner", state="lobby") for at in days]
    await store.commit(clinic, [Append(None, LEE, entry) for entry in entries])
    assert await store.lobby(clinic, LEE, NINE, NINE + HOUR) == entries[1:3]
    assert await store.lobby(clinic, LEE, NINE, NINE + DAY - 9 * HOUR) == entries[1:4]
    assert await store.lobby(clinic, LEE, NINE - DAY, NINE + 2 * DAY) == entries
    assert await store.lobby(clinic, PractitionerNo("somebodyels"), NINE, NINE) == []


async def test_an_entry_belongs_to_the_utc_day_of_its_instant(store: RedisStore, clinic: ClinicId) -> None:
    midnight = NINE - 9 * HOUR
    late, early = (Entry(kind="open", at=midnight + n, person="practitioner") for n in (-1, 0))
    await store.commit(clinic, [Append(None, LEE, late), Append(None, LEE, early)])
    assert await store.lobby(clinic, LEE, midnight + DAY, midnight + DAY) == [early]
    assert await store.lobby(clinic, LEE, midnight, midnight) == [late, early]


async def test_a_history_only_grows(store: RedisStore, clinic: ClinicId) -> None:
    no = AppointmentNo(new_number())
    steps = [
        Step(at=NINE, what="created", by="system", facts={"status": "confirmed"}),
        Step(at=NINE + 1, what="cancelled", by="patient"),
    ]
    for step in steps:
        await store.commit(clinic, [Log(no, step)])
    assert await store.history(clinic, no) == steps
