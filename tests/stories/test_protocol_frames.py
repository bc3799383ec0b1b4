"""What signalling/PROTOCOL.md shows of a server's frames is what a real one sends: the same members, of the
same types, at every depth.
"""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.docs import markdown
from tests.support.api import Clinic
from tests.support.peer import CANDIDATE, Connect, Peer, connecting
from tests.support.server import RunningServer

SHOWN = markdown.frames(markdown.text("signalling/PROTOCOL.md"), "What a server sends")

RELAY = {
    "CONSULTROOM_TURN_URLS": "turn:turn.example.org:3478?transport=udp",
    "CONSULTROOM_TURN_SECRET": "a-secret-of-twenty-four-letters",
    "CONSULTROOM_ECHO_CALLS": "0",
}
"""With a TURN server, for credentials; without an echo peer, whose welcome is shown as it is refused."""


def shape(value: object) -> object:
    """A JSON value without its values."""
    match value:
        case dict():
            return {name: shape(each) for name, each in value.items()}
        case list():
            return sorted({json.dumps(shape(each), sort_keys=True) for each in value})
        case bool() | None:
            return str(type(value))
        case int() | float():
            return "number"
        case _:
            return "text"


@pytest.fixture(scope="module")
def relayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder: Path = tmp_path_factory.mktemp("frames")
    with RunningServer(folder, RELAY) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def heard(relayed: RunningServer) -> AsyncIterator[list[str]]:
    """The shapes of all frames of a visit with everything in it."""
    async with aiohttp.ClientSession() as session, connecting(relayed.base_url, session) as connect:
        # The phone number is told at once instead of after a quarter of an hour.
        clinic = await Clinic.opened(
            relayed.base_url, relayed.admin_key, session, absent_after_minutes=0.0001
        )
        peers = await _visit(clinic, connect)
        yield [json.dumps(shape(frame), sort_keys=True) for peer in peers for frame in peer.heard]


async def _visit(clinic: Clinic, connect: Connect) -> list[Peer]:
    """Everybody who took part."""
    await clinic.api.call("PATCH", "/v1/clinic", {"phone": "+49 30 901820"})
    await clinic.book(guests=[{"id": "ana", "name": "Ana Reyes"}])
    checker, patient, host, guest, stranger = [await connect() for _ in range(5)]
    await checker.hello(await clinic.token(), for_="check")
    await patient.hello(await clinic.token())
    room = await clinic.api.post("/v1/practitioners/dr/room-link", hours=1)
    await host.hello(room["token"])
    await host.ask("running_late", minutes=15)
    await patient.wait("waiting", position=1, practitioner_here=True)
    await host.ask("admit", person="patient", appointment="a-1")
    await patient.wait("admitted")
    await host.say("signal", to=patient.sid, data=CANDIDATE)
    await host.ask("chat", text="Can you hear me?")
    await host.ask("state", audio=True, video=True, screen=False, sound_only=False)
    await host.ask("state", media="connected")
    await patient.ask("ice")
    await patient.ask("ping")
    await guest.hello(await clinic.token("guest:ana"))
    await guest.ask("check", camera="ok", relay=True, rtt_ms=41.5)
    await host.ask("lock", on=True)
    await host.ask("lock", on=False)
    await host.ask("admit", person="guest:ana", appointment="a-1")
    await patient.wait("joined")
    await guest.cut()
    await patient.wait("state", online=False)
    await host.ask("remove", sid="nobody")
    await host.ask("send_back", sid=patient.sid)
    await patient.wait("sent_back")
    await host.ask("admit", person="patient", appointment="a-1")
    await host.ask("remove", sid=guest.sid)
    await patient.wait("left")
    await host.ask("end", outcome="done")
    await patient.wait("ended")
    await stranger.hello("no link")
    return [checker, patient, host, guest, stranger]


@pytest.mark.parametrize("text", SHOWN, ids=lambda text: json.loads(text)["type"])
async def test_a_frame_that_is_shown_is_sent(heard: list[str], text: str) -> None:
    assert json.dumps(shape(json.loads(text)), sort_keys=True) in heard
