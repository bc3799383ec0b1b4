"""Practitioners, appointment types and patients."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from rooms.calendar import GuestRequest
from rooms.changes import Change
from rooms.errors import Contradiction, NotFound, Unavailable
from rooms.ids import ClinicId
from rooms.ports import Conflict, Drop, Put
from rooms.service import common
from rooms.store import RedisStore
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk
from tests.support.redis_server import RedisServer

CARER = GuestRequest(
    id="g1", name="Cyrus Carer", email="cyrus@mail.example", phone="+1 555 0111", counts=True
)


async def test_practitioners_are_made_and_replaced(desk: Desk) -> None:
    made, created = await desk.practitioners.put(
        desk.id, "new", name="Dr New", external_ids=("X",), email="n@c.example", now=desk.now
    )
    assert created
    assert made == await desk.practitioners.get(desk.id, "new")
    changed, created = await desk.practitioners.put(
        desk.id, "new", name="Dr Newer", video_enabled=False, now=desk.now
    )
    assert not created
    assert (changed.no, changed.name, changed.video_enabled, changed.email) == (
        made.no,
        "Dr Newer",
        False,
        None,
    )
    again, _ = await desk.practitioners.put(
        desk.id, "new", name="Dr Newer", video_enabled=False, now=desk.now
    )
    assert again == changed


async def test_they_are_listed_by_id(desk: Desk) -> None:
    await desk.practitioners.put(desk.id, "a-first", name="Zoe", now=desk.now)
    await desk.types.put(desk.id, "a-first", name="Z", video=True, minutes=5, now=desk.now)
    listed = await desk.practitioners.listed(desk.id)
    assert [each.id for each in listed] == ["a-first", "dr-kim", "dr-lee"]
    assert [each.id for each in await desk.types.listed(desk.id)] == ["a-first", "consult"]


async def test_switching_video_on_heals_what_is_booked(desk: Desk) -> None:
    """B4."""
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    await desk.book("a")
    with pytest.raises(Contradiction, match="practitioner_not_video_enabled"):
        await desk.link("a")
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", now=desk.now)
    assert await desk.link("a")


async def test_a_practitioner_with_appointments_to_come_stays(desk: Desk) -> None:
    await desk.book("a")
    with pytest.raises(Contradiction) as refused:
        await desk.practitioners.delete(desk.id, "dr-lee", now=desk.now)
    assert (refused.value.code, refused.value.facts) == ("state_conflict", {"appointment": "a"})
    assert (await desk.practitioners.get(desk.id, "dr-lee")).name == "Dr Lee"


async def test_without_they_go(desk: Desk) -> None:
    await desk.book("a")
    await desk.cancel("a")
    await desk.book("b", "09:00")
    await desk.practitioners.delete(desk.id, "dr-lee", now=at("10:30"))
    for deed in (
        desk.practitioners.get(desk.id, "dr-lee"),
        desk.practitioners.delete(desk.id, "dr-lee", now=desk.now),
    ):
        with pytest.raises(NotFound):
            await deed
    assert (await desk.appointments.get(desk.id, "b")).practitioner is None


async def test_booked_while_being_deleted_they_are_back(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await desk.practitioners.get(desk.id, "dr-lee")
    at_commit(
        monkeypatch, store, when=lambda changes: isinstance(changes[0], Drop), before=lambda: desk.book("a")
    )
    with pytest.raises(Contradiction, match="state_conflict"):
        await desk.practitioners.delete(desk.id, "dr-lee", now=desk.now)
    after = await desk.practitioners.get(desk.id, "dr-lee")
    assert (after.no, after.name) == (before.no, before.name)
    assert await desk.link("a")


async def test_types_are_made_replaced_and_removed(desk: Desk) -> None:
    made, created = await desk.types.put(desk.id, "long", name="Long", video=True, minutes=60, now=desk.now)
    assert created
    assert made == await desk.types.get(desk.id, "long")
    changed, created = await desk.types.put(
        desk.id, "long", name="Long", video=False, minutes=45, external_ids=("L",), now=desk.now
    )
    assert not created
    assert (changed.video, changed.minutes, changed.external_ids) == (False, 45, ("L",))
    assert await desk.types.put(
        desk.id, "long", name="Long", video=False, minutes=45, external_ids=("L",), now=desk.now
    ) == (changed, False)
    await desk.types.delete(desk.id, "long", now=desk.now)
    for deed in (desk.types.get(desk.id, "long"), desk.types.delete(desk.id, "long", now=desk.now)):
        with pytest.raises(NotFound):
            await deed


async def test_a_removed_types_appointments_say_so(desk: Desk) -> None:
    """A link that is out goes on working all the same (B4)."""
    await desk.book("a")
    await desk.book("b", "11:00", type=None, external_type="consult-long")
    await desk.types.delete(desk.id, "consult", now=desk.now)
    [unlinked] = [each for each in await desk.diagnosing.of(desk.id, "a", desk.now) if not each.passed]
    assert (unlinked.code, unlinked.blocking) == ("type_not_linked", False)
    assert "goes on working" in unlinked.message
    assert await desk.link("a")
    with pytest.raises(Contradiction, match="type_not_linked"):
        await desk.link("b")


async def test_patients_are_made_and_replaced(desk: Desk) -> None:
    made, created = await desk.patients.put(
        desk.id, "eve", name="Eve", email="eve@mail.example", phone="+1", now=desk.now
    )
    assert created
    assert made == await desk.patients.get(desk.id, "eve")
    changed, created = await desk.patients.put(desk.id, "eve", name="Eve Adams", now=desk.now)
    assert not created
    assert (changed.no, changed.name, changed.email, changed.phone) == (made.no, "Eve Adams", None, None)
    assert await desk.patients.put(desk.id, "eve", name="Eve Adams", now=desk.now) == (changed, False)


async def test_erased_is_gone_everywhere_but_for_a_number(desk: Desk, redis: RedisServer) -> None:
    """H4: no name and no contact of the patient or their guests is in any key of the clinic."""
    await desk.patients.put(
        desk.id, "eve", name="Evelyn Example", email="eve@mail.example", phone="+1 555 0122", now=desk.now
    )
    number = (await desk.patients.get(desk.id, "eve")).no
    await desk.book("a", patient="eve", guests=(CARER,))
    await desk.book("b", "07:00", patient="eve", guests=(CARER,))
    await desk.book("c", "12:00", patient="bob", guests=(CARER,))
    await desk.patients.delete(desk.id, "eve")
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
    ada = await desk.patients.get(desk.id, "ada")
    await desk.store.commit(desk.id, [Put(replace(ada, name="", email=None, erased=True))])
    await desk.patients.delete(desk.id, "ada")
    assert (await desk.get("a")).guests[0].name == ""
    assert made.guests[0].name == "Cyrus Carer"
    assert await desk.get("b") == alone, "what has nothing to erase is not written"
    with pytest.raises(NotFound):
        await desk.patients.delete(desk.id, "nobody")


async def test_erasing_loses_no_change_made_meanwhile(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "AT_ONCE", 1)
    made = [await desk.book(f"a{n}", f"1{n}:00", guests=(CARER,)) for n in range(3)]

    def is_the_first(changes: Sequence[Change]) -> bool:
        return isinstance(changes[0], Put) and getattr(changes[0].record, "no", None) == made[0].no

    async def extend() -> None:
        await store.commit(desk.id, [Put(replace(await desk.get("a0"), extended=5))])

    at_commit(monkeypatch, store, when=is_the_first, before=extend)
    await desk.patients.delete(desk.id, "ada")
    found = [await desk.get(f"a{n}") for n in range(3)]
    assert [each.guests[0].name for each in found] == ["", "", ""]
    assert [each.extended for each in found] == [5, 0, 0]


async def test_whoever_was_erased_can_come_again(desk: Desk) -> None:
    before = await desk.patients.get(desk.id, "ada")
    await desk.patients.delete(desk.id, "ada")
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
    await desk.patients.delete(desk.id, "ada")
    with pytest.raises(NotFound):
        await desk.patients.get(desk.id, "ada")


async def test_whoever_was_slower_decides_again(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loaded, decided, and somebody else had written: loaded and decided anew."""
    at_commit(monkeypatch, store, before=lambda: desk.patients.put(desk.id, "eve", name="Eve", now=desk.now))
    shown, created = await desk.patients.put(desk.id, "eve", name="Eve Adams", now=desk.now)
    assert (shown.name, created) == ("Eve Adams", False)


async def test_whoever_is_always_slower_is_asked_to_come_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise Conflict

    monkeypatch.setattr(desk.store, "commit", refuse)
    with pytest.raises(Unavailable):
        await desk.patients.put(desk.id, "eve", name="Eve", now=desk.now)
