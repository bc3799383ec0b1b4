"""A device check by the same link: at any time until the window closes, and never presence (E4)."""

import pytest

from rooms.ids import AppointmentNo, ClinicId
from rooms.records import Appointment, DeviceCheck, Entry
from rooms.service.live.attempts import JoinAttempts
from rooms.service.live.device_check import DeviceChecks
from rooms.times import DAY
from rooms.visit.device_check import CHECKS_IN_LEDGER
from tests.service.live.scene import change, code, floor, host, present, tries
from tests.support.builders import at
from tests.support.desk import Desk


@pytest.mark.parametrize("person", ["patient", "guest:carer", "practitioner"])
async def test_days_before(open_desk: Desk, person: str) -> None:
    link = await open_desk.link("a", person)
    open_desk.now -= 3 * DAY
    guest = await open_desk.visits.check_link(link, open_desk.now)
    assert (guest.person, guest.role) == (person, person.partition(":")[0])
    assert (guest.appointment, guest.room) == (await open_desk.get("a"), (await open_desk.get("a")).room)
    assert await floor(open_desk) == guest.floor
    assert await present(open_desk) == {}


async def test_not_after_the_close(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    open_desk.now = at("11:30") - 1
    await open_desk.visits.check_link(link, open_desk.now)
    open_desk.now += 1
    assert await code(open_desk.visits.check_link(link, open_desk.now)) == "window_closed"
    assert await tries(open_desk, await open_desk.get("a")) == []


async def test_between_two_windows(open_desk: Desk) -> None:
    await open_desk.book("b", "15:00")
    patient, carer = await open_desk.link("a"), await open_desk.link("a", "guest:carer")
    open_desk.now = at("12:00")
    await open_desk.visits.check_link(patient, open_desk.now)
    assert await code(open_desk.visits.check_link(carer, open_desk.now)) == "window_closed"


async def test_what_opens_nothing_is_checked_for_nothing(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await change(open_desk, "a", status="held")
    assert await code(open_desk.visits.check_link(link, open_desk.now)) == "not_confirmed"
    await change(open_desk, "a", status="confirmed", revoked=(1,))
    assert await code(open_desk.visits.check_link(link, open_desk.now)) == "token_revoked"


async def test_one_that_failed_shows_that_they_tried(open_desk: Desk) -> None:
    """F3 f."""
    guest = await open_desk.visits.check_link(await open_desk.link("a"), open_desk.now)
    await open_desk.visits.attempts.failed(guest, "device_check_failed", open_desk.now)
    (entry,) = await tries(open_desk, await open_desk.get("a"))
    assert (entry.person, entry.why, entry.at) == ("patient", "device_check_failed", open_desk.now)


def checks(desk: Desk) -> DeviceChecks:
    return DeviceChecks(desk.store, desk.bus, desk.visits.attempts)


async def made(desk: Desk, **found: str | bool | float) -> None:
    await checks(desk).made(desk.id, (await desk.get("a")).no, "patient", found, desk.now)


@pytest.mark.parametrize(("camera", "ok"), [("ok", True), ("denied", False)])
async def test_one_from_the_waiting_room_is_shown_in_the_queue(
    open_desk: Desk, camera: str, ok: bool
) -> None:
    patient = await open_desk.come(await open_desk.link("a"))
    await checks(open_desk).waiting(patient.here, {"camera": camera}, open_desk.now)
    (seat,) = (await floor(open_desk)).seats
    assert seat.tested == DeviceCheck(at=open_desk.now, ok=ok, found={"camera": camera})
    assert open_desk.bus.floors[-1].seats == (seat,)
    assert len(await tries(open_desk, await open_desk.get("a"))) == (not ok)


async def test_one_before_joining_is_shown_from_then_on(open_desk: Desk) -> None:
    await made(open_desk, camera="ok", rtt_ms=20)
    assert open_desk.bus.floors == [], "there is nobody to show"
    open_desk.now += 1000
    await open_desk.come(await open_desk.link("a"))
    (seat,) = (await floor(open_desk)).seats
    assert seat.tested is not None
    assert (seat.tested.found, seat.tested.at) == ({"camera": "ok", "rtt_ms": 20}, open_desk.now - 1000)


async def test_a_practitioner_in_the_lobby_has_no_appointment_to_keep_it_with(open_desk: Desk) -> None:
    lee = await host(open_desk)
    await checks(open_desk).waiting(lee.here, {"camera": "ok"}, open_desk.now)
    assert (await open_desk.get("a")).checks == {}


async def test_the_ledger_has_the_first_few_and_the_last_is_kept(open_desk: Desk) -> None:
    for n in range(CHECKS_IN_LEDGER + 2):
        open_desk.now += 1000
        await made(open_desk, rtt_ms=n)
    appointment = await open_desk.get("a")
    ledger = await open_desk.store.ledger(open_desk.id, appointment.room)
    assert [entry.found["rtt_ms"] for entry in ledger if entry.kind == "check"] == list(
        range(CHECKS_IN_LEDGER)
    )
    assert appointment.checks["patient"].found == {"rtt_ms": CHECKS_IN_LEDGER + 1}
    assert appointment.checks["patient"].made == CHECKS_IN_LEDGER + 2


async def test_one_of_an_appointment_that_is_gone_is_kept_nowhere(open_desk: Desk) -> None:
    await checks(open_desk).made(
        open_desk.id, AppointmentNo("N" * 11), "patient", {"camera": "ok"}, open_desk.now
    )
    assert open_desk.bus.floors == []


async def test_one_that_fails_after_the_close_is_a_late_try(open_desk: Desk) -> None:
    """Its visit's window has closed, another's of that room is open (F3 h)."""
    late: list[Entry] = []

    async def late_attempt(clinic: ClinicId, appointment: Appointment, entry: Entry) -> None:
        late.append(entry)

    open_desk.now = at("12:00")
    tries_ = JoinAttempts(open_desk.store, late_attempt)
    no = (await open_desk.get("a")).no
    for _ in range(2):
        await DeviceChecks(open_desk.store, open_desk.bus, tries_).made(
            open_desk.id, no, "patient", {"relay": "failed"}, open_desk.now
        )
    assert [(entry.kind, entry.why) for entry in late] == [("try", "device_check_failed")]
    assert await tries(open_desk, await open_desk.get("a")) == []
