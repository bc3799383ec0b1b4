"""Whatever changes between loading and writing, the decision is made on what is so (I2, I3)."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from rooms.changes import Change
from rooms.errors import Unavailable
from rooms.ids import ClinicId
from rooms.policy import Policy
from rooms.ports import Conflict, Drop, Put
from rooms.service.outcomes.automatic import Outcomes
from rooms.store import RedisStore
from tests.attendance.scenes import A, at
from tests.service.outcomes.practice import CLOSES, HARBOUR, Interrupted, Practice, refused
from tests.store.backends import Backend


async def test_who_came_while_it_was_being_decided_is_seen(
    practice: Practice, interrupted: Interrupted
) -> None:
    await practice.book()
    interrupted.meanwhile = lambda: practice.come("patient", CLOSES - 1)
    assert await Outcomes(interrupted).decide(HARBOUR, A, CLOSES)
    assert await practice.result() == ("confirmed", "practitioner_absent", True)


async def test_what_was_moved_meanwhile_is_not_decided(practice: Practice, interrupted: Interrupted) -> None:
    booked = await practice.book()
    moved = replace(booked, starts_at=at("15:00"), ends_at=at("15:30"))
    interrupted.meanwhile = lambda: practice.store.commit(HARBOUR, [Put(moved)])
    assert not await Outcomes(interrupted).decide(HARBOUR, A, CLOSES)
    assert (await practice.read()).outcome is None
    assert await practice.is_due(at("16:30"))


async def test_a_rule_changed_meanwhile_holds(practice: Practice, interrupted: Interrupted) -> None:
    await practice.book()
    clinic = await practice.store.clinic(HARBOUR)
    assert clinic is not None
    strict = replace(clinic, policy=Policy(no_show_needs_practitioner=True))
    interrupted.meanwhile = lambda: practice.store.commit(HARBOUR, [Put(strict)])
    assert await Outcomes(interrupted).decide(HARBOUR, A, CLOSES)
    assert await practice.result() == ("confirmed", "both_absent", True)


async def test_what_turned_video_meanwhile_is_decided(practice: Practice, interrupted: Interrupted) -> None:
    await practice.book(type="desk")
    kind = await practice.store.appointment_type(HARBOUR, "desk")
    assert kind is not None
    interrupted.meanwhile = lambda: practice.store.commit(HARBOUR, [Put(replace(kind, video=True))])
    assert await Outcomes(interrupted).decide(HARBOUR, A, CLOSES)
    assert await practice.result() == ("no_show", "both_absent", False)


class Contended(RedisStore):
    """Somebody else is always faster."""

    async def commit(self, clinic: ClinicId, changes: Sequence[Change]) -> None:
        raise Conflict


async def test_conflicts_without_end_are_unavailable(backend: Backend, practice: Practice) -> None:
    booked = await practice.book()
    contended = Contended(backend.lane())
    with pytest.raises(Unavailable):
        await Outcomes(contended).decide(HARBOUR, A, CLOSES)
    with pytest.raises(Unavailable):
        await Outcomes(contended).late_attempt(HARBOUR, booked, refused(at("12:00")))
    await contended.close()
    assert (await practice.read()).outcome is None


async def test_a_practitioner_gone_from_the_records_stops_nothing(practice: Practice) -> None:
    await practice.book(type=None)
    host = await practice.store.practitioner(HARBOUR, "dr")
    assert host is not None
    await practice.store.commit(HARBOUR, [Drop(host)])
    assert await practice.decide(CLOSES)
    assert (await practice.read()).outcome is not None
