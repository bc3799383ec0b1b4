"""C10: how late a patient may book, and cancel or move, by the clinic's policy. The clinic itself is bound by
neither.
"""

from rooms.errors import Contradiction, Invalid
from rooms.policy import Policy
from rooms.records import Appointment, Clinic
from rooms.times import Instant, show


def bookable_from(policy: Policy, now: Instant) -> Instant:
    """The first start that a patient can book now."""
    return now + policy.lead


def check_lead(clinic: Clinic, starts_at: Instant, now: Instant) -> None:
    """Raises `too_late_to_book`, with the first start there is (`bookable_from`) and the clinic's phone."""
    first = bookable_from(clinic.policy, now)
    if starts_at < first:
        raise Invalid(
            "too_late_to_book",
            "That is too soon to be booked here. Please call the clinic.",
            field="starts_at",
            bookable_from=show(first),
            phone=clinic.phone,
        )


def cancellable_until(appointment: Appointment, policy: Policy) -> Instant | None:
    """From then on its patient cancels by calling; None: they can as long as it is not over."""
    return appointment.starts_at - policy.cancel_before if policy.cancel_before else None


def check_cancellable(clinic: Clinic, appointment: Appointment, now: Instant) -> None:
    """Raises `too_late_to_cancel`, with until when it could be (`until`) and the clinic's phone."""
    until = cancellable_until(appointment, clinic.policy)
    if until is not None and now >= until:
        raise Contradiction(
            "too_late_to_cancel",
            "It is too late to cancel here. Please call the clinic.",
            until=show(until),
            phone=clinic.phone,
        )
