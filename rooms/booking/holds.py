"""C2-C4: a slot is kept until its deadline, to the millisecond; from then on it is anybody's, whether or not
somebody has written down yet that it expired.
"""

import hmac

from msgspec.structs import replace

from rooms.errors import Contradiction, Gone, NotFound
from rooms.ids import ClinicId, new_secret, secret_digest
from rooms.policy import Policy
from rooms.records import LIVE, Appointment, Hold, Status
from rooms.times import MINUTE, Instant

HOLD_PREFIX = "hold_"
"""What a hold's secret begins with; behind it are the clinic's id, a dot, and 256 random bits."""


def lapsed(appointment: Appointment, now: Instant) -> bool:
    """Held once, and past its deadline."""
    hold = appointment.hold
    return appointment.status == "held" and hold is not None and now >= hold.until


def status_at(appointment: Appointment, now: Instant) -> Status:
    """`expired` from the deadline on, whatever has been written down."""
    return "expired" if lapsed(appointment, now) else appointment.status


def is_live(appointment: Appointment, now: Instant) -> bool:
    """CONTRACT: held and not expired, or confirmed."""
    return appointment.status in LIVE and not lapsed(appointment, now)


def holds_until(appointment: Appointment) -> Instant:
    """What the diary says of it: the deadline of a hold, else 0."""
    return appointment.hold.until if appointment.status == "held" and appointment.hold else 0


def deadline(policy: Policy, now: Instant) -> Instant:
    """Of a hold made now (C2: 15 minutes, per clinic)."""
    return now + round(policy.hold_minutes * MINUTE)


def secret_for(clinic: ClinicId) -> str:
    """A new one. It names the clinic, so that the public page needs nothing else."""
    return f"{HOLD_PREFIX}{clinic}.{new_secret()}"


def clinic_of(secret: str) -> ClinicId | None:
    """Which clinic a secret is for; None: it is none of ours."""
    clinic, dot, rest = secret.removeprefix(HOLD_PREFIX).rpartition(".")
    return ClinicId(clinic) if secret.startswith(HOLD_PREFIX) and dot and rest else None


def check_holder(appointment: Appointment | None, secret: str | None) -> Hold:
    """The hold, for whoever has its secret; None: for the clinic's own key. Raises `hold_not_found` alike for
    no hold and another's, so that nobody learns what others hold.
    """
    hold = appointment.hold if appointment else None
    claimed = "" if secret is None else secret_digest(secret)
    if hold is None or (secret is not None and not hmac.compare_digest(hold.secret, claimed)):
        raise NotFound("hold_not_found", "There is no such hold.")
    return hold


def check_still_held(appointment: Appointment, now: Instant) -> None:
    """Raises 410 `hold_expired` past the deadline, `state_conflict` where it is held no more."""
    if status_at(appointment, now) == "expired":
        raise Gone("hold_expired", "The time was kept for you until its deadline, which has passed.")
    if appointment.status != "held":
        raise Contradiction("state_conflict", "This is no longer held.", status=appointment.status)


def extended(appointment: Appointment, hold: Hold, policy: Policy) -> Appointment:
    """Kept as long again, once (C2). Raises `already_extended`."""
    if hold.extended:
        raise Contradiction("already_extended", "A time can be kept longer once, and was.")
    until = hold.until + round(policy.hold_minutes * MINUTE)
    return replace(appointment, hold=replace(hold, until=until, extended=True))
