"""C2, C4: a time is kept until its deadline, to the millisecond, and for whoever has its secret."""

import pytest
from msgspec.structs import replace

from rooms.booking import holds
from rooms.errors import Contradiction, Gone, NotFound
from rooms.ids import ClinicId, secret_digest
from rooms.policy import Policy
from rooms.records import Appointment, Hold, Status
from rooms.times import MINUTE
from tests.support.builders import an_appointment, at
from tests.support.secret import secret

UNTIL = at("09:15")
SECRET = f"hold_harbour.street.{secret('hold')}"
HOLD = Hold(until=UNTIL, secret=secret_digest(SECRET))


def held(status: Status = "held", hold: Hold | None = HOLD) -> Appointment:
    return replace(an_appointment(status=status), hold=hold)


@pytest.mark.parametrize(("now", "is_over"), [(UNTIL - 1, False), (UNTIL, True), (UNTIL + 1, True)])
def test_it_is_over_at_its_deadline(now: int, *, is_over: bool) -> None:
    assert holds.lapsed(held(), now) is is_over
    assert holds.is_live(held(), now) is not is_over
    assert holds.status_at(held(), now) == ("expired" if is_over else "held")


@pytest.mark.parametrize("status", ["confirmed", "cancelled", "expired", "completed", "no_show"])
def test_only_what_is_still_held_expires(status: Status) -> None:
    there = held(status)
    assert not holds.lapsed(there, UNTIL)
    assert holds.status_at(there, UNTIL) == status
    assert holds.is_live(there, UNTIL) is (status == "confirmed")
    assert holds.holds_until(there) == 0


def test_what_is_held_without_a_deadline_stays() -> None:
    there = held(hold=None)
    assert (holds.lapsed(there, UNTIL), holds.is_live(there, UNTIL), holds.holds_until(there)) == (
        False,
        True,
        0,
    )
    assert holds.holds_until(held()) == UNTIL


def test_the_clinic_says_for_how_long() -> None:
    assert holds.deadline(Policy(), at("09:00")) == at("09:15")
    assert holds.deadline(Policy(hold_minutes=0.0001), 1000) == 1006


def test_a_secret_names_its_clinic_and_is_no_other() -> None:
    assert holds.clinic_of(SECRET) == "harbour.street"
    new = [holds.secret_for(ClinicId("harbour.street")) for _ in range(2)]
    assert new[0] != new[1]
    assert [holds.clinic_of(each) for each in new] == ["harbour.street"] * 2
    assert SECRET not in secret_digest(SECRET)


@pytest.mark.parametrize("secret", ["", "hold_", "hold_harbour", "hold_harbour.", "harbour.x", "token_a.b"])
def test_what_is_no_secret_names_none(secret: str) -> None:
    assert holds.clinic_of(secret) is None


def test_its_holder_and_the_clinic_have_it() -> None:
    assert holds.check_holder(held(), SECRET) == HOLD
    assert holds.check_holder(held(), None) == HOLD


@pytest.mark.parametrize(
    ("there", "secret"),
    [
        (None, SECRET),
        (None, None),
        (held(hold=None), None),
        (held(hold=None), SECRET),
        (held(), SECRET + "x"),
        (held(), ""),
        (held(hold=Hold(until=UNTIL)), ""),
    ],
)
def test_no_hold_and_anothers_are_alike(there: Appointment | None, secret: str | None) -> None:
    with pytest.raises(NotFound, match="hold_not_found"):
        holds.check_holder(there, secret)


def test_what_is_kept_can_be_confirmed_until_its_deadline() -> None:
    holds.check_still_held(held(), UNTIL - 1)
    with pytest.raises(Gone, match="hold_expired"):
        holds.check_still_held(held(), UNTIL)
    with pytest.raises(Gone, match="hold_expired"):
        holds.check_still_held(held("expired"), UNTIL - 1)


@pytest.mark.parametrize("status", ["confirmed", "cancelled", "completed", "no_show"])
def test_what_became_something_else_is_not_held(status: Status) -> None:
    with pytest.raises(Contradiction) as refused:
        holds.check_still_held(held(status), UNTIL)
    assert (refused.value.code, refused.value.facts) == ("state_conflict", {"status": status})


def test_it_is_kept_longer_once() -> None:
    longer = holds.extended(held(), HOLD, Policy(hold_minutes=10)).hold
    assert longer == replace(HOLD, until=UNTIL + 10 * MINUTE, extended=True)
    with pytest.raises(Contradiction, match="already_extended"):
        holds.extended(held(hold=longer), longer, Policy())
