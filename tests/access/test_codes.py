"""One-time codes: the same digits from the same nonce, nothing kept that says them (A8)."""

import hashlib
import hmac
import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rooms.access import codes
from rooms.access.codes import CODE_LIFE, MAX_GUESSES
from rooms.access.tokens import Keyring, SigningKey
from rooms.credentials import Challenge
from rooms.ids import secret_digest

OLD, NEW = SigningKey(1, b"o" * 32, "accepted"), SigningKey(2, b"n" * 32, "signing")
RING = Keyring([OLD, NEW])
OUT = Challenge(place="0" * 32, nonce="nonce", key=2, expires_at=1_000_000)


def said(challenge: Challenge = OUT) -> str:
    made = codes.code(RING, challenge.key, challenge.nonce)
    assert made is not None
    return made


def test_a_code_lasts_ten_minutes_and_five_tries() -> None:
    assert (CODE_LIFE, MAX_GUESSES) == (600_000, 5)


def test_the_digits_are_of_an_hmac_that_nothing_else_uses() -> None:
    """Worked out here by hand: a code that is out when the server is replaced goes on being right."""
    digest = hmac.new(b"n" * 32, b"consultroom.code.v1\nnonce", hashlib.sha256).digest()
    assert said() == f"{int.from_bytes(digest[:8], 'big') % 10**6:06d}"


@given(st.text(max_size=40))
def test_six_digits_always(nonce: str) -> None:
    assert re.fullmatch(r"\d{6}", codes.code(RING, 1, nonce) or "", re.ASCII)


def test_another_nonce_or_key_is_another_code() -> None:
    nonces = [secrets.token_urlsafe(16) for _ in range(300)]
    assert len({codes.code(RING, 2, nonce) for nonce in nonces}) > 290
    assert sum(codes.code(RING, 1, nonce) == codes.code(RING, 2, nonce) for nonce in nonces) < 5


def test_small_numbers_keep_their_zeros() -> None:
    found = next(each for n in range(1000) if (each := codes.code(RING, 2, f"n{n}") or "").startswith("0"))
    assert len(found) == 6


def test_a_key_that_is_gone_makes_none_and_proves_nothing() -> None:
    assert codes.code(RING, 3, "nonce") is None
    assert not codes.is_right(RING, replace(OUT, key=3), "000000", 0)
    assert not codes.is_right(RING, replace(OUT, key=3), "None", 0)


def test_right_until_it_expires_to_the_millisecond() -> None:
    assert codes.is_right(RING, OUT, said(), 999_999)
    assert not codes.is_right(RING, OUT, said(), 1_000_000)


@pytest.mark.parametrize("guess", ["", "0", "ümläut", "１２３４５６", " "])
def test_anything_else_is_wrong_and_no_error(guess: str) -> None:
    assert not codes.is_right(RING, OUT, guess, 0)
    assert not codes.is_right(RING, OUT, said() + guess if guess else said()[:-1], 0)


def test_a_code_outlives_a_rotation() -> None:
    before = replace(OUT, key=1)
    assert codes.is_right(RING, before, said(before), 0)
    assert not codes.is_right(RING, OUT, said(before), 0)


def test_what_is_kept_is_a_digest() -> None:
    assert secret_digest("ü") == hashlib.sha256("ü".encode()).hexdigest()
