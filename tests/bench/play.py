"""Playing calls that are already joined: as fast as they go, or at a stated rate."""

import asyncio
import time
from collections.abc import Sequence

from tests.bench.call import ROUND, Call, Side
from tests.bench.wire import BenchError

EACH = ROUND // 2
STALL_SECONDS = 60.0


class Rounds:
    """One call that makes `rounds` exchanges in order, as fast as they go.

    In turn: each frame answers the other side's last, so that every one is read and written by itself.
    In bursts: the offer; on its arrival the answer and the callee's candidates; on the answer's arrival the
    caller's candidates.
    """

    def __init__(self, call: Call, rounds: int, bursts: bool) -> None:
        self._call, self._left, self._burst = call, rounds, bursts
        self._arrived = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        call.caller.on_signal = self._at_caller
        call.callee.on_signal = self._at_callee

    def start(self) -> None:
        """Send the first offer."""
        self._call.caller.send(0, 1)

    def _at_callee(self, received: int) -> None:
        step = (received - 1) % EACH
        if not self._burst:
            self._call.callee.send(step, step + 1)
        elif step == 0:
            self._call.callee.send(0, EACH)
        self._count()

    def _at_caller(self, received: int) -> None:
        step = received % EACH
        if not self._burst:
            self._call.caller.send(step, step + 1 if step else 0)
        elif step == 1:
            self._call.caller.send(1, EACH)
        self._count()

    def _count(self) -> None:
        self._arrived += 1
        if self._arrived < ROUND:
            return
        self._arrived = 0
        self._left -= 1
        if self._left:
            self.start()
        else:
            self.done.set_result(None)


async def flat_out(calls: Sequence[Call], rounds: int, *, bursts: bool) -> tuple[list[int], float]:
    """Every call at once, `rounds` exchanges each; the latencies in ns and the seconds it took."""
    latencies = _start(calls)
    playing = [Rounds(call, rounds, bursts) for call in calls]
    began = time.perf_counter()
    for one in playing:
        one.start()
    try:
        async with asyncio.timeout(STALL_SECONDS):
            await asyncio.gather(*(one.done for one in playing))
    except TimeoutError:
        raise stalled(calls) from None
    return latencies, time.perf_counter() - began


async def paced(calls: Sequence[Call], rate: float, seconds: float) -> list[int]:
    """Single frames at `rate` a second over all calls, in the exchange's order, whatever the server does.

    The latencies in ns.
    """
    latencies = _start(calls)
    total = max(1, round(rate * seconds / (ROUND * len(calls)))) * ROUND * len(calls)
    began, sent = time.perf_counter(), 0
    while sent < total:
        await asyncio.sleep(0.001)
        while sent < min(total, (time.perf_counter() - began) * rate):
            step, number = divmod(sent, len(calls))
            _step(calls[number], step % ROUND)
            sent += 1
    for _ in range(int(STALL_SECONDS / 0.01)):
        if len(latencies) == total:
            return latencies
        await asyncio.sleep(0.01)
    raise stalled(calls)


def _step(call: Call, step: int) -> None:
    """The exchange one frame at a time: offer, answer, then candidates in turn."""
    side: Side = call.callee if step % 2 else call.caller
    side.send(step // 2, step // 2 + 1)


def _start(calls: Sequence[Call]) -> list[int]:
    latencies: list[int] = []
    for side in (side for call in calls for side in (call.caller, call.callee)):
        side.start(latencies)
    return latencies


def stalled(calls: Sequence[Call]) -> BenchError:
    """Why not everything arrived: the first other frame that came instead, if any."""
    strays = [side.stray for call in calls for side in (call.caller, call.callee) if side.stray]
    return BenchError(f"not everything arrived within {STALL_SECONDS:.0f} s; other frames: {strays[:1]!r}")
