"""A visit is handed to a colleague, who carries it, and taken back; the diary is untouched (D3)."""

import pytest
from msgspec.structs import replace

from rooms.access.window import of
from rooms.errors import Unavailable
from rooms.ports import Drop, Put
from rooms.records import Appointment, Handed
from rooms.service.idempotency import Act
from rooms.service.live.device_check import DeviceChecks
from rooms.service.live.hello import Entered
from rooms.service.live.names import FloorNames
from rooms.service.outcomes.automatic import Outcomes
from rooms.store import RedisStore
from rooms.times import MINUTE, SECOND
from tests.service.live.scene import (
    CARER,
    alive,
    change,
    code,
    doctor,
    drop,
    endings,
    floor,
    host,
    in_call,
    lines,
    present,
    refusal,
    room_of,
)
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import DESK, Desk


async def colleague(desk: Desk, id: str = "dr-kim") -> Entered:
    """Dr Kim comes by a room link."""
    token = (await desk.links.room_link(Act(desk.id, desk.now), id, 12)).token
    return await desk.visits.hello(token, move=True, device="Chrome", now=desk.now)


async def handed(desk: Desk) -> tuple[Entered, Entered]:
    """Dr Lee's call with the patient is Dr Kim's now; nobody has said anything yet."""
    lee, patient = await in_call(desk)
    desk.now += MINUTE
    await desk.visits.hand_over(lee.here, "dr-kim", desk.now)
    return lee, patient


async def resumed(desk: Desk, entered: Entered) -> Entered:
    """As their page does by itself."""
    return await desk.visits.resume(entered.here.sid, entered.key, desk.now)


async def numbers(desk: Desk) -> tuple[str, str]:
    return (await doctor(desk)).no, (await doctor(desk, "dr-kim")).no


async def test_the_patient_is_with_the_colleague_and_dr_lee_in_the_lobby(open_desk: Desk) -> None:
    before = await open_desk.get("a")
    lee, patient = await handed(open_desk)
    assert await present(open_desk) == {"practitioner": "lobby"}
    assert await present(open_desk, "dr-kim") == {"patient": "away"}
    assert open_desk.bus.floors[-2:] == [await floor(open_desk, "dr-kim"), await floor(open_desk)]
    back = await resumed(open_desk, patient)
    assert await present(open_desk, "dr-kim") == {"patient": "in_room"}
    assert (back.here.sid, back.here.practitioner) == (patient.here.sid, (await numbers(open_desk))[1])
    after = await open_desk.get("a")
    by, to = await numbers(open_desk)
    assert after == replace(before, handed=Handed(to=to, by=by), version=after.version)  # type: ignore[arg-type]  # as str
    assert [each.floors for each in (before, after)] == [(by,), (to, by)]
    [*_, step] = await open_desk.store.history(open_desk.id, after.no)
    assert (step.what, step.by, step.facts) == ("handed_over", "practitioner", {"practitioner": "dr-kim"})
    assert lee.here.practitioner == by


async def test_the_colleague_comes_in_and_the_ledger_has_no_gap_but_theirs(open_desk: Desk) -> None:
    _, patient = await handed(open_desk)
    kim, room = await colleague(open_desk), await room_of(open_desk)
    open_desk.now += SECOND
    await resumed(open_desk, patient)
    open_desk.now += SECOND
    await open_desk.visits.enter(kim.here, room, open_desk.now)
    told = await lines(open_desk, room)
    assert told[-2:] == [
        ("close in_room handed_over", open_desk.now - 2 * SECOND),
        ("open in_room", open_desk.now - SECOND),
    ]
    open_desk.now += MINUTE
    await open_desk.visits.end(kim.here, open_desk.now, done=True)
    seen = await Outcomes(open_desk.store).attendance(open_desk.id, "a", open_desk.now)
    # A minute with Dr Lee, two seconds with nobody, a minute with Dr Kim.
    assert seen.overlap_seconds == 120
    assert seen.evidence["done"] is True


async def test_everybody_who_waits_for_the_room_waits_for_the_colleague(open_desk: Desk) -> None:
    carer = await open_desk.come(await open_desk.link("a", "guest:carer"))
    await handed(open_desk)
    kim = await colleague(open_desk)
    await resumed(open_desk, carer)
    assert (await present(open_desk, "dr-kim"))["guest:carer"] == "waiting"
    await open_desk.visits.admit(kim.here, "patient", "a", open_desk.now)
    await open_desk.visits.admit(kim.here, "guest:carer", "a", open_desk.now)
    assert await present(open_desk, "dr-kim") == {
        "practitioner": "in_room",
        "patient": "away",
        "guest:carer": "in_room",
    }


async def test_who_says_hello_again_is_in_the_room_again(open_desk: Desk) -> None:
    _, patient = await handed(open_desk)
    again = await open_desk.come(await open_desk.link("a"))
    assert again.here.sid != patient.here.sid
    assert again.practitioner == "Dr Kim"
    assert await present(open_desk, "dr-kim") == {"patient": "in_room"}


async def test_who_comes_only_then_waits_for_the_colleague(open_desk: Desk) -> None:
    lee = await host(open_desk)
    await open_desk.visits.enter(lee.here, await room_of(open_desk), open_desk.now)
    await open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)
    await open_desk.come(await open_desk.link("a"))
    assert await present(open_desk, "dr-kim") == {"patient": "waiting"}
    assert await code(open_desk.visits.admit(lee.here, "patient", "a", open_desk.now)) == "not_waiting"
    kim = await colleague(open_desk)
    await open_desk.visits.admit(kim.here, "patient", "a", open_desk.now)
    assert await present(open_desk, "dr-kim") == {"practitioner": "in_room", "patient": "in_room"}


async def test_a_practitioners_own_link_leads_to_their_own_lobby(open_desk: Desk) -> None:
    link = await open_desk.link("a", "practitioner")
    lee, _ = await handed(open_desk)
    again = await open_desk.visits.hello(link, move=True, device="Firefox", now=open_desk.now)
    assert again.here.practitioner == lee.here.practitioner
    assert await present(open_desk) == {"practitioner": "lobby"}


@pytest.mark.parametrize(
    ("to", "answer"),
    [
        ("nobody", "practitioner_unknown"),
        ("dr-lee", "field_invalid"),
        ("dr-off", "practitioner_not_video_enabled"),
    ],
)
async def test_not_to(open_desk: Desk, to: str, answer: str) -> None:
    await open_desk.practitioners.put(
        open_desk.id, "dr-off", name="Dr Off", video_enabled=False, now=open_desk.now
    )
    lee, _ = await in_call(open_desk)
    assert await code(open_desk.visits.hand_over(lee.here, to, open_desk.now)) == answer
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}


async def test_not_from_the_lobby_nor_by_a_stale_socket(open_desk: Desk) -> None:
    lee = await host(open_desk)
    assert await code(open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)) == "not_admitted"
    stale = replace(lee.here, epoch=lee.here.epoch - 1)
    assert await code(open_desk.visits.hand_over(stale, "dr-kim", open_desk.now)) == "replaced"


async def test_not_a_room_without_an_appointment(open_desk: Desk) -> None:
    lee, _ = await in_call(open_desk)
    await open_desk.cancel("a")
    assert await code(open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)) == "room_unknown"


async def test_a_hello_that_was_judged_before_is_judged_again(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3: the patient reloads in that very moment."""
    lee, patient = await in_call(open_desk)
    link = await open_desk.link("a")
    await drop(open_desk, patient)
    at_commit(
        monkeypatch, store, before=lambda: open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)
    )
    await open_desk.come(link)
    assert await present(open_desk, "dr-kim") == {"patient": "in_room"}
    assert await present(open_desk) == {"practitioner": "lobby"}


async def test_what_was_decided_before_a_hello_is_decided_again(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lee, patient = await in_call(open_desk)
    link = await open_desk.link("a")
    await drop(open_desk, patient)
    at_commit(monkeypatch, store, before=lambda: open_desk.come(link))
    await open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)
    assert await present(open_desk, "dr-kim") == {"patient": "away"}


async def test_a_resume_in_that_moment_finds_its_way(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lee, patient = await in_call(open_desk)
    await drop(open_desk, patient)
    at_commit(
        monkeypatch, store, before=lambda: open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)
    )
    await resumed(open_desk, patient)
    assert await present(open_desk, "dr-kim") == {"patient": "in_room"}


async def test_a_wrong_key_opens_nothing_there_either(open_desk: Desk) -> None:
    _, patient = await handed(open_desk)
    assert await code(open_desk.visits.resume(patient.here.sid, "wrong", open_desk.now)) == "resume_refused"
    open_desk.now += 30 * SECOND
    assert await code(resumed(open_desk, patient)) == "resume_refused"


async def test_an_outage_hands_over_nothing(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lee, _ = await in_call(open_desk)

    async def away() -> None:
        raise Unavailable

    at_commit(monkeypatch, store, before=away)
    assert await code(open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)) == "backend_unavailable"
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}
    await open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)
    assert await present(open_desk, "dr-kim") == {"patient": "away"}


async def test_taken_back_by_going_in_again(open_desk: Desk) -> None:
    lee, patient = await handed(open_desk)
    await resumed(open_desk, patient)
    await open_desk.visits.enter(lee.here, await room_of(open_desk), open_desk.now)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "away"}
    assert await present(open_desk, "dr-kim") == {}
    after = await open_desk.get("a")
    assert after.handed is None
    assert [each.what for each in await open_desk.store.history(open_desk.id, after.no)][-1] == "taken_back"
    back = await resumed(open_desk, patient)
    assert back.here.practitioner == lee.here.practitioner
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}


async def test_not_while_the_colleague_is_inside(open_desk: Desk) -> None:
    lee, _ = await handed(open_desk)
    kim, room = await colleague(open_desk), await room_of(open_desk)
    await open_desk.visits.enter(kim.here, room, open_desk.now)
    assert await code(open_desk.visits.enter(lee.here, room, open_desk.now)) == "handed_over"
    await open_desk.visits.leave(kim.here, open_desk.now)
    await open_desk.visits.enter(lee.here, room, open_desk.now)
    assert (await present(open_desk))["practitioner"] == "in_room"
    assert await code(open_desk.visits.enter((await colleague(open_desk)).here, room, open_desk.now)) == (
        "room_unknown"
    )


async def test_not_where_it_was_handed_on_in_that_moment(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left on a floor that carries nothing."""
    await open_desk.practitioners.put(open_desk.id, "dr-roe", name="Dr Roe", now=open_desk.now)
    lee, patient = await handed(open_desk)
    await resumed(open_desk, patient)
    kim, room = await colleague(open_desk), await room_of(open_desk)

    async def handed_on() -> None:
        await open_desk.visits.enter(kim.here, room, open_desk.now)
        await open_desk.visits.hand_over(kim.here, "dr-roe", open_desk.now)

    at_commit(monkeypatch, store, before=handed_on)
    assert await code(open_desk.visits.enter(lee.here, room, open_desk.now)) == "handed_over"
    assert await present(open_desk) == {"practitioner": "lobby"}
    assert await present(open_desk, "dr-roe") == {"patient": "away"}


async def test_handed_on_and_handed_back(open_desk: Desk) -> None:
    """By whoever carries it: also to whom it came from."""
    await open_desk.practitioners.put(open_desk.id, "dr-roe", name="Dr Roe", now=open_desk.now)
    _, patient = await handed(open_desk)
    room = await room_of(open_desk)
    for giver, taker in (("dr-kim", "dr-roe"), ("dr-roe", "dr-lee")):
        here = (await colleague(open_desk, giver)).here
        await resumed(open_desk, patient)
        await open_desk.visits.enter(here, room, open_desk.now)
        await open_desk.visits.hand_over(here, taker, open_desk.now)
        assert await present(open_desk, giver) == {"practitioner": "lobby"}
    await resumed(open_desk, patient)
    assert await present(open_desk) == {"practitioner": "lobby", "patient": "in_room"}
    after = await open_desk.get("a")
    assert after.host_no == after.practitioner_no
    assert after.handed is not None
    assert after.handed.by == (await doctor(open_desk, "dr-roe")).no
    again = await host(open_desk, move=True)
    await open_desk.visits.admit(again.here, "patient", "a", open_desk.now)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}


@pytest.mark.parametrize("who", ["dr-kim", "dr-lee"])
async def test_a_call_that_waits_for_a_practitioner_after_the_close(open_desk: Desk, who: str) -> None:
    """D2: a call under way is not cut."""
    lee, patient = await in_call(open_desk)
    open_desk.now = at("11:29:59")
    await open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)
    await resumed(open_desk, patient)
    open_desk.now = at("11:40")
    room = await room_of(open_desk)
    entering = lee if who == "dr-lee" else await colleague(open_desk)
    await open_desk.visits.enter(entering.here, room, open_desk.now)
    assert (await present(open_desk, who))["practitioner"] == "in_room"


async def test_after_the_close_nobody_enters_an_empty_room(open_desk: Desk) -> None:
    lee, _ = await handed(open_desk)
    open_desk.now = at("11:40")
    await endings(open_desk).lapse(open_desk.id, open_desk.now)
    for here in (lee.here, (await colleague(open_desk)).here):
        entering = open_desk.visits.enter(here, await room_of(open_desk), open_desk.now)
        assert await code(entering) == "window_closed"


async def test_a_window_that_closes_ends_the_wait_with_the_colleague(open_desk: Desk) -> None:
    carer = await open_desk.come(await open_desk.link("a", "guest:carer"))
    _, patient = await handed(open_desk)
    for each in (carer, patient):
        await resumed(open_desk, each)
    open_desk.now = at("11:30")
    clinic = await open_desk.clinics.get(open_desk.id)
    await endings(open_desk).close_windows(clinic, await open_desk.get("a"), open_desk.now)
    assert await present(open_desk, "dr-kim") == {"patient": "in_room"}


async def test_the_siblings_of_the_room_go_too_and_those_that_come_later(open_desk: Desk) -> None:
    await open_desk.book("b", "11:00", guests=(CARER,))
    await handed(open_desk)
    kim = (await doctor(open_desk, "dr-kim")).no
    await open_desk.book("c", "12:00")
    assert [(await open_desk.get(id)).host_no for id in "abc"] == [kim] * 3
    open_desk.now = at("11:00")
    await open_desk.come(await open_desk.link("b", "guest:carer"))
    assert (await present(open_desk, "dr-kim"))["guest:carer"] == "waiting"


async def test_a_cancel_a_revoke_and_an_erased_guest_reach_the_colleagues_floor(open_desk: Desk) -> None:
    carer = await open_desk.come(await open_desk.link("a", "guest:carer"))
    _, patient = await handed(open_desk)
    for each in (carer, patient):
        await resumed(open_desk, each)
    await open_desk.staff_acts.revoke(
        Act(open_desk.id, open_desk.now, DESK, reason="lost"), "a", "guest:carer"
    )
    assert await present(open_desk, "dr-kim") == {"patient": "in_room"}
    await open_desk.cancel("a")
    assert await present(open_desk, "dr-kim") == {}
    whys = [gone.why for gone in (await floor(open_desk, "dr-kim")).departures]
    assert whys == ["revoked", "cancelled"]


async def test_another_time_of_the_day_is_still_the_colleagues(open_desk: Desk) -> None:
    _, patient = await handed(open_desk)
    await resumed(open_desk, patient)
    await open_desk.book("a", "10:05", guests=(CARER,))
    assert (await open_desk.get("a")).handed is not None
    assert await present(open_desk, "dr-kim") == {"patient": "in_room"}


async def _reallocated(desk: Desk, to: str) -> Appointment:
    await desk.book("a", "10:05", practitioner=to, guests=(CARER,))
    return await desk.get("a")


async def test_reallocated_it_is_the_new_practitioners_alone(open_desk: Desk) -> None:
    await open_desk.practitioners.put(open_desk.id, "dr-roe", name="Dr Roe", now=open_desk.now)
    link = await open_desk.link("a")
    _, patient = await handed(open_desk)
    await resumed(open_desk, patient)
    after = await _reallocated(open_desk, "dr-roe")
    assert after.handed is None
    assert await present(open_desk, "dr-kim") == {}
    [gone] = (await floor(open_desk, "dr-kim")).departures
    assert gone.why == "reassigned"
    await open_desk.come(link)
    assert await present(open_desk, "dr-roe") == {"patient": "waiting"}


async def test_reallocated_to_whoever_carries_it_they_wait_anew(open_desk: Desk) -> None:
    own = await open_desk.come(await open_desk.link("a", "practitioner"))
    await open_desk.visits.leave(own.here, open_desk.now)
    _, patient = await handed(open_desk)
    await resumed(open_desk, patient)
    after = await _reallocated(open_desk, "dr-kim")
    assert (after.handed, after.host_no) == (None, (await doctor(open_desk, "dr-kim")).no)
    assert await present(open_desk, "dr-kim") == {"patient": "waiting"}
    assert await present(open_desk) == {"practitioner": "lobby"}


async def test_another_day_is_the_diarys_practitioners_again(open_desk: Desk) -> None:
    _, patient = await handed(open_desk)
    await resumed(open_desk, patient)
    await open_desk.book("a", day="2026-11-22", guests=(CARER,))
    assert (await open_desk.get("a")).handed is None
    assert await present(open_desk, "dr-kim") == {}
    [gone] = (await floor(open_desk, "dr-kim")).departures
    assert (gone.why, gone.facts["code"]) == ("moved_away", "too_early")


async def test_a_colleague_with_a_visit_cannot_be_removed(open_desk: Desk) -> None:
    await handed(open_desk)
    deleting = open_desk.practitioners.delete(open_desk.id, "dr-kim", now=open_desk.now)
    assert await code(deleting) == "state_conflict"


async def test_a_colleague_who_is_no_longer_there_gives_it_back(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    lee, _ = await handed(open_desk)
    await open_desk.store.commit(open_desk.id, [Drop(await doctor(open_desk, "dr-kim"))])
    await open_desk.come(link)
    assert (await present(open_desk))["patient"] == "waiting"
    await open_desk.visits.admit(lee.here, "patient", "a", open_desk.now)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}


async def test_a_practitioner_who_is_no_longer_there_at_all(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await handed(open_desk)
    for id in ("dr-kim", "dr-lee"):
        await open_desk.store.commit(open_desk.id, [Drop(await doctor(open_desk, id))])
    assert await code(open_desk.come(link)) == "token_invalid"


async def test_either_ones_lobby_counts(open_desk: Desk) -> None:
    """D3, F3: nobody came into the room again, and both had been in their lobbies."""
    lee = await host(open_desk)
    await open_desk.visits.enter(lee.here, await room_of(open_desk), open_desk.now)
    await open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)
    kim = await colleague(open_desk)
    seen = await Outcomes(open_desk.store).attendance(open_desk.id, "a", at("10:10"))
    sids = {each.sid for each in seen.intervals if each.state == "lobby"}
    assert sids == {lee.here.sid, kim.here.sid}
    assert seen.evidence["practitioner_seen"] is True


async def test_the_outcome_waits_for_a_call_on_the_colleagues_floor(open_desk: Desk) -> None:
    lee, patient = await handed(open_desk)
    kim, appointment = await colleague(open_desk), await open_desk.get("a")
    back = await resumed(open_desk, patient)
    await open_desk.visits.enter(kim.here, appointment.room, open_desk.now)
    clinic = await open_desk.clinics.get(open_desk.id)
    late = open_desk.now = of(appointment, clinic.policy).closes_at + SECOND
    for each in (lee, kim, back):
        await alive(open_desk, each)
    outcomes = Outcomes(open_desk.store)
    assert await outcomes.decide(open_desk.id, appointment.no, late) is False
    await drop(open_desk, lee)
    await open_desk.visits.end(kim.here, late, done=True)
    assert await outcomes.decide(open_desk.id, appointment.no, late + SECOND) is True
    decided = (await open_desk.get("a")).outcome
    assert decided is not None
    assert decided.name == "attended"


async def test_the_card_says_who_handed_them_over(open_desk: Desk) -> None:
    _, patient = await handed(open_desk)
    await open_desk.come(await open_desk.link("a", "guest:carer"))
    roster, clinic = FloorNames(open_desk.store), await open_desk.clinics.get(open_desk.id)
    cards = await roster.cards(clinic, await floor(open_desk, "dr-kim"), open_desk.now)
    assert {card.handed_by for card in cards.values()} == {"Dr Lee"}
    assert cards[patient.here.sid].appointment == "a"
    await open_desk.store.commit(open_desk.id, [Put(replace(await open_desk.get("a"), handed=None))])
    roster.forget(open_desk.id)
    cards = await roster.cards(clinic, await floor(open_desk, "dr-kim"), open_desk.now)
    assert {card.handed_by for card in cards.values()} == {""}


async def test_a_card_that_was_read_before_it_was_handed_over_is_read_again(open_desk: Desk) -> None:
    """No letter came to this process."""
    roster, clinic = FloorNames(open_desk.store), await open_desk.clinics.get(open_desk.id)
    lee, patient = await in_call(open_desk)
    cards = await roster.cards(clinic, await floor(open_desk), open_desk.now)
    assert cards[patient.here.sid].handed_by == ""
    await open_desk.visits.hand_over(lee.here, "dr-kim", open_desk.now)
    cards = await roster.cards(clinic, await floor(open_desk, "dr-kim"), open_desk.now)
    assert cards[patient.here.sid].handed_by == "Dr Lee"


async def test_an_appointment_that_was_settled_goes_with_its_room(open_desk: Desk) -> None:
    await open_desk.book("b", "10:30")
    await change(open_desk, "b", status="completed")
    await handed(open_desk)
    assert (await open_desk.get("b")).handed is not None


async def test_admitting_somebody_who_is_not_alone_is_nothing(open_desk: Desk) -> None:
    _, patient = await handed(open_desk)
    kim = await colleague(open_desk)
    await resumed(open_desk, patient)
    await open_desk.visits.admit(kim.here, "patient", "a", open_desk.now)
    told = await refusal(open_desk.visits.admit(kim.here, "patient", "a", open_desk.now))
    assert told.code == "not_waiting"


async def test_a_device_check_is_shown_to_whoever_carries_the_visit(open_desk: Desk) -> None:
    await handed(open_desk)
    appointment = await open_desk.get("a")
    checks = DeviceChecks(open_desk.store, open_desk.bus, open_desk.visits.attempts)
    await checks.made(open_desk.id, appointment.no, "patient", {"camera": "ok"}, open_desk.now)
    seats = (await floor(open_desk, "dr-kim")).seats
    assert [seat.tested.ok for seat in seats if seat.tested] == [True]
