"""What each person is shown of a floor: their own, and anew only where it has changed."""

import msgspec
from msgspec.structs import replace

from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, RoomId, SessionId
from rooms.policy import Policy
from rooms.records import Clinic, Floor, Seat
from rooms.service.live.names import Card
from signalling.ws.floor_views import FloorViews, changes
from tests.support.builders import at

NOW = at("10:00")
FRAME = 64 * 1024
CLINIC = Clinic(id=ClinicId("c"), name="Harbour", time_zone="UTC", salt="salt", policy=Policy())


def seat(number: int, person: str = "patient", state: str = "waiting") -> Seat:
    room = RoomId(f"room-{number}") if person == "patient" else None
    return Seat(
        sid=SessionId(f"s{number}"),
        key="key",
        person=person,
        number=1,
        serial=number,
        state=state,  # type: ignore[arg-type]  # one of the three
        node="node",
        epoch=1,
        arrived_at=NOW + number,
        since=NOW + number,
        room=room,
        link=AppointmentNo(f"a{number}"),
    )


def floor(count: int) -> Floor:
    host = seat(0, "practitioner", "lobby")
    return Floor(practitioner_no=PractitionerNo("p"), seats=(host, *map(seat, range(1, count + 1))))


def cards(shown: Floor, name: str = "Ada") -> dict[SessionId, Card]:
    return {
        each.sid: Card(name=name, appointment=f"a-{each.serial}", starts_at=NOW, ends_at=NOW)
        for each in shown.seats
    }


def views_of(shown: Floor, name: str = "Ada") -> FloorViews:
    return FloorViews(shown, cards(shown, name), CLINIC, NOW)


def size(members: object) -> int:
    return len(msgspec.json.encode(members))


def test_a_queue_as_long_as_a_frame_takes_and_the_rest_counted() -> None:
    # Names as long as they may be, in letters of four bytes.
    for count, name in ((1_000, "Ada"), (1_000, "\U00020000" * 200), (100, "Ada")):
        shown = floor(count)
        host = shown.seats[0]
        view = views_of(shown, name).view(host)
        [(kind, members)] = changes(views_of(floor(0)).view(host), view, shown, "ended", False)
        assert kind == "queue"
        assert size(members) < FRAME
        assert view.queue is not None
        assert len(view.queue) + int(str(members.get("more", 0))) == count
        assert [item["sid"] for item in view.queue] == [f"s{n}" for n in range(1, len(view.queue) + 1)]
        assert ("more" in members) is (count == 1_000)


def test_one_who_comes_at_the_end_changes_nothing_for_those_before() -> None:
    before, after = floor(300), floor(301)
    old, new = views_of(before), views_of(after)
    views = {each.sid: old.view(each) for each in before.seats}
    changed = [
        each.sid for each in after.seats if new.view(each, views.get(each.sid)) is not views.get(each.sid)
    ]
    assert changed == ["s0", "s301"], "the practitioner's and their own"


def test_one_who_leaves_moves_everybody_behind_and_nobody_before() -> None:
    before = floor(5)
    after = replace(before, seats=tuple(each for each in before.seats if each.sid != "s2"))
    old, new = views_of(before), views_of(after)
    told = [
        [members["position"] for _, members in changes(old.view(each), new.view(each), after, "ended", False)]
        for each in after.seats[1:]
    ]
    assert told == [[], [2], [3], [4]]


def test_a_waiting_person_sees_neither_queue_nor_people() -> None:
    shown = floor(3)
    view = views_of(shown).view(shown.seats[1])
    assert (view.people, view.queue, view.desk) == ({}, None, {})
