"""What a device check comes to: whether it is good, what is kept of it and who is shown it (E4, F3 f)."""

from collections.abc import Mapping

import msgspec

from rooms.records import Appointment, DeviceCheck, Entry, Floor
from rooms.times import Instant

DEVICE_CHECK_FAILED = "device_check_failed"
"""Why, in the ledger: this person tried and could not (F3 f)."""

BAD_FINDINGS = frozenset({"failed", "denied", "absent", "busy", False})

NEEDED_DEVICES = ("camera", "microphone", "speaker", "relay", "echo")
"""Each of them stops a call from being seen and heard."""

CHECKS_IN_LEDGER = 10
"""Device checks of one person and appointment that get a line in the ledger; the last one is always kept."""


def judge(found: Mapping[str, str | bool | float], before: DeviceCheck | None, now: Instant) -> DeviceCheck:
    """This check's result; `before` is the last one by the same link. What was not tried speaks against
    nothing.
    """
    ok = not any(found.get(name) in BAD_FINDINGS for name in NEEDED_DEVICES if name in found)
    return DeviceCheck(at=now, ok=ok, found=dict(found), made=before.made + 1 if before else 1)


def with_check(appointment: Appointment, person: str, made: DeviceCheck) -> Appointment:
    """With this as the person's last."""
    return msgspec.structs.replace(appointment, checks={**appointment.checks, person: made})


def check_entry(appointment: Appointment, person: str, made: DeviceCheck) -> Entry | None:
    """What the ledger says of it; None: it has enough lines."""
    if made.made > CHECKS_IN_LEDGER:
        return None
    why = "ok" if made.ok else "failed"
    return Entry(
        kind="check", at=made.at, person=person, appointment=appointment.no, why=why, found=made.found
    )


def attempt_entry(appointment: Appointment, person: str, now: Instant) -> Entry:
    """A failed check is evidence that this person tried."""
    return Entry(kind="try", at=now, person=person, appointment=appointment.no, why=DEVICE_CHECK_FAILED)


def with_check_on_seats(
    floor: Floor, appointment: Appointment, person: str, made: DeviceCheck
) -> Floor | None:
    """The floor with the result on the seats of that person; None where there are none."""
    mine = [seat.sid for seat in floor.seats if seat.person == person and seat.room == appointment.room]
    if not mine:
        return None
    seats = (msgspec.structs.replace(seat, tested=made) if seat.sid in mine else seat for seat in floor.seats)
    return msgspec.structs.replace(floor, seats=tuple(seats))
