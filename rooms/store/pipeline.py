"""One connection on which everything of this process that is waiting goes to Redis in one pipeline.

Whoever calls joins a queue; one task sends what is queued, reads the replies in order, and hands them out. So
under load a command costs a share of one write and one read; the order of one process's commands is kept;
and a caller that is cancelled drops only its own future, while the task still reads that reply: it cannot
be left for another caller (RELIABILITY 2, 20 Mar 2023).

Nothing is sent twice (redis-py's retries re-send commands that are not idempotent), but for a
script that Redis did not know (NOSCRIPT): that one was not run.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError

from rooms.errors import Unavailable
from rooms.store.encode import Reply, WrongReply
from rooms.store.scripts import ALL_SCRIPTS, Script
from rooms.store.trouble import Trouble

Arg = str | bytes | int
Command = tuple[Arg, ...]

CONNECT_TIMEOUT: Final = 1.0
"""Seconds to reach Redis and shake hands; a Redis in reach takes milliseconds."""

EXCHANGE_TIMEOUT: Final = 2.0
"""Seconds for one batch to be sent and answered: 256 commands take some 10 ms, and joins that cannot be
served are to be told within 2 s (RELIABILITY 4)."""

PIPELINE_BATCH: Final = 256
"""Commands in one pipeline: beyond, a command costs no less, and whoever is queued behind waits longer."""

PIPELINE_QUEUE: Final = 20_000
"""Commands that may wait: what 10,000 sockets ask at once. Beyond it is better to say so than to grow."""

_SOURCES: Final[dict[Arg, bytes]] = {script.digest: script.source for script in ALL_SCRIPTS}


def _pack(commands: Iterable[Command]) -> bytes:
    # In C; redis-py packs in Python. hiredis types a command as a tuple of one, and takes any length.
    pack: Callable[[Command], bytes] = hiredis.pack_command  # type: ignore[assignment]  # see above
    return b"".join([pack(command) for command in commands])


class _Request:
    """Commands of one caller that are sent next to each other."""

    __slots__ = ("answer", "commands", "packed")

    def __init__(self, commands: Sequence[Command], answer: asyncio.Future[list[Reply]]) -> None:
        # Packed here, so that a mistake in a command is its caller's error and nobody else's.
        self.packed = _pack(commands)
        self.commands, self.answer = commands, answer

    def resolve(self, replies: list[Reply]) -> None:
        if self.answer.done():  # the caller was cancelled
            return
        error = next((reply for reply in replies if isinstance(reply, Exception)), None)
        if error is None:
            self.answer.set_result(replies)
        else:
            self.answer.set_exception(error)

    def refuse(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(Unavailable())


class Pipeline:
    """A queue, the task that sends it, and the connection only that task touches. It belongs to one loop."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection
        self._queue: deque[_Request] = deque()
        self._queued = 0
        self._sender: asyncio.Task[None] | None = None
        self._trouble = Trouble()
        self._doubted = False
        self._echo = 0
        self.connections = 0
        """How often Redis was reached anew."""

    async def call(self, *command: Arg) -> Reply:
        """One command, one reply as Redis gave it (bytes, int, list, None). Raises `Unavailable`."""
        return (await self.calls([command]))[0]

    async def calls(self, commands: Sequence[Command]) -> list[Reply]:
        """Commands sent in this order next to each other, though others' may come between them at Redis.

        All are sent, also after one that failed; then the first error is raised. Raises `Unavailable`.
        """
        if self._queued + len(commands) > PIPELINE_QUEUE:
            raise Unavailable
        loop = asyncio.get_running_loop()
        request = _Request(commands, loop.create_future())
        self._queue.append(request)
        self._queued += len(commands)
        if self._sender is None:
            self._sender = loop.create_task(self._send(), name="redis pipeline")
        return await request.answer

    async def run(self, script: Script, keys: Sequence[str], *args: Arg) -> list[Reply]:
        """What a script answers after its echo. Raises `WrongReply` if the echo is not this call's."""
        command, echo = self.script(script, keys, *args)
        return self.echoed(await self.call(*command), echo)

    def script(self, script: Script, keys: Sequence[str], *args: Arg) -> tuple[Command, bytes]:
        """The command that runs a script, and the echo that its reply must begin with."""
        self._echo += 1
        echo = b"%s %d" % (script.name.encode(), self._echo)
        return ("EVALSHA", script.digest, len(keys), *keys, echo, *args), echo

    def echoed(self, reply: Reply, echo: bytes) -> list[Reply]:
        """The reply without its echo. If it is another's: gives the connection up, raises `WrongReply`."""
        if not isinstance(reply, list) or not reply or reply[0] != echo:
            self._doubted = True
            raise WrongReply(f"expected the echo {echo!r}")
        return reply[1:]

    async def close(self) -> None:
        """Let what is queued fail, and hang up."""
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        # Cancelled before its first step, the task has told nobody.
        self._sender = None
        self._refuse(self._take_all())
        await self._connection.disconnect()

    async def _send(self) -> None:
        """Empty the queue, then end: the next call starts the task anew."""
        try:
            while self._queue:
                if batch := self._take():
                    await self._send_batch(batch)
        finally:
            self._sender = None
            self._refuse(self._take_all())

    def _take(self) -> list[_Request]:
        batch: list[_Request] = []
        size = 0
        while self._queue and (not batch or size + len(self._queue[0].commands) <= PIPELINE_BATCH):
            request = self._queue.popleft()
            self._queued -= len(request.commands)
            if not request.answer.done():  # a cancelled caller's commands need not be sent any more
                batch.append(request)
                size += len(request.commands)
        return batch

    def _take_all(self) -> list[_Request]:
        rest = list(self._queue)
        self._queue.clear()
        self._queued = 0
        return rest

    def _refuse(self, requests: Iterable[_Request]) -> None:
        for request in requests:
            request.refuse()

    async def _send_batch(self, batch: list[_Request]) -> None:
        try:
            replies = iter(await self._exchange(batch))
        except (RedisError, OSError, TimeoutError) as error:
            self._trouble.say(type(error).__name__)
            # Who queued up behind a dead connection has waited as long: tell all, and try anew for the next.
            self._refuse([*batch, *self._take_all()])
            await self._hang_up()
        except BaseException:
            self._refuse(batch)
            await self._hang_up()
            raise
        else:
            for request in batch:
                request.resolve(list(islice(replies, len(request.commands))))

    async def _exchange(self, batch: list[_Request]) -> list[Reply]:
        await self._ready()
        commands = [command for request in batch for command in request.commands]
        async with asyncio.timeout(EXCHANGE_TIMEOUT):
            replies = await self._round(b"".join([request.packed for request in batch]), len(commands))
            await self._rerun_unknown(commands, replies)
        return [self._judged(reply) if isinstance(reply, Exception) else reply for reply in replies]

    def _judged(self, error: Exception) -> Exception:
        # A replica was the primary once, or its name leads elsewhere by now.
        self._doubted = self._doubted or isinstance(error, ReadOnlyError)
        return self._trouble.explain(error)

    async def _ready(self) -> None:
        """Connect, anew where something is left to read: an end of file, or a reply that is nobody's."""
        if self._connection.is_connected and (self._doubted or await self._connection.can_read()):
            await self._hang_up()
        if not self._connection.is_connected:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await self._connection.connect()  # type: ignore[no-untyped-call]  # redis-py has not typed it
            self.connections += 1

    async def _round(self, packed: bytes, count: int) -> list[Reply]:
        await self._connection.send_packed_command(packed, check_health=False)
        replies: list[Reply] = []
        for _ in range(count):
            try:
                replies.append(await self._connection.read_response())
            except ResponseError as error:
                replies.append(error)
        return replies

    async def _rerun_unknown(self, commands: Sequence[Command], replies: list[Reply]) -> None:
        """Send scripts that Redis did not know with their text; it keeps them. This cannot fail so again."""
        unknown = [i for i, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if unknown:
            again: list[Command] = [("EVAL", _SOURCES[commands[i][1]], *commands[i][2:]) for i in unknown]
            answers = await self._round(_pack(again), len(again))
            for i, answer in zip(unknown, answers, strict=True):
                replies[i] = answer

    async def _hang_up(self) -> None:
        await self._connection.disconnect(nowait=True)
        self._doubted = False
