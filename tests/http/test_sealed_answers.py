"""What is kept under Idempotency-Keys opens nothing and names nobody: the file that Redis writes is searched,
as whoever has it would; and what was erased is not told again.
"""

import base64
import secrets
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

from rooms.access.tokens import SigningKey
from signalling.http.sealed_answers import AnswerSeal
from tests.http.clinic import Clock, Desk, open_desk, server_on
from tests.http.serving import Reply, Served
from tests.http.test_repeats import CASES, Asked, post
from tests.support.redis_server import RedisServer, redis_server

SECRETS = {"token", "link", "secret", "api_key", "group_key", "device"}

PEOPLE = {
    *("Ann 1", "Ann 2", "Ann New", "Zoe Holder", "Cyrus Guest"),
    *("pat-1@example.org", "pat-2@example.org", "ann@example.org"),
}

SPEAK_OF_PEOPLE = {
    *(
        "cancel_appointment",
        "issue_token",
        "confirm_hold",
        "reschedule",
        "reallocate",
        "complete",
        "no_show",
        "undo",
    ),
    *("seat_clash", "resend_link", "revoke_persons_link", "extend_window", "invite_guest"),
    "put_external_appointment",
}


def of(body: Any, names: set[str]) -> Iterator[str]:
    """The texts under these names, wherever they stand."""
    if isinstance(body, dict):
        for name, value in body.items():
            if name in names and isinstance(value, str):
                yield value
            yield from of(value, names)
    elif isinstance(body, list):
        for each in body:
            yield from of(each, names)


def forms(text: str) -> Iterator[bytes]:
    """As it is, and as it would stand in base64, wherever in a longer text it began."""
    raw = text.encode()
    yield raw
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        # Without the characters that hold bits of its neighbours.
        yield encoded[ceil(before * 4 / 3) : (before + len(raw)) * 4 // 3]


def found(held: bytes, texts: set[str]) -> set[str]:
    return {text for text in texts if any(form in held for form in forms(text))}


def on_disk(redis: RedisServer) -> bytes:
    """All its files."""
    folder = Path(redis.ask("CONFIG", "GET", "dir")[1])
    return b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())


def kept(redis: RedisServer) -> bytes:
    """What is kept under Idempotency-Keys, and nothing else."""
    return b"\n".join(redis.ask("GET", key).encode() for key in redis.ask("KEYS", "*:idem:*"))


class Made:
    """Every POST there is, each once under a key, in a clinic of its own."""

    def __init__(self) -> None:
        self.desks: dict[str, Desk] = {}
        self.asked: dict[str, Asked] = {}
        self.replies: dict[str, Reply] = {}

    async def send(self, server: Served, clock: Clock, redis: RedisServer) -> None:
        for name, make in CASES.items():
            clock.now = Clock().now
            self.desks[name] = await open_desk(server, clock)
            self.asked[name] = await make(self.desks[name], redis)
            self.replies[name] = await self.again(name)
            assert self.replies[name].status < 300, self.replies[name].body

    async def again(self, name: str) -> Reply:
        return await post(self.asked[name], f"k-{name.replace(' ', '')}", self.asked[name][2])

    def texts(self, names: set[str], *of_posts: str) -> set[str]:
        bodies = [self.replies[name].json for name in of_posts or self.replies if self.replies[name].body]
        return {text for body in bodies for text in of(body, names)}

    async def erase(self, name: str) -> None:
        """Everybody of this clinic, with nothing left to come."""
        desk = self.desks[name]
        for each in (await desk.ok("GET", "/v1/appointments"))["items"]:
            await desk.ok("POST", f"/v1/appointments/{each['id']}/cancel", {"reason": "moved away"})
        for patient in {"pat-1", "pat-2", *self.texts({"patient"}, name)}:
            reply = await desk.api.call("DELETE", f"/v1/patients/{patient}")
            assert reply.status in {204, 404}, reply.body


def rewritten(redis: RedisServer) -> bytes:
    """All its files, with no more in them than is so."""
    redis.ask("BGREWRITEAOF")
    redis.wait_for("aof_rewrite_in_progress:0", "INFO", "persistence")
    return on_disk(redis)


async def test_what_is_on_disk_opens_nothing_and_names_nobody_who_was_erased(clock: Clock) -> None:
    with redis_server(append=True) as redis:
        async with server_on(redis, clock) as server:
            made = Made()
            await made.send(server, clock, redis)
            opening = made.texts(SECRETS)
            assert len(opening) > 10
            assert found(kept(redis), opening | PEOPLE) == set()
            assert found(on_disk(redis), opening) == made.texts(SECRETS, "rotate_webhook_secret")
            assert found(on_disk(redis), PEOPLE) == PEOPLE, "the search finds what is there"
            for name in CASES:
                await made.erase(name)
            assert found(rewritten(redis), PEOPLE) == set()
            for name, first in made.replies.items():
                again = await made.again(name)
                if name in SPEAK_OF_PEOPLE:
                    assert (name, again.status, again.code) == (name, 410, "answer_gone")
                else:
                    assert (name, again.status, again.body) == (name, first.status, first.body)


def test_only_who_asks_again_opens_it() -> None:
    """Neither another deployment's key, nor another's credential, nor another request; and not altered."""
    key = SigningKey(1, secrets.token_bytes(32), "signing")
    parts = (b"crk.clinic.secret", b"k1", b"POST /v1/staff-links")
    sealed = AnswerSeal(key, parts).close(b"token")
    assert AnswerSeal(key, parts).open(sealed) == b"token"
    assert AnswerSeal(key, parts).close(b"token") != sealed
    others = [(*parts[:n], b"x" + parts[n], *parts[n + 1 :]) for n in range(3)]
    moved = (parts[0] + parts[1][:1], parts[1][1:], parts[2])
    for seal in (
        AnswerSeal(SigningKey(1, secrets.token_bytes(32), "signing"), parts),
        *(AnswerSeal(key, each) for each in [*others, moved]),
    ):
        assert seal.open(sealed) is None
        assert seal.fingerprint != AnswerSeal(key, parts).fingerprint
    for at in range(len(sealed)):
        assert AnswerSeal(key, parts).open(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]) is None
        assert AnswerSeal(key, parts).open(sealed[:at]) is None
