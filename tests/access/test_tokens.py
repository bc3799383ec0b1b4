"""Tokens: what one says, and every way of not being one (A2, A3; RELIABILITY 5)."""

import base64
import hashlib
import hmac
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer, URLSafeSerializer

from rooms.access import tokens
from rooms.access.tokens import Keyring, KeyState, SigningKey, TokenKind, affinity, issue, read, recognise
from rooms.errors import LinkRefused
from rooms.ids import PractitionerNo, new_number

SECRET = b"f3b1c07a9e4d5288-e1fa64d20b9c73a5"
OLD_SECRET = b"0b9c73a5e1fa64d2-9e4d5288f3b1c07a"
NUMBER = "AAECAwQFBgc"
AFFINITY = "h4rb0ur-"
ALPHABET = string.ascii_letters + string.digits + "-_"


def ring(state: KeyState = "accepted") -> Keyring:
    """The signing key is 2; key 1 is in this state."""
    return Keyring([SigningKey(2, SECRET, "signing"), SigningKey(1, OLD_SECRET, state)])


OLD_RING = Keyring([SigningKey(1, OLD_SECRET, "signing")])
TOKEN = issue(ring(), TokenKind.PERSON, AFFINITY, NUMBER, 1, 7)


def sign(payload: bytes | str, *, affinity: str = AFFINITY, salt: bytes = b"consultroom.link.v1") -> str:
    """Signed with the present key, whatever it says."""
    text = payload if isinstance(payload, str) else base64.urlsafe_b64encode(payload).rstrip(b"=").decode()
    signer = Signer(SECRET, salt=salt, sep=".", key_derivation="hmac", digest_method=hashlib.sha256)
    return signer.sign(f"{affinity}.{text}").decode()


def refusal(token: object, keyring: Keyring | None = None) -> LinkRefused:
    with pytest.raises(LinkRefused) as caught:
        read(keyring or ring(), token)
    return caught.value


def code(token: object, keyring: Keyring | None = None) -> str:
    return refusal(token, keyring).code


@given(
    kind=st.sampled_from(TokenKind),
    number=st.binary(min_size=8, max_size=8),
    person=st.integers(0, 255),
    generation=st.integers(1, 65_535),
)
def test_says_what_was_put_in(kind: TokenKind, number: bytes, person: int, generation: int) -> None:
    text = base64.urlsafe_b64encode(number).rstrip(b"=").decode()
    claims = read(ring(), issue(ring(), kind, AFFINITY, text, person, generation))
    assert claims == tokens.Claims(kind, AFFINITY, text, person, generation, 2)


def test_is_the_same_until_key_or_generation_changes() -> None:
    def again(keyring: Keyring, number: str = NUMBER, person: int = 1, generation: int = 7) -> str:
        return issue(keyring, TokenKind.PERSON, AFFINITY, number, person, generation)

    assert again(ring()) == again(ring()) == TOKEN
    others = {
        again(OLD_RING),
        again(ring(), generation=8),
        again(ring(), person=2),
        again(ring(), new_number()),
    }
    assert len(others | {TOKEN}) == 5


def test_a_link_fits_an_sms() -> None:
    assert len(f"https://{'h' * 25}/j#{TOKEN}") <= 110


def test_holds_nothing_but_numbers() -> None:
    _, payload, _ = TOKEN.split(".")
    assert base64.urlsafe_b64decode(payload + "==") == bytes([1, 2, *range(8), 1, 0, 7])


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b",
        f"{TOKEN}.",
        f".{TOKEN}",
        f"{TOKEN}é",
        "é.é.é",
        "\ud800",
        " ",
        "\0",
    ],
)
def test_no_token_at_all(token: str) -> None:
    assert code(token) == "token_invalid"


@pytest.mark.parametrize("token", [None, 123, {}, [], True, 1.5, TOKEN.encode(), {"token": TOKEN}])
def test_not_even_text(token: object) -> None:
    assert code(token) == "token_invalid"


@pytest.mark.parametrize("part", [0, 1, 2])
def test_any_bit_flipped(part: int) -> None:
    parts = TOKEN.split(".")
    pad = "=" * (-len(parts[part]) % 4)
    data = base64.urlsafe_b64decode(parts[part] + pad)
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        parts[part] = base64.urlsafe_b64encode(flipped).rstrip(b"=").decode()
        assert code(".".join(parts)) == "token_invalid"


def test_another_spelling_of_the_same_signature() -> None:
    last = ALPHABET_ORDER.index(TOKEN[-1])
    assert last % 4 == 0, "two bits of the last character are spare"
    for spare in (1, 2, 3):
        assert code(TOKEN[:-1] + ALPHABET_ORDER[last + spare]) == "token_not_canonical"


ALPHABET_ORDER = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


@pytest.mark.parametrize("stray", ["=", "==", "\n", " ", "!", "%20", "=" * 20])
def test_characters_that_decoding_passes_over(stray: str) -> None:
    assert code(TOKEN + stray) in {"token_not_canonical", "token_invalid"}


def test_padding() -> None:
    assert code(TOKEN + "=") == "token_not_canonical"


def test_another_salt() -> None:
    payload = TOKEN.split(".")[1]
    assert sign(payload) == TOKEN
    assert code(sign(payload, salt=b"consultroom.link.v2")) == "token_invalid"
    assert code(sign(payload, salt=b"consultroom.webhook.v1")) == "token_invalid"


def test_a_webhooks_signature() -> None:
    mac = hashlib.sha256(b"msg_1.1795251600.{}").digest()
    signature = base64.b64encode(mac).decode()
    assert code(f"v1,{signature}") == "token_invalid"
    assert code(f"{AFFINITY}.{TOKEN.split('.')[1]}.{signature}") == "token_invalid"


def test_another_of_the_librarys_signatures() -> None:
    assert (
        code(URLSafeSerializer(SECRET, salt=b"consultroom.link.v1").dumps({"person": 1})) == "token_invalid"
    )


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_jwt(algorithm: str) -> None:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    head = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part({'sub': NUMBER})}"
    signed = Signer(SECRET, salt=b"", sep=".", digest_method=hashlib.sha256).get_signature(head).decode()
    assert code(f"{head}.") == "token_invalid"
    assert code(f"{head}.{signed}") == "token_invalid"


@pytest.mark.parametrize("token", ["x" * 100_000, TOKEN + "A" * 200, f"{TOKEN}{'=' * 100_000}", "é" * 300])
def test_too_long_and_no_hmac(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("an HMAC was computed")

    monkeypatch.setattr(Signer, "unsign", never)
    assert code(token) == "token_too_long"


def test_a_retired_keys_token_leads_on() -> None:
    token = issue(OLD_RING, TokenKind.PERSON, AFFINITY, NUMBER, 1)
    assert read(ring("accepted"), token).key == 1
    refused = refusal(token, ring("retired"))
    assert (refused.code, refused.facts) == ("token_revoked", {"can_resend": True})


def test_a_retired_keys_token_still_says_whose_it_is() -> None:
    """A3: that they came is evidence, though it opens nothing; a revoked key proves nothing at all."""
    token = issue(OLD_RING, TokenKind.PERSON, AFFINITY, NUMBER, 1, 7)
    claims = recognise(ring("retired"), token)
    assert (claims.number, claims.person, claims.generation, claims.retired) == (NUMBER, 1, 7, True)
    assert not recognise(ring("accepted"), token).retired
    with pytest.raises(LinkRefused, match="token_revoked"):
        recognise(ring("revoked"), token)


def test_a_revoked_keys_token_does_not() -> None:
    token = issue(OLD_RING, TokenKind.PERSON, AFFINITY, NUMBER, 1)
    refused = refusal(token, ring("revoked"))
    assert (refused.code, refused.facts) == ("token_revoked", {"can_resend": False})


def test_a_forged_token_learns_nothing_of_a_keys_state() -> None:
    forged = issue(Keyring([SigningKey(1, b"guess" * 8, "signing")]), TokenKind.PERSON, AFFINITY, NUMBER, 1)
    assert code(forged, ring("retired")) == code(forged, ring("revoked")) == "token_invalid"


def test_an_unknown_key() -> None:
    forgotten = issue(Keyring([SigningKey(9, SECRET, "signing")]), TokenKind.PERSON, AFFINITY, NUMBER, 1)
    assert code(forgotten) == "token_invalid"


def test_two_keys_do_not_speak_for_each_other() -> None:
    """The key id is signed: it cannot be changed to that of another key of the ring."""
    affinity, payload, _ = issue(OLD_RING, TokenKind.PERSON, AFFINITY, NUMBER, 1).split(".")
    data = bytearray(base64.urlsafe_b64decode(payload + "=="))
    data[1] = 2
    renamed = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    signer = Signer(
        OLD_SECRET, salt=b"consultroom.link.v1", sep=".", key_derivation="hmac", digest_method=hashlib.sha256
    )
    assert code(signer.sign(f"{affinity}.{renamed}").decode()) == "token_invalid"


GOOD = bytes([1, 2, *range(8), 1, 0, 7])


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(GOOD[:-1], id="too short"),
        pytest.param(GOOD + b"\0", id="too long"),
        pytest.param(GOOD[:2], id="only kind and key"),
        pytest.param(GOOD[:1], id="no key"),
        pytest.param(b"", id="nothing"),
        pytest.param(bytes([0]) + GOOD[1:], id="kind 0"),
        pytest.param(bytes([4]) + GOOD[1:], id="a later version's kind"),
        pytest.param(b'\x7b\x02"person":1}', id="an old version's JSON"),
    ],
)
def test_well_signed_and_none_of_ours(payload: bytes) -> None:
    assert read(ring(), sign(GOOD)).person == 1
    assert code(sign(payload)) == "token_invalid"


@pytest.mark.parametrize("affinity", ["", "short", "too-long-", "h4rb0ur ", "h4rb0u\n", "h4rb=ur-"])
def test_a_missing_affinity(affinity: str) -> None:
    assert code(sign(GOOD, affinity=affinity)) == "token_invalid"


@given(st.text() | st.from_regex(r"[\w=-]{0,12}\.[\w=-]{0,24}\.[\w=-]{0,48}"))
def test_no_text_is_a_token(text: str) -> None:
    assert code(text) in {"token_invalid", "token_too_long"}


def test_affinity_is_shared_by_those_who_can_meet() -> None:
    lee, kim = PractitionerNo("P" * 11), PractitionerNo("Q" * 11)
    affinities = [affinity("5a17", lee), affinity("5a17", kim), affinity("5a17", None), affinity("5a18", lee)]
    assert affinity("5a17", lee) == affinities[0]
    assert len(set(affinities)) == 4
    assert all(len(each) == 8 and set(each) <= set(ALPHABET) for each in affinities)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [SigningKey(1, SECRET, "accepted")],
        [SigningKey(1, SECRET, "signing"), SigningKey(2, OLD_SECRET, "signing")],
        [SigningKey(1, SECRET, "signing"), SigningKey(1, OLD_SECRET, "accepted")],
        [SigningKey(0, SECRET, "signing")],
        [SigningKey(256, SECRET, "signing")],
    ],
)
def test_a_keyring_has_one_signing_key_and_unique_ids(keys: list[SigningKey]) -> None:
    with pytest.raises(ValueError, match="key"):
        Keyring(keys)


def test_wrong_keys_change_nothing() -> None:
    ours = ring()
    with pytest.raises(ValueError, match="key"):
        ours.replace([SigningKey(3, SECRET, "accepted")])
    assert (ours.keys, read(ours, TOKEN).key) == (ring().keys, 2)


def test_other_keys_change_what_signs_and_what_is_read() -> None:
    ours = ring()
    ours.replace([SigningKey(3, SECRET[::-1], "signing"), SigningKey(2, SECRET, "accepted")])
    assert read(ours, TOKEN).key == 2
    assert read(ours, issue(ours, TokenKind.PERSON, AFFINITY, NUMBER, 1)).key == 3
    assert code(issue(OLD_RING, TokenKind.PERSON, AFFINITY, NUMBER, 1), ours) == "token_invalid"


def test_tokens_of_every_release_verify() -> None:
    """Byte for byte what was given out before the derived key was kept: it may be in somebody's mail."""
    given_out = "h4rb0ur-.AQIAAQIDBAUGBwEABw.mScLa3CYjo_4_KE6tVErXbhPAeDwgShFslutKDyIZME"
    assert given_out == TOKEN
    assert read(ring(), given_out).generation == 7


def test_a_keyring_knows_its_keys() -> None:
    assert ring().get(1) == SigningKey(1, OLD_SECRET, "accepted")
    assert ring().get(3) is None
    assert ring().signing.id == 2


def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """itsdangerous does, and what it finds decides: once for a link of ours, once for a forged one."""
    compared: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert code(TOKEN) == code(sign(GOOD, salt=b"another")) == "token_invalid"
    assert compared == [(32, 32), (32, 32)]
