"""A clinic's rules: their defaults are the contract's, and minutes may be fractions (CONTRACT)."""

import msgspec
import pytest

from rooms.policy import CALL_GRACE, WAITING_GRACE, Policy


def test_the_contracts_defaults() -> None:
    assert msgspec.structs.asdict(Policy()) == {
        "opens_before_minutes": 10,
        "closes_after_minutes": 60,
        "hold_minutes": 15,
        "holds_per_visitor": 3,
        "attended_seconds": 60,
        "absent_after_minutes": 15,
        "no_show_needs_practitioner": False,
        "self_booking": True,
        "lead_minutes": 0,
        "cancel_minutes": 0,
        "reminder_minutes": (),
        "retention_days": 90,
        "language": "en",
    }
    assert (CALL_GRACE, WAITING_GRACE) == (30_000, 120_000)


def test_fractions_of_minutes_in_milliseconds() -> None:
    short = Policy(opens_before_minutes=0.05, closes_after_minutes=0.0001, absent_after_minutes=0.5)
    assert Policy(lead_minutes=0.5, cancel_minutes=1440).lead == 30_000
    assert Policy(cancel_minutes=1440).cancel_before == 86_400_000
    assert (short.opens_before, short.closes_after, short.absent_after) == (3_000, 6, 30_000)


@pytest.mark.parametrize(
    "said",
    [
        '{"opens_before_minutes": -1}',
        '{"closes_after_minutes": 1441}',
        '{"hold_minutes": 0}',
        '{"lead_minutes": -1}',
        '{"cancel_minutes": 43201}',
        '{"attended_seconds": 28801}',
        '{"reminder_minutes": [0]}',
        '{"reminder_minutes": [1, 2, 3, 4, 5, 6, 7, 8, 9]}',
        '{"retention_days": 0}',
        '{"retention_days": 1.5}',
        '{"self_booking": 1}',
        '{"opens_before_minutes": "10"}',
        '{"opens_before": 10}',
    ],
)
def test_what_is_no_rule(said: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(said, type=Policy)
