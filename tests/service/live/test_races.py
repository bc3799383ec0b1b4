"""Many at once, answers that never came, an outcome decided while somebody says hello (I2; RELIABILITY 4)."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from rooms.access.tokens import SigningKey
from rooms.errors import Unavailable
from rooms.ids import ClinicId, PractitionerNo
from rooms.service.live.commands import Visits
from rooms.service.live.names import FloorNames
from rooms.service.outcomes.automatic import Outcomes
from rooms.store import RedisStore
from tests.service.live.scene import OLD_KEY, code, doctor, drop, floor, host, present, refusal, with_keys
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk

MANY = 30
"""More than one writer tries in vain before it gives up."""


async def unanswered() -> None:
    raise Unavailable


@pytest.mark.parametrize("written", [True, False])
async def test_a_seat_whose_commit_got_no_answer_is_known_to_whoever_gives_it_up(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    link = await open_desk.link("a")
    if written:
        at_commit(monkeypatch, store, after=unanswered)
    else:
        at_commit(monkeypatch, store, before=unanswered)
    assert isinstance(await refusal(open_desk.come(link)), Unavailable)
    assert await present(open_desk) == ({"patient": "waiting"} if written else {})
    (here,) = open_desk.visits.unsure
    assert [here.sid] == [seat.sid for seat in (await floor(open_desk)).seats] or not written
    await open_desk.visits.disconnected(here, open_desk.now, open_desk.now)
    assert await present(open_desk) == ({"patient": "away"} if written else {})
    await open_desk.come(link)
    assert await present(open_desk) == {"patient": "waiting"}


async def test_who_comes_while_the_outcome_is_decided_is_too_late_and_seen(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hello of the last moment that was slow: nobody sits in a window that has its outcome."""
    outcomes = Outcomes(store)
    open_desk.visits.attempts.late_attempt = outcomes.late_attempt
    link, booked = await open_desk.link("a"), await open_desk.get("a")
    await store.beat(at("11:30"))
    open_desk.now = at("11:30") - 1
    at_commit(monkeypatch, store, before=lambda: outcomes.decide(open_desk.id, booked.no, at("11:30")))
    assert await code(open_desk.come(link)) == "window_closed"
    assert await present(open_desk) == {}
    assert (await open_desk.get("a")).status == "no_show"


async def test_a_resume_says_which_process_had_the_socket(open_desk: Desk) -> None:
    entered = await host(open_desk)
    await drop(open_desk, entered)
    back = await open_desk.visits.resume(entered.here.sid, entered.key, open_desk.now)
    assert back.came_from == "node"


async def test_many_at_once_all_get_in(open_desk: Desk) -> None:
    """The first patients of a morning, on one process: whoever is beaten waits for a turn."""
    links = [await open_desk.link(f"m{number}") for number in await morning(open_desk)]
    visits, held = gated(open_desk)
    await asyncio.gather(*(visits.hello(link, move=False, device="", now=open_desk.now) for link in links))
    seats = (await floor(open_desk)).seats
    assert (len(seats), sorted(seat.serial for seat in seats)) == (MANY, list(range(1, MANY + 1)))
    assert held == {(await doctor(open_desk)).no}


async def morning(desk: Desk) -> list[int]:
    """A minute's visit after the other, all in their windows at half past."""
    await desk.cancel("a")
    for number in range(MANY):
        await desk.patients.put(desk.id, f"p{number}", name=f"Patient {number}", now=desk.now)
        await desk.book(f"m{number}", f"10:{number:02}", minutes=1, patient=f"p{number}")
    desk.now = at("10:30")
    return list(range(MANY))


def gated(desk: Desk) -> tuple[Visits, set[PractitionerNo]]:
    """Of a process that lets one command at a time to a floor, and which floors those were."""
    lock, held = asyncio.Lock(), set[PractitionerNo]()

    def floor_lock(_: ClinicId, practitioner: PractitionerNo) -> asyncio.Lock:
        held.add(practitioner)
        return lock

    made = with_keys(desk, SigningKey(1, OLD_KEY, "signing"))
    made.floor_lock = floor_lock
    return made, held


async def test_forgetting_while_names_are_read_loses_nobody(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change made on this process while a floor is being shown (H4)."""
    roster = FloorNames(store)
    for person in ("patient", "practitioner"):
        await open_desk.come(await open_desk.link("a", person))
    clinic, now = await open_desk.clinics.get(open_desk.id), await floor(open_desk)

    def forgetful(read: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def forgets(*asked: object) -> object:
            answer = await read(*asked)
            roster.forget(open_desk.id)
            return answer

        return forgets

    for question in ("appointments", "patients", "practitioner_by_no"):
        monkeypatch.setattr(store, question, forgetful(getattr(store, question)))
    made = await roster.cards(clinic, now, open_desk.now)
    assert sorted(card.name for card in made.values()) == ["Ada", "Dr Lee"]
