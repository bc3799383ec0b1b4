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
    bare = re.compile(r"(# noqa(: [A-Z0-9, ]+)?|# type: ignore(\[[\w, -]+\])?)\s*$")
    paths = [*raised.sources(), *(TOP / "tests").rglob("*.py")]
    lines = [
        f"{path}:{i}"
        for path in paths
        for i, line in enumerate(path.read_text().splitlines(), 1)
        if bare.search(line)
    ]
    assert lines == []
