"""Many at once about one thing: each comes through, none is refused while Redis is well, and what is nobody
else's business costs nobody a second try.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.changes import Change
from rooms.errors import Contended, Unavailable
from rooms.ids import ClinicId
from rooms.ports import Conflict
from rooms.service.administration.people import AppointmentTypes, Practitioners
from rooms.service.appointments.appointments import Appointments
from rooms.service.booking.availability import Availability
from rooms.service.idempotency import Act, Actor
from rooms.service.retry import MAX_ATTEMPTS, until_consistent
from rooms.store import RedisStore, connect, retry_queue
from rooms.times import MINUTE
from tests.service.front import a_window
from tests.support.builders import at
from tests.support.desk import Desk, asking
from tests.support.redis_server import RedisServer

CROWD = 96


@pytest_asyncio.fixture
async def processes(redis: RedisServer, store: RedisStore) -> AsyncIterator[list[RedisStore]]:
    """This one's store, and another's."""
    other = connect(redis.url)
    yield [store, other]
    await other.close()


class Commits:
    """How many there were."""

    def __init__(self, patch: pytest.MonkeyPatch, stores: Sequence[RedisStore]) -> None:
        self.count = 0
        for store in stores:
            patch.setattr(store, "commit", self._counted(store))

    def _counted(self, store: RedisStore) -> object:
        commit = store.commit

        async def counted(clinic: ClinicId, changes: Sequence[Change]) -> None:
            self.count += 1
            await commit(clinic, changes)

        return counted


async def test_new_practitioners_and_types_are_in_nobodys_way(
    desk: Desk, processes: list[RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    commits, now = Commits(monkeypatch, processes), desk.now
    await asyncio.gather(
        *(
            Practitioners(processes[n % 2]).put(desk.id, f"new{n}", name="Dr New", now=now)
            for n in range(CROWD)
        ),
        *(
            AppointmentTypes(processes[n % 2]).put(
                desk.id, f"new{n}", name="New", video=True, minutes=5, now=now
            )
            for n in range(CROWD)
        ),
    )
    assert commits.count == 2 * CROWD
    healing = await desk.store.backfill_run(desk.id)
    assert healing is not None
    assert healing.version > 2 * CROWD


async def test_nor_are_one_practitioners_appointments_that_do_not_overlap(
    desk: Desk, processes: list[RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(CROWD):
        await desk.patients.put(desk.id, f"p{n}", name="New", now=desk.now)
    commits = Commits(monkeypatch, processes)

    async def book(n: int) -> None:
        start = at("08:00") + n * 5 * MINUTE
        request = replace(asking(patient=f"p{n}"), starts_at=start, ends_at=start + 5 * MINUTE)
        its = Appointments(processes[n % 2], desk.bus)
        await its.put(Act(desk.id, desk.now, Actor("staff")), f"a{n}", request)

    await asyncio.gather(*(book(n) for n in range(CROWD)))
    assert commits.count == CROWD


@pytest.mark.parametrize("of", [1, 2])
async def test_one_patients_visits_of_a_day_come_through_in_turn(
    desk: Desk, processes: list[RedisStore], monkeypatch: pytest.MonkeyPatch, of: int
) -> None:
    """Each is told of every other (D2): of these only one can be written at a time. Of one process none is
    tried in vain.
    """
    commits, many = Commits(monkeypatch, processes), 32

    async def book(n: int) -> None:
        start = at("08:00") + n * 5 * MINUTE
        request = replace(asking(), starts_at=start, ends_at=start + 5 * MINUTE)
        its = Appointments(processes[n % of], desk.bus)
        await its.put(Act(desk.id, desk.now, Actor("staff")), f"a{n}", request)

    await asyncio.gather(*(book(n) for n in range(many)))
    made = [await desk.get(f"a{n}") for n in range(many)]
    assert {len(each.others) for each in made} == {many - 1}
    assert commits.count == many if of == 1 else commits.count < 8 * many


async def test_nor_is_anything_lost_of_one_record(desk: Desk, processes: list[RedisStore]) -> None:
    """A practitioner's hours, a clinic's own record."""
    many = 32
    await asyncio.gather(
        *(
            Availability(processes[n % 2]).add_window(
                Act(desk.id, desk.now),
                "dr-lee",
                a_window(n / 4, n / 4 + 0.25, slot_minutes=15),
                dry_run=False,
            )
            for n in range(many)
        ),
        *(desk.clinics.change(desk.id, {"name": f"Name {n}"}, desk.now) for n in range(many)),
    )
    assert len((await Availability(processes[0]).get(desk.id, "dr-lee")).windows) == many
    clinic = await desk.store.clinic(desk.id)
    assert clinic is not None
    assert clinic.version == 1 + many


async def test_after_too_long_it_is_said_to_be_contended(
    desk: Desk, store: RedisStore, processes: list[RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else is faster every time."""
    monkeypatch.setattr(retry_queue, "RETRY_PATIENCE", 0.05)
    commit, numbers = store.commit, itertools.count()

    async def late(clinic: ClinicId, changes: Sequence[Change]) -> None:
        await Practitioners(processes[1]).put(desk.id, "dr-lee", name=f"Dr {next(numbers)}", now=desk.now)
        await commit(clinic, changes)

    monkeypatch.setattr(store, "commit", late)
    with pytest.raises(Contended):
        await desk.practitioners.put(desk.id, "dr-lee", name="Dr Late", now=desk.now)


async def test_what_never_fits_together_is_given_up() -> None:
    tries = []

    async def never() -> None:
        tries.append(1)
        raise Conflict

    with pytest.raises(Unavailable) as refused:
        await until_consistent(never)
    assert (len(tries), refused.value.code) == (MAX_ATTEMPTS, "backend_unavailable")
