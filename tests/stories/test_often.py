"""Whoever comes again and again, or asks again and again, costs what an honest person does: a bucket for each
link (signalling/PROTOCOL.md, "Limits").
"""

import asyncio

import pytest

from rooms.errors import LinkRefused
from signalling.ws.rate_limits import CHECKS_OF_LINK, COMMANDS_AT_ONCE, HELLOS_AT_ONCE, LinkRateLimits
from tests.support.api import Clinic
from tests.support.peer import Connect, Peer


async def come(connect: Connect, token: str, times: int, **members: object) -> tuple[list[Peer], list[str]]:
    """Hellos one after the other; the sockets, and what each was answered."""
    peers = [await connect() for _ in range(times)]
    answers = [await peer.hello(token, **members) for peer in peers]
    return peers, [str(answer.get("code", answer["type"])) for answer in answers]


async def attended(clinic: Clinic) -> int:
    return len((await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"])


async def test_a_link_that_takes_its_place_over_and_over_is_told_to_wait(
    clinic: Clinic, connect: Connect
) -> None:
    await clinic.book(guests=[{"id": "mum", "name": "Maria"}])
    host, mum = await connect(), await connect()
    await host.hello(await clinic.token("practitioner"))
    token = await clinic.token()
    peers, answers = await come(connect, token, HELLOS_AT_ONCE + 5, move=True)
    assert answers == ["welcome"] * HELLOS_AT_ONCE + ["rate_limited"] * 5
    assert 0 < peers[-1].heard[-1]["retry_after"] <= 5
    assert await peers[-1].closed() == 4013
    # The place is the last one's; each before it heard why, also where its departure is on the floor no more.
    codes = [await peer.closed() for peer in peers[: HELLOS_AT_ONCE - 1]]
    assert set(codes) == {4506}
    assert (await peers[HELLOS_AT_ONCE - 1].ask("ping"))["type"] == "ack"
    assert await attended(clinic) <= HELLOS_AT_ONCE + 1
    # Somebody else, by another link from the same address, is not meant.
    assert (await mum.hello(await clinic.token("guest:mum")))["type"] == "welcome"


async def test_device_checks_and_resumes_count_as_well(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    token = await clinic.token()
    patient = await connect()
    await patient.hello(token)
    for _ in range(HELLOS_AT_ONCE - 2):
        back = await connect()
        assert (await back.resume(patient))["type"] == "welcome"
        patient = back
    checking = await connect()
    assert (await checking.hello(token, for_="check"))["state"] == "checking"
    stranger, again = await connect(), await connect()
    assert (await stranger.resume(patient, key="x" * 43))["code"] == "rate_limited"
    answer = await again.resume(patient)
    assert (answer["code"], await again.closed()) == ("rate_limited", 4013)
    # The session itself goes on.
    assert (await patient.ask("ping"))["type"] == "ack"


async def test_whoever_has_no_key_spends_nobodys(clinic: Clinic, connect: Connect) -> None:
    await clinic.book()
    patient, guesser = await connect(), await connect()
    await patient.hello(await clinic.token())
    for _ in range(HELLOS_AT_ONCE + 5):
        assert (await guesser.resume(patient, key="x" * 43))["code"] == "resume_refused"
    back = await connect()
    assert (await back.resume(patient))["type"] == "welcome"


@pytest.mark.parametrize("kind", ["lock", "running_late", "admit and send back"])
async def test_commands_that_are_stored_are_bounded(clinic: Clinic, connect: Connect, kind: str) -> None:
    await clinic.book()
    host, patient = await connect(), await connect()
    await host.hello(await clinic.token("practitioner"))
    await patient.hello(await clinic.token())
    await host.ask("admit", person="patient", appointment="a-1")

    async def ask(number: int) -> str:
        if kind == "lock":
            answer = await host.ask("lock", on=bool(number % 2))
        elif kind == "running_late":
            answer = await host.ask("running_late", minutes=number % 2)
        elif number % 2:
            answer = await host.ask("admit", person="patient", appointment="a-1")
        else:
            answer = await host.ask("send_back", sid=patient.sid)
        return str(answer.get("code", answer["type"]))

    answers = [await ask(number) for number in range(COMMANDS_AT_ONCE + 4)]
    assert "rate_limited" not in answers[: COMMANDS_AT_ONCE - 1]
    assert "rate_limited" in answers[COMMANDS_AT_ONCE - 1 :]
    assert set(answers) <= {"ack", "rate_limited", "not_waiting", "peer_not_found"}
    # It closes nothing, and one may always leave.
    await asyncio.sleep(0)
    assert (await host.ask("leave"))["type"] == "ack"


async def test_a_link_has_a_few_device_checks_open_and_one_that_ends_makes_room(
    clinic: Clinic, connect: Connect
) -> None:
    await clinic.book()
    token = await clinic.token()
    peers = [await connect() for _ in range(CHECKS_OF_LINK + 1)]
    answers = [await peer.hello(token, for_="check") for peer in peers]
    assert [str(each.get("code", each["type"])) for each in answers] == ["welcome"] * CHECKS_OF_LINK + [
        "rate_limited"
    ]
    assert await peers[-1].closed() == 4013
    await peers[0].say("leave")
    assert await peers[0].closed() == 1000
    # Its server side ends a moment after the client's; each try is a hello of its own.
    for _ in range(10):
        again = await connect()
        if (await again.hello(token, for_="check"))["type"] == "welcome":
            break
    assert again.welcome["state"] == "checking"


def test_a_process_has_so_many_device_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalling.ws.rate_limits.CHECKS_AT_ONCE", 3)
    links = LinkRateLimits()
    for number in range(3):
        links.check((f"a{number}", 1))
    with pytest.raises(LinkRefused) as refused:
        links.check(("b", 1))
    assert (refused.value.code, refused.value.facts["retry_after"]) == ("rate_limited", 30)
    links.check_over(("a0", 1))
    links.check(("b", 1))
