"""What Redis cannot do now, told apart from what we should not have asked, and logged now and then."""

import logging
import re
import time
from typing import Final

from rooms.errors import Unavailable

log = logging.getLogger(__name__)

SAY_EVERY: Final = 10.0
"""Seconds between two lines about trouble: under load every command meets it, and one line tells as much."""

# Whatever is asked, it is refused; before Redis 7 a script's error has the word inside.
_WORDS: Final = re.compile(
    r"\b(MISCONF|READONLY|OOM|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|TRYAGAIN|BUSY|UNKILLABLE|NOAUTH|NOPERM)\b"
)


class Trouble:
    """One pipeline's."""

    def __init__(self) -> None:
        self._said_at = -SAY_EVERY

    def explain(self, error: Exception) -> Exception:
        """`Unavailable` for what is Redis's trouble; any other error is our mistake and stays what it is."""
        # redis-py cuts the word off where it has a class for it, and keeps it in `status_code`.
        word = _WORDS.search(f"{getattr(error, 'status_code', '')} {error}")
        if word is None:
            return error
        self.say(word[0])
        return Unavailable()

    def say(self, what: str) -> None:
        """Log it, unless something was logged just now. `what` is a word of Redis or a class, never data."""
        now = time.monotonic()
        if now - self._said_at >= SAY_EVERY:
            self._said_at = now
            log.warning("Redis cannot serve: %s", what)
