"""What people on a floor are called, and for which appointment they show in the queue (D3, D4, H4)."""

import pytest
from msgspec.structs import replace

from rooms.calendar import GuestRequest
from rooms.ids import AppointmentNo
from rooms.service.live import names as module
from rooms.service.live.hello import Entered
from rooms.service.live.names import Card, FloorNames
from rooms.store import RedisStore
from rooms.times import SECOND
from tests.service.live.scene import CARER, change, doctor, endings, floor, host
from tests.support.builders import at
from tests.support.desk import Desk

READS = ("appointments", "patients", "practitioner_by_no")


class Reads:
    """Which questions the store was asked since last looked at."""

    def __init__(self, patch: pytest.MonkeyPatch, store: RedisStore) -> None:
        self._seen: list[str] = []
        for name in READS:
            patch.setattr(store, name, self._counted(name, getattr(store, name)))

    def _counted(self, name: str, real: object) -> object:
        async def read(*asked: object) -> object:
            self._seen.append(name)
            return await real(*asked)  # type: ignore[operator]  # one of the store's own questions

        return read

    def since(self) -> list[str]:
        seen, self._seen = self._seen, []
        return sorted(seen)


@pytest.fixture
def roster(store: RedisStore) -> FloorNames:
    return FloorNames(store)


async def cards(desk: Desk, roster: FloorNames) -> dict[str, Card]:
    """Each person's, on Dr Lee's floor."""
    now = await floor(desk)
    made = await roster.cards(await desk.clinics.get(desk.id), now, desk.now)
    return {seat.person: made[seat.sid] for seat in now.seats}


async def everybody(desk: Desk) -> list[Entered]:
    people = ("patient", "guest:carer")
    return [await host(desk), *[await desk.come(await desk.link("a", person)) for person in people]]


async def test_names_and_appointments_of_everybody(open_desk: Desk, roster: FloorNames) -> None:
    """The practitioner's own card names no appointment: the lobby is for the whole day."""
    await everybody(open_desk)
    assert await cards(open_desk, roster) == {
        "practitioner": Card(name="Dr Lee"),
        "patient": Card(name="Ada", appointment="a", starts_at=at("10:00"), ends_at=at("10:30")),
        "guest:carer": Card(
            name="Cy", patient="Ada", appointment="a", starts_at=at("10:00"), ends_at=at("10:30")
        ),
    }


async def test_guests_are_told_apart(open_desk: Desk, roster: FloorNames) -> None:
    await open_desk.book("a", guests=(CARER, GuestRequest(id="partner", name="Pat")))
    for guest in ("carer", "partner"):
        await open_desk.come(await open_desk.link("a", f"guest:{guest}"))
    assert [card.name for card in (await cards(open_desk, roster)).values()] == ["Cy", "Pat"]


async def test_an_empty_floor_has_no_cards(open_desk: Desk, roster: FloorNames) -> None:
    assert await cards(open_desk, roster) == {}


async def test_each_patient_of_the_day_has_their_own_name(open_desk: Desk, roster: FloorNames) -> None:
    await open_desk.book("b", "10:30", patient="bob")
    open_desk.now = at("10:25")
    entered = [await open_desk.come(await open_desk.link(id)) for id in ("a", "b")]
    clinic = await open_desk.clinics.get(open_desk.id)
    made = await roster.cards(clinic, await floor(open_desk), open_desk.now)
    assert [made[each.here.sid].name for each in entered] == ["Ada", "Bob"]


# The room's appointment in its window, nearest by start


@pytest.mark.parametrize("id", ["a", "b"])
@pytest.mark.parametrize(
    ("clock", "shown"),
    [("10:00", "a"), ("11:04:59.999", "a"), ("11:05", "b"), ("11:29", "b"), ("12:44:59.999", "b")],
)
async def test_what_is_open_counts_and_not_the_link(
    open_desk: Desk, roster: FloorNames, id: str, clock: str, shown: str
) -> None:
    """A's window is from 09:50 to 11:30, B's from 11:05 to 12:45."""
    await open_desk.book("b", "11:15")
    open_desk.now = at("11:10")
    await open_desk.come(await open_desk.link(id))
    open_desk.now = at(clock)
    assert (await cards(open_desk, roster))["patient"].appointment == shown


@pytest.mark.parametrize(("clock", "shown"), [("10:32:59", "b"), ("10:33:01", "c")])
async def test_of_several_that_are_open_the_one_that_starts_nearest(
    open_desk: Desk, roster: FloorNames, clock: str, shown: str
) -> None:
    await open_desk.book("b", "10:30", minutes=5)
    await open_desk.book("c", "10:36", minutes=5)
    open_desk.now = at(clock)
    await open_desk.come(await open_desk.link("a"))
    card = (await cards(open_desk, roster))["patient"]
    assert (card.appointment, card.starts_at) == (shown, (await open_desk.get(shown)).starts_at)


async def test_where_none_is_open_it_is_the_links_own(open_desk: Desk, roster: FloorNames) -> None:
    """A call that went on after the close."""
    await open_desk.book("b", "15:00")
    await open_desk.come(await open_desk.link("a"))
    open_desk.now = at("12:00")
    assert (await cards(open_desk, roster))["patient"] == Card(
        name="Ada", appointment="a", starts_at=at("10:00"), ends_at=at("10:30")
    )


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show"])
async def test_only_what_is_live_counts(open_desk: Desk, roster: FloorNames, status: str) -> None:
    await open_desk.book("b", "10:30", minutes=5)
    await open_desk.book("c", "10:38")
    open_desk.now = at("10:31")
    await open_desk.come(await open_desk.link("c"))
    await change(open_desk, "b", status=status)
    assert (await cards(open_desk, roster))["patient"].appointment == "c"


# Freshness


async def test_within_ten_seconds_nothing_is_read_again(
    open_desk: Desk, roster: FloorNames, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everybody(open_desk)
    reads = Reads(monkeypatch, store)
    await cards(open_desk, roster)
    assert reads.since() == sorted(READS)
    open_desk.now += 10 * SECOND - 1
    await cards(open_desk, roster)
    assert reads.since() == []
    open_desk.now += 1
    await cards(open_desk, roster)
    assert reads.since() == sorted(READS)


async def test_a_change_made_elsewhere_shows_after_ten_seconds(open_desk: Desk, roster: FloorNames) -> None:
    await everybody(open_desk)
    await cards(open_desk, roster)
    await open_desk.patients.put(open_desk.id, "ada", name="Ada Lovelace", now=open_desk.now)
    await open_desk.practitioners.put(open_desk.id, "dr-lee", name="Dr Li", now=open_desk.now)
    await open_desk.book("a", guests=(GuestRequest(id="carer", name="Cyrus"),))
    assert {card.name for card in (await cards(open_desk, roster)).values()} == {"Dr Lee", "Ada", "Cy"}
    open_desk.now += 10 * SECOND
    assert {card.name for card in (await cards(open_desk, roster)).values()} == {
        "Dr Li",
        "Ada Lovelace",
        "Cyrus",
    }


async def test_a_change_made_here_shows_at_once_and_other_clinics_stay(
    open_desk: Desk, roster: FloorNames, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await Desk(store).open()
    other.now = open_desk.now
    await other.book("a")
    await other.come(await other.link("a"))
    await everybody(open_desk)
    for desk in (open_desk, other):
        await cards(desk, roster)
    await open_desk.patients.put(open_desk.id, "ada", name="Ada Lovelace", now=open_desk.now)
    roster.forget(open_desk.id)
    reads = Reads(monkeypatch, store)
    await cards(other, roster)
    assert reads.since() == []
    assert (await cards(open_desk, roster))["patient"].name == "Ada Lovelace"


async def test_what_was_just_read_anyway_is_not_read_again(
    open_desk: Desk, roster: FloorNames, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hello has read appointment and practitioner; only the patient's name is missing (CONTRACT, joins)."""
    entered = await open_desk.come(await open_desk.link("a"))
    assert entered.practitioner is not None
    roster.learn(open_desk.id, entered.siblings, open_desk.now)
    number = entered.here.practitioner
    roster.learn_practitioner(open_desk.id, number, entered.practitioner, open_desk.now)
    reads = Reads(monkeypatch, store)
    assert (await cards(open_desk, roster))["patient"].name == "Ada"
    assert reads.since() == ["patients"]
    assert await roster.practitioner(open_desk.id, await floor(open_desk), open_desk.now) == "Dr Lee"


# Who is not there


async def test_whoever_is_erased_has_no_name(open_desk: Desk, roster: FloorNames) -> None:
    await everybody(open_desk)
    await open_desk.nameless("ada")
    await change(
        open_desk, "a", guests=tuple(replace(each, name="") for each in (await open_desk.get("a")).guests)
    )
    shown = await cards(open_desk, roster)
    assert (shown["patient"].name, shown["guest:carer"].name) == ("", "")


async def test_a_guest_who_is_off_the_appointment_has_no_name(open_desk: Desk, roster: FloorNames) -> None:
    """For the moment until the seat is seen to be over."""
    await everybody(open_desk)
    await change(open_desk, "a", guests=())
    assert (await cards(open_desk, roster))["guest:carer"].name == ""


async def test_a_practitioner_who_is_gone_has_no_name(open_desk: Desk, roster: FloorNames) -> None:
    await open_desk.cancel("a")
    await host(open_desk)
    await open_desk.practitioners.delete(open_desk.id, "dr-lee", now=open_desk.now)
    known = await open_desk.store.floor(open_desk.id, open_desk.bus.floors[-1].practitioner_no)
    assert await roster.practitioner(open_desk.id, known, open_desk.now) == ""


async def test_a_seat_whose_appointment_is_lost_shows_no_name(open_desk: Desk, roster: FloorNames) -> None:
    """A Redis that lost its last second must not keep everybody else from being shown."""
    await everybody(open_desk)
    now = await floor(open_desk)
    lost = replace(now.seats[1], link=AppointmentNo("x" * 11))
    made = await roster.cards(
        await open_desk.clinics.get(open_desk.id),
        replace(now, seats=(now.seats[0], lost, now.seats[2])),
        open_desk.now,
    )
    assert [made[each.sid].name for each in now.seats] == ["Dr Lee", "", "Cy"]


async def test_what_is_old_is_dropped_when_there_is_much_of_it(
    open_desk: Desk, roster: FloorNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that runs for months keeps no list of everybody it ever showed (RELIABILITY 7)."""
    monkeypatch.setattr(module, "CARDS_KEPT", 0)
    await open_desk.book("b", "10:30", patient="bob")
    await open_desk.come(await open_desk.link("a"))
    await cards(open_desk, roster)
    open_desk.now = at("11:30")
    await endings(open_desk).lapse(open_desk.id, open_desk.now)
    await open_desk.come(await open_desk.link("b"))
    await cards(open_desk, roster)
    assert {no for _, no in roster._appointments} == {(await open_desk.get("b")).no}
    assert {name for _, name in roster._names.values()} == {"Dr Lee", "Bob"}


async def test_the_practitioners_number_is_no_patients_id(open_desk: Desk, roster: FloorNames) -> None:
    """One cache, two kinds of name."""
    number = (await doctor(open_desk)).no
    await open_desk.patients.put(open_desk.id, number, name="Nemo", now=open_desk.now)
    await open_desk.book("b", "12:00", patient=number)
    open_desk.now = at("12:00")
    await host(open_desk)
    await open_desk.come(await open_desk.link("b"))
    shown = await cards(open_desk, roster)
    assert (shown["practitioner"].name, shown["patient"].name) == ("Dr Lee", "Nemo")
