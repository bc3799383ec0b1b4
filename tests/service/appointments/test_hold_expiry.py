"""C4: that a hold expired is written down, by whoever comes first: here by the job."""

import pytest

from rooms.ids import AppointmentNo, new_number
from rooms.outgoing import Task, TaskStill, expiry_task
from rooms.service.appointments.diary import EXPIRY_MARGIN, Expiries, expire
from rooms.store import RedisStore
from tests.service.emitted import take
from tests.service.front import Front
from tests.service.meanwhile import at_commit
from tests.support.builders import at


@pytest.fixture
def expiries(front: Front) -> Expiries:
    return Expiries(front.store)


async def test_when_nobody_comes_it_is_written_down(front: Front, expiries: Expiries) -> None:
    held = await front.hold(client=None)
    no, until = held.seen.appointment.no, held.hold.until
    assert await front.store.task(front.desk.id, expiry_task(no)) == until + EXPIRY_MARGIN
    front.desk.now = until + EXPIRY_MARGIN
    taken = await take(front.desk, expiry_task(no))
    assert taken is not None
    await expiries.run(front.desk.id, no, taken - 1, front.desk.now)
    assert (await front.stored(held)).status == "held"
    await expiries.run(front.desk.id, no, taken, front.desk.now)
    after = await front.stored(held)
    assert (after.status, after.hold) == ("expired", held.hold)
    assert await front.store.task(front.desk.id, expiry_task(no)) is None
    view = await front.store.diary(front.desk.id, after.practitioner_no, at("10:00"), at("10:30"))
    assert view.entries == ()
    await expiries.run(front.desk.id, no, taken, front.desk.now)
    assert await front.what(after.id) == ["held", "expired"]
    await expire(front.store, front.desk.id, no, front.desk.now)
    assert await front.what(after.id) == ["held", "expired"]


async def test_what_is_kept_longer_is_looked_at_again_later(front: Front, expiries: Expiries) -> None:
    held = await front.hold(client=None)
    no, name = held.seen.appointment.no, expiry_task(held.seen.appointment.no)
    await front.extend(held)
    due = await front.store.task(front.desk.id, name)
    assert due == at("08:30") + EXPIRY_MARGIN
    await expiries.run(front.desk.id, no, due, at("08:15") + EXPIRY_MARGIN)
    assert await front.store.task(front.desk.id, name) == due
    assert (await front.stored(held)).status == "held"


async def test_of_what_is_unknown_nothing_is_due_any_more(front: Front, expiries: Expiries) -> None:
    no = AppointmentNo(new_number())
    await front.store.commit(front.desk.id, [Task(expiry_task(no), 1)])
    await expiries.run(front.desk.id, no, 1, front.desk.now)
    assert await front.store.task(front.desk.id, expiry_task(no)) is None


async def test_a_put_that_expires_leaves_its_room(front: Front, expiries: Expiries) -> None:
    made = await front.desk.book("a", status="held")
    sibling = await front.desk.book("b", "11:00")
    assert sibling.others == (made.no,)
    front.desk.now = at("08:15") + EXPIRY_MARGIN
    taken = await take(front.desk, expiry_task(made.no))
    assert taken is not None
    await expiries.run(front.desk.id, made.no, taken, front.desk.now)
    assert [(await front.desk.get(id)).others for id in ("a", "b")] == [(), ()]


async def test_whoever_held_it_longer_meanwhile_keeps_it(
    front: Front, expiries: Expiries, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Confirmed in time, and written down only now."""
    held = await front.hold(client=None)
    no = held.seen.appointment.no
    front.desk.now = held.hold.until + EXPIRY_MARGIN
    taken = await take(front.desk, expiry_task(no))
    assert taken is not None

    async def in_time() -> None:
        front.desk.now = held.hold.until - 1
        await front.confirm(held)

    at_commit(
        monkeypatch,
        store,
        when=lambda changes: any(isinstance(each, TaskStill) for each in changes),
        before=in_time,
    )
    await expiries.run(front.desk.id, no, taken, held.hold.until + EXPIRY_MARGIN)
    assert (await front.stored(held)).status == "confirmed"
