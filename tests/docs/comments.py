"""What our sources say to people: comments and docstrings of Python, comments of JavaScript, Lua and shell,
and the prose of documents. Code in between is left out.
"""

import re
from pathlib import Path

_HASH = r"(?m:(?:^|\s)#[^\n]*)"
_SAID = {
    # Texts in three quotes are docstrings; a parser knows the few that are not, and takes ten times as long.
    ".py": re.compile(rf'""".*?"""|{_HASH}', re.DOTALL),
    ".js": re.compile(r"/\*.*?\*/|(?<![:'\"`/])//[^\n]*", re.DOTALL),
    ".css": re.compile(r"/\*.*?\*/", re.DOTALL),
    ".html": re.compile(r"<!--.*?-->", re.DOTALL),
    ".lua": re.compile(r"--[^\n]*"),
}
_ANY = re.compile(_HASH)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def said(path: Path) -> str:
    """All of it in one text."""
    source = path.read_text()
    if path.suffix == ".md":
        return _CODE.sub("", source)
    return "\n".join(_SAID.get(path.suffix, _ANY).findall(source))
