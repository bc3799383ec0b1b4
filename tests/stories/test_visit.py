"""The walk from a link to an outcome, on a real server and a real Redis."""

import asyncio

import aiohttp

from signalling.protocol.messages import WAITING_MAY_RECEIVE
from tests.stories.conftest import Open
from tests.support.api import Clinic
from tests.support.peer import CANDIDATE, OFFER, Connect, Peer


async def both(clinic: Clinic, connect: Connect, id: str = "a-1") -> tuple[Peer, Peer]:
    """Practitioner in the lobby, patient waiting."""
    host, patient = await connect(), await connect()
    await host.hello(await clinic.token("practitioner", id))
    await patient.hello(await clinic.token("patient", id))
    await host.wait("queue")
    return host, patient


async def in_call(clinic: Clinic, connect: Connect, id: str = "a-1") -> tuple[Peer, Peer]:
    """Both in the room."""
    host, patient = await both(clinic, connect, id)
    assert (await host.ask("admit", person="patient", appointment=id))["type"] == "ack"
    await patient.wait("admitted")
    await host.wait("admitted")
    return host, patient


async def test_a_patient_waits_is_admitted_and_talks(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    patient, host = await connect(), await connect()
    welcome = await patient.hello(await clinic.token())
    assert (welcome["state"], welcome["role"], welcome["people"], welcome["ice"]) == (
        "waiting",
        "patient",
        [],
        None,
    )
    assert (await patient.wait("waiting"))["practitioner_here"] is False
    greeted = await host.hello(await clinic.token("practitioner"))
    assert (greeted["state"], greeted["role"]) == ("lobby", "practitioner")
    [item] = greeted["queue"]
    assert (item["person"], item["name"], item["appointment"], item["online"]) == (
        "patient",
        "Sam Lee",
        "a-1",
        True,
    )
    assert (await patient.wait("waiting"))["practitioner_here"] is True

    assert (await host.ask("admit", person="patient", appointment="a-1"))["type"] == "ack"
    admitted, hosting = await patient.wait("admitted"), await host.wait("admitted")
    assert admitted["room"] == hosting["room"] == welcome["room"]
    [doctor], [pat] = admitted["people"], hosting["people"]
    assert (doctor["name"], doctor["role"], pat["name"], pat["role"]) == (
        "Dr Ada Okafor", "practitioner", "Sam Lee", "patient",
    )  # fmt: skip
    assert doctor["polite"] != pat["polite"]
    assert "iceServers" in admitted["ice"]

    await host.say("signal", to=pat["sid"], data=OFFER)
    assert await patient.wait("signal") == {**patient.heard[-1], "from": doctor["sid"], "data": OFFER}
    for number in range(5):
        await patient.say("signal", to=doctor["sid"], data={"candidate": {"candidate": str(number)}})
    order = [(await host.wait("signal"))["data"]["candidate"]["candidate"] for _ in range(5)]
    assert order == ["0", "1", "2", "3", "4"]
    await patient.say("chat", text="Can you hear me?")
    assert (await host.wait("chat"))["text"] == "Can you hear me?"
    assert not any(frame["type"] == "joined" for frame in patient.heard + host.heard)


async def test_a_waiting_socket_is_told_nothing_of_the_room(clinic: Clinic, connect: Connect) -> None:
    guests = [{"id": "mum", "name": "Maria Lee"}, {"id": "int", "name": "Ivo Interpreter"}]
    await clinic.book(guests=guests)
    host, _ = await in_call(clinic, connect)
    mum = await connect()
    await mum.hello(await clinic.token("guest:mum"))
    await host.wait("queue")
    interpreter = await connect()
    await interpreter.hello(await clinic.token("guest:int"))
    await host.ask("admit", person="guest:int", appointment="a-1")
    await host.say("chat", text="private")
    await host.say("state", audio=False)
    answer = await mum.ask("chat", text="let me in")
    assert answer["code"] == "not_admitted"
    await mum.say("signal", to=host.sid, data=OFFER)
    assert (await mum.wait("error"))["code"] == "not_admitted"
    await mum.quiet()
    assert mum.kinds() <= WAITING_MAY_RECEIVE
    told = str(mum.heard)
    assert "Sam Lee" not in told
    assert "private" not in told
    assert host.sid not in told


async def test_a_patient_cannot_act_as_a_host(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    _, patient = await both(clinic, connect)
    for kind, members in (
        ("admit", {"person": "patient", "appointment": "a-1"}), ("enter", {"room": patient.welcome["room"]}),
        ("end", {}), ("lock", {"on": True}), ("remove", {"sid": "x"}), ("send_back", {"sid": "x"}),
    ):  # fmt: skip
        assert (await patient.ask(kind, **members))["code"] == "forbidden"
    assert patient.welcome["state"] == "waiting"


async def test_everybody_present_is_listed_and_leaving_is_said(clinic: Clinic, connect: Connect) -> None:
    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee"}])
    host, patient = await in_call(clinic, connect)
    mum = await connect()
    await mum.hello(await clinic.token("guest:mum"))
    await host.wait("queue")
    await host.ask("admit", person="guest:mum", appointment="a-1")
    assert len((await mum.wait("admitted"))["people"]) == 2
    joined = await patient.wait("joined")
    assert (joined["person"], joined["name"], joined["polite"]) == ("guest:mum", "Maria Lee", False)
    assert len((await host.wait("admitted"))["people"]) == 2
    await mum.ask("leave")
    assert (await mum.wait("ended"))["why"] == "left"
    assert await mum.closed() == 1000
    left = await patient.wait("left")
    assert (left["sid"], left["why"]) == (mum.sid, "left")


async def test_end_empties_the_room_and_anything_after_is_call_ended(
    clinic: Clinic, connect: Connect
) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    assert (await host.ask("end", outcome="done"))["type"] == "ack"
    assert (await host.wait("ended"))["why"] == "done"
    assert (await patient.wait("ended"))["why"] == "done"
    await patient.say("chat", text="one more thing")
    assert (await patient.wait("error"))["code"] == "call_ended"
    assert await patient.closed() == 4508
    again = await connect()
    assert (await again.hello(await clinic.token()))["state"] == "waiting"


async def test_one_patient_at_a_time(clinic: Clinic, connect: Connect) -> None:
    await clinic.api.put("/v1/patients/next", name="Nia Next")
    await clinic.book(lasts=600)
    await clinic.book("a-2", starts=600, lasts=600, patient="next")
    host, _ = await in_call(clinic, connect)
    later = await connect()
    await later.hello(await clinic.token("patient", "a-2"))
    queue = await host.wait("queue")
    while len(queue["items"]) != 1:
        queue = await host.wait("queue")
    assert queue["items"][0]["name"] == "Nia Next"
    refused = await host.ask("admit", person="patient", appointment="a-2")
    assert refused["code"] == "visit_open"
    await host.ask("end")
    assert (await host.ask("admit", person="patient", appointment="a-2"))["type"] == "ack"
    assert (await later.wait("admitted"))["people"][0]["role"] == "practitioner"


async def test_signals_never_cross_rooms(clinic: Clinic, connect: Connect) -> None:
    await clinic.api.put("/v1/practitioners/dr2", name="Dr Two", video_enabled=True)
    await clinic.api.put("/v1/patients/next", name="Nia Next")
    await clinic.book()
    await clinic.book("a-2", practitioner="dr2", patient="next")
    host, patient = await in_call(clinic, connect)
    host2, patient2 = await in_call(clinic, connect, "a-2")
    await patient2.quiet(0.1)
    for sender, other in ((host, patient2), (patient, host2), (patient, patient2)):
        await sender.say("signal", to=other.sid, data=OFFER)
        assert (await sender.wait("error"))["code"] == "peer_not_found"
    assert await patient2.quiet(0.1) == []


async def test_the_same_cid_has_one_effect(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    for _ in range(3):
        await host.say("chat", text="once", cid="same")
    assert len([await host.wait("ack", cid="same") for _ in range(3)]) == 3
    await host.ask("state", video=False)
    told = await patient.quiet()
    assert [frame["type"] for frame in told if frame["type"] != "waiting"] == ["chat", "state"]


async def test_a_second_tab_is_asked_and_the_newest_wins(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    token = await clinic.token()
    tab = await connect()
    assert (await tab.hello(token))["code"] == "elsewhere"
    assert await tab.closed() == 4009
    again = await connect()
    assert (await again.hello(token, move=True))["state"] == "in_room"
    assert (await patient.wait("error"))["code"] == "replaced"
    assert await patient.closed() == 4506
    left, joined = await host.wait("left"), await host.wait("joined")
    assert (left["sid"], left["why"], joined["sid"]) == (patient.sid, "moved", again.sid)


async def test_a_short_drop_is_healed_from_the_buffer(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    seq = patient.seq
    await patient.cut()
    assert (await host.wait("state"))["online"] is False
    await host.say("signal", to=patient.sid, data=CANDIDATE)
    await host.say("chat", text="still there?")
    back = await connect()
    welcome = await back.resume(patient, seq)
    assert (welcome["resumed"], welcome["sid"], welcome["state"], welcome["seq"]) == (
        True,
        patient.sid,
        "in_room",
        seq,
    )
    assert (await back.wait("signal"))["data"] == CANDIDATE
    assert (await back.wait("chat"))["text"] == "still there?"
    assert (await host.wait("state"))["online"] is True
    await back.say("signal", to=host.sid, data=CANDIDATE)
    assert (await host.wait("signal"))["from"] == patient.sid


async def test_a_lost_sequence_and_a_wrong_key(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    await host.quiet(0.1)
    thief = await connect()
    assert (await thief.resume(patient, key="x" * 43))["code"] == "resume_refused"
    assert await host.quiet(0.1) == []
    await patient.say("ack", seq=patient.seq)
    await patient.ask("state", audio=True)
    back = await connect()
    welcome = await back.resume(patient, seq=0)
    assert (welcome["resumed"], welcome["seq"], welcome["state"]) == (False, 1, "in_room")
    assert welcome["people"][0]["sid"] == host.sid
    assert (await patient.wait("error", code="replaced"))["type"] == "error"
    assert (await thief.hello(await clinic.token()))["code"] == "elsewhere"


async def test_a_practitioner_comes_back_as_host(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    await host.cut()
    await patient.wait("state", online=False)
    back = await connect()
    welcome = await back.resume(host)
    assert (welcome["state"], welcome["role"]) == ("in_room", "practitioner")
    assert (await back.ask("end", outcome="done"))["type"] == "ack"
    assert (await patient.wait("ended"))["why"] == "done"


async def test_a_couple_both_come_in(clinic: Clinic, connect: Connect) -> None:
    await clinic.book(guests=[{"id": "partner", "name": "Alex Lee"}])
    patient, partner = await connect(), await connect()
    assert (await patient.hello(await clinic.token()))["state"] == "waiting"
    assert (await partner.hello(await clinic.token("guest:partner")))["state"] == "waiting"
    assert (await partner.wait("waiting"))["position"] == 2


async def test_a_cancel_reaches_open_sockets_within_two_seconds(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    token = await clinic.token()
    await clinic.api.post(
        "/v1/appointments/a-1/cancel", reason="The practitioner is ill", by="staff", note="flu"
    )
    told = await patient.wait("error", within=2)
    assert (told["code"], told["reason"]) == ("cancelled", "The practitioner is ill")
    assert await patient.closed() == 4504
    assert "flu" not in str(patient.heard)
    assert (await host.wait("left"))["why"] == "cancelled"
    again = await connect()
    assert (await again.hello(token))["code"] == "cancelled"
    assert await again.closed() == 4504


async def test_a_moved_appointment_tells_the_waiting(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await both(clinic, connect)
    await clinic.book(starts=86_400)
    told = await patient.wait("error", within=2)
    assert told["code"] == "too_early"
    assert "opens_at" in told
    assert await patient.closed() == 4010
    queue = await host.wait("queue")
    assert queue["items"] == []


async def test_unattended_is_no_show_and_attended_is_completed(open_clinic: Open, connect: Connect) -> None:
    clinic = await open_clinic(opens_before_minutes=1, closes_after_minutes=0, attended_seconds=1)
    await clinic.api.put("/v1/patients/other", name="Olu Other")
    await clinic.api.put("/v1/practitioners/dr2", name="Dr Two", video_enabled=True)
    await clinic.book(lasts=5)
    await clinic.book("a-2", lasts=5, patient="other", practitioner="dr2")
    host, patient = await in_call(clinic, connect)
    await asyncio.sleep(1.5)
    await host.ask("end", outcome="done")
    attended, missed = await clinic.outcome("a-1", within=9), await clinic.outcome("a-2")
    assert (attended["status"], attended["outcome"]) == ("completed", "attended")
    assert (missed["status"], missed["outcome"]) == ("no_show", "both_absent")
    attendance = await clinic.api.get("/v1/appointments/a-1/attendance")
    assert 1.4 < attendance["overlap_seconds"] < 4
    states = {(line["person"], line["state"]) for line in attendance["intervals"]}
    assert {("patient", "waiting"), ("patient", "in_room"), ("practitioner", "in_room")} <= states
    assert all(
        line["ended_at"] and line["ended_by"]
        for line in attendance["intervals"]
        if line["person"] == "patient"
    )
    assert patient.welcome["role"] == "patient"


async def test_opening_a_link_is_not_attendance(open_clinic: Open, session: aiohttp.ClientSession) -> None:
    clinic = await open_clinic(opens_before_minutes=1, closes_after_minutes=0)
    await clinic.book(lasts=3)
    await clinic.token()
    for _ in range(20):
        for method in ("GET", "HEAD"):
            async with session.request(method, f"{clinic.api.base_url}/j") as page:
                assert page.status == 200
    missed = await clinic.outcome(within=8)
    assert missed["outcome"] == "both_absent"
    assert (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"] == []
