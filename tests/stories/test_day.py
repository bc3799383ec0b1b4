"""Days that are not one tidy visit: back to back, over the window's close, early, late (D1, D2, F3)."""

import asyncio
import time

from tests.stories.conftest import Open
from tests.stories.test_visit import both, in_call
from tests.support.api import Clinic
from tests.support.peer import Connect


async def test_the_same_room_all_day_another_tomorrow(clinic: Clinic) -> None:
    first = await clinic.book("a-1", starts=600, lasts=600)
    second = await clinic.book("a-2", starts=1300, lasts=600)
    tomorrow = await clinic.book("a-3", starts=600 + 26 * 3600, lasts=600)
    same_day = first["starts_at"][:10] == second["starts_at"][:10]
    assert (first["room"] == second["room"]) or not same_day
    assert tomorrow["room"] not in (first["room"], second["room"])


async def test_a_second_before_and_after_the_window(open_clinic: Open, connect: Connect) -> None:
    clinic = await open_clinic(opens_before_minutes=0, closes_after_minutes=0)
    await clinic.book(starts=2, lasts=2)
    token = await clinic.token()
    early = await connect()
    refused = await early.hello(token)
    assert refused["code"] == "too_early"
    assert {"opens_at", "closes_at", "starts_at", "server_time"} <= refused.keys()
    assert await early.closed() == 4010
    await asyncio.sleep(2)
    on_time = await connect()
    assert (await on_time.hello(token))["state"] == "waiting"
    closed = await on_time.wait("error", within=6)
    assert closed["code"] == "window_closed"
    assert {"opens_at", "closes_at", "starts_at", "server_time"} <= closed.keys()
    assert await on_time.closed() == 4503
    late = await connect()
    assert (await late.hello(token))["code"] == "window_closed"
    assert await late.closed() == 4503


async def test_who_waited_in_vain_is_not_absent(open_clinic: Open, connect: Connect) -> None:
    clinic = await open_clinic(opens_before_minutes=1, closes_after_minutes=0)
    await clinic.book(lasts=3)
    patient = await connect()
    await patient.hello(await clinic.token())
    settled = await clinic.outcome(within=8)
    assert (settled["status"], settled["outcome"], settled["review"]) == (
        "confirmed",
        "practitioner_absent",
        True,
    )


async def test_who_tried_too_early_and_gave_up_is_not_absent(open_clinic: Open, connect: Connect) -> None:
    clinic = await open_clinic(opens_before_minutes=0, closes_after_minutes=0)
    await clinic.book(starts=2, lasts=1)
    patient = await connect()
    assert (await patient.hello(await clinic.token()))["code"] == "too_early"
    settled = await clinic.outcome(within=9)
    assert (settled["status"], settled["outcome"]) == ("confirmed", "technical")


async def test_a_try_after_a_no_show_flags_it(open_clinic: Open, connect: Connect) -> None:
    clinic = await open_clinic(opens_before_minutes=1, closes_after_minutes=0)
    await clinic.book(lasts=2)
    token = await clinic.token()
    missed = await clinic.outcome(within=7)
    assert (missed["status"], missed["outcome"]) == ("no_show", "both_absent")
    late = await connect()
    assert (await late.hello(token))["code"] == "window_closed"
    flagged = await clinic.api.get("/v1/appointments/a-1")
    assert (flagged["status"], flagged["outcome"], flagged["outcome_revision"], flagged["flagged"]) == (
        "no_show", "too_late", 2, True,
    )  # fmt: skip


async def test_a_call_goes_on_over_the_close_and_is_decided_when_they_part(
    open_clinic: Open, connect: Connect
) -> None:
    clinic = await open_clinic(opens_before_minutes=1, closes_after_minutes=0, attended_seconds=1)
    await clinic.book(lasts=3)
    host, patient = await in_call(clinic, connect)
    await asyncio.sleep(4.5)
    during = await clinic.api.get("/v1/appointments/a-1")
    assert (during["status"], during["outcome"]) == ("confirmed", None)
    await patient.say("chat", text="still here")
    assert (await host.wait("chat"))["text"] == "still here"
    await patient.cut()
    await host.wait("state", online=False)
    back = await connect()
    assert (await back.resume(patient))["state"] == "in_room"
    parted = time.monotonic()
    await host.ask("end")
    settled = await clinic.outcome(within=4)
    assert time.monotonic() - parted < 3.5
    assert (settled["status"], settled["outcome"]) == ("completed", "attended")
    assert (await clinic.api.get("/v1/appointments/a-1/attendance"))["overlap_seconds"] > 3.5


async def test_back_to_back_in_one_room_each_gets_its_own_time(open_clinic: Open, connect: Connect) -> None:
    clinic = await open_clinic(opens_before_minutes=1, closes_after_minutes=0, attended_seconds=1)
    first = await clinic.book("a-1", starts=-1, lasts=4)
    second = await clinic.book("a-2", starts=3, lasts=4)
    if first["room"] != second["room"]:
        return  # the clinic's midnight lies between the two; the next run has them on one day
    host, patient = await in_call(clinic, connect)
    await asyncio.sleep(5)
    await host.ask("end", outcome="done")
    assert (await clinic.outcome("a-1", within=6))["outcome"] == "attended"
    assert (await clinic.outcome("a-2", within=6))["outcome"] == "attended"
    one = (await clinic.api.get("/v1/appointments/a-1/attendance"))["overlap_seconds"]
    two = (await clinic.api.get("/v1/appointments/a-2/attendance"))["overlap_seconds"]
    assert 1.0 < one < 3.3
    assert 1.0 < two < 4.0
    assert patient.welcome["state"] == "waiting"


async def test_a_practitioners_room_link_sees_the_day_and_enters_rooms(
    clinic: Clinic, connect: Connect
) -> None:
    booked = await clinic.book()
    later = await clinic.book("a-2", starts=7200)
    link = await clinic.api.post("/v1/practitioners/dr/room-link", hours=12)
    host = await connect()
    welcome = await host.hello(link["token"])
    assert (welcome["state"], welcome["room"], welcome["window"]) == ("lobby", None, None)
    assert (await host.ask("enter", room="x" * 22))["code"] == "room_unknown"
    if later["room"] != booked["room"]:
        assert (await host.ask("enter", room=later["room"]))["code"] == "too_early"
    assert (await host.ask("enter", room=booked["room"]))["type"] == "ack"
    assert (await host.wait("admitted"))["room"] == booked["room"]
    patient = await connect()
    await patient.hello(await clinic.token())
    assert (await patient.wait("waiting"))["practitioner_here"] is True


async def test_sent_back_removed_locked_and_running_late(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    await host.ask("send_back", sid=patient.sid)
    assert await patient.wait("sent_back")
    assert (await patient.wait("waiting"))["position"] == 1
    await host.ask("lock", on=True)
    assert (await host.ask("admit", person="patient", appointment="a-1"))["code"] == "room_locked"
    await host.ask("running_late", minutes=10)
    while "running_late" not in await patient.wait("waiting"):
        pass
    await host.ask("remove", sid=patient.sid)
    assert (await patient.wait("ended"))["why"] == "removed"


async def test_a_gap_between_appointments_of_one_room_stays_closed(
    open_clinic: Open, connect: Connect
) -> None:
    clinic = await open_clinic(opens_before_minutes=0, closes_after_minutes=0)
    await clinic.book("a-1", starts=-3, lasts=3.5)
    await clinic.book("a-2", starts=600, lasts=60)
    token = await clinic.token("patient", "a-2")
    await asyncio.sleep(1)
    refused = await (await connect()).hello(token)
    assert refused["code"] == "too_early"


async def test_the_queue_shows_every_wait_in_order(clinic: Clinic, connect: Connect) -> None:
    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee"}])
    host, patient = await both(clinic, connect)
    mum = await connect()
    await mum.hello(await clinic.token("guest:mum"))
    late = await connect()
    told = await late.hello(await clinic.token("practitioner"), move=True)
    assert [(item["person"], item["name"]) for item in told["queue"]] == [
        ("patient", "Sam Lee"), ("guest:mum", "Maria Lee"),
    ]  # fmt: skip
    await patient.cut()
    items = (await late.wait("queue"))["items"]
    assert [(item["person"], item["online"]) for item in items] == [("patient", False), ("guest:mum", True)]
    assert host.welcome["queue"] == []
