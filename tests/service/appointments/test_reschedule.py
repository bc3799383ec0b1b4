"""C7: an appointment moves to another time or a colleague, and keeps its id, its links and its history."""

from msgspec.structs import replace

from rooms.booking.request import as_request
from rooms.calendar import GuestRequest
from rooms.errors import Invalid
from rooms.times import HOUR
from tests.service.emitted import kinds
from tests.service.front import Front, code, keep, refusal
from tests.service.rescheduled import reallocate, reschedule, waits
from tests.support.builders import at
from tests.support.desk import Desk, asking


async def test_another_time_the_same_link(front: Front) -> None:
    carer = GuestRequest(id="carer", name="Cy", phone="+1 555 0100", counts=True)
    before = await front.desk.book("a", guests=(carer,))
    links = [await front.desk.link("a", person) for person in ("patient", "guest:carer")]
    shown = await reschedule(front, "a", "14:00", 45, keep=keep)
    after = shown.appointment
    assert after == await front.desk.get("a")
    assert (after.no, after.guests, after.starts_at, after.ends_at) == (
        before.no, before.guests, at("14:00"), at("14:45"),
    )  # fmt: skip
    assert [await front.desk.link("a", person) for person in ("patient", "guest:carer")] == links
    [_, step] = await front.history("a")
    assert (step.what, step.by, set(step.facts)) == ("rescheduled", "staff", {"starts_at", "ends_at"})
    assert await front.is_kept()
    assert await kinds(front.desk, "a") == [
        "appointment.confirmed", "link.issued", "link.issued", "link.issued", "appointment.rescheduled",
    ]  # fmt: skip


async def test_to_where_it_is_nothing_happens_and_the_answer_is_kept(front: Front) -> None:
    before = await front.desk.book("a")
    assert (await reschedule(front, "a", "10:00")).appointment == before
    assert not await front.is_kept()
    await reschedule(front, "a", "10:00", keep=keep)
    assert await front.is_kept()
    assert await front.what("a") == ["created"]


async def test_what_it_cannot_be(front: Front) -> None:
    await front.desk.book("a")
    await front.desk.book("b", "11:00", patient="bob")
    refused = await refusal(reschedule(front, "a", "10:45"))
    assert (refused.code, refused.facts) == ("slot_taken", {"other": "b"})
    assert not await waits(front, "a")
    assert await code(reschedule(front, "a", "10:00", 0)) == "interval_invalid"
    assert await code(reschedule(front, "nothing", "10:00")) == "not_found"
    await front.desk.cancel("a")
    assert await code(reschedule(front, "a", "14:00")) == "state_conflict"


async def test_a_hold_is_moved_with_its_deadline(front: Front) -> None:
    before = await front.desk.book("a", status="held")
    after = (await reschedule(front, "a", "14:00")).appointment
    assert (after.status, after.hold) == ("held", before.hold)
    front.desk.now = at("08:15")
    assert await code(reschedule(front, "a", "15:00")) == "state_conflict"


async def test_a_colleague_takes_it(front: Front) -> None:
    before = await front.desk.book("a", minutes=45)
    after = await reallocate(front, "a", practitioner="dr-kim")
    assert (after.no, after.practitioner, after.starts_at, after.ends_at) == (
        before.no, "dr-kim", before.starts_at, before.ends_at,
    )  # fmt: skip
    [_, step] = await front.history("a")
    assert (step.what, step.facts["reason"]) == ("reallocated", "two at once")
    later = await reallocate(front, "a", "14:00", ends_at=at("14:20"), practitioner="dr-lee")
    assert (later.practitioner, later.ends_at) == ("dr-lee", at("14:20"))
    assert (await reallocate(front, "a", "15:00")).ends_at == at("15:20")


async def test_somewhere_it_has_to_go(front: Front) -> None:
    await front.desk.book("a")
    refused = await refusal(reallocate(front, "a", ends_at=at("11:00")))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("field_required", "practitioner")
    assert await code(reallocate(front, "a", practitioner="nobody")) == "reference_unknown"
    assert await code(reallocate(front, "a", "10:00", ends_at=at("10:00") + 9 * HOUR)) == "interval_invalid"
    assert await code(reallocate(front, "a", "11:00", seat="nothing")) == "not_found"


async def test_an_appointment_asked_for_as_it_is_does_not_change(desk: Desk) -> None:
    carer = GuestRequest(id="carer", name="Cy", email="cy@mail.example", counts=True)
    for n, asked in enumerate((asking(guests=(carer,)), asking("11:00", status="held"))):
        made = (await desk.put(f"a{n}", asked))[0].appointment
        assert as_request(made) == asked
        assert await desk.put(f"a{n}", as_request(replace(made, version=0))) == (
            replace(await desk.appointments.get(desk.id, f"a{n}"), busy=()), False,
        )  # fmt: skip
