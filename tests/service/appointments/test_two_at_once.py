"""C11: a patient who has two visits at one time is a warning to staff, never a refusal."""

from typing import Any

import pytest

from rooms.ids import PATIENT
from rooms.service.idempotency import Act, Actor
from rooms.service.load import LoadedAppointment
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.service.front import Front
from tests.service.live.scene import change
from tests.support.desk import Desk, asking


async def busy(desk: Desk, id: str, *said: Any, **asked: Any) -> tuple[str, ...] | None:
    """What a PUT answers of the patient's other visits then."""
    shown, _ = await desk.put(id, asking(*said, **asked))
    assert shown.appointment.status in {"confirmed", "held"}
    return shown.busy


KIM = {"practitioner": "dr-kim"}


async def test_another_practitioner_at_the_same_time(desk: Desk) -> None:
    assert await busy(desk, "a") == ()
    assert await busy(desk, "b", **KIM) == ("a",)
    assert await busy(desk, "a") == ("b",), "also where nothing changes"
    assert await busy(desk, "c", "10:00", patient="bob", practitioner="dr-kim", day="2026-11-22") == ()


@pytest.mark.parametrize(
    ("starts", "minutes", "overlaps"),
    [
        ("09:30", 30, False),
        ("09:31", 30, True),
        ("10:29", 30, True),
        ("10:30", 30, False),
        ("06:00", 480, True),
    ],
)
async def test_to_the_minute(desk: Desk, starts: str, minutes: float, overlaps: bool) -> None:
    await desk.book("a")
    assert await busy(desk, "b", starts, minutes=minutes, **KIM) == (("a",) if overlaps else ())
    assert await busy(desk, "a") == (("b",) if overlaps else ())


async def test_what_is_over_is_in_nobodys_way(desk: Desk) -> None:
    await desk.book("a")
    await desk.cancel("a")
    await desk.book("done", "10:00")
    await change(desk, "done", status="completed")
    assert await busy(desk, "b", **KIM) == ()


async def test_a_time_that_is_kept_counts_until_its_deadline(front: Front) -> None:
    desk = front.desk
    held = await front.hold(client=None, patient="ada", by="staff")
    assert await busy(desk, "b", **KIM) == (held.seen.appointment.id,)
    desk.now += 15 * MINUTE
    assert await busy(desk, "b", **KIM) == ()


async def test_moved_into_another(front: Front) -> None:
    """Whichever way it comes there."""
    desk, moves = front.desk, front.reschedules
    await desk.book("a")
    await desk.book("b", "12:00", **KIM)
    there = asking("10:00")
    moved = await moves.reschedule(
        Act(desk.id, desk.now, Actor("staff")), "b", starts_at=there.starts_at, ends_at=there.ends_at
    )
    assert moved.busy == ("a",)
    await desk.book("c", "13:00")
    act = Act[LoadedAppointment](desk.id, desk.now, Actor("staff"), "Full")
    start = asking("13:10").starts_at
    moved = await moves.reallocate(act, "b", practitioner=None, starts_at=start, ends_at=None, seat=None)
    assert moved.busy == ("c",)


async def test_the_diagnosis_and_the_staff_page_say_so(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("b", **KIM)
    [said] = [each for each in await desk.diagnosis.of(desk.id, "a", desk.now) if not each.passed]
    assert (said.code, said.blocking, said.where) == ("patient_busy", False, "/v1/appointments/b")
    seen = await desk.appointments.get(desk.id, "a")
    [row] = await desk.diagnosis.rows([seen], desk.now)
    assert row.checks[0].code == "patient_busy"
    theirs = await desk.diagnosis.checks(seen.clinic, seen.appointment, desk.now, PATIENT, by_staff=False)
    assert "patient_busy" not in [each.code for each in theirs]
    assert (await desk.appointments.beside(seen, desk.now)).busy == ("b",)
    assert await desk.link("a"), "never a refusal"


async def test_it_costs_the_same_however_long_they_have_been_coming(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what begins near it is read."""
    for day in range(1, 10):
        await desk.book(f"past-{day}", day=f"2026-11-0{day}")
    read: list[int] = []
    listing = store.listing

    async def counted(*args: Any, **asked: Any) -> Any:
        found = await listing(*args, **asked)
        read.append(len(found))
        return found

    monkeypatch.setattr(store, "listing", counted)
    assert await busy(desk, "a") == ()
    assert read == [0]
