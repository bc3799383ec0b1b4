"""What an outcome rests on, and which intervals are shown of a visit (F1, F3)."""

from msgspec.structs import replace

from rooms.attendance.evidence import visit
from rooms.records import DeviceCheck
from tests.attendance.scenes import (
    CHILD,
    A,
    B,
    appointment,
    at,
    call,
    evidence,
    named,
    observed,
    stay,
)

OPENS, CLOSES = at("09:50"), at("11:30")
LOBBY = stay("practitioner", "lobby", at("09:55"), at("10:20"))


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
        "device_check": None,
    }


def test_the_last_device_check_of_whoever_counts() -> None:
    """E4: shown beside the facts of the table, and none of them."""
    checks = {
        "guest:child": DeviceCheck(at=at("09:40"), ok=False, found={"camera": "busy"}),
        "patient": DeviceCheck(at=at("09:30"), ok=True, found={"camera": "ok", "rtt_ms": 40.0}),
        "practitioner": DeviceCheck(at=at("09:50"), ok=True, found={}),
    }
    subject = replace(appointment(guests=[CHILD]), checks=checks)
    shown = evidence(observed(subject=subject)).facts()["device_check"]
    assert shown == {"camera": "busy", "ok": False, "at": "2026-03-02T09:40:00Z"}


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
