"""Tokens that open nothing, as a socket answers them (RELIABILITY 5); `tests/access` tests the signatures."""

import base64
import hashlib
import hmac
import json
import string
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from itsdangerous import Signer

from tests.support.api import Clinic
from tests.support.peer import Connect, connected, connecting
from tests.support.server import RunningServer

SALT = b"consultroom.link.v1"

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
async def test_no_token_at_all(answered: Answered, token: object) -> None:
    code, close = await answered(token)
    assert (code, close) == ("token_too_long" if token == "a" * 100_00 else "token_invalid", 4500)


async def test_one_bit_flipped_in_each_part(answered: Answered, clinic: Clinic) -> None:
    token = await clinic.token()
    parts = token.split(".")
    for number, part in enumerate(parts):
        flipped = chr(ord(part[0]) ^ 1)
        forged = ".".join([*parts[:number], flipped + part[1:], *parts[number + 1 :]])
        assert await answered(forged) == ("token_invalid", 4500)


async def test_not_canonical(answered: Answered, clinic: Clinic) -> None:
    token = await clinic.token()
    spare = ORDER[ORDER.index(token[-1]) + 1]
    for forged in (token + "=", token[:-1] + spare):
        assert await answered(forged) == ("token_not_canonical", 4500)


ORDER = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def signed(server: RunningServer, payload: bytes, affinity: str, salt: bytes = SALT) -> str:
    """By the server's own key."""
    secret = server.keys.partition(":")[2].encode()
    signer = Signer(secret, salt=salt, sep=".", key_derivation="hmac", digest_method=hashlib.sha256)
    return signer.sign(f"{affinity}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}").decode()


async def test_another_salt_or_a_webhooks_signature(
    answered: Answered, clinic: Clinic, server: RunningServer
) -> None:
    token = await clinic.token()
    affinity, text, _ = token.split(".")
    payload = base64.urlsafe_b64decode(text + "==")
    assert signed(server, payload, affinity) == token, "it is the salt alone that is wrong below"
    for salt in (b"consultroom.link.v2", b"consultroom.webhook.v1", b"consultroom.api-key.v1", b""):
        assert await answered(signed(server, payload, affinity, salt)) == ("token_invalid", 4500)
    mac = base64.b64encode(hashlib.sha256(payload).digest()).decode()
    assert await answered(f"v1,{mac}") == ("token_invalid", 4500)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_jwt(answered: Answered, server: RunningServer, algorithm: str) -> None:
    parts = ({"alg": algorithm, "typ": "JWT"}, {"sub": "patient"})
    head = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )
    mac = hmac.digest(server.keys.partition(":")[2].encode(), head.encode(), "sha256")
    signature = base64.urlsafe_b64encode(mac).decode().rstrip("=") if algorithm == "HS256" else ""
    assert await answered(f"{head}.{signature}") == ("token_invalid", 4500)


async def test_as_long_as_a_frame_and_longer(
    answered: Answered, server: RunningServer, session: aiohttp.ClientSession
) -> None:
    assert await answered("a" * 60_000) == ("token_too_long", 4500)
    async with connected(server.base_url, session) as peer:
        await peer.say("hello", v=1, token="a" * 100_000)
        assert await peer.closed() == 1009, "no frame is that long, whatever it says"


@pytest.mark.parametrize(("state", "can_resend"), [("retired", True), ("revoked", False)])
async def test_a_key_that_opens_nothing(
    clinic: Clinic, server: RunningServer, tmp_path: Path, state: str, can_resend: bool
) -> None:
    token = await clinic.token()
    number, _, secret = server.keys.partition(":")
    second = RunningServer(tmp_path, {})
    second.redis = server.redis
    second.keys = f"2:{secret[::-1]},{number}:{secret}:{state}"
    second.start()
    try:
        async with aiohttp.ClientSession() as session, connected(second.base_url, session) as peer:
            refused = await peer.hello(token)
            assert (refused["code"], refused["can_resend"]) == ("token_revoked", can_resend)
            assert await peer.closed() == 4502
    finally:
        second.stop()


async def test_cancelled(answered: Answered, clinic: Clinic) -> None:
    patient, doctor = await clinic.token(), await clinic.token("practitioner")
    await clinic.api.post("/v1/appointments/a-1/cancel", reason="ill", by="staff")
    assert await answered(patient) == ("cancelled", 4504)
    assert await answered(doctor) == ("cancelled", 4504)


async def test_well_signed_and_none_of_ours(
    answered: Answered, clinic: Clinic, server: RunningServer
) -> None:
    affinity, text, _ = (await clinic.token()).split(".")
    good = base64.urlsafe_b64decode(text + "==")
    for payload in (b"\4" + good[1:], b"\0" + good[1:], good[:-1], good + b"\0", good[:2], good[:1], b""):
        assert await answered(signed(server, payload, affinity)) == ("token_invalid", 4500)
    for place in ("", affinity[:7], affinity + "A", "AAAAAAAA"):
        assert await answered(signed(server, good, place)) == ("token_invalid", 4500)


async def test_the_same_token_in_a_second_tab(clinic: Clinic, peers: Connect) -> None:
    token = await clinic.token()
    first, second, third = await peers(), await peers(), await peers()
    await first.hello(token)
    assert (await second.hello(token))["code"] == "elsewhere"
    assert await second.closed() == 4009
    assert (await third.hello(token, move=True))["type"] == "welcome"
    assert (await first.wait("error"))["code"] == "replaced"
    assert await first.closed() == 4506


async def test_too_many_refused_tokens(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as running:
        async with aiohttp.ClientSession() as session:
            clinic = await Clinic.opened(running.base_url, running.admin_key, session)
            await clinic.book()
            codes = []
            for _ in range(301):
                async with connected(running.base_url, session) as peer:
                    codes.append((await peer.hello("guess"))["code"])
                    close = await peer.closed()
            assert codes == ["token_invalid"] * 300 + ["rate_limited"]
            assert close == 4013
            async with connected(running.base_url, session) as peer:
                assert (await peer.hello(await clinic.token()))["type"] == "welcome"


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


@pytest_asyncio.fixture
async def peers(server: RunningServer, session: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    async with connecting(server.base_url, session) as opened:
        yield opened
