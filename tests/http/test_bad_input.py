"""Bad bodies against the one body reader: each kind has its code, on a real socket (RELIABILITY 5)."""

import gzip
import io
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from yarl import URL

from signalling.http import body
from tests.http.machinery import CANARY, KEY, build
from tests.http.serving import Reply, Served, serve

THINGS = "/t/things"


@pytest_asyncio.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serve(build()) as server:
        yield server


async def post(served: Served, value: object) -> Reply:
    return await served.send("POST", THINGS, json.dumps(value).encode())


async def refused(served: Served, status: int, code: str, **members: Any) -> Any:
    """A thing with these members, which is to be refused."""
    reply = await post(served, {"practitioner": "p1", **members})
    assert (reply.status, reply.code) == (status, code)
    return reply.json


async def test_a_good_body_is_taken(served: Served) -> None:
    thing = {"practitioner": "p1", "name": "Ὀδυσσεύς 👩‍⚕️", "hours": 3, "when": "2026-03-02T09:00:00+11:00"}
    reply = await post(served, thing)
    assert reply.status == 200
    assert reply.json["name"] == thing["name"]
    assert reply.json["when"] == 1772402400000


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=UTF-8", ""])
async def test_empty_body(served: Served, kind: str) -> None:
    reply = await served.send("POST", THINGS, b"", kind)
    assert (reply.status, reply.code) == (400, "body_required")


@pytest.mark.parametrize("raw", [b"{", b"}", b'{"a":1,}', b"{'a':1}", b"{} {}", b"nul", b"\x01", b" "])
async def test_not_json(served: Served, raw: bytes) -> None:
    reply = await served.send("POST", THINGS, raw)
    assert (reply.status, reply.code) == (400, "json_invalid")


@pytest.mark.parametrize("raw", [b'{"name":"\xff"}', b'{"name":"\xc0\xaf"}', b'{"name":"\xed\xa0\x80"}'])
async def test_invalid_utf8(served: Served, raw: bytes) -> None:
    reply = await served.send("POST", THINGS, raw)
    assert (reply.status, reply.code) == (400, "encoding_invalid")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
async def test_other_encodings(served: Served, codec: str) -> None:
    for kind in ("application/json", f"application/json; charset={codec}"):
        reply = await served.send("POST", THINGS, '{"practitioner":"p1"}'.encode(codec), kind)
        assert (reply.status, reply.code) == (400, "encoding_invalid")


@pytest.mark.parametrize("charset", ["nope", "latin-1", '"iso-8859-1"'])
async def test_charset(served: Served, charset: str) -> None:
    reply = await served.send("POST", THINGS, b"{}", f"application/json; charset={charset}")
    assert (reply.status, reply.code) == (415, "charset_unsupported")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "x",
        "application/merge-patch+json",
    ],
)
async def test_not_sent_as_json(served: Served, kind: str) -> None:
    reply = await served.send("POST", THINGS, b'{"practitioner":"p1"}', kind)
    assert (reply.status, reply.code) == (415, "content_type_unsupported")


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":' * 17 + b"1" + b"}" * 17, b'["\\"]",' + b"[" * 20])
async def test_too_deep(served: Served, raw: bytes) -> None:
    reply = await served.send("POST", THINGS, raw)
    assert (reply.status, reply.code) == (400, "json_too_deep")


async def test_brackets_within_strings_are_not_deep(served: Served) -> None:
    assert (await post(served, {"practitioner": "p1", "text": "[{" * 100})).status == 200


@pytest.mark.parametrize("digits", ["9" * 5000, "-" + "9" * 5000, "1" + "0" * 19])
async def test_long_integer(served: Served, digits: str) -> None:
    reply = await served.send("POST", THINGS, f'{{"minutes":{digits}}}'.encode())
    assert (reply.status, reply.code) == (400, "number_out_of_range")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 400 + ".0"])
async def test_no_number(served: Served, number: str) -> None:
    reply = await served.send("POST", THINGS, f'{{"hours":{number}}}'.encode())
    assert (reply.status, reply.code) == (400, "number_invalid")


@pytest.mark.parametrize("raw", [b'{"role":"a","role":"b"}', b'{"parts":[{"id":"a","\\u0069d":"b"}]}'])
async def test_duplicate_key(served: Served, raw: bytes) -> None:
    reply = await served.send("POST", THINGS, raw)
    assert (reply.status, reply.code) == (400, "json_duplicate_key")


@pytest.mark.parametrize("raw", [b'{"name":"\\ud800"}', b'{"\\udfff":1}', b'{"name":"\\ude00\\ud83d"}'])
async def test_lone_surrogate(served: Served, raw: bytes) -> None:
    reply = await served.send("POST", THINGS, raw)
    assert (reply.status, reply.code) == (400, "string_invalid")


async def test_a_surrogate_pair_is_a_character(served: Served) -> None:
    reply = await served.send("POST", THINGS, b'{"practitioner":"p1","name":"\\ud83d\\ude00"}')
    assert reply.json["name"] == "😀"


@pytest.mark.parametrize("sign", ["\0", "\x07", "\n", "\x7f", "\x85", "\u202e", "\u2066", "\u2028"])
async def test_control_characters_in_a_name(served: Served, sign: str) -> None:
    problem = await refused(served, 422, "string_invalid", name=f"Ann{sign}a")
    assert problem["field"] == "name"


@pytest.mark.parametrize("name", ["", " ", "\u3000 ", "x" * 201])
async def test_names_have_something_to_see_and_an_end(served: Served, name: str) -> None:
    await refused(served, 422, "string_invalid", name=name)


async def test_two_megabytes(served: Served) -> None:
    large = io.BytesIO(b" " * 2_000_000)
    reply = await served.call("POST", THINGS, data=large, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.code) == (413, "body_too_large")


async def test_without_a_length(served: Served) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 10_000

    reply = await served.call("POST", THINGS, data=chunks(), headers={"Content-Type": "application/json"})
    assert (reply.status, reply.code) == (413, "body_too_large")


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "gzip"), (zlib.compress, "deflate")])
async def test_bomb(served: Served, pack: Any, name: str) -> None:
    bomb = pack(b" " * 10_000_000)
    assert len(bomb) < 11_000
    headers = {"Content-Type": "application/json", "Content-Encoding": name}
    reply = await served.call("POST", THINGS, data=bomb, headers=headers)
    assert (reply.status, reply.code) == (413, "body_too_large")


async def test_a_small_compressed_body_is_read(served: Served) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    reply = await served.call("POST", THINGS, data=gzip.compress(b'{"practitioner":"p1"}'), headers=headers)
    assert reply.status == 200


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nope"])
async def test_other_compression_is_refused(served: Served, encoding: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    reply = await served.call("POST", THINGS, data=b"{}", headers=headers)
    assert (reply.status, reply.code) == (415, "encoding_unsupported")


PACKED = gzip.compress(b"{}", mtime=0)
"""The same in every process, as the names of tests must be."""


@pytest.mark.parametrize(
    "raw",
    [b"not gzip at all", PACKED[:-1], PACKED + b"more", zlib.compress(b"{}")],
)
async def test_broken_compression(served: Served, raw: bytes) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    reply = await served.call("POST", THINGS, data=raw, headers=headers)
    assert (reply.status, reply.code) == (400, "encoding_invalid")


@pytest.mark.parametrize("raw", [b"[]", b"1", b'"x"', b"null", b"true"])
async def test_no_object_at_top_level(served: Served, raw: bytes) -> None:
    reply = await served.send("POST", THINGS, raw)
    assert (reply.status, reply.code) == (422, "type_invalid")


@pytest.mark.parametrize("value", [1, [], {}, True])
async def test_another_type(served: Served, value: object) -> None:
    for field in ("name", "zone", "when"):
        problem = await refused(served, 422, "type_invalid", **{field: value})
        assert problem["field"] == field


async def test_unknown_field(served: Served) -> None:
    problem = await refused(served, 422, "field_unknown", surname="x")
    assert problem["field"] == "surname"
    problem = await refused(served, 422, "field_unknown", parts=[{"id": "a", "extra": 1}])
    assert problem["field"] == "parts[0].extra"


async def test_missing_field(served: Served) -> None:
    reply = await post(served, {"name": "Ann"})
    assert (reply.status, reply.code, reply.json["field"]) == (422, "field_required", "practitioner")
    problem = await refused(served, 422, "field_required", parts=[{"id": "a"}, {}])
    assert problem["field"] == "parts[1].id"


@pytest.mark.parametrize("name", ["a b", "a/b", "a\0", "x" * 65, "", "médecin", "врач", "a%b", "a\n"])
async def test_ids(served: Served, name: str) -> None:
    problem = await refused(served, 422, "id_invalid", parts=[{"id": name}])
    assert problem["field"] == "parts[0].id"


@pytest.mark.parametrize("path", ["a%20b", "a%2Fb", "a%00", "x" * 65, "%D0%B2", "a%25"])
async def test_ids_in_the_path(served: Served, path: str) -> None:
    async with served.session.get(
        URL(f"{served.url}/t/who/{path}", encoded=True), headers={"Authorization": f"Bearer {KEY}"}
    ) as response:
        assert response.status == 422
        problem = await response.json(content_type="application/problem+json")
    assert (problem["code"], problem["field"]) == ("id_invalid", "id")


@pytest.mark.parametrize("text", ["１２", "1_000", " 7\n", "12", "0x1f", "1e3", ""])
async def test_numbers_are_no_strings(served: Served, text: str) -> None:
    assert (await refused(served, 422, "number_invalid", minutes=text))["field"] == "minutes"
    assert (await refused(served, 422, "number_invalid", hours=text))["field"] == "hours"


@pytest.mark.parametrize("text", ["１２", "1_000", " 7\n", "+5", "1.0", "", "x", "-1"])
async def test_numbers_in_a_query(served: Served, text: str) -> None:
    reply = await served.call("GET", "/t/list", params={"limit": text})
    assert (reply.status, reply.code, reply.json["field"]) == (422, "number_invalid", "limit")


async def test_fractions_and_limits_of_numbers(served: Served) -> None:
    await refused(served, 422, "number_invalid", minutes=1.5)
    await refused(served, 422, "number_out_of_range", minutes=0)
    await refused(served, 422, "number_out_of_range", hours=24.5)
    await refused(served, 422, "type_invalid", minutes=[])
    await refused(served, 422, "length_invalid", parts=[{"id": "a"}] * 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T09:00:00",
        "20260101T0900",
        "2026-W01-1",
        "2026-01-01x09:00:00Z",
        "2026-01-01 09:00:00Z",
        "2026-02-30T09:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T09:00Z",
        "٢٠٢٦-01-01T09:00:00Z",
        "",
    ],
)
async def test_times(served: Served, text: str) -> None:
    assert (await refused(served, 422, "time_invalid", when=text))["field"] == "when"


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2200-01-02T00:00:00Z"]
)
async def test_times_out_of_range(served: Served, text: str) -> None:
    await refused(served, 422, "time_out_of_range", when=text)


@pytest.mark.parametrize("zone", ["../../etc/passwd", "Mars/X", "", "australia/sydney", "/etc/localtime"])
async def test_zones(served: Served, zone: str) -> None:
    assert (await refused(served, 422, "timezone_unknown", zone=zone))["field"] == "zone"


@pytest.mark.parametrize(
    "query", ["colour=red", "limit=5&limit=6", "from=2026-W01", "status=gone", "status="]
)
async def test_queries_are_checked_alike(served: Served, query: str) -> None:
    assert (await served.call("GET", f"/t/list?{query}")).status == 422


async def test_a_query_that_says_one_thing_twice(served: Served) -> None:
    reply = await served.call("GET", "/t/list?status=held&limit=5&limit=6")
    assert (reply.status, reply.code, reply.json["field"]) == (422, "field_duplicate", "limit")


async def test_a_query_nobody_asked_for(served: Served) -> None:
    reply = await served.call("POST", f"{THINGS}?debug=1", json={"practitioner": "p1"})
    assert (reply.status, reply.code, reply.json["field"]) == (422, "field_unknown", "debug")


@pytest.mark.parametrize(
    "value",
    [
        {CANARY: 1},
        {"practitioner": CANARY + "/"},
        {"practitioner": "p", "name": CANARY + "\0"},
        {"practitioner": "p", "when": CANARY},
        {"practitioner": "p", "parts": [{CANARY.upper(): 1}]},
    ],
)
async def test_input_is_never_echoed(served: Served, value: object) -> None:
    assert CANARY.encode() not in (await post(served, value)).body.lower()


async def test_a_slow_body_is_given_up(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "BODY_WITHIN", 0.05)
    head = (
        f"POST {THINGS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{{"
    )
    async with served.connect() as (reader, writer):
        writer.write(head.encode())
        assert (await reader.readline()).split()[1] == b"408"
