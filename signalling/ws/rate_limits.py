"""How often one socket, and one link over all its sockets, may ask for what costs more than passing a frame
on.
"""

import math
import time
from collections.abc import Callable

from rooms.access.tokens import Claims
from rooms.errors import LinkRefused, Refusal
from rooms.records import Seat
from rooms.service.live.link_holder import LinkHolder
from signalling.limits import AtOnce, Bucket, Buckets

HELLOS_AT_ONCE, HELLO_EVERY = 30, 5.0
"""Hellos and resumes of one link at once, then one every so many seconds. A phone that changes between Wi-Fi
and mobile every second for half a minute, or somebody who reloads until a camera works, does not meet it; and
a link that does nothing else writes 24 lines a minute into a ledger that is kept for years.
"""

COMMANDS_AT_ONCE, COMMAND_EVERY = 60, 1.0
"""Commands of one link that are stored, at once and then seconds for each: a practitioner's busiest minute
has some ten. Each is a commit, lines in a ledger and a new view for everybody on the floor.
"""

CHECKS_OF_LINK = 5
"""Device checks that one link may have open at a time: two devices, and some whose pages were closed without
a word.
"""

CHECKS_AT_ONCE = 1_000
"""Of all links on this process, each with a socket for ten minutes at most: far more than a clinic's patients
do at a time, and a twentieth of what a process can hold.
"""

Link = tuple[str, int]
"""An appointment's or a grant's number, and the person's: what a token says, and what a seat keeps of it."""


class LinkRateLimits:
    """What each link has left on this process. Between processes the floor is what is bounded
    (`rooms.visit.transition.DEPARTURES_OF_ONE`).
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._hellos = Buckets(HELLO_EVERY, HELLOS_AT_ONCE)
        self._commands = Buckets(COMMAND_EVERY, COMMANDS_AT_ONCE)
        self._checks = AtOnce(CHECKS_AT_ONCE, of_one=CHECKS_OF_LINK)

    def hello(self, claims: Claims) -> None:
        """A hello, or a device check, by a token that is well signed. Raises `rate_limited`."""
        wait = self._hellos.take((claims.number, claims.person), self._monotonic())
        if wait:
            refused = _too_often(wait)
            refused.signed_by = claims.key
            raise refused

    def may_resume(self, link: Link) -> None:
        """Raises `rate_limited`. Spends nothing: whoever does not have the key spends nobody's."""
        wait = self._hellos.wait(link, self._monotonic())
        if wait:
            raise _too_often(wait)

    def resumed(self, link: Link) -> None:
        """A resume by its key."""
        self._hellos.take(link, self._monotonic())

    def command(self, link: Link) -> None:
        """Something that is stored. Raises `rate_limited`."""
        wait = self._commands.take(link, self._monotonic())
        if wait:
            message = "Too many commands at once. Please wait a moment."
            raise Refusal("rate_limited", message, retry_after=math.ceil(wait))

    def check(self, link: Link) -> None:
        """One more device check of this link is open, until `check_over`. Raises `rate_limited`."""
        if self._checks.room_of_one(link) <= 0:
            message = "Several device checks are open with this link. Close one of them first."
            raise LinkRefused("rate_limited", message, retry_after=10)
        if self._checks.room(link) <= 0:
            message = "Very many people are checking their devices. Please try again in a moment."
            raise LinkRefused("rate_limited", message, retry_after=30)
        self._checks.take(link)

    def check_over(self, link: Link) -> None:
        """It is over."""
        self._checks.free(link)

    def give_command_back(self, link: Link) -> None:
        """The command was: it stored nothing and costs nothing."""
        self._commands.give_back(link)


def _too_often(wait: float) -> LinkRefused:
    message = "This link was used very often just now. Please wait a moment."
    return LinkRefused("rate_limited", message, retry_after=math.ceil(wait))


def link_of_seat(seat: Seat | None) -> Link:
    """By which link somebody has this seat."""
    return ("", 0) if seat is None else (seat.link or seat.grant or "", seat.number)


class SocketRateLimit:
    """`burst` at once, then one every `every` seconds. A socket that asks for none costs no memory for it."""

    __slots__ = ("_bucket", "_burst", "_every", "_message")

    def __init__(self, every: int, burst: int, message: str) -> None:
        self._every, self._burst, self._message = every, burst, message
        self._bucket: Bucket | None = None

    def spend(self) -> None:
        """One of them. Raises `rate_limited`."""
        now = time.monotonic()
        if self._bucket is None:
            self._bucket = Bucket(1 / self._every, self._burst, now)
        if not self._bucket.take(now):
            raise Refusal("rate_limited", self._message, retry_after=self._every)


def link_of_holder(holder: LinkHolder) -> Link:
    """By which link somebody checks their devices."""
    number = holder.appointment.no if holder.appointment else holder.grant.no if holder.grant else ""
    return number, holder.number


def media_limit() -> SocketRateLimit:
    """Each change of media is a line in a ledger that is kept for years."""
    return SocketRateLimit(5, 20, "Media cannot come and go that fast.")


def ice_limit() -> SocketRateLimit:
    """Restarts towards each of three people, and first tries of a bad network."""
    return SocketRateLimit(2, 10, "ICE cannot be restarted that fast.")


def check_limit() -> SocketRateLimit:
    """Each result is a commit."""
    return SocketRateLimit(3, 10, "Results of a device check cannot come that fast.")
