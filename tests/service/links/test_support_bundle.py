"""All that support needs to know of one appointment, and nothing else (B7)."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from rooms.calendar import GuestRequest
from rooms.credentials import Database
from rooms.errors import NotFound
from rooms.events import Delivery, Event, Hook, HookNo, LinkOf, Message, SendAttempts, Undelivered
from rooms.ids import AppointmentNo, new_number
from rooms.outgoing import MAIL, Enqueue, FinishDelivery, MessageStatus, SendFailed
from rooms.ports import Append, Put
from rooms.records import Entry, External
from rooms.service.administration.home_claim import NO_CLINIC
from rooms.service.links.support_bundle import SupportBundles
from rooms.service.outcomes.automatic import Outcomes
from rooms.times import MINUTE
from tests.service.live.scene import change, in_call
from tests.support.builders import at
from tests.support.desk import Desk

GUEST = GuestRequest(
    id="canary-guest", name="Canary Carer", email="canary-carer@mail.example", phone="+1 555 0999"
)
CHOSEN = "canary-booking"
"""The booking service's id of the appointment."""


async def bundle(desk: Desk, id: str = CHOSEN) -> dict[str, Any]:
    made = await SupportBundles(desk.store, Outcomes(desk.store)).of(desk.id, id, desk.now)
    again: dict[str, Any] = json.loads(json.dumps(made))
    assert again == made, "it is JSON as it is"
    return again


async def booked(desk: Desk, **asked: Any) -> AppointmentNo:
    """Everything a booking service and the clinic's people choose is a canary."""
    await desk.patients.put(
        desk.id, "canary-patient", name="Canary Ada", email="canary@mail.example", phone="+1 555 0777",
        now=desk.now,
    )  # fmt: skip
    await desk.practitioners.put(
        desk.id, "canary-doctor", name="Dr Canary", email="canary-doctor@c.example", now=desk.now
    )
    await desk.types.put(
        desk.id, "canary-type", name="Canary visit", video=True, minutes=30, external_ids=("CANARY-X",),
        now=desk.now,
    )  # fmt: skip
    made = await desk.book(
        CHOSEN,
        patient="canary-patient",
        practitioner="canary-doctor",
        type=None,
        external_type="CANARY-X",
        guests=(GUEST,),
        **asked,
    )
    return made.no


async def a_hook(desk: Desk) -> HookNo:
    hook = Hook(
        id="canary-hook", no=HookNo(new_number()), url="https://canary.example/", events=("*",),
        secret="canary-secret",
    )  # fmt: skip
    await desk.store.commit(desk.id, [Put(hook)])
    return hook.no


def message(desk: Desk, no: AppointmentNo, seq: int, person: str | None = None) -> Message:
    link = LinkOf(affinity="canary--", number=1)
    event = Event(
        id=f"msg_{seq}", type="link.issued", at=desk.now, subject=no, appointment=CHOSEN,
        person="canary-guest" if person is None else person, link=link, facts={"x": "canary-fact"},
    )  # fmt: skip
    return Message(event=event, seq=seq, person=person)


async def test_no_name_no_contact_no_reason_no_token_no_chosen_word(desk: Desk) -> None:
    no = await booked(desk)
    tokens = [await desk.link(CHOSEN, person) for person in ("patient", "practitioner", "guest:canary-guest")]
    hook = await a_hook(desk)
    for target, seq, person in ((hook, 1, "guest:canary-guest"), (MAIL, 2, "patient")):
        sent = message(desk, no, seq, person)
        await desk.store.commit(desk.id, [Enqueue(target, sent, desk.now)])
        done = Delivery(message=sent, state="dead", attempts=3, at=desk.now, why="timeout", status=500)
        await desk.store.commit(desk.id, [FinishDelivery(target, done)])
    await change(
        desk, CHOSEN, external=External(database="canary-db", practitioner="canary-lee", location="canary-n1")
    )
    await desk.cancel(CHOSEN, reason="canary reason", note="canary note")
    text = json.dumps(await bundle(desk))
    for secret in (*tokens, *(each.rpartition(".")[2] for each in tokens), "+1 555", "CANARY", "canary"):
        assert secret.lower() not in text.lower()
    assert no in text


async def test_the_appointment_and_its_configuration(desk: Desk) -> None:
    no = await booked(desk)
    made = await desk.get(CHOSEN)
    found = await bundle(desk)
    assert found["made_at"] == "2026-11-21T08:00:00Z"
    assert found["appointment"] == {
        "number": no,
        "room": made.room,
        "practitioner": made.practitioner_no,
        "patient": made.patient_no,
        "status": "confirmed",
        "starts_at": "2026-11-21T10:00:00Z",
        "ends_at": "2026-11-21T10:30:00Z",
        "stored_at": "2026-11-21T08:00:00Z",
        "link_issued_at": "2026-11-21T08:00:00Z",
        "extended_minutes": 0.0,
        "by_external_database": False,
    }
    configuration = found["configuration"]
    assert configuration.pop("policy")["closes_after_minutes"] == 60
    assert configuration == {
        "time_zone": "UTC",
        "window": {"opens_at": "2026-11-21T09:50:00Z", "closes_at": "2026-11-21T11:30:00Z"},
        "practitioner_exists": True,
        "practitioner_video_enabled": True,
        "type_linked": True,
        "type_video": True,
    }
    assert [(each["what"], each["by"]) for each in found["history"]] == [("created", "staff")]
    assert set(found["history"][0]) == {"at", "what", "by"}


async def test_why_there_is_no_link(desk: Desk) -> None:
    await booked(desk)
    await desk.types.delete(desk.id, "canary-type", now=desk.now)
    await change(desk, CHOSEN, issued_at=0, extended=90_000)
    desk.now = at("12:00")
    found = await bundle(desk)
    failed = [(each["code"], each["blocking"]) for each in found["checks"] if not each["passed"]]
    assert failed == [("window_closed", True), ("type_not_linked", True)]
    assert len(found["checks"]) == 12
    assert (found["appointment"]["link_issued_at"], found["appointment"]["extended_minutes"]) == (None, 1.5)
    assert (found["configuration"]["type_linked"], found["configuration"]["type_video"]) == (False, False)


async def test_what_is_there_and_switched_off(desk: Desk) -> None:
    await booked(desk)
    await desk.practitioners.put(
        desk.id, "canary-doctor", name="Dr Canary", video_enabled=False, now=desk.now
    )
    await desk.types.put(
        desk.id, "canary-type", name="C", video=False, minutes=30, external_ids=("CANARY-X",), now=desk.now
    )
    configuration = (await bundle(desk))["configuration"]
    assert (configuration["practitioner_exists"], configuration["type_linked"]) == (True, True)
    assert configuration["practitioner_video_enabled"] is configuration["type_video"] is False


async def test_that_it_fits_another_clinic_as_well(desk: Desk) -> None:
    """Which one is not said: a clinic's id is somebody's word, too."""
    other = await Desk(desk.store).open()
    await booked(desk)
    for each in (desk, other):
        await each.practitioners.put(each.id, "dr-x", name="X", external_ids=("X",), now=desk.now)
    shared = Database(id=f"canary-{new_number()}", clinics=(desk.id, other.id), in_order=False)
    await desk.store.commit(NO_CLINIC, [Put(shared)])
    await change(desk, CHOSEN, issued_at=0, external=External(database=shared.id, practitioner="X"))
    found = await bundle(desk)
    failed = [each["code"] for each in found["checks"] if not each["passed"]]
    assert failed == ["ambiguous_clinic"]
    assert str(other.id) not in json.dumps(found)


async def test_a_mail_names_whom_it_is_for_and_not_whom_it_is_about(desk: Desk) -> None:
    """A cancellation is about nobody, and goes to everybody by name."""
    no = await booked(desk)
    event = Event(id="msg_1", type="appointment.cancelled", at=desk.now, subject=no, person="patient")
    sent = Message(event=event, seq=1, person="guest:canary-guest")
    await desk.store.commit(desk.id, [Enqueue(MAIL, sent, desk.now)])
    done = Delivery(message=sent, state="delivered", attempts=1, at=desk.now)
    await desk.store.commit(desk.id, [FinishDelivery(MAIL, done)])
    assert [each["person"] for each in (await bundle(desk))["messages"]] == [2]


async def test_a_message_that_has_not_arrived_is_a_check_that_fails(desk: Desk) -> None:
    no = await booked(desk)
    await desk.store.commit(desk.id, [MessageStatus(no, "patient", Undelivered(at=desk.now, why="timeout"))])
    failed = [
        (each["code"], each["blocking"]) for each in (await bundle(desk))["checks"] if not each["passed"]
    ]
    assert failed == [("message_undelivered", False)]


async def test_without_its_practitioner(desk: Desk) -> None:
    await booked(desk)
    desk.now = at("12:00")
    await desk.practitioners.delete(desk.id, "canary-doctor", now=desk.now)
    configuration = (await bundle(desk))["configuration"]
    assert configuration["practitioner_exists"] is configuration["practitioner_video_enabled"] is False


async def test_everybody_on_it_by_number(desk: Desk) -> None:
    no = await booked(desk)
    await desk.patients.put(desk.id, "canary-patient", name="C", phone="+1", now=desk.now)
    await change(desk, CHOSEN, revoked=(2,), generations={1: 3}, told=(1, 2))
    failed = Undelivered(at=desk.now, why="timeout")
    await desk.store.commit(
        desk.id, [MessageStatus(no, "patient", failed), MessageStatus(no, "practitioner", None)]
    )
    patient, practitioner, guest = (await bundle(desk))["people"]
    assert patient == {
        "person": 1,
        "failed": [],
        "generation": 3,
        "revoked": False,
        "told": True,
        "has_email": False,
        "has_phone": True,
        "undelivered": {"at": "2026-11-21T08:00:00Z", "why": "timeout"},
    }
    assert (practitioner["person"], practitioner["told"], practitioner["undelivered"]) == (0, False, None)
    assert (practitioner["has_email"], practitioner["has_phone"]) == (True, False)
    assert (guest["person"], guest["failed"], guest["revoked"]) == (2, ["revoked"], True)
    assert guest["undelivered"]["why"] == "pending"


async def test_messages_in_order_sent_and_being_tried(desk: Desk) -> None:
    """Of this appointment only; to whom by number."""
    no, hook = await booked(desk), await a_hook(desk)
    other = await desk.book("other", "12:00")
    for n, (target, subject, who) in enumerate(
        [(MAIL, no, "guest:canary-guest"), (hook, no, "guest:canary-guest"), (MAIL, other.no, "patient")]
    ):
        sent = message(desk, subject, n + 1, who)
        done = Delivery(message=sent, state="delivered", attempts=2, at=desk.now - n, status=250)
        await desk.store.commit(desk.id, [Enqueue(target, sent, desk.now)])
        await desk.store.commit(desk.id, [FinishDelivery(target, done)])
    waiting = replace(message(desk, no, 9), event=replace(message(desk, no, 9).event, person=None))
    tried = SendAttempts(
        id=waiting.event.id, count=4, first_at=desk.now, last_at=desk.now + MINUTE, why="refused", status=503
    )
    await desk.store.commit(desk.id, [Enqueue(hook, waiting, desk.now)])
    await desk.store.commit(desk.id, [SendFailed(hook, waiting, tried)])
    found = (await bundle(desk))["messages"]
    assert [(m["target"], m["seq"], m["person"], m["state"], m["attempts"]) for m in found] == [
        ("webhook", 2, 2, "delivered", 2), ("mail", 1, 2, "delivered", 2), ("webhook", 9, None, "pending", 4),
    ]  # fmt: skip
    assert found[2] == {
        "id": "msg_9",
        "type": "link.issued",
        "seq": 9,
        "target": "webhook",
        "person": None,
        "state": "pending",
        "attempts": 4,
        "at": "2026-11-21T08:01:00Z",
        "why": "refused",
        "status": 503,
    }


async def test_who_came_who_tried_and_how_media_went(desk: Desk) -> None:
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", now=desk.now)
    made = await desk.book("a")
    desk.now = at("10:00")
    doctor, patient = await in_call(desk)
    sid = patient.here.sid
    for entry in (
        Entry(kind="try", at=at("09:55"), person="patient", appointment=made.no, why="too_early"),
        Entry(kind="check", at=at("09:54"), person="patient", why="failed", found={"relay": "failed"}),
        Entry(kind="failed", at=at("10:01"), person="patient", sid=sid),
        Entry(kind="open", at=at("10:01"), person="patient", sid=sid, state="media", device="Firefox"),
        Entry(kind="close", at=at("10:05"), person="patient", sid=sid, state="media", why="left"),
        Entry(kind="done", at=at("10:05"), person="practitioner", sid=doctor.here.sid),
    ):
        await desk.store.commit(desk.id, [Append(made.room, made.practitioner_no, entry)])
    desk.now = at("10:10")
    found = await bundle(desk, "a")
    assert [(each["kind"], each["person"], each["why"], each["at"]) for each in found["tries"]] == [
        ("try", 1, "too_early", "2026-11-21T09:55:00Z"), ("failed", 1, "", "2026-11-21T10:01:00Z"),
    ]  # fmt: skip
    assert found["device_checks"] == [
        {
            "kind": "check",
            "at": "2026-11-21T09:54:00Z",
            "person": 1,
            "why": "failed",
            "found": {"relay": "failed"},
        }
    ]
    assert found["ice"] == [
        {
            "person": 1,
            "state": "media",
            "started_at": "2026-11-21T10:01:00Z",
            "ended_at": "2026-11-21T10:05:00Z",
            "ended_by": "left",
            "device": "Firefox",
        }
    ]
    assert {(each["person"], each["state"]) for each in found["joins"]} >= {(0, "in_room"), (1, "in_room")}
    assert {each["ended_at"] for each in found["joins"] if each["state"] == "in_room"} == {None}
    assert (found["outcome"], found["overlap_seconds"]) == (None, 600.0)


async def test_of_nothing_there_is(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await bundle(desk, "nothing")
