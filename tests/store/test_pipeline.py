"""The lane: one connection for a whole process, and never another caller's answer."""

import asyncio
import random
import time

import pytest
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ResponseError

from rooms.errors import Unavailable
from rooms.ids import ClinicId
from rooms.store import keys, pipeline
from rooms.store.encode import Reply, WrongReply
from rooms.store.pipeline import Pipeline
from rooms.store.scripts import COMMIT_SCRIPT, RENEW_SCRIPT
from tests.store.backends import Backend


async def _echo(lane: Pipeline, text: str) -> None:
    assert await lane.call("ECHO", text) == text.encode()


async def test_replies_go_to_who_asked(lane: Pipeline) -> None:
    await asyncio.gather(*(_echo(lane, f"{n}") for n in range(3000)))


async def test_commands_of_one_process_keep_their_order(lane: Pipeline, clinic: ClinicId) -> None:
    key = keys.api_keys(clinic) + "x"
    calls = [asyncio.ensure_future(lane.call("RPUSH", key, n)) for n in range(1000)]
    assert await asyncio.gather(*calls) == list(range(1, 1001))
    assert await lane.call("LRANGE", key, 0, -1) == [str(n).encode() for n in range(1000)]
    await lane.call("DEL", key)


async def test_an_error_reaches_its_own_caller_only(lane: Pipeline, clinic: ClinicId) -> None:
    key = keys.clinic(clinic)
    await lane.call("SET", key, "text")
    good, bad, also_good = await asyncio.gather(
        lane.call("GET", key), lane.call("LPUSH", key, "x"), lane.call("STRLEN", key), return_exceptions=True
    )
    assert (good, also_good) == (b"text", 4)
    assert isinstance(bad, ResponseError)


async def test_commands_after_a_failed_one_are_sent_all_the_same(lane: Pipeline, clinic: ClinicId) -> None:
    key = keys.clinic(clinic)
    with pytest.raises(ResponseError, match="integer"):
        await lane.calls([("SET", key, "text"), ("INCR", key), ("APPEND", key, "s")])
    assert await lane.call("GET", key) == b"texts"


async def test_a_mistake_in_a_command_is_its_callers(lane: Pipeline) -> None:
    wrong, right = await asyncio.gather(
        lane.call("ECHO", None),  # type: ignore[arg-type]  # the mistake
        lane.call("ECHO", "right"),
        return_exceptions=True,
    )
    assert isinstance(wrong, TypeError)
    assert right == b"right"


async def test_30_000_calls_half_of_them_cancelled_give_no_wrong_reply(lane: Pipeline) -> None:
    """RELIABILITY 1 and 2: the ChatGPT incident of 20 March 2023 was a cancelled redis-py call."""
    dice, cancelled = random.Random(2023), 0

    async def ask(n: int) -> None:
        nonlocal cancelled
        call = asyncio.ensure_future(lane.call("ECHO", f"{n}"))
        if dice.random() < 0.5:
            for _ in range(dice.randrange(4)):
                await asyncio.sleep(0)
            cancelled += call.cancel()
        try:
            assert await call == f"{n}".encode()
        except asyncio.CancelledError:
            assert call.cancelled()

    async def worker(first: int) -> None:
        for n in range(first, first + 150):
            await ask(n)

    await asyncio.gather(*(worker(150 * n) for n in range(200)))
    assert 3_000 < cancelled < 27_000
    await _echo(lane, "still in step")


async def test_flushed_scripts_are_invisible_to_callers(
    lane: Pipeline, backend: Backend, clinic: ClinicId
) -> None:
    """RELIABILITY 4: `SCRIPT FLUSH` every 50 ms under load; each commit happens once."""
    ended = asyncio.Event()
    room = keys.due(clinic) + "x"

    async def flush() -> int:
        flushes, flusher = 0, backend.lane()
        while not ended.is_set():
            await flusher.call("SCRIPT", "FLUSH")
            flushes += 1
            await asyncio.sleep(0.05)
        await flusher.close()
        return flushes

    async def commit(first: int) -> None:
        for n in range(first, first + 100):
            assert await lane.run(COMMIT_SCRIPT, [room], 0, 1, "RPUSH", 1, 1, n) == [b"ok"]
            await asyncio.sleep(0.005)

    flusher = asyncio.ensure_future(flush())
    await asyncio.gather(*(commit(100 * n) for n in range(20)))
    ended.set()
    assert await flusher > 5
    assert sorted(map(int, await lane.call("LRANGE", room, 0, -1))) == list(range(2000))
    await lane.call("DEL", room)


async def test_another_s_echo_is_never_handed_on(lane: Pipeline, clinic: ClinicId) -> None:
    command, _ = lane.script(RENEW_SCRIPT, [keys.leases(clinic), keys.seen(clinic)])
    reply, connection = await lane.calls([command, ("CLIENT", "ID")])
    wrongs: tuple[Reply, ...] = (reply, None, [], b"ok")
    for wrong in wrongs:
        with pytest.raises(WrongReply):
            lane.echoed(wrong, b"another")
    another = await lane.call("CLIENT", "ID")
    assert another != connection
    assert await lane.call("CLIENT", "ID") == another


async def test_a_reply_that_is_nobody_s_is_not_read_as_an_answer(backend: Backend, lane: Pipeline) -> None:
    """As if a reply had been left over: the connection is given up, not the next answer shifted by one."""
    await _echo(lane, "first")
    await lane._connection.send_packed_command(b"*2\r\n$4\r\nECHO\r\n$4\r\nleft\r\n")
    await asyncio.sleep(0.05)
    await asyncio.gather(*(_echo(lane, f"{n}") for n in range(10)))


async def test_what_is_too_much_to_wait_is_refused_at_once(
    lane: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "PIPELINE_QUEUE", 10)
    answers = await asyncio.gather(*(lane.call("ECHO", f"{n}") for n in range(15)), return_exceptions=True)
    assert answers[:10] == [f"{n}".encode() for n in range(10)]
    assert all(isinstance(answer, Unavailable) for answer in answers[10:])
    await _echo(lane, "and room again")


async def test_closing_refuses_who_waits(backend: Backend) -> None:
    lane = backend.lane()
    waiting = [asyncio.ensure_future(lane.call("ECHO", "x")) for _ in range(1000)]
    await asyncio.sleep(0)
    await lane.close()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(answer == b"x" or isinstance(answer, Unavailable) for answer in answers)
    assert any(isinstance(answer, Unavailable) for answer in answers)


async def test_an_unknown_failure_ends_no_lane(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug below us is shown to the loop, its callers are told, and the next call works."""
    lane, loop = backend.lane(), asyncio.get_running_loop()
    await _echo(lane, "before")
    shown: list[object] = []
    loop.set_exception_handler(lambda _, context: shown.append(context["exception"]))

    async def broken(_: AbstractConnection) -> None:
        raise LookupError("a bug")

    try:
        with monkeypatch.context() as patch:
            patch.setattr(type(lane._connection), "read_response", broken)
            with pytest.raises(Unavailable):
                await lane.call("ECHO", "lost")
        await _echo(lane, "after")
    finally:
        loop.set_exception_handler(None)
        await lane.close()
    del lane


async def test_many_calls_together_cost_a_fraction_of_one_alone(backend: Backend, lane: Pipeline) -> None:
    """CONTRACT: redis-py takes 74 µs alone, 25 pipelined. Half is asked; a tenth was measured."""
    if backend.name == "fakeredis":
        return  # its own work is in this process, too

    async def cost(at_once: int) -> float:
        before = time.process_time()
        for _ in range(2000 // at_once):
            await asyncio.gather(*(lane.call("GET", keys.CLINICS + "x") for _ in range(at_once)))
        return time.process_time() - before

    alone, together = [[await cost(at_once) for _ in range(3)] for at_once in (1, 100)]
    assert min(together) < 0.5 * min(alone)
