"""F3: what the outcome is, from what is stored; and who gets none. The window is 09:50 to 11:30."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from rooms.ids import AppointmentNo, ClinicId
from rooms.policy import Policy
from rooms.ports import Put
from rooms.records import Status
from rooms.store import RedisStore
from rooms.times import DAY, SECOND
from tests.attendance.scenes import MIDNIGHT, A, B, at
from tests.service.outcomes.practice import CLOSES, HARBOUR, Practice, back_to_back


async def test_attended(practice: Practice) -> None:
    await practice.book()
    host, _ = await practice.meet(at("10:00"))
    await practice.end(host, at("10:01"))
    await practice.renew(CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("completed", "attended", False)


async def test_done_after_a_few_seconds(practice: Practice) -> None:
    await practice.book()
    host, _ = await practice.meet(at("10:00"))
    await practice.end(host, at("10:00:10"), done=True)
    await practice.renew(CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("completed", "attended", False)


async def test_waited_in_vain(practice: Practice) -> None:
    await practice.book()
    patient = await practice.come("patient", at("10:00"))
    await practice.drop(patient, at("10:20"), at("10:20"))
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "practitioner_absent", True)


async def test_tried_too_early(practice: Practice) -> None:
    await practice.book()
    await practice.try_in_vain(at("09:30"))
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "technical", True)


async def test_a_clinic_that_wants_the_practitioner_there(store: RedisStore) -> None:
    practice = Practice(store)
    await practice.open(Policy(no_show_needs_practitioner=True))
    await practice.book()
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "both_absent", True)


async def test_no_usable_link(store: RedisStore) -> None:
    practice = Practice(store)
    await practice.open(video_enabled=False)
    await practice.book()
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "technical", True)
    assert (await practice.evidence())["link_failed"] == ["practitioner_not_video_enabled"]


async def test_an_external_type_is_what_it_stands_for(practice: Practice) -> None:
    await practice.book(A, type=None, external_type="17")
    await practice.book(B, type=None, external_type="18")
    assert await practice.decide(CLOSES, A)
    assert (await practice.read(A)).outcome is None
    assert await practice.decide(CLOSES, B)
    assert await practice.result(B) == ("confirmed", "technical", True)
    assert (await practice.evidence(B))["link_failed"] == ["type_not_linked"]


async def test_an_outage_in_the_window(practice: Practice) -> None:
    await practice.book()
    for beat in (at("10:00"), at("10:00:30")):
        await practice.store.beat(beat)
    for beat in range(at("10:00:30"), CLOSES, 20 * SECOND):
        await practice.store.beat(beat)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "system", True)
    assert (await practice.evidence())["outage_seconds"] == 30.0


async def test_an_outage_that_ends_with_the_restart(practice: Practice) -> None:
    """Everything was down from 10:00 on; the job beats before it decides (I2)."""
    await practice.book()
    await practice.store.beat(at("10:00"))
    await practice.store.beat(at("12:00"))
    assert await practice.decide(at("12:00"))
    assert await practice.result() == ("confirmed", "system", True)
    assert (await practice.evidence())["outage_seconds"] == 5400.0


@pytest.mark.parametrize(
    ("type", "stored_at", "status"),
    [
        ("desk", MIDNIGHT, "confirmed"),
        ("video", CLOSES, "confirmed"),
        ("video", MIDNIGHT, "cancelled"),
        ("video", MIDNIGHT, "held"),
        ("video", MIDNIGHT, "expired"),
    ],
)
async def test_left_alone(practice: Practice, type: str, stored_at: int, status: Status) -> None:
    before = await practice.book(type=type, stored_at=stored_at, status=status)
    assert await practice.decide(CLOSES)
    assert await practice.read() == before
    assert await practice.history() == []
    assert not await practice.is_due(CLOSES + DAY)


async def test_stored_just_before_the_close_is_not(practice: Practice) -> None:
    await practice.book(stored_at=CLOSES - 1)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("no_show", "both_absent", False)


async def test_what_is_unknown_is_not_due_any_more(practice: Practice) -> None:
    assert await practice.outcomes.decide(ClinicId("nowhere"), A, CLOSES)
    assert await practice.decide(CLOSES, AppointmentNo("nothing"))


@pytest.mark.parametrize("order", [(A, B), (B, A)])
async def test_each_has_its_own_minutes_whichever_is_decided_first(
    practice: Practice, order: Sequence[AppointmentNo]
) -> None:
    await back_to_back(practice)
    host, _ = await practice.meet(at("10:10"))
    await practice.end(host, at("10:40"))
    await practice.renew(at("12:00"))
    for no in order:
        assert await practice.decide(at("12:00"), no)
    assert (await practice.evidence(A))["overlap_seconds"] == 1200.0
    assert (await practice.evidence(B))["overlap_seconds"] == 600.0


async def test_a_cancelled_one_takes_no_minutes(practice: Practice) -> None:
    await back_to_back(practice)
    await practice.store.commit(HARBOUR, [Put(replace(await practice.read(B), status="cancelled"))])
    host, _ = await practice.meet(at("10:10"))
    await practice.end(host, at("10:40"))
    await practice.renew(at("12:00"))
    assert await practice.decide(at("12:00"), A)
    assert (await practice.evidence(A))["overlap_seconds"] == 1800.0
