"""A visit is handed to a colleague on another process: the same room and link, and nobody is lost (D3)."""

import asyncio
import time
from typing import Any

import pytest
import pytest_asyncio

from rooms.access.tokens import Keyring, SigningKey
from rooms.ids import ClinicId
from rooms.service.live.commands import Visits
from rooms.service.transaction import Here
from rooms.store import connect as store_on
from tests.stories.conftest import Open
from tests.stories.test_two_processes import connect
from tests.stories.test_visit import both
from tests.support.api import Api, Clinic
from tests.support.desk import Heard
from tests.support.peer import CANDIDATE, OFFER, Peer
from tests.support.server import RunningServer
from tests.support.two_processes import Alternating

__all__ = ["connect"]

HERE, THERE = 0, 1
"""The two processes."""

CARER = {"id": "mum", "name": "Maria Lee"}


async def staffed(clinic: Clinic) -> Clinic:
    """A second practitioner who does video, and one who does not; an appointment of the first one's."""
    await clinic.api.put("/v1/practitioners/kim", name="Dr Kim Roe", video_enabled=True)
    await clinic.api.put("/v1/practitioners/off", name="Dr Off Line", video_enabled=False)
    await clinic.book(guests=[CARER])
    return clinic


@pytest_asyncio.fixture
async def clinic(open_clinic: Open) -> Clinic:
    return await staffed(await open_clinic())


async def room_link(clinic: Clinic, practitioner: str = "kim") -> str:
    return str((await clinic.api.post(f"/v1/practitioners/{practitioner}/room-link", hours=2))["token"])


async def met(clinic: Clinic, connect: Alternating) -> tuple[Peer, Peer]:
    """Practitioner here, patient there, together."""
    host, patient = await connect.on(HERE), await connect.on(THERE)
    await host.hello(await room_link(clinic, "dr"))
    await patient.hello(await clinic.token())
    assert (await host.ask("admit", person="patient", appointment="a-1"))["type"] == "ack"
    await patient.wait("admitted")
    await host.wait("admitted")
    return host, patient


async def colleague(clinic: Clinic, connect: Alternating, where: int = THERE) -> Peer:
    peer = await connect.on(where)
    await peer.hello(await room_link(clinic))
    return peer


async def comes_back(connect: Alternating, peer: Peer, where: int = HERE) -> Peer:
    """What the page does by itself: it is told, the socket closes, and it resumes, on either process."""
    told = await peer.wait("error", code="reassigned")
    assert await peer.closed() == 4015
    assert "cid" not in told
    back = await connect.on(where)
    welcome = await back.resume(peer)
    assert (welcome["type"], welcome["sid"]) == ("welcome", peer.sid)
    return back


async def queue_of(host: Peer, count: int) -> list[dict[str, Any]]:
    """Its queue once it has so many items."""
    last = [frame["items"] for frame in host.heard if frame["type"] == "queue"][-1:]
    items = last[0] if last else host.welcome["queue"]
    while len(items) != count:
        items = (await host.wait("queue"))["items"]
    return list(items)


async def test_the_colleague_carries_on(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    kim = await colleague(clinic, connect)
    room = patient.welcome["room"]
    assert (await host.ask("hand_over", practitioner="kim"))["type"] == "ack"
    assert (await host.wait("ended"))["why"] == "handed_over"
    [item] = await queue_of(kim, 1)
    assert (item["person"], item["name"], item["appointment"], item["room"], item["state"]) == (
        "patient", "Sam Lee", "a-1", room, "in_room",
    )  # fmt: skip
    assert item["handed_by"] == "Dr Ada Okafor"
    back = await comes_back(connect, patient)
    assert (back.welcome["state"], back.welcome["room"], back.welcome["practitioner"]) == (
        "in_room", room, "Dr Kim Roe",
    )  # fmt: skip
    assert back.welcome["people"] == []
    assert (await kim.ask("enter", room=room))["type"] == "ack"
    admitted, joined = await kim.wait("admitted"), await back.wait("joined")
    assert ([each["name"] for each in admitted["people"]], joined["name"]) == (["Sam Lee"], "Dr Kim Roe")
    assert admitted["appointment"] == "a-1"
    assert await queue_of(kim, 0) == []
    assert admitted["people"][0]["polite"] != joined["polite"]
    await back.say("signal", to=kim.sid, data=OFFER)
    assert (await kim.wait("signal"))["data"] == OFFER
    await kim.say("signal", to=back.sid, data=CANDIDATE)
    assert (await back.wait("signal"))["from"] == kim.sid
    assert (await host.ask("chat", text="hello"))["code"] == "not_admitted"
    assert (await kim.ask("end", outcome="done"))["type"] == "ack"
    assert (await back.wait("ended"))["why"] == "done"
    assert not {"waiting", "sent_back"} & {frame["type"] for frame in back.heard}


async def test_either_ones_presence_counts_and_the_diary_is_untouched(
    clinic: Clinic, connect: Alternating
) -> None:
    host, patient = await met(clinic, connect)
    before = await clinic.api.get("/v1/appointments/a-1")
    kim = await colleague(clinic, connect)
    await asyncio.sleep(1)
    await host.ask("hand_over", practitioner="kim")
    back = await comes_back(connect, patient)
    await kim.ask("admit", person="patient", appointment="a-1")
    await back.wait("joined")
    await asyncio.sleep(1)
    assert (await kim.ask("end", outcome="done"))["type"] == "ack"
    assert await clinic.api.get("/v1/appointments/a-1") == before
    seen = await clinic.api.get("/v1/appointments/a-1/attendance")
    inside = [each for each in seen["intervals"] if each["state"] == "in_room"]
    assert [each["person"] for each in inside].count("practitioner") == 2
    assert [(each["ended_by"]) for each in inside if each["person"] == "patient"] == ["handed_over", "ended"]
    assert 2 <= seen["overlap_seconds"] < 4
    assert seen["evidence"]["done"] is True
    what = [each["what"] for each in (await clinic.api.get("/v1/appointments/a-1/history"))["items"]]
    assert what[-1] == "handed_over"


async def test_a_colleague_who_opens_meeting_later(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    await host.ask("hand_over", practitioner="kim")
    await comes_back(connect, patient)
    kim = await colleague(clinic, connect)
    [item] = kim.welcome["queue"]
    assert (item["state"], item["handed_by"], item["online"]) == ("in_room", "Dr Ada Okafor", True)
    assert (await host.ask("running_late", minutes=0))["type"] == "ack"
    assert await queue_of(host, 0) == []


async def test_whoever_waits_for_the_room_waits_for_the_colleague(
    clinic: Clinic, connect: Alternating
) -> None:
    host, patient = await met(clinic, connect)
    mum = await connect.on(HERE)
    await mum.hello(await clinic.token("guest:mum"))
    assert (await mum.wait("waiting"))["practitioner_here"] is True
    await queue_of(host, 1)
    await host.ask("hand_over", practitioner="kim")
    again = await comes_back(connect, mum, THERE)
    assert again.welcome["state"] == "waiting"
    assert (await again.wait("waiting"))["practitioner_here"] is False
    await comes_back(connect, patient)
    kim = await colleague(clinic, connect, HERE)
    assert (await again.wait("waiting"))["practitioner_here"] is True
    states = {item["person"]: (item["state"], item["handed_by"]) for item in await queue_of(kim, 2)}
    assert states == {
        "patient": ("in_room", "Dr Ada Okafor"),
        "guest:mum": ("waiting", "Dr Ada Okafor"),
    }
    await kim.ask("admit", person="guest:mum", appointment="a-1")
    assert len((await again.wait("admitted"))["people"]) == 2


async def test_taking_it_back(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    kim, room = await colleague(clinic, connect), patient.welcome["room"]
    await host.ask("hand_over", practitioner="kim")
    back = await comes_back(connect, patient)
    await queue_of(kim, 1)
    assert (await host.ask("enter", room=room))["type"] == "ack"
    again = await comes_back(connect, back, THERE)
    assert (again.welcome["state"], again.welcome["practitioner"]) == ("in_room", "Dr Ada Okafor")
    assert [each["name"] for each in again.welcome["people"]] == ["Dr Ada Okafor"]
    assert await queue_of(kim, 0) == []
    assert (await kim.ask("enter", room=room))["code"] == "room_unknown"
    await host.say("signal", to=again.sid, data=OFFER)
    assert (await again.wait("signal"))["from"] == host.sid
    # And once more, to whoever is inside then.
    await host.ask("hand_over", practitioner="kim")
    await comes_back(connect, again, THERE)
    await kim.ask("enter", room=room)
    refused = await host.ask("enter", room=room)
    assert (refused["code"], refused["room"]) == ("handed_over", room)


async def test_refused_and_asked_twice(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    for practitioner, code in (
        ("nobody", "practitioner_unknown"),
        ("dr", "field_invalid"),
        ("off", "practitioner_not_video_enabled"),
    ):
        refused = await host.ask("hand_over", practitioner=practitioner)
        assert (refused["code"], refused["field"]) == (code, "practitioner")
    assert (await host.ask("hand_over"))["code"] == "field_required"
    assert (await patient.ask("hand_over", practitioner="kim"))["code"] == "forbidden"
    await patient.say("signal", to=host.sid, data=OFFER)
    assert (await host.wait("signal"))["data"] == OFFER
    for _ in range(2):
        await host.say("hand_over", cid="once", practitioner="kim")
        assert (await host.wait("ack", "error", cid="once"))["type"] == "ack"
    assert (await host.ask("hand_over", practitioner="kim"))["code"] == "not_admitted"


@pytest.mark.parametrize("how", ["resume", "hello"])
async def test_a_reload_in_that_moment(clinic: Clinic, connect: Alternating, how: str) -> None:
    host, patient = await met(clinic, connect)
    await patient.cut()
    handing = asyncio.create_task(host.ask("hand_over", practitioner="kim"))
    back = await connect.on(THERE)
    told = await (back.resume(patient) if how == "resume" else back.hello(await clinic.token()))
    assert (await handing)["type"] == "ack"
    # Said before it was handed over, it is told to come again.
    while told["practitioner"] != "Dr Kim Roe":
        assert (await back.wait("error"))["code"] in ("reassigned", "connection_lost")
        assert await back.closed() in (4014, 4015)
        before, back = back, await connect.on(THERE)
        token = await clinic.token()
        told = await (back.resume(before) if how == "resume" else back.hello(token))
    assert told["state"] == "in_room"
    kim = await colleague(clinic, connect)
    await queue_of(kim, 1)
    await kim.ask("admit", person="patient", appointment="a-1")
    assert (await back.wait("joined"))["name"] == "Dr Kim Roe"


async def test_a_resume_where_nobody_has_heard_of_it(
    clinic: Clinic, connect: Alternating, server: RunningServer
) -> None:
    """The process that did it could tell no other one: what is committed is so all the same."""
    host, patient = await met(clinic, connect)
    await patient.cut()
    store = store_on(server.redis.url)
    id = ClinicId(clinic.id)
    dr = await store.practitioner(id, "dr")
    assert dr is not None
    [own] = [each for each in (await store.floor(id, dr.no)).seats if each.person == "practitioner"]
    silent = Visits(store, Heard(), Keyring([SigningKey(1, bytes(32), "signing")]), "x", 15_000, _no_try)
    await silent.hand_over(Here(id, dr.no, own.sid, own.epoch), "kim", round(time.time() * 1000))
    await store.close()
    back = await connect.on(THERE)
    welcome = await back.resume(patient)
    assert (welcome["state"], welcome["practitioner"], welcome["resumed"]) == ("in_room", "Dr Kim Roe", False)
    kim = await colleague(clinic, connect)
    assert [item["handed_by"] for item in await queue_of(kim, 1)] == ["Dr Ada Okafor"]
    # Whoever handed it over is told late; that ends nothing of the patient's.
    assert (await host.ask("running_late", minutes=5))["type"] == "ack"
    assert (await host.wait("ended"))["type"] == "ended"
    await kim.ask("admit", person="patient", appointment="a-1")
    assert (await back.wait("joined"))["name"] == "Dr Kim Roe"
    assert await back.quiet(1) == []


async def _no_try(*_: object) -> None:
    """Nobody tries to come late here."""


async def test_many_handings_to_and_fro_lose_nobody(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    kim, room = await colleague(clinic, connect), patient.welcome["room"]
    turns = [(host, kim, "kim"), (kim, host, "dr")] * 3
    for giver, taker, to in turns:
        assert (await giver.ask("hand_over", practitioner=to))["type"] == "ack"
        patient = await comes_back(connect, patient, THERE if giver is host else HERE)
        assert (await taker.ask("enter", room=room))["type"] == "ack"
        assert (await patient.wait("joined"))["sid"] == taker.sid
        await taker.say("signal", to=patient.sid, data=OFFER)
        assert (await patient.wait("signal"))["from"] == taker.sid
    await patient.cut()
    assert (await host.wait("state", online=False))["from"] == patient.sid
    back = await connect.on(THERE)
    assert (await back.resume(patient))["state"] == "in_room"


async def test_a_cancel_of_a_handed_visit(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    kim = await colleague(clinic, connect)
    await host.ask("hand_over", practitioner="kim")
    back = await comes_back(connect, patient)
    await kim.ask("admit", person="patient", appointment="a-1")
    await back.wait("joined")
    await clinic.api.post("/v1/appointments/a-1/cancel", reason="ill", by="staff")
    assert (await back.wait("error"))["code"] == "cancelled"
    assert await back.closed() == 4504
    assert (await kim.wait("left"))["why"] == "cancelled"


async def test_a_link_that_is_revoked_of_a_handed_visit(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    kim = await colleague(clinic, connect)
    await host.ask("hand_over", practitioner="kim")
    back = await comes_back(connect, patient)
    await queue_of(kim, 1)
    await clinic.api.post("/v1/appointments/a-1/revoke", person="patient", reason="lost")
    assert (await back.wait("error"))["code"] == "token_revoked"
    assert await queue_of(kim, 0) == []


async def test_the_window_closes_on_whoever_waits_for_the_colleague(
    open_clinic: Open, connect: Alternating
) -> None:
    clinic = await open_clinic(closes_after_minutes=0)
    await clinic.api.put("/v1/practitioners/kim", name="Dr Kim Roe", video_enabled=True)
    await clinic.book(guests=[CARER], starts=-1, lasts=6)
    host, patient = await met(clinic, connect)
    mum = await connect.on(HERE)
    await mum.hello(await clinic.token("guest:mum"))
    await host.ask("hand_over", practitioner="kim")
    again, back = await comes_back(connect, mum, THERE), await comes_back(connect, patient)
    assert (await again.wait("error", within=10))["code"] == "window_closed"
    assert await again.closed() == 4503
    # The call goes on, and waits for the colleague.
    kim = await colleague(clinic, connect)
    await kim.ask("admit", person="patient", appointment="a-1")
    assert await back.wait("joined")
    await kim.ask("end", outcome="done")
    assert (await clinic.outcome(within=10))["outcome"] is not None


async def test_whom_it_can_be_handed_to(clinic: Clinic, connect: Alternating) -> None:
    base, session = clinic.api.base_url, clinic.api.session
    asked = Api(base, await room_link(clinic, "dr"), session)
    assert await asked.get("/v1/colleagues") == {"items": [{"id": "kim", "name": "Dr Kim Roe"}]}
    by_link = Api(base, await clinic.token("practitioner"), session)
    assert await by_link.get("/v1/colleagues") == await asked.get("/v1/colleagues")
    refused = await Api(base, await clinic.token(), session).call("GET", "/v1/colleagues")
    assert (refused.status, refused.body["code"]) == (403, "forbidden")
    assert [each["id"] for each in (await clinic.api.get("/v1/colleagues"))["items"]] == ["dr", "kim"]


async def test_a_colleague_is_no_host_of_anybody_elses_room(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await both(clinic, connect)
    kim, room = await colleague(clinic, connect), patient.welcome["room"]
    assert (await kim.ask("enter", room=room))["code"] == "room_unknown"
    assert (await kim.ask("admit", person="patient", appointment="a-1"))["code"] == "not_waiting"
    assert (await host.ask("hand_over", practitioner="kim"))["code"] == "not_admitted"
