"""Somebody is invited in mid-call, on whatever process everybody is: waits, is admitted, and no sync puts
them out (D9).
"""

import pytest_asyncio

from tests.stories.conftest import Open
from tests.stories.test_handing import HERE, THERE, colleague, comes_back, met, room_link, staffed
from tests.stories.test_two_processes import connect
from tests.support.api import Api, Clinic, Json
from tests.support.peer import OFFER, Peer
from tests.support.two_processes import Alternating

__all__ = ["connect"]

GUESTS = "/v1/appointments/a-1/guests"


@pytest_asyncio.fixture
async def clinic(open_clinic: Open) -> Clinic:
    return await staffed(await open_clinic())


async def by_link(connect: Alternating, token: str, where: int) -> Api:
    """What a practitioner's page asks that process."""
    return Api(connect.servers[where].base_url, token, connect.session)


async def invited(
    clinic: Clinic, connect: Alternating, practitioner: str = "dr", where: int = HERE, name: str = "Tove Tolk"
) -> Json:
    page = await by_link(connect, await room_link(clinic, practitioner), where)
    return await page.post(GUESTS, name=name)


async def waits_for(host: Peer, person: str) -> Json:
    """What the practitioner's queue says of them."""
    while True:
        items: list[Json] = (await host.wait("queue"))["items"]
        for item in items:
            if item["person"] == person:
                return item


async def comes(connect: Alternating, made: Json, where: int) -> Peer:
    """By the link that was shown."""
    peer = await connect.on(where)
    welcome = await peer.hello(made["link"].partition("#")[2])
    assert (welcome["state"], welcome["role"], welcome["person"]) == ("waiting", "guest", made["person"])
    return peer


async def test_an_interpreter_in_mid_call(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    made = await invited(clinic, connect, where=THERE)
    tove = await comes(connect, made, THERE)
    assert (await tove.wait("waiting"))["practitioner_here"] is True
    item = await waits_for(host, made["person"])
    assert (item["name"], item["role"], item["guest_of"]) == ("Tove Tolk", "guest", "Sam Lee")
    assert (item["appointment"], item["room"]) == ("a-1", patient.welcome["room"])
    assert (await host.ask("admit", person=made["person"], appointment="a-1"))["type"] == "ack"
    assert {each["name"] for each in (await host.wait("admitted"))["people"]} == {"Sam Lee", "Tove Tolk"}
    assert (await patient.wait("joined"))["name"] == "Tove Tolk"
    assert {each["name"] for each in (await tove.wait("admitted"))["people"]} == {"Dr Ada Okafor", "Sam Lee"}
    await tove.say("signal", to=patient.sid, data=OFFER)
    assert (await patient.wait("signal"))["from"] == tove.sid

    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee-Roe"}])
    await patient.say("chat", text="still here?")
    assert (await tove.wait("chat"))["text"] == "still here?"
    assert [each["id"] for each in (await clinic.api.get("/v1/appointments/a-1"))["guests"]] == [
        "mum",
        made["id"],
    ]

    page = await by_link(connect, await room_link(clinic, "dr"), HERE)
    assert (await page.call("DELETE", f"{GUESTS}/{made['id']}")).status == 204
    assert (await tove.wait("error"))["code"] == "token_revoked"
    assert await tove.closed() == 4502
    for peer in (host, patient):
        left = await peer.wait("left")
        assert (left["sid"], left["why"]) == (tove.sid, "revoked")
    seen = await clinic.api.get("/v1/appointments/a-1/attendance")
    states = [
        (each["state"], each["ended_by"]) for each in seen["intervals"] if each["person"] == made["person"]
    ]
    assert states == [("waiting", "admitted"), ("in_room", "revoked")]


async def test_after_a_reload_the_page_knows_which_visit_it_is(clinic: Clinic, connect: Alternating) -> None:
    host, _ = await met(clinic, connect)
    assert host.welcome["appointment"] is None, "a room link is for no appointment"
    made = await invited(clinic, connect)
    await host.cut()
    back = await connect.on(THERE)
    welcome = await back.resume(host)
    assert (welcome["state"], welcome["appointment"]) == ("in_room", "a-1")
    page = await by_link(connect, await room_link(clinic, "dr"), THERE)
    assert (await page.get(GUESTS))["items"][0]["link"] == made["link"]


async def test_by_the_colleague_who_carries_the_visit(clinic: Clinic, connect: Alternating) -> None:
    host, patient = await met(clinic, connect)
    kim = await colleague(clinic, connect)
    stranger = await by_link(connect, await room_link(clinic, "kim"), HERE)
    assert (await stranger.call("POST", GUESTS, {"name": "Eve"})).status == 404
    await host.ask("hand_over", practitioner="kim")
    back = await comes_back(connect, patient)
    await kim.ask("enter", room=patient.welcome["room"])
    await back.wait("joined")

    for number, practitioner in enumerate(("kim", "dr")):
        made = await invited(clinic, connect, practitioner, THERE, f"Guest {number}")
        guest = await comes(connect, made, number)
        item = await waits_for(kim, made["person"])
        assert (item["name"], item["guest_of"]) == (f"Guest {number}", "Sam Lee")
        assert (await kim.ask("admit", person=made["person"], appointment="a-1"))["type"] == "ack"
        await guest.wait("admitted")
        assert (await back.wait("joined"))["name"] == f"Guest {number}"


async def test_a_fifth_waits_until_there_is_room(clinic: Clinic, connect: Alternating) -> None:
    host, _ = await met(clinic, connect)
    guests = []
    for number in range(3):
        made = await invited(clinic, connect, name=f"Guest {number}")
        guests.append((made, await comes(connect, made, number % 2)))
    await waits_for(host, guests[2][0]["person"])
    told = [await host.ask("admit", person=made["person"], appointment="a-1") for made, _ in guests]
    assert [each.get("code", each["type"]) for each in told] == ["ack", "ack", "room_full"]
    await guests[0][1].ask("leave")
    await host.wait("left")
    assert (await host.ask("admit", person=guests[2][0]["person"], appointment="a-1"))["type"] == "ack"
    await guests[2][1].wait("admitted")
