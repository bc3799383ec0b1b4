"""Clinics, their keys, and what a new policy or zone moves."""

import hashlib
from typing import Any

import pytest
from msgspec.structs import replace

from rooms.changes import Remember
from rooms.errors import Contradiction, NotFound
from rooms.ids import ClinicId, new_number, new_secret
from rooms.policy import Policy
from rooms.ports import AddKey, Put, Same
from rooms.records import ApiKey, Clinic, Outcome
from rooms.service import load
from rooms.store import RedisStore
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk
from tests.support.redis_server import RedisServer


async def create(desk: Desk, id: ClinicId, secret: str, **more: Any) -> tuple[Clinic, str]:
    return await desk.clinics.create(id, "North", "Europe/Berlin", api_secret=secret, now=desk.now, **more)


def a_clinic_id() -> ClinicId:
    return ClinicId(f"north.{new_number()}")


async def test_made_with_a_key_that_is_shown_once(desk: Desk, redis: RedisServer) -> None:
    id, secret = a_clinic_id(), new_secret()
    clinic, key = await create(desk, id, secret, phone="+49 30 5550", policy=Policy(attended_seconds=5))
    assert key == f"crk.{id}.{secret}"
    assert clinic == await desk.clinics.get(id)
    assert (clinic.phone, clinic.policy.attended_seconds) == ("+49 30 5550", 5)
    assert await desk.clinics.authenticate(key) == id
    stored = redis.ask("HGETALL", f"{{c:{id}}}:api-keys")
    assert stored
    assert secret not in str(stored)


async def test_its_id_is_its_own(desk: Desk) -> None:
    id, secret = a_clinic_id(), new_secret()
    await create(desk, id, secret)
    with pytest.raises(Contradiction, match="clinic_exists"):
        await create(desk, id, new_secret())
    assert await desk.clinics.authenticate(f"crk.{id}.{secret}") == id


async def test_no_two_have_one_salt(desk: Desk) -> None:
    one, _ = await create(desk, a_clinic_id(), new_secret())
    other, _ = await create(desk, a_clinic_id(), new_secret())
    assert one.salt != other.salt
    assert len(bytes.fromhex(one.salt)) == 16


async def test_its_answer_is_kept_in_the_same_commit(desk: Desk) -> None:
    id = a_clinic_id()
    made = await create(
        desk, id, new_secret(), keep=lambda made: Remember("a" * 64, "b" * 64, 201, made[0].id.encode())
    )
    kept = await desk.store.remembered(id, "a" * 64)
    assert kept is not None
    assert kept.body == made[0].id.encode()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "crk.",
        "crk..",
        "crk.{id}",
        "crk.{id}.",
        "crk.{id}.wrong",
        "{id}.{secret}",
        "crk.nobody.{secret}",
        "crk.a b.{secret}",
    ],
)
async def test_whatever_is_no_key(desk: Desk, key: str) -> None:
    id, secret = a_clinic_id(), new_secret()
    await create(desk, id, secret)
    assert await desk.clinics.authenticate(key.format(id=id, secret=secret)) is None


async def test_a_clinic_may_have_several_keys(desk: Desk) -> None:
    (id, first), (_, other) = (a_clinic_id(), new_secret()), ("", new_secret())
    await create(desk, id, first)
    digest = hashlib.sha256(other.encode()).hexdigest()
    await desk.store.commit(id, [AddKey(ApiKey(digest=digest, created_at=desk.now))])
    assert await desk.clinics.authenticate(f"crk.{id}.{first}") == id
    assert await desk.clinics.authenticate(f"crk.{id}.{other}") == id


async def test_unknown(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.clinics.get(ClinicId("nowhere"))
    with pytest.raises(NotFound):
        await desk.clinics.change(ClinicId("nowhere"), {"name": "x"}, desk.now)


async def test_changed_field_by_field(desk: Desk) -> None:
    before = await desk.clinics.get(desk.id)
    changed = await desk.clinics.change(
        desk.id, {"name": "South", "phone": "+1 555 0100", "external_ids": ("S1",)}, desk.now
    )
    assert changed == await desk.clinics.get(desk.id)
    assert (changed.name, changed.phone, changed.external_ids) == ("South", "+1 555 0100", ("S1",))
    assert (changed.salt, changed.policy, changed.time_zone) == (before.salt, before.policy, before.time_zone)


async def test_null_takes_away_and_is_the_default_of_a_rule(desk: Desk) -> None:
    policy = {"opens_before_minutes": 30, "attended_seconds": 5, "self_booking": False}
    await desk.clinics.change(desk.id, {"phone": "+1", "external_ids": ("S1",), "policy": policy}, desk.now)
    some = await desk.clinics.change(
        desk.id, {"phone": None, "external_ids": None, "policy": {"attended_seconds": None}}, desk.now
    )
    assert (some.phone, some.external_ids) == (None, ())
    assert some.policy == Policy(opens_before_minutes=30, self_booking=False)
    assert (await desk.clinics.change(desk.id, {"policy": None}, desk.now)).policy == Policy()


async def test_a_whole_policy_replaces(desk: Desk) -> None:
    policy = Policy(hold_minutes=5)
    assert (await desk.clinics.change(desk.id, {"policy": policy}, desk.now)).policy == policy


async def test_what_changes_nothing_is_not_written(desk: Desk) -> None:
    before = await desk.clinics.get(desk.id)
    assert await desk.clinics.change(desk.id, {"name": before.name, "policy": {}}, desk.now) == before


async def test_a_new_policy_moves_what_is_due(desk: Desk) -> None:
    early, late = await desk.book("a", "10:00"), await desk.book("b", "12:00", patient="bob")
    await desk.clinics.change(desk.id, {"policy": {"closes_after_minutes": 5}}, desk.now)
    assert (await desk.due_at(early), await desk.due_at(late)) == (at("10:35"), at("12:35"))
    await desk.clinics.change(desk.id, {"policy": {"closes_after_minutes": 0.05}}, desk.now)
    assert await desk.due_at(early) == at("10:30:03")
    assert desk.id in await desk.store.clinics_due(at("10:30:03"))


async def test_and_not_what_is_decided_held_or_cancelled(desk: Desk) -> None:
    for id, starts in (("decided", "10:00"), ("held", "11:00"), ("off", "12:00")):
        await desk.book(id, starts, status="held" if id == "held" else "confirmed")
    await desk.cancel("off")
    outcome = Outcome(name="left_unseen", at=at("11:30"), evidence={}, review=True)
    await desk.store.commit(desk.id, [Put(replace(await desk.get("decided"), outcome=outcome))])
    await desk.clinics.change(desk.id, {"policy": {"closes_after_minutes": 5}}, desk.now)
    assert await desk.due_at(await desk.get("held")) is None
    assert await desk.due_at(await desk.get("off")) is None
    # What is due of a decided one is left to the job, which finds it decided.
    assert await desk.due_at(await desk.get("decided")) == at("11:30")


async def test_many_pages_of_appointments_move(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "PAGE_SIZE", 3)
    made = [await desk.book(f"a{n}", f"{10 + n}:00") for n in range(7)]
    await desk.clinics.change(desk.id, {"policy": {"closes_after_minutes": 1}}, desk.now)
    assert [await desk.due_at(each) for each in made] == [at(f"{10 + n}:31") for n in range(7)]


async def test_whoever_books_meanwhile_is_held_to_the_new_policy(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A put that was decided by the old policy is decided again."""

    async def change() -> None:
        await desk.clinics.change(desk.id, {"policy": {"closes_after_minutes": 5}}, desk.now)

    seen = at_commit(monkeypatch, store, before=change)
    assert await desk.due_at(await desk.book("a")) == at("10:35")
    assert seen


async def test_a_new_zone_gives_the_days_their_rooms(desk: Desk) -> None:
    """22:00 and 02:00 UTC are two days in London and one in Sydney."""
    evening = await desk.book("a", "22:00")
    night = await desk.book("b", "02:00", day="2026-11-22")
    links = [await desk.link("a"), await desk.link("b")]
    assert evening.room != night.room
    await desk.clinics.change(desk.id, {"time_zone": "Australia/Sydney"}, desk.now)
    evening, night = await desk.get("a"), await desk.get("b")
    assert evening.room == night.room
    assert (evening.others, night.others) == ((night.no,), (evening.no,))
    assert (evening.day, night.day) == ("2026-11-22", "2026-11-22")
    assert [await desk.link("a"), await desk.link("b")] == links
    assert [step.what for step in await desk.appointments.history(desk.id, "a")] == ["created", "changed"]


async def test_a_room_people_may_be_in_stays(desk: Desk) -> None:
    before = await desk.book("a", "22:00")
    desk.now = at("21:55")
    await desk.clinics.change(desk.id, {"time_zone": "Australia/Sydney"}, desk.now)
    assert await desk.get("a") == before


async def test_one_that_is_cancelled_meanwhile_is_left_alone(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.book("a", "22:00")
    seen = at_commit(
        monkeypatch, store, when=lambda changes: isinstance(changes[0], Same), after=lambda: desk.cancel("a")
    )
    await desk.clinics.change(desk.id, {"time_zone": "Australia/Sydney"}, desk.now)
    assert seen
    after = await desk.get("a")
    assert (after.status, after.day) == ("cancelled", "2026-11-21")
