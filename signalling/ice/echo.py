"""The server's side of the echo call in a device check (E4): who may call, for how long, and who is told
that it cannot be.

Nothing of it waits for the child; a check without an echo call is still a check.
"""

import asyncio
import importlib.util
import logging
import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from rooms.times import Instant
from signalling.ice.echo_process import EchoPeerLine, EchoProcess
from signalling.ice.servers import IceServers

log = logging.getLogger(__name__)

CALL_SECONDS = 60.0
"""A page measures for five; whoever stays longer is not measuring."""

OFFER_SECONDS = 20.0
"""A place that nobody calls from is given to the next."""

REST_SECONDS = 300.0
"""Without a call for so long the child ends and gives its memory back."""

STEADY_SECONDS = 10.0
"""A child that lived shorter is started again ever more slowly."""

SLOWEST_RESTART = 60.0
"""Seconds between two starts of a child that keeps dying."""


class EchoCounts(Protocol):
    """Where calls are counted (`signalling.metrics`)."""

    def echo_ended(self, result: str, seconds: float) -> None: ...
    def echo_refused(self, code: str) -> None: ...
    def echo_worked(self, seconds: float) -> None: ...


class NoEcho(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why there is no echo peer for this check, for the page: it goes on without."""

    code: str
    message: str
    retry_after: int | None = None


ECHO_UNAVAILABLE = NoEcho("echo_unavailable", "The connection cannot be measured on this server.")
ECHO_BUSY = NoEcho("echo_busy", "Too many people are testing just now. Try again in a minute.", 60)


class EchoCall:
    """One page's place. `answer` is called with the `data` of each signal that comes back."""

    def __init__(self, echo: "Echo", began: float) -> None:
        self.sid = f"echo.{secrets.token_urlsafe(16)}"
        self.answer: Callable[[bytes], None] = lambda _: None
        self.began, self.called = began, False
        self._echo: Echo | None = echo
        self.deadline: asyncio.TimerHandle | None = None

    def send(self, data: bytes) -> bool:
        """Pass a signal on; False: the call is over."""
        if self._echo is None:
            return False
        self._echo.pass_on(self, data)
        return True

    def hang_up(self) -> None:
        """The page has left."""
        if self._echo is not None:
            self._echo.hang_up(self, "ended")

    def close(self) -> None:
        """Called by `Echo`."""
        self._echo = None
        if self.deadline is not None:
            self.deadline.cancel()


class Echo:
    """At most `most` calls at once, on one child, which offers `addresses` beside those it finds itself."""

    def __init__(
        self,
        ice: IceServers,
        most: int,
        addresses: Sequence[str],
        counts: EchoCounts,
        clock: Callable[[], Instant],
    ) -> None:
        self._ice, self._most, self._addresses = ice, most, addresses
        self._counts, self._clock = counts, clock
        self._calls: dict[str, EchoCall] = {}
        self._process: EchoProcess | None = None
        self._running: asyncio.Task[None] | None = None
        self._there = most > 0 and importlib.util.find_spec("aiortc") is not None
        self._failures, self._not_before, self._cpu = 0, 0.0, 0.0
        self._stopping: asyncio.TimerHandle | None = None

    def open(self) -> EchoCall | NoEcho:
        """A place for one call, or why there is none."""
        loop = asyncio.get_running_loop()
        refused = self._no_echo_reason(loop.time())
        if refused is not None:
            self._counts.echo_refused(refused.code)
            return refused
        process = self._started(loop)
        call = EchoCall(self, loop.time())
        self._calls[call.sid] = call
        servers = self._ice.config(call.sid, self._clock())["iceServers"]
        process.write({"call": call.sid, "ice": servers})
        call.deadline = loop.call_later(OFFER_SECONDS, self.hang_up, call, "idle")
        return call

    def _no_echo_reason(self, now: float) -> NoEcho | None:
        if not self._there:
            return ECHO_UNAVAILABLE
        if len(self._calls) >= self._most:
            return ECHO_BUSY
        if self._process is None and now < self._not_before:
            return msgspec.structs.replace(ECHO_UNAVAILABLE, retry_after=round(self._not_before - now) + 1)
        return None

    def _started(self, loop: asyncio.AbstractEventLoop) -> EchoProcess:
        if self._stopping is not None:
            self._stopping.cancel()
        if self._process is None:
            self._process = process = EchoProcess(self._addresses, self._heard)
            self._cpu = 0.0
            self._running = loop.create_task(self._run(process), name="echo peer")
        return self._process

    async def _run(self, process: EchoProcess) -> None:
        """One child's life; its calls end with it."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await process.run()
        except OSError as error:
            log.error("the echo peer cannot be started: %s", error.strerror)
        finally:
            # Nobody is given this child any more; who asks next has a new one, if not at once.
            if self._process is process:
                self._lost(loop.time() - began)

    def _lost(self, lived: float) -> None:
        self._process = None
        for call in list(self._calls.values()):
            self._over(call, "died")
        self._failures = 0 if lived >= STEADY_SECONDS else self._failures + 1
        wait = min(SLOWEST_RESTART, 2.0**self._failures) if self._failures else 0.0
        self._not_before = asyncio.get_running_loop().time() + wait

    def _heard(self, said: EchoPeerLine) -> None:
        if said.alive:
            self._counts.echo_worked(max(0.0, said.alive - self._cpu))
            self._cpu = max(self._cpu, said.alive)
        call = self._calls.get(said.call)
        if call is None:
            return
        if said.over:
            self._over(call, said.over)
        elif bytes(said.data):
            call.answer(bytes(said.data))

    def pass_on(self, call: EchoCall, data: bytes) -> None:
        """A signal of the page's; the first one begins the call."""
        if not call.called and call.deadline is not None:
            call.called = True
            call.deadline.cancel()
            call.deadline = asyncio.get_running_loop().call_later(CALL_SECONDS, self.hang_up, call, "limit")
        if self._process is not None:
            self._process.write({"call": call.sid, "data": msgspec.Raw(data)})

    def hang_up(self, call: EchoCall, reason: str) -> None:
        """End a call; its place is free at once."""
        if self._process is not None:
            self._process.write({"call": call.sid, "hang_up": True})
        self._over(call, reason)

    def _over(self, call: EchoCall, reason: str) -> None:
        if self._calls.pop(call.sid, None) is None:
            return
        call.close()
        loop = asyncio.get_running_loop()
        self._counts.echo_ended(reason, loop.time() - call.began)
        if not self._calls and self._process is not None:
            self._stopping = loop.call_later(REST_SECONDS, self._rest)

    def _rest(self) -> None:
        if self._running is not None and not self._calls:
            self._process = None
            self._running.cancel()

    async def close(self) -> None:
        """With the server."""
        self._there = False
        for call in list(self._calls.values()):
            self.hang_up(call, "ended")
        if self._stopping is not None:
            self._stopping.cancel()
        self._process = None
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
