"""`python -m tests.bench.tokens`: links read and made a second on one core, beside a bare HMAC-SHA-256 of the
same bytes, compared in constant time: what no reader of signed links can be faster than.
"""

import argparse
import hmac
import secrets
import sys
import time
from collections.abc import Callable
from statistics import median

import msgspec

from rooms.access.tokens import Keyring, SigningKey, TokenKind, issue, read
from rooms.errors import LinkRefused

AFFINITY, NUMBER = "h4rb0ur-", "AAECAwQFBgc"
QUICK = 200
COUNT = 20_000
"""Of each, in each run: a tenth of a second."""
RUNS = 9


class Figure(msgspec.Struct, frozen=True):
    """A second on one core, the median and the best run; `ratio` of the median's time to the bare HMAC's."""

    name: str
    per_second: float
    best: float
    ratio: float


class Measured:
    """One link by one key, and what is done to it."""

    def __init__(self) -> None:
        self.ring = Keyring([SigningKey(2, secrets.token_urlsafe(32).encode(), "signing")])
        self.token = issue(self.ring, TokenKind.PERSON, AFFINITY, NUMBER, 1, 1)
        self.forged = self.token[:-20] + self.token[-20:].swapcase()
        self._signed = self.token.rpartition(".")[0].encode()
        self._key = secrets.token_bytes(32)
        self._mac = hmac.digest(self._key, self._signed, "sha256")

    def bare(self) -> None:
        """The limit: in C, but for the two calls."""
        hmac.compare_digest(hmac.digest(self._key, self._signed, "sha256"), self._mac)

    def read(self) -> None:
        """A good link."""
        read(self.ring, self.token)

    def refuse(self) -> None:
        """A forged one."""
        try:
            read(self.ring, self.forged)
        except LinkRefused:
            return
        raise AssertionError("a forged link was read")

    def issue(self) -> None:
        """The link made again."""
        issue(self.ring, TokenKind.PERSON, AFFINITY, NUMBER, 1, 1)


def bench(count: int, runs: int) -> list[Figure]:
    """All of them in turn, so that the machine's moods fall on each; by this process's own CPU."""
    measured = Measured()
    deeds = {
        "bare HMAC-SHA-256, compared": measured.bare,
        "links read": measured.read,
        "forged links refused": measured.refuse,
        "links made": measured.issue,
    }
    spent: dict[str, list[float]] = {name: [] for name in deeds}
    for _ in range(runs):
        for name, deed in deeds.items():
            spent[name].append(_seconds(deed, count) / count)
    [bare, *_] = (median(each) for each in spent.values())
    return [
        Figure(name, 1 / median(each), 1 / min(each), median(each) / bare) for name, each in spent.items()
    ]


def _seconds(deed: Callable[[], None], count: int) -> float:
    started = time.process_time()
    for _ in range(count):
        deed()
    return time.process_time() - started


def text(figures: list[Figure]) -> str:
    """A table for a terminal."""
    head = f"{'one core':30}{'median/s':>12}{'best/s':>12}{'x bare':>9}\n"
    return head + "".join(
        f"{each.name:30}{each.per_second:>12,.0f}{each.best:>12,.0f}{each.ratio:>9.2f}\n" for each in figures
    )


def main() -> int:
    """0, and the table or its rows as JSON on stdout."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tokens", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of each: only that it works")
    parser.add_argument("--json", action="store_true", help="the rows as JSON")
    given = parser.parse_args()
    figures = bench(QUICK, 3) if given.quick else bench(COUNT, RUNS)
    sys.stdout.write(msgspec.json.encode(figures).decode() + "\n" if given.json else text(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
