"""What a changed appointment does to whoever is here because of it, in the same commit (A2, C6, D2)."""

import asyncio

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.calendar import GuestRequest
from rooms.errors import LinkRefused
from rooms.ports import Put
from rooms.records import Departure, Floor
from rooms.service.idempotency import Act
from rooms.service.live.hello import Entered
from rooms.store import RedisStore
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import DESK, Desk

CARER = GuestRequest(id="carer", name="Cy")


@pytest_asyncio.fixture
async def open_desk(desk: Desk) -> Desk:
    """At 10:00, with an appointment of Ada and her carer that is open now."""
    await desk.book("a", guests=(CARER,))
    desk.now = at("10:00")
    return desk


async def floor(desk: Desk, practitioner: str = "dr-lee") -> Floor:
    return await desk.store.floor(desk.id, (await desk.practitioners.get(desk.id, practitioner)).no)


async def present(desk: Desk) -> dict[str, str]:
    return {seat.person: seat.state for seat in (await floor(desk)).seats}


async def gone(desk: Desk, entered: Entered) -> Departure:
    (found,) = [each for each in (await floor(desk)).departures if each.sid == entered.here.sid]
    return found


async def in_call(desk: Desk) -> tuple[Entered, Entered]:
    """Practitioner and patient, together."""
    host = await desk.come((await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 1)).token)
    patient = await desk.come(await desk.link("a"))
    await desk.visits.admit(host.here, "patient", "a", desk.now)
    return host, patient


async def test_a_cancel_ends_waiting_and_says_why(open_desk: Desk) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    host = await open_desk.come(await open_desk.link("a", "practitioner"))
    await open_desk.cancel("a", reason="I am ill", note="again")
    assert await present(open_desk) == {}
    for entered in (patient, host):
        departure = await gone(open_desk, entered)
        assert (departure.why, departure.facts) == ("cancelled", {"reason": "I am ill"})
    assert open_desk.bus.floors[-1] == await floor(open_desk)


async def test_a_cancel_ends_a_call(open_desk: Desk) -> None:
    _, patient = await in_call(open_desk)
    await open_desk.cancel("a", "patient", None)
    assert await present(open_desk) == {"practitioner": "in_room"}
    assert (await gone(open_desk, patient)).why == "cancelled"
    ledger = await open_desk.store.ledger(open_desk.id, (await open_desk.get("a")).room)
    assert [entry.why for entry in ledger if entry.person == "patient"][-1] == "cancelled"


async def test_no_longer_confirmed_opens_nothing(open_desk: Desk) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    await open_desk.book("a", guests=(CARER,), status="held")
    assert (await gone(open_desk, patient)).why == "expired"


async def test_moved_to_later_they_are_told_when(open_desk: Desk) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    await open_desk.book("a", "15:00", guests=(CARER,))
    departure = await gone(open_desk, patient)
    assert departure.why == "moved_away"
    assert departure.facts["code"] == "too_early"
    assert departure.facts["opens_at"] == "2026-11-21T14:50:00Z"


async def test_moved_to_what_has_passed(open_desk: Desk) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    await open_desk.book("a", "07:00", guests=(CARER,))
    assert (await gone(open_desk, patient)).facts["code"] == "window_closed"


async def test_moved_a_little_they_wait_on(open_desk: Desk) -> None:
    before = await open_desk.come(await open_desk.link("a"))
    await open_desk.book("a", "10:05", guests=(CARER,))
    (seat,) = (await floor(open_desk)).seats
    assert (seat.sid, seat.state, seat.arrived_at) == (before.here.sid, "waiting", at("10:00"))


async def test_moved_while_another_of_the_room_is_open_they_stay(open_desk: Desk) -> None:
    """D2: with several appointments in one room, the patient may be there while any is in its own window."""
    await open_desk.book("b", "10:30")
    open_desk.now = at("10:25")
    await open_desk.come(await open_desk.link("a"))
    await open_desk.book("a", "18:00", guests=(CARER,))
    assert await present(open_desk) == {"patient": "waiting"}


async def test_another_of_the_room_that_is_over_keeps_nobody(open_desk: Desk) -> None:
    """Its outcome is decided and its window still open: it lets nobody in any more."""
    over = await open_desk.book("b", "10:30")
    open_desk.now = at("10:25")
    patient = await open_desk.come(await open_desk.link("a"))
    await open_desk.store.commit(open_desk.id, [Put(replace(over, status="completed"))])
    await open_desk.book("a", "18:00", guests=(CARER,))
    assert await present(open_desk) == {}
    assert (await gone(open_desk, patient)).facts["opens_at"] == "2026-11-21T17:50:00Z"


async def test_an_extension_moves_nobody_and_everybody_hears_of_it(open_desk: Desk) -> None:
    await in_call(open_desk)
    seats, told = (await floor(open_desk)).seats, len(open_desk.bus.floors)
    await open_desk.staff_acts.extend(
        Act(open_desk.id, open_desk.now, DESK, reason="running late"), "a", minutes=30
    )
    assert (await floor(open_desk)).seats == seats
    assert len(open_desk.bus.floors) == told + 1


async def test_a_removed_guest_is_out_and_the_others_stay(open_desk: Desk) -> None:
    await open_desk.come(await open_desk.link("a"))
    carer = await open_desk.come(await open_desk.link("a", "guest:carer"))
    await open_desk.book("a")
    assert await present(open_desk) == {"patient": "waiting"}
    assert (await gone(open_desk, carer)).why == "revoked"


async def test_of_another_patient_the_first_is_out_even_of_a_call(open_desk: Desk) -> None:
    _, patient = await in_call(open_desk)
    carer = await open_desk.come(await open_desk.link("a", "guest:carer"))
    await open_desk.book("a", patient="bob", guests=(CARER,))
    assert await present(open_desk) == {"practitioner": "in_room"}
    assert {(await gone(open_desk, each)).why for each in (patient, carer)} == {"revoked"}


async def test_with_a_colleague_now(open_desk: Desk) -> None:
    """4504 is for the practitioner only; the patient comes again and waits for the colleague."""
    host = await open_desk.come(await open_desk.link("a", "practitioner"))
    link = await open_desk.link("a")
    patient = await open_desk.come(link)
    await open_desk.book("a", practitioner="dr-kim", guests=(CARER,))
    assert ((await gone(open_desk, host)).why, (await gone(open_desk, patient)).why) == (
        "moved",
        "reassigned",
    )
    await open_desk.come(link)
    (seat,) = (await floor(open_desk, "dr-kim")).seats
    assert (seat.person, seat.state) == ("patient", "waiting")


async def test_with_a_colleague_later(open_desk: Desk) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    await open_desk.book("a", "15:00", practitioner="dr-kim", guests=(CARER,))
    departure = await gone(open_desk, patient)
    assert (departure.why, departure.facts["code"]) == ("moved_away", "too_early")


async def test_a_practitioner_with_somebody_in_a_room_is_not_put_out(open_desk: Desk) -> None:
    host = await open_desk.come(await open_desk.link("a", "practitioner"))
    await open_desk.come(await open_desk.link("a"))
    await open_desk.visits.admit(host.here, "patient", "a", open_desk.now)
    await open_desk.book("a", practitioner="dr-kim", guests=(CARER,))
    assert await present(open_desk) == {"practitioner": "in_room"}


async def test_what_opens_nothing_else_leaves_the_floor_alone(open_desk: Desk) -> None:
    await open_desk.come(await open_desk.link("a"))
    before, told = await floor(open_desk), len(open_desk.bus.floors)
    other = GuestRequest(id="carer", name="Cyrus", phone="+1 555 0100")
    await open_desk.book("a", guests=(other,))
    assert await floor(open_desk) == before
    assert len(open_desk.bus.floors) == told


async def test_a_hello_that_was_judged_before_the_cancel_is_judged_again(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancel between the hello's reading and its writing: nobody sits for a cancelled appointment."""
    link = await open_desk.link("a")
    at_commit(monkeypatch, store, before=lambda: open_desk.cancel("a"))
    with pytest.raises(LinkRefused, match="cancelled"):
        await open_desk.come(link)
    assert await present(open_desk) == {}


async def test_a_cancel_that_was_decided_before_a_hello_is_decided_again(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await open_desk.link("a")
    at_commit(monkeypatch, store, before=lambda: open_desk.come(link))
    await open_desk.cancel("a")
    assert await present(open_desk) == {}
    assert [each.why for each in (await floor(open_desk)).departures] == ["cancelled"]


async def test_hellos_and_a_cancel_at_once(open_desk: Desk) -> None:
    links = [await open_desk.link("a", person) for person in ("patient", "practitioner", "guest:carer")]

    async def come(link: str) -> None:
        try:
            await open_desk.come(link)
        except LinkRefused as refused:
            if refused.code != "cancelled":
                raise

    await asyncio.gather(*(come(link) for link in links), open_desk.cancel("a"))
    assert await present(open_desk) == {}
