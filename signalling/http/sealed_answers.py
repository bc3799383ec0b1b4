"""An answer that is kept for its repeat, sealed: whoever has the store and not the request reads nothing of
it.

The key is derived (HMAC-SHA-256) from one of the deployment's signing keys, the caller's own credential, the
Idempotency-Key and the request to the byte. None of these is in the store, and all of them come again with
the repeat. Sealed with AES-256-GCM, so that an answer opens whole and unaltered or not at all.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rooms.access.tokens import SigningKey

NONCE_BYTES: Final = 12
"""Bytes, at random for each: one key seals a handful, where a commit is tried again (NIST SP 800-38D,
8.2.2)."""


class AnswerSeal:
    """What belongs to one request. `parts`: what only whoever sends it again can say."""

    def __init__(self, key: SigningKey, parts: Iterable[bytes]) -> None:
        self.by = key.id
        # Hashed one by one: no two lists of parts run together to the same bytes.
        said = b"".join(hashlib.sha256(part).digest() for part in parts)
        self._fingerprint = hmac.digest(key.secret, b"consultroom.asked.v1" + said, "sha256")
        self._key = hmac.digest(key.secret, b"consultroom.answer.v1" + said, "sha256")

    @property
    def fingerprint(self) -> str:
        """Of the request: the same for the same one, and nothing to guess a name or a secret by."""
        return self._fingerprint.hex()

    def close(self, text: bytes) -> bytes:
        """Nonce, ciphertext and tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, text, self._fingerprint)

    def open(self, sealed: bytes) -> bytes | None:
        """What was sealed; None: not by this request, or it is not whole."""
        try:
            return AESGCM(self._key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._fingerprint)
        except (InvalidTag, ValueError):
            return None
