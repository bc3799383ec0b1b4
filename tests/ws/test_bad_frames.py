"""Upgrades and frames as no browser sends them, on the wire of a real server (RELIABILITY 5)."""

import json

import pytest

from tests.support.api import Clinic
from tests.support.server import RunningServer
from tests.support.wire import BINARY, CONTINUATION, PING, PONG, TEXT, Wire, frame, handshake

LIMIT = 64 * 1024


def hello(token: object, **members: object) -> bytes:
    return json.dumps({"type": "hello", "v": 1, "token": token, **members}).encode()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://127.0.0.1", ""])
async def test_a_foreign_null_or_absent_origin(wire: Wire, origin: str | None) -> None:
    status, headers, body = await wire.request("GET", "/ws/any", handshake(origin))
    assert (status, json.loads(body)["code"]) == (403, "origin_not_allowed")
    assert headers["content-type"].startswith("application/problem+json")


async def test_an_old_version(wire: Wire, server: RunningServer) -> None:
    asked = {**handshake(server.base_url), "Sec-WebSocket-Version": "12"}
    status, headers, _ = await wire.request("GET", "/ws/any", asked)
    assert (status, headers["sec-websocket-version"]) == (426, "13")


@pytest.mark.parametrize("key", ["short", "AAAA", ""])
async def test_a_bad_key(wire: Wire, server: RunningServer, key: str) -> None:
    status, _, _ = await wire.request(
        "GET", "/ws/any", {**handshake(server.base_url), "Sec-WebSocket-Key": key}
    )
    assert status == 400


async def test_post(wire: Wire, server: RunningServer) -> None:
    status, headers, _ = await wire.request("POST", "/ws/any", handshake(server.base_url))
    assert (status, headers["allow"]) == (405, "GET")


async def test_a_request_without_upgrade(wire: Wire, server: RunningServer) -> None:
    status, _, _ = await wire.request("GET", "/ws/any", {"Host": "127.0.0.1", "Origin": server.base_url})
    assert status == 426


@pytest.mark.parametrize("path", ["/ws", "/ws/", "/ws/AbCdEfGh", "/ws/..."])
async def test_any_affinity_upgrades(wire: Wire, server: RunningServer, path: str) -> None:
    status, headers, _ = await wire.request("GET", path, handshake(server.base_url))
    assert (status, headers["sec-websocket-protocol"]) == (101, "consultroom.v1")


async def test_nothing_for_five_seconds(wire: Wire, server: RunningServer) -> None:
    assert await wire.upgrade(server.base_url) == 101
    code, said = await wire.close_code(within=8)
    assert (code, [each["code"] for each in said]) == (4501, ["hello_timeout"])


async def test_pings_are_no_hello(wire: Wire, server: RunningServer) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(PING, b"hi"))
    assert await wire.next_frame() == (PONG, b"hi")
    code, _ = await wire.close_code(within=8)
    assert code == 4501


async def test_first_message_not_hello(wire: Wire, server: RunningServer) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(TEXT, b'{"type":"ping"}'))
    code, said = await wire.close_code()
    assert (code, [each["code"] for each in said]) == (4501, ["hello_required"])


async def test_a_binary_frame(wire: Wire, server: RunningServer) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(BINARY, b"\x00"))
    code, said = await wire.close_code()
    assert (code, [each["code"] for each in said]) == (1003, ["binary_unsupported"])


async def test_invalid_utf8(wire: Wire, server: RunningServer) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(TEXT, b'{"type":"\xff"}'))
    assert (await wire.close_code())[0] == 1007


async def test_one_byte_too_many(wire: Wire, server: RunningServer, clinic: Clinic) -> None:
    await wire.upgrade(server.base_url)
    padded = hello("x").ljust(LIMIT)
    wire.writer.write(frame(TEXT, padded))
    code, said = await wire.close_code()
    assert (code, [each["code"] for each in said]) == (4500, ["token_invalid"])
    again = await Wire.opened(server.port)
    await again.upgrade(server.base_url)
    again.writer.write(frame(TEXT, padded + b" "))
    assert (await again.close_code())[0] == 1009
    await again.close()


async def test_endless_fragments(wire: Wire, server: RunningServer) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(TEXT, b"x" * 1024, fin=False))
    for _ in range(80):
        wire.writer.write(frame(CONTINUATION, b"x" * 1024, fin=False))
    assert (await wire.close_code())[0] == 1009


@pytest.mark.parametrize(
    "bad",
    [
        frame(TEXT, b"{}", rsv=4),
        frame(3, b""),
        frame(11, b""),
        frame(PING, b"x" * 126),
        frame(PING, b"x", fin=False),
        frame(CONTINUATION, b"x"),
    ],
    ids=["rsv1", "opcode 3", "opcode 11", "ping of 126 bytes", "fragmented ping", "continuation of nothing"],
)
async def test_broken_frames(wire: Wire, server: RunningServer, bad: bytes) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(bad)
    assert (await wire.close_code())[0] == 1002


async def test_an_unmasked_frame(wire: Wire, server: RunningServer, clinic: Clinic) -> None:
    """RFC 6455 section 5.1; aiohttp alone reads it (RELIABILITY 1)."""
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(TEXT, hello(await clinic.token()), masked=False))
    assert await wire.close_code() == (1002, [])


async def test_three_strikes(wire: Wire, server: RunningServer, clinic: Clinic) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(TEXT, hello(await clinic.token())))
    for text in (b"{", b"[]", b"null"):
        wire.writer.write(frame(TEXT, text))
    code, said = await wire.close_code()
    assert code == 4501
    assert [each["code"] for each in said if each["type"] == "error"] == ["json_invalid"] * 3


async def test_a_failed_hello_touches_nobody(wire: Wire, server: RunningServer, clinic: Clinic) -> None:
    """BigBlueButton's CVE-2022-41960: a bad token with the victim's id ejected the victim (RELIABILITY 2)."""
    good = await clinic.token()
    victim = await Wire.opened(server.port)
    await victim.upgrade(server.base_url)
    victim.writer.write(frame(TEXT, hello(good)))
    assert json.loads((await victim.next_frame())[1])["type"] == "welcome"
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(TEXT, hello(good[:-2] + "AA", move=True)))
    code, _ = await wire.close_code()
    assert code == 4500
    victim.writer.write(frame(TEXT, b'{"type":"ping"}'))
    kinds = [json.loads((await victim.next_frame())[1])["type"] for _ in range(2)]
    assert kinds == ["waiting", "pong"]
    await victim.close()
