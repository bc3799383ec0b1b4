"""Whether one kind of answer takes longer than another, by rank (Mann and Whitney)."""

import math

NOISE = 4.0
"""Standard deviations of the rank test: by chance, one run in 15,000 lies beyond."""


def deviations(ones: list[float], others: list[float]) -> float:
    """How far the ranks of `ones` lie from what chance gives, in standard deviations."""
    ranks = {id: rank for rank, (_, id) in enumerate(sorted((t, n) for n, t in enumerate(ones + others)), 1)}
    n, m = len(ones), len(others)
    u = sum(ranks[number] for number in range(n)) - n * (n + 1) / 2
    return (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
