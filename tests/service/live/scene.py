"""People at the door and on the floor, in the words the live commands' tests are told in."""

from collections.abc import Awaitable

import pytest
from msgspec.structs import replace

from rooms.access.tokens import Keyring, SigningKey, TokenKind, affinity, issue
from rooms.calendar import GuestRequest
from rooms.errors import Refusal
from rooms.ids import RoomId
from rooms.ports import Put, Renewal
from rooms.records import Appointment, Departure, Entry, Floor, Practitioner, Seat
from rooms.service.idempotency import Act
from rooms.service.live.commands import Visits
from rooms.service.live.expiry import Expiry
from rooms.service.live.hello import Entered
from rooms.times import SECOND, Instant
from tests.support.desk import Desk

LEASE = 15 * SECOND
CARER = GuestRequest(id="carer", name="Cy")
OLD_KEY = b"0f1e2d3c4b5a69788796a5b4c3d2e1f0"
"""The one the desk's links are signed with; its id is 1."""
NEW_KEY = SigningKey(2, b"ffeeddccbbaa99887766554433221100", "signing")


async def refusal(doing: Awaitable[object]) -> Refusal:
    """What it is refused with."""
    with pytest.raises(Refusal) as caught:
        await doing
    return caught.value


async def code(doing: Awaitable[object]) -> str:
    return (await refusal(doing)).code


async def doctor(desk: Desk, id: str = "dr-lee") -> Practitioner:
    return await desk.practitioners.get(desk.id, id)


async def floor(desk: Desk, practitioner: str = "dr-lee") -> Floor:
    return await desk.store.floor(desk.id, (await doctor(desk, practitioner)).no)


async def present(desk: Desk, practitioner: str = "dr-lee") -> dict[str, str]:
    """Everybody on the floor, as `person: state`; whoever has dropped off as `person: away`."""
    seats = (await floor(desk, practitioner)).seats
    return {seat.person: "away" if seat.gone_at else seat.state for seat in seats}


async def seat(desk: Desk, entered: Entered) -> Seat:
    [found] = [each for each in (await floor(desk)).seats if each.sid == entered.here.sid]
    return found


async def departure(desk: Desk, entered: Entered) -> Departure:
    [found] = [each for each in (await floor(desk)).departures if each.sid == entered.here.sid]
    return found


async def lines(desk: Desk, room: RoomId, person: str = "patient") -> list[tuple[str, Instant]]:
    """What the room's ledger says of somebody: `open waiting`, `close waiting admitted` …, each with when."""
    told = [each for each in await desk.store.ledger(desk.id, room) if each.person == person]
    return [(" ".join(filter(None, (each.kind, each.state, each.why))), each.at) for each in told]


async def room_of(desk: Desk, id: str = "a") -> RoomId:
    return (await desk.get(id)).room


async def tries(desk: Desk, appointment: Appointment) -> list[Entry]:
    return [each for each in await desk.store.ledger(desk.id, appointment.room) if each.kind == "try"]


async def host(desk: Desk, *, move: bool = False) -> Entered:
    """Dr Lee comes by a room link."""
    token = (await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 12)).token
    return await desk.visits.hello(token, move=move, device="Chrome", now=desk.now)


async def in_call(desk: Desk, id: str = "a") -> tuple[Entered, Entered]:
    """Dr Lee and the patient of that appointment, together."""
    doctor, patient = await host(desk), await desk.come(await desk.link(id))
    await desk.visits.admit(doctor.here, "patient", id, desk.now)
    return doctor, patient


async def drop(desk: Desk, entered: Entered, seconds: float = 0) -> None:
    """Their socket closes; nothing had come in for that long."""
    await desk.visits.disconnected(entered.here, desk.now - round(seconds * SECOND), desk.now)


async def alive(desk: Desk, entered: Entered) -> None:
    """Their process proves that they are here, now."""
    here = entered.here
    renewal = Renewal(here.clinic, here.practitioner, here.sid, desk.now + LEASE, desk.now)
    assert await desk.store.renew([renewal]) == []


def endings(desk: Desk) -> Expiry:
    return Expiry(desk.store, desk.bus, LEASE)


def with_keys(desk: Desk, *keys: SigningKey) -> Visits:
    """The same clinic under another keyring."""
    return Visits(desk.store, desk.bus, Keyring(keys), "node", LEASE, desk.visits.attempts.late_attempt)


async def forged(desk: Desk, kind: TokenKind, number: str, *, staff: bool = False) -> str:
    """A token that is well signed and says what none of ours says."""
    clinic = await desk.clinics.get(desk.id)
    place = affinity(clinic.salt, None if staff else (await doctor(desk)).no)
    return issue(Keyring([SigningKey(1, OLD_KEY, "signing")]), kind, place, number, 1)


async def change(desk: Desk, id: str, **fields: object) -> Appointment:
    """What staff's commands of a later issue do to an appointment's record."""
    await desk.store.commit(desk.id, [Put(replace(await desk.get(id), **fields))])
    return await desk.get(id)
