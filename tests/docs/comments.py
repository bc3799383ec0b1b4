"""What our sources say to people: comments and docstrings of Python, comments of JavaScript, Lua and shell,
and the prose of documents. Code in between is left out.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

_JS = re.compile(r"/\*.*?\*/|(?<![:'\"`/])//[^\n]*", re.DOTALL)
_LUA = re.compile(r"--[^\n]*")
_HASH = re.compile(r"(?m)(?:^|\s)#[^\n]*")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def said(path: Path) -> str:
    """All of it in one text."""
    source = path.read_text()
    kinds = {".py": _python, ".js": _matches(_JS), ".lua": _matches(_LUA), ".md": _prose}
    return kinds.get(path.suffix, _matches(_HASH))(source)


def _python(source: str) -> str:
    # A `#` in a text counts too: `tokenize` would tell, and take ten times as long.
    return "\n".join([*_HASH.findall(source), *_docstrings(ast.parse(source))])


def _docstrings(tree: ast.AST) -> Iterator[str]:
    """Of attributes and constants too: whatever text stands as a statement of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda source: "\n".join(pattern.findall(source))


def _prose(source: str) -> str:
    return _CODE.sub("", source)
