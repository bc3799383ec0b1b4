"""A device check over a link: at any time until the window closes, never presence, and evidence when it fails
(E4, F3 f).
"""

from tests.stories.conftest import Open
from tests.support.api import Clinic
from tests.support.peer import OFFER, Connect


async def test_a_check_before_the_window_is_no_presence(clinic: Clinic, connect: Connect) -> None:
    await clinic.book(starts=86_400)
    peer = await connect()
    welcome = await peer.hello(await clinic.token(), for_="check")
    assert (welcome["state"], welcome["people"], welcome["room"]) == ("checking", [], None)
    assert "iceServers" in welcome["ice"]
    assert (await peer.ask("check", camera="ok", microphone="ok", speaker=True, level=0.4))["type"] == "ack"
    await peer.say("ping")
    assert await peer.wait("pong")
    await peer.say("signal", to="anybody", data=OFFER)
    assert (await peer.wait("error"))["code"] == "not_admitted"
    assert (await peer.ask("admit", person="patient", appointment="a-1"))["code"] == "forbidden"
    assert (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"] == []
    assert (await peer.ask("leave"))["type"] == "ack"
    assert (await peer.wait("ended"))["why"] == "left"
    assert await peer.closed() == 1000


async def test_a_failed_check_is_evidence_of_trying(open_clinic: Open, connect: Connect) -> None:
    clinic = await open_clinic(opens_before_minutes=1, closes_after_minutes=0)
    await clinic.book(lasts=3)
    peer = await connect()
    await peer.hello(await clinic.token(), for_="check")
    for _ in range(2):
        assert (await peer.ask("check", camera="denied", microphone="ok"))["type"] == "ack"
    settled = await clinic.outcome(within=8)
    assert (settled["status"], settled["outcome"]) == ("confirmed", "technical")


async def test_whoever_waits_shows_the_practitioner_the_result(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    host, patient = await connect(), await connect()
    await host.hello(await clinic.token("practitioner"))
    await patient.hello(await clinic.token())
    await patient.ask("check", camera=False, microphone="ok")
    while (await host.wait("queue"))["items"][0]["check"] != "failed":
        pass
    await patient.ask("check", camera="ok", microphone="ok")
    while (await host.wait("queue"))["items"][0]["check"] != "ok":
        pass


async def test_numbered_frames_of_every_kind_are_answered(clinic: Clinic, connect: Connect) -> None:
    """CONTRACT: `cid` numbers what wants an `ack`; what is refused is answered by its number, too."""
    await clinic.book()
    host, patient = await connect(), await connect()
    await host.hello(await clinic.token("practitioner"))
    await patient.hello(await clinic.token())
    await host.ask("admit", person="patient", appointment="a-1")
    await patient.wait("admitted")
    assert (await patient.ask("signal", to=host.sid, data=OFFER))["type"] == "ack"
    assert (await host.wait("signal"))["data"] == OFFER
    assert (await patient.ask("ping"))["type"] == "ack"
    assert (await patient.ask("ack", seq=1))["type"] == "ack"
    assert (await patient.ask("signal", to="nobody", data=OFFER))["code"] == "peer_not_found"
    assert (await patient.ask("chat"))["code"] == "field_required"
    assert (await patient.ask("hand_over", practitioner="dr2"))["code"] == "forbidden"
    forged = await patient.ask("chat", text="hi", role="practitioner")
    assert (forged["code"], forged["field"]) == ("field_unknown", "role")
    await host.wait("admitted")
    for _ in range(21):
        answer = await patient.ask("state", media="connected")
    assert answer["code"] == "rate_limited"
