"""Practitioners, appointment types and patients."""

import pytest

from rooms.calendar import GuestRequest
from rooms.errors import Contradiction, NotFound, Unavailable
from rooms.ports import Conflict, Drop
from rooms.store import RedisStore
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk

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
    assert (refused.value.code, refused.value.facts) == (
        "state_conflict",
        {"appointment": "a", "appointments": ["a"]},
    )
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
    [unlinked] = [each for each in await desk.diagnosis.of(desk.id, "a", desk.now) if not each.passed]
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
