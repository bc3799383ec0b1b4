"""Secrets, digests, signatures and codes are compared in constant time: by `hmac.compare_digest`, never by
`==`, whose time tells how much of a guess is right.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import raised
from tests.docs.markdown import TOP

SECRET = {"secret", "digest", "signature", "mac", "hmac", "token", "password", "credential", "otp", "bearer"}
"""Whatever is called so, in any part of its name, singular or plural, is looked at."""

MAYBE = {"key", "code"}
"""These, too, but not beside a text in the source: `refusal.code == "too_early"` compares no secret."""

FINE = {
    "rooms/access/tokens.py: signature != _text(base64_decode(signature))": (
        "a good signature with its own other spelling, after it was compared in constant time"
    ),
    "rooms/service/live/names.py: key[0] != clinic": "the key of a dictionary",
    "signalling/http/handlers/clinics.py: await call.deps.clinics.authenticate(api_key) == clinic": (
        "whose key it is; the key itself was looked up by its digest"
    ),
    "signalling/outbound/mail.py: error.code == _LOGIN_WANTED": "a relay's reply code",
    "signalling/outbound/settings.py: (parts.username is None) != (parts.password is None)": (
        "whether there is one at all"
    ),
    "signalling/jobs/key_reload.py: tuple(keys) == self.keyring.keys": (
        "the operator's keys of before and of now; nobody's guess"
    ),
}
"""What looks like it and is not, and why."""


def _compared(source: str) -> Iterator[str]:
    """Every `==`, `!=` and `in` of something that is called like a secret."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(_is_by_value(op) for op in node.ops):
            sides = [node.left, *node.comparators]
            watched = SECRET if any(_is_text(side) for side in sides) else SECRET | MAYBE
            if watched & {word for side in sides for word in _words(side)}:
                yield ast.unparse(node)


def _is_by_value(operator: ast.cmpop) -> bool:
    return isinstance(operator, ast.Eq | ast.NotEq)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _words(side: ast.AST) -> Iterator[str]:
    """Of every name in it, in the singular; of `a.b.c` the last, and nothing of what is only measured."""
    if isinstance(side, ast.Call) and ast.unparse(side.func) in ("len", "type"):
        return
    if isinstance(side, ast.Name | ast.Attribute):
        name = side.id if isinstance(side, ast.Name) else side.attr
        yield from (word.lower().removesuffix("s") for word in name.split("_"))
        return
    for child in ast.iter_child_nodes(side):
        yield from _words(child)


def looked_at() -> list[str]:
    """`file: comparison` of all there are in our source."""
    return [
        f"{path.relative_to(TOP)}: {found}"
        for path in raised.sources()
        for found in _compared(path.read_text())
    ]


def test_nothing_secret_is_compared_by_value() -> None:
    assert set(looked_at()) == set(FINE)


@pytest.mark.parametrize(
    "source",
    [
        "kept.secret == given",
        "digest(given) != kept",
        "signature == _sign(x)",
        "asked.code == kept.code",
        "seat.key != key",
        "api_key == KEY",
        "given == settings.admin_keys",
        "_TOKENS[0] == x",
        "a == b == the_mac",
        "token != 'x'",
    ],
)
def test_it_would_be_found(source: str) -> None:
    assert list(_compared(source))


@pytest.mark.parametrize(
    "source",
    [
        "refusal.code == 'too_early'",
        "scope == 'key'",
        "len(secret) == 32",
        "hmac.compare_digest(secret, given)",
    ],
)
def test_what_is_no_secret_is_not(source: str) -> None:
    assert not list(_compared(source))


def test_scripts_compare_no_secret() -> None:
    """Redis decides nothing (HOUSE), least of all whether a secret is right."""
    lines = [
        line for path in (TOP / "rooms" / "store").glob("*.lua") for line in path.read_text().splitlines()
    ]
    assert lines
    compared = [line for line in lines if re.search(r"[=~]=", line.partition("--")[0])]
    assert compared
    assert [line for line in compared if SECRET & set(re.findall(r"[a-z]+", line.lower()))] == []


CONSTANT_TIME = {"rooms/visit/admission.py", "signalling/http/authentication.py"}
"""Where a secret is compared that was not looked up by its digest: resume keys, the admin key. Links'
signatures are compared by itsdangerous.
"""


def test_who_compares_in_constant_time() -> None:
    users = {path for path in raised.sources() if "hmac.compare_digest(" in Path(path).read_text()}
    assert {str(path.relative_to(TOP)) for path in users} >= CONSTANT_TIME
