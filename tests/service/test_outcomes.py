"""F3 on a store, fakeredis and a real Redis: decided once, at the right moment, on what is so; and line h.

The window of the one appointment is 09:50 to 11:30 unless said otherwise.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.errors import NotFound, Unavailable
from rooms.ids import AppointmentNo, ClinicId, RoomId
from rooms.policy import CALL_GRACE, Policy
from rooms.ports import Change, Conflict, Drop, Lease, Put
from rooms.records import Entry, Status
from rooms.service.outcomes import Outcomes
from rooms.store import RedisStore
from rooms.times import DAY, HOUR, MINUTE, SECOND
from tests.attendance.scenes import CARER, CHILD, MIDNIGHT, A, B, at
from tests.service.practice import HARBOUR, HOST, LEASE, Practice
from tests.store import backends
from tests.store.backends import Backend

CLOSES = at("11:30")


@pytest.fixture(scope="module", params=["fakeredis", "redis"])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    with backends.backend(request.param) as made:
        yield made


@pytest_asyncio.fixture
async def store(backend: Backend) -> AsyncIterator[RedisStore]:
    """Emptied first: beats and outages are everybody's."""
    await backend.ask("FLUSHALL")
    made = backend.store()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def practice(store: RedisStore) -> Practice:
    made = Practice(store)
    await made.open()
    return made


# When


async def test_not_before_the_window_closes(practice: Practice) -> None:
    await practice.book()
    assert not await practice.decide(CLOSES - 1)
    assert (await practice.read()).outcome is None
    assert not await practice.is_due(CLOSES - 1)
    assert await practice.is_due(CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("no_show", "both_absent", False)


async def test_when_the_window_was_extended_the_due_time_follows(practice: Practice) -> None:
    await practice.book(extended=10 * MINUTE)
    assert not await practice.decide(CLOSES)
    assert not await practice.is_due(CLOSES + 10 * MINUTE - 1)
    assert await practice.decide(CLOSES + 10 * MINUTE)


async def test_decided_once_and_then_no_more(practice: Practice) -> None:
    await practice.book()
    assert await practice.decide(CLOSES)
    first = await practice.read()
    assert await practice.decide(CLOSES + MINUTE)
    assert await practice.read() == first
    assert not await practice.is_due(CLOSES + DAY)
    [step] = await practice.history()
    assert (step.at, step.what, step.by) == (CLOSES, "outcome", "system")
    assert step.facts == {"outcome": "both_absent", "status": "no_show", "revision": 1}


async def test_ten_processes_at_once_give_one_outcome(backend: Backend, practice: Practice) -> None:
    await practice.book()
    stores = [backend.store() for _ in range(10)]
    answers = await asyncio.gather(
        *(Outcomes(each).decide(HARBOUR, A, CLOSES + n) for n, each in enumerate(stores))
    )
    for each in stores:
        await each.close()
    assert all(answers)
    found = await practice.read()
    assert found.version == 2
    assert found.outcome is not None
    assert found.outcome.revision == 1
    assert len(await practice.history()) == 1


async def test_a_call_across_the_close_is_decided_when_they_part(practice: Practice) -> None:
    await practice.book()
    host, _ = await practice.meet(CLOSES - 20 * SECOND)
    await practice.renew(CLOSES + 10 * MINUTE)
    assert not await practice.decide(CLOSES)
    assert await practice.is_due(CLOSES + SECOND)
    assert not await practice.is_due(CLOSES + SECOND - 1)
    assert not await practice.decide(CLOSES + 5 * MINUTE)
    await practice.end(host, CLOSES + 6 * MINUTE)
    assert await practice.decide(CLOSES + 6 * MINUTE + SECOND)
    assert await practice.result() == ("completed", "attended", False)
    assert (await practice.evidence())["overlap_seconds"] == 380.0


@pytest.mark.parametrize("who", ["practitioner", "patient"])
async def test_whoever_dropped_off_may_come_back_within_the_grace(practice: Practice, who: str) -> None:
    await practice.book()
    host, patient = await practice.meet(CLOSES - 2 * MINUTE)
    await practice.renew(CLOSES + MINUTE)
    await practice.drop(host if who == "practitioner" else patient, CLOSES - 5 * SECOND, CLOSES)
    assert not await practice.decide(CLOSES)
    assert not await practice.decide(CLOSES - 5 * SECOND + CALL_GRACE - 1)
    assert await practice.decide(CLOSES - 5 * SECOND + CALL_GRACE)
    assert await practice.result() == ("completed", "attended", False)
    assert (await practice.evidence())["overlap_seconds"] == 115.0


async def test_a_guest_who_counts_is_waited_for(practice: Practice) -> None:
    await practice.book(guests=(CHILD, CARER))
    host = await practice.come("practitioner", at("11:00"))
    await practice.come("guest:child", at("11:00"))
    await practice.admit(host, "guest:child", at("11:00"))
    await practice.renew(CLOSES + MINUTE)
    assert not await practice.decide(CLOSES)
    await practice.end(host, CLOSES + 1)
    assert await practice.decide(CLOSES + 1)
    assert await practice.result() == ("completed", "attended", False)


async def test_nobody_waits_for_a_guest_who_does_not_count(practice: Practice) -> None:
    await practice.book(guests=(CARER,))
    host = await practice.come("practitioner", at("11:00"))
    await practice.come("guest:carer", at("11:00"))
    await practice.admit(host, "guest:carer", at("11:00"))
    await practice.renew(CLOSES + MINUTE)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "guest_only", True)


async def test_not_while_a_dead_session_is_not_reaped(practice: Practice) -> None:
    """A process was killed in mid-call: the intervals end at the last inbound frames, once written down."""
    await practice.book()
    host, patient = await practice.meet(at("11:00"))
    assert not await practice.decide(CLOSES)
    await practice.lapse(host, at("11:00:30"), CLOSES)
    assert not await practice.decide(CLOSES)
    await practice.lapse(patient, at("11:00:40"), CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("confirmed", "brief", True)
    assert (await practice.evidence())["overlap_seconds"] == 30.0


async def test_a_dead_lobby_is_reaped_first_too(practice: Practice) -> None:
    """Otherwise a practitioner who died before the window would count as there."""
    await practice.book()
    host = await practice.come("practitioner", at("09:00"))
    assert not await practice.decide(CLOSES)
    await practice.lapse(host, at("09:10"), CLOSES)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("no_show", "both_absent", False)


async def test_people_of_another_room_hold_nothing_up(practice: Practice) -> None:
    await practice.book()
    await practice.come("patient", at("11:00"), B, RoomId("another"))
    assert await practice.decide(CLOSES)


async def test_a_lease_has_run_out_at_its_very_end(practice: Practice) -> None:
    await practice.book()
    await practice.come("practitioner", CLOSES - LEASE)
    assert not await practice.decide(CLOSES)


async def test_live_leases_hold_nothing_up(practice: Practice) -> None:
    await practice.book()
    await practice.come("practitioner", CLOSES - LEASE + 1)
    assert await practice.decide(CLOSES)
    assert await practice.result() == ("no_show", "patient_absent", False)


async def test_a_seat_without_a_lease_holds_nothing_up(practice: Practice) -> None:
    await practice.book()
    host = await practice.come("practitioner", at("11:00"))
    await practice.store.commit(HARBOUR, [Lease(HOST, host.sid, None, at("11:00"))])
    assert await practice.decide(CLOSES)


# What


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


# Left alone


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


# One room, several appointments


async def back_to_back(practice: Practice) -> None:
    await practice.book(A, "10:00", "10:30", others=(B,))
    await practice.book(B, "10:30", "11:00", others=(A,))


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


# Somebody else writes meanwhile


class Interrupted(RedisStore):
    """Something happens just before the first commit."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def commit(self, clinic: ClinicId, changes: Sequence[Change]) -> None:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        await super().commit(clinic, changes)


@pytest_asyncio.fixture
async def interrupted(backend: Backend, practice: Practice) -> AsyncIterator[Interrupted]:
    """A second process's store, beside that of `practice`."""
    made = Interrupted(backend.lane())
    yield made
    await made.close()


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
        await Outcomes(contended).late_try(HARBOUR, booked, refused(at("12:00")))
    await contended.close()
    assert (await practice.read()).outcome is None


async def test_a_practitioner_gone_from_the_records_stops_nothing(practice: Practice) -> None:
    await practice.book(type=None)
    host = await practice.store.practitioner(HARBOUR, "dr")
    assert host is not None
    await practice.store.commit(HARBOUR, [Drop(host)])
    assert await practice.decide(CLOSES)
    assert (await practice.read()).outcome is not None


# Line h


async def late(practice: Practice, now: int, person: str = "patient", no: AppointmentNo = A) -> None:
    await practice.outcomes.late_try(HARBOUR, await practice.read(no), refused(now, person, no))


def refused(now: int, person: str = "patient", no: AppointmentNo = A) -> Entry:
    """A hello after the close, as it is written down."""
    return Entry(kind="try", at=now, person=person, appointment=no, why="window_closed")


async def test_too_late(practice: Practice) -> None:
    await practice.book()
    await practice.decide(CLOSES)
    await late(practice, at("11:45"))
    found = await practice.read()
    assert found.outcome is not None
    assert (found.status, found.outcome.name, found.outcome.revision) == ("no_show", "too_late", 2)
    assert found.outcome.flagged
    assert found.outcome.evidence["late_try_at"] == "2026-03-02T11:45:00Z"
    assert [step.facts["outcome"] for step in await practice.history()] == ["both_absent", "too_late"]
    [entry] = await practice.store.ledger(HARBOUR, found.room)
    assert (entry.kind, entry.person, entry.appointment, entry.why) == ("try", "patient", A, "window_closed")


async def test_too_late_once_and_every_try_is_kept(practice: Practice) -> None:
    await practice.book()
    await practice.decide(CLOSES)
    await late(practice, at("11:45"))
    first = await practice.read()
    await late(practice, at("11:50"))
    assert await practice.read() == first
    assert len(await practice.store.ledger(HARBOUR, first.room)) == 2
    assert len(await practice.history()) == 2


@pytest.mark.parametrize(
    ("now", "person"),
    [(at("24:00"), "patient"), (at("11:45"), "guest:carer"), (at("11:29"), "patient")],
    ids=["next day", "guest", "not closed"],
)
async def test_not_too_late(practice: Practice, now: int, person: str) -> None:
    await practice.book(guests=(CARER,))
    await practice.decide(CLOSES)
    before = await practice.read()
    await late(practice, now, person)
    assert await practice.read() == before


async def test_not_over_what_is_no_no_show(practice: Practice) -> None:
    await practice.book()
    await practice.try_in_vain(at("10:00"))
    await practice.decide(CLOSES)
    before = await practice.read()
    await late(practice, at("11:45"))
    assert await practice.read() == before


async def test_too_late_for_every_appointment_of_the_room(practice: Practice) -> None:
    await back_to_back(practice)
    for no in (A, B):
        await practice.decide(at("12:00"), no)
    await late(practice, at("12:10"), no=B)
    assert await practice.result(A) == await practice.result(B) == ("no_show", "too_late", False)


async def test_a_try_after_the_close_and_before_the_decision(practice: Practice) -> None:
    await practice.book()
    await late(practice, CLOSES + 500)
    assert await practice.decide(CLOSES + 900)
    found = await practice.read()
    assert found.outcome is not None
    assert (found.outcome.name, found.outcome.revision, found.outcome.at) == ("too_late", 2, CLOSES + 900)
    assert [step.facts["revision"] for step in await practice.history()] == [1, 2]


async def test_a_try_while_it_is_being_decided(practice: Practice, interrupted: Interrupted) -> None:
    """Whoever commits second sees the other: line h is not lost between the two."""
    await practice.book()
    interrupted.meanwhile = lambda: late(practice, CLOSES + 500)
    assert await Outcomes(interrupted).decide(HARBOUR, A, CLOSES + 900)
    assert await practice.result() == ("no_show", "too_late", False)
    assert [step.facts["revision"] for step in await practice.history()] == [1, 2]


async def test_a_decision_while_a_try_is_being_written(practice: Practice, interrupted: Interrupted) -> None:
    booked = await practice.book()
    interrupted.meanwhile = lambda: practice.decide(CLOSES + 400)
    await Outcomes(interrupted).late_try(HARBOUR, booked, refused(CLOSES + 500))
    assert await practice.result() == ("no_show", "too_late", False)
    assert len(await practice.store.ledger(HARBOUR, booked.room)) == 1


async def test_a_late_try_in_a_clinic_that_is_gone_is_only_written_down(store: RedisStore) -> None:
    practice = Practice(store)
    booked = await practice.book()
    await practice.outcomes.late_try(HARBOUR, booked, refused(at("11:45")))
    assert len(await store.ledger(HARBOUR, booked.room)) == 1
    assert (await practice.read()).version == 1


# Attendance


async def test_attendance_of_a_visit(practice: Practice) -> None:
    await practice.book()
    host, _ = await practice.meet(at("10:00"))
    await practice.end(host, at("10:01", 250))
    so_far = await practice.outcomes.attendance(HARBOUR, "booking-A", at("10:02"))
    assert (so_far.outcome, so_far.overlap_seconds) == (None, 60.25)
    assert so_far.evidence["overlap_seconds"] == 60.25
    assert "line" not in so_far.evidence
    assert [(each.person, each.state, each.ended_by) for each in so_far.intervals] == [
        ("patient", "waiting", "admitted"),
        ("practitioner", "lobby", "entered"),
        ("practitioner", "in_room", "ended"),
        ("patient", "in_room", "ended"),
        ("practitioner", "lobby", ""),
    ]
    assert so_far.intervals[-1].ended_at is None
    await practice.renew(CLOSES)
    await practice.decide(CLOSES)
    after = await practice.outcomes.attendance(HARBOUR, "booking-A", CLOSES + HOUR)
    assert (after.outcome, after.overlap_seconds) == ("attended", 60.25)
    assert after.evidence == await practice.evidence()


async def test_attendance_before_anything_happened(practice: Practice) -> None:
    await practice.book()
    found = await practice.outcomes.attendance(HARBOUR, "booking-A", MIDNIGHT - DAY)
    assert (found.intervals, found.overlap_seconds, found.outcome) == ((), 0.0, None)


async def test_attendance_years_later_reads_the_days_of_the_visit_only(practice: Practice) -> None:
    await practice.book()
    await practice.meet(at("10:00"))
    found = await practice.outcomes.attendance(HARBOUR, "booking-A", CLOSES + 2_000 * DAY)
    assert len(found.intervals) == 4


async def test_attendance_shows_when_a_long_evening_ended(practice: Practice) -> None:
    await practice.book(A, "21:00", "22:00")
    host = await practice.come("practitioner", at("21:00"))
    await practice.drop(host, at("24:30"), at("24:30"))
    [lobby] = (await practice.outcomes.attendance(HARBOUR, "booking-A", at("25:00"))).intervals
    assert (lobby.started_at, lobby.ended_at) == (at("21:00"), at("24:30"))


@pytest.mark.parametrize(("clinic", "id"), [("nowhere", "booking-A"), (HARBOUR, "unknown")])
async def test_attendance_of_the_unknown(practice: Practice, clinic: ClinicId, id: str) -> None:
    await practice.book()
    with pytest.raises(NotFound) as refused:
        await practice.outcomes.attendance(clinic, id, CLOSES)
    assert refused.value.code == "not_found"
