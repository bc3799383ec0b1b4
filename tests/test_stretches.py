from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rooms.stretches import Stretch, difference, intersection, total, union

spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair))), max_size=8
)


def points(found: list[Stretch]) -> set[int]:
    return {point for start, end in found for point in range(start, end)}


def test_a_union_is_ordered_disjoint_and_without_empty_spans() -> None:
    assert union([(5, 9), (0, 2), (2, 3), (7, 8), (20, 20)]) == [(0, 3), (5, 9)]


def test_neighbours_do_not_overlap() -> None:
    assert intersection([(0, 5)], [(5, 9)]) == []


@given(spans, spans)
def test_they_are_what_sets_of_instants_are(ones: list[Stretch], others: list[Stretch]) -> None:
    a, b = union(ones), union(others)
    assert points(a) == points(ones)
    assert points(intersection(a, b)) == points(ones) & points(others)
    assert points(difference(a, b)) == points(ones) - points(others)
    assert total(a) == len(points(ones))
    assert difference(a, b) == union(difference(a, b))
    assert intersection(a, b) == union(intersection(a, b))
    assert all(x[1] < y[0] for x, y in pairwise(a))
