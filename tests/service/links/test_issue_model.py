"""Any sequence of puts, switches, types let go, links taken back and backfill runs (Hypothesis, which
shortens what fails): nobody is told twice of one link, and what can have a link has one as soon as no run is
due (B1, B4).
"""

from collections.abc import Awaitable, Callable
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.access import diagnosis
from rooms.calendar import GuestRequest
from rooms.errors import Contradiction, Invalid, NotFound
from rooms.outgoing import BACKFILL
from rooms.records import Appointment
from rooms.service.idempotency import Act
from rooms.service.links import backfill
from rooms.service.links.backfill import Backfill
from rooms.service.load import match_type
from rooms.times import SECOND
from tests.service.emitted import events, heal, take
from tests.support.desk import DESK, Desk

IDS, DOCTORS, TYPES = "abc", ("dr-lee", "dr-kim"), ("consult", "other")
MUM, DAD = GuestRequest(id="mum", name="M"), GuestRequest(id="dad", name="D")

Step = Callable[[Desk], Awaitable[object]]


def _put(id: str, doctor: str, kind: str, guests: tuple[GuestRequest, ...], held: bool, patient: str) -> Step:
    """Each id has its hour, so that no slot is refused but the wanted ones."""
    external = kind == "outside"
    return lambda desk: desk.book(
        id,
        f"{10 + IDS.index(id)}:00",
        practitioner=doctor,
        patient=patient,
        type=None if external else kind,
        external_type="X" if external else None,
        guests=guests,
        status="held" if held else "confirmed",
    )


def _video(doctor: str, on: bool) -> Step:
    return lambda desk: desk.practitioners.put(desk.id, doctor, name=doctor, video_enabled=on, now=desk.now)


def _type(id: str, on: bool, has_it: bool) -> Step:
    return lambda desk: desk.types.put(
        desk.id, id, name=id, video=on, minutes=30, external_ids=("X",) if has_it else (), now=desk.now
    )


def _no_type(id: str) -> Step:
    return lambda desk: desk.types.delete(desk.id, id, now=desk.now)


def _revoke(id: str, person: str) -> Step:
    return lambda desk: desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="x"), id, person)


def _resend(id: str, person: str) -> Step:
    return lambda desk: desk.staff_acts.resend(Act(desk.id, desk.now, DESK, reason=None), id, person)


def _cancel(id: str) -> Step:
    return lambda desk: desk.cancel(id)


async def _heal_a_bit(desk: Desk) -> None:
    """One batch of one appointment: the process then stops."""
    taken = await take(desk, BACKFILL)
    if taken is not None:
        await Backfill(desk.store).run(desk.id, taken, desk.now)


ids, people = st.sampled_from(IDS), st.sampled_from(("patient", "practitioner", "guest:mum"))
puts = st.builds(
    _put,
    ids,
    st.sampled_from(DOCTORS),
    st.sampled_from((*TYPES, "outside", "outside")),
    st.sampled_from(((), (MUM,), (MUM, DAD))),
    st.booleans(),
    st.sampled_from(("ada", "bob")),
)
steps = st.one_of(
    puts,
    puts,
    st.builds(_video, st.sampled_from(DOCTORS), st.booleans()),
    st.builds(_type, st.sampled_from(TYPES), st.booleans(), st.booleans()),
    st.builds(_no_type, st.sampled_from(TYPES)),
    st.builds(_revoke, ids, people),
    st.builds(_resend, ids, people),
    st.builds(_cancel, ids),
    st.just(_heal_a_bit),
    st.just(_heal_a_bit),
)


@given(st.lists(steps, min_size=8, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_done(desk: Desk, deeds: list[Step]) -> None:
    there = await Desk(desk.store).open()
    await _type("other", True, True)(there)
    await _type("consult", False, True)(there)
    with patch.object(backfill, "BACKFILL_BATCH", 1), patch.object(backfill, "BACKFILL_BATCHES", 1):
        for deed in deeds:
            there.now += 120 * SECOND  # whatever was taken by who stopped is due again
            try:
                await deed(there)
            except (Contradiction, Invalid, NotFound):
                continue  # what cannot be is asked for too: a type that is gone, an appointment that is over
            finally:
                await _nobody_twice(there)
                await _none_is_missed(there)
        there.now += 120 * SECOND
        for doctor in DOCTORS:
            await _video(doctor, True)(there)
        for kind in TYPES:
            await _type(kind, True, True)(there)
        await heal(there)
    assert await there.store.task(there.id, BACKFILL) is None
    await _nobody_twice(there)
    await _none_is_missed(there)
    for each in await _confirmed(there):
        assert each.issued_at
        everybody = {0, 1, *(guest.number for guest in each.guests)}
        assert everybody - set(each.revoked) <= set(each.told)


async def _confirmed(desk: Desk) -> list[Appointment]:
    known = [await desk.store.appointment_by_id(desk.id, id) for id in IDS]
    return [each for each in known if each is not None and each.status == "confirmed"]


async def _nobody_twice(desk: Desk) -> None:
    """Sent again it may be, for the asking; never issued to whoever has it."""
    told = set[tuple[str | None, int, int]]()
    for each in await events(desk, "link.issued", "link.requested"):
        assert each.link is not None
        link = (each.appointment, each.link.number, each.link.generation)
        assert each.type == "link.requested" or link not in told
        told.add(link)


async def _none_is_missed(desk: Desk) -> None:
    """Unless a run is due: then it is on its way."""
    if await desk.store.task(desk.id, BACKFILL) is not None:
        return
    clinic, types = await desk.clinics.get(desk.id), await desk.store.appointment_types(desk.id)
    doctors = {each.id: each for each in await desk.practitioners.listed(desk.id)}
    for each in await _confirmed(desk):
        kind = match_type(each, types)
        failed = diagnosis.failed(clinic, each, doctors[each.practitioner], kind, desk.now, -1)
        assert each.issued_at or failed, each.id
