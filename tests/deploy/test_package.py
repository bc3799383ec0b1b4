"""What is installed is what is needed: no dependency unused, none undeclared, no page left behind."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())

NOT_IMPORTED = {"tzdata"}
"""`zoneinfo` reads it."""

IMPORTED_AS = {"phonenumberslite": "phonenumbers"}
"""Distributions whose module is called otherwise: it is `phonenumbers` without its maps of places."""

ECHO_PEER = TOP / "signalling" / "ice" / "echo_peer.py"
"""A program of its own, which alone needs the extra `echo`."""


def _imported(paths: Iterable[Path]) -> set[str]:
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"rooms", "signalling"}


def _names(requirements: Iterable[str]) -> set[str]:
    names = (re.split(r"[\[<>=]", text)[0] for text in requirements)
    return {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names}


def test_every_dependency_is_used_and_every_import_declared() -> None:
    paths = {path for package in ("rooms", "signalling") for path in (TOP / package).rglob("*.py")}
    declared = _names(PROJECT["project"]["dependencies"])
    assert declared - NOT_IMPORTED == _imported(paths - {ECHO_PEER})


def test_the_echo_peer_needs_its_extra_and_nothing_else() -> None:
    assert _imported([ECHO_PEER]) == _names(PROJECT["project"]["optional-dependencies"]["echo"])


def test_every_dependency_has_a_floor_and_a_reason() -> None:
    lines = (TOP / "pyproject.toml").read_text().splitlines()
    for line, above in zip(lines[1:], lines, strict=False):
        if re.fullmatch(r'    "[a-z-]+(\[\w+\])?[<>=].*",', line):
            assert ">=" in line
            # Some share the reason above them.
            assert above.strip().startswith(("#", '"pytest', '"coverage')), line


def test_every_other_file_is_installed_too() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    for package in ("rooms", "signalling", "web"):
        for path in (TOP / package).rglob("*"):
            if path.is_file() and path.suffix not in (".py", ".pyc"):
                assert any(fnmatch(path.name, pattern) for pattern in patterns), path


def test_no_registry_is_named_in_the_lock_file() -> None:
    lock = (TOP / "tests/web/package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock
