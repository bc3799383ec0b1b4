"""What is installed is what is needed: no dependency unused, none undeclared, no page left behind."""

import ast
import re
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())

NOT_IMPORTED = {"tzdata"}
"""`zoneinfo` reads it."""


def _imported() -> set[str]:
    found = set()
    for package in ("rooms", "signalling"):
        for path in (TOP / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"rooms", "signalling"}


def test_every_dependency_is_used_and_every_import_declared() -> None:
    declared = {
        re.split(r"[\[<>=]", text)[0].replace("-", "_") for text in PROJECT["project"]["dependencies"]
    }
    assert declared - NOT_IMPORTED == _imported()


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
