"""A link's token: `<affinity>.<payload>.<signature>`, signed with itsdangerous (A2, A3).

The payload is 13 bytes: kind, key id, our 64-bit number, person number, generation. It holds no name, no time
and nothing the booking service chose, so that a token need not change when an appointment does. The whole
link fits an SMS beside a sentence (110 characters).
"""

import base64
import hashlib
import hmac
import re
import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Final, Literal

import msgspec
from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode

from rooms.errors import LinkRefused
from rooms.ids import PractitionerNo

LONGEST_TOKEN: Final = 256
"""Characters. A token has 71; what is longer than any of ours ever was is refused before any HMAC.
"""

_SALT: Final = b"consultroom.link.v1"
"""What this signature is for, and the payload's version: whatever else these keys sign, a webhook
for one, is no token.
"""

_PAYLOAD: Final = struct.Struct(">BB8sBH")
_AFFINITY: Final = re.compile(r"[A-Za-z0-9_-]{8}\Z")
_MESSAGE: Final = "This is not one of our links. Check that it was copied whole."

KeyState = Literal["signing", "accepted", "retired", "revoked"]
"""A3: makes tokens · still opens rooms · recognised to lead its patient on (A7), never joins · worth
nothing.
"""


class TokenKind(IntEnum):
    """What a token's number counts."""

    PERSON = 1
    """A person on an appointment."""
    ROOM = 2
    """A practitioner's room link: a grant."""
    STAFF = 3
    """A staff link: a grant."""


_KINDS: Final = frozenset(TokenKind)


class SigningKey(msgspec.Struct, frozen=True):
    """`id` (1-255) travels in the token, so that verifying never tries one key after another."""

    id: int
    secret: bytes
    state: KeyState


class Keyring:
    """The deployment's keys: exactly one signs, ids are unique. Raises `ValueError` otherwise.

    One ring is shared by whatever signs and reads, so that keys can change while visits run (A3).
    """

    signing: SigningKey
    """The key that signs."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self.replace(keys)

    def replace(self, keys: Sequence[SigningKey]) -> None:
        """These keys from now on, for everybody who has this ring. Raises `ValueError`; nothing has changed
        then.
        """
        by_id = {key.id: key for key in keys}
        signing = [key for key in keys if key.state == "signing"]
        if len(by_id) != len(keys) or not all(1 <= key.id <= 255 for key in keys):
            raise ValueError("key ids are unique and from 1 to 255")
        if len(signing) != 1:
            raise ValueError("exactly one key signs")
        self._keys, self.signing = by_id, signing[0]
        self._signers = {key.id: _signer(key) for key in keys}

    @property
    def keys(self) -> tuple[SigningKey, ...]:
        """All of them, as they were given."""
        return tuple(self._keys.values())

    def get(self, id: int) -> SigningKey | None:
        """The key of that id."""
        return self._keys.get(id)

    def signer(self, key: SigningKey) -> Signer:
        """What signs and verifies with a key of this ring."""
        return self._signers[key.id]


def _signer(key: SigningKey) -> Signer:
    """SHA-256 on both levels; itsdangerous compares in constant time. It would derive the key from secret and
    salt at every call; the answer never changes, so that it is asked once.
    """
    derived = Signer(key.secret, salt=_SALT, key_derivation="hmac", digest_method=hashlib.sha256).derive_key()
    return Signer(derived, sep=".", key_derivation="none", digest_method=hashlib.sha256)


class Claims(msgspec.Struct, frozen=True):
    """What a good token says. `number` is an appointment's for `PERSON`, a grant's otherwise; `key` the id of
    its key. `retired`: the key recognises its holder, and opens nothing any more (A3).
    """

    kind: TokenKind
    affinity: str
    number: str
    person: int
    generation: int
    key: int
    retired: bool = False


def issue(
    keyring: Keyring,
    kind: TokenKind,
    affinity: str,
    number: str,
    person: int = 0,
    generation: int = 1,
    *,
    key: int = 0,
) -> str:
    """The token for these claims: the same one as long as the signing key is the same (A2).

    `key`: the id of the key to sign with while it may, so that what is sent again is the same; 0: the signing
    one.
    """
    chosen = keyring.get(key)
    signed_by = chosen if chosen and chosen.state == "accepted" else keyring.signing
    payload = _PAYLOAD.pack(kind, signed_by.id, _bytes(number), person, generation)
    return keyring.signer(signed_by).sign(f"{affinity}.{_text(payload)}").decode()


def read(keyring: Keyring, token: object) -> Claims:
    """What a token says. Whether it opens anything now is for the appointment or grant to say.

    Raises `LinkRefused`: as `recognise`, and `token_revoked` (fact `can_resend` true: its holder may be led
    on) for a retired key's too.
    """
    claims = recognise(keyring, token)
    check_key(claims)
    return claims


def recognise(keyring: Keyring, token: object) -> Claims:
    """As `read`, but a retired key's token still says whose it is: that they tried is evidence (F3 f, A3).

    Raises `LinkRefused`: `token_invalid`, `token_too_long`, `token_not_canonical`, or `token_revoked` (fact
    `can_resend` false) for a revoked key's. Before the signature is good nothing is said but that it is not
    (RELIABILITY 5, rule a).
    """
    if not isinstance(token, str):
        raise _invalid()
    if len(token) > LONGEST_TOKEN:
        raise LinkRefused("token_too_long", _MESSAGE)
    match token.split("."):
        case [affinity, payload, signature] if token.isascii():
            content, key = _verified(keyring, token, payload)
        case _:
            raise _invalid()
    claims = _claims(affinity, content, key)
    if signature != _text(base64_decode(signature)):
        # Spare bits of the last character, padding, stray characters: a second spelling of one token.
        raise LinkRefused("token_not_canonical", _MESSAGE)
    if key.state == "revoked":
        raise _outdated(key.id, can_resend=False)
    return claims


def check_key(claims: Claims) -> None:
    """Raises `token_revoked` for a token of a retired key."""
    if claims.retired:
        raise _outdated(claims.key, can_resend=True)


def _verified(keyring: Keyring, token: str, payload: str) -> tuple[bytes, SigningKey]:
    """The payload's bytes and the key that signed them."""
    try:
        content = base64_decode(payload)
        key = keyring.get(content[1]) if len(content) > 1 else None
        # Also where there is no such key: the time of an answer does not tell which keys there are.
        keyring.signer(key or keyring.signing).unsign(token)
    except BadData:
        raise _invalid() from None
    if key is None:
        raise _invalid()
    return content, key


def _claims(affinity: str, content: bytes, signed_by: SigningKey) -> Claims:
    """Well signed and yet none of ours: of another kind or version, or with missing parts."""
    if len(content) != _PAYLOAD.size or content[0] not in _KINDS or not _AFFINITY.match(affinity):
        raise _invalid()
    kind, key, number, person, generation = _PAYLOAD.unpack(content)
    return Claims(
        TokenKind(kind),
        affinity,
        _text(number),
        person,
        generation,
        key,
        retired=signed_by.state == "retired",
    )


def _outdated(key: int, *, can_resend: bool) -> LinkRefused:
    message = "This link is too old to be used. Ask for a new one."
    refused = LinkRefused("token_revoked", message, can_resend=can_resend)
    refused.signed_by = key
    return refused


def _invalid() -> LinkRefused:
    return LinkRefused("token_invalid", _MESSAGE)


def affinity(salt: str, practitioner: PractitionerNo | None) -> str:
    """Eight characters that everybody who can meet shares (CONTRACT, WebSocket); without a practitioner, a
    clinic's staff links.

    Keyed with the clinic's `salt`, so that it tells nobody who sees whom.
    """
    return _text(hmac.digest(salt.encode(), (practitioner or "staff").encode(), "sha256"))[:8]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(number: str) -> bytes:
    return base64.urlsafe_b64decode(number + "=")
