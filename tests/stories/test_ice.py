"""Fresh TURN credentials for the asking, to whoever has media and to nobody else (E2)."""

from tests.stories.test_visit import both
from tests.support.api import Clinic
from tests.support.peer import Connect, Peer


async def asked_too_often(peer: Peer) -> list[str]:
    """The codes of twelve askings in a row."""
    answers = [await peer.ask("ice") for _ in range(12)]
    return [str(answer.get("code", answer["type"])) for answer in answers]


async def test_in_the_room_and_not_while_waiting(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await both(clinic, connect)
    assert (await patient.ask("ice"))["code"] == "not_admitted"
    assert (await host.ask("ice"))["code"] == "not_admitted"
    await host.ask("admit", person="patient", appointment="a-1")
    await patient.wait("admitted")
    assert (await patient.ask("ice"))["type"] == "ack"
    assert patient.heard[-2]["type"] == "ice", "before its ack, so that it is in use by then"
    assert "iceServers" in patient.heard[-2]
    assert (await asked_too_often(patient))[-1] == "rate_limited"
    assert (await host.ask("ice"))["type"] == "ack", "each has an allowance of their own"


async def test_in_a_device_check(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    peer = await connect()
    await peer.hello(await clinic.token(), for_="check")
    codes = await asked_too_often(peer)
    assert (codes[0], codes[-1]) == ("ack", "rate_limited")
    assert "iceServers" in await peer.wait("ice")
