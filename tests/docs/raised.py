"""Every error code the source can answer, found by reading the source: a code nobody wrote down is found
before a user does."""

import ast
import functools
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import rooms
import rooms.errors
import signalling

TOP = Path(__file__).parents[2]
PACKAGES = (rooms, signalling)

PASSED_ON = {"Wrong", "_check", "_set_up"}
"""What makes a code that a refusal takes over elsewhere: a scalar that cannot be read, a check of the
diagnosis (B3)."""

Kind = type[rooms.errors.Refusal] | None
Call = tuple[str | None, Kind, str]
"""A code (None where it is computed), the class it is given to, and `file:line`."""


class Raised(NamedTuple):
    """One code, the kind of refusal it comes with (None where it is passed on), and the file."""

    code: str
    kind: Kind
    file: str


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):  # importing that one runs the command line
                yield found.name


@functools.cache
def kinds() -> dict[str, type[rooms.errors.Refusal]]:
    """Every class of refusal by its name."""
    for name in _modules():
        importlib.import_module(name)
    found: dict[str, type[rooms.errors.Refusal]] = {}
    todo = [rooms.errors.Refusal]
    while todo:
        kind = todo.pop()
        found[kind.__name__] = kind
        todo += kind.__subclasses__()
    return found


def sources() -> list[Path]:
    """Our own Python files, tests aside."""
    return [path for package in ("rooms", "signalling") for path in sorted((TOP / package).rglob("*.py"))]


def raised() -> set[Raised]:
    """Every code given to a refusal as text. `unnamed` are the calls whose code is not text."""
    return {Raised(code, kind, place.split(":")[0]) for code, kind, place in _calls() if code is not None}


def unnamed() -> list[str]:
    """`file:line` of every refusal whose code is computed."""
    return [place for code, _, place in _calls() if code is None]


def _calls() -> Iterator[Call]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name in kinds():
                yield from _own_code(node, path)
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and "code" in _assigned(node):
                # A scalar's code is its class's.
                yield from ((code, None, str(path.relative_to(TOP))) for code in _texts(node.value) if code)
            if isinstance(node, ast.Call) and _name(node.func) in kinds().keys() | PASSED_ON and node.args:
                kind = kinds().get(_name(node.func))
                place = f"{path.relative_to(TOP)}:{node.lineno}"
                yield from ((code, kind, place) for code in _texts(node.args[0]))


def _own_code(node: ast.ClassDef, path: Path) -> Iterator[Call]:
    """A class that always has one code gives it to its parent's `__init__`."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__" and call.args:
            [code] = _texts(call.args[0])
            if code is not None:
                yield code, kinds()[node.name], f"{path.relative_to(TOP)}:{call.lineno}"


def _texts(node: ast.expr) -> list[str | None]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    return [None]


def _assigned(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [ast.unparse(target) for target in targets]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
