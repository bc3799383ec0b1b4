"""Tokens that are nearly good (RELIABILITY 3, 6): none is accepted, none learns more than that. A million
with `--soak`, otherwise one in twenty of them.
"""

import base64
import hashlib
import itertools
import random
import string
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from itsdangerous import Signer

from rooms.access.tokens import Keyring, KeyState, SigningKey, TokenKind, issue, read, recognise
from rooms.errors import LinkRefused

A_MILLION = 1_000_000

QUICK_SHARE = 20
"""What takes four minutes of a core takes twelve seconds; each way to get a token wrong is there thousands of
times still."""

SECRETS = [hashlib.sha256(bytes([id])).hexdigest().encode() for id in range(5)]
STATES: tuple[KeyState, ...] = ("signing", "accepted", "retired", "revoked")
KEYS = [SigningKey(id, SECRETS[id], state) for id, state in enumerate(STATES, start=1)]
RING = Keyring(KEYS)
SALT = b"consultroom.link.v1"

Mutants = Iterator[str]


def _genuine() -> list[str]:
    """Of every kind, by every key, of several people and rooms."""
    chance, found = random.Random(20_261_122), []
    for key, kind, _ in itertools.product(KEYS, TokenKind, range(5)):
        ring = Keyring([SigningKey(key.id, key.secret, "signing")])
        affinity, number = _text(chance.randbytes(6)), _text(chance.randbytes(8))
        found.append(issue(ring, kind, affinity, number, chance.randrange(4), chance.randrange(1, 9)))
    return found


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


GENUINE = _genuine()
KNOWN = frozenset(GENUINE)
PARTS = [token.split(".") for token in GENUINE]


def guesses(chance: random.Random) -> Mutants:
    """What has the shape of a link, and nothing of one: everything drawn, but a kind and a key that are."""
    while True:
        payload = bytes([chance.randrange(1, 4), chance.randrange(1, 5)]) + chance.randbytes(11)
        yield f"{_text(chance.randbytes(6))}.{_text(payload)}.{_text(chance.randbytes(32))}"


def bits(chance: random.Random) -> Mutants:
    """One to three bits of one part."""
    decoded = [[(int.from_bytes(_bytes(part)), len(_bytes(part))) for part in parts] for parts in PARTS]
    while True:
        at, which = chance.randrange(len(PARTS)), chance.randrange(3)
        value, size = decoded[at][which]
        for _ in range(chance.randint(1, 3)):
            value ^= 1 << chance.randrange(size * 8)
        parts = list(PARTS[at])
        parts[which] = _text(value.to_bytes(size))
        yield ".".join(parts)


def truncation(chance: random.Random) -> Mutants:
    """A beginning, an end, or a hole."""
    while True:
        token = chance.choice(GENUINE)
        start, end = chance.randrange(len(token) + 1), chance.randrange(len(token) + 1)
        yield token[start:end] if start < end else token[:end] + token[start:]


def swapped(chance: random.Random) -> Mutants:
    """Parts of two or three good tokens, in their places or in others'."""
    while True:
        parts = [PARTS[chance.randrange(len(PARTS))][place] for place in range(3)]
        if chance.random() < 0.1:
            chance.shuffle(parts)
        yield ".".join(parts)


def claims(chance: random.Random) -> Mutants:
    """Another kind, key, number, person or generation under the old signature."""
    fields = ((0, 1), (1, 2), (2, 10), (10, 11), (11, 13))
    while True:
        affinity, payload, signature = chance.choice(PARTS)
        data, (start, end) = bytearray(_bytes(payload)), chance.choice(fields)
        small = [
            chance.randrange(6) if end - start < 3 else chance.randrange(256) for _ in range(end - start)
        ]
        data[start:end] = bytes(small)
        yield f"{affinity}.{_text(bytes(data))}.{signature}"


def salts(chance: random.Random) -> Mutants:
    """A good payload, signed for something else, otherwise, or with another secret."""
    others = (
        b"consultroom.link.v2",
        b"consultroom.webhook.v1",
        b"consultroom.api-key.v1",
        b"",
        b"itsdangerous",
    )
    signers = [
        Signer(secret, salt, ".", derivation, digest)
        for secret, salt, derivation, digest in itertools.product(
            SECRETS,
            (SALT, *others),
            ("hmac", "concat", "django-concat", "none"),
            (hashlib.sha256, hashlib.sha1, hashlib.sha512),
        )
        if (salt, derivation, digest) != (SALT, "hmac", hashlib.sha256) or secret == SECRETS[0]
    ]
    while True:
        affinity, payload, _ = chance.choice(PARTS)
        yield chance.choice(signers).sign(f"{affinity}.{payload}").decode()


def reencoded(chance: random.Random) -> Mutants:
    """The same bytes, spelt otherwise: whole, or one part of them."""
    spellings: tuple[Callable[[str], str], ...] = (
        lambda part: base64.b64encode(_bytes(part)).decode(),
        lambda part: base64.b32encode(_bytes(part)).decode(),
        lambda part: base64.b85encode(_bytes(part)).decode(),
        lambda part: _bytes(part).hex(),
        lambda part: _text(_bytes(part)[::-1]),
        lambda part: _text(part.encode()),
        lambda part: _text(part.encode("utf-16-le"))[:80],
        str.swapcase,
        str.upper,
        str.lower,
        lambda part: part[::-1],
        lambda part: "".join(f"%{ord(each):02X}" for each in part[:20]) + part[20:],
        lambda part: _respelt(part, chance),
    )
    whole: tuple[Callable[[str], str], ...] = (
        urllib.parse.quote_plus,
        lambda token: token.replace(".", "%2E"),
        lambda token: _text(token.encode()),
        lambda token: f'"{token}"',
        lambda token: token.replace("-", "+").replace("_", "/"),
        lambda token: token.translate(str.maketrans("AEIOU", "aeiou")),
    )
    while True:
        if chance.random() < 0.05:
            yield chance.choice(whole)(chance.choice(GENUINE))
            continue
        parts, which = list(chance.choice(PARTS)), chance.randrange(3)
        parts[which] = chance.choice(spellings)(parts[which])
        yield ".".join(parts)


ORDER = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def _respelt(part: str, chance: random.Random) -> str:
    """Other spare bits in the last character."""
    last = ORDER.index(part[-1])
    return part[:-1] + ORDER[last ^ chance.randrange(1, 16)]


LOOKALIKES = {each: chr(ord(each) + 0xFEE0) for each in string.ascii_letters + string.digits + "._-"} | {
    "a": "аａ𝐚", "c": "сϲ", "e": "еℯ", "i": "іı", "j": "ј", "o": "оο0", "p": "р", "s": "ѕ", "x": "х",
    "y": "у", "A": "АΑ", "B": "ВΒ", "E": "ЕΕ", "H": "НΗ", "I": "Іl1|", "K": "К\u212a", "M": "М", "O": "О0",
    "P": "Р", "T": "Т", "X": "Х", "l": "I1", "0": "O٠", "1": "l١¹", "2": "²२",
    "-": "‐‑−–\u00ad", "_": "＿‿", ".": "。․·．,",
}  # fmt: skip
"""For each character, those that look like it."""


def lookalikes(chance: random.Random) -> Mutants:
    """Characters that look the same, or cannot be seen."""
    unseen = "\u200b\u200d\u2060\ufeff\u202e\u00ad\u0301\0"
    while True:
        token = chance.choice(GENUINE)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(token))
            if token[at] in LOOKALIKES and chance.random() < 0.8:
                token = token[:at] + chance.choice(LOOKALIKES[token[at]]) + token[at + 1 :]
            else:
                token = token[:at] + chance.choice(unseen) + token[at:]
        yield token


def padding(chance: random.Random) -> Mutants:
    """What decoding passes over, anywhere and at the end."""
    strays = ("=", "==", "===", "\n", "\r\n", " ", "\t", "\0", "!", "%3D", "A", ".", "?", "#", "&", "/", "~")
    while True:
        token = chance.choice(GENUINE)
        for _ in range(chance.randint(1, 3)):
            at = len(token) if chance.random() < 0.4 else chance.randrange(len(token))
            token = token[:at] + chance.choice(strays) + token[at:]
        yield token


def edits(chance: random.Random) -> Mutants:
    """Characters changed, put in, left out, turned round."""
    alphabet = ORDER + ".=+/ \n\0é"
    while True:
        token = chance.choice(GENUINE)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            i, j = sorted((chance.randrange(len(token) + 1), chance.randrange(len(token) + 1)))
            how, fresh = chance.randrange(5), chance.choice(alphabet)
            if how == 0:
                token = token[:i] + fresh + token[i + 1 :]
            elif how == 1:
                token = token[:i] + fresh + token[i:]
            elif how == 2:
                token = token[:i] + token[i + 1 :] or fresh
            elif how == 3:
                token = token[:i] + token[i:j][::-1] + token[j:]
            else:
                token = token[:i] + token[i:].swapcase()
        yield token


FAMILIES: dict[Callable[[random.Random], Mutants], int] = {
    guesses: 100_000,
    bits: 150_000,
    truncation: 80_000,
    swapped: 110_000,
    claims: 120_000,
    salts: 80_000,
    reencoded: 80_000,
    lookalikes: 80_000,
    padding: 80_000,
    edits: 120_000,
}


def answers(mutants: Iterator[str], count: int) -> Counter[str]:
    """How often each code is answered to `count` of them; `accepted` where one is taken."""
    told: Counter[str] = Counter()
    for token in itertools.islice((each for each in mutants if each not in KNOWN), count):
        try:
            recognise(RING, token)
        except LinkRefused as refused:
            told[_answer(refused, token)] += 1
        else:
            told["accepted"] += 1
    return told


def _answer(refused: LinkRefused, token: str) -> str:
    """The code; but what says more than it may, whole."""
    says_more = refused.signed_by is not None or refused.facts
    if says_more or (refused.code == "token_not_canonical" and not _says_a_known_one(token)):
        return f"{refused.code} to {token!r}"
    return refused.code


def _says_a_known_one(token: str) -> bool:
    """Nearly a link of ours: the same bytes in another spelling."""
    head, _, signature = token.rpartition(".")
    return any(
        known.rpartition(".")[0] == head and _bytes(known.rpartition(".")[2]) == _lenient(signature)
        for known in GENUINE
    )


def _lenient(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def test_there_are_a_million() -> None:
    assert sum(FAMILIES.values()) == A_MILLION


@pytest.mark.parametrize("share", [QUICK_SHARE, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: str(family.__name__))
def test_no_mutant_is_accepted(family: Callable[[random.Random], Mutants], share: int) -> None:
    count = FAMILIES[family] // share
    told = answers(family(random.Random(20_261_121)), count)
    assert told.total() == count
    assert told.keys() <= {"token_invalid", "token_not_canonical"}
    assert told["token_invalid"] > told["token_not_canonical"]


def test_the_good_ones_are_good_and_the_count_would_show_one_accepted() -> None:
    assert all(recognise(RING, token).key == 1 for token in GENUINE[:15])
    assert {read(RING, token).key for token in GENUINE[:30]} == {1, 2}
    stranger = issue(Keyring([KEYS[0]]), TokenKind.PERSON, "AAAAAAAA", "AAAAAAAAAAA")
    assert answers(iter([*GENUINE, stranger]), 2) == {"accepted": 1}
