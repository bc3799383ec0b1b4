"""Calls through a real coturn and nothing else (E2): with the credentials the server gives, fresh ones in
time, and words where they are refused.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser

from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support.api import Clinic
from tests.support.coturn import Coturn
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.media]

RELAY_ONLY = """
  globalThis.configured = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(given) { super({ ...given, iceTransportPolicy: 'relay' }); }
    setConfiguration(given) {
      globalThis.configured.push(given.iceServers[0].username);
      super.setConfiguration({ ...given, iceTransportPolicy: 'relay' });
    }
  };
  globalThis.said = [];
  globalThis.WebSocket = class extends WebSocket {
    send(text) { globalThis.said.push(JSON.parse(text).type); super.send(text); }
  };
"""
"""The tests' own wish, as a network that lets nothing else through has it; what the page does is watched."""

EXPIRED = """
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor({ iceServers: [server] }) {
      const old = globalThis.configured.length === 0 ? %s : {};
      super({ iceServers: [{ ...server, ...old }] });
    }
  };
"""
"""What a page has is expired until fresh ones come, for every connection it makes: one that the other's new
connection was answered with, too."""

PAIR = """async () => {
  const stats = await globalThis.peers.at(-1).getStats();
  const transport = [...stats.values()].find(({ type }) => type === 'transport');
  const pair = stats.get(transport.selectedCandidatePairId);
  return [stats.get(pair.localCandidateId).candidateType, stats.get(pair.remoteCandidateId).candidateType];
}"""

Beginning = Callable[..., AbstractAsyncContextManager[Visit]]


@pytest.fixture(scope="module")
def coturn() -> Iterator[Coturn]:
    with Coturn() as running:
        yield running


@pytest.fixture
def relayed(chromium: Browser, coturn: Coturn, tmp_path: Path) -> Beginning:
    """A visit on a server of its own, whose browsers have only the relay; `settings` are the server's."""

    @asynccontextmanager
    async def begun(*scripts: str, **settings: str) -> AsyncIterator[Visit]:
        with RunningServer(tmp_path, {**coturn.settings, **settings}) as server:
            async with aiohttp.ClientSession() as session:
                clinic = await Clinic.opened(server.base_url, server.admin_key, session)
                await clinic.book()
                people = [await Person.sits_down(chromium, server.base_url) for _ in range(2)]
                for person in people:
                    for script in (RELAY_ONLY, *scripts):
                        await person.context.add_init_script(script)
                yield await Visit.of(clinic, *people)
                for person in people:
                    await person.leaves()
                assert [problem for person in people for problem in person.problems] == []

    return begun


async def test_a_relayed_call_restarts_with_fresh_credentials_when_the_relay_was_away(
    relayed: Beginning, coturn: Coturn
) -> None:
    async with relayed() as visit:
        await visit.begins()
        for person in (visit.patient, visit.practitioner):
            assert await person.page.evaluate(PAIR) == ["relay", "relay"]
        coturn.freeze()
        try:
            for person in (visit.patient, visit.practitioner):
                await person.until("globalThis.said.includes('ice')")
                await person.until("globalThis.configured.length > 0")
        finally:
            coturn.thaw()
        await visit.both_see_and_hear()
        assert await visit.patient.page.evaluate(PAIR) == ["relay", "relay"]


async def test_credentials_are_given_anew_in_an_open_tab_before_they_expire(relayed: Beginning) -> None:
    async with relayed(CONSULTROOM_TURN_SECONDS="30") as visit:
        await visit.begins()
        first = await visit.patient.page.evaluate(
            "globalThis.peers[0].getConfiguration().iceServers[0].username"
        )
        await visit.patient.until("globalThis.configured.length > 0", 28)
        fresh = await visit.patient.page.evaluate("globalThis.configured[0]")
        assert int(fresh.partition(":")[0]) > int(first.partition(":")[0])
        await visit.both_see_and_hear()
        assert "ice" not in await visit.patient.page.evaluate("globalThis.said"), "nobody had to ask"


async def test_an_expired_credential_is_refused_and_a_fresh_one_asked_for(
    relayed: Beginning, coturn: Coturn
) -> None:
    user, password = coturn.credential(-10)
    old = EXPIRED % json.dumps({"username": user, "credential": password})
    async with relayed(old) as visit:
        await visit.begins()
        for person in (visit.patient, visit.practitioner):
            assert "ice" in await person.page.evaluate("globalThis.said")
            assert await person.page.evaluate(PAIR) == ["relay", "relay"]
        assert f"Cannot find credentials of user <{user}>" in coturn.log


async def test_a_foreign_secret_is_a_failure_in_words_and_in_the_ledger(relayed: Beginning) -> None:
    """coturn refuses; Chromium then says `new` for ever, never `failed`."""
    async with relayed(CONSULTROOM_TURN_SECRET="somebody-elses-secret") as visit:
        await visit.patient_waits()
        await visit.practitioner_comes()
        await visit.practitioner.click(".queue button:enabled")
        for person in (visit.patient, visit.practitioner):
            await person.page.locator(
                ".stage figcaption", has_text="Picture and sound do not get through."
            ).wait_for(timeout=30_000)
        for _ in range(50):
            attendance = await visit.clinic.api.get("/v1/appointments/a-1/attendance")
            if attendance["evidence"]["media"] == "failed":
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the ledger does not say that media failed")
