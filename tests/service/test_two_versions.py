"""A process of this version beside one of the next, on one store: commands on what the next one wrote."""

from typing import Any

import msgspec
import pytest

from rooms.calendar import GuestRequest, Hours
from rooms.events import Event, Message
from rooms.ids import ClinicId
from rooms.records import Appointment, AppointmentType, Clinic, Floor, Patient, Practitioner, RoomEntry
from rooms.store import RedisStore, keys
from tests.service.dispatch_room import Room
from tests.support.builders import at
from tests.support.desk import Desk
from tests.support.next_version import NEW, count, newer

CARER = GuestRequest(id="carer", name="Cy")
MUM = GuestRequest(id="mum", name="Maria", email="mum@mail.example")


class Next:
    """The other process. It writes everything of a clinic anew, as it would, and reads it back."""

    def __init__(self, store: RedisStore, clinic: ClinicId) -> None:
        self.store, self.clinic = store, clinic
        self.hashes: dict[str, Any] = {
            keys.practitioners(clinic): Practitioner,
            keys.types(clinic): AppointmentType,
            keys.patients(clinic): Patient,
            keys.rooms(clinic): RoomEntry,
            keys.hours(clinic): Hours,
        }

    async def _ask(self, *command: str | bytes | int) -> Any:
        return await self.store._pipeline.call(*command)

    async def _strings(self) -> dict[str, Any]:
        """Keys of records that are strings."""
        found: dict[str, Any] = {keys.clinic(self.clinic): Clinic}
        for kind, shape in ((Appointment, "a:*"), (Floor, "floor:*")):
            for key in await self._ask("KEYS", f"{keys.clinic(self.clinic)}:{shape}"):
                found[key.decode()] = kind
        return found

    async def write(self) -> None:
        for key, kind in (await self._strings()).items():
            await self._ask("SET", key, self._newer(kind, await self._ask("GET", key)))
        for key, kind in self.hashes.items():
            for field in await self._ask("HKEYS", key):
                text = await self._ask("HGET", key, field)
                await self._ask("HSET", key, field, self._newer(kind, text))
        outbox = keys.outbox(self.clinic)
        for place, text in enumerate(await self._ask("LRANGE", outbox, 0, -1)):
            await self._ask("LSET", outbox, place, self._newer(Event, text))

    def _newer(self, kind: Any, text: bytes) -> bytes:
        number, _, rest = text.partition(b" ")
        return number + b" " + newer(kind, rest)

    async def kept(self) -> dict[str, int]:
        """By key (and field), in how many parts the new member is."""
        found = {key: count(await self._ask("GET", key)) for key in await self._strings()}
        for key in self.hashes:
            for field in await self._ask("HKEYS", key):
                found[f"{key} {field.decode()}"] = count(await self._ask("HGET", key, field))
        return found


async def test_what_the_next_version_wrote_is_there_after_every_edit(desk: Desk, store: RedisStore) -> None:
    booked = await desk.book("a", guests=(CARER, MUM))
    desk.now = at("10:00")
    patient, doctor = (
        await desk.come(await desk.link("a")),
        await desk.come(await desk.link("a", "practitioner")),
    )
    other = Next(store, desk.id)
    await other.write()
    before = await other.kept()
    assert all(before.values())

    await desk.clinics.change(
        desk.id, {"name": "Hill Street", "policy": {"closes_after_minutes": 90}}, now=desk.now
    )
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr A. Lee", now=desk.now)
    await desk.patients.put(desk.id, "ada", name="Ada L.", email="ada@mail.example", now=desk.now)
    await desk.types.put(desk.id, "consult", name="Visit", video=True, minutes=20, now=desk.now)
    await desk.visits.admit(doctor.here, "patient", "a", desk.now)
    await desk.visits.media(patient.here, "connected", desk.now)
    await desk.visits.disconnected(patient.here, desk.now, desk.now)
    await desk.visits.lock(doctor.here, on=True)
    await desk.book("a", guests=(CARER, MUM), minutes=40)
    await desk.book("b", "14:00")
    after = await other.kept()
    assert {key: after[key] for key in before} == before
    assert (await desk.get("a")).ends_at == booked.ends_at + 600_000


async def test_its_events_are_sent(desk: Desk, store: RedisStore) -> None:
    room = Room(desk, mail=False)
    hook = await room.hook()
    made = await desk.book("a")
    await Next(store, desk.id).write()
    await room.hand_on()
    lane = keys.delivery_queue(desk.id, hook.no, made.no)
    messages = await store._pipeline.call("LRANGE", lane, 0, -1)
    assert all(NEW in msgspec.json.decode(each)["event"] for each in messages)
    await store._pipeline.call("LSET", lane, 0, newer(Message, messages[0]))
    bodies = await room.drained(hook, made.no)
    assert len(bodies) == len(messages), "each is taken off its lane, which is compared by its text"


@pytest.mark.parametrize("times", [1, 20])
async def test_both_edit_in_turn(desk: Desk, store: RedisStore, times: int) -> None:
    await desk.book("a", guests=(CARER,))
    other = Next(store, desk.id)
    for each in range(times):
        await other.write()
        before = await other.kept()
        await desk.book("a", guests=(CARER,), minutes=31 + each)
        after = await other.kept()
        assert {key: after[key] for key in before} == before
