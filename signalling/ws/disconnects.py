"""Sockets that closed: the disconnect is written down, now or as soon as the store can be told (F2,
RELIABILITY 4).
"""

import asyncio
import contextlib
from collections.abc import Callable

from rooms.errors import Refusal, Unavailable
from rooms.service.live.commands import Visits
from rooms.service.transaction import Here
from rooms.times import Instant
from signalling.ws.session import Session, Socket
from signalling.ws.session_registry import SessionRegistry


class Disconnects:
    """Disconnects under way and disconnects owed to the store."""

    def __init__(self, registry: SessionRegistry, visits: Visits, clock: Callable[[], Instant]) -> None:
        self.registry, self.visits, self.clock = registry, visits, clock
        self._owed: dict[Here, tuple[Instant, str]] = {}
        self._writing: set[asyncio.Task[None]] = set()
        self.sockets: set[Socket] = set()
        """Every open socket, those without a session, too."""
        self.draining = False
        """This process is stopping: nobody new comes in."""

    def clock_stepped(self, step: int) -> None:
        """The time was set by so many milliseconds: nobody has been silent for longer because of it."""
        for socket in self.sockets:
            socket.seen += step
        self._owed = {here: (seen + step, why) for here, (seen, why) in self._owed.items()}

    def closed(self, session: Session, seen: Instant) -> None:
        """The session's socket closed; its last inbound frame came at `seen`.

        Written in a task of its own: a handler whose connection is lost is cancelled.
        """
        why = "drained" if self.draining else "dropped"
        task = asyncio.get_running_loop().create_task(self._write(session.here, seen, why))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, here: Here, seen: Instant, why: str) -> None:
        try:
            await self.visits.disconnected(here, seen, self.clock(), why)
        except Unavailable:
            self._owed[here] = (seen, why)

    async def pay(self) -> None:
        """Write what is owed. Raises `Unavailable` while it cannot be."""
        unsure, self.visits.unsure = self.visits.unsure, []
        self._owed |= {here: (self.clock(), "dropped") for here in unsure}
        for here, (seen, why) in list(self._owed.items()):
            await self.visits.disconnected(here, seen, self.clock(), why)
            self._owed.pop(here, None)

    async def drain(self, seconds: float) -> None:
        """Tell every client to come back elsewhere, close, and write the disconnects down; at most
        `seconds`.
        """
        self.draining = True
        restart = Refusal("draining", "This server is restarting. Please come back.", retry_after=1)
        for session in list(self.registry.sessions.values()):
            if session.socket is not None:
                session.refuse(restart, close="draining")
        for socket in list(self.sockets):
            if not socket.closing:
                socket.refuse(restart, "draining")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # Once, at the end of a process: polled rather than wired through every session.
                while self._writing or self.sockets:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        with contextlib.suppress(Unavailable):
            # What cannot be told now ends at the same frame when the lease runs out.
            await self.pay()
