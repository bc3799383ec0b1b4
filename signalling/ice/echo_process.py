"""The child process in which the echo peer lives: started when it is needed, heard line by line, never waited
for (E4).
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence

import msgspec

log = logging.getLogger(__name__)

ECHO_LINE_BYTES = 256 * 1024
"""Bytes of one line: the largest description, escaped."""

ECHO_BACKLOG_BYTES = 1024 * 1024
"""Bytes that may be unread by a child; one that reads no more is replaced."""

ECHO_SILENCE_SECONDS = 30.0
"""Seconds without a sign of life after which it is replaced; it gives one every two."""

ECHO_END_SECONDS = 3.0
"""Seconds to end by itself."""

ECHO_COMMAND = (sys.executable, "-m", "signalling.ice.echo_peer")


class EchoPeerLine(msgspec.Struct):
    """One line of the child's (`signalling.ice.echo_peer`)."""

    call: str = ""
    data: msgspec.Raw = msgspec.Raw()
    over: str = ""
    alive: float = 0


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What the child sees: it reads what strangers send, and none of our secrets is its business."""
    return {name: value for name, value in ours.items() if not name.startswith("CONSULTROOM_")}


class EchoProcess:
    """One child, from `start` to `ended`. What is written before it is up waits in its pipe or here."""

    def __init__(self, addresses: Sequence[str], heard: Callable[[EchoPeerLine], None]) -> None:
        self._command = [*ECHO_COMMAND, *(f"--address={each}" for each in addresses)]
        self._heard = heard
        self._early: list[bytes] = []
        self._child: asyncio.subprocess.Process | None = None
        self._decode = msgspec.json.Decoder(EchoPeerLine).decode

    @property
    def pid(self) -> int | None:
        """For whoever looks at it from outside."""
        return self._child.pid if self._child else None

    def write(self, message: dict[str, object]) -> None:
        """One line; never waits."""
        line = msgspec.json.encode(message) + b"\n"
        pipe = self._child.stdin if self._child else None
        if pipe is None:
            self._early.append(line)
        elif pipe.transport.get_write_buffer_size() > ECHO_BACKLOG_BYTES:
            self.kill()
        elif not pipe.is_closing():
            pipe.write(line)

    def kill(self) -> None:
        """At once."""
        if self._child is not None and self._child.returncode is None:
            self._child.kill()

    async def run(self) -> None:
        """Start it and hear it until it ends, whyever. Raises `OSError` where it cannot be started."""
        child = self._child = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment(os.environ),
            limit=ECHO_LINE_BYTES,
        )
        try:
            for line in self._early:
                if child.stdin is not None:
                    child.stdin.write(line)
            await self._hear(child)
        finally:
            await self._end(child)

    async def _hear(self, child: asyncio.subprocess.Process) -> None:
        while child.stdout is not None:
            try:
                async with asyncio.timeout(ECHO_SILENCE_SECONDS):
                    line = await child.stdout.readline()
                if not line:
                    return
                self._heard(self._decode(line))
            except (TimeoutError, ValueError, msgspec.DecodeError) as error:
                log.warning("the echo peer is replaced: %s", type(error).__name__)
                return

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        """Its stdin ends, and with it the child; one that stays is killed."""
        if child.stdin is not None:
            child.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ECHO_END_SECONDS):
                await child.wait()
        self.kill()
        await child.wait()
