"""From the outbox to whoever is to be told: what is sent where, in what order, what a failure means (F6)."""

import json
from typing import Any

import pytest

from rooms.calendar import GuestRequest
from rooms.events import Event, EventType, new_message_id
from rooms.outgoing import MAIL, OUTBOX, Emit, delivery_queue_task
from rooms.ports import Conflict
from rooms.records import Appointment
from rooms.service.idempotency import Act
from rooms.service.links.bookmarks import Bookmarks
from rooms.service.messages.dispatch import GIVEN_UP_AFTER, NO_CHANNEL, RETRY_DELAYS, retry_delay
from rooms.times import DAY, MINUTE, SECOND
from tests.service.dispatch_room import Room
from tests.support.builders import at
from tests.support.desk import DESK, PUBLIC_URL, Desk

MUM = GuestRequest(id="mum", name="Maria", email="mum@mail.example")


async def booked(desk: Desk, **more: Any) -> Appointment:
    return await desk.book("a", **more)


async def test_each_event_to_each_webhook_that_wants_it_in_order(desk: Desk) -> None:
    room = Room(desk, mail=False)
    everything, links = await room.hook(), await room.hook("links", "link.issued", "link.revoked")
    made = await booked(desk)
    await desk.book("b", "11:00")
    await desk.cancel("a")
    await room.hand_on()
    bodies = await room.drained(everything, made.no)
    assert [each["type"] for each in bodies] == [
        "appointment.confirmed",
        "link.issued",
        "link.issued",
        "appointment.cancelled",
    ]
    assert [each["data"]["seq"] for each in bodies] == [1, 2, 3, 4]
    assert [each["data"]["seq"] for each in await room.drained(links, made.no)] == [2, 3]


async def test_a_body_is_type_timestamp_and_data(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook("main", "link.issued")
    made = await booked(desk)
    await room.hand_on()
    [patient, practitioner] = await room.drained(hook, made.no)
    assert patient == {
        "type": "link.issued",
        "timestamp": "2026-11-21T08:00:00Z",
        "data": {
            "clinic": desk.id,
            "appointment": "a",
            "seq": 2,
            "person": "patient",
            "starts_at": "2026-11-21T10:00:00Z",
            "ends_at": "2026-11-21T10:30:00Z",
            "link": f"{PUBLIC_URL}/j#{await desk.link('a')}",
        },
    }
    assert practitioner["data"]["link"] == f"{PUBLIC_URL}/p#{await desk.link('a', 'practitioner')}"


async def test_nothing_in_the_store_opens_anything(desk: Desk) -> None:
    """Links are made when they are sent."""
    room = Room(desk)
    hook = await room.hook()
    made = await booked(desk)
    await room.hand_on()
    tokens = [await desk.link("a", who) for who in ("patient", "practitioner")]
    message, _ = await desk.store.head(desk.id, hook.no, made.no)
    assert not any(token in repr(message) for token in tokens)


async def test_a_retry_has_the_same_body_whatever_signs_meanwhile(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook("main", "link.issued")
    made = await booked(desk)
    await room.hand_on()
    first = await room.webhook(hook, made.no)
    assert first is not None
    assert await room.fail(hook.no, first) == "failed"
    room.rotate()
    again = await room.webhook(hook, made.no)
    assert again is not None
    assert (again.body, again.message.event.id) == (first.body, first.message.event.id)


async def test_the_first_retry_comes_after_three_to_five_seconds_the_last_after_hours() -> None:
    assert retry_delay(1, 0) == 3 * SECOND
    assert 4990 <= retry_delay(1, 0.999) <= 5 * SECOND
    waits = [retry_delay(count, 0) for count in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[7:] == [RETRY_DELAYS[-1]] * 12


async def test_a_lane_waits_for_its_head_and_others_do_not(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made, other = await booked(desk), await desk.book("b", "11:00")
    await room.hand_on()
    work = await room.webhook(hook, made.no)
    assert work is not None
    now = desk.now
    await room.fail(hook.no, work, chance=0.5)
    assert await desk.store.task(desk.id, delivery_queue_task(hook.no, made.no)) == now + 4 * SECOND
    assert await desk.store.task(desk.id, delivery_queue_task(hook.no, other.no)) == now
    # What comes meanwhile goes behind it, and is not tried sooner.
    await desk.cancel("a")
    await room.hand_on()
    assert await desk.store.task(desk.id, delivery_queue_task(hook.no, made.no)) == now + 4 * SECOND


async def test_after_three_days_it_is_a_dead_letter_and_the_next_goes_on(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await booked(desk)
    await room.hand_on()
    first = await room.webhook(hook, made.no)
    assert first is not None
    tries, began = 0, desk.now
    while (result := await room.fail(hook.no, first, status=503)) == "failed":
        tries += 1
        await room.take(hook.no, made.no)
    assert (result, tries) == ("given up", tries)
    assert GIVEN_UP_AFTER <= desk.now - began <= GIVEN_UP_AFTER + RETRY_DELAYS[-1]
    assert tries > len(RETRY_DELAYS)
    [dead] = [each for each in await room.hooks.deliveries(desk.id, "main") if each.state == "dead"]
    assert (dead.attempts, dead.status, dead.why) == (tries + 1, 503, "timeout")
    following = await room.webhook(hook, made.no)
    assert following is not None
    assert following.message.seq == 2
    # It is another one, whose tries begin anew.
    assert await room.fail(hook.no, following) == "failed"
    [waiting] = [each for each in await room.hooks.deliveries(desk.id, "main") if each.state == "pending"]
    assert waiting.attempts == 1


async def test_what_no_retry_will_help_is_given_up_at_once(desk: Desk) -> None:
    room = Room(desk)
    made = await booked(desk)
    await room.hand_on()
    mail = await room.mail(made.no)
    assert mail is not None
    assert await room.fail(MAIL, mail, "refused", status=550, final=True) == "given up"
    [undelivered] = await desk.store.undelivered(desk.id, [(made.no, "patient")])
    assert undelivered is not None
    assert (undelivered.why, undelivered.has_failed) == ("refused", True)
    [check] = [each for each in await desk.diagnosis.of(desk.id, "a", desk.now) if not each.passed]
    assert (check.code, check.blocking) == ("message_undelivered", False)


async def test_a_message_on_its_way_is_no_failure_and_one_that_arrived_is_forgotten(desk: Desk) -> None:
    room = Room(desk)
    made = await booked(desk)
    await room.hand_on()
    [pending] = await desk.store.undelivered(desk.id, [(made.no, "patient")])
    assert pending is not None
    assert not pending.has_failed
    mail = await room.mail(made.no)
    assert mail is not None
    await room.fail(MAIL, mail)
    await room.arrive(MAIL, mail, 250)
    assert await desk.store.undelivered(desk.id, [(made.no, "patient")]) == [None]
    [delivered] = await desk.store.finished(desk.id, MAIL, 10)
    assert (delivered.state, delivered.attempts, delivered.status) == ("delivered", 2, 250)


async def test_without_a_channel_the_diagnosis_says_so(desk: Desk) -> None:
    """But for a practitioner, who has a page."""
    room = Room(desk, mail=False)
    made = await booked(desk)
    await room.hand_on()
    patient, practitioner = await desk.store.undelivered(
        desk.id, [(made.no, "patient"), (made.no, "practitioner")]
    )
    assert patient is not None
    assert patient.why == NO_CHANNEL
    assert practitioner is None


async def test_who_gets_a_mail(desk: Desk) -> None:
    """Patient and guests their link; everybody who was told, that it is moved or cancelled; a practitioner
    only for the asking.
    """
    room = Room(desk)
    made = await booked(desk, guests=(MUM,))
    await room.hand_on()
    assert await mailed(room, made) == [
        ("link.issued", "ada@mail.example"),
        ("link.issued", "mum@mail.example"),
    ]
    await booked(desk, starts="12:00", guests=(MUM,))
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", email="lee@mail.example", now=desk.now)
    await desk.staff_acts.resend(Act(desk.id, desk.now, DESK, reason=None), "a", "practitioner")
    await desk.cancel("a")
    await room.hand_on()
    assert await mailed(room, made) == [
        ("appointment.rescheduled", "ada@mail.example"),
        ("appointment.rescheduled", "mum@mail.example"),
        ("link.requested", "lee@mail.example"),
        ("appointment.cancelled", "ada@mail.example"),
        ("appointment.cancelled", "mum@mail.example"),
    ]


async def mailed(room: Room, made: Appointment) -> list[tuple[str, str | None]]:
    found = []
    while (mail := await room.mail(made.no)) is not None:
        found.append((str(mail.message.event.type), mail.to))
        await room.arrive(MAIL, mail)
    return found


async def test_a_mail_holds_that_persons_link_and_a_patients_address(desk: Desk) -> None:
    room = Room(desk)
    made = await booked(desk, guests=(MUM,))
    await desk.cancel("a")
    await room.hand_on()
    patient = await room.mail(made.no)
    assert patient is not None
    assert patient.link is not None
    assert patient.link.startswith(f"{PUBLIC_URL}/j#")
    assert (
        patient.address == f"{PUBLIC_URL}/a#{patient.link.partition('#')[2].split('.')[0]}.{made.patient_no}"
    )
    await room.arrive(MAIL, patient)
    guest = await room.mail(made.no)
    assert guest is not None
    assert guest.address is None
    assert guest.link not in (None, patient.link)


async def test_whoever_has_no_address_on_file_or_is_gone_gets_none(desk: Desk) -> None:
    room = Room(desk)
    await desk.book("b", patient="bob", guests=(MUM,))
    made = await desk.get("b")
    await room.hand_on()
    bob = await room.mail(made.no)
    assert bob is not None
    assert bob.to is None
    await room.fail(MAIL, bob, "contact_missing", final=True)
    await desk.book("b", patient="bob")
    mum = await room.mail(made.no)
    assert mum is not None
    assert (mum.to, mum.link) == (None, None)


async def test_a_code_goes_to_the_contact_of_whom_it_is_for(desk: Desk) -> None:
    room = Room(desk)
    hook = await room.hook("main", "code.requested")
    made = await booked(desk)
    await room.hand_on()
    addresses = Bookmarks(desk.store, desk.links.keyring, desk.links)
    text = str(desk.links.address(await desk.clinics.get(desk.id), made, 1)).partition("#")[2]
    challenge = await addresses.ask(text, desk.now)
    await addresses.send(text, challenge, desk.now)
    await room.hand_on()
    mail = await room.mail(made.patient_no)
    sent = await room.webhook(hook, made.patient_no)
    assert mail is not None
    assert sent is not None
    assert (mail.to, mail.link, mail.appointment) == ("ada@mail.example", None, None)
    data = json.loads(sent.body)["data"]
    assert (data["code"], data["patient"], data["person"]) == (mail.code, "ada", "patient")
    assert data["expires_at"] == "2026-11-21T08:10:00Z"
    assert "appointment" not in data
    opened = await addresses.open_by_code(text, str(mail.code), desk.now, remember=False)
    assert opened.current is not None
    # Ten minutes later it is no use.
    assert await room.fail(MAIL, mail) == "failed"
    desk.now += 10 * MINUTE
    assert await room.fail(MAIL, mail) == "given up"
    await desk.erase("ada")
    assert (await room.webhook(hook, made.patient_no)) is not None


async def test_a_practitioners_code(desk: Desk) -> None:
    room = Room(desk)
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", email="lee@mail.example", now=desk.now)
    made = await booked(desk)
    addresses = Bookmarks(desk.store, desk.links.keyring, desk.links)
    text = str(desk.links.address(await desk.clinics.get(desk.id), made, 0)).partition("#")[2]
    await addresses.send(text, await addresses.ask(text, desk.now), desk.now)
    await room.hand_on()
    mail = await room.mail(made.practitioner_no)
    assert mail is not None
    assert mail.to == "lee@mail.example"
    await desk.cancel("a")
    await desk.practitioners.delete(desk.id, "dr-lee", now=desk.now)
    gone = await room.mail(made.practitioner_no)
    assert gone is not None
    assert gone.to is None


async def test_a_code_of_an_erased_patient_goes_nowhere(desk: Desk) -> None:
    room = Room(desk)
    made = await booked(desk)
    addresses = Bookmarks(desk.store, desk.links.keyring, desk.links)
    text = str(desk.links.address(await desk.clinics.get(desk.id), made, 1)).partition("#")[2]
    await addresses.send(text, await addresses.ask(text, desk.now), desk.now)
    await room.hand_on()
    await desk.erase("ada")
    mail = await room.mail(made.patient_no)
    assert mail is not None
    assert mail.to is None


async def test_a_lane_rests_only_when_nothing_came_meanwhile(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await booked(desk)
    await room.hand_on()
    taken = await room.take(hook.no, made.no)
    await room.drained(hook, made.no)
    await desk.cancel("a")
    await room.hand_on()
    assert not await room.dispatch.close_queue(desk.id, hook.no, made.no, taken)
    await room.drained(hook, made.no)
    assert await room.dispatch.close_queue(desk.id, hook.no, made.no, taken)
    assert await desk.store.task(desk.id, delivery_queue_task(hook.no, made.no)) is None
    assert await room.dispatch.close_queue(desk.id, hook.no, made.no, taken), "somebody else's by now"


async def test_an_event_is_settled_once(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await booked(desk)
    await room.hand_on()
    work = await room.webhook(hook, made.no)
    assert work is not None
    await room.arrive(hook.no, work)
    with pytest.raises(Conflict):
        await room.arrive(hook.no, work)


async def test_a_try_that_fails_after_another_process_delivered_says_nothing(desk: Desk) -> None:
    """Whoever was slow for longer than a task is kept: the message arrived, and is not called undelivered."""
    room = Room(desk)
    made = await booked(desk)
    await room.hand_on()
    mail = await room.mail(made.no)
    assert mail is not None
    await room.arrive(MAIL, mail, 250)
    due = await desk.store.task(desk.id, delivery_queue_task(MAIL, made.no))
    for final in (False, True):
        with pytest.raises(Conflict):
            await room.fail(MAIL, mail, final=final)
    assert await desk.store.undelivered(desk.id, [(made.no, "patient")]) == [None]
    assert (await desk.store.head(desk.id, MAIL, made.no))[1] is None
    assert await desk.store.task(desk.id, delivery_queue_task(MAIL, made.no)) == due
    assert await desk.store.dead(desk.id, MAIL) == []


async def test_a_webhook_that_is_removed_takes_its_lanes_along(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await booked(desk)
    await room.hand_on()
    await room.hooks.delete(desk.id, "main")
    assert await room.webhook(hook, made.no) is None
    assert await desk.store.head(desk.id, hook.no, made.no) == (None, None)


async def test_an_outbox_is_handed_on_once_however_many_there_are(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    for number in range(120):
        event = Event(
            id=new_message_id(), type="link.unusable", at=desk.now, subject="S" * 11, facts={"n": number}
        )
        await desk.store.commit(desk.id, [Emit(event)])
    await room.hand_on()
    assert [each["data"]["n"] for each in await room.drained(hook, "S" * 11)] == list(range(120))
    assert await desk.store.task(desk.id, OUTBOX) is None


async def test_an_appointment_that_is_nowhere_has_no_readers(desk: Desk) -> None:
    room = Room(desk)
    kinds: tuple[EventType, ...] = ("appointment.cancelled", "link.issued")
    for kind in kinds:
        event = Event(
            id=new_message_id(), type=kind, at=desk.now, subject="N" * 11, appointment="n", person="patient"
        )
        await desk.store.commit(desk.id, [Emit(event)])
    await room.hand_on()
    mail = await room.mail("N" * 11)
    assert mail is not None
    assert (mail.message.event.type, mail.to, mail.appointment) == ("link.issued", None, None)


async def test_a_practitioner_without_an_address_is_no_failed_message(desk: Desk) -> None:
    room = Room(desk)
    made = await booked(desk)
    await desk.staff_acts.resend(Act(desk.id, desk.now, DESK, reason=None), "a", "practitioner")
    await room.hand_on()
    for _ in range(2):
        mail = await room.mail(made.no)
        assert mail is not None
        await room.fail(MAIL, mail, "contact_missing", final=True)
    patient, practitioner = await desk.store.undelivered(
        desk.id, [(made.no, "patient"), (made.no, "practitioner")]
    )
    assert patient is not None
    assert patient.why == "contact_missing"
    assert practitioner is None or not practitioner.has_failed


async def test_a_day_of_failures_is_no_end(desk: Desk) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await booked(desk)
    await room.hand_on()
    work = await room.webhook(hook, made.no)
    assert work is not None
    desk.now = at("08:00")
    assert await room.fail(hook.no, work) == "failed"
    desk.now += DAY
    assert await room.fail(hook.no, work) == "failed"
