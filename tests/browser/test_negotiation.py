"""Perfect negotiation over a wire that delays, loses and reorders, with real peer connections (E1, E6)."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Invite
from tests.browser.person import Person
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.media]

WIRE = Path(__file__).with_name("wire.js").read_text()

CONNECTED = "wire.states().every((state) => state === 'connected stable')"


async def wired(invite: Invite, **how: Any) -> Person:
    """A page with two partners, 0 impolite and 1 polite, which have just begun."""
    person = await invite()
    await person.page.goto(f"{person.origin}/a")
    await person.page.evaluate(WIRE, how)
    return person


async def test_offers_that_cross_settle_every_time(invite: Invite, server: RunningServer) -> None:
    person = await wired(invite)
    await person.until(CONNECTED)
    for _ in range(5):
        await person.page.evaluate("for (const { current: { pc } } of wire.partners) pc.restartIce()")
        await person.until(CONNECTED)
    await person.page.evaluate(
        "wire.track('video').then((one) => wire.partners.map((each) => each.setTrack('video', one.clone())))"
    )
    await person.until(f"{CONNECTED} && wire.receiving().every((count) => count === 2)")
    log: list[str] = await person.page.evaluate("wire.log")
    descriptions = [each for each in log if "candidate" not in each]
    crossings = sum(set(pair) == {"0 offer", "1 offer"} for pair in pairwise(descriptions))
    assert crossings > 0, "nothing crossed, so nothing was shown"
    media: list[list[str]] = await person.page.evaluate("wire.media")
    assert not any("failed" in each for each in media)


async def test_candidates_may_come_before_their_description(invite: Invite, server: RunningServer) -> None:
    person = await wired(invite, held=True)
    await person.until("wire.hold.length > 0 && wire.log.filter((each) => /candidate/.test(each)).length > 2")
    await person.page.evaluate("wire.release()")
    await person.until(CONNECTED)


async def test_the_ends_of_candidates_in_every_form(invite: Invite, server: RunningServer) -> None:
    """Null (Chromium), an empty string (Firefox), several at once; before and after the description."""
    person = await wired(invite)
    ends = """for (const partner of wire.partners) {
      void partner.receive({ candidate: null });
      void partner.receive({ candidate: { candidate: '', sdpMid: '0', sdpMLineIndex: 0 } });
      void partner.receive({ candidates: [] });
    }"""
    await person.page.evaluate(ends)
    await person.until(CONNECTED)
    await person.page.evaluate(ends)
    await person.until(CONNECTED)
    assert await person.page.evaluate("wire.partners.map(({ repairs }) => repairs)") == [0, 0]


async def test_an_offer_that_was_lost_is_made_again(invite: Invite, server: RunningServer) -> None:
    person = await wired(invite, lossy=True)
    await person.until("wire.log.includes('0 offer') && wire.log.includes('1 offer')")
    await person.page.evaluate(
        "wire.lose = () => false; for (const partner of wire.partners) partner.refresh()"
    )
    await person.until(CONNECTED)


@pytest.mark.parametrize("lost", ["0 offer", "1 answer"], ids=["the impolite one's offer", "the answer"])
async def test_one_description_lost_with_nobody_told_of_it(
    invite: Invite, server: RunningServer, lost: str
) -> None:
    """Somebody is not known yet, or not known any more, to whoever passes it on. The other's own offer is
    left aside by the impolite one, who waits for an answer."""
    person = await wired(invite, audio=[True, lost != "1 answer"], lost=lost)
    await person.until(f"wire.log.filter((each) => each === {lost!r}).length > 1 && {CONNECTED}")


async def test_an_answer_that_comes_twice_is_not_taken_for_the_next_offers(
    invite: Invite, server: RunningServer
) -> None:
    """An offer that was not lost after all is sent again (only the other's was), and before it is answered
    there is a microphone: the second answer comes when the next offer has gone out."""
    person = await wired(invite, audio=[False, True], held=True)
    await person.until("wire.log.includes('0 offer') && wire.log.includes('1 offer')")
    await person.page.evaluate("wire.hold = wire.hold.filter(([to]) => to === 1)")
    await person.page.evaluate("wire.partners[0].refresh()")
    await person.page.evaluate("wire.track('audio').then((one) => wire.partners[0].setTrack('audio', one))")
    await person.page.evaluate("wire.pass(1, ['offer', 'offer'])")
    await person.until("wire.log.filter((each) => each === '1 answer').length === 2")
    await person.page.evaluate("wire.pass(0, ['answer'])")
    await person.until("wire.log.filter((each) => each === '0 offer').length === 3")
    await person.page.evaluate("wire.pass(0, ['answer'])")
    await person.page.evaluate("wire.release()")
    sends = "wire.partners[0].current.pc.getTransceivers()[0].currentDirection === 'sendrecv'"
    await person.until(f"{CONNECTED} && {sends}")


@pytest.mark.parametrize("index", [0, 1], ids=["the impolite one", "the polite one"])
@pytest.mark.parametrize("audio", [[True, True], [False, True], [True, False]], ids=str)
async def test_a_new_connection_meets_an_old_one(
    invite: Invite, server: RunningServer, index: int, audio: list[bool]
) -> None:
    """A reload: one side begins anew, also without any device, while the other goes on with what it had."""
    person = await wired(invite, audio=audio)
    await person.until(CONNECTED)
    old = await person.page.evaluate(
        "wire.partners.map(({ current }) => current.pc.localDescription.sdp.slice(0, 40))"
    )
    await person.page.evaluate(f"wire.replace({index})")
    await person.until(CONNECTED)
    new = await person.page.evaluate(
        "wire.partners.map(({ current }) => current.pc.localDescription.sdp.slice(0, 40))"
    )
    assert old[0] != new[0]
    assert old[1] != new[1]


async def test_restart_of_one_while_the_other_begins_anew(invite: Invite, server: RunningServer) -> None:
    """The old side restarts ICE in the moment in which the other's new page offers."""
    person = await wired(invite)
    await person.until(CONNECTED)
    await person.page.evaluate("(wire.partners[0].current.pc.restartIce(), wire.replace(1))")
    await person.until(CONNECTED)
    await person.page.evaluate("(wire.partners[1].current.pc.restartIce(), wire.replace(0))")
    await person.until(CONNECTED)
