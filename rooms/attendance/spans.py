"""Sets of instants: half-open `(start, end)` in milliseconds, ordered and disjoint unless said otherwise."""

from collections.abc import Iterable, Sequence

from rooms.times import Instant

Span = tuple[Instant, Instant]


def union(spans: Iterable[Span]) -> list[Span]:
    """The same instants, ordered and disjoint, from spans in any order; empty ones vanish."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def intersection(ones: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The instants of both."""
    common = [(max(one[0], other[0]), min(one[1], other[1])) for one in ones for other in others]
    return [(start, end) for start, end in sorted(common) if start < end]


def difference(ones: Sequence[Span], without: Sequence[Span]) -> list[Span]:
    """The instants of the first that are not of the second."""
    left = list(ones)
    for start, end in without:
        left = [
            piece for a, b in left for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]
        ]
    return left


def total(spans: Iterable[Span]) -> int:
    """Milliseconds in all."""
    return sum(end - start for start, end in spans)
