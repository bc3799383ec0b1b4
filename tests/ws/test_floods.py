"""A socket that sends frames nobody asked for is cut, whatever they are and wherever it stands (issue: every
frame counts); nobody else notices.
"""

import asyncio
import json
import time

import aiohttp
import pytest

from tests.support.api import Clinic
from tests.support.server import RunningServer
from tests.support.wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Wire, frame, handshake

FLOODS = {
    "pongs": frame(PONG, b""),
    "pings": frame(PING, b"x"),
    "empty continuations": frame(CONTINUATION, b"", fin=False),
    "empty texts": frame(TEXT, b""),
}
MANY = 20_000


async def cut(wire: Wire) -> bool:
    """Whether the server hangs up on it soon, whatever it goes on sending."""
    more = FLOODS["pongs"] * 1_000
    try:
        async with asyncio.timeout(5):
            while True:
                wire.writer.write(more)
                await wire.writer.drain()
                await asyncio.sleep(0.01)
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def hello(token: object) -> bytes:
    return frame(TEXT, json.dumps({"type": "hello", "v": 1, "token": token}).encode())


@pytest.mark.parametrize("kind", list(FLOODS))
async def test_a_flood_before_the_hello_is_cut(wire: Wire, server: RunningServer, kind: str) -> None:
    await wire.upgrade(server.base_url)
    begun = frame(TEXT, b"", fin=False) if kind == "empty continuations" else b""
    wire.writer.write(begun + FLOODS[kind] * MANY)
    code, said = await wire.close_code()
    assert (code, {each["code"] for each in said}) == (4013, {"rate_limited"})
    assert await cut(wire)


async def test_a_flood_in_a_session_is_cut_and_its_place_kept(
    wire: Wire, server: RunningServer, clinic: Clinic
) -> None:
    await wire.upgrade(server.base_url)
    token = await clinic.token()
    wire.writer.write(hello(token) + FLOODS["pongs"] * MANY)
    code, said = await wire.close_code()
    assert code == 4013
    assert await cut(wire)
    again = await Wire.opened(server.port)
    await again.upgrade(server.base_url)
    again.writer.write(hello(token))
    # Whether the flood was faster than its own hello or not, whoever comes by the link has the place.
    while (told := json.loads((await again.next_frame())[1]))["type"] != "welcome":
        assert told["code"] == "elsewhere", said
        await again.close()
        again = await Wire.opened(server.port)
        await again.upgrade(server.base_url)
        again.writer.write(hello(token))
    await again.close()


async def test_a_flood_that_comes_with_the_upgrade_itself_is_cut(wire: Wire, server: RunningServer) -> None:
    lines = [f"{name}: {value}" for name, value in handshake(server.base_url).items()]
    asked = "\r\n".join(["GET /ws/any HTTP/1.1", *lines, "", ""]).encode()
    wire.writer.write(asked + FLOODS["pongs"] * 2_000)
    head = await wire.reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head
    assert (await wire.close_code())[0] == 4013
    assert await cut(wire)


async def test_an_unmasked_frame_that_comes_with_the_upgrade_is_seen(
    wire: Wire, server: RunningServer
) -> None:
    lines = [f"{name}: {value}" for name, value in handshake(server.base_url).items()]
    asked = "\r\n".join(["GET /ws/any HTTP/1.1", *lines, "", ""]).encode()
    wire.writer.write(asked + frame(PING, b"x", masked=False))
    assert b" 101 " in await wire.reader.readuntil(b"\r\n\r\n")
    assert (await wire.close_code())[0] == 1002


async def test_a_flood_after_an_upgrade_where_nothing_switches_is_cut(
    wire: Wire, server: RunningServer
) -> None:
    lines = [f"{name}: {value}" for name, value in handshake(server.base_url).items()]
    asked = "\r\n".join(["GET /healthz HTTP/1.1", *lines, "", ""]).encode()
    wire.writer.write(asked + FLOODS["pongs"] * MANY)
    assert await cut(wire)


@pytest.mark.parametrize(
    "flood",
    [
        b"POST /v1/clinics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * MANY,
        b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n" * MANY,
    ],
    ids=["chunks of a byte", "the shortest requests"],
)
async def test_a_flood_of_crumbs_over_http_is_cut(wire: Wire, flood: bytes) -> None:
    wire.writer.write(flood)
    assert await cut(wire)


async def answered(wire: Wire) -> int:
    """The status."""
    async with asyncio.timeout(5):
        return int((await wire.reader.readuntil(b"\r\n\r\n")).split()[1])


@pytest.mark.parametrize("pieces", [1, 3])
async def test_a_document_of_short_lines_is_answered(wire: Wire, pieces: int) -> None:
    """As .NET on Windows indents it."""
    numbers = json.dumps({"weekdays": list(range(10_000))}, indent=1).replace("\n", "\r\n").encode()
    head = f"POST /v1/clinics HTTP/1.1\r\nHost: x\r\nContent-Length: {len(numbers)}\r\n\r\n".encode()
    size = len(numbers) // pieces
    wire.writer.write(head + numbers[:size])
    await wire.writer.drain()
    wire.writer.write(numbers[size:])
    assert await answered(wire) == 401


async def test_a_document_written_token_by_token_is_answered(wire: Wire) -> None:
    """As `json.JSONEncoder.iterencode` gives it to a client that streams."""
    tokens = [b"%d," % number for number in range(4_000)]
    head = b"POST /v1/clinics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(token), token) for token in tokens)
    wire.writer.write(head + chunks + b"0\r\n\r\n")
    assert await answered(wire) == 401


async def test_a_flood_after_a_body_is_cut(wire: Wire) -> None:
    wire.writer.write(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}" + b"GET / HTTP/1.1\r\n\r\n" * MANY
    )
    assert await cut(wire)


async def test_a_flood_after_the_close_is_cut(wire: Wire, server: RunningServer) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(BINARY, b"x"))
    assert (await wire.close_code())[0] == 1003
    assert await cut(wire)


async def test_nobody_else_waits_for_floods_and_they_are_counted(
    server: RunningServer, clinic: Clinic, session: aiohttp.ClientSession
) -> None:
    async def flood() -> None:
        wire = await Wire.opened(server.port)
        await wire.upgrade(server.base_url)
        wire.writer.write(FLOODS["pongs"] * MANY)
        assert await cut(wire)

    floods = asyncio.gather(*(flood() for _ in range(4)))
    slowest = 0.0
    while not floods.done():
        began = time.monotonic()
        async with session.get(f"{server.base_url}/readyz") as answer:
            assert answer.status == 200
        slowest = max(slowest, time.monotonic() - began)
    await floods
    assert slowest < 1
    async with session.get(f"{server.base_url}/metrics") as answer:
        assert 'connections_refused_total{why="flood"}' in await answer.text()


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 5000, 65_535])
async def test_a_close_code_that_is_never_sent_is_answered_1002(
    wire: Wire, server: RunningServer, code: int
) -> None:
    """RFC 6455 section 7.4; Autobahn 7.9."""
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(CLOSE, code.to_bytes(2)))
    assert await wire.close_code() == (1002, [])


@pytest.mark.parametrize("code", [b"", *(code.to_bytes(2) for code in (1000, 1001, 3000, 4999))])
async def test_a_close_that_is_in_order_is_answered_1000(
    wire: Wire, server: RunningServer, code: bytes
) -> None:
    await wire.upgrade(server.base_url)
    wire.writer.write(frame(CLOSE, code))
    assert await wire.close_code() == (1000, [])
