"""How many connections this process has, of all and of each address, and which it will not have.

Every connection is an open file, and a process that has none left can neither accept nor ask Redis nor send a
webhook; libuv then drops who comes without a word. So the process raises its limit at the start, keeps a
reserve for itself, and refuses what is beyond, aloud.
"""

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from signalling.client_address import is_loopback, is_within, limit_key
from signalling.ip import IpNetwork
from signalling.limits import AtOnce
from signalling.metrics import Metrics

log = logging.getLogger("consultroom.http")

CONNECTIONS_PER_ADDRESS = 2000
"""A hospital behind one router has some hundred visits at once, each with a socket and a few requests."""

MOST_FILES = 1_048_576
"""Where the hard limit is unlimited: Linux's own default for it (fs.nr_open)."""

RESERVED_FILES = 256
"""Files kept for what is not a client: Redis, mail, webhooks, logs, Python's own."""

REFUSALS_LOGGED_EVERY = 60.0
"""Seconds between log lines of one kind: a flood of connections is no flood of lines."""

_REASONS: Mapping[str, str] = {
    "address": "one address has as many connections as it may (CONSULTROOM_CONNECTIONS_PER_ADDRESS)",
    "full": "this process has as many connections as its limit of open files allows",
    "flood": "a client sent more frames, bytes or crumbs, or left more answers unread, than any page does",
    "accept": "the system could not accept one",
}


def raise_file_limit() -> int:
    """Raise the soft limit of open files to the hard one; answers what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        log.info("limit of open files raised from %d to %d", soft, wanted)
    return wanted


class Connections:
    """`per_address`: of one address, an IPv6 /64 being one. None, as long as nothing was said: the usual
    number, and as many of loopback as there are, for a proxy may be there that nobody named. What `trusted`
    proxies open is theirs, and counted by client once a request says who it is (`enter`, `leave`).
    """

    def __init__(
        self,
        metrics: Metrics,
        per_address: int | None = None,
        trusted: Sequence[IpNetwork] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.metrics, self._trusted, self._monotonic = metrics, trusted, monotonic
        self._counts_loopback = per_address is not None
        self._addresses = AtOnce(None, of_one=per_address or CONNECTIONS_PER_ADDRESS)
        self._count = 0
        self._refused: Counter[str] = Counter()
        self._told_at: dict[str, float] = {}
        self.most = MOST_FILES

    def limit_to(self, files: int) -> None:
        """Have no more than leave a reserve of that many open files."""
        self.most = files - min(RESERVED_FILES, files // 4)

    def open(self, peer: str) -> str | None:
        """One more from this address; why it is not to be had, `address` or `full`."""
        if self._count >= self.most:
            return self.refused("full")
        if not is_within(peer, self._trusted) and not self.enter(peer):
            return self.refused("address")
        self._count += 1
        return None

    def close(self, peer: str) -> None:
        """One that was opened is gone."""
        self._count -= 1
        if not is_within(peer, self._trusted):
            self.leave(peer)

    def enter(self, address: str) -> bool:
        """Count one of this address, if it may have one more."""
        if not self._is_counted(address):
            return True
        key = limit_key(address)
        if self._addresses.room(key) <= 0:
            return False
        self._addresses.take(key)
        return True

    def leave(self, address: str) -> None:
        """One that was entered is gone."""
        if self._is_counted(address):
            self._addresses.free(limit_key(address))

    def _is_counted(self, address: str) -> bool:
        return self._counts_loopback or not is_loopback(address)

    def refused(self, reason: str) -> str:
        """Count it, and say so now and then."""
        self.metrics.connections_refused.labels(why=reason).inc()
        self._refused[reason] += 1
        now = self._monotonic()
        if now - self._told_at.get(reason, -REFUSALS_LOGGED_EVERY) >= REFUSALS_LOGGED_EVERY:
            self._told_at[reason] = now
            log.warning("connections refused, %d so far: %s", self._refused[reason], _REASONS[reason])
        return reason

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An exception handler of the loop (`loop.set_exception_handler`): asyncio tells it what accept
        raised, and goes on.
        """
        if str(context.get("message", "")).startswith("socket.accept()"):
            self.refused("accept")
        else:
            loop.default_exception_handler(context)
