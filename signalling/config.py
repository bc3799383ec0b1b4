"""The environment, read once into one frozen `Settings`. Whatever is wrong with it is said before anything is
started.

Every field is the variable `CONSULTROOM_<FIELD>`; deploy/README.md's table of them is checked against this
file by a test.
"""

import difflib
import hmac
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from signalling import ip, keyfile, setting_readers
from signalling.ice.servers import CREDENTIAL_SECONDS
from signalling.ip import IpNetwork
from signalling.outbound import settings as outbound
from signalling.outbound.settings import AllowedHosts, Mailbox, Relay
from signalling.setting_readers import (
    KEY_CHARACTERS,
    TURN_CHARACTERS,
    KeySetting,
    Reader,
    SettingsError,
)

__all__ = [
    "KeySetting",
    "Settings",
    "SettingsError",
    "check_secrets",
    "doubtful",
    "load",
    "unknown",
    "variable",
]

VARIABLE_PREFIX = "CONSULTROOM_"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to set. A field without a default is required."""

    redis_url: str
    """Where the facts are: `redis://`, `rediss://` or `unix://`. No default: a wrong guess would be an empty
    clinic."""

    public_url: str
    """What links begin with, and the only Origin a WebSocket is accepted from: scheme and host, no path."""

    keys: tuple[KeySetting, ...] = ()
    """The keys that sign links, `id:secret[:state]`, comma-separated. States are `signing accepted retired
    revoked`; the first signs unless it says otherwise, the others are accepted; exactly one signs (A3). With
    `keys_file`, what it held at the start: those of now are in the `Keyring`."""

    keys_file: Path | None = None
    """A file with the keys instead, one a line, read again whenever it changes."""

    admin_key: str | None = None
    """The bearer of `POST /v1/clinics`. None: nobody makes clinics over HTTP, which is right for most
    processes."""

    host: str = "127.0.0.1"
    """The address to listen on. Loopback, because a proxy that speaks TLS belongs in front: cameras need
    https."""

    port: int = 8080
    """The TCP port to listen on."""

    turn_urls: tuple[str, ...] = ()
    """`turn:`, `turns:` and `stun:` URLs for browsers, comma-separated. None: calls work where peers reach
    each other."""

    turn_secret: str | None = None
    """coturn's `static-auth-secret`; short-lived credentials are made from it. Required with a `turn:` or
    `turns:` URL."""

    turn_seconds: int = CREDENTIAL_SECONDS
    """How long a TURN credential is good for, in seconds. Open calls get fresh ones at half of it and at
    every ICE restart (E2)."""

    trusted_proxies: tuple[IpNetwork, ...] = ()
    """Addresses or networks whose `X-Forwarded-For` is believed, comma-separated. None: the peer's own
    address counts."""

    echo_calls: int = 4
    """Echo calls of device checks at once on this process; 0: checks have none. Two of them take about half a
    core, and less of what others need: the echo peer is niced (E4)."""

    echo_addresses: tuple[str, ...] = ()
    """Addresses of this machine that the echo peer offers beside those it finds itself, comma-separated.
    Loopback is never found: `127.0.0.1` lets browsers on this machine call."""

    lease_seconds: float = 15
    """How long a session outlives its last proof of life, in seconds: three missed renewals of five
    (CONTRACT)."""

    hello_seconds: float = 5
    """How long a socket may wait before its hello, in seconds: silent sockets hold nothing, and are
    told `hello_timeout`."""

    api_calls_per_minute: int = 6000
    """API calls a minute of one key: a busy booking service's hundred a second."""

    refused_tokens_per_minute: int = 300
    """Refused tokens a minute of one address: a hospital with stale bookmarks, not a guesser."""

    connections_per_address: int | None = None
    """Connections at once of one address, an IPv6 /64 being one; by a trusted proxy, sockets of one client.
    None: 2000 (`signalling.connections`), and loopback does not count."""

    messages_per_second: float = 50
    """Messages a second of one socket, kept up: ten times what a negotiation needs."""

    messages_burst: int = 200
    """Messages at once of one socket: a whole negotiation with every candidate of a full room."""

    webhook_allow: AllowedHosts = ()
    """Hosts, addresses and networks, comma-separated, that webhooks may reach although they are not public,
    and over plain http. None: public https only (RELIABILITY 3, SSRF)."""

    smtp_url: Relay | None = None
    """The relay for mail: `smtp://[user:password@]host[:587]` with STARTTLS, `smtps://…[:465]`, or
    `smtp+plain://host[:25]` without TLS on this machine or network. None: no mail is sent."""

    mail_from: Mailbox | None = None
    """Whom mail is from, `Name <address>` or an address. Required with `smtp_url`, and it with this."""


KEYS_FIELDS = ("keys", "keys_file")
"""Exactly one of these is set."""

CLIENT_VARIABLES = ("CONSULTROOM_API_URL", "CONSULTROOM_API_KEY")
"""What `consultroom why` reads; a server does nothing with them."""

_READERS: dict[str, Reader] = {
    "redis_url": setting_readers.redis_url,
    "keys": setting_readers.keys,
    "keys_file": setting_readers.path,
    "public_url": setting_readers.public_url,
    "admin_key": setting_readers.secret(KEY_CHARACTERS),
    "host": setting_readers.host,
    "port": setting_readers.whole(1, 65_535),
    "turn_urls": setting_readers.turn_urls,
    "turn_secret": setting_readers.secret(TURN_CHARACTERS),
    # They are given anew at half their life, within ten seconds more.
    "turn_seconds": setting_readers.whole(30, CREDENTIAL_SECONDS),
    "trusted_proxies": setting_readers.networks,
    # Below a second, a busy machine's pauses look like absence; above five minutes, an absence is noticed too
    # late to help.
    "lease_seconds": setting_readers.number(1, 300),
    "echo_calls": setting_readers.whole(0, 64),
    "echo_addresses": setting_readers.addresses,
    "hello_seconds": setting_readers.number(0.1, 60),
    "api_calls_per_minute": setting_readers.whole(1, 10_000_000),
    "refused_tokens_per_minute": setting_readers.whole(1, 10_000_000),
    "connections_per_address": setting_readers.whole(1, 1_000_000),
    "messages_per_second": setting_readers.number(1, 100_000),
    "messages_burst": setting_readers.whole(1, 100_000),
    "webhook_allow": outbound.allow,
    "smtp_url": outbound.smtp_url,
    "mail_from": outbound.mail_from,
}


def variable(field: str) -> str:
    """The environment variable of a field of `Settings`."""
    return VARIABLE_PREFIX + field.upper()


def load(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises `SettingsError`. An empty variable counts as absent."""
    given = {field: environ.get(variable(field), "").strip() for field in _READERS}
    for field in msgspec.structs.fields(Settings):
        if field.required and not given[field.name]:
            raise SettingsError(f"{variable(field.name)} is missing; deploy/README.md says what it is.")
    _check_one_of(given)
    values: dict[str, Any] = {
        field: _READERS[field](variable(field), text) for field, text in given.items() if text
    }
    if "keys_file" in values:
        values["keys"] = keyfile.read(values["keys_file"], variable("keys_file"))
    settings = Settings(**values)
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    if settings.turn_secret is None and any(url.startswith("turn") for url in settings.turn_urls):
        raise SettingsError(
            f"{variable('turn_secret')} is missing; a TURN server is named, and browsers need credentials."
        )
    if settings.smtp_url is not None and settings.mail_from is None:
        raise SettingsError(
            f"{variable('mail_from')} is missing; a mail relay is named, and mail is from somebody."
        )
    if settings.mail_from is not None and settings.smtp_url is None:
        raise SettingsError(f"{variable('smtp_url')} is missing; mail has a sender, and no relay to go to.")
    check_secrets(settings, settings.keys)


def check_secrets(settings: Settings, keys: Iterable[KeySetting]) -> None:
    """Each secret is its own: whoever has one of them (coturn's keeper, the relay, who makes clinics) would
    hold another's power, too. `keys` are those of the settings or of their file by now. Raises
    `SettingsError`.
    """
    smtp = settings.smtp_url.password if settings.smtp_url else None
    named = [
        *((f"key {key.id} of {variable(_source(settings))}", key.secret) for key in keys),
        (variable("admin_key"), settings.admin_key),
        (variable("turn_secret"), settings.turn_secret),
        (f"the password in {variable('smtp_url')}", smtp),
        (f"the password in {variable('redis_url')}", unquote(urlsplit(settings.redis_url).password or "")),
    ]
    for (one, secret), (other, same) in combinations(named, 2):
        if secret and same and hmac.compare_digest(secret.encode(), same.encode()):
            raise SettingsError(f"{one} and {other} are the same secret; each must be its own.")


def _source(settings: Settings) -> str:
    return "keys" if settings.keys_file is None else "keys_file"


def doubtful(settings: Settings) -> list[str]:
    """One sentence for each setting that is taken as it is, and is hardly what anybody wants."""
    found: list[str] = []
    public = urlsplit(settings.public_url)
    if public.scheme == "http" and not _is_this_machine(public.hostname or ""):
        found.append(
            f"{variable('public_url')} is http:// and not this machine; browsers give no camera or microphone"
            " there, use https://."
        )
    if any(_is_anybody(each) for each in settings.trusted_proxies):
        found.append(
            f"{variable('trusted_proxies')} holds a network wider than any private one; whoever calls from"
            " there writes their own address, and limits by address limit nobody."
        )
    return found


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761; browsers trust it like https
        return True
    address = ip.parse(host)
    return address is not None and address.is_loopback


def _is_anybody(network: IpNetwork) -> bool:
    """Wider than 10.0.0.0/8 (RFC 1918) or fc00::/7 (RFC 4193)."""
    return network.prefixlen < (8 if network.version == 4 else 7)


def _check_one_of(given: Mapping[str, str]) -> None:
    one, other = (variable(field) for field in KEYS_FIELDS)
    present = [field for field in KEYS_FIELDS if given[field]]
    if not present:
        raise SettingsError(f"{one} is missing, and so is {other}; deploy/README.md says what they are.")
    if len(present) > 1:
        raise SettingsError(f"{one} and {other} are both set; use one of them.")


def unknown(environ: Mapping[str, str]) -> list[str]:
    """One sentence for each `CONSULTROOM_*` variable that is no setting: a misspelt one would silently do
    nothing."""
    known = [*(variable(field) for field in _READERS), *CLIENT_VARIABLES]
    return [
        f"{name} is not a setting and does nothing{_meant(name, known)}."
        for name in sorted(environ)
        if name.startswith(VARIABLE_PREFIX) and name not in known
    ]


def _meant(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    return f"; {close[0]} is one" if close else ""
