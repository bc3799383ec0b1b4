"""F1, F2: intervals from entries, drops bridged in the overlap only, and whose time it is."""

import pytest

from rooms.attendance.ledger import intervals, stays, together
from rooms.ids import AppointmentNo
from rooms.policy import CALL_GRACE
from rooms.records import Entry
from rooms.stretches import Stretch
from tests.attendance.scenes import A, B, C, appointment, at, call, note, stay, written

PATIENT = frozenset({"patient"})
LATER = at("23:00")


def shared(entries: list[Entry], of: AppointmentNo = A, counting: frozenset[str] = PATIENT) -> list[Stretch]:
    """Together for one of three back-to-back appointments of one room: 10:00, 10:30 and 11:00."""
    siblings = [appointment(C, "11:00", "11:30"), appointment(A), appointment(B, "10:30", "11:00")]
    return together(entries, of, siblings, counting, LATER)


def test_an_interval_has_its_ends_its_device_and_why_it_ended() -> None:
    [waiting] = intervals(stay("patient", "waiting", at("09:55"), at("10:00"), why="admitted"))
    assert (waiting.person, waiting.state, waiting.device) == ("patient", "waiting", "Firefox")
    assert (waiting.started_at, waiting.ended_at, waiting.ended_by) == (at("09:55"), at("10:00"), "admitted")
    assert waiting.appointment == A


def test_an_interval_lasts_until_its_own_session_closes_it() -> None:
    entries = written(
        stay("patient", "in_room", at("10:00"), None, sid="new"),
        [Entry(kind="close", at=at("10:05"), person="patient", sid="old", state="in_room")],
        [Entry(kind="close", at=at("10:06"), person="patient", sid="new", state="waiting")],
    )
    [interval] = intervals(entries)
    assert interval.ended_at is None
    assert interval.span(at("10:10")) == (at("10:00"), at("10:10"))


def test_entries_that_are_no_intervals_make_none() -> None:
    stray = Entry(kind="open", at=at("10:00"), person="patient", sid="s")
    assert intervals([*note("try", at("09:00")), *note("done", at("10:30"), "practitioner"), stray]) == []


def test_a_second_open_ends_the_first_and_nothing_counts_twice() -> None:
    entries = written(
        stay("patient", "in_room", at("10:00"), None), stay("patient", "in_room", at("10:05"), at("10:10"))
    )
    first, second = intervals(entries)
    assert (first.ended_at, first.ended_by) == (at("10:05"), "reopened")
    assert (second.started_at, second.ended_at) == (at("10:05"), at("10:10"))


def test_no_interval_ends_before_it_began() -> None:
    [interval] = intervals(stay("patient", "in_room", at("10:00"), at("09:59:59")))
    assert interval.ended_at == at("10:00")
    assert interval.span(at("09:00")) == (at("10:00"), at("10:00"))


def test_media_and_in_room_run_side_by_side() -> None:
    entries = written(
        stay("patient", "in_room", at("10:00"), at("10:20")),
        stay("patient", "media", at("10:01"), at("10:19")),
    )
    assert [(each.state, each.ended_at) for each in intervals(entries)] == [
        ("in_room", at("10:20")), ("media", at("10:19")),
    ]  # fmt: skip


def test_together_is_where_both_are_in_the_room() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:00"), at("10:20")),
        stay("patient", "in_room", at("10:05"), at("10:25")),
    )
    assert shared(entries) == [(at("10:05"), at("10:20"))]


def test_waiting_and_media_are_not_together() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:00"), at("10:20")),
        stay("patient", "waiting", at("10:00"), at("10:20")),
        stay("patient", "media", at("10:00"), at("10:20")),
    )
    assert shared(entries) == []


def test_what_lasts_counts_until_now() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:00"), None), stay("patient", "in_room", at("10:01"), None)
    )
    assert together(entries, A, [appointment()], PATIENT, at("10:09")) == [(at("10:01"), at("10:09"))]


@pytest.mark.parametrize(
    ("gap", "bridged"), [(CALL_GRACE - 1, True), (CALL_GRACE, False), (CALL_GRACE + 1, False), (0, True)]
)
def test_a_drop_below_the_grace_is_bridged_in_the_overlap_only(gap: int, bridged: bool) -> None:
    back = at("10:05") + gap
    entries = written(
        stay("practitioner", "in_room", at("10:00"), at("10:20")),
        stay("patient", "in_room", at("10:00"), at("10:05"), why="dropped"),
        stay("patient", "in_room", back, at("10:20")),
    )
    whole = [(at("10:00"), at("10:20"))]
    assert shared(entries) == (whole if bridged else [(at("10:00"), at("10:05")), (back, at("10:20"))])
    assert [each.ended_at for each in intervals(entries)] == [at("10:20"), at("10:05"), at("10:20")]


def test_a_drop_of_the_practitioner_is_bridged_too() -> None:
    entries = written(
        stay("patient", "in_room", at("10:00"), at("10:20")),
        stay("practitioner", "in_room", at("10:00"), at("10:05"), why="dropped"),
        stay("practitioner", "in_room", at("10:05:29"), at("10:20")),
    )
    assert shared(entries) == [(at("10:00"), at("10:20"))]


def test_another_session_bridges_nothing() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:00"), at("10:20")),
        stay("patient", "in_room", at("10:00"), at("10:05"), sid="phone"),
        stay("patient", "in_room", at("10:05:10"), at("10:20"), sid="laptop"),
    )
    assert shared(entries) == [(at("10:00"), at("10:05")), (at("10:05:10"), at("10:20"))]


def test_who_was_sent_back_was_not_together_meanwhile() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:00"), at("10:20")),
        stay("patient", "in_room", at("10:00"), at("10:05"), why="sent_back"),
        stay("patient", "waiting", at("10:05"), at("10:05:10"), why="admitted"),
        stay("patient", "in_room", at("10:05:10"), at("10:20")),
    )
    assert shared(entries) == [(at("10:00"), at("10:05")), (at("10:05:10"), at("10:20"))]


def test_two_devices_at_once_count_once() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:00"), at("10:20"), sid="desk"),
        stay("practitioner", "in_room", at("10:10"), at("10:25"), sid="colleague"),
        stay("patient", "in_room", at("10:00"), at("10:15"), sid="phone"),
        stay("patient", "in_room", at("10:14"), at("10:30"), sid="laptop"),
    )
    assert shared(entries) == [(at("10:00"), at("10:25"))]


def test_a_session_killed_with_its_process_counts_to_its_last_frame() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:00"), at("10:05:03"), why="lapsed"),
        stay("patient", "in_room", at("10:00"), at("10:05:07"), why="lapsed"),
        stay("practitioner", "in_room", at("10:07"), at("10:10"), sid="again"),
    )
    assert shared(entries) == [(at("10:00"), at("10:05:03"))]


def test_time_goes_over_at_the_next_appointments_start() -> None:
    entries = written(call(at("10:05"), at("11:10")))
    assert shared(entries, A) == [(at("10:05"), at("10:30"))]
    assert shared(entries, B) == [(at("10:30"), at("11:00"))]
    assert shared(entries, C) == [(at("11:00"), at("11:10"))]


def test_who_is_admitted_late_is_admitted_for_that_appointment() -> None:
    entries = written(call(at("10:40"), at("11:10")))
    assert shared(entries, A) == [(at("10:40"), at("11:00"))]
    assert shared(entries, B) == []
    assert shared(entries, C) == [(at("11:00"), at("11:10"))]


def test_who_is_admitted_at_the_very_start_of_the_next_is_admitted_as_was_said() -> None:
    entries = written(call(at("10:30"), at("10:40"), of=A))
    assert shared(entries, A) == [(at("10:30"), at("10:40"))]
    assert shared(entries, B) == []


def test_who_is_admitted_early_for_the_next_belongs_to_the_next() -> None:
    entries = written(call(at("10:25"), at("10:45"), of=B))
    assert shared(entries, A) == []
    assert shared(entries, B) == [(at("10:25"), at("10:45"))]


def test_a_drop_or_another_device_is_no_new_admission() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:05"), at("10:50")),
        stay("patient", "in_room", at("10:05"), at("10:31"), why="dropped"),
        stay("patient", "in_room", at("10:31:40"), at("10:40"), why="replaced"),
        stay("patient", "in_room", at("10:40"), at("10:50"), sid="laptop"),
    )
    assert shared(entries, A) == [(at("10:05"), at("10:30"))]
    assert shared(entries, B) == [(at("10:30"), at("10:31")), (at("10:31:40"), at("10:50"))]


def test_who_waited_again_is_admitted_anew() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:05"), at("10:50")),
        stay("patient", "in_room", at("10:05"), at("10:20")),
        stay("patient", "waiting", at("10:35"), at("10:40"), sid="again"),
        stay("patient", "in_room", at("10:40"), at("10:50"), sid="again"),
    )
    assert shared(entries, A) == [(at("10:05"), at("10:20")), (at("10:40"), at("10:50"))]
    assert shared(entries, B) == []


def test_an_admission_for_another_appointment_is_a_new_one() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:05"), at("10:50")),
        stay("patient", "in_room", at("10:05"), at("10:20"), of=A),
        stay("patient", "in_room", at("10:20:10"), at("10:50"), of=C),
    )
    assert shared(entries, A) == [(at("10:05"), at("10:20"))]
    assert shared(entries, B) == [(at("10:30"), at("10:50"))]
    assert shared(entries, C) == [(at("10:20:10"), at("10:30"))]


def test_a_guest_who_counts_stands_for_the_patient() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:00"), at("10:20")),
        stay("guest:child", "in_room", at("10:05"), at("10:15")),
    )
    assert shared(entries) == []
    assert shared(entries, counting=PATIENT | {"guest:child"}) == [(at("10:05"), at("10:15"))]


def test_the_same_minute_is_not_given_to_two_appointments() -> None:
    entries = written(
        stay("practitioner", "in_room", at("10:05"), at("10:40")),
        stay("patient", "in_room", at("10:05"), at("10:28"), of=A),
        stay("guest:child", "in_room", at("10:25"), at("10:40"), of=B),
    )
    counting = PATIENT | {"guest:child"}
    assert shared(entries, A, counting) == [(at("10:05"), at("10:28"))]
    assert shared(entries, B, counting) == [(at("10:28"), at("10:40"))]


def test_stays_are_in_order_of_time() -> None:
    entries = [
        *stay("patient", "in_room", at("10:10"), at("10:20"), sid="b"),
        *call(at("10:00"), at("10:05")),
    ]
    assert [each.span[0] for each in stays(intervals(entries), LATER)] == [
        at("10:00"),
        at("10:00"),
        at("10:10"),
    ]
