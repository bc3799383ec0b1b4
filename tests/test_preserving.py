"""Two versions side by side: what the next one wrote is there when this one has edited it."""

from typing import Any

import msgspec
import pytest
from msgspec import inspect
from msgspec.structs import replace

from rooms.events import Delivery, Event, Message, SendAttempts
from rooms.policy import Policy
from rooms.preserving import UNKNOWN_FIELDS, Preserving, decode, encode
from rooms.records import Appointment, Clinic, Floor, Seat
from rooms.store.encode import Stored, line, pack, unline, unpack
from tests.support.next_version import NEW, OF_IT, count, newer, parts, sample

RECORDS: tuple[Any, ...] = Stored.__args__
CARRIED = (Event, Message, SendAttempts, Delivery)
"""Lines that are read and written again on their way out. The others are only appended."""


def whole(kind: Any) -> bytes:
    """The text of one with a value in every member, but for the version, which is beside it."""
    made = sample(inspect.type_info(kind))
    made.pop("version", None)
    return msgspec.json.encode(made)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_a_record_of_the_next_version_is_written_as_it_was_read(kind: Any) -> None:
    mine = whole(kind)
    theirs = newer(kind, mine)
    assert _rewritten(kind, theirs) == theirs
    assert count(theirs) >= 1
    # And what this version wrote has nothing more in it.
    assert _rewritten(kind, mine) == mine
    assert UNKNOWN_FIELDS.encode() not in theirs


def _rewritten(kind: Any, text: bytes) -> bytes:
    record = unpack(kind, b"3 " + text)
    assert record is not None
    return pack(record).removeprefix(b"4 ")


@pytest.mark.parametrize("kind", CARRIED, ids=lambda kind: kind.__name__)
def test_a_line_of_the_next_version_is_written_as_it_was_read(kind: Any) -> None:
    theirs = newer(kind, whole(kind))
    assert line(unline(kind, theirs)) == theirs, "a lane's head is compared by its text"


@pytest.mark.parametrize("kind", [*RECORDS, *CARRIED], ids=lambda kind: kind.__name__)
def test_every_part_of_it_keeps_what_it_does_not_know(kind: Any) -> None:
    for part in parts(inspect.type_info(kind)):
        assert issubclass(part.cls, Preserving) or part.cls is Policy, part.cls
        assert part.forbid_unknown_fields, part.cls


def test_an_edit_keeps_it_in_each_part_that_is_still_there() -> None:
    floor = unpack(Floor, b"7 " + newer(Floor, whole(Floor)))
    assert floor is not None
    first, second = floor.seats
    moved = replace(first, state="in_room", gone_at=0, sid="another")
    fresh = Seat(
        sid=second.sid, key="k", person="p", number=1, serial=9, state="lobby", node="n", epoch=1,
        arrived_at=1, since=1,
    )  # fmt: skip
    [_, text] = pack(replace(floor, seats=(fresh, moved), late_until=5)).split(b" ", 1)
    said = msgspec.json.decode(text)
    assert said[NEW] == OF_IT
    assert [NEW in each for each in said["seats"]] == [False, True], "a seat's own goes where it goes"
    assert said["late_until"] == 5


def test_a_policys_own_is_kept_by_its_clinic() -> None:
    """The policy's members are the API's, which takes none it does not know."""
    for kept in (b'{"closes_after_minutes":30.5,"new_member":1}', b'{"new_member":1}'):
        text = b'{"id":"c","name":"C","time_zone":"UTC","salt":"00","policy":' + kept + b"}"
        clinic = unpack(Clinic, b"1 " + text)
        assert clinic is not None
        assert pack(clinic) == b"2 " + text
        assert msgspec.json.decode(pack(replace(clinic, policy=Policy()))[2:])["policy"] == {NEW: 1}


def test_a_member_that_is_taken_away_does_not_come_back() -> None:
    known = unpack(Appointment, b"1 " + newer(Appointment, whole(Appointment)))
    assert known is not None
    said = msgspec.json.decode(pack(replace(known, outcome=None, guests=()))[2:])
    assert "outcome" not in said
    assert "guests" not in said
    assert said[NEW] == OF_IT


def test_what_is_wrong_is_wrong_still() -> None:
    with pytest.raises(msgspec.ValidationError):
        unpack(Floor, b'1 {"practitioner_no":"p","seats":[{"sid":5}],"new_member":1}')
    with pytest.raises(msgspec.ValidationError):
        decode(msgspec.json.Decoder(Policy | None), inspect.type_info(Policy | None), b"[1]")
    with pytest.raises(msgspec.ValidationError):
        unpack(Floor, b'1 {"practitioner_no":"p","seats":"none","departures":[{"sid":[]}]}')


def test_a_tagged_message_is_told_from_others() -> None:
    class One(msgspec.Struct, tag="one"):
        floor: Floor

    class Two(msgspec.Struct, tag="two"):
        number: int

    kind = One | Two
    text = b'{"type":"one","floor":{"practitioner_no":"p","new_member":1}}'
    found = decode(msgspec.json.Decoder(kind), inspect.type_info(kind), text)
    assert isinstance(found, One)
    assert encode(found) == text
    for unknown in (b'{"type":"three","number":1}', b'{"number":1}'):
        with pytest.raises(msgspec.ValidationError):
            decode(msgspec.json.Decoder(kind), inspect.type_info(kind), unknown)
