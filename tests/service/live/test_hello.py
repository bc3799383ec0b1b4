"""From a token to a seat: to the second, for every role, by the appointment as it stands now (A2, D2, A6)."""

import pytest

from rooms.changes import Change
from rooms.errors import Unavailable
from rooms.ids import ClinicId
from rooms.ports import Conflict
from rooms.service.transaction import MAX_FLOOR_ATTEMPTS
from rooms.store import RedisStore
from tests.service.live.scene import (
    CARER,
    LEASE,
    change,
    code,
    floor,
    host,
    lines,
    present,
    refusal,
    seat,
)
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk

EVERYBODY = ("patient", "guest:carer", "practitioner")


@pytest.mark.parametrize("person", EVERYBODY)
@pytest.mark.parametrize(
    ("clock", "answer"),
    [
        ("09:49:59.999", "too_early"),
        ("09:50", ""),
        ("11:29:59.999", ""),
        ("11:30", "window_closed"),
    ],
)
async def test_the_window_is_the_same_for_every_role(
    open_desk: Desk, person: str, clock: str, answer: str
) -> None:
    link = await open_desk.link("a", person)
    open_desk.now = at(clock)
    if answer:
        assert await code(open_desk.come(link)) == answer
        assert await present(open_desk) == {}
    else:
        await open_desk.come(link)
        assert await present(open_desk) == {person: "lobby" if person == "practitioner" else "waiting"}


@pytest.mark.parametrize("clock", ["09:30", "11:45"])
async def test_early_and_late_answers_carry_the_facts(open_desk: Desk, clock: str) -> None:
    await open_desk.clinics.change(open_desk.id, {"phone": "+61 2 5550 1234"}, open_desk.now)
    link = await open_desk.link("a")
    open_desk.now = at(clock)
    assert (await refusal(open_desk.come(link))).facts == {
        "opens_at": "2026-11-21T09:50:00Z",
        "closes_at": "2026-11-21T11:30:00Z",
        "starts_at": "2026-11-21T10:00:00Z",
        "server_time": f"2026-11-21T{clock}:00Z",
        "time_zone": "UTC",
        "phone": "+61 2 5550 1234",
    }


async def test_a_clinic_without_a_phone_names_none(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    open_desk.now = at("09:30")
    assert "phone" not in (await refusal(open_desk.come(link))).facts


async def test_what_a_seat_is(open_desk: Desk) -> None:
    entered = await open_desk.come(await open_desk.link("a"))
    taken, booked = await seat(open_desk, entered), await open_desk.get("a")
    assert (taken.person, taken.number, taken.state, taken.room) == ("patient", 1, "waiting", booked.room)
    assert (taken.link, taken.device, taken.node, taken.epoch) == (booked.no, "Firefox", "node", 1)
    assert entered.floor == await floor(open_desk)
    assert (entered.link, entered.siblings, entered.signed_by) == (booked, (booked,), 1)
    assert (entered.practitioner, entered.clinic.id) == ("Dr Lee", open_desk.id)
    assert entered.key not in repr(entered.floor)
    assert await lines(open_desk, booked.room) == [("open waiting", open_desk.now)]
    lease = await open_desk.store.lease(open_desk.id, entered.here.practitioner, entered.here.sid)
    assert lease is not None
    assert (lease.until, lease.seen) == (open_desk.now + LEASE, open_desk.now)


async def test_the_others_are_told_by_whoever_welcomes(open_desk: Desk) -> None:
    """A newcomer hears nothing before the welcome; the hello itself tells nobody."""
    await open_desk.come(await open_desk.link("a"))
    assert open_desk.bus.floors == []


async def test_a_practitioner_of_a_room_link_waits_for_nobody_in_the_lobby(open_desk: Desk) -> None:
    open_desk.now = at("03:00")
    entered = await host(open_desk)
    assert (entered.link, entered.window, entered.siblings) == (None, None, ())
    assert await present(open_desk) == {"practitioner": "lobby"}


async def test_who_was_beaten_to_it_decides_again(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one's seat stays, and both have a number of their own."""
    patient, carer = await open_desk.link("a"), await open_desk.link("a", "guest:carer")
    at_commit(monkeypatch, store, before=lambda: open_desk.come(carer))
    await open_desk.come(patient)
    assert [(each.person, each.serial) for each in (await floor(open_desk)).seats] == [
        ("guest:carer", 1),
        ("patient", 2),
    ]


async def test_of_two_devices_at_once_one_is_asked(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await open_desk.link("a")
    at_commit(monkeypatch, store, before=lambda: open_desk.come(link))
    assert await code(open_desk.come(link)) == "elsewhere"
    assert await present(open_desk) == {"patient": "waiting"}


async def test_a_guest_taken_off_while_saying_hello_has_no_seat(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await open_desk.link("a", "guest:carer")
    at_commit(monkeypatch, store, before=lambda: open_desk.book("a"))
    assert await code(open_desk.come(link)) == "token_revoked"
    assert await present(open_desk) == {}


async def test_given_to_a_colleague_while_saying_hello_they_wait_there(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await open_desk.link("a")
    at_commit(monkeypatch, store, before=lambda: open_desk.book("a", practitioner="dr-kim"))
    entered = await open_desk.come(link)
    assert entered.practitioner == "Dr Kim"
    assert (await present(open_desk), await present(open_desk, "dr-kim")) == ({}, {"patient": "waiting"})


async def test_a_writer_that_is_always_beaten_gives_up(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await open_desk.link("a")
    commits = list[ClinicId]()

    async def beaten(clinic: ClinicId, _: list[Change]) -> None:
        commits.append(clinic)
        raise Conflict

    monkeypatch.setattr(store, "commit", beaten)
    assert isinstance(await refusal(open_desk.come(link)), Unavailable)
    assert len(commits) >= MAX_FLOOR_ATTEMPTS


async def test_cancelled_with_the_reason(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await open_desk.cancel("a", reason="Dr Lee is ill")
    told = await refusal(open_desk.come(link))
    assert (told.code, told.facts) == ("cancelled", {"reason": "Dr Lee is ill"})


async def test_cancelled_by_the_patient_without_one(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await open_desk.cancel("a", "patient", None)
    told = await refusal(open_desk.come(link))
    assert (told.code, told.facts) == ("cancelled", {})


@pytest.mark.parametrize("status", ["held", "expired"])
async def test_not_confirmed(open_desk: Desk, status: str) -> None:
    link = await open_desk.link("a")
    await change(open_desk, "a", status=status)
    assert await code(open_desk.come(link)) == "not_confirmed"


@pytest.mark.parametrize("status", ["completed", "no_show"])
async def test_decided_and_still_in_its_window_it_opens(open_desk: Desk, status: str) -> None:
    link = await open_desk.link("a")
    await change(open_desk, "a", status=status)
    await open_desk.come(link)


async def test_rescheduled_it_keeps_its_link(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await open_desk.book("a", "15:00", guests=(CARER,))
    assert (await refusal(open_desk.come(link))).facts["opens_at"] == "2026-11-21T14:50:00Z"
    open_desk.now = at("15:00")
    await open_desk.come(link)


async def test_by_the_clinics_policy_as_it_is_now(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    open_desk.now = at("09:35")
    assert await code(open_desk.come(link)) == "too_early"
    await open_desk.clinics.change(open_desk.id, {"policy": {"opens_before_minutes": 25}}, open_desk.now)
    await open_desk.come(link)
