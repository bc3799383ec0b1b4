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
from rooms.visit.draft import Turn

TRIES = 20
"""More colliding writers than one practitioner's day ever has; after that the answer is
`backend_unavailable`.
"""


class Here(msgspec.Struct, frozen=True):
    """Which session a socket speaks for, and at which epoch."""

    clinic: ClinicId
    practitioner: PractitionerNo
    sid: SessionId
    epoch: int


Gate = Callable[[ClinicId, PractitionerNo], AbstractAsyncContextManager[object]]
"""What commands on one floor wait at, one after another, on one process. Between processes the versions
decide.
"""


def no_gate(clinic: ClinicId, practitioner: PractitionerNo) -> AbstractAsyncContextManager[None]:
    """For a process that asks one thing at a time."""
    return nullcontext()


def changes(practitioner: PractitionerNo, turn: Turn) -> list[Change]:
    """The commit a turn comes to: floor, ledgers and leases, all of one clinic."""
    entries: list[Change] = [Append(room, practitioner, entry) for room, entry in turn.entries]
    leases: list[Change] = [Lease(practitioner, lease.sid, lease.until, lease.seen) for lease in turn.leases]
    return [Put(turn.floor, turn.above), *entries, *leases]


async def take_turn(
    store: Store, clinic: ClinicId, practitioner: PractitionerNo, decide: Callable[[Floor], Turn | None]
) -> Floor:
    """Decide on the floor as it stands and commit; the floor after it. None from `decide`: nothing to write.

    Raises whatever `decide` raises, and `Unavailable`.
    """
    for _ in range(TRIES):
        floor = await store.floor(clinic, practitioner)
        turn = decide(floor)
        if turn is None:
            return floor
        try:
            await store.commit(clinic, changes(practitioner, turn))
        except Conflict:
            continue
        return stored(turn.floor, turn.above)
    raise Unavailable


def stored(floor: Floor, above: int = 0) -> Floor:
    """A floor as the store now holds it: one version on, or one above `above`."""
    return msgspec.structs.replace(floor, version=max(floor.version, above) + 1)
