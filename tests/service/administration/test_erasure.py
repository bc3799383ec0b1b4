"""H4: a patient is erased, and nothing stays booked in a name that is gone."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from rooms.calendar import GuestRequest
from rooms.changes import Change
from rooms.errors import Contradiction, NotFound
from rooms.ids import ClinicId
from rooms.ports import Put
from rooms.records import Patient
from rooms.service import load
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.service.emitted import events, kinds
from tests.service.front import Front
from tests.service.live.scene import change, departure, in_call, present, refusal
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk, asking
from tests.support.redis_server import RedisServer

CARER = GuestRequest(
    id="g1", name="Cyrus Carer", email="cyrus@mail.example", phone="+1 555 0111", counts=True
)


async def erase(desk: Desk, patient: str = "ada") -> None:
    """Without saying what is to become of what is to come."""
    await desk.erasure.erase(desk.id, patient, now=desk.now)


async def is_there(desk: Desk, patient: str = "ada") -> bool:
    known = await desk.store.patient(desk.id, patient)
    return known is not None and not known.erased


async def test_erased_is_gone_everywhere_but_for_a_number(desk: Desk, redis: RedisServer) -> None:
    """H4: no name and no contact of the patient or their guests is in any key of the clinic."""
    await desk.patients.put(
        desk.id, "eve", name="Evelyn Example", email="eve@mail.example", phone="+1 555 0122", now=desk.now
    )
    number = (await desk.patients.get(desk.id, "eve")).no
    await desk.book("a", patient="eve", guests=(CARER,))
    await desk.book("b", "07:00", patient="eve", guests=(CARER,))
    await desk.book("c", "12:00", patient="bob", guests=(CARER,))
    await desk.erase("eve")
    left = everything(redis, desk.id)
    assert "Evelyn" not in left
    assert "eve@mail" not in left
    assert "0122" not in left
    assert left.count("Cyrus") == 1, "Bob's carer is not Evelyn's"
    for id in ("a", "b"):
        (guest,) = (await desk.get(id)).guests
        assert (guest.number, guest.id, guest.counts, guest.name, guest.email, guest.phone) == (
            2,
            "g1",
            True,
            "",
            None,
            None,
        )
    assert (await desk.get("a")).patient_no == number
    with pytest.raises(NotFound):
        await desk.patients.get(desk.id, "eve")


def everything(redis: RedisServer, clinic: ClinicId) -> str:
    """All that the clinic's keys hold, as text."""
    readers = {
        "string": ("GET",),
        "hash": ("HGETALL",),
        "list": ("LRANGE", 0, -1),
        "zset": ("ZRANGE", 0, -1),
        "set": ("SMEMBERS",),
    }
    text = ""
    for key in redis.ask("KEYS", f"*{clinic}*"):
        command, *rest = readers[redis.ask("TYPE", key)]
        text += f"{key} {redis.ask(str(command), key, *rest)}\n"
    return text


async def test_an_interrupted_erasure_is_ended_by_asking_again(desk: Desk) -> None:
    made = await desk.book("a", guests=(CARER,))
    alone = await desk.book("b", "12:00")
    await desk.nameless("ada")
    desk.now = at("23:00")
    await desk.erase("ada")
    assert (await desk.get("a")).guests[0].name == ""
    assert made.guests[0].name == "Cyrus Carer"
    assert await desk.get("b") == alone, "what has nothing to erase is not written"
    with pytest.raises(NotFound):
        await desk.erase("nobody")


async def test_erasing_loses_no_change_made_meanwhile(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "PAGE_SIZE", 1)
    made = [await desk.book(f"a{n}", f"1{n}:00", guests=(CARER,)) for n in range(3)]

    def is_the_first(changes: Sequence[Change]) -> bool:
        return isinstance(changes[0], Put) and getattr(changes[0].record, "no", None) == made[0].no

    async def extend() -> None:
        await store.commit(desk.id, [Put(replace(await desk.get("a0"), extended=5))])

    at_commit(monkeypatch, store, when=is_the_first, before=extend)
    desk.now = at("23:00")
    await desk.erase("ada")
    found = [await desk.get(f"a{n}") for n in range(3)]
    assert [each.guests[0].name for each in found] == ["", "", ""]
    assert [each.extended for each in found] == [5, 0, 0]


async def test_whoever_was_erased_can_come_again(desk: Desk) -> None:
    before = await desk.patients.get(desk.id, "ada")
    await desk.erase("ada")
    again, created = await desk.patients.put(desk.id, "ada", name="Ada", now=desk.now)
    assert (created, again.no, again.erased) == (True, before.no, False)
    await desk.book("a")


async def test_an_appointment_that_retention_removed_meanwhile_is_passed_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.book("a", guests=(CARER,))

    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(desk.store, "appointment", nothing)
    await desk.erase("ada")
    with pytest.raises(NotFound):
        await desk.patients.get(desk.id, "ada")


async def test_with_a_visit_to_come_they_stay_and_it_is_named(desk: Desk) -> None:
    await desk.book("past", "06:00")
    await desk.book("late", "07:30", practitioner="dr-kim")
    await desk.book("done", "07:00")
    await change(desk, "done", status="completed")
    await desk.book("a")
    await desk.book("b", "12:00", practitioner="dr-kim")
    await desk.book("bobs", "13:00", patient="bob")
    refused = await refusal(erase(desk))
    assert isinstance(refused, Contradiction)
    assert (refused.code, refused.facts["appointment"]) == ("state_conflict", "late")
    assert refused.facts["appointments"] == ["late", "a", "b"], "one can be come to until its window closes"
    assert await is_there(desk)
    assert (await desk.get("a")).status == "confirmed"
    desk.now = at("23:00")
    await erase(desk)
    assert not await is_there(desk)


async def test_asked_for_it_is_all_cancelled_with_them(desk: Desk) -> None:
    """Two of one room, one elsewhere, one tomorrow: each is told of once, and no time stays taken."""
    for id, asked in TO_COME.items():
        await desk.book(id, guests=(CARER,), **asked)
    done = await desk.book("done", "08:30")
    await change(desk, "done", status="completed", others=done.others)
    await desk.erasure.erase(desk.id, "ada", now=desk.now, cancel=True, reason="Asked for it")
    for id in TO_COME:
        record = await desk.get(id)
        assert (record.status, record.others) == ("cancelled", ())
        assert record.cancelled is not None
        assert (record.cancelled.by, record.cancelled.reason) == ("staff", "Asked for it")
        assert [guest.name for guest in record.guests] == [""]
        assert await desk.due_at(record) is None
        step = (await desk.appointments.history(desk.id, id))[-1]
        assert (step.what, step.by, step.facts) == ("cancelled", "staff", {"reason": "Asked for it"})
    cancelled = await events(desk, "appointment.cancelled")
    assert sorted(str(each.appointment) for each in cancelled) == list(TO_COME)
    assert (await desk.get("done")).others == ()
    assert not await is_there(desk)
    for id, asked in TO_COME.items():
        await desk.book(f"bob-{id}", patient="bob", **asked)


TO_COME = {
    "a": {"starts": "10:00"},
    "b": {"starts": "12:00"},
    "c": {"starts": "12:00", "practitioner": "dr-kim"},
    "d": {"starts": "10:00", "day": "2026-11-22"},
}


async def test_in_one_commit(desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is ever erased whose visit is still to come, nor the other way round."""
    await desk.book("a")
    await desk.book("b", "12:00")
    seen = at_commit(monkeypatch, store, when=_erases)
    await desk.erase("ada")
    [together] = [[change for change in changes if isinstance(change, Put)] for changes in seen]
    records = [change.record for change in together]
    assert {getattr(each, "id", "") for each in records} >= {"ada", "a", "b"}


def _erases(changes: Sequence[Change]) -> bool:
    return any(isinstance(each, Put) and getattr(each.record, "erased", False) for each in changes)


async def test_whoever_is_here_is_told(desk: Desk) -> None:
    """A visit under way ends, whoever waits for another is told; nobody is left to admit."""
    await desk.book("a", guests=(CARER,))
    await desk.book("b", "10:40", practitioner="dr-kim")
    desk.now = at("10:35")
    lee, ada = await in_call(desk)
    waiting = await desk.come(await desk.link("b"))
    await desk.erase("ada")
    assert (await departure(desk, ada)).why == "cancelled"
    assert await present(desk) == {"practitioner": "in_room"}
    assert await present(desk, "dr-kim") == {}
    assert waiting.here.sid
    assert lee.here.sid
    assert {each.practitioner_no for each in desk.bus.floors[-2:]} == {
        (await desk.get(id)).practitioner_no for id in ("a", "b")
    }


async def test_a_time_that_is_kept_for_them_is_given_back(front: Front) -> None:
    """Two of one visitor, who may then keep as many again."""
    desk = front.desk
    await front.opens(9, 17)
    held = [await front.hold(starts, patient="bob", client="patient/bob") for starts in ("10:00", "11:00")]
    [client] = {each.hold.client for each in held}
    refused = await refusal(desk.erasure.erase(desk.id, "bob", now=desk.now))
    assert refused.facts["appointments"] == [each.seen.appointment.id for each in held]
    await desk.erase("bob")
    assert [(await front.stored(each)).status for each in held] == ["cancelled"] * 2
    assert (await desk.store.visitor_holds(desk.id, client)).holds == ()
    assert await front.times("10:00", "11:30") == ["10:00", "10:30", "11:00"]
    lapsed = await front.hold("10:00", patient="ada", client="patient/ada")
    desk.now += 15 * MINUTE
    await erase(desk)
    assert (await front.stored(lapsed)).status in {"held", "expired"}


async def test_what_waited_for_a_place_waits_no_more(desk: Desk) -> None:
    await desk.book("a", patient="bob")
    for id, patient in (("b", "ada"), ("c", "bob")):
        with pytest.raises(Contradiction, match="slot_taken"):
            await desk.put(id, asking(patient=patient, guests=(CARER,)))
    await erase(desk)
    assert [each.id for each in await desk.store.clashes(desk.id)] == ["c"]


@pytest.mark.parametrize("cancel", [False, True])
async def test_booked_just_as_they_are_erased(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch, cancel: bool
) -> None:
    """Either they are back, with their visit, or it goes too."""
    before = await desk.patients.get(desk.id, "ada")

    async def book() -> None:
        await desk.book("late")

    at_commit(monkeypatch, store, when=_erases, before=book)
    doing = desk.erasure.erase(desk.id, "ada", now=desk.now, cancel=cancel)
    if cancel:
        await doing
        assert (await desk.get("late")).status == "cancelled"
        assert not await is_there(desk)
        return
    assert (await refusal(doing)).facts["appointments"] == ["late"]
    after = await desk.patients.get(desk.id, "ada")
    assert (after.no, after.name, after.email) == (before.no, before.name, before.email)
    assert await desk.link("late")


async def test_who_was_erased_with_a_visit_to_come_by_an_earlier_version(desk: Desk) -> None:
    await desk.book("a")
    await desk.nameless("ada")
    assert (await refusal(erase(desk))).code == "state_conflict"
    assert isinstance(await desk.store.patient(desk.id, "ada"), Patient)
    await desk.erase("ada")
    assert (await desk.get("a")).status == "cancelled"
    assert "appointment.cancelled" in await kinds(desk)
