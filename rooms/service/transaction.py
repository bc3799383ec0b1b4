"""Load a floor, let a pure function decide, commit what it decided: the one loop behind every
live command.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

import msgspec

from rooms.changes import Change
from rooms.errors import Unavailable
from rooms.ids import ClinicId, PractitionerNo, SessionId
from rooms.ports import Append, Conflict, Lease, Put, Store
from rooms.records import Floor
from rooms.visit.transition import FloorChange

MAX_FLOOR_ATTEMPTS = 20
"""More colliding writers than one practitioner's day ever has; after that the answer is
`backend_unavailable`.
"""


class Here(msgspec.Struct, frozen=True):
    """Which session a socket speaks for, and at which epoch."""

    clinic: ClinicId
    practitioner: PractitionerNo
    sid: SessionId
    epoch: int


FloorLock = Callable[[ClinicId, PractitionerNo], AbstractAsyncContextManager[object]]
"""What commands on one floor wait at, one after another, on one process. Between processes the versions
decide.
"""


def no_floor_lock(clinic: ClinicId, practitioner: PractitionerNo) -> AbstractAsyncContextManager[None]:
    """For a process that asks one thing at a time."""
    return nullcontext()


def floor_changes(practitioner: PractitionerNo, change: FloorChange) -> list[Change]:
    """The commit a floor's change comes to: floor, ledgers and leases, all of one clinic."""
    entries: list[Change] = [Append(room, practitioner, entry) for room, entry in change.entries]
    leases: list[Change] = [
        Lease(practitioner, lease.sid, lease.until, lease.seen) for lease in change.leases
    ]
    return [Put(change.floor, change.above), *entries, *leases]


async def transact(
    store: Store,
    clinic: ClinicId,
    practitioner: PractitionerNo,
    decide: Callable[[Floor], FloorChange | None],
) -> Floor:
    """Decide on the floor as it stands and commit; the floor after it. None from `decide`: nothing to write.

    Raises whatever `decide` raises, and `Unavailable`.
    """
    for _ in range(MAX_FLOOR_ATTEMPTS):
        floor = await store.floor(clinic, practitioner)
        change = decide(floor)
        if change is None:
            return floor
        try:
            await store.commit(clinic, floor_changes(practitioner, change))
        except Conflict:
            continue
        return stored(change.floor, change.above)
    raise Unavailable


def stored(floor: Floor, above: int = 0) -> Floor:
    """A floor as the store now holds it: one version on, or one above `above`."""
    return msgspec.structs.replace(floor, version=max(floor.version, above) + 1)
