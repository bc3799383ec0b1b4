"""Sets of instants: half-open `(start, end)` in milliseconds, ordered and disjoint unless said otherwise."""

from collections.abc import Iterable, Sequence

from rooms.times import Instant

Stretch = tuple[Instant, Instant]


def union(spans: Iterable[Stretch]) -> list[Stretch]:
    """The same instants, ordered and disjoint, from spans in any order; empty ones vanish."""
    joined: list[Stretch] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def intersection(ones: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """The instants of both."""
    common = [(max(one[0], other[0]), min(one[1], other[1])) for one in ones for other in others]
    return [(start, end) for start, end in sorted(common) if start < end]


def difference(ones: Sequence[Stretch], without: Sequence[Stretch]) -> list[Stretch]:
    """The instants of the first that are not of the second."""
    left = list(ones)
    for start, end in without:
        left = [
            piece for a, b in left for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]
        ]
    return left


def total(spans: Iterable[Stretch]) -> int:
    """Milliseconds in all."""
    return sum(end - start for start, end in spans)
