"""Two processes at the same tasks: one does each, and takes up what one that died had in hand (F6)."""

import asyncio
import time
from typing import Any

import icalendar
import pytest
from msgspec.structs import replace

from rooms.access.codes import code
from rooms.calendar import GuestRequest
from rooms.errors import Unavailable
from rooms.ids import PATIENT
from rooms.outgoing import BACKFILL, MAIL, OUTBOX, Task, TaskQueue, TaskStill, delivery_queue_task
from rooms.ports import Conflict, Put
from rooms.service.appointments.reschedule import Reschedules
from rooms.service.idempotency import Act, Actor
from rooms.service.links.bookmarks import Bookmarks
from rooms.store import RedisStore
from signalling.jobs import receivers
from signalling.jobs import task_runner as job
from signalling.jobs.background_tasks import BackgroundTasks
from signalling.jobs.delivery_queues import TASK_TAKEN_FOR, DeliveryQueue
from signalling.outbound.webhook_signature import new_secret
from tests.jobs.working import Process, hooked, work
from tests.support.builders import at
from tests.support.desk import PUBLIC_URL, Desk
from tests.support.receiver import Receiver
from tests.support.smtp import Relay


async def test_each_message_is_sent_once_in_order(desk: Desk, receiver: Receiver, process: Process) -> None:
    await hooked(desk, receiver)
    one, other = await process(), await process()
    for number in range(6):
        await desk.book(f"a{number}", f"{10 + number}:00")
    await work(one, other)
    told: dict[str, list[int]] = {}
    for each in receiver.received:
        told.setdefault(each.event["data"]["appointment"], []).append(each.event["data"]["seq"])
    assert told == {f"a{number}": [1, 2, 3] for number in range(6)}
    assert await desk.store.queues_due(desk.now) == []


async def test_what_one_that_died_had_in_hand_is_taken_up(
    desk: Desk, receiver: Receiver, process: Process
) -> None:
    await hooked(desk, receiver)
    one, other = await process(), await process()
    receiver.delay(30)
    await desk.book("a")
    await one.run()
    await asyncio.gather(*list(one.running))
    await one.run()
    await receiver.wait_for(1)
    began = time.monotonic()
    await one.close()
    assert time.monotonic() - began < 5, "it waits for no receiver"
    await work(other, rounds=2)
    assert len(receiver.received) == 1, "it is still taken"
    desk.now += TASK_TAKEN_FOR
    await other.health.beat()
    await work(other, rounds=3)
    assert len(receiver.received) == 4
    assert len({each.id for each in receiver.received}) == 3
    assert receiver.received[0].body == receiver.received[1].body


async def test_a_failure_waits_and_is_counted(desk: Desk, receiver: Receiver, process: Process) -> None:
    room = await hooked(desk, receiver)
    one = await process()
    receiver.answer(500)
    made = await desk.book("a")
    await work(one, rounds=3)
    assert len(receiver.received) == 1
    due = await desk.store.task(
        desk.id, delivery_queue_task((await room.hooks.get(desk.id, "main")).no, made.no)
    )
    assert due is not None
    assert 3000 <= due - desk.now <= 5000
    text = one.metrics.text().decode()
    assert 'consultroom_job_lag_seconds_count{job="lane"} 1.0' in text
    assert 'consultroom_job_lag_seconds_sum{job="lane"} 0.0' in text
    assert 'consultroom_messages_total{result="refused",target="webhook"} 1.0' in text
    desk.now = due
    await work(one, rounds=3)
    assert [each.status for each in receiver.received] == [500, 200, 200, 200]


async def test_mails_reminders_and_healing_are_tasks_too(desk: Desk, relay: Relay, process: Process) -> None:
    one = await process(relay)
    await desk.practitioners.put(desk.id, "dr-kim", name="Dr Kim", video_enabled=False, now=desk.now)
    await desk.book("a")
    await desk.book("b", "12:00", practitioner="dr-kim")
    await desk.practitioners.put(desk.id, "dr-kim", name="Dr Kim", now=desk.now)
    await work(one)
    assert (await desk.get("b")).issued_at == desk.now
    desk.now += 60 * 60_000
    await one.health.beat()
    await work(one)
    assert [str(mail.message["subject"]) for mail in relay.mails] == [
        "Your appointment",
        "Your appointment",
        "Reminder: your appointment",
    ]


async def test_without_an_address_or_a_relay_it_says_why(desk: Desk, relay: Relay, process: Process) -> None:
    one = await process(relay)
    await desk.patients.put(desk.id, "eve", name="Eve", now=desk.now)
    made = await desk.book("e", patient="eve")
    await work(one, rounds=3)
    [missing] = await desk.store.undelivered(desk.id, [(made.no, "patient")])
    assert missing is not None
    assert missing.why == "contact_missing"
    other = await desk.book("a", "11:00")
    await one.run()
    await asyncio.gather(*list(one.running))
    one.sender.mail = None  # as after a restart without CONSULTROOM_SMTP_URL
    await work(one, rounds=2)
    [unsent] = await desk.store.undelivered(desk.id, [(other.no, "patient")])
    assert unsent is not None
    assert unsent.why == "no_relay"


async def test_a_task_that_breaks_is_put_off_and_others_go_on(
    desk: Desk, receiver: Receiver, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    await hooked(desk, receiver)
    one = await process()

    async def broken(*_: Any) -> None:
        raise RuntimeError("unforeseen")

    one.backfill.run = broken  # type: ignore[method-assign, assignment]  # what nobody foresaw
    await desk.store.commit(desk.id, [Task(BACKFILL, desk.now)])
    await desk.book("a")
    await work(one, rounds=4)
    assert len(receiver.received) == 3
    assert await desk.store.task(desk.id, BACKFILL) == desk.now + job.FAILED_TASK_AGAIN
    assert "a task failed" in caplog.text
    caplog.clear()

    async def away(*_: Any) -> None:
        raise Unavailable

    one.backfill.run = away  # type: ignore[method-assign, assignment]  # as above
    desk.now += job.FAILED_TASK_AGAIN
    await one.health.beat()
    await work(one, rounds=1)
    assert await desk.store.task(desk.id, BACKFILL) == desk.now + TASK_TAKEN_FOR
    assert "failed" not in caplog.text


async def test_a_process_that_cannot_serve_takes_nothing(desk: Desk, process: Process) -> None:
    one = await process()
    one.health.stopping = True
    await desk.book("a")
    await one.run()
    assert one.running == set()


async def test_one_clinic_never_has_all_hands(desk: Desk, receiver: Receiver, process: Process) -> None:
    await hooked(desk, receiver)
    one = await process()
    for number in range(12):
        await desk.book(f"a{number}", f"{10 + number}:00")
    await one.run()
    await asyncio.gather(*list(one.running))
    await one.run()
    assert len(one.running) == receivers.UNPROVEN_ATTEMPTS
    await asyncio.gather(*list(one.running))
    receiver.delay(2, times=40)
    for _ in range(2):
        await one.run()
        assert len(one.running) == receivers.ATTEMPTS_AT_ONE


async def test_a_delivery_queue_that_takes_long_is_handed_back(
    desk: Desk, receiver: Receiver, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await hooked(desk, receiver)
    one = await process()
    made = await desk.book("a")
    await one.run()
    await asyncio.gather(*list(one.running))
    hook = (await room.hooks.get(desk.id, "main")).no
    # Taken for so long already that another message would not be done in time.
    taken = desk.now + TASK_TAKEN_FOR // 2
    due = await desk.store.task(desk.id, delivery_queue_task(hook, made.no))
    assert due is not None
    name = delivery_queue_task(hook, made.no)
    await desk.store.commit(desk.id, [TaskStill(name, due), Task(name, taken)])
    await one.delivery_queues.run(DeliveryQueue(desk.id, hook, made.no, due, taken))
    assert receiver.received == []
    assert await desk.store.task(desk.id, name) == desk.now


async def test_background_tasks_are_done_and_what_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    later, done = BackgroundTasks(), list[int]()

    async def good() -> None:
        await asyncio.sleep(0)
        done.append(1)

    async def away() -> None:
        raise Unavailable

    async def broken() -> None:
        raise RuntimeError

    for each in (good(), away(), broken()):
        later.do(each)
    assert done == []
    await later.finish()
    assert done == [1]
    assert "records cannot be reached" in caplog.text
    assert "was answered for and failed" in caplog.text


async def test_what_will_never_be_taken_is_given_up_and_the_next_mail_goes_on(
    desk: Desk, relay: Relay, process: Process
) -> None:
    one = await process(relay)
    relay.refuse("rcpt", "550 5.1.1 No such mailbox")
    made = await desk.book("a")
    await desk.book("a", "11:00")
    await work(one, rounds=3)
    [dead] = await desk.store.dead(desk.id, MAIL)
    assert (dead.message.event.type, dead.attempts, dead.why, dead.status) == (
        "link.issued",
        1,
        "refused",
        550,
    )
    [mail] = relay.mails
    assert "11:00" in mail.text
    assert await desk.store.task(desk.id, delivery_queue_task(MAIL, made.no)) is None


async def test_who_has_no_address_holds_up_nobody(desk: Desk, relay: Relay, process: Process) -> None:
    one = await process(relay)
    mum = GuestRequest(id="mum", name="Maria", email="mum@mail.example")
    made = await desk.book("b", patient="bob", guests=(mum,))
    await work(one, rounds=3)
    assert [each.message.person for each in await desk.store.dead(desk.id, MAIL)] == ["patient"]
    assert [mail.to for mail in relay.mails] == [["mum@mail.example"]]
    assert await desk.store.task(desk.id, delivery_queue_task(MAIL, made.no)) is None


async def test_each_person_gets_a_mail_of_their_own_and_hears_why_it_was_cancelled(
    desk: Desk, relay: Relay, process: Process
) -> None:
    one = await process(relay)
    mum = GuestRequest(id="mum", name="Maria", email="mum@mail.example")
    await desk.book("a", guests=(mum,))
    await work(one, rounds=3)
    texts = {mail.to[0]: mail.text for mail in relay.mails}
    assert f"{PUBLIC_URL}/j#{await desk.link('a')}" in texts["ada@mail.example"]
    assert f"{PUBLIC_URL}/j#{await desk.link('a', 'guest:mum')}" in texts["mum@mail.example"]
    await desk.cancel("a", reason="The practice is closed.")
    await work(one, rounds=3)
    assert all("The practice is closed." in mail.text for mail in relay.mails[2:])
    assert sorted(mail.to[0] for mail in relay.mails[2:]) == ["ada@mail.example", "mum@mail.example"]
    assert len({mail.message["message-id"] for mail in relay.mails}) == 4


async def test_each_mail_about_a_visit_brings_it_for_the_calendar(
    desk: Desk, relay: Relay, process: Process
) -> None:
    """C9, as the receiver's calendar reads it: one entry, newer each time, and taken away at a cancel."""
    one = await process(relay)
    made = await desk.book("a")
    await work(one, rounds=3)
    await Reschedules(desk.store, desk.bus, desk.appointments).reschedule(
        Act(desk.id, desk.now, Actor("staff")), "a", starts_at=at("12:00"), ends_at=at("12:30")
    )
    await work(one, rounds=3)
    await desk.cancel("a", reason="Ill.")
    await work(one, rounds=3)
    files = [attached for mail in relay.mails for attached in mail.calendars]
    assert len(files) == len(relay.mails) == 3
    read = [icalendar.Calendar.from_ical(each.get_content()) for each in files]
    assert [str(each["METHOD"]) for each in read] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [each.get_param("method") for each in files] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert {(each.get_content_type(), each.get_filename()) for each in files} == {
        ("text/calendar", "appointment.ics")
    }
    events: list[Any] = [each.walk("VEVENT")[0] for each in read]
    assert {str(each["UID"]).partition("@")[0] for each in events} == {made.no}
    assert [each["SEQUENCE"] for each in events] == [0, 1, 2]
    assert [str(each["STATUS"]) for each in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [each["DTSTART"].dt.hour for each in events] == [10, 12, 12]
    assert {str(each["ORGANIZER"]) for each in events} == {"mailto:visits@clinic.org"}
    assert str(events[0]["LOCATION"]).startswith(f"{PUBLIC_URL}/j#")
    assert "LOCATION" not in events[2]
    for each in files:
        for name in ("Ada", "Lee", "Harbour"):
            assert name not in each.get_content()


async def test_a_mail_says_whom_to_call_and_where_to_come_and_a_code_mail_says_the_code(
    desk: Desk, relay: Relay, process: Process
) -> None:
    clinic = await desk.clinics.get(desk.id)
    await desk.store.commit(desk.id, [Put(replace(clinic, phone="+61 2 5550 1234"))])
    one, made = await process(relay), await desk.book("a")
    await work(one, rounds=3)
    address = desk.links.address(clinic, made, PATIENT)
    assert address is not None
    [issued] = relay.mails
    assert "+61 2 5550 1234" in issued.text
    assert address in issued.text
    addresses = Bookmarks(desk.store, desk.links.keyring, desk.links)
    text = address.partition("#")[2]
    challenge = await addresses.ask(text, desk.now)
    await addresses.send(text, challenge, desk.now)
    await work(one, rounds=3)
    digits = code(desk.links.keyring, challenge.key, challenge.nonce)
    assert digits is not None
    assert digits in relay.mails[1].text


async def test_after_a_rotation_both_secrets_sign(desk: Desk, receiver: Receiver, process: Process) -> None:
    room = await hooked(desk, receiver)
    new = new_secret()
    room.hooks.secret = lambda: new
    await room.hooks.rotate(desk.id, "main", desk.now)
    one = await process()
    await desk.book("a")
    await work(one, rounds=3)
    # By the desk's clock they are of another day, which a library that verifies rightly minds.
    assert [len(each.headers["webhook-signature"].split()) for each in receiver.received] == [2] * 3


async def test_done_a_clinic_is_not_looked_at_again(
    desk: Desk, receiver: Receiver, process: Process, store: RedisStore
) -> None:
    await hooked(desk, receiver)
    one = await process()
    await desk.book("a")
    assert await store.queues_due(desk.now) == [TaskQueue(desk.id, OUTBOX)]
    await work(one, rounds=4)
    assert len(receiver.received) == 3
    assert await store.queues_due(desk.now) == []


async def test_what_another_took_meanwhile_is_left_to_it(desk: Desk, process: Process) -> None:
    """Slower than a task is kept: it fails, or runs out of time, when the task is another's."""
    one, others = await process(), desk.now + 12_345

    async def slow(*_: Any) -> None:
        await desk.store.commit(desk.id, [Task(BACKFILL, others)])
        raise RuntimeError("unforeseen")

    one.backfill.run = slow  # type: ignore[method-assign, assignment]  # what nobody foresaw
    await desk.store.commit(desk.id, [Task(BACKFILL, desk.now)])
    await work(one, rounds=1)
    assert await desk.store.task(desk.id, BACKFILL) == others
    name = delivery_queue_task(MAIL, "S" * 11)
    await desk.store.commit(desk.id, [Task(name, others)])
    with pytest.raises(Conflict):
        await one.delivery_queues.run(
            DeliveryQueue(desk.id, MAIL, "S" * 11, others, desk.now + TASK_TAKEN_FOR // 2)
        )
    assert await desk.store.task(desk.id, name) == others
