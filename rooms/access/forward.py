"""Where an old link leads its holder on (A7): of the appointments they have, the one whose link they need."""

from collections.abc import Sequence

from rooms.access import window
from rooms.access.people import guest, label
from rooms.ids import PATIENT, PRACTITIONER
from rooms.policy import Policy
from rooms.records import Appointment
from rooms.times import Instant


def number_in(other: Appointment, old: Appointment, number: int) -> int | None:
    """The person number in another appointment of whoever has `number` in the old one; None: not in it.

    A guest is known again by id and contact: another clinic's clerk may have used `partner` twice.
    """
    if other.no == old.no:
        return number if label(old, number) is not None else None
    if number == PRACTITIONER:
        return number if other.practitioner_no == old.practitioner_no else None
    if number == PATIENT:
        return number if other.patient_no == old.patient_no else None
    known = guest(old, number)
    if known is None or other.patient_no != old.patient_no:
        return None
    for each in other.guests:
        if each.id == known.id and (each.email, each.phone) == (known.email, known.phone):
            return each.number
    return None


def forward_to(
    old: Appointment, number: int, candidates: Sequence[Appointment], policy: Policy, now: Instant
) -> tuple[Appointment, int] | None:
    """Of candidates whose links are usable, the appointment and person number whose link is current: the
    link's own while it can be used, else the next with the same practitioner, else the next at all. None:
    there is none to come.
    """
    usable = [
        (each, its)
        for each in candidates
        if (its := number_in(each, old, number)) is not None and may_still(each, its, policy, now)
    ]

    def rank(found: tuple[Appointment, int]) -> tuple[bool, bool, Instant]:
        each, _ = found
        return each.no != old.no, each.practitioner_no != old.practitioner_no, each.starts_at

    return min(usable, key=rank, default=None)


def may_still(appointment: Appointment, number: int, policy: Policy, now: Instant) -> bool:
    """A link that was taken back is not given out again for the asking: staff decide (CONTRACT)."""
    is_to_come = appointment.status == "confirmed" and not window.has_closed(appointment, policy, now)
    return is_to_come and number not in appointment.revoked
