"""The clinic's backfill run, as commits begin and compare it (B4); it runs in
`rooms.service.links.backfill`.
"""

from msgspec.structs import replace

from rooms.changes import Change, Overwrite
from rooms.events import BackfillCause, BackfillRun
from rooms.ids import ClinicId
from rooms.outgoing import BACKFILL, Task
from rooms.ports import Same, Store
from rooms.records import Appointment
from rooms.times import Instant

NO_BACKFILL = BackfillRun(cause="type", started_at=0)
"""A run that has never been. Somebody is booked in the second in which what keeps their link back is put
right: their commit has read "no video", and the run that begins does not see them yet, for they are not
stored. Nobody would ever look again. So such a commit compares the record of the last run with what was there
when it began to read; a run that has begun since makes it a conflict, and it reads anew. Where there was no
run yet, this stands for "nothing is stored", which is version 0.
"""


def not_backfilled_meanwhile(appointment: Appointment, run: BackfillRun | None) -> list[Same]:
    """For the commit of an appointment that gets no link: no run has begun since what keeps it back was read,
    so none can have passed it by. `run` was read before that.
    """
    if appointment.issued_at or appointment.status != "confirmed":
        return []
    return [Same(run or NO_BACKFILL)]


async def begin_backfill(store: Store, clinic: ClinicId, cause: BackfillCause, now: Instant) -> list[Change]:
    """For the commit that puts something right: a run over all, from the start."""
    known, total = await store.backfill_run(clinic) or NO_BACKFILL, await store.unissued_count(clinic)
    blank = BackfillRun(cause=cause, started_at=now, total=total)
    begun = replace(blank, unknown_fields=known.unknown_fields)
    # Over whatever run there is: many that begin at once do not come second to each other, and one is enough.
    if total:
        return [Overwrite(begun), Task(BACKFILL, now)]
    # Compared with what is being booked at this moment all the same: its commit looks at this record.
    return [Overwrite(replace(begun, finished_at=now))]
