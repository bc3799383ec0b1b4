"""The few things tests read in our Markdown: tables, by the heading above them, and code spans."""

import re
import subprocess
from pathlib import Path

TOP = Path(__file__).parents[2]

_CELL = re.compile(r"(?<!\\)\|")


def tracked(*patterns: str) -> list[str]:
    """Our own files by their paths from the top of the checkout, new ones too; nothing that was installed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    found = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
    return sorted(name for name in found.stdout.splitlines() if (TOP / name).exists())


def documents() -> list[str]:
    """Every document of ours."""
    return tracked("*.md")


def text(name: str) -> str:
    """A document by its path from the top of the checkout."""
    return (TOP / name).read_text()


def rows(document: str, heading: str) -> list[list[str]]:
    """The cells of every row of the tables under a heading, to the next heading; their own headings left
    out."""
    [section] = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", document, re.MULTILINE | re.DOTALL)
    lines = [line for line in section.splitlines() if line.startswith("|")]
    tables = [
        line for i, line in enumerate(lines) if not _is_rule(line) and not _is_rule(lines[i + 1 : i + 2])
    ]
    return [[cell.strip() for cell in _CELL.split(line)[1:-1]] for line in tables]


def frames(document: str, heading: str) -> list[str]:
    """The JSON texts in the code under a heading; a blank line is between two."""
    [block] = re.findall(
        rf"^#+ {re.escape(heading)}\n\n```json\n(.*?)\n```", document, re.MULTILINE | re.DOTALL
    )
    return str(block).split("\n\n")


def codes(cell: str) -> list[str]:
    """What is in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def _is_rule(line: str | list[str]) -> bool:
    return bool(line) and re.fullmatch(r"\|[-:| ]+\|", line if isinstance(line, str) else line[0]) is not None
