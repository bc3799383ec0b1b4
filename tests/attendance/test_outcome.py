"""F3, line by line and between the lines. The window is 09:50 to 11:30 unless said otherwise."""

import pytest
from msgspec.structs import replace

from rooms.attendance.evidence import Observed, gather, visit
from rooms.attendance.outcome import RULES, Decided, decide, late_try, revise, settle
from rooms.policy import Policy
from rooms.records import Entry
from rooms.times import DAY, MINUTE, parse, show
from tests.attendance.scenes import (
    CARER,
    CHILD,
    DEFAULT,
    A,
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


def test_evidence_is_json_without_names() -> None:
    seen = observed(
        call(at("10:00"), at("10:01", 500)),
        subject=appointment(guests=[CHILD]),
        outages=[(OPENS, OPENS + 1_250)],
    )
    assert evidence(seen).facts() == {
        "window": {"opens_at": "2026-03-02T09:50:00Z", "closes_at": "2026-03-02T11:30:00Z"},
        "stored_at": "2026-03-01T00:00:00Z",
        "observed_until": "2026-03-02T11:30:00Z",
        "overlap_seconds": 60.5,
        "done": False,
        "media": "unreported",
        "outage_seconds": 1.25,
        "patient_seen": True,
        "guest_seen": False,
        "practitioner_seen": True,
        "tried": [],
        "link_failed": [],
    }


def settled(seen: Observed, now: int = CLOSES) -> Decided:
    return settle(seen.appointment, evidence(seen), DEFAULT, now)


def test_an_outcome_keeps_line_rules_and_evidence() -> None:
    decided = settled(observed(WAITED), CLOSES + 700)
    kept = decided.appointment.outcome
    assert kept is not None
    assert (kept.name, kept.review, kept.revision, kept.rules) == ("practitioner_absent", True, 1, RULES)
    assert kept.at == decided.step.at == CLOSES + 700
    assert kept.evidence["line"] == "d"
    assert kept.evidence["attended_seconds"] == 60
    assert kept.evidence["patient_seen"] is True
    assert decided.appointment.status == "confirmed"
    assert decided.step.facts == {"outcome": "practitioner_absent", "status": "confirmed", "revision": 1}


def test_h_revises_and_flags() -> None:
    absent = settled(observed(lobby=LOBBY)).appointment
    late = revise(absent, at("12:00"), at("12:00", 5))
    assert late is not None
    kept = late.appointment.outcome
    assert kept is not None
    assert (kept.name, kept.revision, kept.flagged, kept.review) == ("too_late", 2, True, False)
    assert late.appointment.status == "no_show"
    assert kept.evidence["line"] == "h"
    assert kept.evidence["revises"] == "patient_absent"
    assert kept.evidence["late_try_at"] == show(at("12:00"))
    assert kept.evidence["practitioner_seen"] is True
    assert kept.at == late.step.at == at("12:00", 5)
    assert late.step.facts == {"outcome": "too_late", "status": "no_show", "revision": 2}


PATIENT = frozenset({"patient"})


@pytest.mark.parametrize(
    ("when", "found"),
    [(CLOSES - 1, False), (CLOSES, True), (at("23:59:59", 999), True), (at("24:00"), False)],
)
def test_h_later_that_day(when: int, found: bool) -> None:
    assert late_try(note("try", when, why="window_closed"), PATIENT, CLOSES, "UTC") == (
        when if found else None
    )


def test_h_the_day_is_the_clinics() -> None:
    """11:30 UTC is 22:30 in Sydney, where the day ends an hour and a half later."""
    tries = note("try", at("12:59:59"), why="window_closed")
    assert late_try(tries, PATIENT, CLOSES, "Australia/Sydney") == at("12:59:59")
    assert (
        late_try(note("try", at("13:00"), why="window_closed"), PATIENT, CLOSES, "Australia/Sydney") is None
    )


@pytest.mark.parametrize(
    ("closes", "last"),
    [
        ("2026-04-05T01:00:00Z", "2026-04-05T13:59:59.999Z"),  # 25 hours long
        ("2026-10-04T01:00:00Z", "2026-10-04T12:59:59.999Z"),  # 23 hours long
    ],
)
def test_h_on_days_when_clocks_change(closes: str, last: str) -> None:
    for when, found in ((parse(last), True), (parse(last) + 1, False)):
        tries = note("try", when, why="window_closed")
        assert (late_try(tries, PATIENT, parse(closes), "Australia/Sydney") is not None) is found


def test_clocks_changing_in_the_window_change_nothing() -> None:
    """Sydney puts its clocks back at 16:00 UTC, between the start and the end; instants do not care."""
    start = parse("2026-04-04T15:50:00Z")
    mine = replace(appointment(), starts_at=start, ends_at=start + 30 * MINUTE, stored_at=start - DAY)
    seen = observed(call(start, start + MINUTE), subject=mine)
    assert seen.closes_at - seen.opens_at == 100 * MINUTE
    assert named(seen) == ("a", "attended", "completed")


def test_h_the_first_try_of_the_patients_side() -> None:
    tries = [
        *note("try", at("11:40"), "guest:carer"),
        *note("failed", at("11:41")),
        *note("try", at("11:50")),
        *note("try", at("11:45")),
    ]
    assert late_try(tries, PATIENT, CLOSES, "UTC") == at("11:45")
    assert late_try([], PATIENT, CLOSES, "UTC") is None


def test_h_only_after_an_automatic_no_show_and_once() -> None:
    absent = settled(observed()).appointment
    given = absent.outcome
    assert given is not None
    late = revise(absent, at("12:00"), at("12:00"))
    assert late is not None
    for other in (
        appointment(),
        late.appointment,
        replace(absent, status="confirmed"),
        replace(absent, outcome=replace(given, rules="by hand")),
        replace(absent, outcome=replace(given, name="left_unseen")),
        settled(observed(WAITED)).appointment,
    ):
        assert revise(other, at("12:00"), at("12:00")) is None


def test_the_intervals_of_a_visit() -> None:
    """The window's, those of its call that began later, and the practitioner's in the lobby."""
    second = appointment(B, "15:00", "15:30")
    seen = observed(
        stay("patient", "waiting", at("09:55"), at("10:00")),
        call(at("10:00"), at("11:29:59")),
        stay("practitioner", "in_room", at("11:30:10"), at("11:35")),
        stay("patient", "in_room", at("11:30:10"), at("11:35")),
        stay("patient", "in_room", at("11:36"), at("11:37"), why="alone"),
        stay("patient", "waiting", at("14:55"), at("15:00"), sid="by the old link", of=A),
        stay("patient", "in_room", at("15:00"), at("15:10"), sid="by the old link", of=B),
        siblings=[second],
        lobby=[
            *LOBBY,
            *stay("practitioner", "lobby", at("08:00"), at("08:30")),
            *stay("practitioner", "lobby", at("14:00"), None),
        ],
    )
    assert [(each.person, each.state, each.started_at) for each in visit(seen, at("16:00"))] == [
        ("patient", "waiting", at("09:55")),
        ("practitioner", "lobby", at("09:55")),
        ("practitioner", "in_room", at("10:00")),
        ("patient", "in_room", at("10:00")),
        ("practitioner", "in_room", at("11:30:10")),
        ("patient", "in_room", at("11:30:10")),
        ("patient", "in_room", at("11:36")),
    ]


def test_the_appointment_admitted_is_the_one_that_counts() -> None:
    """The patient came by the link of B and was admitted for A: evidence comes from the room."""
    second = appointment(B, "13:00", "13:30")
    ledger = [
        *stay("patient", "waiting", at("10:00"), at("10:01"), of=B),
        *call(at("10:01"), at("10:20"), of=A),
    ]
    assert named(observed(ledger, siblings=[second])) == ("a", "attended", "completed")
    assert named(observed(ledger, subject=second, siblings=[appointment()])) == (
        "g",
        "both_absent",
        "no_show",
    )
