"""`signalling.limits`, by a clock that is an argument."""

from hypothesis import given
from hypothesis import strategies as st

from signalling.limits import MINUTE_SECONDS, AtOnce, Bucket, Buckets, PerMinute


def test_the_301st_of_a_minute_is_refused() -> None:
    limit = PerMinute(300)
    assert [limit.take("a", n * 0.19) for n in range(300)] == [0.0] * 300
    wait = limit.take("a", 59.0)
    assert 0 < wait <= MINUTE_SECONDS
    assert limit.take("b", 59.0) == 0


def test_after_the_wait_it_is_allowed() -> None:
    limit = PerMinute(2)
    assert [limit.take("a", 0.0), limit.take("a", 1.0)] == [0, 0]
    wait = limit.take("a", 10.0)
    assert limit.take("a", 10.0 + wait - 1)
    later = 10.0 + wait
    while pause := limit.wait("a", later):
        later += pause
    assert limit.take("a", later) == 0


def test_a_caller_long_silent_begins_anew() -> None:
    limit = PerMinute(1)
    assert limit.take("a", 0.0) == 0
    assert limit.take("a", 2 * MINUTE_SECONDS) == 0


def test_waiting_counts_nothing() -> None:
    limit = PerMinute(1)
    assert [limit.wait("a", 0.0) for _ in range(5)] == [0.0] * 5
    assert limit.take("a", 0.0) == 0
    assert limit.wait("a", 0.0) > 0


def test_memory_is_bounded_and_the_busy_are_remembered() -> None:
    limit = PerMinute(1, callers=3)
    for name in ("a", "b", "c", "d"):
        limit.take(name, 0.0)
    assert limit.take("d", 1.0) > 0
    assert limit.take("a", 1.0) == 0


@given(steps=st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=200), most=st.integers(1, 10))
def test_no_minute_holds_twice_the_limit(steps: list[float], most: int) -> None:
    limit, now, taken = PerMinute(most), 0.0, []
    for step in steps:
        now += step
        if limit.take("a", now) == 0:
            taken.append(now)
    for start in taken:
        assert sum(start <= at < start + MINUTE_SECONDS for at in taken) < 2 * most + 1


def test_a_bucket_has_a_burst_and_a_rate() -> None:
    bucket = Bucket(rate=50, burst=200, now=0.0)
    assert sum(bucket.take(0.0) for _ in range(1000)) == 200
    assert sum(bucket.take(1.0) for _ in range(1000)) == 50
    assert sum(bucket.take(1000.0) for _ in range(1000)) == 200


def test_each_caller_has_a_bucket_and_the_wait_is_told() -> None:
    buckets = Buckets(4, 3)
    assert [buckets.take("a", 0.0) for _ in range(4)] == [0, 0, 0, 4]
    assert buckets.take("b", 0.0) == 0
    assert buckets.wait("a", 2.0) == 2
    assert [buckets.take("a", 4.0), buckets.take("a", 4.0)] == [0, 4]


def test_whoever_asked_longest_ago_is_forgotten() -> None:
    buckets = Buckets(5, 1, callers=2)
    assert [buckets.take(caller, 0.0) for caller in ("a", "b", "a")] == [0, 0, 5]
    buckets.take("c", 0.0)
    assert [buckets.take(caller, 0.0) for caller in ("a", "b")] == [5, 0]


def test_what_was_spent_for_nothing_is_given_back() -> None:
    buckets = Buckets(4, 1)
    assert [buckets.take("a", 0.0), buckets.take("a", 0.0)] == [0, 4]
    buckets.give_back("a")
    buckets.give_back("a")
    assert [buckets.take("a", 0.0), buckets.take("a", 0.0)] == [0, 4]
    buckets.give_back("nobody")


def test_so_many_at_once_of_all_and_of_one() -> None:
    slots = AtOnce(3, of_one=2)
    assert [slots.room("a"), slots.room_of_one("a")] == [2, 2]
    slots.take("a")
    slots.take("a")
    assert [slots.room("a"), slots.room("b")] == [0, 1]
    slots.take("b")
    assert [slots.room("c"), slots.room_of_one("c")] == [0, 2]
    slots.free("a")
    assert [slots.room("a"), slots.room("c")] == [1, 1]


def test_where_nothing_is_said_of_all_only_one_s_own_count() -> None:
    slots = AtOnce(None, of_one=1)
    for name in "abc":
        slots.take(name)
    assert [slots.room(name) for name in "abcd"] == [0, 0, 0, 1]
