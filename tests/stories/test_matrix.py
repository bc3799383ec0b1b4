"""Fifty links and fifty rooms: each opens its own and no other (RELIABILITY 3, "call content"; D1, D4)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import pytest_asyncio

from tests.support.api import Clinic
from tests.support.peer import CANDIDATE, Connect, Peer

PAIRS = 50
AT_ONCE = 10
"""Under way at a time, so that nobody's patience ends on a slow machine."""

A = TypeVar("A")
Cell = tuple[int, int]


async def every(doing: Callable[[int], Awaitable[A]]) -> list[A]:
    """For each of the fifty."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> A:
        async with gate:
            return await doing(number)

    return await asyncio.gather(*(one(number) for number in range(PAIRS)))


async def cells(doing: Callable[[int, int], Awaitable[str]]) -> dict[str, list[Cell]]:
    """For each of the fifty with each of the fifty, the own one last; which answer was given where."""

    async def row(one: int) -> list[tuple[str, Cell]]:
        order = [(one + step) % PAIRS for step in range(1, PAIRS + 1)]
        return [(await doing(one, other), (one, other)) for other in order]

    found: dict[str, list[Cell]] = {}
    for answer, cell in [each for row_ in await every(row) for each in row_]:
        found.setdefault(answer, []).append(cell)
    return found


OWN = [(number, number) for number in range(PAIRS)]


@pytest_asyncio.fixture
async def visits(clinic: Clinic) -> Clinic:
    """Fifty practitioners, each with a patient of their own, all now."""

    async def book(n: int) -> None:
        await clinic.api.put(f"/v1/practitioners/dr-{n}", name=f"Dr {n}", video_enabled=True)
        await clinic.api.put(f"/v1/patients/pat-{n}", name=f"Pat {n}")
        await clinic.book(f"a-{n}", patient=f"pat-{n}", practitioner=f"dr-{n}")

    await every(book)
    return clinic


async def test_fifty_tokens_and_fifty_rooms(visits: Clinic, connect: Connect) -> None:
    async def come(person: str, n: int) -> Peer:
        peer = await connect()
        await peer.hello(await visits.token(person, f"a-{n}"))
        return peer

    patients = await every(lambda n: come("patient", n))
    rooms = [str(patient.welcome["room"]) for patient in patients]
    assert len(set(rooms)) == PAIRS
    hosts = await every(lambda n: come("practitioner", n))
    waiting = [[item["person"] for item in host.welcome["queue"]] for host in hosts]
    assert waiting == [["patient"]] * PAIRS, "each sees their own patient"
    assert [host.welcome["queue"][0]["appointment"] for host in hosts] == [f"a-{n}" for n in range(PAIRS)]

    assert set(await cells(lambda one, other: asked(patients[one], "enter", room=rooms[other]))) == {
        "forbidden"
    }
    told = await cells(lambda one, other: asked(hosts[one], "enter", room=rooms[other]))
    assert told.keys() == {"ack", "room_unknown"}
    assert sorted(told["ack"]) == OWN
    told = await cells(
        lambda one, other: asked(hosts[one], "admit", person="patient", appointment=f"a-{other}")
    )
    assert told.keys() == {"ack", "not_waiting"}
    assert sorted(told["ack"]) == OWN
    assert [(await patient.wait("admitted"))["room"] for patient in patients] == rooms

    told = await cells(lambda one, other: asked(patients[one], "signal", to=hosts[other].sid, data=CANDIDATE))
    assert told.keys() == {"ack", "peer_not_found"}
    assert sorted(told["ack"]) == OWN
    await only_their_own(hosts, patients)


async def asked(peer: Peer, kind: str, **members: object) -> str:
    """The code it is refused with, or `ack`."""
    answer = await peer.ask(kind, **members)
    return str(answer.get("code", answer["type"]))


async def only_their_own(hosts: Sequence[Peer], patients: Sequence[Peer]) -> None:
    """Whatever anybody was told names nobody else's session."""
    sids = {
        peer.sid: n
        for n, (host, patient) in enumerate(zip(hosts, patients, strict=True))
        for peer in (host, patient)
    }
    for n, pair in enumerate(zip(hosts, patients, strict=True)):
        for peer in pair:
            await peer.quiet(0.01)
            named = {sids[sid] for sid in sids if sid in str(peer.heard)}
            assert named == {n}
