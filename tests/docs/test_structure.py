"""The shape of the source: every module has its place in the arrow, and none grows past reading (HOUSE)."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.docs import raised
from tests.docs.markdown import TOP

LONGEST = 400
"""Lines at which a module is split (HOUSE)."""

COMMANDS = {"signalling.__main__"}
"""Above the arrow: they only start it."""


def _layers() -> set[str]:
    settings = tomllib.loads((TOP / "pyproject.toml").read_text())
    arrow = settings["tool"]["importlinter"]["contracts"][0]
    return {name for layer in arrow["layers"] for name in re.split(r" [|:] ", layer)}


def _modules() -> set[str]:
    places = [path for package in ("rooms", "signalling") for path in (TOP / package).iterdir()]
    python = [path for path in places if path.suffix == ".py" or any(path.glob("*.py"))]
    return {
        f"{path.parent.name}.{path.stem}" for path in python if path.stem not in ("__init__", "__pycache__")
    }


def test_every_module_has_its_place_in_the_arrow() -> None:
    assert _modules() - COMMANDS == _layers()


@pytest.mark.parametrize("path", raised.sources(), ids=str)
def test_no_module_is_too_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


def test_a_suppression_has_its_reason_beside_it() -> None:
    paths = [*raised.sources(), *(TOP / "tests").rglob("*.py")]
    assert [place for path in paths for place in _bare_suppressions(path)] == []


def _bare_suppressions(path: Path) -> list[str]:
    """`file:line` of those with no word after them and no comment above them."""
    bare = re.compile(r"(# noqa(: [A-Z0-9, ]+)?|# type: ignore(\[[\w, -]+\])?)\s*$")
    lines = path.read_text().splitlines()
    above = ["", *lines]
    return [
        f"{path}:{i + 1}"
        for i, line in enumerate(lines)
        if bare.search(line) and not above[i].lstrip().startswith("#")
    ]
