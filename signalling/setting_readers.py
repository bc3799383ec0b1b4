"""The text of one environment variable, read into a value, or one plain sentence about what is wrong with it.

Readers take the variable's name and its text (stripped, not empty). They never repeat a secret.
"""

import ipaddress
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, get_args
from urllib.parse import SplitResult, urlsplit

from rooms.access.tokens import KeyState
from signalling.ip import IpNetwork

Reader = Callable[[str, str], Any]

KEY_CHARACTERS = 32
"""The least length of a signing or admin key: 128 bits even of plain hexadecimal."""

TURN_CHARACTERS = 16
"""The least length of the TURN secret. It guards bandwidth, not visits, and coturn's keeper may have chosen
it."""

DISTINCT_CHARACTERS = 10
"""A key has this many different characters. Of 32 random hexadecimal digits, fewer are a case in a
million."""

# What documentation and tutorials are full of, and what nobody changed: Superset's default key ran on two
# thirds of 3,000 machines (RELIABILITY 2).
_SAMPLES = re.compile(
    r"change.?(me|this|it)|example|sample|placeholder|passw|insecure|replace|secret.?key|your.?key|not.?secret|default",
    re.IGNORECASE,
)
_SECRET = re.compile(r"[!-+\--9;-~]+\Z")
"""Printable ASCII without space, comma and colon, which separate keys and their parts."""


class SettingsError(Exception):
    """What is wrong with the environment, as one plain sentence that never repeats a secret."""


class KeySetting(NamedTuple):
    """One signing key (A3): its id is in every token it signed, its state says what those tokens still
    open."""

    id: int
    secret: str
    state: KeyState


def weakness(secret: str, characters: int = KEY_CHARACTERS) -> str | None:
    """Why nobody should use this secret, to follow the words "the key", or None."""
    if len(secret) < characters:
        return f"is too short: {characters} characters are the least"
    if _SECRET.match(secret) is None:
        return "holds a space, comma, colon or a character that is not ASCII"
    if _SAMPLES.search(secret):
        return "looks like a sample that was never changed"
    if (
        len(set(secret)) < min(DISTINCT_CHARACTERS, characters // 2)
        or secret in (secret + secret)[1:-1]
        or _is_run(secret)
    ):
        return "is too easily guessed: it repeats itself or counts up"
    return None


def _is_run(secret: str) -> bool:
    """Whether most characters follow their neighbour, as in `abcdefgh` or `98765432`."""
    steps = [ord(b) - ord(a) for a, b in itertools.pairwise(secret)]
    return sum(abs(step) <= 1 for step in steps) * 2 > len(steps)


def secret(characters: int) -> Reader:
    """A reader of a secret of at least this many characters."""

    def read(name: str, text: str) -> str:
        why = weakness(text, characters)
        if why:
            raise SettingsError(f"{name} {why}.")
        return text

    return read


def keys(name: str, text: str) -> tuple[KeySetting, ...]:
    """`id:secret[:state],…`: the first signs unless it says otherwise, the others are accepted; exactly one
    signs (A3)."""
    found = tuple(_key(name, part, first=i == 0) for i, part in enumerate(text.split(",")))
    if len({key.id for key in found}) < len(found):
        raise SettingsError(f"{name} gives one id to two keys.")
    if sum(key.state == "signing" for key in found) != 1:
        raise SettingsError(f"{name} needs exactly one key in the state signing.")
    return found


def _key(name: str, text: str, *, first: bool) -> KeySetting:
    number, _, rest = text.strip().partition(":")
    value, _, state = rest.partition(":")
    state = state or ("signing" if first else "accepted")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", number, re.ASCII) or int(number) > 255:
        raise SettingsError(
            f"{name} must be id:secret[:state], comma-separated, where an id is a number from 1 to 255."
        )
    if state not in get_args(KeyState):
        raise SettingsError(
            f"{name} gives key {number} an unknown state; use {', '.join(get_args(KeyState))}."
        )
    why = weakness(value)
    if why:
        raise SettingsError(
            f"{name}: the secret of key {number} {why}; consultroom keys new makes a good one."
        )
    return KeySetting(int(number), value, state)  # type: ignore[arg-type]  # checked against the Literal above


def path(name: str, text: str) -> Path:
    """The path of a file, from the root: whoever starts a process may do so from anywhere."""
    if not text.startswith("/") or "\0" in text:
        raise SettingsError(f"{name} must be a path from the root, like /etc/consultroom/keys.")
    return Path(text)


def redis_url(name: str, text: str) -> str:
    """`redis://host[:port][/db]`, `rediss://…` or `unix:///path`."""
    parts = _split(name, text)
    if parts.scheme not in ("redis", "rediss", "unix") or not (
        parts.path if parts.scheme == "unix" else parts.hostname
    ):
        raise SettingsError(f"{name} must be a redis://, rediss:// or unix:// URL.")
    return text


def public_url(name: str, text: str) -> str:
    """Scheme and host with nothing after it, so that it can be compared with an Origin; a final slash is
    dropped."""
    parts = _split(name, text)
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not parts.hostname or not bare:
        raise SettingsError(
            f"{name} must be http:// or https:// and a host, with no path, like https://visits.clinic.org."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split(name: str, text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        raise SettingsError(f"{name} is not a URL.") from None
    return parts


def turn_urls(name: str, text: str) -> tuple[str, ...]:
    """`turn:`, `turns:` and `stun:` URLs (RFC 7064, RFC 7065), comma-separated."""
    found = tuple(part.strip() for part in text.split(","))
    if not all(re.fullmatch(r"(turns?|stuns?):[^\s/,?]+(\?transport=(udp|tcp))?", url) for url in found):
        raise SettingsError(
            f"{name} must be turn:, turns: or stun: URLs, like turn:turn.clinic.org:3478?transport=udp."
        )
    return found


def networks(name: str, text: str) -> tuple[IpNetwork, ...]:
    """IP addresses or networks, comma-separated."""
    try:
        return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(","))
    except ValueError:
        raise SettingsError(
            f"{name} must be IP addresses or networks, comma-separated, like 10.0.0.0/8."
        ) from None


def addresses(name: str, text: str) -> tuple[str, ...]:
    """IP addresses, comma-separated."""
    try:
        return tuple(str(ipaddress.ip_address(part.strip())) for part in text.split(","))
    except ValueError:
        raise SettingsError(f"{name} must be IP addresses, comma-separated, like 127.0.0.1.") from None


def host(name: str, text: str) -> str:
    """An address or host name to listen on."""
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", text):
        raise SettingsError(f"{name} must be an IP address or a host name.")
    return text


def whole(least: int, most: int) -> Reader:
    """A reader of a whole number from `least` to `most`."""

    def read(name: str, text: str) -> int:
        # `int` also takes "1_000" and other scripts' digits; a setting that means what it does not say helps
        # nobody.
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise SettingsError(f"{name} must be a whole number from {least} to {most}.")
        return int(text)

    return read


def number(least: float, most: float) -> Reader:
    """A reader of a number, a fraction too, from `least` to `most`."""

    def read(name: str, text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text, re.ASCII) or not least <= float(text) <= most:
            raise SettingsError(f"{name} must be a number from {least:g} to {most:g}.")
        return float(text)

    return read
