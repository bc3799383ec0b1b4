"""The loop behind every live command: decide on the floor as it stands, commit, or look again."""

import pytest

from rooms.changes import Change
from rooms.errors import Contradiction, Unavailable
from rooms.ids import ClinicId
from rooms.ports import Conflict
from rooms.records import Floor
from rooms.service.transaction import MAX_FLOOR_ATTEMPTS, transact
from rooms.store import RedisStore
from rooms.visit import admission
from rooms.visit.transition import FloorChange
from tests.service.live.scene import doctor, floor, host
from tests.service.meanwhile import at_commit
from tests.support.desk import Desk


async def late(desk: Desk, minutes: int) -> Floor:
    number = (await doctor(desk)).no
    return await transact(
        desk.store, desk.id, number, lambda floor: admission.running_late(floor, minutes, desk.now)
    )


async def test_it_answers_the_floor_as_it_is_stored(desk: Desk) -> None:
    assert await late(desk, 5) == await floor(desk)


async def test_it_decides_on_what_somebody_else_wrote_first(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_commit(monkeypatch, store, before=lambda: host(desk))
    await late(desk, 5)
    now = await floor(desk)
    assert ([each.person for each in now.seats], bool(now.late_until)) == (["practitioner"], True)


async def test_nothing_to_write_writes_nothing(desk: Desk) -> None:
    number = (await doctor(desk)).no
    assert await transact(desk.store, desk.id, number, lambda _: None) == await floor(desk)
    assert (await floor(desk)).version == 0


async def test_a_refusal_writes_nothing(desk: Desk) -> None:
    def refuse(_: Floor) -> FloorChange:
        raise Contradiction("visit_open", "Not now.")

    with pytest.raises(Contradiction, match="visit_open"):
        await transact(desk.store, desk.id, (await doctor(desk)).no, refuse)
    assert (await floor(desk)).version == 0


async def test_always_beaten_it_gives_up(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = list[ClinicId]()

    async def beaten(clinic: ClinicId, _: list[Change]) -> None:
        commits.append(clinic)
        raise Conflict

    monkeypatch.setattr(store, "commit", beaten)
    with pytest.raises(Unavailable) as refused:
        await late(desk, 5)
    assert (refused.value.code, len(commits)) == ("backend_unavailable", MAX_FLOOR_ATTEMPTS)
