"""Facts and orders between a test and a server in a process of its own: two files of JSON lines."""

import json
from pathlib import Path
from typing import Any


class Spool:
    """One file that one process adds to and the other reads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken = 0

    def add(self, *facts: dict[str, Any]) -> None:
        """Put them at the end, each in one write, so that a reader never sees half a line of a short one."""
        for each in facts:
            with self._path.open("a") as file:
                file.write(json.dumps(each) + "\n")

    def all(self) -> list[dict[str, Any]]:
        """Everything so far, the oldest first."""
        text = self._path.read_text() if self._path.exists() else ""
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def take(self) -> dict[str, Any] | None:
        """The oldest that this reader has not taken yet."""
        facts = self.all()[self._taken :]
        if not facts:
            return None
        self._taken += 1
        return facts[0]

    def clear(self) -> None:
        """As if nothing had been."""
        self._path.write_text("")
        self._taken = 0
