"""What a practitioner's page is told of the day beside who waits, also when it begins anew (D3, D5, D6)."""

from tests.stories.test_visit import both, in_call
from tests.support.api import Clinic
from tests.support.peer import Connect, Frame, Peer


async def _told(host: Peer, **members: object) -> Frame:
    """The next `queue` that says so."""
    while True:
        queue = await host.wait("queue")
        if members.items() <= queue.items():
            return queue


async def _again(host: Peer, clinic: Clinic, connect: Connect) -> Frame:
    """The welcome of a page that begins anew."""
    await host.cut()
    return await (await connect()).hello(await clinic.token("practitioner"))


async def test_a_lock_is_told_and_survives_a_new_page(clinic: Clinic, connect: Connect) -> None:
    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee"}])
    host, patient = await in_call(clinic, connect)
    room = patient.welcome["room"]
    assert host.welcome["locked"] == []
    await host.ask("lock", on=True)
    await _told(host, locked=[room])
    mum = await connect()
    await mum.hello(await clinic.token("guest:mum"))
    assert (await host.ask("admit", person="guest:mum", appointment="a-1"))["code"] == "room_locked"
    assert (await _again(host, clinic, connect))["locked"] == [room]


async def test_an_end_unlocks(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    await host.ask("lock", on=True)
    await _told(host, locked=[patient.welcome["room"]])
    await host.ask("end")
    await _told(host, locked=[], rooms=[])


async def test_running_late_is_told_to_whoever_said_it(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await both(clinic, connect)
    assert "running_late" not in host.welcome
    await host.ask("running_late", minutes=15)
    until = (await _told(host, locked=[]))["running_late"]
    told = await patient.wait("waiting", running_late=until)
    assert told["position"] == 1
    assert (await _again(host, clinic, connect))["running_late"] == until


async def test_taken_back_it_is_told_no_more(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, _ = await both(clinic, connect)
    await host.ask("running_late", minutes=15)
    await host.ask("running_late", minutes=0)
    while "running_late" in (queue := await host.wait("queue")):
        pass
    assert "running_late" not in queue


async def test_the_way_back_into_a_call(clinic: Clinic, connect: Connect) -> None:
    """D6: whoever comes back on another device learns where they were."""
    await clinic.book()
    host, patient = await in_call(clinic, connect)
    room = patient.welcome["room"]
    welcome = await _again(host, clinic, connect)
    assert (welcome["state"], welcome["rooms"]) == ("lobby", [{"room": room, "names": ["Sam Lee"]}])


async def test_whose_guest_somebody_is(clinic: Clinic, connect: Connect) -> None:
    await clinic.book(guests=[{"id": "mum", "name": "Maria Lee"}])
    mum, host = await connect(), await connect()
    await mum.hello(await clinic.token("guest:mum"))
    [item] = (await host.hello(await clinic.token("practitioner")))["queue"]
    assert (item["name"], item["role"], item["guest_of"]) == ("Maria Lee", "guest", "Sam Lee")
    patient = await connect()
    await patient.hello(await clinic.token())
    assert "guest_of" not in (await host.wait("queue"))["items"][1]


async def test_nobody_else_is_told_of_the_day(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    _, patient = await in_call(clinic, connect)
    assert not {"locked", "rooms", "queue", "running_late"} & patient.welcome.keys()
    assert "queue" not in patient.kinds()
