"""Leases and what is due, and the hints that lead across clinics to them."""

from collections.abc import Sequence

import pytest

from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, SessionId, new_number, new_session
from rooms.ports import Append, Conflict, Due, Lease, LeaseStill, LeaseView, Put, Renewal
from rooms.records import Entry
from rooms.store import RedisStore, keys
from rooms.store.commit_plan import plan
from rooms.store.encode import Reply
from rooms.store.pipeline import Command
from rooms.store.scripts import COMMIT_SCRIPT
from rooms.times import HOUR, SECOND, Instant
from tests.store.build import NINE, a_clinic, a_clinic_id

MANY = 100_000
"""More clinics than all tests make."""
LEE = PractitionerNo("drleedrleed")
UNTIL = NINE + 15 * SECOND


async def _hold(store: RedisStore, clinic: ClinicId, until: Instant = UNTIL) -> SessionId:
    sid = new_session()
    await store.commit(clinic, [Lease(LEE, sid, until, NINE)])
    return sid


async def test_a_lease_is_there_until_it_is_given_up(store: RedisStore, clinic: ClinicId) -> None:
    sid = await _hold(store, clinic)
    assert await store.lease(clinic, LEE, sid) == LeaseView(LEE, sid, UNTIL, NINE)
    await store.commit(clinic, [Lease(LEE, sid, None, NINE)])
    assert await store.lease(clinic, LEE, sid) is None
    assert await store.expired(clinic, UNTIL + HOUR) == []
    assert await store._pipeline.call("ZCARD", keys.seen(clinic)) == 0


async def test_leases_are_expired_from_their_end_on_and_the_oldest_first(
    store: RedisStore, clinic: ClinicId
) -> None:
    late, early = await _hold(store, clinic, UNTIL + 1), await _hold(store, clinic, UNTIL)
    assert await store.expired(clinic, UNTIL - 1) == []
    assert await store.expired(clinic, UNTIL) == [LeaseView(LEE, early, UNTIL, NINE)]
    assert [lease.sid for lease in await store.expired(clinic, UNTIL + 1)] == [early, late]
    assert [lease.sid for lease in await store.expired(clinic, UNTIL + 1, limit=1)] == [early]


async def test_renewing_moves_a_lease_forward_and_never_back(store: RedisStore, clinic: ClinicId) -> None:
    sid = await _hold(store, clinic)
    later = Renewal(clinic, LEE, sid, UNTIL + SECOND, NINE + SECOND)
    assert await store.renew([later]) == []
    assert await store.lease(clinic, LEE, sid) == LeaseView(LEE, sid, UNTIL + SECOND, NINE + SECOND)
    assert await store.renew([Renewal(clinic, LEE, sid, UNTIL, NINE + 2 * SECOND)]) == []
    assert await store.lease(clinic, LEE, sid) == LeaseView(LEE, sid, UNTIL + SECOND, NINE + 2 * SECOND)
    assert await store.renew([Renewal(clinic, LEE, sid, UNTIL + 2 * SECOND, NINE)]) == []
    assert await store.lease(clinic, LEE, sid) == LeaseView(LEE, sid, UNTIL + 2 * SECOND, NINE + 2 * SECOND)


async def test_a_lease_from_before_the_clock_was_set_back_is_taken_back(
    store: RedisStore, clinic: ClinicId
) -> None:
    sid = await _hold(store, clinic, UNTIL + HOUR)
    assert await store.renew([Renewal(clinic, LEE, sid, UNTIL + SECOND, NINE - HOUR)]) == []
    assert await store.lease(clinic, LEE, sid) == LeaseView(LEE, sid, UNTIL + SECOND, NINE - HOUR)


async def test_a_reaped_lease_is_not_renewed_but_named(store: RedisStore, clinic: ClinicId) -> None:
    elsewhere = a_clinic_id()
    here, gone, there = await _hold(store, clinic), new_session(), await _hold(store, elsewhere)
    renewals = [
        Renewal(clinic, LEE, here, UNTIL + 1, NINE),
        Renewal(elsewhere, LEE, gone, UNTIL + 1, NINE),
        Renewal(clinic, LEE, gone, UNTIL + 1, NINE),
        Renewal(elsewhere, LEE, there, UNTIL + 1, NINE),
    ]
    missing = await store.renew(renewals)
    assert sorted(one.clinic for one in missing) == sorted([clinic, elsewhere])
    assert {one.sid for one in missing} == {gone}
    assert await store.lease(clinic, LEE, gone) is None
    for where, sid in ((clinic, here), (elsewhere, there)):
        assert await store.lease(where, LEE, sid) == LeaseView(LEE, sid, UNTIL + 1, NINE)


async def test_renewing_nothing_asks_nothing(store: RedisStore) -> None:
    assert await store.renew([]) == []


async def test_a_thousand_are_renewed_at_once(store: RedisStore, clinic: ClinicId) -> None:
    sids = [new_session() for _ in range(1000)]
    await store.commit(clinic, [Lease(LEE, sid, UNTIL, NINE) for sid in sids])
    assert await store.renew([Renewal(clinic, LEE, sid, UNTIL + HOUR, NINE) for sid in sids]) == []
    assert await store.expired(clinic, UNTIL + SECOND) == []


async def test_a_lease_renewed_meanwhile_is_not_reaped(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    sid = await _hold(store, clinic)
    (lapsed,) = await store.expired(clinic, UNTIL)
    await other.renew([Renewal(clinic, LEE, sid, UNTIL + SECOND, NINE + SECOND)])
    ended = Entry(kind="close", at=lapsed.seen, person="patient", sid=sid, state="in_room")
    reap = [LeaseStill(LEE, sid, lapsed.until), Lease(LEE, sid, None, lapsed.seen), Append(None, LEE, ended)]
    with pytest.raises(Conflict):
        await store.commit(clinic, reap)
    assert await store.lobby(clinic, LEE, NINE, NINE) == []
    (lapsed,) = await store.expired(clinic, UNTIL + SECOND)
    await store.commit(clinic, [LeaseStill(LEE, sid, lapsed.until), *reap[1:]])
    with pytest.raises(Conflict):  # another process is late
        await store.commit(clinic, [LeaseStill(LEE, sid, lapsed.until), *reap[1:]])
    assert await store.lobby(clinic, LEE, NINE, NINE) == [ended]


async def test_what_is_due_is_listed_from_its_time_on(store: RedisStore, clinic: ClinicId) -> None:
    first, second = AppointmentNo(new_number()), AppointmentNo(new_number())
    await store.commit(clinic, [Due(second, NINE + 1), Due(first, NINE)])
    assert await store.due(clinic, NINE - 1) == []
    assert await store.due(clinic, NINE) == [first]
    assert await store.due(clinic, NINE + 1) == [first, second]
    assert await store.due(clinic, NINE + 1, limit=1) == [first]
    await store.commit(clinic, [Due(first, None), Due(second, NINE + HOUR)])
    assert await store.due(clinic, NINE + 1) == []


async def test_a_clinic_is_hinted_at_from_its_earliest_on(store: RedisStore, clinic: ClinicId) -> None:
    await store.commit(clinic, [Due(AppointmentNo(new_number()), NINE + n) for n in (9, 5, 7)])
    await store.commit(clinic, [Due(AppointmentNo(new_number()), NINE + 30)])
    assert clinic not in await store.clinics_due(NINE + 4, MANY)
    assert clinic in await store.clinics_due(NINE + 5, MANY)
    assert clinic not in await store.clinics_lapsed(NINE + HOUR, MANY)
    await _hold(store, clinic)
    assert clinic not in await store.clinics_lapsed(UNTIL - 1, MANY)
    assert clinic in await store.clinics_lapsed(UNTIL, MANY)


async def test_hints_are_settled_to_what_there_is(store: RedisStore, clinic: ClinicId) -> None:
    no, sid = AppointmentNo(new_number()), await _hold(store, clinic)
    await store.commit(clinic, [Due(no, NINE), Due(AppointmentNo(new_number()), NINE + HOUR)])
    await store.commit(clinic, [Due(no, None)])
    await store.renew([Renewal(clinic, LEE, sid, UNTIL + SECOND, NINE)])
    assert clinic in await store.clinics_due(NINE, MANY)  # one too many, which is allowed
    await store.refresh_hints(clinic)
    assert clinic not in await store.clinics_due(NINE + HOUR - 1, MANY)
    assert clinic in await store.clinics_due(NINE + HOUR, MANY)
    assert clinic not in await store.clinics_lapsed(UNTIL, MANY)
    assert clinic in await store.clinics_lapsed(UNTIL + SECOND, MANY)


async def test_a_clinic_with_nothing_left_is_hinted_at_no_more(store: RedisStore, clinic: ClinicId) -> None:
    no, sid = AppointmentNo(new_number()), await _hold(store, clinic)
    await store.commit(clinic, [Due(no, NINE)])
    await store.commit(clinic, [Due(no, None), Lease(LEE, sid, None, NINE)])
    await store.refresh_hints(clinic)
    assert clinic not in await store.clinics_due(NINE + HOUR, MANY)
    assert clinic not in await store.clinics_lapsed(NINE + HOUR, MANY)


@pytest.mark.parametrize("moment", [1, 2], ids=["before hints are written", "after"])
async def test_settling_hides_nothing_that_is_committed_meanwhile(
    store: RedisStore, other: RedisStore, clinic: ClinicId, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.commit(clinic, [Due(AppointmentNo(new_number()), NINE + HOUR)])
    read, reads = store._earliest, 0

    async def and_then_another_commits(lists: object) -> object:
        nonlocal reads
        found = await read(lists)  # type: ignore[arg-type]  # handed through
        reads += 1
        if reads == moment:
            await other.commit(
                clinic, [Due(AppointmentNo(new_number()), NINE), Lease(LEE, new_session(), NINE, NINE)]
            )
        return found

    monkeypatch.setattr(store, "_earliest", and_then_another_commits)
    await store.refresh_hints(clinic)
    assert reads == 2
    assert clinic in await store.clinics_due(NINE, MANY)
    assert clinic in await store.clinics_lapsed(NINE, MANY)


async def test_hints_go_before_a_commit_and_once_more_after_it(
    store: RedisStore, clinic: ClinicId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: if all stops in between, nothing is due that no hint leads to. After: see `settle_hints`."""
    send, sent = store._pipeline.calls, list[Command]()

    async def note(commands: Sequence[Command]) -> list[Reply]:
        sent.extend(commands)
        return await send(commands)

    monkeypatch.setattr(store._pipeline, "calls", note)
    due, lease = Due(AppointmentNo(new_number()), NINE), Lease(LEE, new_session(), UNTIL, NINE)
    await store.commit(clinic, [Put(a_clinic(clinic)), due, lease])
    hints = [("ZADD", "hint:due", "LT", NINE, clinic), ("ZADD", "hint:leases", "LT", UNTIL, clinic)]
    assert sent[:3] == [("SADD", "clinics", clinic), *hints]
    assert sent[3][0] == "EVALSHA"
    assert sent[4:-1] == hints
    assert sent[-1] == store._counting, "and last of all what was done is counted"


async def test_settling_between_a_hint_and_its_commit_hides_nothing(
    store: RedisStore, other: RedisStore, clinic: ClinicId
) -> None:
    """A commit's commands, one by one, with another process's settling in the gap."""
    made = plan(clinic, [Due(AppointmentNo(new_number()), NINE)])
    await store._pipeline.calls([*made.before, *made.hints])
    await other.refresh_hints(clinic)
    assert clinic not in await store.clinics_due(NINE, MANY)
    await store._pipeline.run(COMMIT_SCRIPT, made.keys, *made.args)
    await store._pipeline.calls(made.hints)
    assert clinic in await store.clinics_due(NINE, MANY)


async def test_a_sweep_finds_every_clinic_again(store: RedisStore, clinic: ClinicId) -> None:
    others = [a_clinic_id() for _ in range(30)]
    for one in (clinic, *others):
        await store.commit(one, [Put(a_clinic(one)), Due(AppointmentNo(new_number()), NINE)])
    await _hold(store, clinic)
    await store._pipeline.calls([("DEL", "hint:due"), ("DEL", "hint:leases")])
    assert await store.sweep() >= 31
    assert {clinic, *others} <= set(await store.clinics_due(NINE, MANY))
    assert clinic in await store.clinics_lapsed(UNTIL, MANY)
    assert others[0] not in await store.clinics_lapsed(UNTIL, MANY)
