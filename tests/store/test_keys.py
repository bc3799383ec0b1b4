"""The document against Redis: every key has a described shape, and none carries what may name a person."""

import pytest
from msgspec.structs import replace

from rooms.calendar import AppointmentRequest, Clash, Hours, VisitorHolds
from rooms.changes import Change, Remember
from rooms.credentials import Challenge, Database, Device
from rooms.events import (
    AuditLine,
    BackfillRun,
    Delivery,
    Event,
    Hook,
    HookNo,
    Message,
    SendAttempts,
    Undelivered,
    new_message_id,
)
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
from rooms.outgoing import (
    BACKFILL,
    MAIL,
    Audit,
    Emit,
    Enqueue,
    FinishDelivery,
    MessageStatus,
    SendFailed,
    Task,
)
from rooms.policy import OUTAGE
from rooms.ports import AddKey, Append, Due, Lease, Log, Put, Whereabouts
from rooms.records import (
    ApiKey,
    AppointmentType,
    Entry,
    Floor,
    Grant,
    Guest,
    Patient,
    Practitioner,
    RoomEntry,
    Step,
)
from rooms.store import RedisStore, keys
from rooms.times import DAY
from tests.store.backends import Backend
from tests.store.build import NINE, a_clinic, an_appointment, book
from tests.store.documented import found, shape_of, table, undocumented

CANARY = "canary"
"""In every id and name a booking service could choose, but the clinic's id."""


def test_every_shape_is_documented_and_every_documented_shape_is_known() -> None:
    """A channel stands in the table and is no key."""
    assert {shape for shape, type in table().items() if type != "channel"} == set(keys.SHAPES)


@pytest.mark.parametrize(
    "key",
    [
        "{c:x}:",
        "{c:x}:a:",
        "{c:x}:a:short",
        "{c:}:pn",
        "{c:a b}",
        "{c:x}:ledger:Ada",
        "hint:",
        "affinity:toolong123",
        "{c:x}:idem:zz",
        "c:x",
        "{fleet}",
        "{c:x}\n",
    ],
)
def test_what_is_almost_a_key_is_none(key: str) -> None:
    assert shape_of(key) is None


def _everything(clinic: ClinicId, practitioner: Practitioner) -> list[Change]:
    """One of each change, all ids and names with the canary."""
    ada = Patient(
        id=f"ada.{CANARY}", no=PatientNo(new_number()), name=f"Ada {CANARY}", email=f"{CANARY}@example.org"
    )
    entry = Entry(kind="open", at=NINE, person=f"guest:{CANARY}", sid=new_session())
    sid, grant = new_session(), GrantNo(new_number())
    return [
        Put(a_clinic(clinic)),
        Put(practitioner),
        Put(AppointmentType(id=f"oncology.{CANARY}", name=CANARY, video=True, minutes=15)),
        Put(ada),
        Put(RoomEntry(practitioner_no=practitioner.no, patient_no=ada.no, day="2026-11-21", room=new_room())),
        Put(Floor(practitioner_no=practitioner.no)),
        Put(Grant(no=grant, kind="practitioner", name=CANARY, expires_at=NINE, practitioner=practitioner.id)),
        Log(AppointmentNo(new_number()), Step(at=NINE, what="created", by="staff", facts={"name": CANARY})),
        Append(new_room(), practitioner.no, entry),
        Append(None, practitioner.no, entry),
        Due(AppointmentNo(new_number()), NINE),
        Lease(practitioner.no, sid, NINE, NINE),
        Whereabouts(sid, practitioner.no),
        AddKey(ApiKey(digest="9" * 64, created_at=NINE)),
        Remember("8" * 64, "7" * 64, 201, CANARY.encode()),
        *_booking(practitioner),
        *_leaving(),
    ]


def _booking(practitioner: Practitioner) -> list[Change]:
    """What is remembered beside appointments."""
    unplaced = AppointmentRequest(practitioner=practitioner.id, patient=CANARY, starts_at=NINE, ends_at=NINE)
    other = AppointmentNo(new_number())
    return [
        Put(Hours(practitioner_no=practitioner.no)),
        Put(VisitorHolds(client="4" * 32, life=60_000)),
        Put(Clash(id=f"clash.{CANARY}", other=other, request=unplaced, at=NINE)),
    ]


def _event(subject: str) -> Event:
    return Event(
        id=new_message_id(),
        type="link.issued",
        at=NINE,
        subject=subject,
        appointment=f"booking.{CANARY}",
        person=f"guest:{CANARY}",
    )


def _leaving() -> list[Change]:
    """One of each change of what leaves this server, but what takes something off again."""
    no, hook = AppointmentNo(new_number()), HookNo(new_number())
    event = _event(no)
    return [
        Emit(event),
        Task(BACKFILL, NINE),
        Enqueue(hook, Message(event=event, seq=1), NINE),
        MessageStatus(no, f"guest:{CANARY}", Undelivered(at=NINE, why="timeout")),
        Put(Hook(id=f"hook.{CANARY}", no=hook, url=f"https://{CANARY}", events=("*",), secret="whsec_")),
        Put(BackfillRun(cause="type", started_at=NINE)),
        Put(Device(digest="6" * 64, holder=new_number(), contact="5" * 64, expires_at=NINE)),
        Audit(AuditLine(at=NINE, by="staff", who=CANARY, what="link_revoked", person=f"guest:{CANARY}")),
    ]


async def _more(store: RedisStore, clinic: ClinicId) -> None:
    """What takes several commits, or is no clinic's."""
    message = Message(event=_event(new_number()), seq=1, person="patient")
    await store.commit(clinic, [Enqueue(MAIL, message, NINE), Enqueue(MAIL, message, NINE)])
    dead = Delivery(message=message, state="dead", attempts=9, at=NINE, why="timeout")
    await store.commit(clinic, [FinishDelivery(MAIL, dead)])
    tried = SendAttempts(id=message.event.id, count=1, first_at=NINE, last_at=NINE, why="timeout")
    await store.commit(clinic, [SendFailed(MAIL, message, tried)])
    code = Challenge(place=new_number().encode().hex().ljust(32, "0")[:32], nonce="n", key=1, expires_at=NINE)
    shared = Database(id=f"database.{CANARY}", clinics=(clinic,))
    await store.commit(ClinicId(""), [Put(code), Put(shared)])
    assert await store.take(clinic, f"onward/{CANARY}", 1, DAY) == 0


async def test_each_shape_is_written_and_no_key_names_anybody(
    store: RedisStore, backend: Backend, clinic: ClinicId
) -> None:
    lee = Practitioner(id=f"dr-lee.{CANARY}", no=PractitionerNo(new_number()), name=f"Lee {CANARY}")
    await store.commit(clinic, _everything(clinic, lee))
    appointment = an_appointment(lee.no, id=f"booking.{CANARY}")
    assert await book(store, clinic, appointment)
    await store.commit(clinic, [Put(_named(appointment.no))])
    await _more(store, clinic)
    await store.know_affinity(new_number()[:8], clinic, lee.no)
    await store.beat(NINE)
    await store.beat(NINE + DAY + OUTAGE)
    await store.note_loss(NINE, NINE)
    there = await found(backend)
    assert {shape_of(key) for key in there} == set(keys.SHAPES)
    assert await undocumented(backend) == []
    assert not [key for key in there if CANARY in key]


def _named(no: AppointmentNo) -> Patient:
    return Patient(id=f"bob.{CANARY}", no=PatientNo(new_number()), name=f"{no} {CANARY}", phone=CANARY)


async def test_only_live_things_expire(store: RedisStore, backend: Backend, clinic: ClinicId) -> None:
    lee = Practitioner(id="dr-lee", no=PractitionerNo(new_number()), name="Lee")
    await store.commit(clinic, _everything(clinic, lee))
    mine = [key for key in await found(backend) if key.startswith(keys.clinic(clinic))]
    ends = {shape_of(key): await backend.ask("PTTL", key) for key in mine}
    mortal = {shape for shape, left in ends.items() if left != -1}
    assert mortal == {
        "{c:X}:floor:<pno>",
        "{c:X}:at:<sid>",
        "{c:X}:holder:<digest>",
        "{c:X}:idem:<sha256>",
    }
    assert keys.FLOOR_LIFE - 60_000 < ends["{c:X}:floor:<pno>"] <= keys.FLOOR_LIFE
    assert 0 < ends["{c:X}:holder:<digest>"] <= 60_000


async def test_an_appointment_takes_two_kilobytes(backend: Backend, clinic: ClinicId) -> None:
    """All that one adds: record, history, room, diary, indexes, due list. Weighed where Redis is real."""
    if backend.server is None:
        return  # nothing to weigh
    store, lee, count = backend.store(), [PractitionerNo(new_number()) for _ in range(20)], 1000
    before = await _memory(backend)
    for n in range(count):
        await _booked(store, clinic, lee[n % 20], n // 20)
    await store.close()
    assert (await _memory(backend) - before) / count <= 2048


async def _memory(backend: Backend) -> int:
    info: str = (await backend.ask("INFO", "memory")).decode()
    return int(next(line for line in info.splitlines() if line.startswith("used_memory:")).partition(":")[2])


async def _booked(store: RedisStore, clinic: ClinicId, practitioner: PractitionerNo, day: int) -> None:
    guest = Guest(id="sister", number=2, name="Grace Hopper", email="grace@example.org")
    plain = an_appointment(practitioner, starts_at=NINE + day * DAY)
    appointment = replace(plain, guests=(guest,), type="first-visit", stored_at=NINE, next_guest=3)
    assert await book(store, clinic, appointment)
    room = RoomEntry(
        practitioner_no=practitioner,
        patient_no=appointment.patient_no,
        day="2026-11-21",
        room=appointment.room,
        appointments=(appointment.no,),
    )
    created = Step(at=NINE, what="created", by="system", facts={"status": "confirmed"})
    await store.commit(clinic, [Put(room), Log(appointment.no, created), Due(appointment.no, NINE)])
