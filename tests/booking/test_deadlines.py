"""C10: how late a patient may book and cancel, to the millisecond."""

import pytest

from rooms.booking.deadlines import cancellable_until, check_cancellable, check_lead
from rooms.errors import Contradiction, Invalid
from rooms.policy import Policy
from rooms.times import MINUTE
from tests.support.builders import a_clinic, an_appointment, at

NOW = at("10:00")


def test_as_soon_as_the_lead_allows_and_no_sooner() -> None:
    clinic = a_clinic(Policy(lead_minutes=0.5), phone="+1 555 0100")
    check_lead(clinic, NOW + MINUTE // 2, NOW)
    with pytest.raises(Invalid, match="too_late_to_book") as refused:
        check_lead(clinic, NOW + MINUTE // 2 - 1, NOW)
    assert refused.value.field == "starts_at"
    assert refused.value.facts == {"bookable_from": "2026-11-21T10:00:30Z", "phone": clinic.phone}
    check_lead(a_clinic(), NOW, NOW)


def test_until_the_deadline_and_not_at_it() -> None:
    clinic, visit = a_clinic(Policy(cancel_minutes=60)), an_appointment()
    until = visit.starts_at - 60 * MINUTE
    assert cancellable_until(visit, clinic.policy) == until
    check_cancellable(clinic, visit, until - 1)
    with pytest.raises(Contradiction, match="too_late_to_cancel") as refused:
        check_cancellable(clinic, visit, until)
    assert set(refused.value.facts) == {"until", "phone"}
    assert cancellable_until(visit, Policy()) is None
    check_cancellable(a_clinic(), visit, visit.starts_at)
