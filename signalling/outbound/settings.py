"""What is set about sending: where webhooks may go beyond the public internet, and the relay for mail.

Readers as in `signalling.setting_readers`: they take the variable's name and its text and never repeat a
secret.
"""

import ipaddress
import re
from typing import Final, Literal, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from signalling.ip import IpNetwork
from signalling.setting_readers import SettingsError

AllowedHosts = tuple[IpNetwork | str, ...]
"""What webhooks may reach although it is not public, and over plain http: networks, and host names in lower
case, whatever those resolve to."""

RelaySecurity = Literal["starttls", "tls", "none"]

_SCHEMES: Final[dict[str, tuple[RelaySecurity, int]]] = {
    "smtp": ("starttls", 587),  # RFC 6409
    "smtps": ("tls", 465),  # RFC 8314
    "smtp+plain": ("none", 25),
}

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_HOST = re.compile(_HOST_NAME)

MAIL_ADDRESS: Final = re.compile(
    rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?=.{{1,253}}\Z)({_HOST_NAME})", re.ASCII
)
"""An address mail can be sent to, to be matched whole. What comes by the API was cleaned before
(`signalling.http.contacts`), and may have a domain in another script."""

_NAME = re.compile(r"[^\"\\<>\x00-\x1f\x7f-\x9f]{0,100}")


class Relay(NamedTuple):
    """The mail server that takes our mail and carries it on. `user` and `password` come together."""

    host: str
    port: int
    security: RelaySecurity
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Without the password: settings are printed where something is wrong."""
        return f"Relay({self.host!r}, {self.port}, {self.security!r}, {'***' if self.user else None})"


class Mailbox(NamedTuple):
    """Whom mail is from; the name may be empty."""

    name: str
    address: str


def allow(name: str, text: str) -> AllowedHosts:
    """Host names, IP addresses and networks, comma-separated."""
    return tuple(_allowed(name, part.strip()) for part in text.split(","))


def _allowed(name: str, part: str) -> IpNetwork | str:
    try:
        return ipaddress.ip_network(part, strict=False)
    except ValueError:
        # A last label of digits would be an address, and one that `ip_network` does not know.
        if not _HOST.fullmatch(part) or part.rpartition(".")[2].isdigit():
            raise SettingsError(
                f"{name} must be host names, IP addresses or networks, comma-separated, like localhost, ::1."
            ) from None
        return part.lower()


def smtp_url(name: str, text: str) -> Relay:
    """`smtp://[user:password@]host[:587]` (STARTTLS, required), `smtps://…[:465]` (TLS from the start) or
    `smtp+plain://host[:25]` (neither, so no password); the password percent-encoded."""
    parts = _split(name, text)
    security, usual = _SCHEMES[parts.scheme]
    if (parts.username is None) != (parts.password is None):
        raise SettingsError(f"{name} needs both a user and a password, or neither.")
    if parts.username is not None and security == "none":
        raise SettingsError(f"{name} would send a password in the clear; use smtp:// or smtps://.")
    user, password = _decoded(name, parts.username), _decoded(name, parts.password)
    return Relay(parts.hostname or "", parts.port or usual, security, user, password)


def _split(name: str, text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in _SCHEMES and _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise SettingsError(f"{name} must be smtp://, smtps:// or smtp+plain:// and a host, with no path.")
    return parts


def _is_host(text: str) -> bool:
    if ":" not in text:
        return _HOST.fullmatch(text) is not None
    ipaddress.IPv6Address(text)  # raises ValueError
    return True


def _decoded(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        plain = ""
    if not plain or not plain.isprintable():
        raise SettingsError(f"{name} has a user or password that is empty or not percent-encoded UTF-8.")
    return plain


def mail_from(name: str, text: str) -> Mailbox:
    """An address, or `Name <address>`."""
    shown, bracket, rest = text.rpartition("<")
    shown = shown.strip().removeprefix('"').removesuffix('"')
    address = rest.removesuffix(">") if bracket else rest
    if (
        bool(bracket) != rest.endswith(">")
        or not _NAME.fullmatch(shown)
        or not MAIL_ADDRESS.fullmatch(address)
    ):
        raise SettingsError(
            f"{name} must be an address, or a name and an address, like Visits <visits@clinic.org>."
        )
    return Mailbox(shown, address)
