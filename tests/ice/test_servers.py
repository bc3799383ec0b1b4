"""TURN credentials as coturn's `use-auth-secret` checks them (E2): short-lived, opaque, bound to
one session.
"""

import base64
import hashlib
import hmac
from typing import Any

from rooms.times import SECOND, Instant, parse, show
from signalling.ice.servers import CREDENTIAL_SECONDS, IceServers

NOW: Instant = parse("2026-11-21T10:00:00Z")
URLS = ("turn:turn.example:3478?transport=udp", "turns:turn.example:5349")
SECRET = "a-secret-of-some-length"


def server(sid: str = "sid", now: Instant = NOW) -> dict[str, Any]:
    config: dict[str, Any] = IceServers(URLS, SECRET).config(sid, now)
    [one] = config["iceServers"]
    assert isinstance(one, dict)
    return one


def test_the_credential_is_the_turn_rest_conventions() -> None:
    one = server()
    mac = hmac.new(SECRET.encode(), one["username"].encode(), hashlib.sha1).digest()
    assert one["credential"] == base64.b64encode(mac).decode()
    assert one["urls"] == list(URLS)


def test_it_expires_and_says_when() -> None:
    expires = int(server()["username"].partition(":")[0])
    assert expires == NOW // SECOND + CREDENTIAL_SECONDS
    told = IceServers(URLS, SECRET).config("sid", NOW)["expires_at"]
    assert isinstance(told, str)
    assert parse(told) == expires * SECOND


def test_how_long_can_be_set_and_half_of_it_is_when_it_is_given_anew() -> None:
    servers = IceServers(URLS, SECRET, 30)
    assert servers.config("sid", NOW)["expires_at"] == show(NOW + 30 * SECOND)
    assert servers.again_after == 15 * SECOND


def test_it_is_of_one_session_and_names_nobody() -> None:
    one, other = server("sid-of-sam"), server("sid-of-ada")
    assert one["username"] != other["username"]
    assert "sam" not in one["username"]
    assert server("sid-of-sam") == one


def test_without_urls_or_secret() -> None:
    assert IceServers((), None).config("sid", NOW) == {"iceServers": []}
    stun = IceServers(("stun:stun.example:3478",), None)
    assert stun.config("sid", NOW) == {"iceServers": [{"urls": ["stun:stun.example:3478"]}]}
    assert not stun.expire
    assert IceServers(URLS, SECRET).expire
