"""One word for one thing: the glossary names what carries each, and no name stands for two."""

import ast
import functools
import re
from collections import defaultdict
from collections.abc import Iterator

from tests.docs import markdown, raised
from tests.docs.markdown import TOP

DOCUMENT = "rooms/README.md"

EVERY_MODULES_OWN = {"log", "B", "R", "T"}
"""A logger, and type variables, which mean nothing outside their signatures."""

Public = tuple[str, str]
"""A name, and what it is: for a class its module, for a constant its value (one value, one meaning)."""


@functools.cache
def _modules() -> list[tuple[str, ast.Module]]:
    return [(str(path.relative_to(TOP)), ast.parse(path.read_text())) for path in raised.sources()]


def _classes() -> Iterator[Public]:
    for module, tree in _modules():
        for each in tree.body:
            if isinstance(each, ast.ClassDef) and not each.name.startswith("_"):
                yield each.name, module


def _constants() -> Iterator[Public]:
    for _, tree in _modules():
        for each in tree.body:
            targets = each.targets if isinstance(each, ast.Assign) else []
            targets = [each.target] if isinstance(each, ast.AnnAssign) else targets
            for name in (target.id for target in targets if isinstance(target, ast.Name)):
                if not name.startswith("_") and isinstance(each, ast.Assign | ast.AnnAssign) and each.value:
                    yield name, ast.unparse(each.value)


def _twice(found: Iterator[Public]) -> dict[str, set[str]]:
    meanings = defaultdict[str, set[str]](set)
    for name, meaning in found:
        meanings[name].add(meaning)
    return {name: many for name, many in meanings.items() if len(many) > 1}


def test_no_two_public_classes_have_one_name() -> None:
    assert _twice(_classes()) == {}


def test_no_constant_means_two_things() -> None:
    twice = _twice(_constants())
    assert {name: twice[name] for name in twice.keys() - EVERY_MODULES_OWN} == {}


def test_no_constant_is_called_as_a_class() -> None:
    assert {name for name, _ in _classes()} & {name for name, _ in _constants()} == set()


def _known() -> set[str]:
    """Modules by their dotted names, folders too, and the classes, functions and constants in them."""
    known = {name for name, _ in _classes()} | {name for name, _ in _constants()}
    for path, tree in _modules():
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        known |= {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
        known |= {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    return known


def test_what_carries_a_word_is_there() -> None:
    known = _known()
    for word, _, carriers in markdown.rows(markdown.text(DOCUMENT), "Glossary"):
        assert markdown.codes(carriers), f"{word} is carried by nothing"
        assert [name for name in markdown.codes(carriers) if name not in known] == [], word


def test_words_are_in_order_and_once() -> None:
    words = [row[0].casefold() for row in markdown.rows(markdown.text(DOCUMENT), "Glossary")]
    assert words == sorted(set(words))


AVOIDED = r"turns?|drafts?|parcels?|lanes?|onward|healing|heals?|healed|roster|errands?|farewell|gates?"
"""Words of ours that the field has better ones for (HOUSE), where they would be names."""


def test_no_name_is_one_of_the_words_that_were_given_up() -> None:
    found = {
        f"{module}: {each.name}"
        for module, tree in _modules()
        for each in ast.walk(tree)
        if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if re.fullmatch(AVOIDED, each.name.strip("_").casefold())
    }
    assert found == set()
