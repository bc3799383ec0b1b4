"""One-time codes (A8): six digits made from a signing key and a nonce, so that none is ever stored."""

import hmac
from typing import Final

from rooms.access.tokens import Keyring
from rooms.credentials import Challenge
from rooms.times import MINUTE, Instant

CODE_LIFE: Final = 10 * MINUTE
"""Milliseconds. Long enough to find the message on another device."""

MAX_GUESSES: Final = 5
"""Of a million codes five may be guessed; how many codes there are in a day is limited too."""

_PURPOSE: Final = b"consultroom.code.v1\n"


def code(keyring: Keyring, key: int, nonce: str) -> str | None:
    """The six digits; None where the key is gone."""
    known = keyring.get(key)
    if known is None:
        return None
    digest = hmac.digest(known.secret, _PURPOSE + nonce.encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def is_right(keyring: Keyring, challenge: Challenge, said: str, now: Instant) -> bool:
    """Whether what was said is the code that is out, and in time."""
    if now >= challenge.expires_at:
        return False
    expected = code(keyring, challenge.key, challenge.nonce)
    return expected is not None and hmac.compare_digest(expected.encode(), said.encode())
