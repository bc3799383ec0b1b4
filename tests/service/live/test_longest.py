"""The longest window that can be: nobody loses sight of an appointment before it has closed (D2)."""

from dataclasses import dataclass

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import asdict

from rooms.access.window import LONGEST_LOOK_BACK, of
from rooms.errors import Contradiction
from rooms.policy import LONGEST_EXTENSION, LONGEST_VISIT, Policy
from rooms.records import Appointment
from rooms.service.idempotency import Act
from rooms.store import keys
from rooms.times import HOUR, MINUTE
from tests.service.live.scene import floor, host, present, room_of
from tests.support.desk import DESK, Desk


def _most(field: str) -> float:
    """What the policy's own limits allow at most."""
    return float(msgspec.json.schema(Policy)["$defs"]["Policy"]["properties"][field]["maximum"])


LONGEST = Policy(
    opens_before_minutes=_most("opens_before_minutes"), closes_after_minutes=_most("closes_after_minutes")
)


@dataclass
class Scene:
    desk: Desk
    appointment: Appointment

    @property
    def closes_at(self) -> int:
        return of(self.appointment, LONGEST).closes_at


@pytest_asyncio.fixture
async def last(desk: Desk) -> Scene:
    """The last millisecond of a visit of eight hours, closing a day later, put off by a day."""
    await desk.clinics.change(desk.id, {"policy": asdict(LONGEST)}, now=desk.now)
    booked = await desk.book("a", minutes=LONGEST_VISIT / MINUTE)
    desk.now = booked.ends_at
    shown = await desk.staff_acts.extend(
        Act(desk.id, desk.now, DESK, reason="mixed up"), "a", LONGEST_EXTENSION / MINUTE
    )
    scene = Scene(desk, shown.appointment)
    desk.now = scene.closes_at - 1
    return scene


async def test_there_is_no_longer_one_than_everything_reaches(last: Scene) -> None:
    assert last.closes_at - last.appointment.starts_at == LONGEST_LOOK_BACK
    window = of(last.appointment, LONGEST)
    assert window.closes_at - window.opens_at < keys.FLOOR_LIFE


async def test_the_patient_waits_and_is_admitted(last: Scene) -> None:
    desk = last.desk
    doctor = await host(desk)
    await desk.come(await desk.link("a"))
    assert await present(desk) == {"practitioner": "lobby", "patient": "waiting"}
    await desk.visits.enter(doctor.here, await room_of(desk), desk.now)
    await desk.visits.admit(doctor.here, "patient", "a", desk.now)
    assert await present(desk) == {"practitioner": "in_room", "patient": "in_room"}
    assert len((await floor(desk)).seats) == 2


async def test_it_is_still_to_come_for_everybody_who_asks(last: Scene) -> None:
    desk = last.desk
    with pytest.raises(Contradiction) as refused:
        await desk.practitioners.delete(desk.id, "dr-lee", now=desk.now)
    assert refused.value.facts["appointments"] == ["a"]
    affected = await desk.diagnosis.affected(desk.id, desk.now, practitioner="dr-lee")
    assert [each.appointment.id for each in affected] == ["a"]


async def test_a_new_policy_moves_its_close(last: Scene) -> None:
    desk = last.desk
    desk.now -= HOUR
    assert await desk.due_at(last.appointment) == last.closes_at
    await desk.clinics.change(desk.id, {"policy": {"closes_after_minutes": 1400}}, now=desk.now)
    assert await desk.due_at(last.appointment) == last.closes_at - 40 * MINUTE
