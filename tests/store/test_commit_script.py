"""`commit.lua` itself: compares everything before it writes anything, and refuses what it does not know."""

import pytest
from redis.exceptions import ClusterCrossSlotError, ResponseError

from rooms.ids import ClinicId
from rooms.store import RedisStore, keys
from rooms.store.pipeline import Arg, Pipeline
from rooms.store.scripts import ALL_SCRIPTS, COMMIT_SCRIPT
from tests.store.backends import Backend
from tests.store.build import a_clinic_id

WRITE: tuple[Arg, ...] = ("SET", 1, 1, "1 {}")


async def _commit(store: RedisStore, key: str, *args: Arg) -> object:
    return await store._pipeline.run(COMMIT_SCRIPT, [key], *args)


@pytest.mark.parametrize(
    "args",
    [
        (1, "maybe", 1, 0, 1, *WRITE),  # no such check
        (1, "string", 2, 0, 1, *WRITE),  # no such key
        (0, 2, *WRITE, "FLUSHALL", 1, 0),  # a command that is not a write of records
        (0, 2, *WRITE, "GET", 1, 0),
        (0, 2, *WRITE, "SET", 2, 1, "x"),  # no such key
        (0, 1, *WRITE, "left over"),
        (0, 2, *WRITE, "RPUSH", 1, 5, "too few"),
        (0, 2, *WRITE, "EMIT", 1, 3, 9, "subject", "x"),  # no such key to number it in
        (0, 2, *WRITE, "EMIT", 1, 3, "x", "subject", "x"),
    ],
)
async def test_a_malformed_call_writes_nothing(
    store: RedisStore, clinic: ClinicId, args: tuple[Arg, ...]
) -> None:
    key = keys.clinic(clinic)
    with pytest.raises(ResponseError, match="BADCOMMIT"):
        await _commit(store, key, *args)
    assert await store._pipeline.call("EXISTS", key) == 0


@pytest.mark.parametrize(
    ("checks", "conflict"),
    [
        (("string", 1, 0), None),
        (("string", 1, 1), 1),
        (("string", 1, 0, "string", 1, 2), 2),
    ],
)
async def test_a_conflict_names_the_check(
    store: RedisStore, clinic: ClinicId, checks: tuple[Arg, ...], conflict: int | None
) -> None:
    key = keys.clinic(clinic)
    answer = await _commit(store, key, len(checks) // 3, *checks, 1, *WRITE)
    assert answer == ([b"ok"] if conflict is None else [b"conflict", conflict])
    assert await store._pipeline.call("EXISTS", key) == (conflict is None)


@pytest.mark.parametrize(("expected", "same"), [("", False), (5, True), ("5.0", True), (6, False)])
async def test_a_score_is_compared_as_a_number(
    store: RedisStore, clinic: ClinicId, expected: Arg, *, same: bool
) -> None:
    key = keys.leases(clinic)
    await store._pipeline.call("ZADD", key, 5, "member")
    answer = await _commit(store, key, 1, "score", 1, "member", expected, 1, "ZREM", 1, 1, "member")
    assert (answer == [b"ok"]) is same


async def test_an_absent_score_is_expected_as_nothing(store: RedisStore, clinic: ClinicId) -> None:
    key = keys.leases(clinic)
    for expected, answer in (("", [b"ok"]), ("5", [b"conflict", 1])):
        assert await _commit(store, key, 1, "score", 1, "m", expected, 1, "ZREM", 1, 1, "m") == answer


@pytest.mark.parametrize(
    ("past", "seen", "same"),
    [
        (0, ("a:20", 1, "b:30:7", 2), True),
        (0, ("a:20", 1, "b:30:7", 3), False),
        (0, ("a:20", 1, "c:40", 2), False),
        (0, ("a:20", 1), False),
        (0, ("a:20", 1, "b:30:7", 2, "c:40", 3), False),
        (0, (), False),
        (19, ("a:20", 1, "b:30:7", 2), True),
        (20, ("b:30:7", 2), True),
        (20, ("a:20", 1, "b:30:7", 2), False),
        (20, (), False),
        (30, (), True),
        (30, ("b:30:7", 2), False),
    ],
)
async def test_a_range_is_compared_member_by_member(
    store: RedisStore, clinic: ClinicId, past: int, seen: tuple[Arg, ...], *, same: bool
) -> None:
    """What ends by `past` may come and go."""
    key = keys.due(clinic)
    await store._pipeline.call("ZADD", key, 0, "before:90", 1, "a:20", 2, "b:30:7", 3, "c:40")
    check = (1, "range", 1, 1, 3, past, len(seen) // 2, *seen)
    answer = await _commit(store, key, *check, 1, "ZADD", 1, 2, 9, "new")
    assert (answer == [b"ok"]) is same
    assert await store._pipeline.call("ZCARD", key) == 4 + same


async def test_a_record_is_written_one_version_on_from_what_is_there(
    store: RedisStore, clinic: ClinicId
) -> None:
    key = keys.backfill_run(clinic)
    for version in (1, 2, 3):
        assert await _commit(store, key, 0, 1, "NEXT", 1, 1, b'{"a": 1}') == [b"ok"]
        assert await store._pipeline.call("GET", key) == b'%d {"a": 1}' % version


async def test_data_is_never_taken_for_instructions(store: RedisStore, clinic: ClinicId) -> None:
    """Text that looks like checks, writes, Lua and protocol comes back as it went."""
    nasty = b"1 string\r\n*3\r\n$3\r\nSET'\"]]--\x00\xff redis.call('FLUSHALL')"
    key = keys.clinic(clinic)
    await _commit(store, key, 1, "string", 1, 0, 1, "SET", 1, 1, nasty)
    assert await store._pipeline.call("GET", key) == nasty


async def test_no_commit_crosses_a_slot_unnoticed(
    store: RedisStore, backend: Backend, clinic: ClinicId
) -> None:
    """On the Cluster node, whatever else this suite commits would fail like this."""
    two = [keys.clinic(clinic), keys.clinic(a_clinic_id())]
    if backend.name != "cluster":
        assert await store._pipeline.run(COMMIT_SCRIPT, two, 0, 1, *WRITE) == [b"ok"]
        return
    with pytest.raises(ClusterCrossSlotError):
        await store._pipeline.run(COMMIT_SCRIPT, two, 0, 1, *WRITE)


async def test_every_script_answers_with_its_echo(lane: Pipeline, clinic: ClinicId) -> None:
    given: dict[str, tuple[list[str], tuple[Arg, ...]]] = {
        "commit": ([keys.clinic(clinic)], (0, 0)),
        "arrival": ([f"{keys.clinic(clinic)}:{n}" for n in range(4)], ("number",)),
        "renew": ([keys.leases(clinic), keys.seen(clinic)], ()),
        "beat": ([keys.BEAT, keys.OUTAGES], (1, 1)),
        "take": ([keys.limit(clinic, "x")], (1, 1000)),
    }
    for script in ALL_SCRIPTS:
        script_keys, args = given[script.name]
        command, echo = lane.script(script, script_keys, *args)
        reply = await lane.call(*command)
        assert reply[0] == echo
