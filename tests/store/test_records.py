"""Versions: what was loaded is what is replaced, or nothing is written at all."""

import pytest
from msgspec.structs import replace

from rooms.changes import Remember, Remembered, Unremember
from rooms.ids import (
    AppointmentNo,
    ClinicId,
    GrantNo,
    PatientNo,
    PractitionerNo,
    new_number,
    new_room,
    new_session,
)
from rooms.policy import Policy
from rooms.ports import AddKey, Append, Conflict, Drop, Due, Log, Put, Repeated, Same
from rooms.records import (
    ApiKey,
    AppointmentType,
    Cancellation,
    Clinic,
    Entry,
    Floor,
    Grant,
    Guest,
    Outcome,
    Patient,
    RoomEntry,
    Seat,
    Step,
)
from rooms.store import RedisStore, keys
from rooms.store.encode import Stored
from rooms.times import MINUTE
from tests.store.build import NINE, a_clinic, a_practitioner, an_appointment

NOBODY = PractitionerNo("nobodynobod")


async def test_what_is_put_comes_back_one_version_on(store: RedisStore, clinic: ClinicId) -> None:
    made = replace(
        a_clinic(clinic),
        phone="+61 2 5550 0000",
        policy=Policy(opens_before_minutes=0.5, reminder_minutes=(60, 5)),
    )
    await store.commit(clinic, [Put(made)])
    assert await store.clinic(clinic) == replace(made, version=1)


async def test_an_appointment_keeps_every_field(store: RedisStore, clinic: ClinicId) -> None:
    made = replace(
        an_appointment(),
        status="cancelled",
        type="first-visit",
        guests=(Guest(id="interpreter", number=2, name="Zoë ≈ 王", counts=True),),
        next_guest=4,
        others=(AppointmentNo(new_number()),),
        generations={0: 3, 2: 2},
        revoked=(1,),
        cancelled=Cancellation(by="staff", at=NINE, reason="ill", note="called twice"),
        outcome=Outcome(
            name="brief", at=NINE, evidence={"overlap_seconds": 12, "who": ["patient"]}, review=True
        ),
    )
    await store.commit(clinic, [Put(made)])
    assert await store.appointment(clinic, made.no) == replace(made, version=1)
    assert await store.appointment_by_id(clinic, made.id) == replace(made, version=1)


async def test_each_kind_of_record_is_found_where_it_was_put(store: RedisStore, clinic: ClinicId) -> None:
    practitioner = a_practitioner()
    kind = AppointmentType(id="video", name="Video", video=True, minutes=20)
    patient = Patient(id="ada", no=PatientNo(new_number()), name="Ada")
    room = RoomEntry(
        practitioner_no=practitioner.no, patient_no=patient.no, day="2026-11-21", room=new_room()
    )
    grant = Grant(no=GrantNo(new_number()), kind="staff", name="Front desk", expires_at=NINE)
    await store.commit(clinic, [Put(record) for record in (practitioner, kind, patient, room, grant)])
    assert await store.practitioner(clinic, "dr-lee") == replace(practitioner, version=1)
    assert await store.practitioner_by_no(clinic, practitioner.no) == replace(practitioner, version=1)
    assert await store.practitioners(clinic) == [replace(practitioner, version=1)]
    assert await store.appointment_type(clinic, "video") == replace(kind, version=1)
    assert await store.appointment_types(clinic) == [replace(kind, version=1)]
    assert await store.patient(clinic, "ada") == replace(patient, version=1)
    assert await store.patients(clinic, ["ada", "bob"]) == [replace(patient, version=1), None]
    assert await store.room(clinic, practitioner.no, patient.no, "2026-11-21") == replace(room, version=1)
    assert await store.grant(clinic, grant.no) == replace(grant, version=1)


async def test_a_room_is_of_one_practitioner_patient_and_day(store: RedisStore, clinic: ClinicId) -> None:
    lee, kim = PractitionerNo(new_number()), PractitionerNo(new_number())
    ada, bob = PatientNo(new_number()), PatientNo(new_number())
    pairs = [
        (who, whom, day) for who in (lee, kim) for whom in (ada, bob) for day in ("2026-11-21", "2026-11-22")
    ]
    made = [
        RoomEntry(practitioner_no=who, patient_no=whom, day=day, room=new_room()) for who, whom, day in pairs
    ]
    await store.commit(clinic, [Put(entry) for entry in made])
    found = [await store.room(clinic, *pair) for pair in pairs]
    assert found == [replace(entry, version=1) for entry in made]


async def test_what_was_never_put_is_not_there(store: RedisStore, clinic: ClinicId) -> None:
    no, room = AppointmentNo("neverstored"), new_room()
    assert await store.clinic(clinic) is None
    assert await store.practitioner(clinic, "x") is None
    assert await store.practitioner_by_no(clinic, NOBODY) is None
    assert await store.appointment_type(clinic, "x") is None
    assert await store.patient(clinic, "x") is None
    assert await store.appointment(clinic, no) is None
    assert await store.appointment_by_id(clinic, "x") is None
    assert await store.room(clinic, NOBODY, PatientNo("nobodynobod"), "2026-11-21") is None
    assert await store.grant(clinic, GrantNo("x")) is None
    assert await store.api_key(clinic, "0" * 64) is None
    assert await store.remembered(clinic, "0" * 64) is None
    assert await store.floor(clinic, NOBODY) == Floor(practitioner_no=NOBODY)
    assert [await store.practitioners(clinic), await store.appointment_types(clinic)] == [[], []]
    assert [await store.history(clinic, no), await store.ledger(clinic, room)] == [[], []]
    assert [await store.patients(clinic, []), await store.appointments(clinic, [])] == [[], []]


@pytest.mark.parametrize("version", [0, 2])
async def test_another_version_than_the_stored_one_conflicts(
    store: RedisStore, clinic: ClinicId, version: int
) -> None:
    await store.commit(clinic, [Put(a_clinic(clinic))])
    with pytest.raises(Conflict):
        await store.commit(clinic, [Put(replace(a_clinic(clinic), name="Other", version=version))])
    kept = await store.clinic(clinic)
    assert kept is not None
    assert (kept.name, kept.version) == ("Harbour Street", 1)


async def test_the_tenth_version_is_not_taken_for_the_first(store: RedisStore, clinic: ClinicId) -> None:
    for version in range(10):
        await store.commit(clinic, [Put(replace(a_clinic(clinic), version=version))])
    with pytest.raises(Conflict):
        await store.commit(clinic, [Put(replace(a_clinic(clinic), version=1))])


@pytest.mark.parametrize("stored", [True, False])
async def test_same_only_compares(store: RedisStore, clinic: ClinicId, *, stored: bool) -> None:
    practitioner, patient = a_practitioner(), Patient(id="ada", no=PatientNo(new_number()))
    if stored:
        await store.commit(clinic, [Put(practitioner)])
    loaded = replace(practitioner, version=int(stored))
    await store.commit(clinic, [Same(loaded), Put(patient)])
    with pytest.raises(Conflict):
        await store.commit(
            clinic, [Same(replace(loaded, version=loaded.version + 1)), Put(replace(patient, version=1))]
        )
    assert (await store.practitioner(clinic, practitioner.id)) == (loaded if stored else None)
    kept = await store.patient(clinic, "ada")
    assert kept is not None
    assert kept.version == 1


async def test_a_conflict_writes_nothing_at_all(store: RedisStore, clinic: ClinicId) -> None:
    held = a_practitioner("dr-held")
    await store.commit(clinic, [Put(held)])
    appointment, room = an_appointment(), new_room()
    entry = Entry(kind="try", at=NINE, person="patient", why="too_early")
    with pytest.raises(Conflict):
        await store.commit(
            clinic,
            [
                Put(appointment),
                Log(appointment.no, Step(at=NINE, what="created", by="system")),
                Append(room, held.no, entry),
                Append(None, held.no, entry),
                Due(appointment.no, NINE),
                AddKey(ApiKey(digest="a" * 64, created_at=NINE)),
                Remember("b" * 64, "c" * 64, 201, b"{}"),
                Put(held),  # which is at version 1 by now
            ],
        )
    assert await store.appointment(clinic, appointment.no) is None
    assert await store.appointment_by_id(clinic, appointment.id) is None
    assert await store.history(clinic, appointment.no) == []
    assert await store.ledger(clinic, room) == []
    assert await store.lobby(clinic, held.no, NINE, NINE) == []
    assert await store.due(clinic, NINE) == []
    assert await store.api_key(clinic, "a" * 64) is None
    assert await store.remembered(clinic, "b" * 64) is None


async def test_an_appointment_id_is_given_once(store: RedisStore, clinic: ClinicId) -> None:
    first = an_appointment(id="ours")
    await store.commit(clinic, [Put(first)])
    with pytest.raises(Conflict):
        await store.commit(clinic, [Put(an_appointment(id="ours"))])
    assert await store.appointment_by_id(clinic, "ours") == replace(first, version=1)


async def test_the_same_ids_in_another_clinic_are_other_things(store: RedisStore, clinic: ClinicId) -> None:
    elsewhere = ClinicId(f"{clinic}2")
    here = an_appointment(id="ours")
    await store.commit(clinic, [Put(here)])
    assert await store.appointment_by_id(elsewhere, "ours") is None
    assert await store.appointment(elsewhere, here.no) is None
    await store.commit(elsewhere, [Put(an_appointment(id="ours"))])
    assert await store.appointment_by_id(clinic, "ours") == replace(here, version=1)


async def test_a_dropped_practitioner_is_gone_by_id_and_by_number(
    store: RedisStore, clinic: ClinicId
) -> None:
    known = replace(a_practitioner(), version=1)
    await store.commit(clinic, [Put(replace(known, version=0))])
    with pytest.raises(Conflict):
        await store.commit(clinic, [Drop(replace(known, version=2))])
    await store.commit(clinic, [Drop(known)])
    assert await store._pipeline.call("HEXISTS", keys.practitioner_ids(clinic), known.no) == 0
    assert await store.practitioner(clinic, known.id) is None
    assert await store.practitioner_by_no(clinic, known.no) is None
    assert await store.practitioners(clinic) == []


async def test_a_number_does_not_pass_to_who_gets_the_id_next(store: RedisStore, clinic: ClinicId) -> None:
    first, second = a_practitioner(), a_practitioner()
    await store.commit(clinic, [Put(first)])
    await store.commit(clinic, [Put(replace(second, version=1))])  # the id, with another number
    assert await store.practitioner_by_no(clinic, second.no) == replace(second, version=2)
    assert await store.practitioner_by_no(clinic, first.no) is None
    assert (await store.arrival(clinic, first.no, None)).practitioner is None


async def test_a_floor_is_written_compared_dropped_and_never_kept_for_ever(
    store: RedisStore, clinic: ClinicId
) -> None:
    no = PractitionerNo(new_number())
    seat = Seat(
        sid=new_session(),
        key="0" * 64,
        person="guest:sister",
        number=2,
        serial=1,
        state="waiting",
        node="n1",
        epoch=1,
        arrived_at=NINE,
        since=NINE,
    )
    floor = Floor(practitioner_no=no, seats=(seat,), locked=(new_room(),), serial=1)
    await store.commit(clinic, [Put(floor)])
    assert await store.floor(clinic, no) == replace(floor, version=1)
    with pytest.raises(Conflict):
        await store.commit(clinic, [Put(floor)])
    with pytest.raises(Conflict):
        await store.commit(clinic, [Drop(floor)])
    await store.commit(clinic, [Drop(replace(floor, version=1))])
    assert await store.floor(clinic, no) == Floor(practitioner_no=no)


@pytest.mark.parametrize("asked", [True, False])
async def test_an_arrival_is_everything_a_join_needs(
    store: RedisStore, clinic: ClinicId, *, asked: bool
) -> None:
    practitioner = a_practitioner()
    appointment = an_appointment(practitioner.no)
    floor = Floor(practitioner_no=practitioner.no, late_until=NINE + MINUTE)
    await store.commit(
        clinic, [Put(record) for record in (a_clinic(clinic), practitioner, appointment, floor)]
    )
    seen = await store.arrival(clinic, practitioner.no, appointment.no if asked else None)
    assert seen.clinic == replace(a_clinic(clinic), version=1)
    assert seen.practitioner == replace(practitioner, version=1)
    assert seen.appointment == (replace(appointment, version=1) if asked else None)
    assert seen.floor == replace(floor, version=1)


async def test_an_arrival_where_nothing_is_stored(store: RedisStore, clinic: ClinicId) -> None:
    seen = await store.arrival(clinic, NOBODY, AppointmentNo("neverstored"))
    assert (seen.clinic, seen.practitioner, seen.appointment) == (None, None, None)
    assert seen.floor == Floor(practitioner_no=NOBODY)


async def test_a_commit_of_nothing_is_nothing(store: RedisStore, clinic: ClinicId) -> None:
    await store.commit(clinic, [])
    assert await store.clinic(clinic) is None


async def test_one_record_is_written_once_in_a_commit(store: RedisStore, clinic: ClinicId) -> None:
    known: list[Stored] = [a_practitioner(), a_practitioner()]
    with pytest.raises(ValueError, match="twice"):
        await store.commit(clinic, [Put(record) for record in known])
    assert await store.practitioners(clinic) == []


async def test_an_answer_is_kept_once_and_for_its_time(store: RedisStore, clinic: ClinicId) -> None:
    key = "d" * 64
    await store.commit(clinic, [Remember(key, "f" * 64, 201, b'{"id":"\xc3\xa9"}\x00', seconds=86_400)])
    assert await store.remembered(clinic, key) == Remembered("f" * 64, 201, b'{"id":"\xc3\xa9"}\x00')
    grant = Grant(no=GrantNo(new_number()), kind="staff", name="Front desk", expires_at=NINE)
    with pytest.raises(Repeated):
        await store.commit(clinic, [Put(grant), Remember(key, "0" * 64, 200, b"")])
    assert await store.grant(clinic, grant.no) is None
    await store.commit(clinic, [Unremember(key)])
    kept = Remember(key, "0" * 64, 200, b"", sealed_by=3, patients=("ada",))
    await store.commit(clinic, [kept])
    assert await store.remembered(clinic, key) == Remembered("0" * 64, 200, b"", 3, ("ada",))
    ttl = await store._pipeline.call("TTL", f"{{c:{clinic}}}:idem:{key}")
    assert 86_390 < ttl <= 86_400


async def test_an_api_key_is_found_by_its_digest_in_its_clinic(store: RedisStore, clinic: ClinicId) -> None:
    key = ApiKey(digest="e" * 64, created_at=NINE)
    await store.commit(clinic, [AddKey(key)])
    assert await store.api_key(clinic, key.digest) == key
    assert await store.api_key(ClinicId(f"{clinic}2"), key.digest) is None


async def test_clinics_differ_by_id_only(store: RedisStore, clinic: ClinicId) -> None:
    twin = Clinic(id=clinic, name="N", time_zone="UTC", salt="00", external_ids=("legacy",))
    await store.commit(clinic, [Put(twin)])
    assert await store.clinic(ClinicId(clinic.upper())) is None
