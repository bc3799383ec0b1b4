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
    while (shown := (await host.wait("queue"))["items"][0]["check"]) is None:
        pass
    assert (shown["camera"], shown["microphone"], shown["ok"]) == (False, "ok", False)
    await patient.ask("check", camera="ok", microphone="ok", speaker=True, rtt_ms=40, loss=0.01)
    while not (shown := (await host.wait("queue"))["items"][0]["check"])["ok"]:
        pass
    assert (shown["rtt_ms"], shown["loss"], shown["speaker"]) == (40, 0.01, True)


async def test_a_check_before_joining_is_shown_from_the_first_moment(
    clinic: Clinic, connect: Connect
) -> None:
    """E4: from the same link, weeks before too; in the queue when its person comes, and in the evidence."""
    await clinic.book(starts=21 * 86_400)
    before = await connect()
    await before.hello(await clinic.token(), for_="check")
    await before.ask("check", camera="denied", microphone="ok", bitrate=250_000, candidate_type="relay")
    evidence = (await clinic.api.get("/v1/appointments/a-1/attendance"))["evidence"]
    assert evidence["device_check"].items() >= {"ok": False, "camera": "denied", "bitrate": 250_000}.items()
    assert evidence["tried"] == [], "weeks before, it proves no attempt to come"
    await clinic.book()
    host, patient = await connect(), await connect()
    await host.hello(await clinic.token("practitioner"))
    await patient.hello(await clinic.token())
    [item] = (await host.wait("queue"))["items"]
    assert item["check"] == evidence["device_check"]
    assert (item["check"]["candidate_type"], item["check"]["at"][-1]) == ("relay", "Z")


async def test_a_check_beside_a_wait_disturbs_nothing(clinic: Clinic, connect: Connect) -> None:
    """The same person and link on a second socket: the seat stays, and the queue has the result at once."""
    await clinic.book()
    host, patient, beside = await connect(), await connect(), await connect()
    await host.hello(await clinic.token("practitioner"))
    await patient.hello(await clinic.token())
    await host.wait("queue")
    assert (await beside.hello(await clinic.token(), for_="check"))["state"] == "checking"
    await beside.ask("check", camera="ok", microphone="ok", speaker="failed")
    while (shown := (await host.wait("queue"))["items"][0]["check"]) is None:
        pass
    assert (shown["speaker"], shown["ok"]) == ("failed", False)
    await beside.ask("leave")
    assert (await patient.ask("ping"))["type"] == "ack"
    assert {"error", "ended"}.isdisjoint(patient.kinds())


async def test_checks_are_refused_after_the_close_and_when_they_come_too_fast(
    open_clinic: Open, connect: Connect
) -> None:
    clinic = await open_clinic(opens_before_minutes=0, closes_after_minutes=0)
    await clinic.book(lasts=2)
    peer, token = await connect(), await clinic.token()
    await peer.hello(token, for_="check")
    answers = [await peer.ask("check", camera="ok") for _ in range(12)]
    assert [answer["type"] for answer in answers[:10]] == ["ack"] * 10
    assert answers[-1]["code"] == "rate_limited"
    await clinic.outcome(within=8)
    late = await connect()
    assert (await late.hello(token, for_="check"))["code"] == "window_closed"


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
