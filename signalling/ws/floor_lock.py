"""One command after another for each floor on this process: when many come at once, nobody has to try again
in vain.
"""

import asyncio
from weakref import WeakValueDictionary

from rooms.ids import ClinicId, PractitionerNo


class FloorLocks:
    """A lock for each floor, for as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[ClinicId, PractitionerNo], asyncio.Lock] = (
            WeakValueDictionary()
        )

    def __call__(self, clinic: ClinicId, practitioner: PractitionerNo) -> asyncio.Lock:
        """Hold it with `async with`."""
        lock = self._locks.get((clinic, practitioner))
        if lock is None:
            lock = self._locks[clinic, practitioner] = asyncio.Lock()
        return lock
