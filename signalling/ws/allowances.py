"""How often one socket may ask for what costs more than passing a frame on."""

import time

from rooms.errors import Refusal
from signalling.limits import Bucket


class Allowance:
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


def media() -> Allowance:
    """Each change of media is a line in a ledger that is kept for years."""
    return Allowance(5, 20, "Media cannot come and go that fast.")


def ice() -> Allowance:
    """Restarts towards each of three people, and first tries of a bad network."""
    return Allowance(2, 10, "ICE cannot be restarted that fast.")


def checks() -> Allowance:
    """Each result is a commit."""
    return Allowance(3, 10, "Results of a device check cannot come that fast.")
