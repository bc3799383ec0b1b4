"""Everything that can be wrong with a request beside its body (RELIABILITY 5)."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from yarl import URL

from signalling.http import server as limits
from tests.http.machinery import ADMIN, CANARY, KEY, build
from tests.http.serving import Reply, Served, serve
from tests.support.server import RunningServer


@pytest_asyncio.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serve(build()) as running:
        yield running


def refusal(raw: bytes) -> tuple[int, str]:
    """Status and code of the one answer that came back on a raw socket before the server closed it."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), str(json.loads(rest)["code"])


@pytest.mark.parametrize(
    "path",
    [
        "/v2",
        "/v1/nothing",
        "/assets/",
        "/assets/..%2f..%2fetc/passwd",
        "/static/..%2f..%2fetc/passwd",
        "/assets/%2e%2e/pyproject.toml",
        "/assets/..%2fpyproject.toml",
        "/assets//etc/passwd",
        "/assets/join%00",
    ],
)
async def test_unknown_path(served: Served, path: str) -> None:
    async with served.session.get(URL(served.url + path, encoded=True)) as response:
        reply = Reply(response.status, response.headers, await response.read())
    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PATCH", "/t/things", {"POST"}),
        ("POST", "/t/list", {"GET", "HEAD"}),
        ("POST", "/j", {"GET", "HEAD"}),
        ("OPTIONS", "/t/things", {"POST"}),
        ("DELETE", "/assets/x.css", {"GET", "HEAD"}),
    ],
)
async def test_method(served: Served, method: str, path: str, allow: set[str]) -> None:
    reply = await served.call(method, path)
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert set(reply.headers["Allow"].replace(" ", "").split(",")) == allow


@pytest.mark.parametrize("path", ["/t/things", "/v1/nothing", "/"])
async def test_trace(served: Served, path: str) -> None:
    reply = await served.call("TRACE", path)
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer crk.here.wrong",
        f"Basic {KEY}",
        KEY,
        f"Bearer {KEY} x",
        f"Bearer {ADMIN[:-1]}",
        "Bearer \xe9\xe9",
    ],
)
async def test_no_or_wrong_key(served: Served, header: str) -> None:
    reply = await served.call("GET", "/t/who/a", headers={"Authorization": header} if header else {})
    assert (reply.status, reply.code) == (401, "unauthenticated")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_genuine_link_is_told_what_is_wrong_with_it(served: Served) -> None:
    reply = await served.as_("retired").call("GET", "/t/who/a")
    assert (reply.status, reply.code, reply.json["can_resend"]) == (401, "token_revoked", True)


async def test_a_key_of_another_kind_is_forbidden(served: Served) -> None:
    reply = await served.as_(ADMIN).call("GET", "/t/who/a")
    assert (reply.status, reply.code) == (403, "forbidden")
    assert (await served.as_(KEY).call("GET", "/t/who/a")).json == {"clinic": "here", "id": "a"}


GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


BROKEN = [
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    b"GET /healthz HTTP/1.1\nHost: x\n\n",
    b"GET /healthz HTTP/0.9\r\n\r\n",
    b"GET /healthz\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",
    GET + b"Content-Length: +4\r\n\r\n",
    GET + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n",
    GET + b" folded: header\r\n\r\n",
    GET + b"bad header: x\r\n\r\n",
    GET + b"x: a\x00b\r\n\r\n",
    GET + b"Transfer-Encoding: chunked, identity\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


@pytest.mark.parametrize("sent", BROKEN)
async def test_broken_requests(served: Served, sent: bytes) -> None:
    assert refusal(await served.raw(sent)) == (400, "request_invalid")


async def test_a_broken_chunk(served: Served) -> None:
    sent = b"POST /t/things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n"
    assert (await served.raw(sent)).split()[1] == b"400"


async def test_somebody_who_leaves_half_way_is_no_fault(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    head = (
        b"POST /t/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    )
    with caplog.at_level(logging.INFO):
        async with served.connect() as (_, writer):
            writer.write(head)
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.1)
    assert "POST" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_large_header(served: Served) -> None:
    assert refusal(await served.raw(GET + b"X: " + b"x" * 9_000 + b"\r\n\r\n")) == (431, "header_too_large")
    assert refusal(await served.raw(GET + b"x: y\r\n" * 200 + b"\r\n")) == (400, "request_invalid")


async def test_long_url(served: Served) -> None:
    sent = b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    assert refusal(await served.raw(sent)) == (414, "uri_too_long")


async def test_tells_the_log_nothing(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await served.raw(GET + f"Authorization: {CANARY}\0\r\n\r\n".encode())
    assert "refused by the parser" in caplog.text
    assert CANARY not in caplog.text


async def test_rate_limit() -> None:
    async with serve(build(calls=3)) as running:
        caller = running.as_(KEY)
        assert [(await caller.call("GET", "/t/who/a")).status for _ in range(3)] == [200] * 3
        reply = await caller.call("GET", "/t/who/a")
        assert (reply.status, reply.code) == (429, "rate_limited")
        assert 0 < int(reply.headers["Retry-After"]) <= 60
        # Another caller is not held up, and what is open to all is not counted.
        assert (await running.as_(ADMIN).call("GET", "/t/who/a")).status == 403
        assert (await running.call("GET", "/healthz")).status == 200


async def test_guesses_are_limited_and_good_keys_are_not() -> None:
    async with serve(build(refused=2)) as running:
        guesses = [(await running.as_(f"guess-{n}").call("GET", "/t/who/a")).status for n in range(4)]
        assert guesses == [401, 401, 429, 429]
        assert (await running.as_(KEY).call("GET", "/t/who/a")).status == 200


async def trickle(served: Served, sent: bytes, pause: float = 0.02) -> float:
    """Seconds until the server has had enough of a request that comes a byte at a time."""
    started = time.monotonic()
    async with served.connect() as (reader, writer):
        closed = asyncio.create_task(reader.read())
        for byte in sent:
            if closed.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(pause)
        await asyncio.wait_for(closed, 5)
    return time.monotonic() - started


async def test_slow_headers(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.HEADERS_WITHIN < 10
    monkeypatch.setattr(limits, "HEADERS_WITHIN", 0.3)
    assert await trickle(served, b"GET /healthz HTTP/1.1\r\nHost: " + b"x" * 200) < 1


async def test_nothing_at_all(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEADERS_WITHIN", 0.3)
    assert await trickle(served, b"") < 1


async def test_slow_second_request(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEADERS_WITHIN", 0.3)
    async with served.connect() as (reader, writer):
        writer.write(GET + b"\r\n")
        assert b"200" in await reader.readline()
        # At rest between two requests a connection may stay; the second is timed from its first byte.
        await asyncio.sleep(0.6)
        writer.write(b"GET /hea")
        started = time.monotonic()
        await asyncio.wait_for(reader.read(), 5)
        assert 0.2 < time.monotonic() - started < 1


async def test_on_a_process_of_its_own(server: RunningServer) -> None:
    """The same under uvloop, and by the clock on the wall: a byte a second, and nobody waits for more than
    10.
    """
    async with ClientSession() as session:
        real = Served(server.base_url, session)
        answers = [refusal(await real.raw(sent)) for sent in BROKEN]
        assert set(answers) == {(400, "request_invalid")}
        assert await trickle(real, b"GET /healthz HTTP/1.1", pause=1.0) <= 10


async def test_a_slow_body_has_a_clock_of_its_own(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEADERS_WITHIN", 0.1)
    head = (
        b"POST /t/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"
    )
    async with served.connect() as (reader, writer):
        writer.write(head)
        for part in (b'{"practit', b'ioner":', b'"p"}'):
            await asyncio.sleep(0.1)
            writer.write(part)
        assert b"200" in await reader.readline()


@pytest.mark.parametrize(
    "path", ["/j?token=", "/t/list?limit=5&token=", "/v1/nothing?TOKEN=", "/healthz?token="]
)
async def test_token_in_url(served: Served, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = await served.call("GET", path + CANARY)
    assert (reply.status, reply.code) == (400, "token_in_url")
    assert CANARY.encode() not in reply.body
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("consultroom")]
    assert ours
    assert not any(CANARY in line for line in ours)


async def test_a_fault_of_ours_is_a_problem_and_quotes_nobody(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "consultroom"):
        reply = await served.call("POST", "/t/broken", json={"practitioner": CANARY})
    assert (reply.status, reply.code) == (500, "internal")
    assert CANARY.encode() not in reply.body
    assert CANARY not in caplog.text
    [line] = [json.loads(record.getMessage()) for record in caplog.records if record.levelno == logging.ERROR]
    assert line["request_id"] == reply.json["request_id"]
    assert line["error"] == "ValueError"
    assert any("break_down" in frame for frame in line["frames"])


async def test_a_fault_after_the_answer_began_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        raise ValueError(CANARY)

    app = build()
    app.router.add_get("/stream", stream)
    async with serve(app) as running:
        with caplog.at_level(logging.INFO):
            assert b"half" in await running.raw(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
    assert [record for record in caplog.records if '"ValueError"' in record.getMessage()]
    assert CANARY not in caplog.text


async def test_the_access_log_names_no_things(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "consultroom.access"):
        reply = await served.as_(KEY).call("GET", f"/t/who/{CANARY}")
        await served.call("GET", f"/{CANARY}?q={CANARY}")
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    assert [line["route"] for line in lines] == ["/t/who/{id}", "unmatched"]
    assert lines[0]["request_id"] == reply.headers["X-Request-Id"]
    assert lines[0]["status"] == 200
    assert CANARY not in caplog.text


async def test_metrics_count_by_template(served: Served) -> None:
    await served.as_(KEY).call("GET", f"/t/who/{CANARY}")
    reply = await served.call("GET", "/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain")
    text = reply.body.decode()
    assert 'consultroom_http_requests_total{method="GET",route="/t/who/{id}",status="200"}' in text
    assert CANARY not in text
    assert KEY not in text


async def test_health_and_readiness() -> None:
    async with serve(build()) as running:
        assert (await running.call("GET", "/readyz")).status == 200
        assert (await running.call("HEAD", "/healthz")).status == 200
    async with serve(build(ready="Redis does not answer.")) as running:
        reply = await running.call("GET", "/readyz")
        assert (reply.status, reply.code, reply.json["detail"]) == (
            503,
            "not_ready",
            "Redis does not answer.",
        )
        assert (await running.call("GET", "/healthz")).status == 200


async def test_every_answer_carries_the_same_headers(served: Served) -> None:
    for path in ("/healthz", "/v1/nothing", "/j", "/metrics"):
        headers = (await served.call("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Server"] == "consultroom"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_what_the_parser_refuses_carries_them_too(served: Served) -> None:
    answer = await served.raw(GET + b"X: " + b"x" * 9_000 + b"\r\n\r\n")
    for name in (
        b"Strict-Transport-Security: max-age",
        b"X-Content-Type-Options",
        b"Cache-Control: no-store",
    ):
        assert name in answer


async def test_a_server_of_http_says_nothing_of_https() -> None:
    async with serve(build(public_url="http://127.0.0.1:8080")) as running:
        for path in ("/healthz", "/v1/nothing", "/j"):
            assert "Strict-Transport-Security" not in (await running.call("GET", path)).headers
