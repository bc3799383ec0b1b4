"""Coming back to a session after a drop, and who may not (D6, F2; PROTOCOL, "Coming back")."""

import pytest
from msgspec.structs import replace

from rooms.service.idempotency import Act
from rooms.service.live.hello import Entered
from rooms.store import RedisStore, keys
from rooms.times import SECOND
from tests.service.live.scene import (
    LEASE,
    alive,
    code,
    departure,
    drop,
    endings,
    floor,
    host,
    in_call,
    lines,
    present,
    seat,
)
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk


async def resume(desk: Desk, entered: Entered, *, sid: str | None = None, key: str | None = None) -> Entered:
    return await desk.visits.resume(sid or entered.here.sid, key or entered.key, desk.now)


async def test_the_same_place_and_a_newer_epoch(open_desk: Desk) -> None:
    _, patient = await in_call(open_desk)
    open_desk.now += 20 * SECOND
    await drop(open_desk, patient, 3)
    open_desk.now += 5 * SECOND
    back = await resume(open_desk, patient)
    taken = await seat(open_desk, back)
    assert (taken.state, taken.arrived_at, taken.gone_at, taken.epoch) == ("in_room", at("10:00"), 0, 2)
    assert back.here == replace(patient.here, epoch=2)
    assert (back.key, back.link, back.window) == (patient.key, patient.link, patient.window)
    assert back.floor == await floor(open_desk)
    assert (await lines(open_desk, (await open_desk.get("a")).room))[-2:] == [
        ("close in_room dropped", at("10:00:17")),
        ("open in_room", at("10:00:25")),
    ]


async def test_a_host_of_a_room_link_comes_back_as_host(open_desk: Desk) -> None:
    doctor, _ = await in_call(open_desk)
    await drop(open_desk, doctor)
    back = await resume(open_desk, doctor)
    assert (back.link, back.window) == (None, None)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}


@pytest.mark.parametrize(("state", "grace"), [("waiting", 120), ("in_room", 30)])
async def test_within_the_grace_and_not_after(open_desk: Desk, state: str, grace: int) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    if state == "in_room":
        await open_desk.visits.admit((await host(open_desk)).here, "patient", "a", open_desk.now)
    await drop(open_desk, patient)
    open_desk.now += grace * SECOND - 1
    back = await resume(open_desk, patient)
    await drop(open_desk, back)
    open_desk.now += grace * SECOND
    assert await code(resume(open_desk, patient)) == "resume_refused"


async def test_over_the_windows_close(open_desk: Desk) -> None:
    """D2: a call under way is not cut; a resume knows nothing of windows."""
    _, patient = await in_call(open_desk)
    open_desk.now = at("11:35")
    await drop(open_desk, patient)
    await resume(open_desk, patient)
    assert (await present(open_desk))["patient"] == "in_room"


async def test_it_never_asks_about_other_devices(open_desk: Desk) -> None:
    """Its own socket may be open still, as far as anybody here knows (D7)."""
    patient = await open_desk.come(await open_desk.link("a"))
    back = await resume(open_desk, patient)
    assert back.here.epoch == 2
    assert await code(open_desk.visits.leave(patient.here, open_desk.now)) == "replaced"


async def test_after_a_crash_what_was_open_ends_at_the_last_sign_of_life(open_desk: Desk) -> None:
    """F2: nobody wrote the drop down, and nobody has reaped it yet."""
    _, patient = await in_call(open_desk)
    open_desk.now = at("10:00:10")
    await alive(open_desk, patient)
    open_desk.now = at("10:00:24")
    await resume(open_desk, patient)
    assert (await lines(open_desk, (await open_desk.get("a")).room))[-2:] == [
        ("close in_room dropped", at("10:00:10")),
        ("open in_room", at("10:00:24")),
    ]


async def test_after_a_crash_that_was_reaped_within_the_grace(open_desk: Desk) -> None:
    _, patient = await in_call(open_desk)
    open_desk.now += LEASE
    await endings(open_desk).lapse(open_desk.id, open_desk.now)
    open_desk.now += 10 * SECOND
    await resume(open_desk, patient)
    assert (await present(open_desk))["patient"] == "in_room"


async def test_where_even_the_lease_is_lost_it_ends_now(open_desk: Desk, store: RedisStore) -> None:
    """A Redis that lost its last second."""
    patient = await open_desk.come(await open_desk.link("a"))
    member = keys.lease_member(patient.here.practitioner, patient.here.sid)
    await store._pipeline.call("ZREM", keys.leases(open_desk.id), member)
    open_desk.now += SECOND
    await resume(open_desk, patient)
    assert ("close waiting dropped", at("10:00:01")) in await lines(
        open_desk, (await open_desk.get("a")).room
    )


@pytest.mark.parametrize("case", ["another session's", "no key at all", "nobody's", "nowhere", "empty"])
async def test_a_wrong_key_or_sid(open_desk: Desk, case: str) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    carer = await open_desk.come(await open_desk.link("a", "guest:carer"))
    before = await floor(open_desk)
    wrong = {
        "another session's": resume(open_desk, patient, key=carer.key),
        "no key at all": open_desk.visits.resume(patient.here.sid, "", open_desk.now),
        "nobody's": resume(open_desk, patient, sid=patient.here.sid + "x"),
        "nowhere": resume(open_desk, patient, sid="xxxxxxxx.yyyy"),
        "empty": open_desk.visits.resume("", patient.key, open_desk.now),
    }
    assert await code(wrong.pop(case)) == "resume_refused"
    for doing in wrong.values():
        doing.close()
    assert await floor(open_desk) == before


async def test_what_is_kept_of_a_key_is_no_key(open_desk: Desk) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    digest = (await seat(open_desk, patient)).key
    assert await code(resume(open_desk, patient, key=digest)) == "resume_refused"


async def test_of_another_clinic(open_desk: Desk) -> None:
    """The affinity says which floor is asked; a session of another clinic is not on it."""
    other = await Desk(open_desk.store).open()
    other.now = at("10:00")
    stranger, patient = await host(other), await open_desk.come(await open_desk.link("a"))
    place, session = stranger.here.sid.partition(".")[0], patient.here.sid.partition(".")[2]
    assert await code(resume(open_desk, patient, sid=f"{place}.{session}")) == "resume_refused"


async def test_of_an_affinity_without_a_practitioner(open_desk: Desk) -> None:
    staff = await open_desk.links.staff_link(Act(open_desk.id, open_desk.now), "Reception", 1)
    patient = await open_desk.come(await open_desk.link("a"))
    sid = f"{staff.token.partition('.')[0]}.{patient.here.sid.partition('.')[2]}"
    assert await code(resume(open_desk, patient, sid=sid)) == "resume_refused"


async def test_of_a_session_that_is_over(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    left = await open_desk.come(link)
    await open_desk.visits.leave(left.here, open_desk.now)
    assert await code(resume(open_desk, left)) == "resume_refused"
    old = await open_desk.come(link)
    await open_desk.visits.hello(link, move=True, device="Phone", now=open_desk.now)
    assert (await departure(open_desk, old)).why == "replaced"
    assert await code(resume(open_desk, old)) == "resume_refused"


async def test_of_two_resumes_at_once_the_second_is_newer(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    at_commit(monkeypatch, store, before=lambda: resume(open_desk, patient))
    assert (await resume(open_desk, patient)).here.epoch == 3


async def test_a_session_cancelled_while_it_resumes_is_over(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    at_commit(monkeypatch, store, before=lambda: open_desk.cancel("a"))
    assert await code(resume(open_desk, patient)) == "resume_refused"


# The drop itself


async def test_a_drop_ends_intervals_at_the_last_inbound_frame(open_desk: Desk) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    open_desk.now += 30 * SECOND
    await open_desk.visits.disconnected(patient.here, at("10:00:12"), open_desk.now, "drained")
    assert await present(open_desk) == {"patient": "away"}
    assert (await lines(open_desk, (await open_desk.get("a")).room))[-1] == (
        "close waiting drained",
        at("10:00:12"),
    )
    assert open_desk.bus.floors[-1] == await floor(open_desk)


async def test_a_stale_sockets_drop_changes_nothing(open_desk: Desk) -> None:
    """Late, it may not close what a newer socket has opened (F2; LiveKit #2399)."""
    patient = await open_desk.come(await open_desk.link("a"))
    back = await resume(open_desk, patient)
    before = await floor(open_desk)
    await drop(open_desk, patient)
    assert await floor(open_desk) == before
    await drop(open_desk, back)
    dropped = await floor(open_desk)
    open_desk.now += SECOND
    await drop(open_desk, back)
    assert await floor(open_desk) == dropped


async def test_a_drop_of_a_seat_that_is_over_changes_nothing(open_desk: Desk) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    await open_desk.visits.leave(patient.here, open_desk.now)
    before = await floor(open_desk)
    await drop(open_desk, patient)
    assert await floor(open_desk) == before
