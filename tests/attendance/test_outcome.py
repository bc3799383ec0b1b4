"""F3, line by line and between the lines. The window is 09:50 to 11:30 unless said otherwise."""

import pytest
from msgspec.structs import replace

from rooms.attendance.evidence import gather
from rooms.attendance.outcome import decide
from rooms.policy import Policy
from rooms.records import Entry
from rooms.times import DAY, MINUTE, parse
from tests.attendance.scenes import (
    CARER,
    CHILD,
    DEFAULT,
    B,
    appointment,
    at,
    call,
    evidence,
    named,
    note,
    observed,
    stay,
    verdict,
)

OPENS, CLOSES = at("09:50"), at("11:30")
LOBBY = stay("practitioner", "lobby", at("09:55"), at("10:20"))
FAILED = note("failed", at("10:02"))


@pytest.mark.parametrize(
    ("millis", "name"),
    [(60_000, "attended"), (59_999, "brief"), (60_001, "attended"), (1, "brief")],
)
def test_a_sixty_seconds_together(millis: int, name: str) -> None:
    seen = observed(call(at("10:00"), at("10:00") + millis))
    assert evidence(seen).overlap == millis
    assert verdict(seen).name == name


def test_a_the_clinic_says_how_long_is_enough() -> None:
    assert named(observed(call(at("10:00"), at("10:05"))), Policy(attended_seconds=301)) == (
        "c",
        "brief",
        "review",
    )
    assert named(observed(call(at("10:00"), at("10:00:02"))), Policy(attended_seconds=1.5)) == (
        "a",
        "attended",
        "completed",
    )


def test_a_zero_seconds_still_means_together() -> None:
    apart = observed(stay("practitioner", "in_room", at("10:00"), at("10:05")), lobby=LOBBY)
    assert named(apart, Policy(attended_seconds=0)) == ("g", "patient_absent", "no_show")


def test_a_short_but_ended_as_done() -> None:
    seen = observed(call(at("10:00"), at("10:00:20")), note("done", at("10:00:20"), "practitioner"))
    assert named(seen) == ("a", "attended", "completed")


def test_a_done_counts_when_the_patient_has_just_dropped_off() -> None:
    seen = observed(call(at("10:00"), at("10:00:20")), note("done", at("10:00:35"), "practitioner"))
    assert named(seen) == ("a", "attended", "completed")


def test_a_done_without_being_together_proves_nothing() -> None:
    seen = observed(note("done", at("10:00:20"), "practitioner"), call(at("10:10"), at("10:10:05")))
    assert named(seen) == ("c", "brief", "review")
    assert named(observed(note("done", at("10:00:20"), "practitioner"))) == ("g", "both_absent", "no_show")


def test_a_done_belongs_to_the_visit_it_ended() -> None:
    second = appointment(B, "10:30", "11:00")
    ledger = (call(at("10:29:50"), at("10:31:30")), note("done", at("10:31:30"), "practitioner"))
    assert named(observed(*ledger, siblings=[second])) == ("c", "brief", "review")
    assert named(observed(*ledger, subject=second, siblings=[appointment()])) == (
        "a",
        "attended",
        "completed",
    )


def test_a_done_at_the_next_start_ends_the_visit_before() -> None:
    second = appointment(B, "10:30", "11:00")
    ledger = (call(at("10:29:50"), at("10:30:10")), note("done", at("10:30"), "practitioner"))
    assert verdict(observed(*ledger, siblings=[second])).name == "attended"
    assert verdict(observed(*ledger, subject=second, siblings=[appointment()])).name == "brief"


def test_a_not_when_media_failed() -> None:
    assert named(observed(call(at("10:00"), at("10:05")), FAILED)) == ("c", "technical", "review")


def test_a_media_that_came_up_did_not_fail() -> None:
    media = stay("patient", "media", at("10:03"), at("10:05"))
    assert named(observed(call(at("10:00"), at("10:05")), FAILED, media)) == ("a", "attended", "completed")


def test_a_media_connected_while_alone_says_nothing() -> None:
    media = stay("patient", "media", at("10:05"), at("10:06"))
    assert verdict(observed(call(at("10:00"), at("10:05")), FAILED, media)).name == "technical"


@pytest.mark.parametrize(
    ("when", "media"),
    [("09:59:59", "unreported"), ("10:00", "failed"), ("10:05", "failed"), ("10:06", "unreported")],
)
def test_a_media_fails_while_they_are_together(when: str, media: str) -> None:
    seen = observed(call(at("10:00"), at("10:05")), note("failed", at(when), "practitioner"))
    assert evidence(seen).media == media


@pytest.mark.parametrize(("seconds", "name"), [("10:00:30", "system"), ("10:00:29", "both_absent")])
def test_b_an_outage_of_thirty_seconds(seconds: str, name: str) -> None:
    assert verdict(observed(outages=[(at("10:00"), at(seconds))])).name == name


@pytest.mark.parametrize(
    ("start", "end", "line"),
    [
        (at("10:00"), at("10:00", 29_999), "g"),
        (at("10:00"), at("10:00", 30_000), "b"),
        (OPENS - 60_000, OPENS + 29_999, "g"),
        (OPENS - 60_000, OPENS + 30_000, "b"),
        (CLOSES - 29_999, CLOSES + 60_000, "g"),
        (CLOSES - 30_000, CLOSES + 60_000, "b"),
        (CLOSES, CLOSES + DAY, "g"),
        (OPENS - DAY, OPENS, "g"),
    ],
)
def test_b_only_what_lies_in_the_window(start: int, end: int, line: str) -> None:
    assert verdict(observed(outages=[(start, end)])).line == line


def test_b_the_longest_counts() -> None:
    found = evidence(observed(outages=[(at("10:00"), at("10:00:20")), (at("10:10"), at("10:10:40"))]))
    assert found.outage == 40_000
    assert decide(found, DEFAULT).line == "b"


def test_b_in_a_row() -> None:
    apart = [(at("10:00"), at("10:00:20")), (at("10:00:21"), at("10:00:41"))]
    joined = [(at("10:00:20"), at("10:00:40")), (at("10:00"), at("10:00:20"))]
    assert verdict(observed(outages=apart)).line == "g"
    assert named(observed(outages=joined)) == ("b", "system", "review")


@pytest.mark.parametrize(
    ("stored", "line"), [(at("10:05"), "g"), (at("10:04:31"), "g"), (at("10:04:30"), "b")]
)
def test_b_from_when_it_was_stored(stored: int, line: str) -> None:
    seen = observed(subject=appointment(stored_at=stored), outages=[(at("10:00"), at("10:05"))])
    assert verdict(seen).line == line


def test_c_brief() -> None:
    assert named(observed(call(at("10:00"), at("10:00:30")))) == ("c", "brief", "review")


def test_c_brief_and_media_failed() -> None:
    assert named(observed(call(at("10:00"), at("10:02:30")), FAILED)) == ("c", "technical", "review")


WAITED = stay("patient", "waiting", at("10:00"), at("10:10"))


def test_d_nobody_came_for_the_patient() -> None:
    assert named(observed(WAITED)) == ("d", "practitioner_absent", "review")


def test_d_the_practitioner_was_about() -> None:
    assert named(observed(WAITED, lobby=LOBBY)) == ("d", "left_unseen", "review")
    room = stay("practitioner", "in_room", at("10:20"), at("10:25"))
    assert named(observed(WAITED, room)) == ("d", "left_unseen", "review")


def test_d_the_practitioner_of_another_hour_was_not() -> None:
    early = stay("practitioner", "lobby", at("08:00"), at("09:00"))
    assert named(observed(WAITED, lobby=early)) == ("d", "practitioner_absent", "review")


def test_d_alone_in_the_room_is_waiting() -> None:
    assert named(observed(stay("patient", "in_room", at("10:00"), at("10:10")))) == (
        "d",
        "practitioner_absent",
        "review",
    )


def test_d_a_guest_who_counts_waits_for_the_patient() -> None:
    seen = observed(
        stay("guest:child", "waiting", at("10:00"), at("10:10")), subject=appointment(guests=[CHILD])
    )
    assert named(seen) == ("d", "practitioner_absent", "review")


@pytest.mark.parametrize(
    ("start", "end", "line"),
    [
        (OPENS - MINUTE, OPENS, "d"),
        (OPENS - MINUTE, OPENS - 1, "g"),
        (CLOSES - 1, CLOSES + MINUTE, "d"),
        (CLOSES, CLOSES + MINUTE, "g"),
        (at("10:00"), at("10:00"), "d"),
    ],
)
def test_d_any_sign_of_life_in_the_window(start: int, end: int, line: str) -> None:
    """An interval of no length too: somebody came and was cut off at once (I2)."""
    assert verdict(observed(stay("patient", "waiting", start, end))).line == line


def test_d_seen_in_the_room_for_another_appointment_is_not_absent() -> None:
    first, second = appointment(), appointment(B, "10:30", "11:00")
    ledger = call(at("10:00"), at("10:25"))
    assert named(observed(ledger, subject=second, siblings=[first])) == ("d", "left_unseen", "review")


def test_e_a_guest_came_and_the_patient_did_not() -> None:
    seen = observed(
        stay("guest:carer", "waiting", at("10:00"), at("10:10")), subject=appointment(guests=[CARER])
    )
    assert named(seen) == ("e", "guest_only", "review")
    inside = observed(
        *[stay(who, "in_room", at("10:00"), at("10:10")) for who in ("practitioner", "guest:carer")]
    )
    assert named(inside) == ("e", "guest_only", "review")


@pytest.mark.parametrize(
    ("when", "line"),
    [
        (OPENS - 60 * MINUTE - 1, "g"),
        (OPENS - 60 * MINUTE, "f"),
        (OPENS, "f"),
        (CLOSES - 1, "f"),
        (CLOSES, "g"),
    ],
)
def test_f_the_patient_tried(when: int, line: str) -> None:
    assert verdict(observed(note("try", when, why="too_early"))).line == line


def test_f_a_failed_check_and_a_refused_camera_are_tries() -> None:
    seen = observed(
        note("try", at("09:40"), why="check_failed"),
        note("failed", at("10:00")),
        note("try", at("10:01"), why="check_failed"),
    )
    assert named(seen) == ("f", "technical", "review")
    assert evidence(seen).tried == ("check_failed", "media_failed")


def test_f_only_the_patients_side() -> None:
    guests = appointment(guests=[CARER, CHILD])
    assert verdict(observed(note("try", at("10:00"), "guest:carer", "too_early"), subject=guests)).line == "g"
    assert verdict(observed(note("try", at("10:00"), "guest:child", "too_early"), subject=guests)).line == "f"
    assert verdict(observed(note("try", at("10:00"), "practitioner", "too_early"))).line == "g"


def test_g_nobody() -> None:
    assert named(observed()) == ("g", "both_absent", "no_show")


def test_g_only_the_practitioner() -> None:
    assert named(observed(lobby=LOBBY)) == ("g", "patient_absent", "no_show")
    assert named(observed(stay("practitioner", "in_room", at("10:00"), at("10:20")))) == (
        "g",
        "patient_absent",
        "no_show",
    )


def test_g_a_clinic_may_want_the_practitioner_there() -> None:
    strict = Policy(no_show_needs_practitioner=True)
    assert named(observed(), strict) == ("g", "both_absent", "review")
    assert named(observed(lobby=LOBBY), strict) == ("g", "patient_absent", "no_show")


def test_g_without_a_usable_link_a_person_settles_it() -> None:
    seen = observed(lobby=LOBBY, link_failed=("type_not_linked",))
    assert named(seen) == ("g", "technical", "review")
    assert evidence(seen).facts()["link_failed"] == ["type_not_linked"]


def test_without_a_usable_link_the_lines_before_still_win() -> None:
    assert named(observed(call(at("10:00"), at("10:05")), link_failed=("revoked",))) == (
        "a",
        "attended",
        "completed",
    )
    assert named(observed(WAITED, link_failed=("revoked",))) == ("d", "practitioner_absent", "review")


GUEST = stay("guest:carer", "waiting", at("10:00"), at("10:10"))
TRIED = note("try", at("10:00"), why="token_revoked")
LADDER: list[tuple[str, list[Entry]]] = [
    ("a", call(at("10:12"), at("10:20"))),
    ("b", []),
    ("c", call(at("10:22"), at("10:22:10"))),
    ("d", WAITED),
    ("e", GUEST),
    ("f", TRIED),
    ("g", []),
]


@pytest.mark.parametrize("first", range(len(LADDER)))
def test_the_first_true_line_wins(first: int) -> None:
    """Every line below is true as well, and loses."""
    outages = [(at("10:40"), at("10:41"))] if first <= 1 else []
    seen = observed(*(entries for _, entries in LADDER[first:]), outages=outages)
    assert verdict(seen).line == LADDER[first][0]


def test_a_call_across_the_close_counts_whole() -> None:
    assert named(observed(call(CLOSES - 10_000, CLOSES + 50_000))) == ("a", "attended", "completed")
    assert named(observed(call(CLOSES - 10_000, CLOSES + 49_999))) == ("c", "brief", "review")
    lasting = observed(
        stay("practitioner", "in_room", CLOSES - 10_000, None),
        stay("patient", "in_room", CLOSES - 10_000, None),
    )
    assert gather(lasting, CLOSES + 50_000).overlap == 60_000
    assert decide(gather(lasting, CLOSES + 50_000), DEFAULT).name == "attended"


def back_to_back(*ledger: list[Entry]) -> tuple[str, str]:
    first, second = appointment(), appointment(B, "10:30", "11:00")
    one = verdict(observed(*ledger, subject=first, siblings=[second])).name
    return one, verdict(observed(*ledger, subject=second, siblings=[first])).name


def test_back_to_back_in_one_room_each_has_its_own_minutes() -> None:
    assert back_to_back(call(at("10:00"), at("10:50"))) == ("attended", "attended")
    assert back_to_back(call(at("10:00"), at("10:30:59", 999))) == ("attended", "brief")
    assert back_to_back(call(at("10:00"), at("10:31"))) == ("attended", "attended")
    assert back_to_back(call(at("10:00"), at("10:20"))) == ("attended", "left_unseen")
    assert back_to_back(call(at("10:35"), at("10:50"), of=B)) == ("left_unseen", "attended")
    assert back_to_back() == ("both_absent", "both_absent")


def test_clocks_changing_in_the_window_change_nothing() -> None:
    """Sydney puts its clocks back at 16:00 UTC, between the start and the end; instants do not care."""
    start = parse("2026-04-04T15:50:00Z")
    mine = replace(appointment(), starts_at=start, ends_at=start + 30 * MINUTE, stored_at=start - DAY)
    seen = observed(call(start, start + MINUTE), subject=mine)
    assert seen.closes_at - seen.opens_at == 100 * MINUTE
    assert named(seen) == ("a", "attended", "completed")
