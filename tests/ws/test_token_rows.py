"""RELIABILITY 5, token rows 43 to 60, as a socket answers them; `tests/access` tests the signatures."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.support.api import Clinic
from tests.support.peer import Peer, connected
from tests.support.server import RunningServer

Answered = Callable[[object], Awaitable[tuple[str, int | None]]]


@pytest_asyncio.fixture
async def answered(server: RunningServer, session: aiohttp.ClientSession) -> Answered:
    async def ask(token: object, **members: object) -> tuple[str, int | None]:
        async with connected(server.base_url, session) as peer:
            refused = await peer.hello(token, **members)
            return str(
                refused.get("code", refused["type"])
            ), await peer.closed() if "code" in refused else None

    return ask


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "ä.ö.ü", None, 123, {}, [], True, "a" * 100_00])
async def test_rows_43_44_50_no_token_at_all(answered: Answered, token: object) -> None:
    code, close = await answered(token)
    assert (code, close) == ("token_too_long" if token == "a" * 100_00 else "token_invalid", 4500)


async def test_row_45_one_bit_flipped_in_each_part(answered: Answered, clinic: Clinic) -> None:
    token = await clinic.token()
    parts = token.split(".")
    for number, part in enumerate(parts):
        flipped = chr(ord(part[0]) ^ 1)
        forged = ".".join([*parts[:number], flipped + part[1:], *parts[number + 1 :]])
        assert await answered(forged) == ("token_invalid", 4500)


async def test_row_46_not_canonical(answered: Answered, clinic: Clinic) -> None:
    token = await clinic.token()
    for forged in (token + "=", token[:-1] + chr(ord(token[-1]) + 1)):
        code, close = await answered(forged)
        assert code in ("token_not_canonical", "token_invalid")
        assert close == 4500
    assert (await answered(token + "="))[0] == "token_not_canonical"


async def test_row_51_a_retired_key(clinic: Clinic, server: RunningServer, tmp_path: Path) -> None:
    token = await clinic.token()
    number, _, secret = server.keys.partition(":")
    second = RunningServer(tmp_path, {})
    second.redis = server.redis
    second.keys = f"2:{secret[::-1]},{number}:{secret}:retired"
    second.start()
    try:
        async with aiohttp.ClientSession() as session, connected(second.base_url, session) as peer:
            refused = await peer.hello(token)
            assert (refused["code"], refused["can_resend"]) == ("token_revoked", True)
            assert await peer.closed() == 4502
    finally:
        second.stop()


async def test_row_59_the_same_token_in_a_second_tab(clinic: Clinic, peers: "Peers") -> None:
    token = await clinic.token()
    first, second, third = await peers(), await peers(), await peers()
    await first.hello(token)
    assert (await second.hello(token))["code"] == "elsewhere"
    assert await second.closed() == 4009
    assert (await third.hello(token, move=True))["type"] == "welcome"
    assert (await first.wait("error"))["code"] == "replaced"
    assert await first.closed() == 4506


async def test_row_60_too_many_refused_tokens(tmp_path: Path) -> None:
    running = RunningServer(tmp_path, {"CONSULTROOM_REFUSED_TOKENS_PER_MINUTE": "20"})
    try:
        running.start()
        async with aiohttp.ClientSession() as session:
            clinic = await Clinic.opened(running.base_url, running.admin_key, session)
            await clinic.book()
            codes = []
            for _ in range(21):
                async with connected(running.base_url, session) as peer:
                    codes.append((await peer.hello("guess"))["code"])
                    close = await peer.closed()
            assert codes == ["token_invalid"] * 20 + ["rate_limited"]
            assert close == 4013
            async with connected(running.base_url, session) as peer:
                assert (await peer.hello(await clinic.token()))["type"] == "welcome"
    finally:
        running.end()


async def test_a_staff_link_opens_no_room(answered: Answered, clinic: Clinic) -> None:
    staff = await clinic.api.post("/v1/staff-links", name="Front desk", hours=1)
    assert await answered(staff["token"]) == ("role_not_allowed", 4505)


async def test_a_practitioner_given_another_appointment_is_told_it_moved(
    answered: Answered, clinic: Clinic
) -> None:
    doctor, patient = await clinic.token("practitioner"), await clinic.token()
    await clinic.api.put("/v1/practitioners/dr2", name="Dr Two", video_enabled=True)
    await clinic.book(practitioner="dr2")
    assert await answered(doctor) == ("moved", 4504)
    assert await answered(patient) == ("welcome", None)


Peers = Callable[[], Awaitable[Peer]]


@pytest_asyncio.fixture
async def peers(server: RunningServer, session: aiohttp.ClientSession) -> AsyncIterator[Peers]:
    async with contextlib.AsyncExitStack() as stack:

        async def opened() -> Peer:
            return await stack.enter_async_context(connected(server.base_url, session))

        yield opened
