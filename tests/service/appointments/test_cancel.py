"""Cancelling (C6)."""

import msgspec
import pytest

from rooms.changes import Remember
from rooms.errors import Contradiction, Invalid, NotFound
from rooms.policy import Policy
from rooms.records import By
from rooms.service.idempotency import Act, Actor
from rooms.service.load import LoadedAppointment
from tests.support.builders import at
from tests.support.desk import Desk


@pytest.mark.parametrize("by", ["practitioner", "staff"])
@pytest.mark.parametrize("reason", [None, ""])
async def test_the_clinic_must_say_why(desk: Desk, by: By, reason: str | None) -> None:
    await desk.book("a")
    with pytest.raises(Invalid) as refused:
        await desk.cancel("a", by, reason)
    assert (refused.value.code, refused.value.field) == ("field_required", "reason")
    assert (await desk.get("a")).status == "confirmed"


async def test_a_patient_need_not(desk: Desk) -> None:
    await desk.book("a")
    shown = await desk.cancel("a", "patient", None)
    assert shown.appointment.cancelled is not None
    assert (shown.appointment.status, shown.appointment.cancelled.by) == ("cancelled", "patient")
    assert (await desk.appointments.history(desk.id, "a"))[-1].facts == {}


async def test_the_reason_is_told_and_the_note_is_private(desk: Desk) -> None:
    await desk.book("a")
    link = await desk.link("a")
    desk.now = at("09:00")
    shown = await desk.cancel("a", "practitioner", "I am ill", "the third time")
    cancelled = shown.appointment.cancelled
    assert cancelled is not None
    assert (cancelled.reason, cancelled.note, cancelled.at) == ("I am ill", "the third time", at("09:00"))
    step = (await desk.appointments.history(desk.id, "a"))[-1]
    assert (step.what, step.by, step.at, step.facts) == (
        "cancelled",
        "practitioner",
        at("09:00"),
        {"reason": "I am ill"},
    )
    desk.now = at("10:00")
    with pytest.raises(Exception, match="cancelled") as refused:
        await desk.come(link)
    assert b"third" not in msgspec.json.encode(vars(refused.value)["facts"])


async def test_what_is_over_cannot_be_cancelled(desk: Desk) -> None:
    await desk.book("a")
    await desk.cancel("a")
    for by in ("staff", "patient"):
        with pytest.raises(Contradiction, match="state_conflict"):
            await desk.cancel("a", by)
    with pytest.raises(NotFound):
        await desk.cancel("b")
    assert len(await desk.appointments.history(desk.id, "a")) == 2


async def test_its_link_says_so_and_nothing_is_due(desk: Desk) -> None:
    made = await desk.book("a")
    shown = await desk.cancel("a")
    assert shown == await desk.appointments.get(desk.id, "a")
    with pytest.raises(Contradiction, match="cancelled"):
        await desk.link("a")
    assert await desk.due_at(made) is None


async def test_a_held_one_can_be_cancelled(desk: Desk) -> None:
    await desk.book("a", status="held")
    await desk.cancel("a", "patient", None)
    await desk.book("b")


async def test_its_answer_is_kept_in_the_same_commit(desk: Desk) -> None:
    await desk.book("a")
    kept: list[LoadedAppointment] = []

    def keep(shown: LoadedAppointment) -> Remember:
        kept.append(shown)
        return Remember("f" * 64, "e" * 64, 200, b"{}")

    shown = await desk.appointments.cancel(
        Act(desk.id, desk.now, Actor("staff"), reason="ill", keep=keep), "a", note=None
    )
    assert kept == [shown]
    remembered = await desk.store.remembered(desk.id, "f" * 64)
    assert remembered is not None
    assert (remembered.status, remembered.body) == (200, b"{}")


async def test_a_patients_link_is_in_time_or_refused(desk: Desk) -> None:
    """C10; the clinic, and its key on a patient's behalf, may always."""
    strict = await Desk(desk.store).open(policy=Policy(cancel_minutes=60))
    await strict.book("a", "10:00")
    await strict.book("b", "11:00")

    async def by_link(id: str) -> LoadedAppointment:
        cancel = strict.appointments.cancel
        return await cancel(Act(strict.id, strict.now, Actor("patient")), id, note=None, in_time=True)

    strict.now = at("09:00")
    with pytest.raises(Contradiction, match="too_late_to_cancel") as refused:
        await by_link("a")
    assert refused.value.facts["until"] == "2026-11-21T09:00:00Z"
    assert (await strict.get("a")).status == "confirmed"
    assert (await by_link("b")).appointment.status == "cancelled"
    assert (await strict.cancel("a", "patient", None)).appointment.status == "cancelled"
