"""From what booking knows to what is answered."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import asdict

from rooms.booking.holds import status_at
from rooms.calendar import DayException, WeeklyHours
from rooms.service.appointments.clashes import ClashSeen
from rooms.service.booking.availability import HoursChanged, HoursShown
from rooms.service.booking.free_slots import Choice, Offer
from rooms.service.booking.holds import OwnHold
from rooms.times import Instant, show
from signalling.http.schemas.booking_answers import (
    AffectedShown,
    AvailabilityShown,
    BookingClinic,
    BookingShown,
    ClashShown,
    ExceptionChanged,
    ExceptionShown,
    HoldMade,
    HoldShown,
    Named,
    SlotList,
    SlotShown,
    TypeNamed,
    WeeklyHoursShown,
    WindowChanged,
)
from signalling.http.schemas.render import appointment


def window(record: WeeklyHours) -> WeeklyHoursShown:
    # Member for member, but for when it was removed.
    return msgspec.convert(record, WeeklyHoursShown, from_attributes=True)


def window_changed(made: HoursChanged, record: WeeklyHours, now: Instant) -> WindowChanged:
    return WindowChanged(**asdict(window(record)), affected=affected(made, now))


def exception(record: DayException) -> ExceptionShown:
    is_extra = record.kind == "extra"
    return ExceptionShown(
        id=record.id,
        date=record.date,
        until=record.until,
        kind=record.kind,
        start_minute=record.start_minute,
        end_minute=record.end_minute,
        slot_minutes=record.slot_minutes if is_extra else None,
        buffer_minutes=record.buffer_minutes if is_extra else None,
        note=record.note,
    )


def exception_changed(made: HoursChanged, record: DayException, now: Instant) -> ExceptionChanged:
    return ExceptionChanged(**asdict(exception(record)), affected=affected(made, now))


def affected(made: HoursChanged, now: Instant) -> list[AffectedShown]:
    return [
        AffectedShown(
            id=each.appointment.id,
            starts_at=show(each.appointment.starts_at),
            ends_at=show(each.appointment.ends_at),
            status=status_at(each.appointment, now),
            patient=each.appointment.patient,
            patient_name=made.names.get(each.appointment.patient),
        )
        for each in made.affected
    ]


def availability(record: HoursShown) -> AvailabilityShown:
    return AvailabilityShown(
        items=[window(each) for each in record.windows],
        exceptions=[exception(each) for each in record.exceptions],
        time_zone=record.clinic.time_zone,
        self_booking=record.clinic.policy.self_booking,
    )


def choice(record: Choice, now: Instant, *, mail: bool) -> BookingShown:
    clinic = record.clinic
    return BookingShown(
        clinic=BookingClinic(
            id=clinic.id,
            name=clinic.name,
            time_zone=clinic.time_zone,
            phone=clinic.phone,
            language=clinic.policy.language,
        ),
        self_booking=clinic.policy.self_booking,
        hold_minutes=clinic.policy.hold_minutes,
        lead_minutes=clinic.policy.lead_minutes,
        cancel_minutes=clinic.policy.cancel_minutes,
        sends_links=mail or record.told_elsewhere,
        practitioners=[Named(id=each.id, name=each.name) for each in record.practitioners],
        types=[TypeNamed(id=each.id, name=each.name, minutes=each.minutes) for each in record.types],
        server_time=show(now),
    )


def slots(found: Sequence[Offer]) -> SlotList:
    return SlotList(
        items=[
            SlotShown(
                starts_at=show(each.starts_at), ends_at=show(each.ends_at), practitioner=each.practitioner
            )
            for each in found
        ]
    )


def hold(record: OwnHold, now: Instant) -> HoldShown:
    seen, made = record.seen, record.seen.appointment
    return HoldShown(
        id=made.id,
        appointment=made.id,
        status=status_at(made, now),
        expires_at=show(record.hold.until),
        extended=record.hold.extended,
        starts_at=show(made.starts_at),
        ends_at=show(made.ends_at),
        practitioner=made.practitioner,
        practitioner_name=seen.practitioner.name if seen.practitioner else None,
        type=made.type,
        type_name=seen.type.name if seen.type else None,
        server_time=show(now),
    )


def hold_made(record: OwnHold, now: Instant) -> HoldMade:
    shown = hold(record, now)
    return HoldMade(**asdict(shown), secret=record.secret or "")


def clash(record: ClashSeen, now: Instant) -> ClashShown:
    asked, other = record.clash.request, record.other
    return ClashShown(
        id=record.clash.id,
        other=None
        if other is None
        else appointment(other, now, private=True, patient_name=record.names.get(other.appointment.patient)),
        practitioner=asked.practitioner,
        practitioner_name=record.practitioner.name if record.practitioner else None,
        patient=asked.patient,
        patient_name=record.names.get(asked.patient),
        type=asked.type,
        external_type=asked.external_type,
        starts_at=show(asked.starts_at),
        ends_at=show(asked.ends_at),
        at=show(record.clash.at),
    )
